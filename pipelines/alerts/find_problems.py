"""Find all problems of a home that need a person. Changes nothing.

Belongs here: combining the finders (`publisher_problems`, `housekeeping_alerts`,
`plan_problems`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from pipelines.alerts import housekeeping_alerts as housekeeping
from pipelines.alerts import publisher_problems as publishers
from pipelines.alerts.plan_problems import plan_problems
from pipelines.alerts.problem import NOTHING, HomeState, Problem, home_state
from warehouse.base.home import Home
from warehouse.settings import read_settings

__all__ = ["UNREADABLE", "Problem", "problems"]

UNREADABLE = "unreadable"
MOST_SEVERE_FIRST = (
    UNREADABLE,
    "disk",
    "purge",
    "refresh",
    "unpublished",
    "held",
    "month",
    "look",
    "landing",
    "unreachable",
    "late",
    "plan",
    "stale",
)


def problems(home: Home, now: datetime | None = None) -> list[Problem]:
    """Return the problems, most severe first. If the state can't be read, that is the problem."""
    now = now or datetime.now(UTC).replace(microsecond=0)
    try:
        read_settings(home)  # the daemon needs them
        state = home_state(home, now)
        found = [*_found(state), *housekeeping.disk(home, state.everything, now, state.seen)]
    except (ValueError, OSError) as error:
        found = [housekeeping.unreadable(error, now), *housekeeping.disk(home, [], now, NOTHING)]
    return sorted(found, key=lambda one: (MOST_SEVERE_FIRST.index(one.key.split()[0]), one.key))


def _found(state: HomeState) -> Iterator[Problem]:
    for finder in (
        housekeeping.refresh_failed,
        housekeeping.not_published,
        housekeeping.held_back,
        housekeeping.months_held,
        housekeeping.refused_files,
        housekeeping.unfinished_purges,
        publishers.failed_lookups,
        publishers.late,
        plan_problems,
    ):
        yield from finder(state)
