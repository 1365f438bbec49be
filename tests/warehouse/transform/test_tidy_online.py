"""Online consultations: from workbooks and CSV files, as published, to measures."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.feeds.online_consultations.testing import (
    NOTHING,
    metrics,
    submissions_csv,
    submissions_workbook,
)
from tests.support import imported, write, zipped
from warehouse.base.home import Home
from warehouse.intake.importer import ImportOutcome
from warehouse.transform.lake import TidyFacts, lake_paths
from warehouse.transform.tidy import tidy

FEED, OCTOBER = "online_consultations", date(2025, 10, 1)
PARTICIPATION, SUPPLIER = "Participation [11]", "Supplier [4, 5, 6]"
ALL = ("submissions", "clinical_submissions", "administrative_submissions", "other_submissions")


def one_of(home: Home, name: str, content: bytes) -> ImportOutcome:
    [outcome] = imported(home, write(home.root.parent / name, content))
    return outcome


def taken(home: Home, content: bytes, name: str = "a.xlsx") -> tuple[TidyFacts, pl.DataFrame]:
    """The facts of a file, and its measures by practice code and month."""
    outcome = one_of(home, name, content)
    assert outcome.file is not None, outcome.message
    assert outcome.file.feed == FEED
    facts = tidy(home, outcome.file)
    return facts, pl.read_parquet(lake_paths(home, outcome.file).measures)


def cell(cells: pl.DataFrame, code: str = "C82001", month: date = OCTOBER) -> Mapping[str, Any]:
    [found] = cells.filter(org_code=code, month=month).to_dicts()
    return found


def test_a_workbook_and_a_csv_of_the_same_month_give_the_same_figures(home: Home) -> None:
    _, book = taken(home, submissions_workbook())
    facts, csv = taken(home, submissions_csv(*metrics()), "a.csv")
    keys = set(cell(book)) - {"digest"}
    assert {k: cell(book)[k] for k in keys} == {k: cell(csv)[k] for k in keys}
    assert [cell(csv)[name] for name in ALL] == [500, 300, 150, 50]
    assert (cell(csv)["patients_with_data"], cell(csv)["participating_practices"]) == (8000, 1)
    assert (facts.quarantined, facts.extra_headings) == (0, [])


def test_months_with_two_suppliers_count_patients_once(home: Home) -> None:
    rows = [*metrics({"SUPPLIER": "TPP"}), *metrics({"SUPPLIER": "ACCURX LIMITED"})]
    _, cells = taken(home, submissions_csv(*rows), "a.csv")
    assert (cell(cells)["submissions"], cell(cells)["patients_with_data"]) == (1000, 8000)


def test_a_csv_in_two_regional_parts_has_many_months(home: Home) -> None:
    north = submissions_csv(*metrics(), *metrics({"MONTH": "01/09/2025"}, OC_TOTAL_SUBMISSIONS=490))
    south = submissions_csv(*metrics({"GP_CODE": "D81001"}))
    path = zipped(home.root.parent / "oc.zip", {"x_north_regions.csv": north, "x_south.csv": south})
    outcomes = imported(home, path)
    assert [(o.file and o.file.edition, o.verdict) for o in outcomes] == [
        ("2025-10", "imported"),
        ("2025-10", "imported"),
    ]
    assert outcomes[0].file is not None
    assert outcomes[0].file.months == ("2025-09", "2025-10")


@pytest.mark.parametrize(
    ("told", "takes_part"), [(1, 1), ("*", None)], ids=["participation 1", "participation *"]
)
def test_zero_with_participation_is_missing_not_zero(
    home: Home, told: object, takes_part: int | None
) -> None:
    _, cells = taken(home, submissions_workbook({**NOTHING, PARTICIPATION: told}))
    found = cell(cells)
    assert [found[name] for name in (*ALL, "patients_with_data")] == [None] * 5
    assert (found["practices_with_data"], found["practices"]) == (0, 1)
    assert found["participating_practices"] == takes_part


def test_a_practice_that_does_not_take_part_is_no_participant(home: Home) -> None:
    _, cells = taken(home, submissions_workbook({**NOTHING, PARTICIPATION: 0}))
    assert cell(cells)["participating_practices"] == 0
    assert cell(cells)["submissions"] is None


def test_a_type_without_submissions_is_zero_where_others_have_some(home: Home) -> None:
    row = {"Administrative Submissions [7]": 0, "Clinical Submissions [7]": 450}
    _, cells = taken(home, submissions_workbook(row))
    assert [cell(cells)[name] for name in ALL] == [500, 450, 0, 50]


def test_the_first_workbooks_have_no_participation(home: Home) -> None:
    april = {"Month [1]": date(2024, 4, 1)}
    facts, cells = taken(home, submissions_workbook(april, lacking=PARTICIPATION))
    found = cell(cells, month=date(2024, 4, 1))
    assert (found["submissions"], found["participating_practices"]) == (500, None)
    assert (found["practices"], facts.quarantined) == (None, 0)


def test_a_missing_figure_is_refused_by_name(home: Home) -> None:
    lacking = submissions_workbook(lacking="Clinical Submissions [7]")
    outcome = one_of(home, "a.xlsx", lacking)
    assert outcome.verdict == "refused"
    assert "looks like online_consultations" in outcome.message
    assert "`Clinical Submissions`" in outcome.message


def test_suppliers_with_commas_and_no_network_are_read(home: Home) -> None:
    rows = metrics({"PCN_CODE": "U", "SUPPLIER": "ECONSULT, ACCURX, TPP"})
    outcome = one_of(home, "a.csv", submissions_csv(*rows))
    assert outcome.file is not None
    tidy(home, outcome.file)
    tidied = pl.read_parquet(lake_paths(home, outcome.file).tidy)
    assert tidied["supplier"].cast(pl.String).unique().to_list() == ["ECONSULT, ACCURX, TPP"]
    assert tidied["pcn_code"].null_count() == tidied.height


def test_whole_numbers_may_have_zero_decimals(home: Home) -> None:
    rows = metrics(OC_TOTAL_SUBMISSIONS="500.0", OC_SUBMISSION_TYPE_CLINICAL="300.5")
    facts, cells = taken(home, submissions_csv(*rows), "a.csv")
    assert cell(cells)["submissions"] == 500
    assert [(one.rule, one.rows) for one in facts.broken] == [("count_whole", 1)]


def test_a_new_type_of_submission_is_quarantined_not_lost(home: Home) -> None:
    rows = [*metrics(), *metrics(OC_SUBMISSION_TYPE_VIDEO=5)[-1:]]
    facts, _ = taken(home, submissions_csv(*rows), "a.csv")
    assert [(one.rule, one.rows) for one in facts.broken] == [("label_known", 1)]


def test_an_unknown_column_is_reported_and_passed_over(home: Home) -> None:
    content = submissions_csv(*metrics()).decode().splitlines()
    wider = "\r\n".join([content[0] + ",NEW", *(line + ",x" for line in content[1:])]) + "\r\n"
    facts, cells = taken(home, wider.encode(), "a.csv")
    assert (facts.extra_headings, cell(cells)["submissions"]) == (["NEW"], 500)


def test_the_folder_of_a_workbook_does_not_matter(home: Home, tmp_path: Path) -> None:
    inside = zipped(tmp_path / "in.zip", {"folder/book.xlsx": submissions_workbook()})
    [outcome] = imported(home, inside)
    assert outcome.file is not None
    assert (outcome.file.feed, outcome.file.sheet, outcome.file.header_row) == (FEED, "Table 2", 12)
