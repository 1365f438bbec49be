"""Problems of a plan's actions: what contradicts them, and evidence that is too old today.

Does not: what these are (`warehouse.plan`). Of a return a message has an action's id and title.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

import duckdb

from pipelines.alerts.problem import LONDON, HomeState, Problem
from warehouse.base.months import day_words
from warehouse.base.sql import open_mart
from warehouse.plan.action_states import ACTIONS
from warehouse.plan.plan_returns import plan_feed
from warehouse.plan.watched_plan import Row, contradictions, evidence_on

LOOK = "Look at it with access-recovery plan show {action_id}, and ask its owner. "
CORRECT = "What changed comes with the next return: access-recovery import PATH --feed {feed}"


def plan_problems(home_state: HomeState) -> Iterator[Problem]:
    """Report contradictions of the published plan, and evidence that is too old today.

    Raises ValueError if the mart can't be read, so that nothing is taken for resolved.
    """
    if not home_state.home.has_mart:
        return
    published = home_state.seen.published_at or home_state.now
    today = home_state.now.astimezone(LONDON).date()
    try:
        with open_mart(home_state.home.mart) as db:
            found, evidence = contradictions(db), evidence_on(db, today)
    except duckdb.CatalogException:
        return  # a mart of a version without plans
    except duckdb.Error as error:
        raise ValueError(f"{home_state.home.mart} can't be read: {error}") from error
    for row in found:
        yield _contradiction(row, published, home_state.seen.mart)
    for row in evidence:
        if row["stale_because"]:
            yield _stale(row, published, home_state.seen.mart)


def _contradiction(row: Row, published: datetime, seen: str) -> Problem:
    words = row["conflict"].replace("_", " ")
    return Problem(
        key=f"plan {row['icb_code']} {row['action_id']} {row['conflict']}",
        title=f"Action {row['action_id']} of the plan of {row['icb_code']}: {words}",
        what=f"{row['title']}: {row['conflict_reason']} Rated on {day_words(row['rated_on'])}.",
        since=published,
        still_see=seen,
        to_do=_to_do(row),
    )


def _stale(row: Row, published: datetime, seen: str) -> Problem:
    since = row["stale_since"]
    return Problem(
        key=f"stale {row['icb_code']} {row['action_id']} {row['kpi_id']}",
        title=f"Action {row['action_id']} of the plan of {row['icb_code']}: no recent evidence",
        what=f"{row['title']}: {row['kpi_title']}. {row['stale_because']}",
        since=datetime.combine(since, time(), LONDON) if since else published,
        still_see=seen,
        to_do="Bring the newest figures (access-recovery fetch, then refresh), or name other "
        f"evidence. {_to_do(row)}",
    )


def _to_do(row: Row) -> str:
    return f"{LOOK}{CORRECT}".format(action_id=row["action_id"], feed=plan_feed(ACTIONS))
