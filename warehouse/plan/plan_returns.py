"""The local returns of a plan: which feed has which rows, its files in order, and where lineage of
what they say begins. Not here: what the rows mean."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.kpi.chart_choices import Fault
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.settings import read_settings
from warehouse.transform.derived import read_derived

SOURCE_FILE = "archive.source_file"
# Columns that tell where a row comes from.
WHERE_FROM = {
    **{"edition": pl.String(), "sha256": pl.String(), SOURCE_ROW: pl.UInt32()},
    "synthetic": pl.Boolean(),
}
Row = Mapping[str, Any]
Faults = Callable[[Sequence[Row], Collection[str]], Iterable[tuple[Row, Fault]]]
PLACE = "place"  # of a file among the feed's: later ones correct what they say again


def plan_feed(kind: str) -> str:
    """The feed whose rows are of a kind (`plan:` of its contract)."""
    return next(feed for feed, contract in contracts().items() if contract.plan == kind)


def origins(kind: str, *columns: str, **renamed: str) -> dict[str, str]:
    """Column of the mart -> where it comes from: the return's tidy column of this name, or of the
    one in `renamed`; edition, file and mark of the source file."""
    tidy = f"tidy.{plan_feed(kind)}"
    found = {name: f"{tidy}.{renamed.get(name, name)}" for name in (*columns, *renamed)}
    return {
        **found,
        SOURCE_ROW: f"{tidy}.{SOURCE_ROW}",
        **{name: f"{SOURCE_FILE}.{name}" for name in ("edition", "sha256", "synthetic")},
    }


def returned_rows(
    home: Home, placed: Iterable[EditionFile], kind: str, faults: Faults
) -> Iterator[pl.DataFrame]:
    """The accepted rows of each return of a kind, oldest return first, with labels as text, and
    `edition, sha256, synthetic` of the file and its `place`. Of a return that another one of its
    month corrected, rows with `faults` are left out: they held it, and were never accepted."""
    feed = plan_feed(kind)
    files = [one for one in placed if one.file.feed == feed]
    last = {one.file.edition: one.position for one in files}
    for one in files:
        last[one.file.edition] = max(last[one.file.edition], one.position)
    own_words = read_settings(home).role_words
    for place, one in enumerate(sorted(files, key=lambda one: (one.vintage, one.position))):
        rows = read_derived(home, "tidy", [one.file])
        if one.position < last[one.file.edition]:
            bad = {row[SOURCE_ROW] for row, _ in faults(rows.to_dicts(), own_words)}
            rows = rows.filter(~pl.col(SOURCE_ROW).is_in(list(bad)))
        yield rows.cast({pl.Enum: pl.String, pl.Categorical: pl.String}).with_columns(
            edition=pl.lit(one.file.edition),
            sha256=pl.lit(one.file.sha256),
            synthetic=pl.lit(one.file.synthetic),
            place=pl.lit(place),
        )
