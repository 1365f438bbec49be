"""What a refresh prints of quarantined rows, and of editions with warnings."""

from dataclasses import replace

import pytest

from pipelines.cli.outcomes import show_refresh
from pipelines.cli.quarantined_rows import quarantined_lines, warned_words
from pipelines.cli.screen import Screen
from pipelines.operations.refresh_report import RefreshReport
from tests.checks.support_checks import SUB_ICB, brought, judged
from tests.support import regional
from warehouse.base.home import Home
from warehouse.editions.status import all_statuses

COUNT, MONTH, OCT = "COUNT_OF_APPOINTMENTS", "APPOINTMENT_MONTH", "2025-10"


def test_a_refresh_names_the_quarantined_row_and_the_edition_with_warnings(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    brought(home, regional({}, {COUNT: "n/a"}))
    judged(home, SUB_ICB)
    show_refresh(Screen(), home, RefreshReport(taken_in=all_statuses(home)))
    printed = capsys.readouterr()
    said = " ".join(printed.err.split())
    assert f"1 row quarantined, not counted: {SUB_ICB} {OCT}, row 3 of file1.csv (" in said
    assert f"access-recovery warnings {SUB_ICB} {OCT} has more." in said
    assert (
        f"1 edition(s) accepted (1 with warnings), mart unchanged. With warnings: {SUB_ICB} {OCT}; "
        f"access-recovery warnings {SUB_ICB} {OCT} says why."
    ) in " ".join(printed.out.split())


def test_a_held_edition_with_warnings_is_not_counted_among_the_accepted(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    brought(home, regional({}, {COUNT: "n/a"}))
    judged(home, SUB_ICB)
    [one] = all_statuses(home)
    hold = {"state": one.state.model_copy(update={"verdict": "held"})} if one.state else {}
    show_refresh(Screen(), home, RefreshReport(taken_in=[replace(one, **hold)]))
    said = " ".join(capsys.readouterr().out.split())
    assert "0 edition(s) accepted, 1 held back, mart unchanged. With warnings:" in said


def test_a_row_of_a_file_that_a_whole_one_replaced_is_not_told(home: Home) -> None:
    brought(home, regional({}, {COUNT: "n/a"}))
    judged(home, SUB_ICB)
    assert list(quarantined_lines(home, all_statuses(home)))
    brought(home, regional())
    judged(home, SUB_ICB)
    assert list(quarantined_lines(home, all_statuses(home))) == []


def test_of_many_editions_the_first_are_named_and_the_others_counted(home: Home) -> None:
    months = ("JUN", "JUL", "AUG", "SEP", "OCT")
    for month in months:
        brought(home, regional({MONTH: f"{month}2025"}, *[{MONTH: f"{month}2025", COUNT: "x"}] * 2))
    for number in range(6, 11):
        judged(home, SUB_ICB, f"2025-{number:02}")
    *named, last = quarantined_lines(home, all_statuses(home))
    assert [line.partition(",")[0] for line in named] == ["2 rows quarantined"] * 3
    assert "2025-06, the first is row 3 of file1.csv (" in named[0]
    assert last.startswith("4 rows quarantined in 2 more editions: access-recovery warnings")
    assert warned_words(all_statuses(home)) == (
        f"With warnings: {SUB_ICB} 2025-06, {SUB_ICB} 2025-07, {SUB_ICB} 2025-08 and 2 more; "
        "access-recovery warnings says why."
    )
    assert warned_words([]) == ""
