"""Business rule of targets: each is of a KPI that exists, of a level of which it has figures, and a
number in its unit."""

from __future__ import annotations

from checks.check_evidence import Evidence, listed, offences
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from warehouse.kpi.returned_targets import COLUMNS, fault_of_row
from warehouse.readers.raw_rows import SOURCE_ROW


def sound(view: EditionView) -> Evidence:
    """Find rows that are no target, each with its heading, what was found and what is allowed."""
    rows = view.scan_tidy().select(SOURCE_ROW, *COLUMNS).collect().sort(SOURCE_ROW)
    found = []
    for row in rows.iter_rows(named=True):
        if fault := fault_of_row(row):
            heading = view.contract.columns[fault.column].published[0]
            value = "nothing" if row[fault.column] is None else f"`{row[fault.column]}`"
            told = f"row {row[SOURCE_ROW]}: {heading}: found {value}, expected {fault.expected}"
            found.append(told)
    return offences(
        "targets_sound",
        found,
        expected="KPIs, levels and numbers as in the KPI catalogue",
        observed=f"{len(found):,} of {rows.height:,} targets can't be used",
        total=rows.height,
        message=f"{listed(found, mark='; ')}. Correct the rows, and import the return again",
    )


RULES = {"targets_sound": Rule(sound)}
