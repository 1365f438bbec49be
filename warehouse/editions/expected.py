"""Which editions of a feed are held or expected. Not here: what is due (`freshness`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.contract.model import Contract, contracts
from warehouse.editions.freshness import due_editions, held_editions, is_sample


def known_editions(home: Home, today: date) -> dict[str, list[str]]:
    """Feed -> its editions (YYYY-MM, oldest first) that have files, and those that should: between
    them, and due by `today`.

    Of the sample, of a feed without a release calendar, and of one that nobody imported and that
    is not looked up, none is expected.
    """
    files = Archive(home).active_files()
    sample = is_sample(files)
    return {
        feed: sorted(_known(home, contract, files, sample, today))
        for feed, contract in contracts().items()
    }


def _known(
    home: Home, contract: Contract, files: Sequence[SourceFile], sample: bool, today: date
) -> set[str]:
    own = [file for file in files if file.feed == contract.feed]
    held = {file.edition for file in own}
    looked_up = contract.discovery is not None and contract.discovery.looked_up
    if sample or is_sample(own) or not (held or looked_up) or contract.cadence.due is None:
        return held
    known = held_editions(home, contract.feed)  # a withdrawn one is not expected again
    between = set(_between(sorted(known), contract.cadence.months or 1))
    return held | between | set(due_editions(contract, known, today))


def _between(known: list[str], every: int) -> Iterator[str]:
    """Yield the editions that are missing between those known, `every` so many months."""
    for edition, following in pairwise(known):
        missing = month_text(add_months(parse_month(edition), every))
        while missing < following:
            yield missing
            missing = month_text(add_months(parse_month(missing), every))
