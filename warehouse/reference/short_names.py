"""Short names of organisations, as people say them; a home's settings may replace them and add
others. Not here: published names (feeds and `organisations` have them)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

TABLE = Path(__file__).with_name("short_names.csv")


@cache
def shipped_names() -> dict[tuple[str, str], str]:
    """(Level, code) -> short name."""
    rows = pl.read_csv(TABLE, infer_schema=False).iter_rows()
    return {(level, code): name for level, code, name in rows}
