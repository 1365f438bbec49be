"""The workbook of the report: its tables are those of the pages, with numbers where these have."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from warehouse.base.home import Home
from warehouse.base.sql import open_mart
from warehouse.site.compare_page import compare_page
from warehouse.site.overview import overview
from warehouse.site.place_pages import place_pages
from warehouse.site.report_sheets import SYNTHETIC, as_numbers, stacked
from warehouse.site.report_workbook import ReportWorkbook
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_places import read_places

SHEETS = {"Cover", "Contents", "Notes", "Definitions", "Summary", "Places", "Sources"}
FORMULA = '=HYPERLINK("https://a.example")'


@pytest.fixture(scope="module")
def book(sample_home: Home) -> Iterator[ReportWorkbook]:
    """The workbook of a network's report, which has few pages."""
    with open_mart(sample_home.mart) as db:
        [[code]] = db.sql(
            """SELECT min(pcn_code) FROM organisation_current
               WHERE org_level = 'practice' AND icb_code = 'QK1' AND closed_on IS NULL"""
        ).fetchall()
        figures = SiteFigures(db, read_places(db, "pcn", code))
        pages = [overview(figures), *place_pages(figures), *compare_page(figures)]
        yield ReportWorkbook(figures, tuple(pages))


def cells_of(book: CalamineWorkbook, sheet: str) -> list[list[Any]]:
    """The cells of a sheet, from its first row."""
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def rows_of(book: CalamineWorkbook, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet's table, by heading."""
    headings, *cells = cells_of(book, sheet)[4:]
    return [dict(zip(headings, row, strict=True)) for row in cells]


def test_the_workbook_has_the_figures_of_the_pages(book: ReportWorkbook) -> None:
    content = book.content()
    assert content == book.content(), "the same tables give the same file"
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert set(read.sheet_names) >= SHEETS
    for name in ("Cover", "Summary", "Places", "Sources"):
        assert "SYNTHETIC" in cells_of(read, name)[0][0]
    assert cells_of(read, "Places")[0][0].startswith(SYNTHETIC)
    found = rows_of(read, "Places")
    home = book.figures.places.home.code
    assert {row["Code"] for row in found[:5]} == {home}
    found = [row for row in found if row["Code"] != home]
    shown = [
        (page.content["subject"].code, row.line)
        for page in book.pages
        if page.template == "place.html.j2"
        for theme in page.content["themes"]
        for row in theme.rows
    ]
    assert len(found) == len(shown) > 50
    for row, (code, line) in zip(found, shown, strict=True):
        assert (row["Code"], row["KPI"], row["Period"]) == (code, line.title, line.period)
        assert (row["Signal or noise"], row["Status"]) == (line.tag[2], line.status)
        assert isinstance(row["Value"], int | float)
    assert all(str(row["Source"]).count("edition") == 1 for row in rows_of(read, "Sources"))


def test_tables_of_pages_are_stacked_with_numbers_where_the_page_has_them() -> None:
    table = PageTable("c", ["Whose", "Figure"], [["A", "81.0%"], [FORMULA, "[x]"]])
    other = PageTable("c", ["Whose", "Figure", "Note"], [["B", "1,234", "-"]])
    sheet = stacked("Sheet", "Title", [({"KPI": "One"}, table), ({"KPI": "Two"}, other)])
    assert sheet.rows["KPI"].to_list() == ["One", "One", "Two"]
    assert sheet.rows["Figure"].to_list() == [0.81, None, 1234.0]
    assert sheet.rows["Figure unit"].to_list() == ["share", "events", "events"]
    assert sheet.rows["Figure status"].to_list() == ["final", "not_available", "final"]
    assert sheet.rows["Whose"].to_list() == ["A", FORMULA, "B"]
    assert sheet.rows["Note"].to_list() == ["", "", "-"]
    assert not stacked("Sheet", "Title", []).rows.height


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["12.3%", "-"], [(0.123, "share"), (None, "events")]),
        (["-4.5", "10"], [(-4.5, "fte"), (10.0, "events")]),
        (["12", "12 of 20"], None),
        (["-", "[x]"], None),
        (["=1+1"], None),
    ],
)
def test_cells_are_numbers_only_if_all_are(texts: list[str], numbers: Any) -> None:
    found = as_numbers(texts)
    assert found == (numbers and [(pytest.approx(value), unit) for value, unit in numbers])


def test_the_workbook_is_in_the_report_and_no_cell_is_a_formula(site: Path) -> None:
    path = site / "downloads" / "SYNTHETIC_access_report.xlsx"
    assert path.stat().st_size < 3_000_000
    read = CalamineWorkbook.from_path(str(path))
    assert {"Among others", "Sub-ICBs", "By deprivation", "Gaps", "Revised"} < set(read.sheet_names)
    with zipfile.ZipFile(path) as packed:
        sheets = [one for one in packed.namelist() if one.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(read.sheet_names)
        assert all(b"<f>" not in packed.read(one) for one in sheets)


def test_another_name_or_mart_makes_the_file_anew(book: ReportWorkbook) -> None:
    figures = book.figures
    renamed = SiteFigures(figures.db, read_places(figures.db, *figures.places.home.key, "Ours"))
    assert ReportWorkbook(renamed, ()).digest != book.digest
    page = SitePage("p", "t", "T", {})
    assert ReportWorkbook(figures, (page,)).digest == book.digest
