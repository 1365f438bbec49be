"""The status of an edition: the verdict of its checks, unless a person decided otherwise.

Does not: reaching verdicts (`checks`), accepting, holding and revoking (`rulings`), keeping
decisions (`warehouse.archive.decisions`).

An acceptance lapses when the edition's files change or another check fails. A hold applies until
the edition is accepted again, whatever files are imported. Either is over once it is revoked. What
an edition was accepted with before stays published while its checks hold newer files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from warehouse.archive.decisions import Decision, newest_override, revocation
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey, of_edition
from warehouse.base.text import begin_list, plural
from warehouse.editions.check_history import EditionState, HeldMonth, read_state
from warehouse.editions.last_accepted import last_accepted
from warehouse.editions.parts_and_revisions import not_replaced, place_files
from warehouse.transform.lake import is_tidied

# Failures in a line, and rows that one names; the command `warnings` lists them all.
SHOWN, MOST_ROWS = 3, 6


@dataclass(frozen=True)
class EditionStatus:
    """The status of an edition.

    `state`: the result of its checks, None if never checked. `decision`: the newest accept or hold,
    if any. `lapsed`: why that no longer applies (who revoked it, or what has changed since), None
    if it does. `stays`: the status by which earlier files stay published while the checks hold
    newer ones; `label`: which files are held, or stay, in words.
    """

    feed: str
    edition: str
    state: EditionState | None
    decision: Decision | None = None
    lapsed: str | None = None
    stays: EditionStatus | None = None
    label: str = ""

    @property
    def in_use(self) -> EditionStatus | None:
        """The status by which figures of the edition are published: its own, or that of earlier
        files; None if none are."""
        return self if self.verdict == "accepted" else self.stays

    def uses(self, file: SourceFile) -> bool:
        """Whether figures of one of the edition's active files may be published."""
        one = self.in_use
        return one is self or (
            one is not None and one.state is not None and file.sha256 in one.state.files
        )

    @property
    def stays_words(self) -> str | None:
        """What stays published while newer files are held: `oct.csv (revision 1), accepted by its
        checks on 2025-12-01`; None if nothing does."""
        one = self.stays
        if one is None or one.state is None:
            return None
        by_checks = f"accepted by its checks on {one.state.judged_at:%Y-%m-%d}"
        return f"{one.label}, {one.override.words if one.override else by_checks}"

    @property
    def override(self) -> Decision | None:
        """The decision in force."""
        return None if self.lapsed else self.decision

    @property
    def verdict(self) -> Literal["accepted", "held", "pending"]:
        """`accepted` or `held`, by decision or else by checks; `pending` until it is checked."""
        if self.override and self.override.decision == "hold":
            return "held"
        if self.state is None:
            return "pending"
        return "accepted" if self.override else self.state.verdict

    @property
    def held_months(self) -> tuple[HeldMonth, ...]:
        """Held months of an accepted edition."""
        if self.state is None or self.verdict != "accepted":
            return ()
        released = self.override.released if self.override else ()
        return tuple(one for one in self.state.held_months if one.key not in released)

    @property
    def released(self) -> tuple[HeldMonth, ...]:
        """Organisation-months that are accepted only by decision."""
        if self.state is None or self.verdict != "accepted":
            return ()
        held = {one.key for one in self.held_months}
        return tuple(one for one in self.state.held_months if one.key not in held)

    @property
    def undecided(self) -> bool:
        """Whether it failed its checks and nobody has decided about it yet."""
        return self.verdict == "held" and self.override is None

    @property
    def words(self) -> str:
        """The reason for its status in a line; empty if its checks alone accepted it."""
        reasons = self._reasons()
        if self.stays:
            reasons = f"{self.label}: {reasons.rstrip('.')}. Stays published: {self.stays_words}"
        if self.override is None:
            parts = [reasons] if self.undecided else []
            if self.decision and not (self.stays and self.stays.decision == self.decision):
                begins = "No" if parts else "no"
                parts.append(f"{begins} longer {self.decision.words}; {self.lapsed}")
            return ". ".join(parts)
        despite = f" (despite: {reasons})" if self.verdict == "accepted" and reasons else ""
        return self.override.words + despite

    def _reasons(self) -> str:
        """Return the first failures, how many more there are, and the command that lists them."""
        all_reasons = self.state.reasons if self.state else []
        every = [begin_list(one, MOST_ROWS) for one in all_reasons]
        listed = f"(access-recovery warnings {self.feed} {self.edition} lists them)"
        if len(every) > SHOWN:
            every = [*every[:SHOWN], f"and {len(every) - SHOWN:,} more {listed}"]
        elif every != all_reasons:
            every[-1] += f" {listed}"
        return "; ".join(every)


def status_of(
    home: Home, feed: str, edition: str, files: list[SourceFile] | None = None
) -> EditionStatus:
    """Return an edition's status. `files`: the active files, if the caller already has them."""
    found = _of_all_files(home, feed, edition, files)
    if not found.undecided:
        return found
    files = Archive(home).active_files(feed) if files is None else files
    own = of_edition(files, feed, edition)
    kept = last_accepted(home, feed, edition, {file.sha256 for file in own})
    if kept is None:
        return found
    state, decision = kept
    stay = [file for file in own if file.sha256 in state.files]
    newer = [file for file in own if file not in stay]
    highest = [_highest(home, files) for files in (stay, own)]
    kept_label, label = (
        _named(home, files, revision if len(set(highest)) > 1 else None)
        for files, revision in zip((stay, newer), highest, strict=True)
    )
    earlier = EditionStatus(feed, edition, state, decision, label=kept_label)
    return replace(found, stays=earlier, label=label)


def _named(home: Home, files: list[SourceFile], revision: int | None) -> str:
    """Return which of these files are used, and what is to be known of them: `oct.csv (revision 2,
    in place of 1 earlier file)`, or how many they are."""
    used = not_replaced(home, files)
    name = used[0].file_name if len(used) == 1 else f"{len(used)} files"
    notes = [f"revision {revision}"] if revision else []
    if replaced := len(files) - len(used):
        notes.append(f"in place of {plural(replaced, 'earlier file')}")
    return f"{name} ({', '.join(notes)})" if notes else name


def _highest(home: Home, files: list[SourceFile]) -> int:
    """Return the highest revision among those files of an edition that can be read."""
    read = [file for file in files if is_tidied(home, file)]
    return max((one.revision for one in place_files(home, read)), default=1)


def _of_all_files(
    home: Home, feed: str, edition: str, files: list[SourceFile] | None
) -> EditionStatus:
    """Return an edition's status by its newest checks and decision."""
    state = read_state(home, feed, edition)
    decision = newest_override(home, feed, edition)
    if revoked := revocation(home, feed, edition):
        return EditionStatus(feed, edition, state, decision, revoked.words)
    if decision is None or decision.decision == "hold" or state is None:
        return EditionStatus(feed, edition, state, decision)
    files = Archive(home).active_files(feed) if files is None else files
    own = of_edition(files, feed, edition)
    return EditionStatus(feed, edition, state, decision, _lapse(home, decision, state, own))


def all_statuses(home: Home, files: list[SourceFile] | None = None) -> list[EditionStatus]:
    """Return the status of every edition with active files, by feed and edition."""
    files = Archive(home).active_files() if files is None else files
    keys = sorted({EditionKey.of(file) for file in files})
    return [status_of(home, feed, edition, files) for feed, edition in keys]


def _lapse(
    home: Home, decision: Decision, state: EditionState, own: list[SourceFile]
) -> str | None:
    now, then = {file.sha256 for file in own}, set(decision.sha256)
    if now != then:
        return f"its files have changed: {len(now - then)} new, {len(then - now)} gone since"
    if worse := sorted(set(state.failed_rules) - set(decision.failed_rules)):
        return f"it fails checks that it had not failed then: {', '.join(worse)}"
    if not all(is_tidied(home, file) for file in own):
        return "its files can no longer be read"
    return None
