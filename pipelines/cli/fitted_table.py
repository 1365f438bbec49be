"""Tables for any width: a table without lines that shows the columns for which there is room.

Belongs here: which columns are shown, and which may be broken. Does not: what they say.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

LONG = 24  # text of more characters may be broken, into lines of at least so many
NAME = 40  # so long a name is not: it is copied
NOTHING = ("", "-")
GAPS = (2, 1)  # between columns: the first with which all fit


class FittedTable:
    """Rows under headings. `right`: headings of columns of numbers; `expendable`: of those left out
    first where there is no room for all, columns that say nothing before the others; `name`: how
    long a name, in the first column, is not broken; `narrow`: heading -> likewise of columns of
    words (else `LONG`)."""

    def __init__(
        self,
        headings: Sequence[str],
        title: str | None = None,
        right: Container[str] = (),
        expendable: Sequence[str] = (),
        name: int = NAME,
        narrow: Mapping[str, int] | None = None,
    ) -> None:
        self.headings = list(headings)
        self.title = title
        self.right = right
        self.expendable = list(expendable)
        self.name = name
        self.narrow = narrow or {}
        self.rows: list[list[Text]] = []
        self.indents: list[int] = []

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def add_row(self, *cells: str | Text, indent: int = 0) -> None:
        """Add a row, a cell for each heading or for the first ones. `indent`: of the first cell."""
        from rich.text import Text

        texts = [cell if isinstance(cell, Text) else Text(cell) for cell in cells]
        self.rows.append(texts + [Text()] * (len(self.headings) - len(texts)))
        self.indents.append(indent)

    def for_width(self, console: Console) -> tuple[Table, list[str]]:
        """Return the table that fits a console, and the headings left out of it."""
        shown, gone = list(self.headings), list[str]()
        while True:
            least = [self._width(heading)[0] for heading in shown]
            for gap in GAPS:
                room = console.width - sum(least) - gap * (len(least) - 1)
                if room >= 0:
                    return self._table(shown, gap, room), gone
            spare = self._spare(shown)
            if not spare:
                return self._table(shown, GAPS[-1], 0), gone
            shown.remove(spare[0])
            gone.append(spare[0])

    def _spare(self, shown: list[str]) -> list[str]:
        """Headings that may be left out, the first to go first."""
        could_go = [heading for heading in self.expendable if heading in shown]
        empty = [one for one in could_go if all(c.plain in NOTHING for c in self._cells(one))]
        return empty + [heading for heading in could_go if heading not in empty]

    def _cells(self, heading: str) -> list[Text]:
        place = self.headings.index(heading)
        return [row[place] for row in self.rows]

    def _width(self, heading: str) -> tuple[int, bool]:
        """The least width of a column, and whether its text may be broken."""
        lines = [line for cell in self._cells(heading) for line in cell.split()]
        longest = max([len(heading), *(line.cell_len for line in lines)])
        longest += max(self.indents, default=0) if heading == self.headings[0] else 0
        whole = self.name if heading == self.headings[0] else self.narrow.get(heading, LONG)
        breaks = heading not in self.right and longest > whole
        return (min(longest, whole) if breaks else longest), breaks

    def _wider(self, shown: list[str], room: int) -> dict[str, int]:
        """Widths of the columns whose text may be broken: their least, and the room that is left, a
        character at a time, until each has all that its text needs. Rich would crop others."""
        breaking = [heading for heading in shown if self._width(heading)[1]]
        found = {heading: self._width(heading)[0] for heading in breaking}
        indent = max(self.indents, default=0)
        needed = {
            heading: max(cell.cell_len for cell in self._cells(heading))
            + (indent if heading == self.headings[0] else 0)
            for heading in breaking
        }
        while room and (short := [one for one in breaking if found[one] < needed[one]]):
            for heading in short[:room]:
                found[heading] += 1
            room -= len(short[:room])
        return found

    def _table(self, shown: list[str], gap: int, room: int) -> Table:
        from rich.padding import Padding
        from rich.table import Table

        table = Table(
            title=self.title, title_justify="left", box=None, pad_edge=False, padding=(0, gap, 0, 0)
        )
        wider = self._wider(shown, room)
        for heading in shown:
            width, breaks = self._width(heading)
            table.add_column(
                heading,
                justify="right" if heading in self.right else "left",
                overflow="fold",  # whole, whatever its width: a web address is copied
                no_wrap=not breaks,
                width=wider.get(heading),
                min_width=width,
            )
        places = [self.headings.index(heading) for heading in shown]
        for row, indent in zip(self.rows, self.indents, strict=True):
            first, *others = (row[place] for place in places)
            table.add_row(Padding(first, (0, 0, 0, indent)), *others)
        return table
