"""Output of `import` for local returns: the mistakes in their rows, and what a refresh will do with
them. Not here: the checks (`assets.foreseen`)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from pipelines.cli.local_returns import SHOWN, local_feeds, wrong_rows
from pipelines.cli.screen import Screen
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.text import plural
from warehouse.plan.row_faults import CORRECT

if TYPE_CHECKING:
    from assets.foreseen import Foreseen
    from warehouse.archive.source_files import SourceFile
    from warehouse.editions.check_history import CheckResult

NAMED = 3  # sound returns in a line


def foretell(screen: Screen, home: Home, taken: list[SourceFile]) -> bool:
    """Print the mistakes in local returns among files that were just imported, and what a refresh
    will do with each; whether it will hold one."""
    editions = dict.fromkeys(map(EditionKey.of, taken))
    local = set(local_feeds()).intersection(feed for feed, _ in editions)
    if not local:  # nothing more is loaded for publications
        return False
    from assets.foreseen import foresee
    from warehouse.archive.snapshot import one_snapshot

    with one_snapshot():
        with screen.working("Checking the rows of local returns"):
            found = [foresee(home, feed, edition) for feed, edition in editions if feed in local]
        known = [one for one in found if one is not None]
        _show(screen, home, known)
    return any(one.is_held for one in known)


def _show(screen: Screen, home: Home, found: list[Foreseen]) -> None:
    told: set[str] = set()
    for one in found:
        mistakes = wrong_rows(home, one.feed, one.edition)
        mistakes += [line for result in one.results for line in _unmet(result, "fail")]
        doubts = [line for result in one.results for line in _unmet(result, "warn")]
        named = f"{one.feed} {one.edition}"
        _list(screen, _new(mistakes, told), f"more mistakes in {named}")
        doubts = _new(doubts, told)
        if doubts:
            screen.warn(f"Warnings of {named}, which hold nothing:")
        _list(screen, doubts, f"more warnings of {named}")
    for one in found:
        if words := _will_be(one):
            screen.warn(words)
    if sound := [f"{one.feed} {one.edition}" for one in found if not _will_be(one)]:
        named = ", ".join(sound) if len(sound) <= NAMED else plural(len(sound), "return")
        screen.say(f"No mistake found in the rows of {named}.")
    if found:
        screen.say("A refresh also compares it with other months and publications.")


def _new(lines: list[str], told: set[str]) -> list[str]:
    """The lines that were not told yet, by row as they are in the file, and what is of no single
    row at the end."""
    found = [line for line in dict.fromkeys(lines) if line not in told]
    told.update(found)
    return sorted(found, key=_row_of)


def _row_of(line: str) -> float:
    found = re.search(r", row (\d+): ", line)
    return int(found[1]) if found else math.inf


def _list(screen: Screen, lines: list[str], more: str) -> None:
    for line in lines[:SHOWN]:
        screen.warn(line)
    if len(lines) > SHOWN:
        screen.warn(f"... and {len(lines) - SHOWN} {more}.")


def _unmet(result: CheckResult, verdict: str) -> list[str]:
    """A line per row that a check of an edition finds, or one for all; none if its verdict is
    another. Rules of single rows are told by row elsewhere, and what to do is told once."""
    from warehouse.transform.conform import ROW_RULES

    if result.rule in ROW_RULES or result.verdict != verdict:
        return []
    named = f"{result.feed} {result.edition}"
    if result.message.startswith("row "):
        message = result.message.removesuffix(f". {CORRECT}")
        return [f"{named}, {row}" for row in re.split(r"; (?=row \d)", message)]
    said = f"; {result.message}" if result.message else ""
    return [f"{named}, check not met: {result.title}. Found {result.observed}{said}"]


def _will_be(one: Foreseen) -> str:
    """What a refresh will do with a return that is not sound; empty of a sound one."""
    named = f"{one.feed} {one.edition}"
    if one.is_held:
        return (
            f"{named} will be held: refresh publishes nothing of it, and what was accepted before "
            "stays. Correct the file, and import it again."
        )
    if one.quarantined:
        return (
            f"{named} will be used without {plural(one.quarantined, 'row')}, which refresh puts "
            f"into quarantine, of {one.quarantined + one.rows:,}. Correct the file, and import it "
            "again."
        )
    if any(result.verdict == "warn" for result in one.results):
        return f"{named} will be used, with warnings."
    return ""
