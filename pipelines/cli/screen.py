"""The terminal: one place for colour, width, progress and errors.

Belongs here: how output looks. Progress goes to standard error, results to standard output,
so that output can be piped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PIPED_WIDTH = 160


class Screen:
    """Standard output and error, as rich consoles made on first use."""

    def __init__(self) -> None:
        self._out: Console | None = None
        self._err: Console | None = None

    @property
    def out(self) -> Console:
        """Results."""
        if self._out is None:
            self._out = _console(stderr=False)
        return self._out

    @property
    def err(self) -> Console:
        """Progress and errors."""
        if self._err is None:
            self._err = _console(stderr=True)
        return self._err

    def say(self, text: str) -> None:
        """Print a plain line."""
        self.out.print(text, markup=False, highlight=False, soft_wrap=True)

    def data(self, text: str) -> None:
        """Print text for a program to read: unchanged, whatever the terminal."""
        stream = self.out.file
        stream.write(f"{text}\n")
        stream.flush()

    def table(self, table: Table) -> None:
        """Print a table."""
        self.out.print(table)

    def warn(self, text: str) -> None:
        """Print a warning."""
        self.err.print(text, style="yellow", markup=False, highlight=False, soft_wrap=True)

    def error(self, reason: str, remedy: str = "") -> None:
        """Print what went wrong, and what to do."""
        self.err.print(
            f"Error: {reason}", style="red", markup=False, highlight=False, soft_wrap=True
        )
        if remedy:
            self.err.print(f"  {remedy}", markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def working(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show a spinner with a text that can change; plain lines where there is no terminal."""
        if not self.err.is_terminal:
            yield lambda now: self.err.print(now, markup=False, highlight=False, soft_wrap=True)
            return
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=self.err, transient=True) as progress:
            task = progress.add_task(text)
            yield lambda now: progress.update(task, description=now)


def _console(stderr: bool) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr)
    if console.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return console  # rich asks the terminal, or COLUMNS
    return Console(stderr=stderr, width=PIPED_WIDTH)
