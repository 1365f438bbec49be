"""What an SQL expression is made of, and what only chooses in it.

Belongs here: scopes (the tables that a SELECT names) and the origins of expressions in them. Does
not: whole queries (`query`).

A value is made of the columns that are calculated with. Conditions (of CASE, FILTER, IN, EXISTS),
windows, orders of aggregates, and what `arg_max` goes by, only choose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from sqlglot import exp

from assets.lineage import ROWS
from warehouse.lineage.relation import NOTHING, PARAMETER, Origin, Origins, Relation, chosen

Resolve = Callable[[exp.Expression, "Scope | None"], Relation]
Equality = tuple[str, str, tuple[str, ...]]  # table as named (or ""), column, texts


@dataclass(frozen=True)
class Scope:
    """The tables that a SELECT names, in their order; `outer`: those of the query around it.

    `joined`: columns of USING, which are the first table's. `aliases`: the SELECT's own names.
    """

    sources: dict[str, Relation]
    resolve: Resolve
    outer: Scope | None = None
    aliases: dict[str, Origins] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()
    windows: dict[str, exp.Expression] = field(default_factory=dict)

    def find(self, table: str, column: str) -> Origins:
        """Origins of a column. Raises KeyError if no table in scope has it."""
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
        told = [found for one in self.sources.values() if (found := one.find(column)) is not None]
        if told:
            return NOTHING.union(*told) if column.lower() in self.everywhere else told[0]
        return self.aliases.get(column.lower())

    @property
    def rows(self) -> Origins:
        """What decides which rows the tables have."""
        return NOTHING.union(*(one.rows for one in self.sources.values()))

    def restricted(self, condition: exp.Expression | None) -> Scope:
        """The scope in which the condition's plain equalities hold."""
        sources = dict(self.sources)
        for table, column, texts in equalities(condition):
            for alias, one in sources.items():
                if (alias == table or not table) and one.find(column) is not None:
                    sources[alias] = one.restricted(column, texts)
        return replace(self, sources=sources)


def equalities(condition: exp.Expression | None) -> Iterator[Equality]:
    """`column = 'text'` and `column IN ('text', ...)` among conditions that must all hold."""
    for one in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        one = one.unnest() if one is not None else None
        column = one.this if isinstance(one, (exp.EQ, exp.In)) else None
        if not isinstance(column, exp.Column) or one is None:
            if isinstance(one, exp.And):
                yield from equalities(one)
            continue
        texts = [one.expression] if isinstance(one, exp.EQ) else one.expressions
        if texts and all(isinstance(text, exp.Literal) and text.is_string for text in texts):
            yield column.table, column.name, tuple(text.name for text in texts)


def origins(of: exp.Expression | None, scope: Scope) -> Origins:
    """Where the value of an expression comes from."""
    match of:
        case None:
            return NOTHING
        case exp.Column():
            return scope.find(of.table, of.name)
        case exp.Placeholder():
            return frozenset([Origin(PARAMETER, of.name)])
        case exp.Star():
            return frozenset(o._replace(use="value") if o.column == ROWS else o for o in scope.rows)
        case exp.Case():
            asked = [of.this, *(branch.this for branch in of.args["ifs"])]
            given = [*(branch.args["true"] for branch in of.args["ifs"]), of.args.get("default")]
            return _every(given, scope) | chosen(_every(asked, scope))
        case exp.Filter():
            condition = of.expression.this
            return origins(of.this, scope.restricted(condition)) | chosen(origins(condition, scope))
        case exp.Window():
            return origins(of.this, scope) | chosen(_window(of, scope))
        case exp.ArgMax() | exp.ArgMin() | exp.Ordered() | exp.Order():
            return _first_of(of, scope)
        case exp.Anonymous() if of.name.lower().startswith(("arg_max", "arg_min")):
            return origins(of.expressions[0], scope) | chosen(_every(of.expressions[1:], scope))
        case exp.In() if of.args.get("query"):
            return chosen(origins(of.this, scope) | _inner(of.args["query"], scope))
        case exp.Exists():
            return chosen(_inner(of.this, scope))
        case exp.Subquery() | exp.Select() | exp.SetOperation():
            return _inner(of, scope)
        case _:
            return _every(of.iter_expressions(), scope)


def _every(some: Iterable[exp.Expression | None], scope: Scope) -> Origins:
    return NOTHING.union(*(origins(one, scope) for one in some))


def _first_of(of: exp.Expression, scope: Scope) -> Origins:
    """A value picked, or put in order, by the others."""
    rest = [one for one in of.iter_expressions() if one is not of.this]
    return origins(of.this, scope) | chosen(_every(rest, scope))


def _inner(query: exp.Expression, scope: Scope) -> Origins:
    """A query as a value: its column, chosen by what decides its rows."""
    found = scope.resolve(query, scope)
    return NOTHING.union(*found.columns.values()) | found.rows


def _window(of: exp.Expression, scope: Scope) -> Origins:
    """What a window is cut and ordered by, itself or by its name."""
    named = scope.windows.get(of.alias.lower()) if of.alias else None
    if named is None and isinstance(of, exp.Window) and of.args.get("alias"):
        named = scope.windows.get(str(of.args["alias"]).lower())
    own = _every([*(of.args.get("partition_by") or []), of.args.get("order")], scope)
    return own | (_window(named, scope) if named is not None and named is not of else NOTHING)


def record_origin(column: str) -> Origin:
    """The origin that a column of a loaded frame names: `archive.source_file.sha256`; after a
    slash the name that it has in the frame, if that is another."""
    table, _, name = column.partition("/")[0].rpartition(".")
    return Origin(table, name)
