"""Papers: what they say of figures, of the plan, of what was agreed and of claims."""

from datetime import date

from tests.warehouse.site.test_claims_page import claim
from tests.warehouse.site.test_plan_page import action
from warehouse.site.claims_page import claim_sources
from warehouse.site.paper_pages import (
    CONFLICTS,
    STATEMENTS,
    PaperFigure,
    headline_table,
    lede,
    plan_list,
    statement_list,
)
from warehouse.site.plan_page import SitePlan


def figure(colour: str, title: str = "GP appointments") -> PaperFigure:
    """A headline figure that is judged as `colour`."""
    cells = (title, "Mar 2025", "668,507", "+5.0%", "no clear change", "+5.6%", "final")
    return PaperFigure("appointments", cells, (colour, "●", "words"), "NHS England")


def test_the_first_sentence_counts_every_judgement() -> None:
    shown = [figure("grey"), figure("orange"), figure("grey")]
    assert lede(shown) == "Of 3 figures: 1 a concern, 2 without clear change."
    assert lede([]) == "There is no figure."


def test_the_table_of_figures_leads_to_their_pages() -> None:
    table = headline_table([figure("grey")])
    assert len(table.headings) == len(table.cells[0])
    assert table.links == {(0, 0): "kpis/appointments.html"}


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
