"""Output to the terminal: colour, width, tables, JSON, progress and errors.

Results go to standard output, progress and errors to standard error.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from pipelines.cli.fitted_table import NAME, FittedTable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PIPED_WIDTH = 10_000  # a line of text is a line, whatever reads it
SYNTHETIC = "SYNTHETIC sample data: every figure is invented."
ISO: Callable[[Any], str] = methodcaller("isoformat")


class Screen:
    """Standard output and error, as rich consoles made on first use."""

    @cached_property
    def out(self) -> Console:
        """Results."""
        return _console(stderr=False)

    @cached_property
    def err(self) -> Console:
        """Progress and errors."""
        return _console(stderr=True)

    def say(self, text: str) -> None:
        """Print a plain line."""
        _print(self.out, text)

    def data(self, text: str) -> None:
        """Print text for a program to read: unchanged, whatever the terminal."""
        stream = self.out.file
        stream.write(f"{text}\n")
        stream.flush()

    def json(self, data: object, date_text: Callable[[Any], str] = ISO) -> None:
        """Print data as JSON. `date_text` formats dates and times: as ISO 8601 by default."""
        self.data(json.dumps(data, indent=1, default=date_text))

    def table(self, table: FittedTable | Table) -> None:
        """Print a table, as wide as there is room; say which columns are left out."""
        if not isinstance(table, FittedTable):
            self.out.print(table)
            return
        fitted, left_out = table.for_width(self.out)
        self.out.print(fitted)
        if left_out:
            columns = ", ".join(reversed(left_out))
            self.say(f"Left out for want of width: {columns}.")

    def warn(self, text: str) -> None:
        """Print a warning."""
        _print(self.err, text, "yellow")

    def error(self, reason: str, remedy: str = "") -> None:
        """Print what went wrong, and what to do."""
        _print(self.err, f"Error: {reason}", "red")
        if remedy:
            _print(self.err, f"  {remedy}")

    @contextmanager
    def working(self, text: str, each: str | None = None) -> Iterator[Callable[[str], None]]:
        """Show a spinner with a text that can change; plain lines where there is no terminal, save
        of texts that begin with `each`: one for each of many files."""
        if not self.err.is_terminal:
            yield partial(_line, self.err, each)
            return
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=self.err, transient=True) as progress:
            task = progress.add_task(text)
            yield lambda now: progress.update(task, description=now)


def plain_table(
    *headings: str,
    title: str | None = None,
    right: Container[str] = (),
    expendable: Sequence[str] = (),
    name: int = NAME,
    narrow: Mapping[str, int] | None = None,
) -> FittedTable:
    """Return an empty table. `right`: headings of columns of numbers; `expendable`: of
    those left out first where there is no room; `name`: how long a name of the first column may be
    without being broken; `narrow`: likewise words of other columns."""
    return FittedTable(headings, title, right, expendable, name, narrow)


def _print(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _line(console: Console, each: str | None, text: str) -> None:
    if each is None or not text.startswith(each):
        _print(console, text)


def _console(stderr: bool) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr)
    if console.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return console  # rich asks the terminal, or COLUMNS
    return Console(stderr=stderr, width=PIPED_WIDTH)
