"""Export of the mart's analyst tables as files: Parquet with its data contract, CSV, one workbook,
or a SQLite file.

Belongs here: files and their names. Does not: which tables and rows (`export_selection`), sheets
(`figures_workbook`).
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from warehouse.base.home import Home
from warehouse.base.sql import is_synthetic, open_mart
from warehouse.outputs.export_selection import EVERYTHING, Selection, chosen_rows, chosen_tables
from warehouse.store import whole_file

SYNTHETIC_NAME = "SYNTHETIC_"
WORKBOOK, SQLITE = "access_recovery.xlsx", "access_recovery.sqlite"
METADATA, CONTRACT = "datasette-metadata.json", "datacontract.yaml"
DBT = "access_recovery_sources.yml"
# Views that repeat all rows of kpi_monthly: a file that stores them is three times as large.
REPEATING = ("kpi_period", "kpi_monthly_with_caveats")
TITLE = "Access to primary care"


def export_tables(
    home: Home, kind: str, out: Path, asked: Selection = EVERYTHING, place: str = "all places"
) -> list[Path]:
    """Write analyst tables and views (schema `main`) as `parquet`, `csv`, `xlsx` or `sqlite`, or
    their description for `dbt`, and return the files.

    Parquet and CSV have a file per table, Parquet with `datacontract.yaml`. SQLite has all but
    `REPEATING`, and Datasette's metadata. The workbook has the
    figures of each theme, or the tables that are asked for; `place`: whose they are, in words.
    Names of synthetic exports begin with SYNTHETIC_. Raises NoMart if there is none, NoTable for
    an unknown table.
    """
    mart = home.require_mart()
    with open_mart(mart) as db:
        tables = chosen_tables(db, asked)
        out.mkdir(parents=True, exist_ok=True)
        mark = SYNTHETIC_NAME if is_synthetic(db) else ""
        if kind == "xlsx":
            return list(_workbook(db, out / f"{mark}{WORKBOOK}", asked, place))
        if kind == "sqlite":
            return list(_sqlite(db, out, mark, tables, asked))
        if kind == "dbt":
            return list(_dbt(db, out / DBT, mark, tables))
        return list(_files(db, out, mark, tables, asked, kind))


def _workbook(
    db: duckdb.DuckDBPyConnection, target: Path, asked: Selection, place: str
) -> Iterator[Path]:
    from warehouse.outputs.figures_workbook import figures_workbook

    with whole_file(target) as path:
        figures_workbook(db, path, asked, place)
    yield target


def _sqlite(
    db: duckdb.DuckDBPyConnection, out: Path, mark: str, tables: list[str], asked: Selection
) -> Iterator[Path]:
    from warehouse.outputs.sqlite_file import datasette_metadata, referred_first, write_sqlite

    target, about = out / f"{mark}{SQLITE}", out / f"{mark}{METADATA}"
    if not asked.tables:
        tables = [name for name in tables if name not in REPEATING]
    with whole_file(target) as path:
        ordered = referred_first(tables)
        write_sqlite(path, ((name, chosen_rows(db, name, asked)) for name in ordered))
    yield target
    with whole_file(about) as path:
        title = f"{mark.strip('_')} {TITLE}".strip()
        path.write_text(datasette_metadata(db, tables, target.stem, title), encoding="utf-8")
    yield about


def _dbt(
    db: duckdb.DuckDBPyConnection, target: Path, mark: str, tables: list[str]
) -> Iterator[Path]:
    from warehouse.outputs.dbt_sources import dbt_sources

    with whole_file(target) as path:
        title = f"{mark.strip('_')} {TITLE}".strip()
        path.write_text(dbt_sources(db, tables, title), encoding="utf-8")
    yield target


def _files(
    db: duckdb.DuckDBPyConnection,
    out: Path,
    mark: str,
    tables: list[str],
    asked: Selection,
    kind: str,
) -> Iterator[Path]:
    for name in tables:
        target = out / f"{mark}{name}.{kind}"
        with whole_file(target) as path:
            write_table(chosen_rows(db, name, asked), path, kind)
        yield target
    if kind == "parquet":
        from warehouse.outputs.odcs.files_contract import files_contract

        with whole_file(out / f"{mark}{CONTRACT}") as path:
            path.write_text(files_contract(db, tables, mark).to_yaml(), encoding="utf-8")
        yield out / f"{mark}{CONTRACT}"


def write_table(frame: pl.DataFrame, path: Path | io.BytesIO, kind: str) -> None:
    """Write rows of a table as `parquet` or `csv`: lists as text, with the mark by which
    spreadsheets know UTF-8."""
    if kind == "parquet":
        frame.write_parquet(path, compression="zstd")
    else:
        frame.with_columns(pl.col(pl.List).cast(pl.List(pl.String)).list.join("; ")).write_csv(
            path, include_bom=True
        )


def publish_files(home: Home, out: Path) -> list[Path]:
    """Write all analyst tables as Parquet at stable paths: into a folder named by the publication,
    and the same into `latest`, which is replaced as a whole. Returns the files of `latest`.

    Raises NoMart if there is none.
    """
    with open_mart(home.require_mart()) as db:
        [(published,)] = db.execute(
            "SELECT strftime(arg_max(published_at, rowid), '%Y-%m-%dT%H%M%S') "
            "|| '-' || left(arg_max(fingerprint, rowid), 8) FROM mart.governance.publication"
        ).fetchall()
    export_tables(home, "parquet", out / published)
    latest, coming, before = out / "latest", out / "latest.next", out / "latest.before"
    for leftover in (coming, before):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(out / published, coming)
    if latest.exists():
        latest.rename(before)
    coming.rename(latest)
    shutil.rmtree(before, ignore_errors=True)
    return sorted(latest.iterdir())
