"""Combine all statements: the layers' columns, and the columns of other layers they come from.

Belongs here: following the statements in their order, through the working tables (`stage`) that no
analyst sees. Does not: reading a statement (`statement`), contracts
(`warehouse.lineage.feed_edges`).

Some working tables remain visible under a layer's name (`LANDMARKS`), so that what many figures
share is listed once. `figure` has the parts of every KPI by organisation, month and edition: steps
before it are listed KPI by KPI, steps after it are the same for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from warehouse.lineage.feed_edges import ROWS, Edge
from warehouse.lineage.relation import (
    NONE,
    NOTHING,
    Constants,
    Origin,
    Origins,
    Relation,
    Step,
    contradicts,
)
from warehouse.lineage.statement import Change, read_statement

WORKING, FIGURE = "stage.", "stage.figure"
# Working tables that stay in sight -> their layer; some by how their names begin.
LANDMARKS = {
    "stage.file": "archive.source_file",
    "stage.observed": "organisations",
    "stage.month": "months",
    "stage.membership": "membership",
    FIGURE: "figure",
}
PREFIXES = {
    "stage.reported_": "measures.",
    "stage.lost_": "quarantine.",
    "stage.expected_": "expected.",
}
CONSTANT = "constant"
# What chose what chooses: told of the table's rows, not of each column.
FAR: Step = "far"
Case = tuple[str | None, str | None]  # KPI, level
Cases = Mapping[str, set[Case]]


def mart_edges(statements: Iterable[str], levels: Mapping[str, Iterable[str]]) -> list[Edge]:
    """The edges into `figure` and all tables and views of the mart, from the statements that made
    them, in their order. `levels`: of each KPI, at which it is defined; what is true of all of them
    is told once. Raises ValueError naming a statement that can't be read."""
    made = _Tables()
    for sql in statements:
        change = read_statement(sql, made.columns)
        if change:
            made.apply(change)
    every: Cases = {kpi: {(kpi, level) for level in some} for kpi, some in levels.items()}
    return list(_edges(made.relations, every))


def is_layer(table: str) -> bool:
    """Whether a table is one that lineage shows, not a working table."""
    return not named(table).startswith(WORKING)


@cache
def named(table: str) -> str:
    """A table as lineage names it."""
    for landmark, layer in PREFIXES.items():
        if table.startswith(landmark):
            return layer + table.removeprefix(landmark)
    return LANDMARKS.get(table, table)


class _Tables:
    """The tables as the statements have left them, each told in terms of layers."""

    def __init__(self) -> None:
        self.relations: dict[str, Relation] = {}
        self.columns: dict[str, tuple[str, ...]] = {}

    def apply(self, change: Change) -> None:
        """Follow one statement."""
        target = change.target
        if change.kind == "drop":
            self.relations.pop(target, None)
            self.columns.pop(target, None)
            return
        if change.kind == "ensure" and target in self.relations:
            return
        told = self._resolved(change)
        old = self.relations.get(target)
        if change.kind in ("create", "ensure") or old is None:
            self.relations[target] = told
        else:
            columns = dict(old.columns)
            for name, found in told.columns.items():
                columns[name] = columns.get(name, NOTHING) | found
            self.relations[target] = Relation(columns, old.rows | told.rows)
        self.columns[target] = tuple(self.relations[target].columns)

    def _resolved(self, change: Change) -> Relation:
        """The change in terms of layers. A table that is made of itself has its old origins."""
        names = set(change.relation.columns) | set(self.columns.get(change.target, ()))
        known: dict[Origin, Origins] = {}

        def told(found: Origins) -> Origins:
            for one in found - known.keys():
                known[one] = frozenset(self._behind(one, change, names))
            return NOTHING.union(*(known[one] for one in found))

        rows = set(told(change.relation.rows))
        columns = {}
        for name, found in change.relation.columns.items():
            made = told(found)
            columns[name] = frozenset(one for one in made if one.use != FAR)
            rows |= made - columns[name]
        return Relation(columns, frozenset(one._replace(use="choice") for one in rows))

    def _behind(self, one: Origin, change: Change, names: set[str]) -> Iterator[Origin]:
        source = self.relations.get(one.table)
        if source is None or (is_layer(one.table) and one.table != change.target):
            yield one
            return
        mine = {name for name, _ in one.case}
        asked = one.where | one.case if change.kind == "update" else one.where
        for each in source.rows if one.column == ROWS else source.columns[one.column]:
            where, case = each.where, one.case
            if each.case:
                if any(contradicts(each.case, column, (text,)) for column, text in asked):
                    continue
                case |= {c for c in each.case if c[0] in names and c[0] not in mine}
            if one.where:
                where |= _pushed(one.where, source, each.table)
            yield Origin(each.table, each.column, _use(one, each), where, case)


def _use(one: Origin, behind: Origin) -> Step:
    """How what is behind an origin is used: rows that are counted are values, what chose among
    them was far."""
    if one.column == ROWS and one.use == "value":
        return "value" if behind.column == ROWS else FAR
    if one.use == "value":
        return behind.use
    return "choice" if behind.use == "value" else FAR


def _pushed(where: Constants, source: Relation, table: str) -> Constants:
    """What is asked of a working table's rows, asked of the table they come from."""
    if not where:
        return NONE
    told = set()
    for column, text in where:
        behind = [o for o in source.columns.get(column, ()) if o.use == "value"]
        if len(behind) == 1 and behind[0].table == table:
            told.add((behind[0].column, text))
    return frozenset(told)


def _edges(relations: dict[str, Relation], cases: Cases) -> Iterator[Edge]:
    for table, relation in relations.items():
        if not is_layer(table):
            continue
        for column, found in {**relation.columns, ROWS: relation.rows}.items():
            yield from _column_edges(named(table), column, found, cases)


@cache
def _case_named(where: Constants, case: Constants) -> Case:
    told = dict(where) | dict(case)
    return told.get("kpi_id"), told.get("org_level")


def _case(one: Origin) -> Case:
    return _case_named(one.where, one.case)


def _column_edges(table: str, column: str, found: Origins, cases: Cases) -> Iterator[Edge]:
    if not found and column != ROWS:
        yield Edge(table, column, CONSTANT, ROWS)
    told: dict[tuple[str, str, Step], set[Case]] = defaultdict(set)
    values = {(one.table, one.column, _case(one)) for one in found if one.use == "value"}
    for one in found:
        case = _case(one)
        told_so = (one.table, one.column, case) in values
        if one.use == "choice" and (told_so or (one.column == ROWS and column != ROWS)):
            continue
        told[(one.table, one.column, one.use)].add(case)
    for (source, name, use), some in told.items():
        if (named(source), name) == (table, column) or use == "far":
            continue
        for kpi, level in _gathered(some, cases):
            yield Edge(table, column, named(source), name, kpi, level, use)


def _gathered(some: set[Case], every: Cases) -> set[Case]:
    """The same cases in fewer: all levels of a KPI as one."""
    if (None, None) in some:
        return {(None, None)}
    kpis = {kpi for kpi, _ in some}
    whole = {k for k in kpis if (k, None) in some or (k and k in every and every[k] <= some)}
    return {(kpi, None) for kpi in whole} | {case for case in some if case[0] not in whole}
