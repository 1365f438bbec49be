"""What of a published plan needs a person on a day: contradictions, and evidence that is too old.

Belongs here: reading them from a mart. Does not: what they are (`rating`, `plan_evidence`). Actions
that are invented need nobody.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from warehouse.base.months import add_months
from warehouse.base.sql import Connection, rows
from warehouse.kpi.catalogue import catalogue
from warehouse.plan.action_faults import OPEN
from warehouse.plan.plan_evidence import stale_because
from warehouse.plan.rating import GREEN, rating_rules
from warehouse.reference.levels import sql_list

Row = dict[str, Any]


def contradictions(db: Connection) -> list[Row]:
    """The contradictions in a mart (its current database): `icb_code, action_id, title, conflict,
    conflict_reason, rated_on`. Not those by old evidence, which `evidence_on` has from the day on
    which it is too old."""
    by_age = tuple(one.conflict for one in rating_rules().conflicts if one.is_of_age)
    return rows(
        db,
        f"""SELECT icb_code, action_id, a.title, c.conflict, c.conflict_reason, c.rated_on
        FROM plan.plan_conflict AS c JOIN plan.plan_action AS a USING (icb_code, action_id)
        WHERE NOT c.synthetic AND c.conflict NOT IN ({sql_list(by_age)})
        ORDER BY icb_code, action_id, c.conflict""",
    )


def evidence_on(db: Connection, on: date) -> list[Row]:
    """The KPIs that are evidence of actions that are open or called green: `icb_code, action_id,
    title, kpi_id, kpi_title, month, stale_because, stale_since`, as at a day. The last two are None
    if the figure is recent enough; `stale_since` also if there is no figure.

    A mart says what was too old when it was built; a figure also gets too old without a build.
    """
    named = rows(
        db,
        f"""SELECT icb_code, action_id, a.title, e.kpi_id, e.kpi_title, e.month,
               e.status AS figure_status
        FROM plan.plan_evidence AS e JOIN plan.plan_action AS a USING (icb_code, action_id)
        WHERE NOT e.synthetic
          AND (a.status IN ({sql_list(OPEN)}) OR a.self_rating IN ({sql_list(GREEN)}))
        ORDER BY icb_code, action_id, e.kpi_id""",
    )
    return [_aged(row, on) for row in named if row["kpi_id"] in catalogue()]


def _aged(row: Row, on: date) -> Row:
    kpi_id, month = row["kpi_id"], row["month"]
    stale = stale_because(kpi_id, month, row.pop("figure_status"), on)
    most = rating_rules().stale_after_months[catalogue()[kpi_id].period.type]
    since = add_months(month.replace(day=1), most + 1) if stale and month else None
    return {**row, "stale_because": stale, "stale_since": since}
