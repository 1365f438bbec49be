"""From published headings to a contract's columns. Not here: matching a file to a contract
(`warehouse.readers.matching`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from pydantic import Field

from warehouse.base.strict import Strict
from warehouse.base.text import heading_key
from warehouse.contract.entries import Column
from warehouse.contract.layouts import Wide


@lru_cache(maxsize=8192)  # a table may have a thousand headings, each asked for several times
def _respelt(likes: tuple[tuple[str, str], ...], key: str) -> str | None:
    """The column of the first pattern that a heading key matches."""
    return next((name for like, name in likes if re.search(like, key)), None)


def check_headings(columns: dict[str, Column], fields: int | None) -> None:
    """Raise ValueError if a heading, or a position in files without headings (of so many `fields`
    in a row), is of no column or of several."""
    taken: dict[str, str] = {}
    for name, column in columns.items():
        for heading in column.published:
            key = heading_key(heading)
            if taken.setdefault(key, name) != name:
                raise ValueError(f"heading `{heading}` belongs to {taken[key]} and to {name}")
    places = [column.position for column in columns.values() if column.position]
    if fields is None and places:
        raise ValueError("`position:` needs `fields:`, the number of fields in a row")
    own = 0 < len({*places}) == len(places) and max(places) <= (fields or 0)
    if fields and not own:
        raise ValueError(f"`fields: {fields}`: each column needs its own `position:`")


class Headings(Strict):
    """What a contract says of headings.

    `fields`: its CSV files have no headings but so many fields in a row, and columns a `position`.
    `ignored_columns`: patterns of heading keys that are known and never read.
    """

    columns: dict[str, Column]
    wide: Wide | None = None
    fields: int | None = Field(default=None, ge=2)
    ignored_columns: tuple[str, ...] = ()

    @cached_property
    def headings(self) -> dict[str, str]:
        """Heading key -> column."""
        return {heading_key(h): name for name, c in self.columns.items() for h in c.published}

    def heading(self, name: str) -> str:
        """A column's heading; of one that is made of others, how."""
        column = self.columns[name]
        if column.made_of is None:
            return column.published[0]
        return column.made_of.words({one: self.heading(one) for one in column.made_of.columns})

    @cached_property
    def likes(self) -> tuple[tuple[str, str], ...]:
        """Patterns of heading keys, each with its column."""
        return tuple((like, name) for name, c in self.columns.items() for like in c.like)

    @cached_property
    def unheaded(self) -> tuple[str, ...]:
        """Headings given to a file without any: those of its columns by position, `Field 5` for
        others."""
        named = {c.position: c.published[0] for c in self.columns.values() if c.position}
        return tuple(named.get(n, f"Field {n}") for n in range(1, (self.fields or 0) + 1))

    def column_of(self, heading: str) -> str | None:
        """The column of a published heading, or of one like it; None if it is not read."""
        key = heading_key(heading)
        return self.headings.get(key) or _respelt(self.likes, key)

    def columns_in(self, headings: Iterable[str]) -> dict[str, str]:
        """Column -> its heading in a file; of two for one column the first, which is read."""
        found: dict[str, str] = {}
        for heading in headings:
            if (name := self.column_of(heading)) is not None:
                found.setdefault(name, heading)
        return found

    def is_ignored(self, heading: str) -> bool:
        """Whether a heading is known and not read, such as an address."""
        key, unread = heading_key(heading), self.meaning_of(heading) is None
        return unread and any(re.search(pattern, key) for pattern in self.ignored_columns)

    def is_label(self, heading: str) -> bool:
        """Whether a heading is a label of the older, wide layout."""
        return self.wide is not None and self.wide.label_of(heading) is not None

    def meaning_of(self, heading: str) -> str | None:
        """The column, or the label of the wide layout, of a heading; None if it is not read."""
        return self.column_of(heading) or (self.wide.label_of(heading) if self.wide else None)

    def is_known(self, heading: str) -> bool:
        """Whether a heading is read or ignored."""
        return self.meaning_of(heading) is not None or self.is_ignored(heading)

    def is_wide(self, headings: Iterable[str]) -> bool:
        """Whether a file with these headings has the older layout, a column per label."""
        return any(self.is_label(heading) for heading in headings)

    def required(self, headings: Iterable[str]) -> list[str]:
        """Columns that a file with these headings must have."""
        lacks = self.wide.lacks if self.wide and self.is_wide(headings) else ()
        return [name for name, c in self.columns.items() if c.required and name not in lacks]

    def missing_labels(self, headings: Iterable[str]) -> list[str]:
        """Labels of the older, wide layout that a file with these headings must have, but lacks."""
        found = list(headings)
        return self.wide.missing_from(found) if self.wide and self.is_wide(found) else []
