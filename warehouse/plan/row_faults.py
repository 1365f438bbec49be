"""What may be wrong with a row of any return of a plan. Not here: what may be wrong with one of
actions (`action_faults`), assessments (`assessment_faults`) or decisions (`decisions_agreed`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from warehouse.base.months import add_months, day_words
from warehouse.kpi.chart_choices import Fault

Row = Mapping[str, Any]
CORRECT = "Correct the rows, and import the return again"  # ends what a check says of them


def id_key(text: str) -> str:
    """An id that people type as it is kept: `a - 12` is A-12."""
    return "".join(text.split()).upper()


def faults_by_row(
    rows: Sequence[Row], of_row: Callable[[Row], Iterable[Fault]], column: str, noun: str
) -> Iterator[tuple[Row, Fault]]:
    """Each faulty row (tidy) with what is wrong with it, in the order of the rows: what `of_row`
    finds, and an id (`column`) that stands twice in a return. `noun`: what has the id. A value that
    could not be read is None, and is told elsewhere."""
    ids = [(row["month"], row["icb_code"], id_key(row[column] or "")) for row in rows]
    often = Counter(ids)
    for row, own in zip(rows, ids, strict=True):
        yield from ((row, fault) for fault in of_row(row))
        if often[own] > 1:
            yield row, Fault(column, f"each {noun} once in a return")


def not_after(first: date | None, second: date | None) -> bool:
    """Whether both days are known and the first is not after the second, or one is unknown."""
    return first is None or second is None or first <= second


def later_days(row: Row, *columns: str) -> Iterator[Fault]:
    """The days in these columns that are after the return's month."""
    if row["month"] is None:
        return
    last: date = add_months(row["month"], 1) - timedelta(days=1)
    for column in columns:
        if row[column] and row[column] > last:
            yield Fault(column, f"a day up to the end of the return's month, {day_words(last)}")
