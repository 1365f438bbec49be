"""Layouts of a feed's table that differ from today's: a column per label or per month, and tables
that are known and not read. Not here: reading them (`warehouse.readers`,
`warehouse.transform.reshape`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from pydantic import Field, model_validator

from warehouse.base.strict import Strict
from warehouse.base.text import heading_key


class Wide(Strict):
    """An older layout of the same table, with a column per label instead of a row.

    `label`, `value`: today's columns for the label and its count; `headings`: label -> headings;
    `matches`: label -> pattern of the keys of further headings, for names that were never seen;
    `lacks`: required columns that this layout does not have; `needs`: labels that each of its files
    has. A missing month is the edition's.
    """

    label: str
    value: str
    headings: dict[str, tuple[str, ...]]
    matches: dict[str, str] = Field(default_factory=dict)
    lacks: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str | None]:
        """The columns that it names."""
        return [self.label, self.value, *self.lacks]

    @cached_property
    def labels(self) -> dict[str, str]:
        """Heading key -> today's label, of the headings listed."""
        return {heading_key(h): label for label, hs in self.headings.items() for h in hs}

    def label_of(self, heading: str) -> str | None:
        """Today's label of a heading: by its words, else by the patterns; None for another one."""
        key = heading_key(heading)
        patterns = self.matches.items()
        found = (label for label, pattern in patterns if re.search(pattern, key))
        return self.labels.get(key) or next(found, None)

    def missing_from(self, headings: Iterable[str]) -> list[str]:
        """Labels that each file of this layout has, and these headings lack."""
        present = {self.label_of(heading) for heading in headings}
        return [label for label in self.needs if label not in present]


class MonthsAcross(Strict):
    """A table in workbooks with a column per month and a row per figure.

    `label`, `value`: the columns for a row's figure and its count; `code`: the column for the
    organisation that all are of, and its code `of`; `needs`: labels without which it is refused.
    """

    label: str
    value: str
    code: str
    of: str
    needs: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str | None]:
        """The columns that it names."""
        return [self.label, self.value, self.code]


class NotReadTable(Strict):
    """A table that is known by its headings, whatever its file is called, and is not read.

    `headings`: those that each of its files has, or `like`: a pattern of the keys of headings that
    no other table has, of which one is enough; `why`: a sentence; `remedy`: what to do instead.
    `persons`: whether it names people, so that no file beside it in a zip is kept either.
    """

    headings: tuple[str, ...] = ()
    like: str | None = None
    why: str
    remedy: str
    persons: bool = False

    @model_validator(mode="after")
    def _tells_itself(self) -> NotReadTable:
        if (len(self.headings) < 2) == (self.like is None):
            raise ValueError("a table that is not read needs two `headings:` or more, or `like:`")
        return self

    def is_of(self, headings: Iterable[str]) -> bool:
        """Whether a file with these headings has the table."""
        keys = {heading_key(h) for h in headings}
        if self.like is not None:
            return any(re.search(self.like, key) for key in keys)
        return {heading_key(h) for h in self.headings} <= keys


class StaffReport(Strict):
    """A report of a practice's own system with people in it, of which a copy without them is kept.

    `headings`: those by which it is told, of texts that are not kept, people's names among them;
    `month`, `code`: columns of the copy that whoever imports it states, because no report has them;
    `row`: the column for a row's number in the report; `repeated`: for 1 in a row whose texts are
    those of an earlier one; `rest`: for a number less another, `[total, part]`. `named`: a pattern
    of file names that give the code, as its group `code`. Its other columns are the feed's numbers.
    """

    headings: tuple[str, ...] = Field(min_length=2)
    month: str
    code: str
    row: str
    repeated: str
    rest: dict[str, tuple[str, str]] = Field(default_factory=dict)
    named: str

    @property
    def columns(self) -> list[str | None]:
        """The columns that it names."""
        parts = [name for pair in self.rest.values() for name in pair]
        return [self.month, self.code, self.row, self.repeated, *self.rest, *parts]

    @property
    def added(self) -> tuple[str, ...]:
        """Columns that the copy has and the report has not."""
        return (self.month, self.code, self.row, self.repeated, *self.rest)
