"""The day on a workbook's title sheet: as it is written, and whether it can be."""

from datetime import date
from pathlib import Path

import pytest

from tests.support import app_workbook, imported, write
from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.readers.title_sheet import is_plausible, title_date

APP = contracts()["nhs_app"]
DAY = date(2025, 11, 28)  # the last Friday after October


@pytest.mark.parametrize(
    "cells",
    [
        ["Publication date: November 28th 2025"],
        ["Publication date: 28 November 2025"],
        ["PUBLICATION DATE:  28th Nov 2025"],
        ["Publication date:", "2025-11-28"],
        ["", "Publication date: 28/11/2025", ""],
        ["Publication date: November 28, 2025"],
    ],
)
def test_a_day_as_publishers_write_it(cells: list[str]) -> None:
    assert title_date(APP, [["NHS App"], [], cells]) == DAY


@pytest.mark.parametrize("cells", [[], ["Publication date: soon"], ["28 November 2025"]])
def test_no_day_is_none(cells: list[str]) -> None:
    assert title_date(APP, [cells]) is None
    assert (
        title_date(contracts()["gp_appointments_sub_icb"], [["Publication date: 1 May 2025"]])
        is None
    )


@pytest.mark.parametrize(
    ("stated", "is_so"),
    [
        (DAY, True),
        (date(2025, 12, 19), True),
        (date(2024, 11, 28), False),
        (date(2025, 10, 31), False),
        (date(2026, 11, 28), False),
    ],
)
def test_the_release_calendar_confirms_a_day(stated: date, is_so: bool) -> None:
    assert is_plausible(APP, "2025-10", stated, date(2026, 12, 1)) is is_so
    assert not is_plausible(APP, "2025-10", DAY, date(2025, 11, 27)), "in the future"


def brought(home: Home, path: Path, stated: object, **said: object) -> tuple[SourceFile, str]:
    content = app_workbook(stated=stated)
    [outcome] = imported(home, write(path, content), **said)
    assert outcome.file is not None
    return outcome.file, outcome.message


def test_the_title_sheets_day_is_used_if_no_other_is_stated(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    file, said = brought(home, path, "Publication date: November 28th 2025")
    assert (file.published_on, file.stated_on) == (DAY, DAY) and "title sheet" not in said


def test_an_impossible_publication_day_is_reported_and_not_used(home: Home, tmp_path: Path) -> None:
    file, said = brought(home, tmp_path / "a.xlsx", "Publication date: November 28th 2024")
    assert (file.published_on, file.stated_on) == (None, date(2024, 11, 28))
    assert "the date on its title sheet, 2024-11-28, is not used as publication date" in said


def test_what_a_person_states_outranks_the_title_sheet(home: Home, tmp_path: Path) -> None:
    stated = date(2025, 12, 5)
    file, _ = brought(
        home, tmp_path / "a.xlsx", "Publication date: 28 November 2025", published_on=stated
    )
    assert (file.published_on, file.stated_on) == (stated, DAY)


@pytest.mark.parametrize(
    ("month", "day"), [("July", date(2025, 8, 29)), ("August", date(2025, 9, 26))]
)
def test_real_title_sheets(home: Home, real_feeds: Path, month: str, day: date) -> None:
    [path] = (real_feeds / "nhs_app").glob(f"*{month} 2025.xlsx")
    [outcome] = imported(home, path)
    assert outcome.file and outcome.file.published_on == outcome.file.stated_on == day
