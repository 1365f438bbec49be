"""Exports read back equal to the mart, whatever the format."""

import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.warehouse.support_mart import Mart
from warehouse.base.home import Home, NoMart
from warehouse.kpi.catalogue import catalogue
from warehouse.outputs import excel_book
from warehouse.outputs.export import export_tables, publish_files
from warehouse.outputs.export_selection import NoTable, Selection, analyst_tables
from warehouse.outputs.figures_workbook import from_first_to_last, rows_in_order, with_short_names
from warehouse.outputs.sqlite_file import referred_first, write_sqlite
from warehouse.reference.organisations import ENGLAND

DATACONTRACT = (
    Path(__file__).resolve().parents[3] / ".venv" / "datacontract" / "bin" / "datacontract"
)
TABLES = {
    "appointments_monthly", "calendar_month", "kpi", "kpi_monthly", "kpi_vintage", "organisation",
    "plan_commitment",
}  # fmt: skip
CONTRACT = "datacontract"


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
    schema = analyst_tables(mart.db)[table]
    return mart.db.sql(f"SELECT * FROM mart.{schema}.{table}").pl()


def sheet(path: Path, name: str) -> list[list[Any]]:
    """The rows of a workbook's table: headings, then cells."""
    return CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()[4:]


def test_parquet_reads_back_equal(small: Mart, small_home: Home, tmp_path: Path) -> None:
    *files, contract = export_tables(small_home, "parquet", tmp_path)
    assert contract.name == "datacontract.yaml"
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


def test_a_workbook_has_what_the_guidance_asks_for(
    small: Mart, small_home: Home, tmp_path: Path
) -> None:
    asked = Selection(places=[("sub_icb", "04C")])
    [path] = export_tables(small_home, "xlsx", tmp_path, asked, "Leicester City")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names[:6] == [
        *("Cover", "Contents", "Notes", "Definitions"),
        *("Summary", "Appointments"),
    ]
    assert "Leicester City" in book.get_sheet_by_name("Cover").to_python()[0][0]
    listed = [row[0] for row in sheet(path, "Contents")[1:]]
    assert listed == book.sheet_names[2:]
    notes = " ".join(row[1] for row in sheet(path, "Notes"))
    assert all(short in notes for short in ("[c]", "[x]", "[z]", "[p]"))
    with zipfile.ZipFile(path) as parts:
        core = parts.read("docProps/core.xml").decode()
        assert "<dc:language>en-GB</dc:language>" in core and "<dc:title>Access" in core
        tables = [name for name in parts.namelist() if name.startswith("xl/tables/")]
        assert len(tables) == len(book.sheet_names) - 1
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        for one in sheets:
            setup = re.search(r"<pageSetup ([^>]*)/>", parts.read(one).decode())
            assert setup and {*setup[1].split()} >= {
                *('paperSize="9"', 'orientation="landscape"', 'fitToHeight="0"')
            }
        shown = parts.read("xl/workbook.xml").decode()
        assert shown.count('name="_xlnm.Print_Titles"') == len(sheets) - 1
        assert shown.count("$5:$5") == len(sheets) - 1, "headings, on every page"
        assert 'formatCode="0.0%"' in parts.read("xl/styles.xml").decode()
        assert 'name="table_Appointments"' in "".join(parts.read(t).decode() for t in tables)


def test_the_summary_says_what_the_mart_says(small: Mart, small_home: Home, tmp_path: Path) -> None:
    [path] = export_tables(small_home, "xlsx", tmp_path, Selection(places=[("sub_icb", "04C")]))
    head, *rows = sheet(path, "Summary")
    cells = [dict(zip(head, row, strict=True)) for row in rows]
    said = small.rows(
        """SELECT kpi_title AS title, s.month, m.value, s.sentence
        FROM kpi_sentence AS s JOIN kpi_monthly AS m USING (kpi_id, org_level, org_code, month)
        WHERE s.org_code = '04C'"""
    )
    known = {row["title"]: row for row in said}
    assert cells and "GP appointments" in [one["KPI"] for one in cells]
    later = 0
    for one in cells:
        figure = known[one["KPI"]]
        if figure["value"] is None:  # what is known of the later month comes last
            assert one["Month"] < figure["month"] and f" {figure['sentence']}" in one["In words"]
            later += 1
        else:
            assert (one["Month"], one["Value"]) == (figure["month"], figure["value"])
            assert one["In words"] == figure["sentence"]
        assert (one["Place"], one["Code"]) == ("Leicester City", "04C")
        assert all(cell != "" for cell in one.values())
    assert 0 < later < len(cells)
    [share] = [one for one in cells if one["KPI"].startswith("Share of appointments not attended")]
    assert share["Per working day"] == "[z]"


def test_places_asked_for_come_first_then_england_beside_them(
    llr: Mart, home: Home, tmp_path: Path
) -> None:
    found = pl.DataFrame(
        [
            ("practice", "C82001"), ("pcn", "U1"), ("england", ENGLAND), ("sub_icb", "04C"),
            ("local_authority", "Rutland"), ("icb", "QK1"),
        ],
        ["org_level", "org_code"],
        orient="row",
    ).join(pl.DataFrame({"month": [date(2025, 9, 1), date(2025, 10, 1)]}), how="cross")  # fmt: skip
    named = with_short_names(llr.db, found)
    assert named.filter(org_code="04C")["short_name"].unique().to_list() == ["Leicester City"]
    assert with_short_names(llr.db, named).equals(named)
    placed = rows_in_order(named, Selection(places=[("icb", "QK1")]))
    assert placed["org_level"].unique(maintain_order=True).to_list() == [
        *("icb", "sub_icb", "england", "local_authority", "pcn", "practice")
    ]
    assert placed["month"].to_list()[:2] == [date(2025, 10, 1), date(2025, 9, 1)], "newest first"
    asked = rows_in_order(named, Selection(places=[("pcn", "U1")]))
    assert asked["org_level"][0] == "pcn"


def test_a_place_has_no_rows_before_its_first_figure_and_after_its_last() -> None:
    def rows(code: str, *told: float | str) -> list[tuple[object, ...]]:
        return [
            (
                date(2025, month, 1),
                "pcn",
                code,
                *((None, one) if isinstance(one, str) else (one, "")),
            )
            for month, one in enumerate(told, start=1)
        ]

    found = pl.DataFrame(
        [
            *rows("U1", "incomplete", 5.0, "incomplete", 7.0, "not_available"),
            *rows("U2", "not_available", "suppressed", "incomplete"),
            *rows("U3", "incomplete", "not_available"),
        ],
        {
            "month": pl.Date,
            **dict.fromkeys(("org_level", "org_code"), pl.String),
            "appointments": pl.Float64,
            "appointments_status": pl.String,
        },
        orient="row",
    )
    kept = from_first_to_last(found, ["appointments"])
    assert [(row[2], row[0].month) for row in kept.rows()] == [
        *(("U1", 2), ("U1", 3), ("U1", 4)),
        ("U2", 2),
    ]
    assert from_first_to_last(found, []).is_empty()


def test_cells_are_numbers_or_say_why_there_is_none(
    small: Mart, small_home: Home, tmp_path: Path
) -> None:
    [path] = export_tables(small_home, "xlsx", tmp_path, Selection(places=[("sub_icb", "04C")]))
    head, *rows = sheet(path, "Appointments")
    asked = small.rows(
        "SELECT * FROM appointments_monthly WHERE org_code IN ('04C', 'C82001') "
        "ORDER BY org_level DESC, org_code, month DESC"
    )
    assert len(rows) == len(asked) > 10
    shorthands = {"not_applicable": "[z]", "not_available": "[x]", "incomplete": "[x]"}
    seen = set()
    for kpi in ("appointments", "appointments_dna_share", "appointments_unmapped_share"):
        column = head.index(catalogue()[kpi].title)
        for row, figure in zip(rows, asked, strict=True):
            value, status = figure[kpi], figure[f"{kpi}_status"]
            assert row[column] == (shorthands[status] if value is None else value)
            seen.add(row[column] if value is None else "number")
    assert {"number", "[x]"} <= seen


def test_rows_are_those_of_the_place_and_all_within_it_since_a_month(
    llr: Mart, home: Home, tmp_path: Path
) -> None:
    home.mart.parent.mkdir(parents=True)
    shutil.copyfile(llr.path, home.mart)
    asked = Selection(("kpi_monthly", "kpi"), [("sub_icb", "04C")], date(2025, 10, 1))
    files = {path.stem: path for path in export_tables(home, "parquet", tmp_path, asked)}
    assert set(files) == {"kpi_monthly", "kpi", CONTRACT}
    found = pl.read_parquet(files["kpi_monthly"])
    levels = set(found["org_level"])
    assert {"sub_icb", "practice"} <= levels and not levels & {"icb", "region", "england"}
    assert found.filter(org_level="sub_icb")["org_code"].unique().to_list() == ["04C"]
    assert found["month"].min() == date(2025, 10, 1)
    with pytest.raises(NoTable, match="Unknown table"):
        export_tables(home, "csv", tmp_path, Selection(("kpi_montly",)))
    files = export_tables(home, "csv", tmp_path, Selection(("plan.plan_aim", "plan_aim")))
    assert [path.name for path in files if path.suffix == ".csv"] == ["plan_aim.csv"]


def test_long_table_is_cut_into_numbered_sheets(
    small: Mart, small_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel_book, "EXCEL_ROWS", 50)
    rows = in_mart(small, "calendar_month").height
    [path] = export_tables(small_home, "xlsx", tmp_path, Selection(("calendar_month",)))
    parts = [len(sheet(path, f"calendar_month {n}")) - 1 for n in (1, 2)]
    assert parts == [50, rows - 50]


def test_sqlite_has_the_same_rows_keys_and_comments(
    small: Mart, small_home: Home, tmp_path: Path
) -> None:
    target, about = export_tables(small_home, "sqlite", tmp_path)
    with closing(sqlite3.connect(target)) as db:
        names = {
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        }
        assert names >= TABLES and "kpi_period" not in names
        for table in ("kpi_monthly", "organisation", "appointments_monthly"):
            [(rows,)] = db.execute(f"SELECT count(*) FROM {table}")
            assert rows == in_mart(small, table).height
        keys = db.execute("SELECT name FROM pragma_table_info('kpi_monthly') WHERE pk ORDER BY pk")
        assert [name for (name,) in keys] == ["kpi_id", "org_level", "org_code", "month"]
        [(month, kind)] = db.execute("SELECT min(month), typeof(min(value)) FROM kpi_monthly")
        assert len(month) == 10 and kind == "real"
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        refers = {
            table: {
                (column, to, of)
                for to, column, of in db.execute(
                    f'SELECT "table", "from", "to" FROM pragma_foreign_key_list(\'{table}\')'
                )
            }
            for table in ("kpi_monthly", "kpi_spc", "appointments_monthly", "organisation")
        }
        to_kpi = ("kpi_id", "kpi", "kpi_id")
        placed = ("organisation_key", "organisation", "organisation_key")
        dated = ("month", "calendar_month", "month")
        assert refers == {
            "kpi_monthly": {to_kpi, placed, dated},
            "kpi_spc": {to_kpi, dated},  # charts of places that this small mart has not
            "appointments_monthly": {placed, dated},
            "organisation": set(),
        }
    told = json.loads(about.read_text(encoding="utf-8"))["databases"][target.stem]["tables"]
    assert "Primary key" in told["kpi_monthly"]["description"]
    assert set(told["kpi_monthly"]["columns"]) == set(in_mart(small, "kpi_monthly").columns)
    labels = (told["organisation"]["label_column"], told["kpi"]["label_column"])
    assert labels == ("short_name", "title") and told["kpi_monthly"]["sort_desc"] == "month"


def test_sqlite_has_no_foreign_key_that_does_not_hold(tmp_path: Path) -> None:
    places = pl.DataFrame({"organisation_key": ["icb:QK1"], "short_name": ["LLR"]})
    wrong = pl.DataFrame({"organisation_key": ["icb:QK1", "icb:QXX", None]})
    right = pl.DataFrame({"organisation_key": ["icb:QK1", None]})
    tables = {"wrong": wrong, "organisation": places, "right": right}
    ordered = referred_first(tables)
    assert ordered[0] == "organisation"
    write_sqlite(tmp_path / "a.sqlite", ((name, tables[name]) for name in ordered))
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as db:
        found = {
            name: len(db.execute(f"SELECT * FROM pragma_foreign_key_list('{name}')").fetchall())
            for name in tables
        }
    assert found == {"wrong": 0, "right": 1, "organisation": 0}


def test_files_of_a_publication_stay_and_latest_is_replaced(
    small_home: Home, tmp_path: Path
) -> None:
    latest = publish_files(small_home, tmp_path)
    assert {path.parent for path in latest} == {tmp_path / "latest"}
    (tmp_path / "latest" / "gone.parquet").write_bytes(b"of an earlier one")
    publish_files(small_home, tmp_path)
    own, again = sorted(path for path in tmp_path.iterdir())
    assert again.name == "latest" and not (again / "gone.parquet").exists()
    assert {path.name for path in own.iterdir()} == {path.name for path in latest}


def test_the_command_names_places_tables_and_months(
    small_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(small_home.root))

    def exported(*options: str) -> Any:
        out = str(tmp_path / "out")
        return CliRunner().invoke(app, ["export", "--out", out, *options])

    table = ("--format", "csv", "--table", "kpi_monthly")
    done = exported(*table, "--org", "04c", "--since", "Oct25")
    assert done.exit_code == 0, done.output
    rows = pl.read_csv(tmp_path / "out" / "kpi_monthly.csv")
    assert set(rows["org_code"]) == {"04C", "C82001"} and rows["month"].min() == "2025-10-01"
    assert exported("--org", "nowhere").exit_code == 2
    assert exported("--table", "kpi_montly").exit_code == 2
    assert exported("--since", "then").exit_code == 2


@pytest.mark.acceptance
def test_the_contract_holds_for_the_files(small_home: Home, tmp_path: Path) -> None:
    """By the tool of the standard, in an environment of its own: it wants an older DuckDB."""
    if not DATACONTRACT.exists():
        pytest.skip(f"needs {DATACONTRACT}: `make acceptance` installs it")
    export_tables(small_home, "parquet", tmp_path)

    def tested() -> int:
        command = [str(DATACONTRACT), "test", "datacontract.yaml"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        return done.returncode

    assert tested() == 0
    kpis = pl.read_parquet(tmp_path / "kpi.parquet")
    pl.concat([kpis, kpis]).write_parquet(tmp_path / "kpi.parquet")
    assert tested() != 0, "two rows of each key"


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
