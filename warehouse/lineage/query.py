"""The origins of an SQL query's columns, and what decides its rows.

Belongs here: SELECT, its joins and unions, over tables whose columns are known. Does not:
expressions (`expression`), statements that change tables (`statement`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from warehouse.lineage.expression import Scope, origins, record_origins
from warehouse.lineage.feed_edges import ROWS
from warehouse.lineage.relation import NOTHING, Origin, Origins, Relation, chosen, united

# The name under which frames are loaded; the names of their columns give the records they are from.
INCOMING = "incoming"
HIDDEN_JOINS = ("SEMI", "ANTI")


@dataclass(frozen=True)
class Reader:
    """Reads queries. `tables`: full name -> the table's relation; `known`: the names of WITH."""

    tables: Callable[[str], Relation]
    known: Mapping[str, Relation] = field(default_factory=dict)

    def read(
        self, query: exp.Expr, outer: Scope | None = None, names: list[str] | None = None
    ) -> Relation:
        """Return a query's relation. `names`: of its columns, where an INSERT or union fixes them.

        Raises ValueError for a query of a kind that is not read, KeyError for an unknown column.
        """
        query = query.unnest()
        reader = self
        for cte in getattr(query, "ctes", []):
            made = reader.read(cte.this, outer)
            reader = replace(reader, known={**reader.known, cte.alias: made})
        if isinstance(query, exp.Union):
            return reader._union(query, outer, names)
        if isinstance(query, exp.Select):
            return _Select(reader, query, outer).relation(names)
        raise ValueError(f"lineage can't read this kind of query: {query.sql('duckdb')[:200]}")

    def _union(self, query: exp.Union, outer: Scope | None, names: list[str] | None) -> Relation:
        by_name = bool(query.args.get("by_name"))
        parts: list[exp.Expr] = []
        left: exp.Expr = query
        while isinstance(left, exp.Union) and bool(left.args.get("by_name")) == by_name:
            parts.append(left.expression)
            left = left.this
            if left is not query and getattr(left, "ctes", []):
                break
        first = self.read(left, outer, names)
        told = names or (None if by_name else list(first.columns))
        return united([first, *(self.read(p, outer, told) for p in reversed(parts))], by_name)

    def source(self, of: exp.Expr, outer: Scope | None) -> Relation:
        """Return a relation in FROM: a table, a name of WITH, a query, or VALUES."""
        match of:
            case exp.Table() if isinstance(of.this, exp.Identifier):
                if of.db or of.name not in self.known:
                    return self._table(of)
                return self.known[of.name]
            case exp.Subquery():
                return self.read(of, outer)
            case exp.Values():
                return Relation({one.name: NOTHING for one in of.args["alias"].columns})
        raise ValueError(f"lineage can't read this source: {of.sql('duckdb')[:200]}")

    def _table(self, of: exp.Table) -> Relation:
        """Return a table that exists, or records: those have a dotted name and any column."""
        if of.name == INCOMING or "." in of.name:
            rows = NOTHING if of.name == INCOMING else {Origin(of.name, ROWS, "choice")}
            return Relation({}, frozenset(rows), of.name, True)
        return self.tables(full_name(of))


def full_name(table: exp.Table) -> str:
    """`stage.figure`, `mart.kpi_monthly`, `mart.governance.edition`, also where SQL for a mart open
    on its own does not name `mart`."""
    if table.catalog:
        return f"{table.catalog}.{table.db}.{table.name}"
    if table.db in ("governance", "plan"):
        return f"mart.{table.db}.{table.name}"
    return f"{table.db}.{table.name}" if table.db else f"mart.{table.name}"


class _Select:
    """One SELECT, read clause by clause."""

    def __init__(self, reader: Reader, query: exp.Select, outer: Scope | None) -> None:
        self.query = query
        windows = {one.name.lower(): one for one in query.args.get("windows") or []}
        self.scope = Scope({}, reader.read, outer, windows=windows)
        self.reader = reader
        self.rows: set[Origin] = set()
        self.once: set[str] = set()  # columns of USING, which `*` names once

    def relation(self, names: list[str] | None) -> Relation:
        self._sources()
        where = self._clause("where")
        self.scope = self.scope.restricted(where)
        self._decides(where)
        self.rows |= self.scope.rows
        columns, constants = self._columns()
        aliases = {name.lower(): found for name, found in columns.items()}
        self.scope = replace(self.scope, aliases=aliases)
        for clause in ("having", "qualify"):
            self._decides(self._clause(clause))
        self._groups()
        if names:
            given = dict(zip(columns, names, strict=True))
            columns = {given[name]: found for name, found in columns.items()}
            constants = {given[name]: text for name, text in constants.items()}
        return Relation(columns, frozenset(self.rows)).in_case(constants)

    def _clause(self, name: str) -> exp.Expr | None:
        found = self.query.args.get(name)
        return found.this if found else None

    def _decides(self, condition: exp.Expr | None) -> None:
        self.rows |= chosen(origins(condition, self.scope))

    def _sources(self) -> None:
        if start := self.query.args.get("from_"):
            self._add(start.this)
            for join in self.query.args.get("joins") or []:
                self._join(join)

    def _add(self, of: exp.Expr) -> str:
        alias = of.alias_or_name
        found = self.reader.source(of, self.scope.outer)
        self.scope = replace(self.scope, sources={**self.scope.sources, alias: found})
        for join in of.args.get("joins") or []:
            self._join(join)
        return alias

    def _join(self, join: exp.Join) -> None:
        alias = self._add(join.this)
        condition, using = join.args.get("on"), [one.name for one in join.args.get("using") or []]
        narrowed = self.scope.restricted(condition).sources[alias]
        self.scope = replace(self.scope, sources={**self.scope.sources, alias: narrowed})
        self._decides(condition)
        for name in using:
            for source in self.scope.sources.values():
                self.rows |= chosen(source.find(name) or NOTHING)
        if join.kind in HIDDEN_JOINS:
            self.rows |= narrowed.rows
            visible = {a: one for a, one in self.scope.sources.items() if a != alias}
            self.scope = replace(self.scope, sources=visible)
            return
        self.once |= {name.lower() for name in using}
        if join.side in ("FULL", "RIGHT"):
            everywhere = self.scope.everywhere | {name.lower() for name in using}
            self.scope = replace(self.scope, everywhere=everywhere)

    def _columns(self) -> tuple[dict[str, Origins], dict[str, str]]:
        """Return the origins of columns, and the text of those with the same text in every row."""
        columns: dict[str, Origins] = {}
        constants: dict[str, str] = {}
        for one in self.query.expressions:
            if one.is_star and not isinstance(one.unalias(), exp.Count):
                for name, found in self._star(one).items():
                    columns.setdefault(name, found)
                continue
            value = one.unalias()
            name = one.alias_or_name
            if not name or name in columns:
                name = f"{name}:{len(columns)}"
            columns[name] = self._value(value)
            self.scope.aliases.setdefault(name.lower(), columns[name])
            literal = value.this if isinstance(value, exp.Cast) else value
            if isinstance(literal, exp.Literal) and literal.is_string:
                constants[name] = literal.name
        return columns, constants

    def _value(self, value: exp.Expr) -> Origins:
        if INCOMING not in self.scope.sources:
            return origins(value, self.scope)
        told = record_origins(value.name)
        self.rows = self.rows or {Origin(told[0].table, ROWS, "choice")}
        return frozenset(told)

    def _star(self, of: exp.Expr) -> dict[str, Origins]:
        """Return the columns of `*` or `alias.*`, with EXCLUDE and REPLACE applied."""
        star = of.this if isinstance(of, exp.Column) else of
        left_out = {one.name.lower() for one in star.args.get("except_") or []}
        table = of.table if isinstance(of, exp.Column) else ""
        found: dict[str, Origins] = {}
        for alias, source in self.scope.sources.items():
            for name in source.columns if table in ("", alias) else ():
                shared = not table and name.lower() in self.once
                if name.lower() not in left_out:
                    found.setdefault(name, self.scope.find("" if shared else alias, name))
        for one in star.args.get("replace") or []:
            found[one.alias] = origins(one.this, self.scope)
        return found

    def _groups(self) -> None:
        group = self.query.args.get("group")
        if group is None:
            return
        keys = group.expressions
        if group.args.get("all"):
            keys = [one for one in self.query.expressions if not one.find(exp.AggFunc, exp.Star)]
        for key in keys:
            self._decides(key.unalias())
