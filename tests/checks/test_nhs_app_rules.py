"""The national table of the NHS App workbook: found by meaning, compared by position."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from assets.feeds.nhs_app.rules import find_national
from tests.checks.cases_nhs_app import AUG, OCT, SEP, SUMS, book, icbs, national, wrong
from tests.checks.support_checks import APP, Results, brought, judged, one, real_taken
from tests.support import app_csv, app_workbook
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.check_history import CheckResult
from warehouse.readers.workbook import Sheet

TOTALS, LABELS = "national_total_reconciles", "national_months_labelled"
Table = Sequence[Sequence[object]]


def told(results: Results, rule: str, column: str | None = None) -> CheckResult:
    """The one verdict of a rule, on a column where there are several."""
    (found,) = [r for r in results if r.rule == rule and column in (None, r.column_name)]
    return found


def test_a_figure_that_differs_is_named_with_both_sums(home: Home) -> None:
    results = book(of=wrong())(home)
    found = told(results, TOTALS, "logins")
    assert (found.verdict, found.failed_rows, found.total_rows) == ("fail", 1, 3)
    assert found.message.startswith(
        "2025-09 (column D of Table 1): 1,100 nationally, but the ICBs add up to 1,300: one of"
    )
    assert told(results, TOTALS, "unique_users").message.startswith("2025-09 (column D of Table 1)")
    assert told(results, LABELS).verdict == "pass"


def test_a_month_labelled_wrongly_warns_and_holds_nothing(home: Home) -> None:
    brought(home, app_workbook(*icbs(), national=national((OCT, AUG, AUG))))
    taken = judged(home, APP)
    found = one(taken, LABELS)
    assert (found.verdict, found.failed_rows, found.total_rows) == ("warn", 1, 3)
    assert found.message.startswith("column D of Table 1 is labelled 2025-08, not 2025-09;")
    assert one(taken, TOTALS, "logins").verdict == "pass"
    assert taken.state.verdict == "accepted"


def test_a_label_that_is_no_month_is_quoted_as_published(home: Home) -> None:
    results = book(of=national((OCT, "Setember", AUG)))(home)
    assert "is labelled Setember, not 2025-09" in told(results, LABELS).message
    assert "labelled (blank), not" in told(book(of=national((OCT, SEP, "")))(home), LABELS).message


@pytest.mark.parametrize(
    "table",
    [
        national((AUG, SEP, OCT), (AUG, SEP, OCT)),
        national(("Oct-25", "Sep-25", "Aug-25")),
        [["a title"], ["", "", OCT, SEP, AUG], [], *national()[1:]],
        [[*row[:2], "", *row[2:]] for row in national()],
        [row[1:] for row in national()],
        [[c.replace("gin", "GIN [1]") if isinstance(c, str) else c for c in r] for r in national()],
        [["", "", OCT, SEP], *(row[:4] for row in national()[1:])],
    ],
    ids=["oldest first", "text", "title", "gap", "first column", "footnote", "newest two"],
)  # fmt: skip
def test_the_table_is_found_whatever_its_dress(home: Home, table: Table) -> None:
    results = book(of=table)(home)
    assert {r.verdict for r in results if r.rule in (TOTALS, LABELS)} == {"pass"}


def test_a_table_with_older_months_than_the_boards_is_compared_where_both_have_them(
    home: Home,
) -> None:
    results = book(*icbs((SEP, OCT)), of=national())(home)
    assert told(results, TOTALS, "logins").total_rows == 2
    assert told(results, LABELS).verdict == "pass"


def test_a_missing_figure_is_not_compared(home: Home) -> None:
    table = [list(row) for row in national()]
    table[2][4] = "[x]"
    results = book(of=table)(home)
    assert told(results, TOTALS, "logins").total_rows == 3
    assert told(results, TOTALS, "unique_users").total_rows == 2
    rows = icbs()
    rows[0]["NHS App unique user logins"] = "[x]"
    assert told(book(*rows, of=national())(home), TOTALS, "unique_users").total_rows == 2


def test_a_count_that_the_national_table_lacks_is_skipped(home: Home) -> None:
    found = told(book(of=national()[:2])(home), TOTALS, "unique_users")
    assert (found.verdict, found.message) == (
        "skipped",
        "Table 1 and the ICBs have no month in common",
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (app_csv(*icbs()), "no workbook: a CSV of ICBs has no national table"),
        (app_workbook(*icbs()), "no national table in file1.xlsx"),
        (app_workbook(*icbs(), national=national()[1:]), "no national table in"),
        (app_workbook(*icbs(), national=[["", "", OCT]]), "no national table in"),
        (
            app_workbook(*icbs(), {"NHS App logins": "many"}, national=national()),
            "rows of ICBs are in quarantine, so their sums are incomplete",
        ),
    ],
    ids=["csv", "no rows", "no months", "no figures", "quarantine"],
)
def test_without_a_national_table_nothing_is_judged(home: Home, content: bytes, why: str) -> None:
    brought(home, content)
    found = [r for r in judged(home, APP).results if r.rule in (TOTALS, LABELS)]
    assert [r.verdict for r in found] == ["skipped", "skipped"]
    assert found and all(r.message.startswith(why) for r in found)


def test_the_workbook_issued_again_is_the_one_that_is_judged(home: Home) -> None:
    brought(home, app_workbook(*icbs(), national=wrong()))
    assert judged(home, APP).state.verdict == "held"
    brought(home, app_workbook(*icbs(), national=national()))
    assert judged(home, APP).state.verdict == "accepted"


def test_a_table_on_the_sheet_that_was_read_is_not_the_national_one() -> None:
    rows = [["" if cell == "" else str(cell) for cell in row] for row in national()]
    contract = contracts()[APP]
    assert find_national([Sheet("Table 2", rows)], contract, "Table 2") is None
    found = find_national([Sheet("Table 1", rows)], contract, "Table 2")
    assert found is not None
    assert [place.letter for place in found.places] == ["C", "D", "E"]
    assert found.figures["logins"] == tuple(SUMS[month][0] for month in (OCT, SEP, AUG))


def test_lost_bytes_hold_the_edition_and_are_no_crash(home: Home) -> None:
    (file,) = brought(home, app_workbook(*icbs(), national=national()))
    judged(home, APP)
    Archive(home).object_path(file.container_sha256).unlink()
    found = one(judged(home, APP), LABELS)
    assert found.verdict == "skipped"
    assert "can't be read again" in found.message


@pytest.mark.parametrize(
    ("name", "edition", "months", "mislabelled"),
    [
        ("*July 2025.xlsx", "2025-07", 5, "column C of Table 1"),
        ("*August 2025.xlsx", "2025-08", 6, "column D of Table 1"),
    ],
)
def test_real_workbooks_reconcile_although_june_occurs_twice(
    home: Home, real_feeds: Path, name: str, edition: str, months: int, mislabelled: str
) -> None:
    (file,) = real_taken(home, real_feeds, f"nhs_app/{name}")
    assert file.edition == edition
    taken = judged(home, APP, edition)
    for column in ("logins", "unique_users"):
        found = one(taken, TOTALS, column)
        assert (found.verdict, found.failed_rows, found.total_rows) == ("pass", 0, months)
    found = one(taken, LABELS)
    assert (found.verdict, found.failed_rows, found.total_rows) == ("warn", 1, months)
    assert found.message.startswith(f"{mislabelled} is labelled 2025-06, not 2025-07; ")
    assert taken.state.verdict == "accepted"
