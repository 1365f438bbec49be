"""The national table of a workbook: found by its months, whatever they are written like."""

from datetime import date

import pytest

from checks.national_table import find_national_table
from warehouse.readers.months_across import month_in
from warehouse.readers.workbook import Sheet

OCTOBER, SEPTEMBER, AUGUST = (date(2025, month, 1) for month in (10, 9, 8))


@pytest.mark.parametrize(
    "written", ["2025-10-01", "2025-10-31", "Oct-25", "Oct-25 [9]", "October 2025", "Oct 25 [1, 2]"]
)
def test_months_are_read_with_footnotes_and_at_either_end_of_the_month(written: str) -> None:
    assert month_in(written) == OCTOBER


@pytest.mark.parametrize("written", ["", "8312105", "Coverage", "Total"])
def test_other_cells_are_no_months(written: str) -> None:
    assert month_in(written) is None


def test_rows_are_found_by_the_beginning_of_their_label() -> None:
    rows = [
        ["Table 1: Summary", "", "", "", ""],
        ["", "", "Oct-25 [9]", "Sep-25", "2025-08-31"],
        ["Coverage", "Open active practices", "6220", "6221", "-"],
        ["Submissions", "Total submissions received [3], of which:", "8,330,625", "6907542", "5"],
        ["Source: NHS England", "", "", "", ""],
    ]
    table = find_national_table(Sheet("Table 1", rows))
    assert table is not None
    assert table.of("Total submissions received")[OCTOBER] == 8_330_625
    assert table.of("Open active practices") == {OCTOBER: 6220, SEPTEMBER: 6221}
    assert table.of("Missing") == {}
    assert set(table.of("Total submissions")) == {OCTOBER, SEPTEMBER, AUGUST}


def test_a_sheet_without_months_has_no_table() -> None:
    assert (
        find_national_table(Sheet("Table 2", [["Month", "GP Code"], ["2025-10-01", "A"]])) is None
    )
