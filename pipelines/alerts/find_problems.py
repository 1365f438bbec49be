"""All problems of a home that need a person, most severe first.

Belongs here: combining the finders. Does not: finding (`publisher_problems`,
`housekeeping_alerts`), sending (`delivery`). Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from pipelines.alerts import housekeeping_alerts as upkeep
from pipelines.alerts import publisher_problems as publishers
from pipelines.alerts.problem import NOTHING, HomeState, Problem, home_state
from warehouse.base.home import Home
from warehouse.settings import read_settings

__all__ = ["UNREADABLE", "Problem", "problems"]

UNREADABLE = "unreadable"
GRAVEST_FIRST = (
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
)


def problems(home: Home, now: datetime | None = None) -> list[Problem]:
    """Return what needs a person now. If the state can't be read, that is the problem."""
    now = now or datetime.now(UTC).replace(microsecond=0)
    try:
        read_settings(home)  # the daemon needs them
        state = home_state(home, now)
        found = [*_found(state), *upkeep.disk(home, state.everything, now, state.seen)]
    except (ValueError, OSError) as error:
        found = [upkeep.unreadable(error, now), *upkeep.disk(home, [], now, NOTHING)]
    return sorted(found, key=lambda one: (GRAVEST_FIRST.index(one.key.split()[0]), one.key))


def _found(state: HomeState) -> Iterator[Problem]:
    for finder in (
        upkeep.refresh_failed,
        upkeep.not_published,
        upkeep.held_back,
        upkeep.months_held,
        upkeep.refused_files,
        upkeep.unfinished_purges,
        publishers.looked_in_vain,
        publishers.late,
    ):
        yield from finder(state)
