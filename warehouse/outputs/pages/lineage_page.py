"""What the lineage page says: the way of each KPI from the published headings, and the origins of
every other column of the mart, read from `governance.lineage_edge`.

Belongs here: putting edges into the order in which people read them. Does not: following edges
(`warehouse.lineage.follow`), looks (`templates`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.lineage.edge_table import edges_of
from warehouse.lineage.feed_edges import COUNT_OF, ROWS, Edge
from warehouse.lineage.follow import Column, Index, columns_of, index, made_of
from warehouse.lineage.records import DECLARED_BY_HAND, RECORDS
from warehouse.outputs.pages.page_data import Row, rows
from warehouse.reference.levels import LEVELS

EVERY = "every level"
PARTS = ("numerator", "denominator")
LAYERS = {
    "published": "what a publisher's file has, heading by heading, each one ever used",
    "tidy": "the same rows, typed, in today's labels",
    "quarantine": "what rejected rows tell of whose they were",
    "organisations": "whom the files name, month by month, and to whom they belong",
    "measures": "sums per organisation and month, of accepted editions",
    "membership": "who belonged to whom in which month",
    "expected": "whom a place should have",
    "months": "the months of the data",
    "figure": "the parts of every KPI by organisation, month and edition, added up",
    "mart": "the tables and views that are published",
}


@dataclass(frozen=True)
class Counted:
    """One measure on its way: `headings` and `older` ones give the tidy `column`; `only` says which
    labels count, each with the headings that tell them."""

    feed: str
    measure: str
    column: str | None
    how: str
    headings: tuple[str, ...]
    older: tuple[str, ...]
    only: tuple[tuple[str, str, tuple[str, ...]], ...]


def lineage(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """All that the page says, of a mart that `db` has open as its current database."""
    edges = edges_of(db)
    kpis = rows(db, "SELECT kpi_id, title, theme, unit, formula, numerator, denominator FROM kpi")
    found = index(edges)
    themes: dict[str, list[Row]] = defaultdict(list)
    for kpi in kpis:
        kpi["paths"] = list(_paths(found, edges, kpi["kpi_id"]))
        themes[kpi["theme"]].append(kpi)
    return {
        "themes": dict(sorted(themes.items())),
        "tables": list(_tables(found)),
        "layers": LAYERS,
        "records": {name: words for name, words in RECORDS.items() if _is_named(name, edges)},
        "declared_by_hand": DECLARED_BY_HAND,
        "edges": len(edges),
    }


def _is_named(record: str, edges: Iterable[Edge]) -> bool:
    return any(edge.from_table == record for edge in edges)


def _paths(found: Index, edges: Iterable[Edge], kpi: str) -> Iterator[Row]:
    """The ways of a KPI's parts from the published headings: one for all levels that share it."""
    parts = [
        edge
        for edge in edges
        if edge.to_table == "figure"
        and edge.to_column in PARTS
        and edge.kpi_id == kpi
        and edge.use == "value"
        and edge.from_column != ROWS
    ]
    told = {e.org_level for e in parts if e.org_level}
    levels: list[str] = [level for level in LEVELS if level in told] or [EVERY]
    by_way: dict[tuple[tuple[str, Column], ...], list[str]] = defaultdict(list)
    for level in levels:
        way = sorted(
            (PARTS.index(e.to_column), e.from_table, e.from_column)
            for e in parts
            if e.org_level in (None, level)
        )
        by_way[tuple((PARTS[p], (t, c)) for p, t, c in way)].append(level)
    for steps, some in by_way.items():
        yield {
            "levels": some,
            "parts": [{"part": part, **_part(found, source)} for part, source in steps],
        }


def _part(found: Index, source: Column) -> Row:
    """What a part is made of: a measure with its way, or a column of a record."""
    table, column = source
    layer, _, feed = table.partition(".")
    if layer != "measures":
        return {"counted": None, "source": f"{table}.{column}"}
    return {"counted": _counted(found, feed, column), "source": f"{table}.{column}"}


def _counted(found: Index, feed: str, measure: str) -> Counted:
    steps = [e for e in found[(f"measures.{feed}", measure)] if e.from_table == f"tidy.{feed}"]
    [made] = [edge for edge in steps if edge.use == "value"]
    chosen = [edge for edge in steps if edge.use == "choice"]
    labels = {name for edge in chosen for name in _labels(edge)}
    headings = found.get((made.from_table, made.from_column), [])
    older = [e for e in headings if (e.description or "").startswith(COUNT_OF)]
    return Counted(
        feed,
        measure,
        made.from_column,
        (made.description or "").partition(" where ")[0],
        tuple(e.from_column for e in headings if e not in older and e.use == "value"),
        tuple(
            e.from_column
            for e in older
            if not labels or (e.description or "").removeprefix(COUNT_OF) in labels
        ),
        tuple(
            (edge.from_column, edge.description or "", _today(found, edge.from_table, edge))
            for edge in chosen
        ),
    )


def _labels(edge: Edge) -> list[str]:
    return (edge.description or "").removeprefix("only ").split(", ")


def _today(found: Index, table: str, edge: Edge) -> tuple[str, ...]:
    """Headings that tell a label, those aside that are labels themselves."""
    told = found.get((table, edge.from_column), [])
    plain = [e for e in told if not (e.description or "").startswith("older files")]
    return tuple(e.from_column for e in plain if e.from_table.startswith("published."))


def _tables(found: Index) -> Iterator[Row]:
    """Every table and view of the mart with its columns: one step back, and where they end."""
    for table in sorted({table for table, _ in found if table.startswith("mart.")}):
        columns = [
            {
                "column": column,
                "steps": _gathered(
                    (e.from_table, e.from_column)
                    for e in found[(table, column)]
                    if e.use == "value"
                ),
                "choices": _gathered(
                    (e.from_table, e.from_column)
                    for e in found[(table, column)]
                    if e.use == "choice"
                ),
                "ends": _gathered(made_of(found, (table, column), _ends)),
            }
            for column in columns_of(found, table)
        ]
        deciding = [(e.from_table, e.from_column) for e in found.get((table, ROWS), [])]
        yield {
            "table": table.removeprefix("mart."),
            "columns": columns,
            "rows": _gathered(one for one in deciding if one[1] != ROWS),
        }


def _ends(table: str) -> bool:
    """Whether a path ends here: a published file, a record, or the parts of KPIs."""
    return table == "figure" or table.startswith("published.") or table in RECORDS


def _gathered(some: Iterable[Column]) -> list[tuple[str, list[str]]]:
    """Columns by their table."""
    tables: dict[str, list[str]] = defaultdict(list)
    for table, column in some:
        if column not in tables[table]:
            tables[table].append(column)
    return sorted((table, sorted(columns)) for table, columns in tables.items())
