"""Combine all statements: the columns of each layer, and those of other layers they come from.

Belongs here: following the statements in order, through the working tables (`stage`). Does not:
reading a statement (`statement`), contracts (`warehouse.lineage.feed_edges`).

Working tables that many figures share are shown under a layer's name (`LANDMARKS`). `figure` has
the parts of every KPI by organisation, month and edition: steps before it are listed by KPI, steps
after it are the same for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from warehouse.lineage.feed_edges import ROWS, Edge
from warehouse.lineage.relation import (
    NOTHING,
    Constants,
    Origin,
    Origins,
    Relation,
    Step,
    contradicts,
    united,
)
from warehouse.lineage.statement import Change, read_statement

WORKING, FIGURE = "stage.", "stage.figure"
# Working tables that are shown -> their layer; `PREFIXES`: by the beginning of their names.
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
# A choice that affects only another choice: kept for the table's rows, not for each column.
FAR: Step = "far"
Case = tuple[str | None, str | None]  # KPI, level
Cases = Mapping[str, set[Case]]
# By an origin's own case and what is asked of rows: each case behind it, and the two joined.
Joins = defaultdict[tuple[Constants, Constants], dict[Constants, Constants | None]]


def mart_edges(statements: Iterable[str], levels: Mapping[str, Iterable[str]]) -> list[Edge]:
    """Return the edges into `figure` and all tables and views of the mart. `statements`: those that
    made them, in order. `levels`: KPI -> the levels at which it is defined; an edge that applies to
    all of them is given once. Raises ValueError naming a statement that can't be read."""
    made = _Tables()
    for sql in statements:
        change = read_statement(sql, made.columns)
        if change:
            made.apply(change)
    every: Cases = {kpi: {(kpi, level) for level in some} for kpi, some in levels.items()}
    return list(_edges(made.relations(), every))


def is_layer(table: str) -> bool:
    """Whether lineage shows a table."""
    return not named(table).startswith(WORKING)


@cache
def named(table: str) -> str:
    """Return a table's name in lineage."""
    for landmark, layer in PREFIXES.items():
        if table.startswith(landmark):
            return layer + table.removeprefix(landmark)
    return LANDMARKS.get(table, table)


class _Tables:
    """The tables after the statements applied so far, their origins in terms of layers."""

    def __init__(self) -> None:
        # What each statement gave a table since it was last read: hundreds add to some.
        self.parts: dict[str, list[Relation]] = {}
        self.columns: dict[str, tuple[str, ...]] = {}

    def relation(self, table: str) -> Relation | None:
        """Return a table with all that was added to it; None if no statement made it."""
        parts = self.parts.get(table)
        if parts and len(parts) > 1:
            parts = self.parts[table] = [united(parts, by_name=True)]
        return parts[0] if parts else None

    def relations(self) -> dict[str, Relation]:
        """Return all tables."""
        return {table: one for table in self.parts if (one := self.relation(table))}

    def apply(self, change: Change) -> None:
        """Apply one statement."""
        target = change.target
        if change.kind == "drop":
            self.parts.pop(target, None)
            self.columns.pop(target, None)
            return
        if change.kind == "ensure" and target in self.parts:
            return
        new = self._resolved(change)
        if change.kind in ("create", "ensure") or target not in self.parts:
            self.parts[target], self.columns[target] = [], ()
        self.parts[target].append(new)
        self.columns[target] = tuple(dict.fromkeys((*self.columns[target], *new.columns)))

    def _resolved(self, change: Change) -> Relation:
        """Return the change in terms of layers. A table made from itself keeps its old origins."""
        names = set(change.relation.columns) | set(self.columns.get(change.target, ()))
        known: dict[Origin, Origins] = {}
        joins: Joins = defaultdict(dict)

        def resolved(found: Origins) -> Origins:
            for one in found - known.keys():
                known[one] = frozenset(self._behind(one, change, names, joins))
            return NOTHING.union(*(known[one] for one in found))

        rows = set(resolved(change.relation.rows))
        columns = {}
        for name, found in change.relation.columns.items():
            made = resolved(found)
            columns[name] = frozenset(one for one in made if one.use != FAR)
            rows |= made - columns[name]
        return Relation(columns, frozenset(map(_as_choice, rows)))

    def _behind(
        self, one: Origin, change: Change, names: set[str], joins: Joins
    ) -> Iterator[Origin]:
        source = self.relation(one.table)
        if source is None or (is_layer(one.table) and one.table != change.target):
            yield one
            return
        asked = one.where | one.case if change.kind == "update" else one.where
        # Thousands of origins share some hundreds of cases.
        joined = joins[one.case, asked]
        pushed: dict[str, Constants] = {}
        for each in source.rows if one.column == ROWS else source.columns[one.column]:
            if each.case not in joined:
                joined[each.case] = _joined(one.case, asked, each.case, names)
            if (case := joined[each.case]) is None:
                continue
            where = each.where
            if one.where:
                if each.table not in pushed:
                    pushed[each.table] = _pushed(one.where, source, each.table)
                where |= pushed[each.table]
            yield Origin(each.table, each.column, _use(one, each), where, case)


def _as_choice(one: Origin) -> Origin:
    if one.use == "choice":
        return one
    return Origin(one.table, one.column, "choice", one.where, one.case)


def _joined(own: Constants, asked: Constants, case: Constants, names: set[str]) -> Constants | None:
    """Join a case behind an origin to its own; None if it is of other rows than those asked for."""
    if any(contradicts(case, column, (text,)) for column, text in asked):
        return None
    mine = {name for name, _ in own}
    return own | {c for c in case if c[0] in names and c[0] not in mine}


def _use(one: Origin, behind: Origin) -> Step:
    """Return how an origin's origin is used: counted rows as values, what chose them as far."""
    if one.column == ROWS and one.use == "value":
        return "value" if behind.column == ROWS else FAR
    if one.use == "value":
        return behind.use
    return "choice" if behind.use == "value" else FAR


def _pushed(where: Constants, source: Relation, table: str) -> Constants:
    """Return conditions on a working table's rows as conditions on the table they come from."""
    pushed = set()
    for column, text in where:
        behind = [o for o in source.columns.get(column, ()) if o.use == "value"]
        if len(behind) == 1 and behind[0].table == table:
            pushed.add((behind[0].column, text))
    return frozenset(pushed)


def _edges(relations: dict[str, Relation], cases: Cases) -> Iterator[Edge]:
    for table, relation in relations.items():
        if not is_layer(table):
            continue
        for column, found in {**relation.columns, ROWS: relation.rows}.items():
            yield from _column_edges(named(table), column, found, cases)


@cache
def _case(where: Constants, case: Constants) -> Case:
    texts = dict(where) | dict(case)
    return texts.get("kpi_id"), texts.get("org_level")


def _column_edges(table: str, column: str, found: Origins, cases: Cases) -> Iterator[Edge]:
    if not found and column != ROWS:
        yield Edge(table, column, CONSTANT, ROWS)
    origins: dict[tuple[str, str, Step], set[Case]] = defaultdict(set)
    cased = [(one, _case(one.where, one.case)) for one in found]
    values = {(one.table, one.column, case) for one, case in cased if one.use == "value"}
    for one, case in cased:
        is_value = (one.table, one.column, case) in values
        if one.use == "choice" and (is_value or (one.column == ROWS and column != ROWS)):
            continue
        origins[(one.table, one.column, one.use)].add(case)
    for (source, name, use), some in origins.items():
        if (named(source), name) == (table, column) or use == "far":
            continue
        for kpi, level in _gathered(some, cases):
            yield Edge(table, column, named(source), name, kpi, level, use)


def _gathered(some: set[Case], every: Cases) -> set[Case]:
    """Combine cases: all levels of a KPI into one."""
    if (None, None) in some:
        return {(None, None)}
    kpis = {kpi for kpi, _ in some}
    whole = {k for k in kpis if (k, None) in some or (k and k in every and every[k] <= some)}
    return {(kpi, None) for kpi in whole} | {case for case in some if case[0] not in whole}
