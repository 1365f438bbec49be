"""Origins, and relations (tables or queries) as the origins of their columns and rows.

Belongs here: the two structures and operations on them. Does not: parsing SQL (`expression`,
`query`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

from warehouse.lineage.feed_edges import ROWS, Use

# A value set by the build; in a condition it is no origin of rows.
PARAMETER = "parameter"
# As in an edge; `far`: a choice that affects only another choice.
Step = Literal[Use, "far"]
Constants = frozenset[tuple[str, str]]
NONE: Constants = frozenset()


class Origin(NamedTuple):
    """A column from which another comes; column `*` is the table's rows.

    `where`: only from rows of the table with these texts in these columns. `case`: only for rows
    with these texts in these columns of the relation whose origin it is.
    """

    table: str
    column: str
    use: Step = "value"
    where: Constants = NONE
    case: Constants = NONE


Origins = frozenset[Origin]
NOTHING: Origins = frozenset()


def chosen(origins: Iterable[Origin]) -> Origins:
    """Return the origins as those of a choice."""
    return frozenset(
        o if o.use == "choice" else o._replace(use="choice")
        for o in origins
        if o.table != PARAMETER
    )


def contradicts(known: Constants, column: str, texts: tuple[str, ...]) -> bool:
    """Whether the column is known to have a text other than these."""
    return any(name == column and text not in texts for name, text in known)


@dataclass(frozen=True)
class Relation:
    """A table or query: where each column comes from, and what decides which rows there are.

    `name`: of a table, whose origins are its own columns. `anything`: whether it has any column (a
    frame's record).
    """

    columns: Mapping[str, Origins]
    rows: Origins = NOTHING
    name: str | None = None
    anything: bool = False

    @cached_property
    def folded(self) -> dict[str, str]:
        """Column in lower case -> column, because SQL ignores case."""
        return {name.lower(): name for name in self.columns}

    def find(self, column: str) -> Origins | None:
        """Return the origins of a column; None if there is no such column."""
        if self.anything and self.name:
            return frozenset([Origin(self.name, column)])
        own = self.folded.get(column.lower())
        return None if own is None else self.columns[own]

    def restricted(self, column: str, texts: tuple[str, ...]) -> Relation:
        """Return only rows that have one of these texts in the column, as far as is known."""

        def kept(origins: Origins) -> Origins:
            left = [o for o in origins if not contradicts(o.case, column, texts)]
            if self.name and len(texts) == 1:
                left = [o._replace(where=o.where | {(column, texts[0])}) for o in left]
            return frozenset(left)

        columns = {name: kept(origins) for name, origins in self.columns.items()}
        return replace(self, columns=columns, rows=kept(self.rows))

    def in_case(self, constants: Mapping[str, str]) -> Relation:
        """Add `constants`, the texts that all rows have, to each origin's case; drop the texts of
        columns that no longer exist."""
        fixed = frozenset(constants.items())

        def cased(origins: Origins) -> Origins:
            return frozenset(
                o._replace(
                    case=fixed
                    | {c for c in o.case if c[0] in self.columns and c[0] not in constants}
                )
                for o in origins
            )

        columns = {name: cased(origins) for name, origins in self.columns.items()}
        return replace(self, columns=columns, rows=cased(self.rows))


def table_relation(name: str, columns: Iterable[str]) -> Relation:
    """Return the relation of a table."""
    own = {column: frozenset([Origin(name, column)]) for column in columns}
    return Relation(own, frozenset([Origin(name, ROWS, "choice")]), name)


def united(parts: list[Relation], by_name: bool) -> Relation:
    """Return the union of relations, by position (with the first one's names) or by name."""
    first = parts[0]
    columns = {name: set(origins) for name, origins in first.columns.items()}
    for part in parts[1:]:
        names = list(part.columns) if by_name else list(columns)
        for name, origins in zip(names, part.columns.values(), strict=True):
            columns.setdefault(name, set()).update(origins)
    rows = frozenset().union(*(part.rows for part in parts))
    return Relation({name: frozenset(found) for name, found in columns.items()}, rows)
