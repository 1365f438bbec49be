"""The change that one SQL statement makes to one table.

Belongs here: CREATE, INSERT, UPDATE, DELETE, ALTER and DROP. Does not: queries (`query`), combining
the changes (`compose`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import sqlglot
from sqlglot import exp

from warehouse.lineage.expression import equalities
from warehouse.lineage.query import Reader, full_name
from warehouse.lineage.relation import NOTHING, Origin, Origins, Relation, table_relation

Kind = Literal["create", "ensure", "insert", "update", "delete", "drop"]
Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Change:
    """What a statement does to a table. `relation`: the columns and rows that change, with their
    origins in the tables that the statement reads."""

    kind: Kind
    target: str
    relation: Relation


# Cache: statement -> the columns of the tables that it was read with, and the change. Builds mostly
# repeat the same statements.
_READ: dict[str, list[tuple[dict[str, tuple[str, ...]], Change | None]]] = {}


def read_statement(sql: str, columns: Columns) -> Change | None:
    """Return the change that a statement makes; None if it changes no table's content.

    `columns`: of every table, by full name. Raises ValueError naming the statement if it can't be
    read.
    """
    for read_with, change in _READ.get(sql, []):
        if all(columns.get(table) == those for table, those in read_with.items()):
            return change
    used: dict[str, tuple[str, ...]] = {}

    def table(name: str) -> Relation:
        if name not in columns:
            raise ValueError(f"no earlier statement creates table {name}")
        used[name] = columns[name]
        return table_relation(name, columns[name])

    try:
        change = _change(sqlglot.parse_one(sql, dialect="duckdb"), Reader(table))
    except (sqlglot.ParseError, ValueError, KeyError) as error:
        raise ValueError(f"lineage can't be read from this SQL: {error}\n{sql}") from error
    _READ.setdefault(sql, []).append((used, change))
    return change


def _change(made: exp.Expr, reader: Reader) -> Change | None:
    found: Change | None = None
    match made:
        case exp.Create() if made.kind in ("TABLE", "VIEW"):
            found = _create(made, reader)
        case exp.Insert():
            target = full_name(made.this)
            names = None if made.args["by_name"] else list(reader.tables(target).columns)
            found = Change("insert", target, reader.read(made.expression, names=names))
        case exp.Update():
            found = _update(made, reader)
        case exp.Delete():
            found = _delete(made, reader)
        case exp.Alter():
            added = {one.name: NOTHING for one in made.args["actions"]}
            found = Change("update", full_name(made.this), Relation(added))
        case exp.Drop() if made.kind in ("TABLE", "VIEW"):
            found = Change("drop", full_name(made.args["tables"][0]), Relation({}))
    return found


def _create(made: exp.Create, reader: Reader) -> Change | None:
    if isinstance(made.this, exp.Schema):
        target = full_name(made.this.this)
        columns = {one.name: _generated(one, target) for one in made.this.expressions}
        return Change("create", target, Relation(columns))
    if made.expression is None:
        return None
    kind: Kind = "ensure" if made.args.get("exists") else "create"
    return Change(kind, full_name(made.this), reader.read(made.expression))


def _generated(column: exp.ColumnDef, table: str) -> Origins:
    """Return the origins of a column that is generated from others of its table; none of others."""
    named = (found.name for rule in column.constraints for found in rule.find_all(exp.Column))
    return frozenset(Origin(table, name) for name in named)


def _update(made: exp.Update, reader: Reader) -> Change:
    """Read an UPDATE: columns come from their new values, and the rest chooses the rows. A
    condition such as `kpi_id IN ('a', 'b')` limits the change to these rows."""
    values = [exp.alias_(one.expression, one.this.name) for one in made.expressions]
    found = reader.read(_selected(made, values))
    columns = {name: value | found.rows for name, value in found.columns.items()}
    where = made.args["where"].this if made.args.get("where") else None
    alias = made.this.alias
    named = [(column, texts) for table, column, texts in equalities(where) if table == alias]
    for column, texts in named[:1]:
        cases = [frozenset([(column, text)]) for text in texts]
        columns = {
            name: frozenset(one._replace(case=case) for one in value for case in cases)
            for name, value in columns.items()
        }
    return Change("update", full_name(made.this), Relation(columns))


def _delete(made: exp.Delete, reader: Reader) -> Change:
    found = reader.read(_selected(made, [exp.Literal.number(1)]))
    return Change("delete", full_name(made.this), Relation({}, found.rows))


def _selected(made: exp.Update | exp.Delete, values: list[exp.Expr]) -> exp.Select:
    """Return a query of the rows that a statement changes."""
    start = made.args.get("from_")
    others = [start.this] if start else made.args.get("using") or []
    joins = [exp.Join(this=one) for one in others]
    return exp.Select(
        expressions=values,
        from_=exp.From(this=made.this),
        joins=joins,
        where=made.args.get("where"),
    )
