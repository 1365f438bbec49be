"""Export of the mart's analyst tables as files for Power BI, Excel and R."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from warehouse.base.home import Home
from warehouse.base.sql import is_synthetic, open_mart
from warehouse.store import whole_file

EXCEL_ROWS = 1_048_575
SYNTHETIC_NAME = "SYNTHETIC_"


def export_tables(home: Home, kind: str, out: Path) -> list[Path]:
    """Write every analyst table and view (schema `main`) as `parquet`, `csv` or `xlsx`; return the
    files.

    A table too long for one Excel sheet is split into numbered files. Names of synthetic exports
    begin with SYNTHETIC_. Raises NoMart if there is none.
    """
    mart = home.require_mart()
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with open_mart(mart) as db:
        names = db.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_catalog = 'mart' AND table_schema = 'main' ORDER BY table_name"
        ).fetchall()
        prefix = SYNTHETIC_NAME if is_synthetic(db) else ""
        for (name,) in names:
            frame = db.sql(f"SELECT * FROM mart.{name}").pl()
            written += _write(frame, out, f"{prefix}{name}", kind)
    return written


def _write(frame: pl.DataFrame, out: Path, name: str, kind: str) -> list[Path]:
    if kind != "xlsx" or frame.height <= EXCEL_ROWS:
        parts = [(name, frame)]
    else:
        cuts = range(0, frame.height, EXCEL_ROWS)
        parts = [(f"{name}_{i}", frame.slice(at, EXCEL_ROWS)) for i, at in enumerate(cuts, start=1)]
    written = []
    for part_name, part in parts:
        target = out / f"{part_name}.{kind}"
        with whole_file(target) as path:
            if kind == "parquet":
                part.write_parquet(path, compression="zstd")
            elif kind == "csv":
                part.write_csv(path, include_bom=True)
            else:
                part.write_excel(path, worksheet=part_name[:31], autofit=True, freeze_panes=(1, 0))
        written.append(target)
    return written
