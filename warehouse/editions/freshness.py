"""Freshness: which edition of a feed is due next, on which day, and whether it is overdue.

Belongs here: the release calendar of the contracts against the editions available. Does not:
finding and fetching editions (`warehouse.fetch`), the schedule of lookups (`pipelines.schedules`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.archive.tombstones import tombstones
from warehouse.base.home import Home
from warehouse.base.months import add_months, day_words, month_text, parse_month
from warehouse.base.text import plural
from warehouse.contract.model import Contract
from warehouse.editions.check_history import Verdict

State = Literal["on time", "due", "late", "no fixed day", "nothing held", "sample"]

# An edition is shown as due this long before its day, because people ask for it by then.
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Freshness:
    """How a feed compares with its release calendar.

    `awaited`: the next edition (YYYY-MM), `due`: the day on which it is published, `days_late`:
    since then, 0 if not overdue. `following`: the day on which the edition after that is published.
    `held`: the newest edition, if it is held and undecided. `verdict`: the same as a check of
    timeliness: warn once the next edition is overdue, fail once the one after it is, too, and
    skipped where nothing can be overdue.
    """

    state: State
    awaited: str | None = None
    due: date | None = None
    days_late: int = 0
    held: str | None = None
    following: date | None = None
    verdict: Verdict = "skipped"

    @property
    def words(self) -> str:
        """Describe it: `2025-12 due by 29 Jan 2026`."""
        first = [f"{self.held} held back"] if self.held else []
        return "; ".join([*first, self._awaited])

    @property
    def _awaited(self) -> str:
        if self.due is None:
            return {"sample": "not judged: sample data"}.get(self.state, self.state)
        day = day_words(self.due)
        if self.days_late:
            return f"{self.awaited} was due by {day}: overdue by {plural(self.days_late, 'day')}"
        return f"{self.awaited} due by {day}" + (": due now" if self.state == "due" else "")


def freshness(
    contract: Contract, newest: str | None, synthetic: bool, today: date, held: bool = False
) -> Freshness:
    """Compare a feed with its release calendar. `newest`: its newest edition available, accepted or
    not. `synthetic`: all of it is sample data, which is never overdue (`is_sample`). `held`:
    whether that newest edition is held and undecided."""
    if newest is None:
        return Freshness("nothing held")
    back = newest if held else None
    if synthetic:
        return Freshness("sample", held=back)
    if contract.cadence.due is None or contract.cadence.months is None:
        return Freshness("no fixed day", held=back)
    awaited = add_months(parse_month(newest), contract.cadence.months)
    due = contract.cadence.due.of(awaited)
    late = max((today - due).days, 0)
    state: State = "late" if late else "due" if today + SOON >= due else "on time"
    following = contract.cadence.due.of(add_months(awaited, contract.cadence.months))
    verdict: Verdict = "fail" if today > following else "warn" if late else "pass"
    return Freshness(state, month_text(awaited), due, late, back, following, verdict)


def is_sample(files: Iterable[SourceFile]) -> bool:
    """Whether there are files, and the `sample` command placed them all. Synthetic editions that
    were fetched have an address, and are treated like any other."""
    own = list(files)
    return bool(own) and all(file.synthetic and file.url is None for file in own)


def due_editions(contract: Contract, held: Collection[str], today: date) -> tuple[str, ...]:
    """Return the editions (YYYY-MM) that are due by `today` and newer than the newest of `held`,
    oldest first. With nothing imported only the newest of them; none for a feed without a fixed
    release day."""
    due, every = contract.cadence.due, contract.cadence.months
    if due is None or every is None:
        return ()
    newest = max(held, default=None)
    if newest is None:
        return (_newest_due(contract, today),)
    found = []
    edition = add_months(parse_month(newest), every)
    while due.of(edition) <= today:
        found.append(month_text(edition))
        edition = add_months(edition, every)
    return tuple(found)


def _newest_due(contract: Contract, today: date) -> str:
    """Return the newest edition that is published by `today`. Quarters and years end with the
    calendar's: March, June, September, December."""
    due, every = contract.cadence.due, contract.cadence.months
    assert due is not None and every is not None  # noqa: S101 - the caller has looked
    edition = today.replace(day=1)
    while edition.month % every or due.of(edition) > today:
        edition = add_months(edition, -1)
    return month_text(edition)


def held_editions(home: Home, feed: str) -> set[str]:
    """Return the editions of a feed that schedules no longer look up, nor older ones.

    They include withdrawn and purged ones, which can be fetched again by name, but not sample data
    among real data.
    """
    archive = Archive(home)
    real = archive.has_real()
    own = [(one.edition, one.synthetic) for one in archive.files(feed)]
    own += [(one.edition, one.synthetic) for one in tombstones(home) if one.feed == feed]
    return {edition for edition, synthetic in own if not (real and synthetic)}
