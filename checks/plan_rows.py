"""Rows of a plan's returns with faults, as evidence that names row, heading, what was found and
what is allowed. Not here: what a fault is (`warehouse.plan`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from checks.check_evidence import Evidence, offences
from checks.edition_view import EditionView
from warehouse.base.text import plural
from warehouse.kpi.chart_choices import Fault
from warehouse.plan.roles import NotNamed
from warehouse.plan.row_faults import CORRECT
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.settings import read_settings
from warehouse.transform.lake import quarantine_of

Row = Mapping[str, Any]
Faults = Callable[[Sequence[Row]], Iterable[tuple[Row, Fault]]]
BROKEN = "broken_columns"  # of a quarantined row, whose faults are told already


def unsound_rows(
    view: EditionView, rule: str, noun: str, faults: Callable[..., Iterable[tuple[Row, Fault]]]
) -> Evidence:
    """As `faulty_rows`, of quarantined rows too: whoever corrects one learns all at once. `faults`
    is also given the home's own words for roles."""
    own = read_settings(view.home).role_words
    return faulty_rows(view, rule, noun, lambda rows: faults(rows, own), list(_quarantined(view)))


def faulty_rows(
    view: EditionView, rule: str, noun: str, faults: Faults, beside: Sequence[Row] = ()
) -> Evidence:
    """Find rows with faults. `noun`: what a row is, in the plural; `faults`: yields a row and its
    `Fault` for each, of all rows as they were read, and of those `beside` them."""
    rows = [*view.scan_tidy().collect().to_dicts(), *beside]
    rows.sort(key=lambda row: row[SOURCE_ROW])
    found = [
        (row[SOURCE_ROW], _told(view, row, fault))
        for row, fault in faults(rows)
        if fault.column not in row.get(BROKEN, ())
    ]
    told = [f"row {row}: {text}" for row, text in found]
    by_row = [
        f"row {row}: {', and '.join(text for _, text in own)}"
        for row, own in groupby(sorted(found, key=lambda one: one[0]), key=lambda one: one[0])
    ]
    return offences(
        rule,
        told,
        expected=f"{noun} as docs/plan-guide.md describes them",
        observed=f"{plural(len(found), 'fault')} in {len(rows):,} {noun}",
        total=len(rows),
        message=f"{'; '.join(by_row)}. {CORRECT}",
    )


def _quarantined(view: EditionView) -> Iterator[Row]:
    """The quarantined rows, typed: None where a value could not be read."""
    for file in view.files:
        frame = quarantine_of(view.home, file)
        for row in () if frame is None else frame.iter_rows(named=True):
            yield {**row, BROKEN: row.get(BROKEN) or [row["column_name"]]}


def _told(view: EditionView, row: Row, fault: Fault) -> str:
    heading, value = view.contract.columns[fault.column].published[0], row[fault.column]
    found = "nothing" if value is None else f"`{value}`"
    if isinstance(fault, NotNamed):  # what may be a name is not repeated
        found = "a text that is no known role"
    return f"{heading}: found {found}, expected {fault.expected}"
