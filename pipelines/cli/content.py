"""`access-recovery content`: content hashes of the published mart, as a table and as JSON.

Belongs here: printing them. Does not: what is hashed (`warehouse.publication.content`).
"""

from __future__ import annotations

from typing import Any

from pipelines.cli.screen import Screen, plain_table
from warehouse.base.home import Home


def content_data(home: Home) -> dict[str, Any]:
    """Return the published mart's hashes: `content` (of all tables but the journals), `analysts`
    (of schema main), and per table its `rows`, `content` and whether it is a `journal`.

    Raises duckdb.Error if the mart can't be read.
    """
    from warehouse.publication.content import ANALYSTS, JOURNALS, mart_content, whole_content

    tables = mart_content(home.mart)
    return {
        "mart": str(home.mart),
        "content": whole_content(tables),
        "analysts": whole_content(tables, ANALYSTS),
        "tables": {
            name: {"rows": one.rows, "content": one.content, "journal": name in JOURNALS}
            for name, one in tables.items()
        },
    }


def show_content(screen: Screen, home: Home, as_json: bool) -> None:
    """Print the hashes as a table with the two overall ones below, or as JSON."""
    data = content_data(home)
    if as_json:
        screen.json(data)
        return
    table = plain_table("Table", "Rows", "Content", right=("Rows",))
    for name, one in data["tables"].items():
        mark = "  (journal: not in the total)" if one["journal"] else ""
        table.add_row(name, f"{one['rows']:,}", one["content"] + mark)
    screen.table(table)
    screen.say(f"\nAnalysts' tables (schema main): {data['analysts']}")
    screen.say(f"All tables but the journals:    {data['content']}")
    screen.say("Run ids, times and the order of rows are ignored. Equal hashes mean equal content.")
