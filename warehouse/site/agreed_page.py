"""What the council's commission agreed, what answers it in this report, and what is not
published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.base.months import day_words
from warehouse.base.sql import rows
from warehouse.reference.levels import LEVELS
from warehouse.site.plan_page import icb_of
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_paths import AGREED, CLAIMS, INDEX, PLAN, kpi_page

Row = dict[str, Any]
CLAIM_TABLES = ("claim", "claim_reading")
STATES = {"answered": ("green", "✔"), "answered in part": ("yellow", "◐")}


@dataclass(frozen=True)
class AgreedItem:
    """A decision. `links`: (address, title) of pages that answer it; `tables`: tables of the mart
    that do and have no page; `levels`: for whom figures are there."""

    anchor: str
    body: str
    met_on: str
    agreed: str
    status: tuple[str, str, str]
    answer: str
    links: tuple[tuple[str, str], ...]
    tables: tuple[str, ...]
    not_published: str
    why_not: str
    owner: str
    minutes: str | None
    levels: PageTable | None


def agreed_page(figures: SiteFigures) -> SitePage:
    """The page of decisions; without any where the mart has none."""
    items = figures.once(read_agreed)
    lacking = [[one.agreed, one.not_published, one.why_not] for one in items if one.not_published]
    lacks = ("Agreed", "Not published", "Why")
    return SitePage(
        AGREED,
        "agreed.html.j2",
        "What was agreed, and what answers it",
        {"items": items, "lacking": PageTable("What is not published, and why", lacks, lacking)},
        parts=[*((one.anchor, one.agreed) for one in items), ("lacking", "What is not published")]
        if items
        else (),
        trail=((INDEX, "Overview"), (PLAN, "Plan")),
    )


def read_agreed(figures: SiteFigures) -> tuple[AgreedItem, ...]:
    """The decisions about the site's ICB (`plan.meeting_decision`), in order."""
    sql = "SELECT * FROM plan.meeting_decision WHERE icb_code = $icb ORDER BY decision_id"
    found = rows(figures.db, sql, icb=icb_of(figures))
    sql = "SELECT * FROM plan.decision_answer WHERE icb_code = $icb ORDER BY kpi_title, kpi_id"
    answers: dict[str, list[Row]] = {}
    for one in rows(figures.db, sql, icb=icb_of(figures)):
        answers.setdefault(one["decision_id"], []).append(one)
    home = figures.places.home
    shown = {kpi for kpi in figures.kpis if figures.has_figures(kpi, home)}
    return tuple(
        agreed_item(number, row, answers.get(row["decision_id"], []), shown)
        for number, row in enumerate(found, 1)
    )


def agreed_item(number: int, row: Row, answers: Sequence[Row], shown: set[str]) -> AgreedItem:
    """A decision with what answers it. `answers`: its rows of `plan.decision_answer`; `shown`:
    the KPIs that have pages."""
    titles = {one["kpi_id"]: one["kpi_title"] for one in answers if one["kpi_id"]}
    links = [(kpi_page(kpi), title) for kpi, title in titles.items() if kpi in shown]
    tables = dict.fromkeys(one["table_name"] for one in answers if not one["kpi_id"])
    if any(name in CLAIM_TABLES for name in tables):
        links.append((CLAIMS, "Claims tested"))
    status = row["status"]
    return AgreedItem(
        f"agreed-{number}",
        row["body"],
        f"Meeting of {day_words(row['met_on'])}" if row["met_on"] else "Day not known",
        row["agreed"],
        (*STATES.get(status, ("grey", "○")), status[:1].upper() + status[1:]),
        row["answer"] or "",
        tuple(links),
        tuple(name for name in tables if name not in CLAIM_TABLES),
        row["not_published"] or "",
        row["why_not"] or "",
        row["owner_role"] or "",
        row["minutes"],
        _levels([one for one in answers if one["kpi_id"]]),
    )


def _levels(answers: Sequence[Row]) -> PageTable | None:
    """For whom each KPI has figures, and since when; or why not."""
    levels = list(LEVELS)
    ordered = sorted(answers, key=lambda row: (row["kpi_title"], levels.index(row["org_level"])))
    cells = [
        [
            row["kpi_title"],
            LEVELS[row["org_level"]].singular,
            f"{row['organisations']:,}",
            f"{row['first_month']:%b %Y}" if row["first_month"] else "-",
            f"{row['newest_month']:%b %Y}" if row["newest_month"] else "-",
            row["none_because"] or "",
        ]
        for row in ordered
    ]
    headings = ("Figure", "By", "Organisations", "From", "To", "Why none")
    table = PageTable("For whom there are figures", headings, cells, frozenset({2}))
    return table if cells else None
