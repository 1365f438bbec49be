"""Workbooks of the Friends and Family Test: names and titles that give the month, sheets, macros
that are never run, and what becomes of odd cells."""

import zipfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from assets.feeds.friends_and_family.testing import (
    ANSWERS,
    NEVER_RUN,
    RETURN,
    answered,
    build,
    fft_workbook,
    with_macros,
)
from assets.feeds.testing import workbook
from tests.checks.support_checks import conformed
from tests.support import app_workbook, imported, write, zipped
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.transform.lake import lake_paths
from warehouse.transform.tidy import tidy

FEED = "friends_and_family"
NAMES = {
    "fft-gp-jul-22.xlsm": "2022-07", "fft-gp-aug-2022.xlsm": "2022-08",
    "fft-gp-feb-23-v2.xlsm": "2023-02", "fft-gp-sept-23.xlsm": "2023-09",
    "FFT-GP-data--January-2024.xlsm": "2024-01",
    "Friends-and-Family-Test-FFT-GP-data-Jun-24.xlsm": "2024-06",
    "friends-and-family-test-GP-data--june-2025.xlsm": "2025-06",
    "friends-and-family-gp-data-october-2025.xlsm": "2025-10",
    "FFT_GP_MacroWebfile_Dec-25.xlsm": "2025-12", "ftt-gp-apr-26.xlsm": "2026-04",
    "FFT%20GP%20May%202026.xlsm": "2026-05", "fft-gp-2026-05.xlsm": "2026-05",
}  # fmt: skip


def taken(home: Home, path: Path) -> SourceFile:
    [outcome] = imported(home, path)
    assert outcome.file is not None, outcome.message
    return outcome.file


def refused(home: Home, path: Path) -> tuple[str, str]:
    [outcome] = imported(home, path)
    assert outcome.verdict == "refused", outcome.message
    return outcome.message, outcome.remedy


@pytest.mark.parametrize(("name", "edition"), NAMES.items())
def test_the_month_is_in_the_name_however_it_is_written(
    home: Home, tmp_path: Path, name: str, edition: str
) -> None:
    file = taken(home, write(tmp_path / name, fft_workbook()))
    assert (file.feed, file.edition, file.edition_basis) == (FEED, edition, "file_name")
    assert (file.sheet, file.header_row) == ("Practices", 4)


@pytest.mark.parametrize(
    ("title", "edition"),
    [
        ("Friends and Family Test, GP practices, December 2025", "2025-12"),
        ("Month: Dec-25", "2025-12"),
        ("GP FFT DATA DECEMBER 2025", "2025-12"),
        ("2025-12-01", "2025-12"),
    ],
)
def test_the_month_may_be_in_a_title(home: Home, tmp_path: Path, title: str, edition: str) -> None:
    file = taken(home, write(tmp_path / "download (1).xlsm", fft_workbook(title=title)))
    assert (file.edition, file.edition_basis) == (edition, "content")
    again = taken(home, write(tmp_path / "fft-gp-dec-25.xlsm", fft_workbook({}, title=title)))
    assert again.edition == edition


@pytest.mark.parametrize(
    "title",
    [
        "Published 12 February 2026", "12 February 2026", "Next release: March 2026",
        "The question was changed in April 2020", "January 2026 and February 2026", "",
    ],
)  # fmt: skip
def test_other_months_in_titles_are_not_that_of_the_figures(
    home: Home, tmp_path: Path, title: str
) -> None:
    file = taken(home, write(tmp_path / "fft-gp-dec-25.xlsm", fft_workbook(title=title)))
    assert (file.edition, file.edition_basis) == ("2025-12", "file_name")


def test_name_and_title_that_contradict_each_other_are_asked_about(
    home: Home, tmp_path: Path
) -> None:
    path = write(tmp_path / "fft-gp-nov-25.xlsm", fft_workbook(title="December 2025"))
    reason, remedy = refused(home, path)
    assert "Its name says 2025-11, but its sheet says 2025-12 (`December 2025`)" in reason
    assert "--edition" in remedy
    [outcome] = imported(home, path, edition="2025-12")
    assert outcome.file is not None
    assert outcome.file.edition == "2025-12"


def test_a_file_without_any_month_is_asked_about(home: Home, tmp_path: Path) -> None:
    reason, remedy = refused(home, write(tmp_path / "fft.xlsm", fft_workbook()))
    assert "neither its content nor its name" in reason
    assert "--edition" in remedy


def test_months_of_another_question_are_refused(home: Home, tmp_path: Path) -> None:
    reason, _ = refused(home, write(tmp_path / "fft-gp-jan-20.xlsm", fft_workbook()))
    assert "another question until 2020" in reason


@pytest.mark.parametrize("sheet", ["Practices", "GP PRACTICE", "Practice level data"])
def test_the_table_is_in_the_sheet_named_after_practices(
    home: Home, tmp_path: Path, sheet: str
) -> None:
    """A longer sheet with the same headings is not read, nor are those of other levels."""
    heads = list(RETURN)
    others = [["Y60", "QK1", "X", f"C8{n:04}", "X", 5, 0.5, 0.1] for n in range(30)]
    content = fft_workbook(sheet=sheet, also={"Data": [heads, *others]})
    file = taken(home, write(tmp_path / "fft-gp-dec-25.xlsm", content))
    assert file.sheet == sheet
    assert tidy(home, file).rows == 1


def test_a_lost_column_of_that_sheet_is_named_even_if_another_sheet_has_it(
    home: Home, tmp_path: Path
) -> None:
    heads = list(RETURN)
    spelt = [("Pct. good" if head == "Percentage Positive" else head) for head in heads]
    sheets = {"Data": [heads, list(RETURN.values())], "Practices": [spelt, list(RETURN.values())]}
    path = write(tmp_path / "fft-gp-dec-25.xlsm", with_macros(workbook(sheets)))
    reason, remedy = refused(home, path)
    assert f"It looks like {FEED}, but the column is missing: `Percentage Positive`" in reason
    assert f"assets/feeds/{FEED}/contract.yaml" in remedy


def test_a_column_that_is_spelt_otherwise_is_named_with_what_it_may_be(
    home: Home, tmp_path: Path
) -> None:
    for old, new in (
        ("Percentage Positive", "Percentage positive responses"),
        ("Total Responses", "Total responses (all modes)"),
    ):
        spelt = [new if heading == old else heading for heading in RETURN]
        sheets = {"Practices": [spelt, list(RETURN.values())]}
        path = write(tmp_path / "fft-gp-dec-25.xlsm", with_macros(workbook(sheets)))
        reason, _ = refused(home, path)
        assert f"`{old}` (found `{new}` instead?)" in reason


def test_macros_are_archived_and_never_read(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the zip that a workbook is nothing opens the macros; only values of cells are read."""
    path = write(tmp_path / "fft-gp-dec-25.xlsm", fft_workbook())
    opened: list[str] = []
    really = zipfile.ZipFile.open

    def watched(self: zipfile.ZipFile, name: object, *args: object, **said: object) -> object:
        opened.append(getattr(name, "filename", str(name)))
        return really(self, name, *args, **said)  # type: ignore[arg-type]

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    file = taken(home, path)
    facts = tidy(home, file)
    assert (facts.rows, facts.quarantined) == (1, 0)
    assert not [name for name in opened if "vba" in name.casefold()]
    with Archive(home).open(file) as stream:
        assert NEVER_RUN in stream.read()
    derived = b"".join(one.read_bytes() for one in home.root.rglob("*.parquet"))
    assert NEVER_RUN not in derived
    assert not hasattr(CalamineWorkbook, "vba_project")


def test_a_workbook_may_be_named_after_macros_and_have_none(home: Home, tmp_path: Path) -> None:
    content = with_macros(fft_workbook(), None)
    assert taken(home, write(tmp_path / "fft-gp-dec-25.xlsm", content)).edition == "2025-12"


def test_macros_under_another_ending_are_refused(home: Home, tmp_path: Path) -> None:
    content = with_macros(app_workbook())
    reason, remedy = refused(home, write(tmp_path / "a.xlsx", content))
    assert "It has macros, although it is named .xlsx" in reason
    assert ".xlsm" in remedy


def test_a_workbook_with_macros_in_a_zip_is_read_and_a_false_one_refused(
    home: Home, tmp_path: Path
) -> None:
    path = zipped(tmp_path / "a.zip", {"fft-gp-dec-25.xlsm": fft_workbook()})
    assert taken(home, path).member == "fft-gp-dec-25.xlsm"
    reason, _ = refused(home, write(tmp_path / "fft-gp-jan-26.xlsm", build()))
    assert "Named .xlsm, but its content is not xlsm" in reason
    reason, _ = refused(home, zipped(tmp_path / "b.zip", {"fft-gp-jan-26.xlsm": build()}))
    assert "Named .xlsm, but its content is not a workbook" in reason


def test_no_return_none_and_withheld_are_three_things(home: Home, tmp_path: Path) -> None:
    rows = [
        {},
        {"Practice Code": "C82002", "Total Responses": 3, "Percentage Positive": "*"},
        {"Practice Code": "C82003", "Total Responses": 0, "Percentage Positive": ""},
        {"Practice Code": "C82004", "Total Responses": "", "Percentage Positive": ""},
        {"Practice Code": "C82005", "Total Responses": "No data", "Percentage Positive": "NA"},
    ]
    file = taken(home, write(tmp_path / "fft-gp-dec-25.xlsm", fft_workbook(*rows)))
    assert tidy(home, file).quarantined == 0
    measures = pl.read_parquet(lake_paths(home, file).measures)
    columns = ("responses", "positive", "practices_returning", "practices_with_share")
    assert measures.select("org_code", *columns).rows() == [
        ("C82001", 200, Decimal(186), 1, 1),
        ("C82002", 3, None, 1, 0),
        ("C82003", 0, None, 1, 0),
        ("C82004", None, None, 0, 0),
        ("C82005", None, None, 0, 0),
    ]


def test_answers_count_where_there_are_any_and_the_percentage_is_shown() -> None:
    content = answered(
        {"Percentage Positive": 0.9301},
        {"Very Good": "*", "Good": "*", "Percentage Positive": 0.9301},
        {"Percentage Positive": "*", "Total Responses": 4, "Very Good": 3, "Good": 1},
    )
    positive = conformed(FEED, content)["positive"].to_list()
    assert positive == [186, Decimal("186.02"), None]


def test_answers_may_have_headings_of_their_own_below_a_banner(home: Home, tmp_path: Path) -> None:
    row = {"Percentage Positive": 0.9, "Very Good": 150, "Good": 37}
    for banner, first in ((True, 5), (False, 4)):
        content = fft_workbook(row, answers=True, banner=banner)
        file = taken(home, write(tmp_path / f"{banner} fft-gp-dec-25.xlsm", content))
        assert (file.header_row, tidy(home, file).extra_headings) == (first, [])
        [made] = pl.read_parquet(lake_paths(home, file).tidy)["positive"]
        assert made == 187


@pytest.mark.parametrize("times", [1, 100])
def test_one_per_cent_among_per_cents_is_no_hundred(times: int) -> None:
    shares = (0.01 * times, 0.93 * times, 1 * times)
    found = conformed(FEED, build(*({"Percentage Positive": one} for one in shares)))
    assert found["positive_share"].to_list() == [Decimal("0.01"), Decimal("0.93"), Decimal(1)]


ODD = st.sampled_from(
    ["", "*", "NA", "No data", 0, 0.93, 93, 3, 200, "x", "1,200", "-", None, "#N/A"]
)


@settings(max_examples=25, deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.lists(st.dictionaries(st.sampled_from(list(ANSWERS)), ODD, max_size=4), max_size=6),
    st.lists(st.sampled_from(["CCG Code", "SMS/ Text", "Kiosk", "Notes 2"]), unique=True),
)
def test_every_practice_is_read_or_quarantined_whatever_is_beside_it(
    chance: object, rows: list[dict[str, object]], others: list[str]
) -> None:
    given_rows = [RETURN | ANSWERS | {"Practice Code": f"C8{n:04}"} | r for n, r in enumerate(rows)]
    heads = [*RETURN, *ANSWERS, *others]
    chance.shuffle(heads)  # type: ignore[attr-defined]
    lines = [",".join(f'"{head}"' for head in heads)]
    cells = (["" if (v := row.get(head, 1)) is None else v for head in heads] for row in given_rows)
    lines += [",".join(f'"{cell}"' for cell in line) for line in cells]
    found = conformed(FEED, ("\n".join(lines) + "\n").encode())
    assert found.height == len(rows)
    sound = found.filter(pl.col("failed_rule").is_null())
    assert sound["responses"].to_list() == [200] * sound.height
    good = sound["positive"].drop_nulls().cast(pl.Float64)
    assert good.is_finite().all() and (good >= 0).all()
