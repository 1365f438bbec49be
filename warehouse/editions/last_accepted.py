"""What an edition was accepted with before other files came: it stays published while they are
held.

Belongs here: `archive/accepted`, one small JSON per set of files that was accepted and then joined
by others, never changed. Does not: the status of an edition (`warehouse.editions.status`).

Kept only when other files are checked, so that an edition which is issued once has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from warehouse.archive.decisions import Decision, decisions, newest_override, revocation
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.strict import Strict
from warehouse.editions.check_history import EditionState, read_state

PLACE = "archive/accepted"


class KeptState(Strict):
    """`accepted`: the state of an edition that was in use, without the words of its checks, which
    may quote cells; None if the files accepted before have failed checks since. `decision_id`: the
    acceptance by a person that was in force, if any."""

    accepted: EditionState | None = None
    decision_id: str | None = None


def keep_last_accepted(home: Home, feed: str, edition: str, files: Iterable[str]) -> None:
    """Keep what an edition was accepted with, before it is checked with other files. `files`:
    hashes of those; with the same ones as before there is nothing to keep."""
    before = read_state(home, feed, edition)
    if before is None or not before.files or set(before.files) == set(files):
        return
    keys = _keys(home, feed, edition)
    last = _read(home, keys[-1]) if keys else KeptState()
    decision = _acceptance(home, before)
    if decision or before.verdict == "accepted":
        state = before.model_copy(update={"reasons": []})
        now = KeptState(accepted=state, decision_id=decision.decision_id if decision else None)
    elif last.accepted and set(before.files) <= set(last.accepted.files):
        now = KeptState()  # the same files, which passed then, have failed since
    else:
        return
    if now != last:
        number = int(keys[-1].rpartition("/")[2].partition("-")[0]) + 1 if keys else 1
        key = f"{PLACE}/{number:06d}-{feed}-{edition}.json"
        home.store.write_once(key, f"{now.model_dump_json(indent=1)}\n".encode())


def last_accepted(
    home: Home, feed: str, edition: str, active: Collection[str]
) -> tuple[EditionState, Decision | None] | None:
    """Return the newest state in which an edition was accepted as a whole with some of its `active`
    files (hashes), and the decision by which it was; None if there is none. One of whose files any
    was withdrawn or purged, or whose acceptance was revoked, does not count."""
    for key in reversed(_keys(home, feed, edition)):
        kept = _read(home, key)
        if kept.accepted is None:
            return None
        if not set(kept.accepted.files) < set(active):
            continue
        made = _in_force(home, kept)
        if made or kept.accepted.verdict == "accepted":
            return kept.accepted, made
    return None


def forget_accepted(home: Home, purged: Collection[str], touched: Iterable[EditionKey]) -> None:
    """Delete what is kept of purged files (hashes), and held months of editions `touched` by the
    purge, which are compared with their figures."""
    for feed, edition in touched:
        for key in _keys(home, feed, edition):
            state = _read(home, key).accepted
            if state and (state.held_months or not set(purged).isdisjoint(state.files)):
                home.store.delete(key)


def _acceptance(home: Home, state: EditionState) -> Decision | None:
    """Return the acceptance by a person that applied to a state."""
    made = newest_override(home, state.feed, state.edition)
    if made is None or made.decision != "accept" or revocation(home, state.feed, state.edition):
        return None
    same = set(made.sha256) == set(state.files)
    return made if same and set(state.failed_rules) <= set(made.failed_rules) else None


def _in_force(home: Home, kept: KeptState) -> Decision | None:
    """Return the decision by which a state was accepted, unless it was revoked since."""
    if kept.decision_id is None or kept.accepted is None:
        return None
    of = (kept.accepted.feed, kept.accepted.edition)
    since = [one for one in decisions(home, *of) if one.decision_id >= kept.decision_id]
    if any(one.decision == "revoke" for one in since):
        return None
    return next((one for one in since if one.decision_id == kept.decision_id), None)


def _keys(home: Home, feed: str, edition: str) -> list[str]:
    """Return the keys of what is kept of an edition, oldest first."""
    return home.store.list_keys(PLACE, f"-{feed}-{edition}.json")


def _read(home: Home, key: str) -> KeptState:
    try:
        return KeptState.model_validate_json(home.store.read(key))
    except ValueError as error:
        raise ValueError(
            f"{home.root / key} can't be read: restore it from backup ({error})"
        ) from error
