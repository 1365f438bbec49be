"""Questions to schema `plan` of the published mart, for commands and pages. Not here: layout."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb

from warehouse.base.errors import Refusal
from warehouse.base.sql import rows
from warehouse.base.text import unknown
from warehouse.plan.action_faults import OPEN
from warehouse.plan.action_states import ACTIONS
from warehouse.plan.plan_returns import plan_feed
from warehouse.plan.rating import rating_rules
from warehouse.plan.row_faults import id_key

Row = dict[str, Any]


class NoAction(Refusal):
    """The plan has no such action, or there is no plan; what there is."""


def plan_actions(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """The actions of `plan.plan_action`, by ICB and due date, each with what it adds: `is_open`,
    `is_due_soon`, `conflicts` (names) and `conflict_reasons`."""
    found = rows(
        db,
        """SELECT a.*, coalesce(c.conflicts, []) AS conflicts,
                  coalesce(c.reasons, []) AS conflict_reasons
           FROM plan.plan_action AS a
           LEFT JOIN (SELECT icb_code, action_id, list(conflict ORDER BY conflict) AS conflicts,
                             list(conflict_reason ORDER BY conflict) AS reasons
                      FROM plan.plan_conflict GROUP BY ALL) AS c USING (icb_code, action_id)
           ORDER BY a.icb_code, a.due_current, a.action_id""",
    )
    for row in found:
        soon = row["rated_on"] + timedelta(days=rating_rules().due_soon_days)
        row["is_open"] = row["status"] in OPEN
        row["is_due_soon"] = row["is_open"] and row["rated_on"] <= row["due_current"] <= soon
    return found


def action_named(db: duckdb.DuckDBPyConnection, text: str, icb: str) -> Row:
    """The action with this id, as `plan_actions` gives it; of several ICBs' that of `icb`. Raises
    NoAction with similar ids."""
    every = plan_actions(db)
    found = [row for row in every if row["action_id"] == id_key(text)]
    if not found:
        if not every:
            raise no_plan()
        raise NoAction(*unknown("action", text, {row["action_id"]: row["title"] for row in every}))
    return next((row for row in found if row["icb_code"] == icb), found[0])


def no_plan() -> NoAction:
    """The refusal where there is no plan, with how to begin one."""
    begin = f"Write a template with access-recovery template {plan_feed(ACTIONS)}"
    return NoAction("The mart has no plan.", f"{begin}, fill it in, and import it.")


def history_of(db: duckdb.DuckDBPyConnection, action: Row) -> list[Row]:
    """The changes of an action (`plan.plan_action_history`), the newest first."""
    return _of_action(db, "plan_action_history", action, "change_no DESC, column_name")


def evidence_for(db: duckdb.DuckDBPyConnection, action: Row) -> list[Row]:
    """The evidence of an action (`plan.plan_evidence`)."""
    return _of_action(db, "plan_evidence", action, "kpi_id")


def _of_action(db: duckdb.DuckDBPyConnection, table: str, action: Row, order: str) -> list[Row]:
    return rows(
        db,
        f"""SELECT * FROM plan.{table} WHERE icb_code = $icb AND action_id = $action
        ORDER BY {order}""",
        icb=action["icb_code"],
        action=action["action_id"],
    )
