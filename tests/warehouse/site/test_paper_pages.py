"""Papers: what they say of figures, of the plan, of what was agreed and of claims."""

from datetime import date

from tests.warehouse.site.test_claims_page import claim
from tests.warehouse.site.test_overview_answer import line
from tests.warehouse.site.test_plan_page import action
from warehouse.site.claims_page import claim_sources
from warehouse.site.overview import overview
from warehouse.site.paper_pages import (
    CONFLICTS,
    STATEMENTS,
    caveats_of,
    headline_table,
    paper_pages,
    plan_list,
    statement_list,
)
from warehouse.site.plan_page import SitePlan
from warehouse.site.site_figures import SiteFigures


def test_the_table_of_figures_leads_to_their_pages_and_says_verdicts() -> None:
    table = headline_table([line("grey")])
    assert len(table.headings) == len(table.cells[0])
    assert table.cells[0][4] == "no clear change"
    assert table.links == {(0, 0): "kpis/A.html"}


def test_papers_answer_as_the_first_page_does(figures: SiteFigures) -> None:
    first = overview(figures).content
    lines = [line for theme in first["themes"] for line in theme.lines]
    for paper in paper_pages(figures):
        assert paper.content["lede"] == first["answer"]
        told = [row[4] for row in paper.content["headlines"].cells]
        assert told == [one.tag[2] for one in lines]
    assert any(" in Feb 2025; Mar 2025 provisional" in one for one in told)


def test_a_break_after_the_newest_month_is_no_caveat(figures: SiteFigures) -> None:
    feed = "gp_appointments_sub_icb"
    kpi = next(kpi for kpi, row in figures.kpis.items() if row["feed"] == feed)
    said = "ICBs merged on 1 April 2026"
    before, since = (
        " ".join(caveats_of(figures, {kpi: month}))
        for month in (date(2025, 3, 1), date(2026, 4, 1))
    )
    assert said not in before and said in since


def test_a_caveat_on_paper_names_what_it_is_of(figures: SiteFigures) -> None:
    shown = caveats_of(figures, {"online_consultations_submissions": date(2025, 3, 1)})
    assert shown[0].startswith(
        "Submissions via online consultation systems, November 2024 to January 2025: Whether"
    )


def test_a_board_reads_what_is_called_green_against_the_data() -> None:
    bad = {"conflicts": ["green_but_stale"], "conflict_reasons": ["No recent figure."]}
    every = tuple(action(number, **bad) for number in range(CONFLICTS + 2))
    listed = plan_list(SitePlan(date(2026, 11, 30), (*every, action(99))))
    assert len(listed.table.cells) == CONFLICTS and listed.more == "2 more in the report"
    assert list(listed.table.cells[0])[1:3] == ["green, in progress", "No recent figure."]
    few = plan_list(SitePlan(date(2026, 11, 30), every[:1]))
    assert few.more == "In full in the report"


def test_a_council_reads_verdicts_before_what_is_not_computable() -> None:
    unknown = {"verdict": "not computable", "statement_verdict": "not computable"}
    rows = [claim(number, statement_id=f"s/{number}", **unknown) for number in range(STATEMENTS)]
    last = claim(50, statement_id="s/last", statement="Said last.")
    [source] = claim_sources([*rows, last], {}, {})
    listed = statement_list(source.statements)
    assert list(listed.table.cells[0]) == ["Said last.", "Differs by +2.7%; growth confirmed"]
    assert len(listed.table.cells) == STATEMENTS and listed.more == "1 more in the report"
