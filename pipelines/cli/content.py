"""`access-recovery content`: content hashes of the published mart, for two people to compare.

Belongs here: showing them, as a table and as JSON. Does not: what counts as content
(`warehouse.publication.content`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipelines.cli.screen import Screen
from warehouse.base.home import Home

if TYPE_CHECKING:
    from warehouse.publication.content import TableContent


def content_data(home: Home) -> dict[str, Any]:
    """Return the published mart's hashes: `content` (of all tables but the journals), `analysts`
    (of schema main), and per table its `rows`, `content` and whether it is a `journal`.

    Raises duckdb.Error if the mart can't be read.
    """
    from warehouse.publication.content import ANALYSTS, mart_content, whole_content

    tables = mart_content(home.mart)
    return {
        "mart": str(home.mart),
        "content": whole_content(tables),
        "analysts": whole_content(tables, ANALYSTS),
        "tables": {name: _table_data(name, one) for name, one in tables.items()},
    }


def _table_data(name: str, one: TableContent) -> dict[str, Any]:
    from warehouse.publication.content import JOURNALS

    return {"rows": one.rows, "content": one.content, "journal": name in JOURNALS}


def show_content(screen: Screen, home: Home, as_json: bool) -> None:
    """Print the hashes as a table with the two overall ones below, or as JSON."""
    told = content_data(home)
    if as_json:
        screen.data(json.dumps(told, indent=1))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("Table")
    table.add_column("Rows", justify="right")
    table.add_column("Content")
    for name, one in told["tables"].items():
        mark = "  (journal: not in the whole)" if one["journal"] else ""
        table.add_row(name, f"{one['rows']:,}", one["content"] + mark)
    screen.table(table)
    screen.say(f"\nAnalysts' tables (schema main): {told['analysts']}")
    screen.say(f"All tables but the journals:    {told['content']}")
    screen.say(
        "Run ids and clock columns are left out, and the order of rows. Equal hashes, equal mart."
    )
