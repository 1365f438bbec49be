"""Ratings and contradictions by rule, and what evidence says, without a mart."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from warehouse.plan.action_states import STATE, latest_states
from warehouse.plan.plan_evidence import EVIDENCE, movement_of, stale_because
from warehouse.plan.rating import conflicts, rate, rating_rules

ON = date(2025, 10, 31)
ACTION = {
    **{"icb_code": "QK1", "action_id": "A-1", "title": "A test's", "status": "in progress"},
    **{"self_rating": "green", "due_original": date(2025, 12, 31), "synthetic": False},
    **{"due_current": date(2025, 12, 31), "last_update": date(2025, 10, 14)},
}
FIGURE = {
    **{
        "icb_code": "QK1",
        "action_id": "A-1",
        "kpi_id": "k",
        "kpi_title": "Calls",
        "synthetic": False,
    },
    **{"movement": "none", "is_stale": False, "unit": "share", "direction": "up"},
    "month": date(2025, 9, 1),
}


def test_a_rating_by_invented_figures_says_so_and_due_dates_do_not() -> None:
    late = {"due_current": date(2025, 9, 30), "due_original": date(2025, 9, 30)}
    actions = latest_states(pl.DataFrame([ACTION | late], schema=STATE))
    found = pl.DataFrame([FIGURE | {"movement": "worse", "synthetic": True}], schema=EVIDENCE)
    [row] = rate(actions, found, ON).to_dicts()
    assert (row["rating_synthetic"], row["as_of"]) == (True, ON)
    told = conflicts(actions, found, ON).to_dicts()
    marks = {one["conflict"]: one["synthetic"] for one in told}
    assert marks == {"green_but_worsening": True, "overdue": False}
    own = pl.DataFrame([FIGURE], schema=EVIDENCE)
    assert rate(actions, own, ON)["rating_synthetic"].to_list() == [False]


@pytest.mark.parametrize(
    ("evidence", "alone", "told"),
    [
        ([], True, "Due on 31 Dec 2025. No KPI is evidence of it, so the date alone is rated."),
        (
            [{"movement": None, "is_met": None}],
            True,
            "Due on 31 Dec 2025. No KPI of its evidence has a threshold or a judged control chart",
        ),
        ([{"movement": None, "is_met": True, "threshold": 0.9}], False, "Due on 31 Dec 2025, and"),
        ([{"movement": None}, {"movement": "none"}], False, "Due on 31 Dec 2025, and nothing in"),
    ],
)
def test_what_is_green_by_its_date_alone_says_so(
    evidence: list[dict[str, Any]], alone: bool, told: str
) -> None:
    actions = latest_states(pl.DataFrame([ACTION], schema=STATE))
    found = pl.DataFrame([FIGURE | one for one in evidence], schema=EVIDENCE)
    [row] = rate(actions, found, ON).to_dicts()
    assert (row["computed_rating"], row["is_by_date_alone"]) == ("green", alone)
    assert row["rating_reason"].startswith(told)


def test_a_reason_has_the_figure_and_what_is_old_its_month() -> None:
    figure = {"latest_value": 0.544, "threshold": 0.9, "is_met": False, "is_stale": True}
    actions = latest_states(pl.DataFrame([ACTION], schema=STATE))
    found = pl.DataFrame([FIGURE | figure | {"month": date(2025, 3, 1)}], schema=EVIDENCE)
    told = {
        one["conflict"]: one["conflict_reason"] for one in conflicts(actions, found, ON).to_dicts()
    }
    assert told == {
        "green_but_below_threshold": "Rated green while Calls (54.4% in March 2025, to be at least "
        "90.0%) does not meet its threshold.",
        "green_but_stale": "Rated green without a recent figure of Calls (the newest is of March "
        "2025).",
    }


def judged(action: dict[str, Any], *evidence: dict[str, Any]) -> tuple[str, str, set[str]]:
    """Computed rating, reason and conflicts of one action."""
    actions = latest_states(pl.DataFrame([{**ACTION, **action}], schema=STATE))
    found = pl.DataFrame([{**FIGURE, **one} for one in evidence], schema=EVIDENCE)
    [row] = rate(actions, found, ON).to_dicts()
    told = conflicts(actions, found, ON)["conflict"].to_list()
    return row["computed_rating"], row["rating_reason"], set(told)


WORSE, LOW = {"movement": "worse"}, {"threshold": 0.9, "is_met": False}
GOOD, OLD = {"threshold": 0.9, "is_met": True}, {"is_stale": True}
DONE = {"status": "complete", "completed_on": date(2025, 10, 1), "self_rating": "blue"}
LATE = {"due_current": date(2025, 9, 30), "due_original": date(2025, 9, 30)}


@pytest.mark.parametrize(
    ("action", "evidence", "rating", "found"),
    [
        ({}, [FIGURE], "green", set()),
        ({}, [], "green", set()),
        ({}, [WORSE], "amber", {"green_but_worsening"}),
        ({"self_rating": "amber"}, [WORSE], "amber", set()),
        ({}, [LOW], "amber", {"green_but_below_threshold"}),
        ({}, [WORSE | LOW], "red", {"green_but_worsening", "green_but_below_threshold"}),
        ({}, [OLD], "amber", {"green_but_stale"}),
        ({}, [GOOD], "green", {"met_but_open"}),
        ({}, [GOOD | OLD], "amber", {"green_but_stale"}),
        ({}, [GOOD, LOW], "amber", {"green_but_below_threshold"}),
        (DONE, [GOOD], "blue", set()),
        (DONE, [], "amber", {"complete_without_evidence"}),
        (DONE | {"evidence_documents": "A paper"}, [], "blue", set()),
        (DONE, [LOW], "amber", {"green_but_below_threshold"}),
        (LATE, [FIGURE], "red", {"overdue"}),
        (LATE | {"due_current": date(2025, 10, 31)}, [], "green", set()),
        (LATE | DONE, [GOOD], "blue", set()),
        (LATE | {"status": "closed", "self_rating": "red"}, [], "closed", set()),
        ({"status": "not started", "start_date": date(2025, 9, 1)}, [], "amber", set()),
    ],
)
def test_rating_and_conflicts(
    action: dict[str, Any], evidence: list[dict[str, Any]], rating: str, found: set[str]
) -> None:
    computed, reason, told = judged(action, *evidence)
    assert (computed, told) == (rating, found)
    assert "{" not in reason and "not known" not in reason


def test_every_rule_can_hold_and_the_last_rating_always_does() -> None:
    rules = rating_rules()
    assert rules.ratings[-1].when == ()
    assert len({one.conflict for one in rules.conflicts}) == len(rules.conflicts) == 7


@pytest.mark.parametrize(
    ("chart", "direction", "found"),
    [
        ({}, "up", None),
        ({"direction": None}, "up", "none"),
        ({"direction": "high"}, "up", "better"),
        ({"direction": "high"}, "down", "worse"),
        ({"direction": "low"}, "down", "better"),
    ],
)
def test_a_signal_means_what_the_plan_wants(
    chart: dict[str, Any], direction: str, found: str | None
) -> None:
    assert movement_of(chart, direction) == found


def test_how_old_a_figure_may_be_depends_on_its_period() -> None:
    old, monthly, yearly = date(2025, 5, 1), "appointments", "gp_patient_survey_overall_good"
    assert stale_because(monthly, date(2025, 6, 1), "final", ON) is None
    told = stale_because(monthly, old, "final", ON)
    assert told == "The newest figure is of 2025-05, over 4 months before 31 Oct 2025."
    assert stale_because(yearly, old, "final", ON) is None
    assert stale_because(monthly, None, "suppressed", ON) == "No figure: suppressed."
    assert stale_because(monthly, None, None, ON) == "No figure: not available."
