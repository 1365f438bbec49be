"""Actions of a plan and their evidence in words, for the terminal and the pages. Not here: layout,
queries (`plan_queries`)."""

from __future__ import annotations

import re
from typing import Any

from warehouse.base.months import day_words
from warehouse.base.text import begin_list, plural
from warehouse.plan.evidence_figures import threshold_and_value, wanted_words

Row = dict[str, Any]
# Who is to act (label `audience`) -> whom, before the place that the action is about.
ACTORS = {
    "ICB": "the ICB, for",
    "PCN": "networks in",
    "practice": "practices in",
    "NHSE": "NHS England, for",
    "trust": "trusts, for",
}
# What contradicts an action, the strongest first.
EVIDENCE, NOT_RECENT, DUE_DATES = "evidence", "no recent figure", "due dates"
HELD_ROWS = 3  # of a held return that are told of
MOVES = {"better": "gets better", "worse": "gets worse", "none": "shows no clear change"}


def name_words(name: str) -> str:
    """A name of the plan as people read it: `tackle_8am_rush` is "tackle 8am rush"."""
    return name.replace("_", " ")


def action_words(one: Row, scope: str) -> dict[str, str]:
    """What an action (`plan.plan_action`) is, in words, by heading; blank where nothing is known.
    `scope`: the place that it is about."""
    moved = ""
    if one["due_moves"]:
        moved = f", moved {plural(one['due_moves'], 'time')} from {day_words(one['due_original'])}"
    done = f", completed on {day_words(one['completed_on'])}" if one["completed_on"] else ""
    updated, rated = day_words(one["last_update"]), day_words(one["rated_on"])
    asked = (one[name] for name in ("source_document", "clause", "checklist_version"))
    return {
        "Owner": one["owner_role"],
        "Who acts": f"{ACTORS.get(one['audience'], one['audience'])} {scope}",
        "Area": ", ".join(name_words(one[name]) for name in ("area", "llr_aim") if one[name]),
        "Commitment": str(one["commitment_no"] or ""),
        "Asked for by": ", ".join(text for text in asked if text),
        "Due": day_words(one["due_current"]) + moved,
        "Status": f"{one['status']}{done}",
        "Rated": f"{one['self_rating']} on {updated} by {one['updated_by']}",
        "Computed": f"{one['computed_rating']} on {rated}: {one['rating_reason']}",
        "Documents": one["evidence_documents"] or "",
    }


def held_words(one: Row, shown: str) -> str:
    """That a return is held (a row of `held_returns`), since when, why, and what is shown in its
    place. `shown`: that, where no file of its month stays published."""
    since = f" since {day_words(one['since'])}" if one["since"] else ""
    named = f"{one['feed']} {one['edition']}"
    first, *others = (one["reasons"] or "No reason is known").split("\n")
    why = begin_list(_from_first_row(first), HELD_ROWS).rstrip(".")
    more = f" {plural(len(others), 'other check')} {'is' if len(others) == 1 else 'are'} not met."
    return (
        f"Your return {named} is held{since}, and not shown here. {why}.{more if others else ''} "
        f"access-recovery warnings {named} lists all. Shown is {shown}."
    )


def _from_first_row(reason: str) -> str:
    """The reason of a check from the first row that it names on: what its author is to correct,
    without the name of the check and the number of rows. All of a reason that names none."""
    row = re.search(r"\brow \d", reason)
    return f"R{reason[row.start() + 1 :]}" if row else reason


def evidence_words(one: Row) -> str:
    """What a KPI says as evidence (a row of `plan.plan_evidence`): what it should do, and does."""
    wanted = f"should go {one['direction']}"
    _, value = threshold_and_value(one)
    if limit := wanted_words(one):
        wanted = f"should be {limit}"
    if value is None:
        return f"It {wanted}. {one['stale_because']}"
    met = {True: " and is", False: " and is not", None: ""}[one["is_met"]]
    moving = ", and is not judged"
    if one["movement"]:
        judged = one["signal_month"]
        until = "" if judged == one["month"] else f" (judged up to {judged:%B %Y})"
        moving = f", and {MOVES[one['movement']]}{until}"
    old = f" {one['stale_because']}" if one["is_stale"] else ""
    of = f"{one['month']:%B %Y}"
    return f"It {wanted}{met}: {value} in {of} ({one['status']}){moving}.{old}"


def threshold_words(one: Row, place: str) -> str:
    """A threshold that a plan sets (a row of `plan.plan_evidence` with one), and whether the newest
    value of its place meets it."""
    _, value = threshold_and_value(one)
    said = f"{wanted_words(one)} for {place}"
    if value is None or one["is_met"] is None:
        return f"{said}, of which there is no recent figure"
    met = "met" if one["is_met"] else "not met"
    return f"{said}, which is {met}: {value} in {one['month']:%B %Y}"


def change_words_of(one: Row) -> tuple[str, str, str, str, str]:
    """A change of an action (`plan.plan_action_history`): what, was, became, why, by whom."""
    corrected = " (correction)" if one["kind"] == "correction" else ""
    is_first = one["kind"] == "created" and one["column_name"] == "title"
    what = "created" if is_first else name_words(one["column_name"]) + corrected
    was, became, why, by = (one[name] or "-" for name in ("was", "became", "reason", "changed_by"))
    return what, was, became, why, by
