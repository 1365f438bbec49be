"""What is said of a figure whose newest month no control chart judges: the verdict on the newest
month that one does, in the same words on pages and in the terminal. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from warehouse.base.months import months_apart
from warehouse.statistics.point_words import (
    JUDGED_WITHIN,
    NO_CLEAR_CHANGE,
    PROVISIONAL,
    standing_words,
)
from warehouse.statistics.signals import NO_SIGNAL

Row = Mapping[str, Any]
NONE, NOT_JUDGED, NEITHER = "none", "not_judged", "neither"


class PastJudgement(NamedTuple):
    """`month`: the newest that is judged; None if it is too long ago to say how things are. `kind`:
    `improvement`, `concern`, `neither`, `none` (no signal) or `not_judged`. `brief`: `improvement
    in Sep 2025`; `since`: what is known of newer months, `Dec 2025 provisional`."""

    month: date | None
    kind: str
    brief: str
    since: str

    @property
    def words(self) -> str:
        """Both: `improvement in Sep 2025; Dec 2025 provisional`."""
        return f"{self.brief}; {self.since}"


def past_judgement(series: Sequence[Row]) -> PastJudgement | None:
    """The verdict on the newest month that a chart judges, if newer ones with a value are not
    judged; None if none is judged, or the newest. One more than `JUDGED_WITHIN` months old says
    nothing of now. `series`: periods, oldest first: `month, value, signal, direction, variation,
    not_judged_because`."""
    known = [row for row in series if row["value"] is not None]
    judged = next((row for row in reversed(known) if row["signal"] is not None), None)
    if judged is None or judged is known[-1]:
        return None
    month, newest = judged["month"], known[-1]["month"]
    since = "provisional" if known[-1]["not_judged_because"] == PROVISIONAL else "not judged"
    if months_apart(month, newest) > JUDGED_WITHIN:
        brief = f"not judged since {month:%b %Y}"
        return PastJudgement(None, NOT_JUDGED, brief, f"newer months {since}")
    kind = NONE if judged["signal"] == NO_SIGNAL else judged["variation"] or NEITHER
    brief = f"{_words(judged)} in {month:%b %Y}"
    return PastJudgement(month, kind, brief, f"{newest:%b %Y} {since}")


def _words(row: Row) -> str:
    if row["signal"] == NO_SIGNAL:
        return NO_CLEAR_CHANGE
    said = row["variation"]
    if said in ("improvement", "concern"):
        return str(said)
    return standing_words(row["signal"], row["direction"])
