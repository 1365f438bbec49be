"""Workforce: from the publisher's zips to measures, to the digit."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.feeds.gp_workforce.testing import NAMED, PRACTICE, practice_workforce, workforce_zip
from tests.checks.cases_gp_workforce import NOT_GIVEN
from tests.support import imported, write, zipped
from warehouse.base.home import Home
from warehouse.transform.lake import TidyFacts, lake_paths
from warehouse.transform.tidy import tidy

ALL = ("gp_all_fte", "gp_qualified_fte", "gp_regular_fte", "gp_permanent_fte")


def taken(home: Home, path: Path, **said: Any) -> tuple[TidyFacts, pl.DataFrame]:
    """The facts of a file, and its measures by practice."""
    file = next(one.file for one in imported(home, path, **said) if one.file)
    return tidy(home, file), pl.read_parquet(lake_paths(home, file).measures)


def cell(cells: pl.DataFrame, code: str = "C82001") -> Mapping[str, Any]:
    [found] = cells.filter(org_code=code).to_dicts()
    return found


def test_the_zip_is_imported_once_and_its_other_files_are_told(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "GPWPracticeCSV.102025.zip", workforce_zip())
    outcomes = imported(home, path)
    assert [one.verdict for one in outcomes] == ["imported", "known", "known"]
    assert "rows" not in outcomes[1].message
    assert any("with totals among the roles" in one.message for one in outcomes[1:])
    [file] = [one.file for one in outcomes if one.file]
    assert (file.feed, file.edition, file.edition_basis) == (
        "gp_workforce", "2025-10", "file_name",
    )  # fmt: skip
    assert [one.verdict for one in imported(home, path)] == ["known", "known", "known"]


OF = "General Practice \N{EN DASH}"


@pytest.mark.parametrize(
    ("zip_name", "member", "edition"),
    [
        ("GPWPracticeCSV.062022.zip", f"{OF} June 2022 Practice Level.csv", "2022-06"),
        ("GPWPracticeCSV.062021.zip", f"20. {OF} December 2020 Practice Level.csv", "2020-12"),
        ("GPWPracticeCSV.032026.zip", "practice.csv", "2026-03"),
        ("GPWPracticeCSV.0919.zip", "practice.csv", "2019-09"),
    ],
)
def test_the_edition_is_in_the_names(
    home: Home, tmp_path: Path, zip_name: str, member: str, edition: str
) -> None:
    path = zipped(tmp_path / zip_name, {member: practice_workforce()})
    [outcome] = imported(home, path)
    assert outcome.file is not None, outcome.message
    assert outcome.file.edition == edition


def test_the_long_file_alone_is_refused_with_the_reason(home: Home, tmp_path: Path) -> None:
    text = "PRAC_CODE,PRAC_NAME,STAFF_GROUP,DETAILED_STAFF_ROLE,MEASURE,VALUE\n"
    path = tmp_path / f"3 {NAMED} - High level.csv"
    [outcome] = imported(home, write(path, f"{text}C82001,A,GP,Total,FTE,1\n".encode()))
    assert outcome.verdict == "refused"
    assert "comes with gp_workforce, and is not read" in outcome.message
    assert outcome.remedy == "Import the publisher's zip."


def test_fte_is_kept_to_the_digit(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", practice_workforce())
    facts, cells = taken(home, path, edition="2025-10")
    assert [cell(cells)[name] for name in ALL] == [
        Decimal("6.266666667"), Decimal("4.266666667"),
        Decimal("5.333333334"), Decimal("3.333333334"),
    ]  # fmt: skip
    assert (facts.quarantined, facts.extra_headings) == (0, [])


def test_not_available_is_no_figure_and_not_zero(home: Home, tmp_path: Path) -> None:
    rows = [{}, {"PRAC_CODE": "C82002", **NOT_GIVEN}, {"PRAC_CODE": "C82003", "TOTAL_GP_FTE": "0"}]
    path = write(tmp_path / "a.csv", practice_workforce(*rows))
    facts, cells = taken(home, path, edition="2025-10")
    assert facts.quarantined == 0
    silent = cell(cells, "C82002")
    assert [silent[name] for name in (*ALL, "gp_patients")] == [None] * 5
    assert (silent["gp_practices"], silent["practices"]) == (0, 1)
    assert silent["nurses_fte"] == Decimal("2.5")
    assert cell(cells, "C82003")["gp_all_fte"] == 0


def test_practices_with_estimates_are_counted(home: Home, tmp_path: Path) -> None:
    rows = [
        {"GP_SOURCE": "Includes FTE Estimates"},
        {"PRAC_CODE": "C82002", "GP_SOURCE": "FULLY PROVIDED"},
        {"PRAC_CODE": "C82003", "GP_SOURCE": "Fully estimated - no valid or current data"},
    ]
    path = write(tmp_path / "a.csv", practice_workforce(*rows))
    _, cells = taken(home, path, edition="2025-10")
    counted = {code: cell(cells, code)["gp_practices_estimated"] for code in cells["org_code"]}
    assert counted == {"C82001": 1, "C82002": 0, "C82003": 0}


def test_a_practice_without_a_network_has_none(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", practice_workforce({"PCN_CODE": "Unaligned"}))
    [outcome] = imported(home, path, edition="2025-10")
    assert outcome.file is not None
    tidy(home, outcome.file)
    observed = pl.read_parquet(lake_paths(home, outcome.file).organisations)
    assert set(observed["org_level"]) == {"practice", "sub_icb"}


def test_a_row_with_text_in_ignored_columns_alone_is_counted(home: Home, tmp_path: Path) -> None:
    blank = dict.fromkeys(PRACTICE, "")
    rows = [{}, {**blank, "TOTAL_GP_HC": "Source: NHS England"}]
    path = write(tmp_path / "a.csv", practice_workforce(*rows))
    [outcome] = imported(home, path, edition="2025-10")
    assert outcome.file is not None
    assert outcome.file.rows == 2
    assert tidy(home, outcome.file).read == 2


def test_blank_lines_at_the_end_are_no_rows(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", practice_workforce() + b"\r\n\r\n")
    [outcome] = imported(home, path, edition="2025-10")
    assert outcome.file is not None
    assert outcome.file.rows == 1
