"""Accepting an edition, holding it, and revoking either, by decision of a person.

Does not: what a decision means for its status (`warehouse.editions.status`), keeping decisions
(`warehouse.archive.decisions`).
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.archive.decisions import PARTICIPLES, Decision, NotPossible, decide, revocation
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.editions.check_history import HeldMonth
from warehouse.editions.status import EditionStatus, status_of
from warehouse.transform.lake import facts_of, is_tidied


@dataclass(frozen=True)
class Ruling:
    """The outcome of a decision on an edition: `decision` is None if nothing was recorded."""

    decision: Decision | None
    message: str


def accept(
    home: Home,
    feed: str,
    edition: str,
    reason: str,
    by: str | None = None,
    org: str | None = None,
    month: str | None = None,
) -> Ruling:
    """Accept an edition although checks failed, lift a hold, or accept held months.

    `org`, `month`: only the held months of this organisation, or month. Raises NotPossible if the
    edition is unknown, not checked yet, can't be read, has no such month, or the reason or the
    person is missing.
    """
    own = _known(home, feed, edition)
    now = status_of(home, feed, edition, own)
    judged = now.state is not None and set(now.state.files) == {file.sha256 for file in own}
    if now.state is None or not judged:
        raise NotPossible(
            f"{feed} {edition} has not been checked with its current files.",
            f"Run access-recovery refresh --feed {feed} --edition {edition}, read the results of "
            "its checks, then decide.",
        )
    unread = [file.file_name for file in own if not is_tidied(home, file)]
    if unread:
        raise NotPossible(
            f"{feed} {edition} can't be accepted: {', '.join(unread)} can't be read.",
            "Withdraw that file (access-recovery withdraw SHA256), or import an intact one.",
        )
    let_in = _let_in(now, org, month)
    if now.verdict == "accepted" and not let_in:
        how = now.override.words if now.override else "accepted by its checks"
        return Ruling(None, f"{feed} {edition} is {how}. Nothing recorded.")
    shas, failed = [file.sha256 for file in own], now.state.failed_rules
    before = now.override.released if now.override else ()
    released = {*before, *(one.key for one in let_in)}
    made = decide(home, "accept", feed, edition, shas, reason, by, failed, released)
    faults = [*failed, *(one.words for one in let_in)]
    despite = f", despite {', '.join(faults)}" if faults else ""
    lost = sum(facts.unreliable_cells for file in own if (facts := facts_of(home, file)))
    but = f" {lost:,} organisation-month(s) are unreliable and keep their last good figure."
    return Ruling(
        made,
        f"{feed} {edition} is {made.words}{despite}. The next refresh puts its figures into the "
        f"mart.{but if lost else ''} The acceptance lapses if the edition gets other files or "
        "fails another check.",
    )


def _let_in(now: EditionStatus, org: str | None, month: str | None) -> list[HeldMonth]:
    """Return the held months to accept. Raises NotPossible if a requested month is not held."""
    held = now.state.held_months if now.state else []
    released = now.override.released if now.override else ()
    out = [one for one in held if one.key not in released]
    asked = [o for o in out if org in (None, o.org_code) and month in (None, o.month)]
    if (org or month) and not asked:
        listed = "; ".join(one.words for one in out) or "none"
        whose = " ".join(filter(None, (org, month)))
        raise NotPossible(
            f"{now.feed} {now.edition} has no held month for {whose}.", f"Held months: {listed}."
        )
    return asked


def hold(home: Home, feed: str, edition: str, reason: str, by: str | None = None) -> Ruling:
    """Hold an edition, so that the mart does not use it until it is accepted again.

    Raises NotPossible if the edition is unknown, or the reason or the person is missing.
    """
    own = _known(home, feed, edition)
    now = status_of(home, feed, edition, own)
    if now.override and now.override.decision == "hold":
        return Ruling(None, f"{feed} {edition} is {now.override.words}. Nothing recorded.")
    failed = now.state.failed_rules if now.state else []
    made = decide(home, "hold", feed, edition, [f.sha256 for f in own], reason, by, failed)
    return Ruling(
        made,
        f"{feed} {edition} is {made.words}. The next refresh takes its figures out of the mart: "
        "its months fall back to the newest accepted edition that has them. It stays held, "
        "whatever files are imported, until it is accepted or the hold is revoked.",
    )


def revoke(home: Home, feed: str, edition: str, reason: str, by: str | None = None) -> Ruling:
    """Take back the acceptances and the hold of an edition: its checks alone decide again.

    Raises NotPossible if the edition is unknown or nobody decided about it, or the reason or the
    person is missing.
    """
    own = _known(home, feed, edition)
    now = status_of(home, feed, edition, own)
    if now.decision is None:
        raise NotPossible(
            f"Nobody has accepted or held {feed} {edition}.",
            "access-recovery status lists the decisions. What withdraw did, restore undoes.",
        )
    if revocation(home, feed, edition):
        return Ruling(None, f"{feed} {edition} is {now.words}. Nothing recorded.")
    failed = now.state.failed_rules if now.state else []
    made = decide(home, "revoke", feed, edition, [f.sha256 for f in own], reason, by, failed)
    left = {"accepted": "passed", "held": "failed"}.get(now.state.verdict if now.state else "")
    outcome = f"it {left} its checks" if left else "it has not been checked yet"
    return Ruling(
        made,
        f"That {feed} {edition} is {PARTICIPLES[now.decision.decision]} is {made.words}. Its "
        f"checks alone decide, as if nobody had: {outcome}. The next refresh applies that.",
    )


def _known(home: Home, feed: str, edition: str) -> list[SourceFile]:
    """Return the active files of an edition. Raises NotPossible if there is none."""
    files = Archive(home).active_files(feed)
    own = [file for file in files if file.edition == edition]
    if not own:
        held = sorted({file.edition for file in files})
        raise NotPossible(
            f"There is no edition {edition} of {feed}.",
            f"Editions available: {', '.join(held)}." if held else "Import it first.",
        )
    return own
