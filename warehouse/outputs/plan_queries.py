"""Questions to schema `plan` of the published mart, for commands and pages. Not here: layout."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb

from warehouse.base.errors import Refusal
from warehouse.base.months import add_months
from warehouse.base.sql import rows
from warehouse.base.text import unknown
from warehouse.outputs.plan_words import DUE_DATES, EVIDENCE, NOT_RECENT
from warehouse.plan.action_faults import OPEN
from warehouse.plan.action_states import ACTIONS
from warehouse.plan.plan_returns import plan_feed
from warehouse.plan.rating import OVERDUE, overdue_words, rating_rules
from warehouse.plan.row_faults import id_key

Row = dict[str, Any]
_ACTIONS = """SELECT a.*, coalesce(c.conflicts, []) AS conflicts,
           coalesce(c.reasons, []) AS conflict_reasons, c.early AS early_success,
           coalesce(m.days, []) AS moved_without_reason
    FROM plan.plan_action AS a
    LEFT JOIN (SELECT icb_code, action_id,
                      list(conflict ORDER BY conflict) FILTER (is_listed) AS conflicts,
                      list(conflict_reason ORDER BY conflict) FILTER (is_listed) AS reasons,
                      max(conflict_reason) FILTER (is_early_success) AS early
               FROM (SELECT *, NOT is_early_success
                               AND conflict <> $overdue AS is_listed
                     FROM plan.plan_conflict)
               GROUP BY icb_code, action_id) AS c USING (icb_code, action_id)
    LEFT JOIN (SELECT icb_code, action_id, list(changed_on ORDER BY changed_on) AS days
               FROM plan.plan_action_history
               WHERE column_name = 'due_current' AND kind = 'update' AND reason IS NULL
               GROUP BY icb_code, action_id) AS m USING (icb_code, action_id)
    ORDER BY a.icb_code, a.due_current, a.action_id"""


class NoAction(Refusal):
    """The plan has no such action, or there is no plan; what there is."""


def plan_actions(db: duckdb.DuckDBPyConnection, today: date | None = None) -> list[Row]:
    """The actions of `plan.plan_action`, by ICB and due date, each with what it adds: `is_open`,
    `is_due_soon`, `is_not_updated` (open, and not within the months of `rating_rules`),
    `moved_without_reason` (days), `conflicts` (names), `conflict_reasons`, `contradicted_by`
    (EVIDENCE, NOT_RECENT or DUE_DATES where nothing stronger does, or None), and `early_success`
    (why, or None).

    What is overdue, due soon or not updated is as of `today`, by default the mart's own day, and
    `due_as_of` says so; all else is as of the mart's day, `as_of`.
    """
    found = rows(db, _ACTIONS, overdue=OVERDUE)
    for row in found:
        on, due = today or row["as_of"], row["due_current"]
        soon = on + timedelta(days=rating_rules().due_soon_days)
        row["is_open"] = row["status"] in OPEN
        row["is_overdue"] = row["is_open"] and due < on
        row["is_due_soon"] = row["is_open"] and on <= due <= soon
        row["is_not_updated"] = row["is_open"] and row["last_update"] < updated_since(on)
        row["due_as_of"] = on
        if row["is_overdue"]:
            row["conflicts"].append(OVERDUE)
            row["conflict_reasons"].append(overdue_words(due, on))
        row["contradicted_by"] = _cause(row["conflicts"])
        # A mart of an earlier release lacks it; there the reason of the rating says so.
        row.setdefault("is_by_date_alone", False)
    return found


def updated_since(on: date) -> date:
    """The first day of the months up to a day within which an open action is updated."""
    return add_months(on.replace(day=1), 1 - rating_rules().update_within_months)


def _cause(conflicts: list[str]) -> str | None:
    of_dates = {one.conflict for one in rating_rules().conflicts if one.is_of_dates}
    of_age = {one.conflict for one in rating_rules().conflicts if one.is_of_age}
    if set(conflicts) - of_dates - of_age:
        return EVIDENCE
    if set(conflicts) & of_age:
        return NOT_RECENT
    return DUE_DATES if conflicts else None


def caip_position(
    db: duckdb.DuckDBPyConnection, icb: str, year: str | None = None, network: str | None = None
) -> list[Row]:
    """What is known of the improvement payment in a financial year, of every network of an ICB: the
    rows of `plan.caip_assessment`, by area and name. `year`: by default the newest with a
    declaration or decision, else the newest; `network`: of this one alone, by code or by words of
    its name. Raises NoAction naming the years, or the networks, there are."""
    found = rows(
        db,
        """SELECT * FROM plan.caip_assessment WHERE icb_code = $icb
        ORDER BY area, pcn_name, pcn_code""",
        icb=icb,
    )
    years = sorted({row["financial_year"] for row in found})
    if not years:
        raise NoAction(f"The mart has no networks of {icb}.", "access-recovery status says why.")
    told = [row["financial_year"] for row in found if row["decision"]]
    wanted = year or max(told, default=years[-1])
    if wanted not in years:
        raise NoAction(f"There is no payment of {wanted}.", f"Years: {', '.join(years)}.")
    of_year = [row for row in found if row["financial_year"] == wanted]
    return _of_network(of_year, network) if network else of_year


def _of_network(found: list[Row], text: str) -> list[Row]:
    names = {row["pcn_code"]: row["pcn_name"] or "" for row in found}
    fitting = [code for code, name in names.items() if text.casefold() in name.casefold()]
    chosen = [text.upper()] if text.upper() in names else fitting
    if len(chosen) > 1:
        told = "; ".join(f"{code} {names[code]}" for code in chosen)
        raise NoAction(f"{len(chosen)} networks are called so: {told}.", "Type the code of one.")
    if not chosen:
        raise NoAction(*unknown("network", text, names))
    return [row for row in found if row["pcn_code"] == chosen[0]]


def caip_evidence(db: duckdb.DuckDBPyConnection, row: Row) -> list[Row]:
    """The figures beside one network, year and area (a row of `caip_position`): those of
    `plan.caip_evidence`, each with what is missing of it."""
    return rows(
        db,
        """SELECT * FROM plan.caip_evidence
        WHERE financial_year = $year AND pcn_code = $pcn AND area = $area ORDER BY kpi_title""",
        year=row["financial_year"],
        pcn=row["pcn_code"],
        area=row["area"],
    )


def action_named(db: duckdb.DuckDBPyConnection, text: str, icb: str, today: date) -> Row:
    """The action with this id, as `plan_actions` gives it; of several ICBs' that of `icb`. Raises
    NoAction with similar ids."""
    every = plan_actions(db, today)
    found = [row for row in every if row["action_id"] == id_key(text)]
    if not found:
        if not every:
            raise no_plan(db)
        raise NoAction(*unknown("action", text, {row["action_id"]: row["title"] for row in every}))
    return next((row for row in found if row["icb_code"] == icb), found[0])


def no_plan(db: duckdb.DuckDBPyConnection) -> NoAction:
    """The refusal where there is no plan: the returns that are held, or how to begin one."""
    feed = plan_feed(ACTIONS)
    held = rows(
        db,
        """SELECT edition FROM governance.edition WHERE feed = $feed AND status = 'held'
        ORDER BY edition""",
        feed=feed,
    )
    if held:
        editions = ", ".join(row["edition"] for row in held)
        return NoAction(
            f"The mart has no plan: {feed} {editions} is held.",
            "access-recovery status says why. Correct the return and import it again, or "
            "withdraw the file: the one imported before it then counts again.",
        )
    begin = f"Write a template with access-recovery template {feed}"
    return NoAction("The mart has no plan.", f"{begin}, fill it in, and import it.")


def decisions_agreed(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """What meetings agreed (`plan.meeting_decision`), by ICB and id."""
    return rows(db, "FROM plan.meeting_decision ORDER BY icb_code, decision_id")


def held_returns(db: duckdb.DuckDBPyConnection, kind: str = ACTIONS) -> list[Row]:
    """The plan's returns of a kind that are held, by their checks or by a person: `feed, edition`,
    `reasons`, `since` (when: of those that checks hold the first one since its newest file came),
    and `stays_published`, by edition."""
    return rows(
        db,
        """SELECT feed, edition, stays_published,
                  CASE WHEN by_person THEN override_reason ELSE reasons END AS reasons,
                  CASE WHEN by_person THEN override_at ELSE failed_at END AS since
        FROM (SELECT *, coalesce(override = 'hold' AND override_lapsed IS NULL, false) AS by_person
              FROM governance.edition WHERE feed = $feed AND status = 'held')
        LEFT JOIN (SELECT feed, edition, min(checked_at) AS failed_at
                   FROM governance.check_result AS c
                   SEMI JOIN (SELECT feed, edition, max(imported_at) AS came
                              FROM governance.source_file GROUP BY ALL) AS f
                     ON f.feed = c.feed AND f.edition = c.edition AND c.checked_at >= f.came
                   WHERE verdict = 'fail' GROUP BY ALL) USING (feed, edition)
        ORDER BY edition""",
        feed=plan_feed(kind),
    )


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
