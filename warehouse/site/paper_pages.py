"""Papers of two printed A4 pages: one for the board, one for the council's commission."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.base.months import day_words, month_text
from warehouse.base.sql import rows
from warehouse.base.text import plural
from warehouse.kpi.catalogue import catalogue
from warehouse.outputs.headline import (
    BESIDE,
    CONFIRMS_NOTHING,
    MEANINGS,
    beside_value,
    headline_value,
)
from warehouse.site.agreed_page import AgreedItem, read_agreed
from warehouse.site.claims_page import PublicStatement, claim_sources, of_places, read_claims
from warehouse.site.figure_line import tag_of
from warehouse.site.kpi_charts import kpi_chart
from warehouse.site.plan_page import SitePlan, read_plan, summary
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import Chart, PageTable, SitePage
from warehouse.site.site_paths import (
    AGREED,
    BOARD_PAPER,
    CLAIMS,
    COUNCIL_PAPER,
    INDEX,
    PLAN,
    kpi_page,
)

Row = dict[str, Any]
Tag = tuple[str, str, str]
CHARTS, CONFLICTS, STATEMENTS, CAVEATS = 2, 6, 5, 3  # what two pages have room for
NO_PLAN = "The mart has no plan of this place."
# Colours of the judgement -> which chart says most, and the words of the count.
TOLD = {
    "orange": "a concern",
    "green": "improving",
    "blue": "changed, good or bad is not said",
    "grey": "without clear change",
    "white": "not judged",
}


@dataclass(frozen=True)
class PaperFigure:
    """A headline figure of the home place with what stands beside it."""

    kpi_id: str
    cells: tuple[str, ...]
    tag: Tag
    source: str


@dataclass(frozen=True)
class PaperList:
    """The first rows of a longer table: `more` says how many there are besides, and where."""

    table: PageTable
    more: str
    address: str


def paper_pages(figures: SiteFigures) -> Iterable[SitePage]:
    """Both papers about the home place."""
    shown = headline_figures(figures)
    charts = charts_of(figures, shown)
    common = {
        "lede": lede(shown),
        "headlines": headline_table(shown),
        "charts": charts,
        "meanings": MEANINGS,
        "caveats": caveats_of(figures, [one.kpi_id for one in shown]),
        "sources": tuple(dict.fromkeys(one.source for one in shown)),
        "as_at": day_words(figures.as_at),
        "confirms_nothing": CONFIRMS_NOTHING if figures.publication["synthetic"] else "",
    }
    place = figures.places.home.name
    plan = read_plan(figures)
    board = ("The plan", summary(plan) if plan.actions else NO_PLAN, (plan_list(plan),))
    council = ("What was agreed, and what was said", "", council_lists(figures))
    for path, title, (heading, told, lists) in (
        (BOARD_PAPER, f"Board paper: access to general practice in {place}", board),
        (COUNCIL_PAPER, f"Council paper: access to general practice in {place}", council),
    ):
        listed = tuple(one for one in lists if one.table.cells)
        content = {**common, "heading": heading, "told": told, "lists": listed}
        trail = ((INDEX, "Overview"),)
        yield SitePage(path, "paper.html.j2", title, content, charts=charts, trail=trail)


def headline_figures(figures: SiteFigures) -> list[PaperFigure]:
    """The headline figures of the home place, theme by theme."""
    home = figures.places.home
    figures.read_facts([home])
    found = []
    for kpi_id in (kpi.kpi_id for kpi in catalogue().values() if kpi.headline):
        if kpi_id not in figures.kpis:
            continue
        facts, newest = figures.facts(kpi_id, home), figures.newest(kpi_id, home)
        if facts is not None and newest is not None:
            kpi = figures.kpis[kpi_id]
            row = {**newest, "title": kpi["title"], "unit": kpi["unit"], "facts": facts}
            source = figures.source_of(kpi_id, newest["edition"])
            found.append(PaperFigure(kpi_id, paper_cells(row), tag_of(facts), source))
    return found


def paper_cells(row: Row) -> tuple[str, ...]:
    """A figure in the words of the headline. `row`: its newest period, with `title`, `unit` and
    `facts`."""
    beside = dict(zip(BESIDE, beside_value(row), strict=True))
    told = (beside[name] for name in ("On the year", "Signal", "England", "Status"))
    month, label = row["month"], row["period_label"]
    period = f"{month:%b %Y}" if label == month_text(month) else label
    return row["title"], period, headline_value(row), *told


def headline_table(shown: Sequence[PaperFigure]) -> PageTable:
    """A row per figure: value, change, judgement, England."""
    links = {(number, 0): kpi_page(one.kpi_id) for number, one in enumerate(shown)}
    headings = ("Figure", "Period", "Value", "On the year", "Judgement", "England", "Status")
    return PageTable(
        "The newest figures", headings, [one.cells for one in shown], frozenset({2, 3, 5}), links
    )


def lede(shown: Sequence[PaperFigure]) -> str:
    """How many figures are improving, a concern, or neither, in a sentence."""
    counted = [
        (sum(one.tag[0] == colour for one in shown), words) for colour, words in TOLD.items()
    ]
    told = ", ".join(f"{number} {words}" for number, words in counted if number)
    return f"Of {plural(len(shown), 'figure')}: {told}." if shown else "There is no figure."


def charts_of(figures: SiteFigures, shown: Sequence[PaperFigure]) -> tuple[Chart, ...]:
    """The control charts that say most: concerns first, then improvements."""
    order = list(TOLD)
    found: list[Chart] = []
    for one in sorted(shown, key=lambda one: order.index(one.tag[0])):
        chart = kpi_chart(figures, one.kpi_id, figures.places.home)
        if chart is not None:
            found.append(chart)
        if len(found) == CHARTS:
            break
    return tuple(found)


def caveats_of(figures: SiteFigures, kpis: Sequence[str]) -> tuple[str, ...]:
    """The newest caveats of these KPIs about breaks, definitions and what may not be compared."""
    feeds = {figures.kpis[kpi]["feed"] for kpi in kpis}
    found = rows(
        figures.db,
        """SELECT caveat, max(first_month) AS since FROM governance.caveat
           WHERE subject_id IN (SELECT unnest($subjects::VARCHAR[])) AND org_code IS NULL
             AND kind IN ('series_break', 'redefinition', 'non_comparable', 'coverage_growth')
           GROUP BY caveat ORDER BY since DESC NULLS LAST, caveat LIMIT $most""",
        subjects=[*kpis, *sorted(feeds)],
        most=CAVEATS,
    )
    return tuple(row["caveat"] for row in found)


def plan_list(plan: SitePlan) -> PaperList:
    """Actions that are called good while the data say otherwise."""
    cells = [
        [
            row["title"],
            f"{row['self_rating']}, {row['status']}",
            " ".join(row["conflict_reasons"]),
            row["owner_role"],
        ]
        for row in plan.contradicted[:CONFLICTS]
    ]
    headings = ("Action", "The plan says", "The data say", "Owner")
    caption = "Actions called green or complete, of which the data say otherwise"
    return PaperList(
        PageTable(caption, headings, cells), _more(len(plan.contradicted), CONFLICTS), PLAN
    )


def council_lists(figures: SiteFigures) -> tuple[PaperList, ...]:
    """What the commission agreed and how far it is answered, and the claims tested."""
    claims, readings = read_claims(figures.db)
    own = of_places(claims, {place.key for place in figures.places.every})
    sources = claim_sources(own, readings, {})
    statements = [one for source in sources for one in source.statements]
    return agreed_list(list(read_agreed(figures))), statement_list(statements)


def agreed_list(items: Sequence[AgreedItem]) -> PaperList:
    """Decisions with how far they are answered."""
    cells = [[one.agreed, one.status[2], one.not_published or "-"] for one in items[:CONFLICTS]]
    headings = ("Agreed", "Answered", "Not published")
    table = PageTable("What was agreed, and what answers it", headings, cells)
    return PaperList(table, _more(len(items), CONFLICTS), AGREED)


def statement_list(statements: Sequence[PublicStatement]) -> PaperList:
    """Statements with their verdicts, those with one first."""
    ordered = sorted(statements, key=lambda one: one.verdict[0] == "white")
    cells = [[one.said, one.verdict[2]] for one in ordered[:STATEMENTS]]
    table = PageTable("Claims tested", ("What was said", "Verdict"), cells)
    return PaperList(table, _more(len(statements), STATEMENTS), CLAIMS)


def _more(number: int, shown: int) -> str:
    return f"{number - shown} more in the report" if number > shown else "In full in the report"
