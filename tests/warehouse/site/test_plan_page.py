"""Pages of the plan: contradictions, what is overdue, the payment by network, and decisions."""

from datetime import date
from typing import Any

from warehouse.base.months import day_words
from warehouse.base.sql import rows
from warehouse.outputs.plan_queries import plan_actions
from warehouse.outputs.plan_words import threshold_words
from warehouse.site.action_pages import (
    contradictions,
    history_table,
    plan_pages,
    rating_tag,
)
from warehouse.site.agreed_page import agreed_item, read_agreed
from warehouse.site.claims_page import read_claims
from warehouse.site.plan_page import (
    SitePlan,
    aims_table,
    asked_of,
    conflict_tables,
    late_table,
    plan_page,
    read_plan,
    summary,
)
from warehouse.site.plan_payment_page import payment_years
from warehouse.site.site_figures import SiteFigures

DAY = date(2026, 11, 30)


def action(number: int, **changed: Any) -> dict[str, Any]:
    """An open action that nothing contradicts."""
    return {
        "action_id": f"A-{number}",
        "title": f"Action {number}",
        "area": "build_capacity",
        "llr_aim": "tackle_8am_rush",
        "owner_role": "Head of primary care",
        "due_current": date(2026, 12, 31),
        "status": "in progress",
        "self_rating": "green",
        "is_open": True,
        "is_overdue": False,
        "conflicts": [],
        "conflict_reasons": [],
        "early_success": None,
        "rated_on": date(2025, 3, 31),
        "as_of": date(2025, 3, 31),
        **changed,
    }


def plan() -> SitePlan:
    """Three actions: one contradicted, one overdue with a moved date, one complete."""
    against = action(1, conflicts=["green_but_worsening"], conflict_reasons=["It gets worse."])
    moved = action(
        2,
        conflicts=["due_moved_often", "overdue"],
        conflict_reasons=["It has moved.", "It is late."],
        early_success="It is met.",
        is_overdue=True,
        due_current=date(2026, 11, 1),
    )
    done = action(3, status="complete", is_open=False, llr_aim=None, self_rating="blue")
    return SitePlan(DAY, (against, moved, done), aims={"tackle_8am_rush": "The 8am rush"})


def test_the_summary_counts_what_contradicts_green_and_names_the_day() -> None:
    assert summary(plan()) == (
        "3 actions: 2 open. Overdue on 30 Nov 2026, the day of publication: 1; on 31 Mar 2025, the "
        "day of the figures: 0. On those figures 1 is called green or complete while the data say "
        "otherwise."
    )


def test_every_kind_of_contradiction_is_apart() -> None:
    found = plan()
    assert [row["action_id"] for row in found.contradicted] == ["A-1"]
    worse, moved, met = conflict_tables(found)
    assert list(worse.cells[0])[:3] == ["Action 1", "green, in progress", "It gets worse."]
    assert worse.links == {(0, 0): "plan/action-A-1.html"}
    assert [table.cells[0][2] for table in (moved, met)] == ["It has moved.", "It is met."]
    assert len({worse.caption, moved.caption, met.caption}) == 3


def test_without_evidence_the_data_say_nothing() -> None:
    reasons = {"conflicts": ["complete_without_evidence"], "conflict_reasons": ["No evidence."]}
    found = SitePlan(DAY, (action(4, status="complete", is_open=False, **reasons),))
    assert found.contradicted == []
    assert summary(found).endswith("data say otherwise, 1 is complete without evidence.")
    [table] = conflict_tables(found)
    assert table.caption == "Complete without evidence"


def test_what_is_overdue_is_no_contradiction_of_the_figures_day() -> None:
    assert [contradictions(row) for row in plan().actions] == [
        ["It gets worse."], ["It has moved."], [],
    ]  # fmt: skip


def test_both_days_are_said_wherever_either_is_meant(figures: SiteFigures) -> None:
    plan = read_plan(figures)
    on, rated = day_words(plan.as_at), day_words(plan.rated_on)
    assert on != rated
    texts = [summary(plan), aims_table(plan).caption]
    assert all(on in text and rated in text for text in texts)
    content = plan_page(figures, plan).content
    for _, _, table in content["areas"]:
        assert rated in table.headings[5]
        for row in table.cells:
            assert ("overdue" in row[1]) == (f"(overdue on {on})" in row[1])
    assert len(plan.late) == sum(row["is_overdue"] for row in plan_actions(figures.db, plan.as_at))
    assert len(plan.late_when_rated) == sum(
        row["is_overdue"] for row in plan_actions(figures.db) if row["icb_code"] == "QK1"
    )


def test_a_threshold_that_resembles_the_target_of_another_kpi_says_whose_it_is(
    figures: SiteFigures,
) -> None:
    """90% within two weeks is the target of another share than the one that is evidence."""
    pages = {page.path: page for page in plan_pages(figures)}
    [one] = pages["plan/action-M-5.html"].content["evidence"]
    told = dict(pages["plan/action-M-5.html"].content["told"])
    assert told["Area"].startswith("Implement modern general practice access")
    assert "at least 90.0%" in one.says and "two weeks of booking" in one.title
    assert one.whose_target.startswith("The threshold is the plan's own. No target applies: the ")
    assert '"Share within two weeks, ACC-08 categories", 90.0%' in one.whose_target
    others = [
        evidence.whose_target
        for page in pages.values()
        if page.template == "action.html.j2"
        for evidence in page.content["evidence"]
    ]
    assert others.count("") == len(others) - 1 > 3


def test_what_two_pages_show_is_read_once(figures: SiteFigures) -> None:
    own = SiteFigures(figures.db, figures.places)
    assert own.once(read_plan) is own.once(read_plan)
    assert own.once(read_agreed) is own.once(read_agreed)
    assert own.once(read_claims) is not figures.once(read_claims)


def test_the_page_of_the_sample_has_every_conflict_of_the_mart(figures: SiteFigures) -> None:
    page = plan_page(figures, read_plan(figures))
    shown = sum(len(table.cells) for table in page.content["conflicts"])
    sql = "SELECT count(*) AS number FROM plan.plan_conflict WHERE conflict <> 'overdue'"
    [listed] = rows(figures.db, sql)
    assert shown == listed["number"] > 0
    assert page.content["invented"]


def test_overdue_is_as_on_the_day_of_publication() -> None:
    table = late_table(plan())
    assert "30 Nov 2026" in table.caption
    assert [list(row)[:3] for row in table.cells] == [["Action 2", "1 Nov 2026", "29"]]


def test_aims_are_counted_by_title() -> None:
    assert [list(row) for row in aims_table(plan()).cells] == [
        ["The 8am rush", "2", "2", "1", "0", "1"],
        ["No aim", "1", "0", "0", "1", "0"],
    ]


def test_history_and_ratings_are_in_words() -> None:
    change = {
        "changed_on": date(2025, 1, 28),
        "kind": "correction",
        "column_name": "due_current",
        "was": "2024-12-31",
        "became": "2025-03-31",
        "reason": None,
        "changed_by": "Plan manager",
    }
    assert list(history_table([change]).cells[0]) == [
        *("28 Jan 2025", "due current (correction)", "2024-12-31", "2025-03-31", "-"),
        "Plan manager",
    ]
    assert rating_tag("amber") == ("orange", "▲", "Amber")
    assert rating_tag("closed") == ("grey", "○", "Closed")
    assert rating_tag("green", True) == ("grey", "○", "Green, by its due date alone")


def assessed(year: str, area: str, pcn: str = "U1", **changed: Any) -> dict[str, Any]:
    """An approved area of a network."""
    return {
        "financial_year": year,
        "area": area,
        "pcn_code": pcn,
        "pcn_name": f"Network {pcn}",
        "unit": "share",
        "kpi_title": "Calls answered",
        "baseline_month": date(2024, 4, 1),
        "baseline_value": 0.5,
        "latest_month": date(2025, 3, 1),
        "latest_value": 0.6,
        "change": 0.1,
        "decision": "approved",
        "decided_on": date(2025, 3, 20),
        "share_approved": None,
        "maximum_per_patient": 1.4,
        "maximum_amount": 3000.0,
        "amount": 1000.0,
        **changed,
    }


def area_of(year: str, name: str) -> dict[str, Any]:
    """An area of the payment."""
    return {
        "financial_year": year,
        "area": name,
        "title": name.capitalize(),
        "share_of_maximum": 1 / 3,
        "maximum_per_patient": None,
        "evidence_kpis": ["k"],
        "beside_figures": None,
        "paid": "A third each.",
    }


def test_years_of_the_payment_are_apart_and_the_maximum_is_said_once() -> None:
    areas = [area_of("2024/25", "calls"), area_of("2024/25", "online"), area_of("2023/24", "ease")]
    unknown = {"latest_value": None, "change": None, "decision": "pending", "decided_on": None}
    assessments = [
        assessed("2024/25", "calls", amount=1000.01),
        assessed("2024/25", "online", **unknown, amount=None),
        assessed("2023/24", "ease", maximum_per_patient=None, maximum_amount=None, amount=None),
    ]
    newest, before = payment_years(
        assessments, areas, {"U1": "First network"}, {"k": "Calls answered"}
    )
    assert (newest.year, before.year) == ("2024/25", "2023/24")
    assert sum("£1.40 per patient" in rule for rule in newest.rules) == 1
    assert list(newest.networks.headings) == [
        *("Network", "Maximum", "Approved so far", "Calls: Calls answered"),
        "Online: Calls answered",
    ]
    assert [list(row) for row in newest.networks.cells] == [
        [
            "First network",
            "£3,000",
            "£1,000",
            "50.0% in April 2024, 60.0% in March 2025 (+10.0 pp). Approved on 20 Mar 2025.",
            "No figure. Pending.",
        ]
    ]
    assert newest.total == (
        "Of £3,000 at most, for 1 network, £1,000 (33%) is approved so far. "
        "Decisions, one per network and area: 1 approved, 1 pending."
    )
    assert before.total == ""
    assert list(before.networks.headings) == ["Network", "Ease: Calls answered"]
    assert newest.areas.cells[0][2] == "Calls answered"


def test_a_decision_links_only_to_pages_that_exist() -> None:
    decision = {
        "decision_id": "LC-9",
        "body": "A council",
        "met_on": None,
        "agreed": "To share figures.",
        "status": "answered in part",
        "answer": "By place.",
        "not_published": "By ward.",
        "why_not": "No file has it.",
        "owner_role": None,
        "minutes": None,
    }
    base = {"org_level": "practice", "organisations": 0, "first_month": None, "newest_month": None}
    answers = [
        {**base, "table_name": "kpi_monthly", "kpi_id": "shown", "kpi_title": "Shown"},
        {**base, "table_name": "kpi_monthly", "kpi_id": "hidden", "kpi_title": "Hidden"},
        {**base, "table_name": "claim", "kpi_id": None, "kpi_title": None},
        {**base, "table_name": "plan.recording_accuracy", "kpi_id": None, "kpi_title": None},
    ]
    for one in answers:
        one["none_because"] = "Not published at this level."
    item = agreed_item(1, decision, answers, {"shown"})
    assert item.links == (("kpis/shown.html", "Shown"), ("claims.html", "Claims tested"))
    assert item.tables == ("plan.recording_accuracy",)
    assert item.status == ("yellow", "◐", "Answered in part")
    assert item.levels is not None and len(item.levels.cells) == 2


def test_a_threshold_of_the_plan_says_for_whom_and_whether_it_is_met() -> None:
    one = {
        **{"kpi_id": "k", "org_level": "sub_icb", "org_code": "04C", "direction": "up"},
        **{"threshold": 0.9, "unit": "share", "latest_value": 0.811, "is_met": False},
        **{"month": date(2025, 3, 1)},
    }
    shown = SitePlan(
        DAY,
        (action(1),),
        evidence={"A-1": [one, {**one, "threshold": None}, {**one, "kpi_id": "x"}]},
    )
    [asked] = asked_of(shown, "k", {("sub_icb", "04C"): "Leicester City"})
    assert (asked.title, asked.path) == ("Action 1", "plan/action-A-1.html")
    assert asked.words == (
        "at least 90.0% for Leicester City, which is not met: 81.1% in March 2025"
    )
    most = {**one, "direction": "down", "latest_value": None, "is_met": None}
    assert threshold_words(most, "LLR") == (
        "at most 90.0% for LLR, of which there is no recent figure"
    )
