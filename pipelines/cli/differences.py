"""`access-recovery diff`: the difference of two editions on the screen, as JSON and as CSV.

Belongs here: layout. Does not: the comparison (`warehouse.editions.diff`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.cli.screen import SYNTHETIC, Screen, plain_table
from warehouse.base.months import month_text
from warehouse.base.number_format import amount, signed_amount, signed_percent
from warehouse.editions.diff import Difference, Side
from warehouse.editions.figure_changes import CHANGED, ONLY_NEW, ONLY_OLD
from warehouse.store import whole_file

if TYPE_CHECKING:
    from pipelines.cli.fitted_table import FittedTable

NAMED = 10


def difference_data(found: Difference) -> dict[str, Any]:
    """Return a difference as data for JSON."""
    return {
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


def _side_data(side: Side) -> dict[str, Any]:
    return {
        "edition": side.edition,
        "revision": side.revision,
        "status": side.status,
        "why": side.words or None,
        "files": side.files,
        "rows": side.rows,
        "quarantined": side.quarantined,
        "months": [month_text(month) for month in side.months],
        "organisations": side.organisations,
        "synthetic": side.synthetic,
    }


def write_difference(found: Difference, path: Path) -> None:
    """Write a CSV (UTF-8 with byte order mark, for Excel) of one row per change, all or nothing."""
    rows = found.changes.select(
        pl.lit(found.feed).alias("feed"),
        pl.lit(found.old.name).alias("old_edition"),
        pl.lit(found.new.name).alias("new_edition"),
        pl.lit(found.level).alias("org_level"),
        pl.all(),
        pl.lit(found.old.synthetic or found.new.synthetic).alias("synthetic"),
    )
    with whole_file(path) as part:
        rows.write_csv(part, include_bom=True)


def show_difference(screen: Screen, found: Difference, limit: int, csv: Path | None) -> None:
    """Print both editions, totals, the largest changes, and what only one edition has."""
    if found.old.synthetic or found.new.synthetic:
        screen.warn(SYNTHETIC)
    screen.say(f"{found.title}: from {found.old.name} to {found.new.name}")
    screen.table(_sides(found))
    for side in (found.old, found.new):
        if side.status == "pending":
            screen.warn(f"{side.name} is pending: it has not been checked yet.")
        elif side.words:
            screen.warn(f"{side.name} is {side.status}: {side.words}")
    _organisations(screen, "appeared", found.appeared)
    _organisations(screen, "vanished", found.vanished)
    screen.say("")
    if found.beside:
        then, now = map(month_text, found.beside)
        screen.say(f"The editions share no month: Old is of {then}, New of {now}.")
    screen.table(_sums(found))
    _not_summed(screen, found)
    _largest(screen, found, limit, csv)
    _apart(screen, found)
    if csv:
        screen.say(f"\nEvery change: {csv}")


def _sides(found: Difference) -> FittedTable:
    counts = ("Files", "Rows", "Rows quarantined", "Organisations")
    table = plain_table("Edition", "Status", "Months", *counts, right=counts)
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
        signed_amount(new.files - old.files),
        signed_amount(new.rows - old.rows),
        signed_amount(new.quarantined - old.quarantined),
        signed_amount(new.organisations - old.organisations),
    )
    return table


def _organisations(screen: Screen, what: str, organisations: pl.DataFrame) -> None:
    if organisations.is_empty():
        return
    named = [f"{code} {name}" if name else code for code, name in organisations.iter_rows()]
    more = f", and {len(named) - NAMED:,} more" if len(named) > NAMED else ""
    screen.say(f"{len(named):,} organisation(s) {what}: {', '.join(named[:NAMED])}{more}")


def _sums(found: Difference) -> FittedTable:
    numbers = ("Old", "New", "Change", "%", "Figures", "Changed")
    title = "Totals of the organisations and months in both editions"
    table = plain_table("Measure", *numbers, title=title, right=numbers)
    for row in found.measures.iter_rows(named=True):
        table.add_row(
            row["measure"],
            amount(row["old"]),
            amount(row["new"]),
            signed_amount(row["change"]),
            _percent(row["ratio"]),
            f"{row['cells']:,}",
            f"{row['changed']:,}",
        )
    return table


def _not_summed(screen: Screen, found: Difference) -> None:
    """Show measures that are not added up, and those added up for one month only."""
    for why, rows in found.measures.drop_nulls("not_added").group_by(
        "not_added", maintain_order=True
    ):
        screen.say(f"Not added up: {', '.join(rows['measure'])}. {why[0]}")
    if found.beside:
        return  # each has one month
    for month, rows in found.measures.drop_nulls("month").group_by("month", maintain_order=True):
        measures = ", ".join(rows["measure"])
        screen.say(f"Added up for {month_text(month[0])} only, not over months: {measures}.")


def _largest(screen: Screen, found: Difference, limit: int, csv: Path | None) -> None:
    from rich.text import Text

    changed = found.changes.filter(pl.col("kind") == CHANGED)
    if changed.is_empty():
        screen.say("\nNo figure in both editions has changed.")
        return
    numbers = ("Old", "New", "Change", "%", "")
    texts = ("Month", "Code", "Organisation", "Measure")
    table = plain_table(*texts, *numbers, title="\nLargest changes", right=numbers)
    for row in changed.head(limit).iter_rows(named=True):
        table.add_row(
            month_text(row["month"]),
            row["org_code"],
            Text(row["org_name"] or "-"),
            row["measure"],
            amount(row["old"]),
            amount(row["new"]),
            signed_amount(row["change"]),
            _percent(row["ratio"]),
            "lost rows" if row["lost_rows"] else "",
        )
    screen.table(table)
    if changed.height > limit:
        where = "" if csv else "; --csv PATH or --json lists them all"
        screen.say(f"and {changed.height - limit:,} more{where}")


def _apart(screen: Screen, found: Difference) -> None:
    """Print months and organisations in one edition only, by month, for the first measure."""
    first = found.measures["measure"][0]
    for kind, side in ((ONLY_OLD, found.old), (ONLY_NEW, found.new)):
        rows = found.apart.filter(pl.col("kind") == kind, pl.col("measure") == first)
        if rows.is_empty():
            continue
        counts = ("Organisations", first)
        table = plain_table("Month", *counts, title=f"\nOnly in {side.name}", right=counts)
        for row in rows.iter_rows(named=True):
            table.add_row(
                month_text(row["month"]), f"{row['organisations']:,}", amount(row["total"])
            )
        screen.table(table)


def _percent(value: float | None) -> str:
    return "-" if value is None else signed_percent(value, 2)
