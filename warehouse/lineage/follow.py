"""Follow edges back, from a table's columns to those of other tables.

Belongs here: doing so in Python, for Dagster. Does not: the same in SQL (`edge_table`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from warehouse.lineage.feed_edges import ROWS, Edge

Column = tuple[str, str]  # table, column
Index = Mapping[Column, list[Edge]]


def index(edges: Iterable[Edge]) -> Index:
    """Group edges by the column that they lead to."""
    found: dict[Column, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[(edge.to_table, edge.to_column)].append(edge)
    return found


def columns_of(edges: Index, table: str) -> list[str]:
    """Return the columns of a table, in the order of the edges."""
    return [column for of, column in edges if of == table and column != ROWS]


def made_of(edges: Index, column: Column, stop: Callable[[str], bool]) -> list[Column]:
    """Return the columns that a column is made from, in the nearest other tables for which `stop`
    is true; if there are none, the columns that choose its value. A column worked out from others
    of its own table comes from what those come from."""
    for uses in (("value",), ("value", "choice")):
        found: dict[Column, None] = {}
        seen: set[Column] = set()
        left = [column]
        while left:
            one = left.pop()
            if one in seen:
                continue
            seen.add(one)
            if one[0] != column[0] and stop(one[0]):
                found[one] = None
                continue
            behind = edges.get(one, [])
            left += [(e.from_table, e.from_column) for e in behind if e.use in uses]
        if found:
            return sorted(found)
    return []
