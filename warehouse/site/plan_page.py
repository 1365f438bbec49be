"""The plan: what it says of its actions beside what the data say, contradictions first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from warehouse.base.months import day_words
from warehouse.base.sql import rows
from warehouse.base.text import plural
from warehouse.outputs.plan_queries import held_returns, plan_actions
from warehouse.outputs.plan_words import evidence_words, name_words, threshold_words
from warehouse.plan.rating import OVERDUE, ConflictRule, rating_rules
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_paths import AGREED, INDEX, PAYMENT, PLAN, action_page

Row = dict[str, Any]
Key = tuple[str, str]  # level, code
# Conflicts of an action that is called good, in which its evidence says otherwise; without any
# evidence the data say nothing.
SAYS_GREEN = ("green_but_worsening", "green_but_below_threshold", "green_but_stale")
NO_EVIDENCE = "complete_without_evidence"


@dataclass(frozen=True)
class SitePlan:
    """The plan of the site's ICB. `actions`: as `plan_actions` gives them for the day `as_at`;
    `evidence`: action id -> its rows of `plan.plan_evidence`; `areas` and `aims`: name -> title.
    Without actions where the mart has no plan."""

    as_at: date
    actions: tuple[Row, ...] = ()
    evidence: dict[str, list[Row]] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    aims: dict[str, str] = field(default_factory=dict)

    @property
    def contradicted(self) -> list[Row]:
        """Actions that are called green or complete while their evidence says otherwise."""
        return [row for row in self.actions if set(row["conflicts"]) & set(SAYS_GREEN)]

    def of_kind(self, rule: ConflictRule) -> list[tuple[Row, str]]:
        """Actions with a kind of conflict, each with its reason."""
        if rule.early:
            return [(row, row["early_success"]) for row in self.actions if row["early_success"]]
        return [
            (row, reason)
            for row in self.actions
            for kind, reason in zip(row["conflicts"], row["conflict_reasons"], strict=True)
            if kind == rule.conflict
        ]

    @property
    def late(self) -> list[Row]:
        """Actions that are overdue on the day `as_at`."""
        return [row for row in self.actions if row["is_overdue"]]

    @property
    def rated_on(self) -> date:
        """The day of ratings and contradictions, which is that of the figures."""
        day: date = self.actions[0]["rated_on"]
        return day

    @property
    def late_when_rated(self) -> list[Row]:
        """Actions that were overdue on that day."""
        return [row for row in self.actions if row["is_open"] and row["due_current"] < row["as_of"]]


@dataclass(frozen=True)
class PlanAsk:
    """An action (`title`) that sets a threshold for a figure: what it asks in words, and its
    page."""

    words: str
    title: str
    path: str


def asked_of(plan: SitePlan, kpi_id: str, names: Mapping[Key, str]) -> list[PlanAsk]:
    """The thresholds that the plan sets for a KPI. `names`: level and code -> name of a place."""
    return [
        PlanAsk(
            threshold_words(one, names.get((one["org_level"], one["org_code"]), one["org_code"])),
            action["title"],
            action_page(action["action_id"]),
        )
        for action in plan.actions
        for one in plan.evidence.get(action["action_id"], [])
        if one["kpi_id"] == kpi_id and one["threshold"] is not None
    ]


def read_plan(figures: SiteFigures) -> SitePlan:
    """The plan of the ICB of the site; without actions where the mart has none."""
    icb, on = icb_of(figures), figures.as_at
    actions = [row for row in plan_actions(figures.db, on) if row["icb_code"] == icb]
    found = rows(figures.db, "SELECT * FROM plan.plan_evidence ORDER BY kpi_id")
    commitments = rows(figures.db, "SELECT DISTINCT area, area_title FROM plan.plan_commitment")
    aims = rows(figures.db, "SELECT aim, title FROM plan.plan_aim WHERE icb_code = $i", i=icb)
    evidence: dict[str, list[Row]] = {}
    for row in found:
        if row["icb_code"] == icb:
            evidence.setdefault(row["action_id"], []).append(row)
    areas = {row["area"]: row["area_title"] for row in commitments}
    titles = {row["aim"]: row["title"] for row in aims}
    return SitePlan(on, tuple(actions), evidence, areas, titles)


def icb_of(figures: SiteFigures) -> str:
    """The ICB of the site's place: its own code, or that of the ICB above it."""
    home = figures.places.home
    return home.code if home.level == "icb" else home.parents.get("icb", "")


def plan_page(figures: SiteFigures, plan: SitePlan) -> SitePage:
    """The first page of the plan."""
    held = [held_on_page(one, plan) for one in _own_held(figures, plan)]
    if not plan.actions:
        return _page({"plan": None, "held": held}, ())
    content: dict[str, Any] = {
        "held": held,
        "plan": plan,
        "summary": summary(plan),
        "rated_on": day_words(plan.rated_on),
        "as_at": day_words(plan.as_at),
        "invented": any(row["synthetic"] for row in plan.actions),
        "conflicts": conflict_tables(plan),
        "late": late_table(plan),
        "areas": [
            (area, plan.areas.get(area, name_words(area)), _of_area(plan, area))
            for area in dict.fromkeys(row["area"] for row in plan.actions)
        ],
        "aims": aims_table(plan),
        "payment": PAYMENT,
        "agreed": AGREED,
    }
    parts = [("conflicts", "Contradictions"), ("overdue", "Overdue"), ("aims", "By aim")]
    parts += [(f"area-{area}", title) for area, title, _ in content["areas"]]
    return _page(content, parts)


def _own_held(figures: SiteFigures, plan: SitePlan) -> list[Row]:
    """The returns of this plan that are held. Which ICB's a held one is, is not known: it is taken
    for this one's if the mart has no other's plan."""
    others = rows(
        figures.db,
        "SELECT DISTINCT icb_code FROM plan.plan_action WHERE icb_code <> $icb",
        icb=icb_of(figures),
    )
    return held_returns(figures.db) if plan.actions or not others else []


def held_on_page(one: Row, plan: SitePlan) -> str:
    """That a return (a row of `held_returns`) is held, and what the page shows. Not why: its
    mistakes are for its author."""
    since = f" since {day_words(one['since'])}" if one["since"] else ""
    month = f"{date.fromisoformat(one['edition'] + '-01'):%B %Y}"
    shown = "what was accepted before it" if plan.actions else "no plan"
    return f"The return of {month} is held{since}, until it is corrected. This page has {shown}."


def summary(plan: SitePlan) -> str:
    """How many actions, and how they stand, in a sentence."""
    count = len(plan.actions)
    is_open = sum(row["is_open"] for row in plan.actions)
    contradicted = len(plan.contradicted)
    bare = sum(NO_EVIDENCE in row["conflicts"] for row in plan.actions)
    without = f", {bare} {'is' if bare == 1 else 'are'} complete without evidence" if bare else ""
    return (
        f"{plural(count, 'action')}: {is_open} open. Overdue on {day_words(plan.as_at)}, the day "
        f"of publication: {len(plan.late)}; on {day_words(plan.rated_on)}, the day of the figures: "
        f"{len(plan.late_when_rated)}. On those figures {contradicted} "
        f"{'is' if contradicted == 1 else 'are'} called green or complete while the data say "
        f"otherwise{without}."
    )


def conflict_tables(plan: SitePlan) -> list[PageTable]:
    """A table per kind of conflict that there is, but for overdue actions: these have their own, as
    on the day of publication."""
    tables = (
        conflict_table(rule.title, plan.of_kind(rule))
        for rule in rating_rules().conflicts
        if rule.conflict != OVERDUE
    )
    return [table for table in tables if table.cells]


def conflict_table(caption: str, found: Sequence[tuple[Row, str]]) -> PageTable:
    """A row per action: what the plan says, what contradicts it, whose it is, and until when.
    `found`: actions with the reason."""
    cells = [
        [
            row["title"],
            f"{row['self_rating']}, {row['status']}",
            reason,
            row["owner_role"],
            day_words(row["due_current"]),
        ]
        for row, reason in found
    ]
    headings = ("Action", "The plan says", "The data say", "Owner", "Due")
    return PageTable(caption, headings, cells, links=_links(row for row, _ in found), stacked=True)


def late_table(plan: SitePlan) -> PageTable:
    """A row per overdue action, the longest first."""
    late = sorted(plan.late, key=lambda row: row["due_current"])
    cells = [
        [
            row["title"],
            day_words(row["due_current"]),
            f"{(plan.as_at - row['due_current']).days:,}",
            row["status"],
            row["self_rating"],
            row["owner_role"],
        ]
        for row in late
    ]
    caption = f"Open actions whose day had passed on {day_words(plan.as_at)}"
    headings = ("Action", "Due", "Days overdue", "Status", "Rated by its owner", "Owner")
    return PageTable(caption, headings, cells, frozenset({2}), _links(late), stacked=True)


def aims_table(plan: SitePlan) -> PageTable:
    """How the actions of each aim stand."""

    def counts(name: str | None) -> list[str]:
        own = [row for row in plan.actions if row["llr_aim"] == name]
        told: tuple[Callable[[Row], bool], ...] = (
            lambda row: True,
            lambda row: row["is_open"],
            lambda row: row["is_overdue"],
            lambda row: row["status"] == "complete",
            lambda row: bool(set(row["conflicts"]) & set(SAYS_GREEN)),
        )
        return [f"{sum(map(test, own)):,}" for test in told]

    names = dict.fromkeys(row["llr_aim"] for row in plan.actions)
    titles = {name: plan.aims.get(name, name_words(name)) for name in names if name}
    cells = [[titles.get(name, "No aim"), *counts(name)] for name in names]
    headings = ("Aim", "Actions", "Open", "Overdue", "Complete", "Green, but the data disagree")
    caption = (
        f"Actions by aim: overdue as on {day_words(plan.as_at)}, where the data disagree as on "
        f"{day_words(plan.rated_on)}"
    )
    return PageTable(caption, headings, cells, frozenset(range(1, 6)), stacked=True)


def _of_area(plan: SitePlan, area: str) -> PageTable:
    own = [row for row in plan.actions if row["area"] == area]
    cells = [
        [
            row["title"],
            row["status"] + (f" (overdue on {day_words(plan.as_at)})" if row["is_overdue"] else ""),
            row["owner_role"],
            day_words(row["due_current"]),
            row["self_rating"],
            f"{row['computed_rating']}. {row['rating_reason']}",
            " ".join(
                f"{one['kpi_title']}. {evidence_words(one)}"
                for one in plan.evidence.get(row["action_id"], [])
            )
            or row["evidence_documents"]
            or "none named",
        ]
        for row in own
    ]
    headings = ("Action", "Status", "Owner", "Due", "Rated by its owner")
    from_data = f"Rated from the data, as on {day_words(plan.rated_on)}"
    caption = f"{plan.areas.get(area, name_words(area))}: actions"
    return PageTable(
        caption, (*headings, from_data, "Evidence"), cells, links=_links(own), stacked=True
    )


def _links(actions: Iterable[Row]) -> dict[tuple[int, int], str]:
    return {(number, 0): action_page(row["action_id"]) for number, row in enumerate(actions)}


def _page(content: dict[str, Any], parts: Sequence[tuple[str, str]]) -> SitePage:
    trail = ((INDEX, "Overview"),)
    return SitePage(
        PLAN, "plan.html.j2", "The plan and what the data say", content, (), parts, trail
    )
