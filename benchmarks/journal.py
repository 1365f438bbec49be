"""What was measured, kept as it comes: a line of JSON each, so that a run can be stopped and go on.

The order of the steps of a round, too: it changes from round to round, so that a machine that slows
down is no step's disadvantage.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Journal:
    """The records of a run. A key is `kind`, and what else distinguishes records of a kind."""

    path: Path

    def records(self, kind: str | None = None) -> list[Record]:
        """Return the records, of one kind or all, in order; not a line that a crash cut off."""
        if not self.path.exists():
            return []
        found = []
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except json.JSONDecodeError:
                continue
        return [one for one in found if kind in (None, one["kind"])]

    def has(self, **key: object) -> bool:
        """Whether a record has these values."""
        wanted = key.items()
        return any(all(one.get(name) == value for name, value in wanted) for one in self.records())

    def add(self, **record: object) -> None:
        """Write a record."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        whole = not self.path.exists() or self.path.read_bytes()[-1:] in (b"\n", b"")
        with self.path.open("a", encoding="utf-8") as file:
            file.write(("" if whole else "\n") + json.dumps(record) + "\n")


def rotated(steps: Sequence[str], turn: int) -> list[str]:
    """Return the steps with another one first in each turn."""
    first = turn % len(steps)
    return [*steps[first:], *steps[:first]]


def due(
    journal: Journal, months: Iterable[int], rounds: int, steps: Sequence[str]
) -> list[tuple[int, int, str]]:
    """Return what is still to be measured: months held, round, step, in the order to do it.

    All steps of a round before the next round. A step is a record of kind `step`.
    """
    done = {(one["held"], one["round"], one["step"]) for one in journal.records("step")}
    return [
        (held, turn, step)
        for held in months
        for turn in range(rounds)
        for step in rotated(steps, turn)
        if (held, turn, step) not in done
    ]
