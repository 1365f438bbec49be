"""The tables below that of the feeds in `access-recovery status`, each of `feed_statuses`' rows.

Belongs here: their columns. Does not: the statuses (`pipelines.cli.status`).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipelines.cli.screen import plain_table

if TYPE_CHECKING:
    from pipelines.cli.fitted_table import FittedTable


STAYS = "Stays published:"


def held_table(rows: list[dict[str, Any]]) -> FittedTable:
    """Held editions, why, and what stays published."""
    from rich.text import Text

    table = plain_table("Feed", "Edition", "Why")
    for row in rows:
        for edition, why in row["held_because"].items():
            stays = row["stays_published"][edition]
            rest = "" if stays in why else f"{'' if why.endswith('.') else '.'} {STAYS} {stays}"
            table.add_row(row["feed"], edition, Text(why + rest))
    return table


def refused_table(refused: list[dict[str, Any]]) -> FittedTable:
    """Refused files that are still in the landing folder."""
    from rich.text import Text

    table = plain_table("File", "Why")
    for one in refused:
        table.add_row(one["name"], Text(f"{one['reason']} {one['remedy']}".strip()))
    return table


def look_table(rows: list[dict[str, Any]]) -> FittedTable:
    """The latest lookup of each feed."""
    from rich.text import Text

    from warehouse.contract.release_calendar import LONDON

    table = plain_table("Feed", "Edition", "When", "Found")
    for row in rows:
        if look := row["last_look"]:
            parts = [part.rstrip(".") for part in (look["message"], look["remedy"]) if part]
            found = ": ".join(filter(None, (look["verdict"], ". ".join(parts))))
            when = datetime.fromisoformat(look["at"]).astimezone(LONDON)
            table.add_row(row["feed"], look["edition"], f"{when:%d %b %Y %H:%M}", Text(found))
    return table


def months_table(rows: list[dict[str, Any]]) -> FittedTable:
    """Held months of accepted editions."""
    table = plain_table("Feed", "Edition", "Organisation", "Month", "Found", "Expected")
    for row in rows:
        for one in row["held_months"]:
            table.add_row(
                row["feed"],
                one["edition"],
                f"{one['org_code']} ({one['org_level']})",
                one["month"],
                f"{one['found']:,} {one['measure']}",
                f"{one['low']:,} to {one['high']:,}",
            )
    return table


def decision_table(rows: list[dict[str, Any]]) -> FittedTable:
    """Decisions about editions, and editions of which all files are withdrawn."""
    from rich.text import Text

    from warehouse.archive.decisions import over_because

    table = plain_table("Feed", "Edition", "Status", "Decision")
    for row in rows:
        for one in row["overrides"]:
            over = f"; no longer: {over_because(one['lapsed'])}" if one["lapsed"] else ""
            decision = (
                f"{one['override']} by {one['by']} on {one['at'][:10]}: {one['reason']}{over}"
            )
            table.add_row(row["feed"], one["edition"], one["status"], Text(decision))
        for edition in row["withdrawn"]:
            table.add_row(row["feed"], edition, "withdrawn", "all files withdrawn")
    return table


def quarantine_table(rows: list[dict[str, Any]]) -> FittedTable:
    """Quarantined rows per feed and rule: of files in use, then of replaced ones."""
    table = plain_table("Feed", "Rows quarantined", "Rule", right=("Rows quarantined",))
    for row in rows:
        for rule, count in row["quarantined"].items():
            table.add_row(row["feed"], f"{count:,}", rule)
        if count := row["quarantined_in_replaced_files"]:
            table.add_row(row["feed"], f"{count:,}", "(in files that later ones replaced)")
    return table
