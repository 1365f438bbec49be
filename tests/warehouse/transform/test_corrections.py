"""Corrections: applied where they are meant, refused where they are not understood."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.checks.support_checks import published
from tests.support import regional
from warehouse.contract.model import contracts
from warehouse.transform.corrections import FOUND_SCHEMA, Correction, correct, load_corrections

FEED = "gp_appointments_sub_icb"
OCTOBER, NOVEMBER, DECEMBER = (date(2025, month, 1) for month in (10, 11, 12))
WRITTEN = """
leicester-icb:
  what: Leicester City is given to Nottingham.
  why: A reference file was out of date when the files were made.
  reference: https://example.org/notice
  decided_by: A. Person
  decided_on: 2025-12-01
  first_edition: "2025-11"
  expires: "2025-12"
  where: {sub_icb_code: [04C, 4C], icb_name: Nottingham}
  set: {icb_name: Leicester, appointments: 12}
"""


def written(folder: Path, text: str = WRITTEN) -> tuple[Correction, ...]:
    path = folder / "corrections.yaml"
    path.write_text(text, encoding="utf-8")
    return load_corrections(path, contracts()[FEED])


def rows(*icbs: str) -> pl.LazyFrame:
    return published(regional(*[{"ICB_NAME": icb, "COUNT_OF_APPOINTMENTS": 10} for icb in icbs]))


def told(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.sort("source_row", "column_name").rows()


def test_the_selected_cells_are_corrected_and_listed(tmp_path: Path) -> None:
    listed = written(tmp_path)
    done = correct(rows("Leicester", "Nottingham "), contracts()[FEED], NOVEMBER, listed)
    read = done.rows.collect()
    assert read["ICB_NAME"].to_list() == ["Leicester", "Leicester"]
    assert read["COUNT_OF_APPOINTMENTS"].to_list() == ["10", "12"]
    assert done.matched == {"leicester-icb": 1}
    assert told(done.found) == [
        ("leicester-icb", 3, "appointments", "10", "12"),
        ("leicester-icb", 3, "icb_name", "Nottingham ", "Leicester"),
    ]


def test_editions_before_the_first_are_neither_corrected_nor_checked(tmp_path: Path) -> None:
    done = correct(rows("Nottingham"), contracts()[FEED], OCTOBER, written(tmp_path))
    assert done.rows.collect()["ICB_NAME"].to_list() == ["Nottingham"]
    assert done.matched == {}
    assert done.found.is_empty()
    assert done.found.schema == pl.Schema(FOUND_SCHEMA)


def test_an_expired_correction_only_reports_that_the_error_persists(tmp_path: Path) -> None:
    done = correct(rows("Nottingham"), contracts()[FEED], DECEMBER, written(tmp_path))
    assert done.rows.collect()["ICB_NAME"].to_list() == ["Nottingham"]
    assert done.matched == {"leicester-icb": 1}


def test_an_error_that_is_gone_is_not_found(tmp_path: Path) -> None:
    done = correct(rows("Leicester"), contracts()[FEED], NOVEMBER, written(tmp_path))
    assert done.matched == {"leicester-icb": 0}


def test_a_file_without_the_column_has_no_such_error(tmp_path: Path) -> None:
    raw = rows("Nottingham").drop("ICB_NAME")
    done = correct(raw, contracts()[FEED], NOVEMBER, written(tmp_path))
    assert done.matched == {"leicester-icb": 0}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("icb_name: Nottingham", "colour: red", "`colour` is not a column of"),
        ('expires: "2025-12"', 'expires: "2025-11"', "`expires` must be after `first_edition`"),
        ('expires: "2025-12"', "expires: never", "expires"),
        ("  why: A reference file was out of date when the files were made.\n", "", "why"),
        ("where: {sub_icb_code: [04C, 4C], icb_name: Nottingham}", "where: {}", "where"),
        ("  what:", "  colour: red\n  what:", "colour"),
        ("leicester-icb:", "- correction_id: leicester-icb", "under its name"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in WRITTEN
    with pytest.raises(ValueError, match=r"corrections\.yaml: not a valid") as error:
        written(tmp_path, WRITTEN.replace(old, new))
    assert told in str(error.value)
