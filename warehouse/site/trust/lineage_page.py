"""Content of the lineage pages, from `governance.lineage_edge`: the path of each KPI from the
published headings, and the origins of every other column of the mart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.base.sql import rows
from warehouse.lineage.edge_table import edges_of
from warehouse.lineage.feed_edges import COUNT_OF, ROWS, Edge
from warehouse.lineage.follow import Column, Index, columns_of, index, made_of
from warehouse.lineage.records import DECLARED_BY_HAND, RECORDS
from warehouse.reference.levels import LEVELS, all_of
from warehouse.site.trust.page_data import Row

EVERY = "every level"
PARTS = ("numerator", "denominator")
LAYERS = {
    "published": "the columns of a publisher's files, by every heading ever used",
    "tidy": "the same rows, typed, with today's labels",
    "quarantine": "quarantined rows and the organisations that they name",
    "organisations": "the organisations that the files name, by month, and their parents",
    "measures": "sums per organisation and month, from accepted editions",
    "membership": "the parents of each organisation by month",
    "expected": "the members that each place should have",
    "months": "the months of the data",
    "figure": "the parts of every KPI by organisation, month and edition, added up",
    "mart": "the published tables and views",
}


@dataclass(frozen=True)
class Counted:
    """One measure: `headings` and `older` ones give the tidy `column`; `only`: which labels count,
    as (column, description, headings)."""

    feed: str
    measure: str
    column: str | None
    how: str
    headings: tuple[str, ...]
    older: tuple[str, ...]
    only: tuple[tuple[str, str, tuple[str, ...]], ...]


def lineage(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return all facts of the pages, from a mart that `db` has open as its current database."""
    edges = edges_of(db)
    kpis = rows(db, "SELECT kpi_id, title, theme, unit, formula, numerator, denominator FROM kpi")
    found, named = index(edges), {edge.from_table for edge in edges}
    parts: dict[str | None, list[Edge]] = defaultdict(list)
    for edge in edges:
        if _is_part(edge):
            parts[edge.kpi_id].append(edge)
    themes: dict[str, list[Row]] = defaultdict(list)
    for kpi in kpis:
        kpi["paths"] = list(_paths(found, parts[kpi["kpi_id"]]))
        themes[kpi["theme"]].append(kpi)
    return {
        "themes": dict(sorted(themes.items())),
        "tables": list(_tables(found)),
        "layers": LAYERS,
        "records": {name: words for name, words in RECORDS.items() if name in named},
        "declared_by_hand": DECLARED_BY_HAND,
        "edges": len(edges),
    }


def _is_part(edge: Edge) -> bool:
    """Whether an edge is of a column that a part of a figure is made of."""
    of_figure = edge.to_table == "figure" and edge.to_column in PARTS
    return of_figure and edge.use == "value" and edge.from_column != ROWS


def _paths(found: Index, parts: list[Edge]) -> Iterator[Row]:
    """Yield the paths of a KPI's parts from the published headings, one for all levels that share
    it."""
    used = {e.org_level for e in parts}
    levels: list[str] = [level for level in LEVELS if level in used] or [EVERY]
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
            "levels": [one if one == EVERY else all_of(one) for one in some],
            "parts": [{"part": part, **_part(found, source)} for part, source in steps],
        }


def _part(found: Index, source: Column) -> Row:
    """Return the origin of a part: a measure with its path, or a column of a record."""
    table, column = source
    layer, _, feed = table.partition(".")
    counted = _counted(found, feed, column) if layer == "measures" else None
    return {"counted": counted, "source": f"{table}.{column}"}


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
    """Return the headings that give a label, except those that are labels themselves."""
    steps = found.get((table, edge.from_column), [])
    plain = [e for e in steps if not (e.description or "").startswith("older files")]
    return tuple(e.from_column for e in plain if e.from_table.startswith("published."))


def _tables(found: Index) -> Iterator[Row]:
    """Yield every table and view of the mart with its columns: their direct sources, and their
    ends."""
    for table in sorted({table for table, _ in found if table.startswith("mart.")}):
        columns = [
            {
                "column": column,
                "steps": _origins(found[(table, column)], "value"),
                "choices": _origins(found[(table, column)], "choice"),
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


def _origins(edges: Iterable[Edge], use: str) -> list[tuple[str, list[str]]]:
    return _gathered((e.from_table, e.from_column) for e in edges if e.use == use)


def _ends(table: str) -> bool:
    """Whether a path ends at this table: a published file, a record, or the parts of KPIs."""
    return table == "figure" or table.startswith("published.") or table in RECORDS


def _gathered(some: Iterable[Column]) -> list[tuple[str, list[str]]]:
    """Group columns by table."""
    tables: dict[str, list[str]] = defaultdict(list)
    for table, column in some:
        if column not in tables[table]:
            tables[table].append(column)
    return sorted((table, sorted(columns)) for table, columns in tables.items())
