"""A page per action of the plan: what it is, its evidence with charts, and its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.base.months import day_words
from warehouse.outputs.plan_queries import history_of
from warehouse.outputs.plan_words import action_words, change_words_of, evidence_words
from warehouse.plan.rating import OVERDUE, overdue_words
from warehouse.reference.levels import LEVELS
from warehouse.site.agreed_page import agreed_page
from warehouse.site.kpi_charts import kpi_chart
from warehouse.site.plan_page import SitePlan, plan_page, read_plan
from warehouse.site.plan_payment_page import payment_page
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import Chart, PageTable, SitePage
from warehouse.site.site_paths import INDEX, PLAN, action_page, kpi_page
from warehouse.statistics.target_words import no_target_words

Row = dict[str, Any]
# The ratings of plans -> colour and sign of the tag; the words are the ratings themselves.
RATINGS = {
    "green": ("green", "●"),
    "amber": ("orange", "▲"),
    "red": ("red", "■"),
    "blue": ("blue", "✔"),
}


@dataclass(frozen=True)
class ActionEvidence:
    """A KPI that is evidence: what it should do and does, and whose the target is that resembles
    the plan's threshold, if it is not this figure's; its chart, or its page, if it has one."""

    title: str
    says: str
    whose_target: str
    chart: Chart | None
    address: str | None


def plan_pages(figures: SiteFigures) -> Iterable[SitePage]:
    """Every page of the plan: the first, one per action, the payment, and what was agreed."""
    plan = figures.once(read_plan)
    yield plan_page(figures, plan)
    for action in plan.actions:
        yield _action(figures, plan, action)
    yield from (payment_page(figures), agreed_page(figures))


def rating_tag(rating: str, by_date_alone: bool = False) -> tuple[str, str, str]:
    """Colour, sign and words of a rating. `by_date_alone`: no figure says so, which the words add,
    and the colour is that of no rating."""
    words = rating[:1].upper() + rating[1:] + ", by its due date alone" * by_date_alone
    tag = ("grey", "○") if by_date_alone else RATINGS.get(rating, ("grey", "○"))
    return (*tag, words)


def contradictions(action: Row) -> list[str]:
    """What contradicts an action as on the day of the figures; not that it is overdue, which is
    said of another day."""
    pairs = zip(action["conflicts"], action["conflict_reasons"], strict=True)
    return [reason for kind, reason in pairs if kind != OVERDUE]


def scope_words(figures: SiteFigures, action: Row) -> str:
    """The place that an action is about, by its name where the site has it."""
    key = (action["scope_level"], action["scope_code"])
    named = next((place.name for place in figures.places.every if place.key == key), None)
    return named or f"{LEVELS[key[0]].singular} {key[1]}"


def history_table(history: Sequence[Row]) -> PageTable:
    """The changes of an action, the newest first."""
    cells = [[day_words(row["changed_on"]), *change_words_of(row)] for row in history]
    headings = ("Day", "What", "Was", "Became", "Why", "By")
    return PageTable("Every change, the newest first; none is ever removed", headings, cells)


def _action(figures: SiteFigures, plan: SitePlan, action: Row) -> SitePage:
    told = action_words(action, scope_words(figures, action))
    titles = plan.areas.get(action["area"]), plan.aims.get(action["llr_aim"])
    told["Area"] = "; ".join(filter(None, titles)) or told["Area"]
    shown = [_evidence(figures, row) for row in plan.evidence.get(action["action_id"], [])]
    content = {
        "action": action,
        "own_rating": rating_tag(action["self_rating"]),
        "data_rating": rating_tag(action["computed_rating"], action["is_by_date_alone"]),
        "rated_on": day_words(action["rated_on"]),
        "late": overdue_words(action["due_current"], figures.as_at) * action["is_overdue"],
        "contradicted": contradictions(action),
        "told": [(name, text) for name, text in told.items() if text],
        "evidence": shown,
        "history": history_table(history_of(figures.db, action)),
    }
    return SitePage(
        action_page(action["action_id"]),
        "action.html.j2",
        action["title"],
        content,
        charts=[one.chart for one in shown if one.chart],
        trail=((INDEX, "Overview"), (PLAN, "Plan")),
    )


def _evidence(figures: SiteFigures, row: Row) -> ActionEvidence:
    home = figures.places.home
    of_home = (row["org_level"], row["org_code"]) == home.key
    known = row["kpi_id"] in figures.kpis and figures.has_figures(row["kpi_id"], home)
    chart = kpi_chart(figures, row["kpi_id"], home) if of_home and known else None
    address = kpi_page(row["kpi_id"]) if known else None
    return ActionEvidence(
        row["kpi_title"], evidence_words(row), _whose_target(figures, row), chart, address
    )


def _whose_target(figures: SiteFigures, row: Row) -> str:
    """Of evidence with a threshold, that a target which readers may take it for is of another KPI,
    or of other organisations or months."""
    home, key = figures.places.home, (row["org_level"], row["org_code"])
    place = home if key == home.key else figures.places.named(*key)
    facts = figures.facts(row["kpi_id"], place) if place else None
    if row["threshold"] is None or facts is None or facts.elsewhere is None:
        return ""
    return f"The threshold is the plan's own. {no_target_words(facts.elsewhere)}."
