"""The origins of an SQL expression: columns of its value, and columns that only choose.

Belongs here: scopes (the tables in a SELECT), equalities in conditions, and the origins of
expressions. Does not: whole queries (`query`).

The origins of a value are the columns it is calculated from. Conditions (of CASE, FILTER, IN,
EXISTS), windows, and orders (of aggregates, of `arg_max`) only choose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import singledispatch

from sqlglot import exp

from warehouse.lineage.feed_edges import ROWS
from warehouse.lineage.relation import NOTHING, PARAMETER, Origin, Origins, Relation, chosen

Resolve = Callable[[exp.Expr, "Scope | None"], Relation]
Equality = tuple[str, str, tuple[str, ...]]  # table as named (or ""), column, texts


@dataclass(frozen=True)
class Scope:
    """The tables in a SELECT, in order; `outer`: those of the query around it.

    `aliases`: the SELECT's own names. `everywhere`: columns of USING that come from any of the
    tables (FULL and RIGHT joins).
    """

    sources: dict[str, Relation]
    resolve: Resolve
    outer: Scope | None = None
    aliases: dict[str, Origins] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()
    windows: dict[str, exp.Expr] = field(default_factory=dict)

    def find(self, table: str, column: str) -> Origins:
        """Return the origins of a column. Raises KeyError if no table in scope has it."""
        found = self._own(table, column)
        if found is None and self.outer:
            return self.outer.find(table, column)
        if found is None:
            raise KeyError(f"{table}.{column}" if table else column)
        return found

    def _own(self, table: str, column: str) -> Origins | None:
        if table:
            source = self.sources.get(table)
            return source.find(column) if source else None
        every = [found for one in self.sources.values() if (found := one.find(column)) is not None]
        if every:
            return NOTHING.union(*every) if column.lower() in self.everywhere else every[0]
        return self.aliases.get(column.lower())

    @property
    def rows(self) -> Origins:
        """Return what decides which rows the tables have."""
        return NOTHING.union(*(one.rows for one in self.sources.values()))

    def restricted(self, condition: exp.Expr | None) -> Scope:
        """Return the scope in which the condition's plain equalities hold."""
        sources = dict(self.sources)
        for table, column, texts in equalities(condition):
            for alias, one in sources.items():
                if (alias == table or not table) and one.find(column) is not None:
                    sources[alias] = one.restricted(column, texts)
        return replace(self, sources=sources)


def equalities(condition: exp.Expr | None) -> Iterator[Equality]:
    """Yield every `column = 'text'` and `column IN ('text', ...)` that must hold."""
    plain = condition.unnest() if condition is not None else None
    if isinstance(plain, exp.And):
        for part in plain.flatten():
            yield from equalities(part)
    if isinstance(plain, (exp.EQ, exp.In)) and isinstance(plain.this, exp.Column):
        texts = [plain.expression] if isinstance(plain, exp.EQ) else plain.expressions
        if texts and all(isinstance(text, exp.Literal) and text.is_string for text in texts):
            yield plain.this.table, plain.this.name, tuple(text.name for text in texts)


@singledispatch
def origins(of: exp.Expr | None, scope: Scope) -> Origins:
    """Return the origins of an expression's value: what it is calculated from."""
    return NOTHING if of is None else _every(of.iter_expressions(), scope)


@origins.register
def _(of: exp.Column, scope: Scope) -> Origins:
    return scope.find(of.table, of.name)


@origins.register
def _(of: exp.Placeholder, scope: Scope) -> Origins:
    return frozenset([Origin(PARAMETER, of.name)])


@origins.register
def _(of: exp.Star, scope: Scope) -> Origins:
    """Rows, counted."""
    return frozenset(o._replace(use="value") if o.column == ROWS else o for o in scope.rows)


@origins.register
def _(of: exp.Case, scope: Scope) -> Origins:
    asked = [of.this, *(branch.this for branch in of.args["ifs"])]
    given = [*(branch.args["true"] for branch in of.args["ifs"]), of.args.get("default")]
    return _every(given, scope) | chosen(_every(asked, scope))


@origins.register
def _(of: exp.Filter, scope: Scope) -> Origins:
    condition = of.expression.this
    return origins(of.this, scope.restricted(condition)) | chosen(origins(condition, scope))


@origins.register
def _(of: exp.Max, scope: Scope) -> Origins:
    """`max(CASE WHEN condition THEN value END)` is `max(value) FILTER (condition)`."""
    case = of.this
    branches = case.args["ifs"] if isinstance(case, exp.Case) and case.this is None else []
    if len(branches) != 1 or case.args.get("default"):
        return origins(case, scope)
    condition = branches[0].this
    narrowed = scope.restricted(condition)
    return origins(branches[0].args["true"], narrowed) | chosen(origins(condition, scope))


@origins.register
def _(of: exp.Window, scope: Scope) -> Origins:
    return origins(of.this, scope) | chosen(_window(of, scope))


@origins.register
def _(of: exp.ArgMax | exp.ArgMin | exp.Ordered | exp.Order, scope: Scope) -> Origins:
    """A value that the others pick or order."""
    rest = [one for one in of.iter_expressions() if one is not of.this]
    return origins(of.this, scope) | chosen(_every(rest, scope))


@origins.register
def _(of: exp.Anonymous, scope: Scope) -> Origins:
    if of.name.lower().startswith(("arg_max", "arg_min")):
        return origins(of.expressions[0], scope) | chosen(_every(of.expressions[1:], scope))
    return _every(of.iter_expressions(), scope)


@origins.register
def _(of: exp.In, scope: Scope) -> Origins:
    if of.args.get("query") is None:
        return _every(of.iter_expressions(), scope)
    return chosen(origins(of.this, scope) | origins(of.args["query"], scope))


@origins.register
def _(of: exp.Exists, scope: Scope) -> Origins:
    return chosen(origins(of.this, scope))


@origins.register
def _(of: exp.Subquery | exp.Select | exp.SetOperation, scope: Scope) -> Origins:
    """A query as a value: its column, and what decides its rows."""
    found = scope.resolve(of, scope)
    return NOTHING.union(*found.columns.values()) | found.rows


def _every(some: Iterable[exp.Expr | None], scope: Scope) -> Origins:
    return NOTHING.union(*(origins(one, scope) for one in some))


def _window(of: exp.Expr, scope: Scope) -> Origins:
    """Return what partitions and orders a window, directly or by its name."""
    named = scope.windows.get(of.alias.lower()) if of.alias else None
    own = _every([*(of.args.get("partition_by") or []), of.args.get("order")], scope)
    return own | (_window(named, scope) if named is not None else NOTHING)


def record_origins(column: str) -> list[Origin]:
    """Return the origins in the name of a loaded frame's column: `archive.source_file.sha256`,
    several with ` + ` between them; after a slash the column's name in the frame, if different."""
    names = column.partition("/")[0].split(" + ")
    return [Origin(table, name) for table, _, name in (one.rpartition(".") for one in names)]
