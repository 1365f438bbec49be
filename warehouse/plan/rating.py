"""Ratings of a plan's actions by versioned rules (`rating_rules.yaml`), from due dates and
evidence, and what contradicts the ratings that their owners gave. Not here: evidence
(`plan_evidence`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import polars as pl

from warehouse.base.months import day_words
from warehouse.base.strict import Strict
from warehouse.base.yaml_files import read_yaml
from warehouse.plan.action_faults import OPEN
from warehouse.plan.action_states import KEY
from warehouse.plan.evidence_figures import with_figure, with_month

RULES = Path(__file__).with_name("rating_rules.yaml")
Condition = Literal[
    "closed",
    "complete",
    "open",
    "overdue",
    "start_missed",
    "moved_often",
    "rated_green",
    "without_evidence",
    "without_kpi",
    "unjudged",
    "worsening",
    "below_threshold",
    "stale",
    "met",
]
RATED = {
    **{"computed_rating": pl.String, "rating_reason": pl.String, "rating_version": pl.String},
    **{"rated_on": pl.Date, "as_of": pl.Date, "is_overdue": pl.Boolean},
    **{"is_by_date_alone": pl.Boolean, "rating_synthetic": pl.Boolean},
}
CONFLICT = pl.Schema(
    {
        **dict.fromkeys((*KEY, "conflict", "conflict_reason", "rating_version"), pl.String()),
        **{"rated_on": pl.Date(), "as_of": pl.Date(), "synthetic": pl.Boolean()},
        "is_early_success": pl.Boolean(),
    }
)
GREEN = ("green", "blue")
OVERDUE = "overdue"
OF_DATES: frozenset[Condition] = frozenset({"open", "overdue", "moved_often"})
OF_FIGURES: frozenset[Condition] = frozenset({"worsening", "below_threshold", "stale", "met"})
Row = dict[str, Any]


class RatingRule(Strict):
    """A rating, and the conditions that must all hold for it. `by_date_alone`: it is good although
    no figure says so."""

    rating: Literal["closed", "blue", "green", "amber", "red"]
    by_date_alone: bool = False
    when: tuple[Condition, ...]
    because: str


class ConflictRule(Strict):
    """What contradicts an action's own rating or status, and when. `title`: of all such actions;
    `early`: it speaks for the action, which may be finished before it is due."""

    conflict: str
    title: str
    early: bool = False
    when: tuple[Condition, ...]
    because: str

    @property
    def is_of_dates(self) -> bool:
        """Whether due dates alone make it, and no evidence."""
        return OF_DATES.issuperset(self.when)

    @property
    def is_of_age(self) -> bool:
        """Whether the age of its evidence makes it, whatever the figures say."""
        return "stale" in self.when


class RatingRules(Strict):
    """The whole file."""

    version: str
    stale_after_months: dict[str, int]
    due_soon_days: int
    update_within_months: int
    moved_often: int
    ratings: tuple[RatingRule, ...]
    conflicts: tuple[ConflictRule, ...]


@cache
def rating_rules() -> RatingRules:
    """The shipped rules."""
    return RatingRules.model_validate(read_yaml(RULES))


def overdue_words(due: date, on: date) -> str:
    """What is said of an action that is overdue on a day."""
    rule = next(one for one in rating_rules().conflicts if one.conflict == OVERDUE)
    days = f"{(on - due).days:,}"
    return rule.because.format(due=day_words(due), days=days, on=day_words(on))


def rate(actions: pl.DataFrame, evidence: pl.DataFrame, on: date) -> pl.DataFrame:
    """The actions (`latest_states`) with the columns of `RATED`. `evidence`: that of
    `plan_evidence`; `on`: the day on which they are rated."""
    rows = []
    for _, holds, words, invented in _facts(actions, evidence, on):
        rule = next(one for one in rating_rules().ratings if holds.issuperset(one.when))
        rows.append(
            {
                "computed_rating": rule.rating,
                "rating_reason": rule.because.format_map(words),
                "rating_version": rating_rules().version,
                "rated_on": on,
                "as_of": on,
                "is_overdue": "overdue" in holds,
                "is_by_date_alone": rule.by_date_alone,
                "rating_synthetic": invented,
            }
        )
    return actions.hstack(pl.DataFrame(rows, schema=RATED))


def conflicts(actions: pl.DataFrame, evidence: pl.DataFrame, on: date) -> pl.DataFrame:
    """What contradicts the actions' own ratings: a row per action and conflict, with the columns of
    `CONFLICT`."""
    rows = [
        {
            **{name: action[name] for name in KEY},
            "synthetic": invented if OF_FIGURES.intersection(rule.when) else action["synthetic"],
            "conflict": rule.conflict,
            "is_early_success": rule.early,
            "conflict_reason": rule.because.format_map(words),
            "rating_version": rating_rules().version,
            "rated_on": on,
            "as_of": on,
        }
        for action, holds, words, invented in _facts(actions, evidence, on)
        for rule in rating_rules().conflicts
        if holds.issuperset(rule.when)
    ]
    return pl.DataFrame(rows, schema=CONFLICT)


def _facts(
    actions: pl.DataFrame, evidence: pl.DataFrame, on: date
) -> Iterator[tuple[Row, set[str], defaultdict[str, str], bool]]:
    """Each action, the conditions that hold for it, the words for reasons, and whether it or a
    figure that is its evidence is SYNTHETIC."""
    of_action: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in evidence.iter_rows(named=True):
        of_action[row["icb_code"], row["action_id"]].append(row)
    for action in actions.iter_rows(named=True):
        own = of_action[action["icb_code"], action["action_id"]]
        holds: set[str] = {name for name, true in _conditions(action, own, on).items() if true}
        invented = action["synthetic"] or any(one["synthetic"] for one in own)
        yield action, holds, _words(action, own, on), invented


def _conditions(action: Row, evidence: list[Row], on: date) -> dict[Condition, bool]:
    is_open = action["status"] in OPEN
    judged = [one for one in evidence if one["threshold"] is not None]
    return {
        "closed": action["status"] == "closed",
        "complete": action["status"] == "complete",
        "open": is_open,
        "overdue": is_open and action["due_current"] < on,
        "start_missed": action["status"] == "not started" and (action["start_date"] or on) < on,
        "moved_often": is_open and action["due_moves"] >= rating_rules().moved_often,
        "rated_green": action["self_rating"] in GREEN,
        "without_kpi": not evidence,
        "unjudged": all(one["movement"] is None and one["is_met"] is None for one in evidence),
        "without_evidence": not evidence and not action["evidence_documents"],
        "worsening": any(one["movement"] == "worse" for one in evidence),
        "below_threshold": any(one["is_met"] is False for one in judged),
        "stale": any(one["is_stale"] for one in evidence),
        "met": bool(judged) and all(one["is_met"] and not one["is_stale"] for one in judged),
    }


def _words(action: Row, evidence: list[Row], on: date) -> defaultdict[str, str]:
    """Words for reasons. A word that a reason needs and an action lacks is `not known`."""

    def named(judge: Any, words: Callable[[Row], str] = with_figure) -> str:
        return ", ".join(words(one) for one in evidence if judge(one))

    days = {
        "due": action["due_current"],
        "first_due": action["due_original"],
        "completed": action["completed_on"],
        "start": action["start_date"],
        "on": on,
    }
    return defaultdict(
        lambda: "not known",
        {
            **{name: day_words(day) for name, day in days.items() if day},
            "days": f"{(on - action['due_current']).days:,}",
            "moves": str(action["due_moves"]),
            "rating": action["self_rating"],
            "worse": named(lambda one: one["movement"] == "worse"),
            "below": named(lambda one: one["is_met"] is False),
            "stale": named(lambda one: one["is_stale"], with_month),
            "met": named(lambda one: one["is_met"]),
        },
    )
