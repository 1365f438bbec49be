"""What a refresh will make of a local return, told when it is imported: by the same checks, as far
as they need its own files alone. Not here: verdicts that count (`ingest`)."""

from __future__ import annotations

from dataclasses import dataclass

from assets.ingest import files_in_force
from checks.edition_view import EditionView
from checks.runner import foreseen_results, unreadable
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.keys import of_edition
from warehouse.contract.model import contracts
from warehouse.editions.check_history import CheckResult
from warehouse.transform.tidy import UNREADABLE, tidy

BY_HAND = 5_000  # rows of an edition, at most: nobody types more
FORESEEN = "foreseen"  # in place of the id of a run, because nothing is recorded


@dataclass(frozen=True)
class Foreseen:
    """What is known of an edition before a refresh: how many of its rows are accepted, how many are
    quarantined, and the results of the checks that need its own files alone."""

    feed: str
    edition: str
    rows: int
    quarantined: int
    results: list[CheckResult]

    @property
    def is_held(self) -> bool:
        """Whether these checks will hold it."""
        return any(one.verdict == "fail" for one in self.results)


def foresee(home: Home, feed: str, edition: str) -> Foreseen | None:
    """Return what the checks that need an edition's own files alone will say of it; None of one
    without files, or with so many rows that nobody filled them in by hand.

    Records no verdict, and needs no lock: it writes derived files alone, which appear whole, and
    which a refresh then uses.
    """
    own = of_edition(Archive(home).active_files(), feed, edition)
    if not own or sum(file.rows for file in own) > BY_HAND:
        return None
    try:
        facts = [tidy(home, file) for file in own]
    except UNREADABLE as error:
        broken = unreadable(feed, edition, FORESEEN, own[-1].file_name, error)
        return Foreseen(feed, edition, 0, 0, [broken])
    used, known = files_in_force(home, own, facts)
    view = EditionView(home, contracts()[feed], edition, used, known)
    rows = sum(one.rows for one in known), sum(one.quarantined for one in known)
    return Foreseen(feed, edition, *rows, foreseen_results(view, FORESEEN))
