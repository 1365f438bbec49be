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
    """A feed's next edition in its release calendar.

    `next_edition`: YYYY-MM. `due`: the day on which it is published; `days_overdue`: days since
    then, 0 if not overdue. `missing`: how many editions are overdue. `following`: the day on which
    the edition after it is published. `held`: the newest edition, if it is held and undecided.
    `verdict`, of the timeliness check: warn if the next edition is overdue, fail if the one after
    it is too, skipped if nothing can be overdue.
    """

    state: State
    next_edition: str | None = None
    due: date | None = None
    days_overdue: int = 0
    held: str | None = None
    following: date | None = None
    verdict: Verdict = "skipped"
    missing: int = 0

    @property
    def words(self) -> str:
        """The next edition in a line: `2025-12 due by 29 Jan 2026`."""
        first = [f"{self.held} held"] if self.held else []
        return "; ".join([*first, self._due_words])

    @property
    def _due_words(self) -> str:
        if self.due is None:
            return "not checked: sample data" if self.state == "sample" else self.state
        day = day_words(self.due)
        if self.days_overdue:
            by = plural(self.days_overdue, "day")
            first = f"{self.next_edition} was due by {day}: overdue by {by}"
            return first if self.missing <= 1 else f"{self.missing} editions missing; {first}"
        return f"{self.next_edition} due by {day}" + (": due now" if self.state == "due" else "")


def freshness(
    contract: Contract, newest: str | None, synthetic: bool, today: date, held: bool = False
) -> Freshness:
    """Compare a feed with its release calendar. `newest`: its newest edition, accepted or not.
    `synthetic`: all of it is sample data, which is never overdue (`is_sample`). `held`: whether
    that edition is held and undecided."""
    if newest is None:
        return Freshness("nothing held")
    back = newest if held else None
    if synthetic:
        return Freshness("sample", held=back)
    if contract.cadence.due is None or contract.cadence.months is None:
        return Freshness("no fixed day", held=back)
    edition = add_months(parse_month(newest), contract.cadence.months)
    due = contract.cadence.due.of(edition)
    overdue = max((today - due).days, 0)
    state: State = "late" if overdue else "due" if today + SOON >= due else "on time"
    following = contract.cadence.due.of(add_months(edition, contract.cadence.months))
    verdict: Verdict = "fail" if today > following else "warn" if overdue else "pass"
    awaited = map(parse_month, due_editions(contract, (newest,), today))
    missing = sum(contract.cadence.due.of(one) < today for one in awaited)
    return Freshness(state, month_text(edition), due, overdue, back, following, verdict, missing)


def is_sample(files: Iterable[SourceFile]) -> bool:
    """Whether there are files, all made by the `sample` command. Synthetic files that were fetched
    have an address, and are treated like any other."""
    own = list(files)
    return bool(own) and all(file.synthetic and file.url is None for file in own)


def due_editions(contract: Contract, held: Collection[str], today: date) -> tuple[str, ...]:
    """Return the editions (YYYY-MM) that are due by `today` and newer than those `held`, oldest
    first. If nothing is held, only the newest; none for a feed without a fixed release day."""
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
    """Return the newest edition due by `today`. Quarters and years are those of the calendar,
    unless the feed's figures are of another period."""
    due, every, period = contract.cadence.due, contract.cadence.months, contract.period
    assert due is not None and every is not None  # noqa: S101 - checked by the caller
    edition = today.replace(day=1)
    while (
        not period.ends_in(edition)
        or (period.is_month and edition.month % every)
        or due.of(edition) > today
    ):
        edition = add_months(edition, -1)
    return month_text(edition)


def held_editions(home: Home, feed: str) -> set[str]:
    """Return the imported editions of a feed. Schedules look up only newer ones.

    They include withdrawn and purged ones, but not sample data once real files were imported.
    """
    archive = Archive(home)
    real = archive.has_real()
    own = [(one.edition, one.synthetic) for one in archive.files(feed)]
    own += [(one.edition, one.synthetic) for one in tombstones(home) if one.feed == feed]
    return {edition for edition, synthetic in own if not (real and synthetic)}
