"""Papers of two printed A4 pages: one for the board, one for the council's commission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from warehouse.base.months import day_words
from warehouse.base.sql import rows
from warehouse.outputs.headline import MEANINGS
from warehouse.site.action_pages import contradictions
from warehouse.site.agreed_page import AgreedItem, read_agreed
from warehouse.site.claims_page import (
    PublicStatement,
    claim_sources,
    of_places,
    read_claims,
    sample_note,
)
from warehouse.site.figure_line import (
    CONCERN,
    IMPROVING,
    NEITHER,
    NO_CHANGE,
    NOT_JUDGED,
    FigureLine,
)
from warehouse.site.kpi_charts import kpi_chart
from warehouse.site.overview import headline_lines
from warehouse.site.overview_answer import answer
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
)

Row = dict[str, Any]
CHARTS, CONFLICTS, STATEMENTS, CAVEATS = 2, 6, 5, 3  # what two pages have room for
SUBJECTS = 2  # figures and publications that a caveat names
NOTHING_AGREED = (
    "No decision of a council's commission about this place, and no public statement, is recorded."
)
NO_PLAN = "No plan of this place has been returned."
# Colours of verdicts: of which figures a chart says most, first.
ORDER = (CONCERN, IMPROVING, NEITHER, NO_CHANGE, NOT_JUDGED)


@dataclass(frozen=True)
class PaperList:
    """The first rows of a longer table: `more` says how many there are besides, and where."""

    table: PageTable
    more: str
    address: str


def paper_pages(figures: SiteFigures) -> Iterable[SitePage]:
    """Both papers about the home place."""
    home = figures.places.home
    shown = headline_lines(figures, home)
    newest = {one.kpi_id: figures.newest(one.kpi_id, home) or {} for one in shown}
    sources = (figures.source_of(kpi, row["edition"]) for kpi, row in newest.items())
    charts = charts_of(figures, shown)
    common = {
        "lede": answer(shown),
        "headlines": headline_table(shown),
        "charts": charts,
        "meanings": MEANINGS,
        "caveats": caveats_of(figures, {kpi: row["month"] for kpi, row in newest.items()}),
        "sources": tuple(dict.fromkeys(sources)),
        "as_at": day_words(figures.as_at),
        "confirms_nothing": sample_note(figures),
    }
    place = home.name
    plan = figures.once(read_plan)
    board = ("The plan", summary(plan) if plan.actions else NO_PLAN, (plan_list(plan),))
    council = ("What was agreed, and what was said", "", council_lists(figures))
    for path, title, (heading, told, lists) in (
        (BOARD_PAPER, f"Board paper: access to general practice in {place}", board),
        (COUNCIL_PAPER, f"Council paper: access to general practice in {place}", council),
    ):
        listed = tuple(one for one in lists if one.table.cells)
        said = told if told or listed else NOTHING_AGREED
        content = {**common, "heading": heading, "told": said, "lists": listed}
        trail = ((INDEX, "Overview"),)
        yield SitePage(path, "paper.html.j2", title, content, charts=charts, trail=trail)


def headline_table(shown: Sequence[FigureLine]) -> PageTable:
    """A row per figure: value, change, verdict, England."""
    links = {(number, 0): one.path for number, one in enumerate(shown)}
    headings = ("Figure", "Period", "Value", "On the year", "Judgement", "England", "Status")
    cells = [
        (one.title, one.period, one.value, one.change, one.tag[2], one.england, one.status)
        for one in shown
    ]
    numeric = frozenset({2, 3, 5})
    return PageTable("The newest figures", headings, cells, numeric, links, stacked=True)


def charts_of(figures: SiteFigures, shown: Sequence[FigureLine]) -> tuple[Chart, ...]:
    """The control charts that say most: concerns first, then improvements."""
    found: list[Chart] = []
    for one in sorted(shown, key=lambda one: ORDER.index(one.judged)):
        chart = kpi_chart(figures, one.kpi_id, figures.places.home)
        if chart is not None:
            found.append(chart)
        if len(found) == CHARTS:
            break
    return tuple(found)


def caveats_of(figures: SiteFigures, months: Mapping[str, date]) -> tuple[str, ...]:
    """The newest caveats about breaks, definitions and what may not be compared. `months`: KPI ->
    its newest month; what begins after the newest of a KPI or feed says nothing of its figures.
    Each names what it is of: on paper nothing else does."""
    newest = dict(months)
    for kpi_id, month in months.items():
        feed = figures.kpis[kpi_id]["feed"]
        newest[feed] = max(month, newest.get(feed, month))
    found = rows(
        figures.db,
        """SELECT caveat, max(first_month) AS since, max(last_month) AS until,
                  list(DISTINCT coalesce(k.title, f.title, subject_id)
                       ORDER BY coalesce(k.title, f.title, subject_id)) AS subjects
           FROM governance.caveat
           JOIN (SELECT unnest($subjects::VARCHAR[]) AS subject_id,
                        unnest($newest::DATE[]) AS newest) USING (subject_id)
           LEFT JOIN kpi AS k ON k.kpi_id = subject_id
           LEFT JOIN governance.feed AS f ON f.feed = subject_id
           WHERE org_code IS NULL AND (first_month IS NULL OR first_month <= newest)
             AND kind IN ('series_break', 'redefinition', 'non_comparable', 'coverage_growth')
           GROUP BY caveat ORDER BY since DESC NULLS LAST, caveat LIMIT $most""",
        subjects=list(newest),
        newest=list(newest.values()),
        most=CAVEATS,
    )
    return tuple(f"{_of_what(row)}: {row['caveat']}" for row in found)


def _of_what(row: Row) -> str:
    """The figures and publications of a caveat, and its months where it has both ends."""
    named, more = "; ".join(row["subjects"][:SUBJECTS]), len(row["subjects"]) - SUBJECTS
    of = f"{named} and {more} more" if more > 0 else named
    if not (row["since"] and row["until"]):
        return of
    return f"{of}, {row['since']:%B %Y} to {row['until']:%B %Y}"


def plan_list(plan: SitePlan) -> PaperList:
    """Actions that are called good while the data say otherwise."""
    cells = [
        [
            row["title"],
            f"{row['self_rating']}, {row['status']}",
            " ".join(contradictions(row)),
            row["owner_role"],
        ]
        for row in plan.contradicted[:CONFLICTS]
    ]
    headings = ("Action", "The plan says", "The data say", "Owner")
    on = f", as on {day_words(plan.rated_on)}" if plan.actions else ""
    caption = f"Actions called green or complete, of which the data say otherwise{on}"
    table = PageTable(caption, headings, cells, stacked=True)
    return PaperList(table, _more(len(plan.contradicted), CONFLICTS), PLAN)


def council_lists(figures: SiteFigures) -> tuple[PaperList, ...]:
    """What the commission agreed and how far it is answered, and the claims tested."""
    claims, readings = figures.once(read_claims)
    own = of_places(claims, {place.key for place in figures.places.every})
    sources = claim_sources(own, readings, {})
    statements = [one for source in sources for one in source.statements]
    return agreed_list(figures.once(read_agreed)), statement_list(statements)


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
