"""Exports read back equal to the mart, whatever the format."""

import re
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.warehouse.support_mart import Mart
from warehouse.base.home import Home, NoMart
from warehouse.outputs import export
from warehouse.outputs.export import export_tables

TABLES = {
    "appointments_monthly", "calendar_month", "kpi", "kpi_monthly", "kpi_vintage", "organisation",
}  # fmt: skip
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def small_home(llr: Mart, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose mart has a few figures only: workbooks are slow to write."""
    home = Home(tmp_path_factory.mktemp("small"))
    home.mart.parent.mkdir(parents=True)
    shutil.copyfile(llr.path, home.mart)
    with duckdb.connect(str(home.mart)) as db:
        for table in ("kpi_monthly", "kpi_vintage", "organisation"):
            db.execute(f"DELETE FROM {table} WHERE org_code NOT IN ('04C', 'C82001')")
    return home


@pytest.fixture(scope="module")
def small(small_home: Home) -> Mart:
    return Mart(small_home.mart)


def in_mart(mart: Mart, table: str) -> pl.DataFrame:
    return mart.db.sql(f"SELECT * FROM mart.{table}").pl()


def sheet(path: Path) -> list[list[str | None]]:
    """Cells of a workbook's only sheet, as text."""
    with zipfile.ZipFile(path) as book:
        strings = [
            "".join(text.text or "" for text in item.iter(f"{SHEET}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in root.iter(f"{SHEET}row"):
        cells: dict[str, str | None] = {}
        for cell in row:
            value = cell.find(f"{SHEET}v")
            text = None if value is None else value.text
            shared = cell.get("t") == "s" and text is not None
            column = re.sub(r"\d", "", cell.get("r", ""))
            cells[column] = strings[int(text)] if shared else text  # type: ignore[arg-type]
        rows.append([cells.get(chr(65 + i)) for i in range(5)])
    return rows


def test_parquet_reads_back_equal(small: Mart, small_home: Home, tmp_path: Path) -> None:
    files = export_tables(small_home, "parquet", tmp_path)
    assert {path.stem for path in files} >= TABLES
    for path in files:
        expected = in_mart(small, path.stem)
        assert expected.height > 0 or path.stem not in TABLES
        assert_frame_equal(
            pl.read_parquet(path), expected, check_row_order=path.stem != "appointments_monthly"
        )


def test_csv_reads_back_equal_and_excel_sees_its_encoding(
    small: Mart, small_home: Home, tmp_path: Path
) -> None:
    files = {path.stem: path for path in export_tables(small_home, "csv", tmp_path)}
    assert files["kpi_monthly"].read_bytes().startswith(b"\xef\xbb\xbf")
    for table in ("kpi_monthly", "organisation", "calendar_month"):
        expected = in_mart(small, table)
        assert_frame_equal(pl.read_csv(files[table], schema=expected.schema), expected)


def test_workbook_reads_back_equal(small: Mart, small_home: Home, tmp_path: Path) -> None:
    files = {path.stem: path for path in export_tables(small_home, "xlsx", tmp_path)}
    assert set(files) >= TABLES
    rows = sheet(files["calendar_month"])
    expected = in_mart(small, "calendar_month")
    assert rows[0] == expected.columns
    shown = [[row[1], *[int(str(value)) for value in row[2:]]] for row in rows[1:]]
    assert shown == [list(row[1:]) for row in expected.rows()]
    assert len(sheet(files["kpi_monthly"])) == in_mart(small, "kpi_monthly").height + 1


def test_long_table_is_cut_into_numbered_workbooks(
    small: Mart, small_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "EXCEL_ROWS", 50)
    rows = in_mart(small, "calendar_month").height
    files = export_tables(small_home, "xlsx", tmp_path)
    parts = [path for path in files if path.name.startswith("calendar_month_")]
    assert [path.name for path in parts] == ["calendar_month_1.xlsx", "calendar_month_2.xlsx"]
    assert [len(sheet(path)) - 1 for path in parts] == [50, rows - 50]


def test_names_of_synthetic_exports_begin_with_synthetic(
    llr: Mart, home: Home, tmp_path: Path
) -> None:
    home.mart.parent.mkdir(parents=True)
    shutil.copyfile(llr.path, home.mart)
    with duckdb.connect(str(home.mart)) as db:
        db.execute("UPDATE governance.publication SET synthetic = TRUE")
    files = export_tables(home, "csv", tmp_path / "out")
    assert files and all(path.name.startswith("SYNTHETIC_") for path in files)


def test_exporting_without_a_mart_is_refused_with_the_remedy(home: Home, tmp_path: Path) -> None:
    with pytest.raises(NoMart, match="Run access-recovery refresh"):
        export_tables(home, "csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()
