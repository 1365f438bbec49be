"""Rows of a plan's returns with faults, as evidence that names row, heading, what was found and
what is allowed. Not here: what a fault is (`warehouse.plan`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from checks.check_evidence import Evidence, listed, offences
from checks.edition_view import EditionView
from warehouse.base.text import plural
from warehouse.kpi.chart_choices import Fault
from warehouse.readers.raw_rows import SOURCE_ROW

Row = Mapping[str, Any]


def faulty_rows(
    view: EditionView, rule: str, noun: str, faults: Callable[[Sequence[Row]], Iterable[Any]]
) -> Evidence:
    """Find rows with faults. `noun`: what a row is, in the plural; `faults`: yields a row and its
    `Fault` for each, of all rows as they were read."""
    rows = view.scan_tidy().collect().sort(SOURCE_ROW).to_dicts()
    found = [_told(view, row, fault) for row, fault in faults(rows)]
    return offences(
        rule,
        found,
        expected=f"{noun} as docs/plan-guide.md describes them",
        observed=f"{plural(len(found), 'fault')} in {len(rows):,} {noun}",
        total=len(rows),
        message=f"{listed(found, mark='; ')}. Correct the rows, and import the return again",
    )


def _told(view: EditionView, row: Row, fault: Fault) -> str:
    heading, value = view.contract.columns[fault.column].published[0], row[fault.column]
    found = "nothing" if value is None else f"`{value}`"
    return f"row {row[SOURCE_ROW]}: {heading}: found {found}, expected {fault.expected}"
