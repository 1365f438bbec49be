"""`access-recovery diff`: the difference of two editions on the screen, as JSON and as CSV.

Belongs here: tables and words. Does not: the comparison (`warehouse.editions.diff`).
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.cli.screen import Screen
from warehouse.base.months import month_text
from warehouse.base.number_format import signed_percent, signed_whole, whole
from warehouse.editions.diff import Difference, Side
from warehouse.editions.figure_changes import CHANGED, ONLY_NEW, ONLY_OLD
from warehouse.store import whole_file

if TYPE_CHECKING:
    from rich.table import Table

NAMED = 10
SYNTHETIC = "SYNTHETIC sample data: every figure is invented."


def difference_data(found: Difference) -> str:
    """Return all of it for JSON: months as YYYY-MM, unknown values as null."""
    data: dict[str, Any] = {
        "feed": found.feed,
        "level": found.level,
        "synthetic": found.old.synthetic or found.new.synthetic,
        "old": _side_data(found.old),
        "new": _side_data(found.new),
        "months_beside": list(found.beside) if found.beside else None,
        "appeared": found.appeared.to_dicts(),
        "vanished": found.vanished.to_dicts(),
        "measures": found.measures.to_dicts(),
        "changes": found.changes.to_dicts(),
        "apart": found.apart.to_dicts(),
    }
    return json.dumps(data, indent=1, default=_month)


def _side_data(side: Side) -> dict[str, Any]:
    return {
        "edition": side.edition,
        "revision": side.revision,
        "status": side.status,
        "why": side.words or None,
        "files": side.files,
        "rows": side.rows,
        "quarantined": side.quarantined,
        "months": [_month(month) for month in side.months],
        "organisations": side.organisations,
        "synthetic": side.synthetic,
    }


def _month(value: object) -> str:
    if isinstance(value, date):
        return month_text(value)
    raise TypeError(f"{value!r} has no place in JSON")


def write_difference(found: Difference, path: Path) -> None:
    """Write every change as a CSV that Excel opens (UTF-8 with byte order mark), all or nothing.

    One row per change, the feed and both editions beside it.
    """
    told = found.changes.select(
        pl.lit(found.feed).alias("feed"),
        pl.lit(found.old.name).alias("old_edition"),
        pl.lit(found.new.name).alias("new_edition"),
        pl.lit(found.level).alias("org_level"),
        pl.all(),
        pl.lit(found.old.synthetic or found.new.synthetic).alias("synthetic"),
    )
    with whole_file(path) as part:
        told.write_csv(part, include_bom=True)


def show_difference(screen: Screen, found: Difference, limit: int, csv: Path | None) -> None:
    """Print the header, the sums, the largest changes, and what only one edition has."""
    if found.old.synthetic or found.new.synthetic:
        screen.warn(SYNTHETIC)
    screen.say(f"{found.title}: from {found.old.name} to {found.new.name}")
    screen.table(_sides(found))
    for side in (found.old, found.new):
        if side.status == "pending":
            screen.warn(f"{side.name} is pending: not judged by its checks yet.")
        elif side.words:
            screen.warn(f"{side.name} is {side.status}: {side.words}")
    _organisations(screen, "appeared", found.appeared)
    _organisations(screen, "vanished", found.vanished)
    screen.say("")
    if found.beside:
        then, now = map(month_text, found.beside)
        screen.say(f"No month is in both, so {then} is compared with {now}.")
    screen.table(_sums(found))
    _not_summed(screen, found)
    _largest(screen, found, limit, csv)
    _apart(screen, found)
    if csv:
        screen.say(f"\nEvery change: {csv}")


def _table(title: str, *headings: str, left: int = 1) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number < left else "right")
    return table


def _sides(found: Difference) -> Table:
    table = _table(
        "",
        "Edition",
        "Status",
        "Months",
        "Files",
        "Rows",
        "Rows quarantined",
        "Organisations",
        left=3,
    )
    for side in (found.old, found.new):
        table.add_row(
            side.name,
            side.status,
            " to ".join(map(month_text, (side.months[0], side.months[-1]))) if side.months else "-",
            f"{side.files:,}",
            f"{side.rows:,}",
            f"{side.quarantined:,}",
            f"{side.organisations:,}",
        )
    old, new = found.old, found.new
    table.add_row(
        "Change",
        "",
        "",
        signed_whole(new.files - old.files),
        signed_whole(new.rows - old.rows),
        signed_whole(new.quarantined - old.quarantined),
        signed_whole(new.organisations - old.organisations),
    )
    return table


def _organisations(screen: Screen, what: str, organisations: pl.DataFrame) -> None:
    if organisations.is_empty():
        return
    named = [f"{code} {name}" if name else code for code, name in organisations.iter_rows()]
    more = f", and {len(named) - NAMED:,} more" if len(named) > NAMED else ""
    screen.say(f"{len(named):,} organisation(s) {what}: {', '.join(named[:NAMED])}{more}")


def _sums(found: Difference) -> Table:
    table = _table(
        "Sums over the organisations and months that both have",
        "Measure", "Old", "New", "Change", "%", "Figures", "Changed",
    )  # fmt: skip
    for row in found.measures.iter_rows(named=True):
        table.add_row(
            row["measure"],
            whole(row["old"]),
            whole(row["new"]),
            signed_whole(row["change"]),
            _percent(row["ratio"]),
            f"{row['cells']:,}",
            f"{row['changed']:,}",
        )
    return table


def _not_summed(screen: Screen, found: Difference) -> None:
    """Show what is not added, and what is added over one month alone."""
    for why, rows in found.measures.drop_nulls("not_added").group_by(
        "not_added", maintain_order=True
    ):
        screen.say(f"Not added: {', '.join(rows['measure'])}. {why[0]}")
    for month, rows in found.measures.drop_nulls("month").group_by("month", maintain_order=True):
        measures = ", ".join(rows["measure"])
        screen.say(f"Added for {month_text(month[0])} alone, not over months: {measures}.")


def _largest(screen: Screen, found: Difference, limit: int, csv: Path | None) -> None:
    from rich.text import Text

    changed = found.changes.filter(pl.col("kind") == CHANGED)
    if changed.is_empty():
        screen.say("\nNo figure that both have has changed.")
        return
    headings = ("Month", "Code", "Organisation", "Measure", "Old", "New", "Change", "%", "")
    table = _table("\nLargest changes", *headings, left=4)
    for row in changed.head(limit).iter_rows(named=True):
        table.add_row(
            month_text(row["month"]),
            row["org_code"],
            Text(row["org_name"] or "-"),
            row["measure"],
            whole(row["old"]),
            whole(row["new"]),
            signed_whole(row["change"]),
            _percent(row["ratio"]),
            "lost rows" if row["lost_rows"] else "",
        )
    screen.table(table)
    if changed.height > limit:
        where = "" if csv else "; all of them with --csv PATH or --json"
        screen.say(f"and {changed.height - limit:,} more{where}")


def _apart(screen: Screen, found: Difference) -> None:
    """Months and organisations of one edition only, by month, for the first measure shown."""
    first = found.measures["measure"][0]
    for kind, side in ((ONLY_OLD, found.old), (ONLY_NEW, found.new)):
        rows = found.apart.filter(pl.col("kind") == kind, pl.col("measure") == first)
        if rows.is_empty():
            continue
        table = _table(f"\nOnly in {side.name}", "Month", "Organisations", first)
        for row in rows.iter_rows(named=True):
            table.add_row(
                month_text(row["month"]), f"{row['organisations']:,}", whole(row["total"])
            )
        screen.table(table)


def _percent(value: float | None) -> str:
    return "-" if value is None else signed_percent(value, 2)
