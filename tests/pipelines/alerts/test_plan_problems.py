"""Alerts about a plan: one for each contradiction, one when it is gone, and evidence that gets too
old without a refresh."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.alerts.delivery import deliver
from pipelines.alerts.find_problems import Problem, problems
from pipelines.alerts.send import Address, Sent
from tests.pipelines.alerts.support_alerts import NOW
from tests.warehouse.plan.support_plan import missed, returned
from tests.warehouse.support_mart import build
from warehouse.base.home import Home
from warehouse.base.sql import open_mart
from warehouse.contract.release_calendar import LONDON

GREEN = {"Action id": "A-1", "Evidence": "appointments_dna_share <= 1%"}
OVERDUE = {
    **{"Action id": "A-4", "Original due date": "2025-09-30", "Rating": "amber", "Evidence": ""},
    **{"Reason for change": "The supplier is late", "Owner role": "Head of digital"},
}
DONE = {"Month": "2025-11", "Last update": "2025-11-20", "Completed on": "2025-11-18"}
BELOW, LATE = "plan QK1 A-1 green_but_below_threshold", "plan QK1 A-4 overdue"
STALE = "stale QK1 A-1 appointments_dna_share"


@pytest.fixture
def planned(home: Home, tmp_path: Path) -> Home:
    """A home with an action rated green whose figure misses its threshold, and an overdue one."""
    plan = returned(tmp_path, "plan.csv", "2025-10-15", GREEN, OVERDUE)
    build(home, [missed(tmp_path), plan]).db.close()
    return home


def of_plan(home: Home, now: datetime = NOW) -> list[Problem]:
    return [one for one in problems(home, now) if one.key.split()[0] in ("plan", "stale")]


def test_contradictions_are_told_with_id_and_title_alone(planned: Home) -> None:
    below, late = of_plan(planned)
    assert (below.key, late.key) == (BELOW, LATE)
    assert below.title == "Action A-1 of the plan of QK1: green but below threshold"
    assert below.what == (
        "Fewer missed appointments: Rated green while Share of appointments not attended (DNA) "
        "(10.0% in October 2025, to be at most 1.0%) does not meet its threshold. Rated on 31 Oct "
        "2025."
    )
    assert "access-recovery plan show A-4" in late.to_do and "--feed slaip_actions" in late.to_do
    said = f"{below}{late}"
    assert "Head of" not in said and "supplier" not in said and "Plan manager" not in said


def test_each_is_sent_once_and_reported_as_resolved(planned: Home, tmp_path: Path) -> None:
    sent: list[str] = []

    def by(address: Address, title: str, body: str) -> Sent:
        sent.append(body)
        return Sent(address.name)

    def told(now: datetime) -> tuple[list[str], list[str]]:
        done = deliver(planned, now, [Address("someone", "json://127.0.0.1")], by)
        named = [
            [title for title in titles if "plan of" in title]
            for titles in (done.sent, done.cleared)
        ]
        return named[0], named[1]

    late = "Action A-4 of the plan of QK1: overdue"
    assert told(NOW)[0] == ["Action A-1 of the plan of QK1: green but below threshold", late]
    assert told(NOW + timedelta(hours=1)) == ([], [])
    done = {**OVERDUE, **DONE, "Status": "complete", "Evidence documents": "Board paper"}
    build(planned, [returned(tmp_path, "done.csv", "2025-11-21", done)]).db.close()
    assert told(NOW + timedelta(hours=2)) == ([], [late])


def test_evidence_gets_too_old_without_a_refresh(planned: Home) -> None:
    last_good = datetime(2026, 2, 28, 23, 59, tzinfo=LONDON)
    assert STALE not in [one.key for one in of_plan(planned, last_good)]
    [stale] = [
        one for one in of_plan(planned, last_good + timedelta(minutes=1)) if one.key == STALE
    ]
    assert stale.since == datetime(2026, 3, 1, tzinfo=LONDON)
    assert stale.title == "Action A-1 of the plan of QK1: no recent evidence"
    assert "The newest figure is of 2025-10, over 4 months before 1 Mar 2026." in stale.what


def test_a_green_action_without_a_figure_is_one_problem(home: Home, tmp_path: Path) -> None:
    """The mart has it as a contradiction, too. An action that is closed needs no evidence."""
    none = {"Action id": "A-2", "Evidence": "nhs_app_logins up"}
    closed = {**none, "Action id": "A-3", "Status": "closed", "Rating": "red"}
    build(home, [returned(tmp_path, "plan.csv", "2025-10-15", none, closed)]).db.close()
    assert [one.key for one in of_plan(home)] == ["stale QK1 A-2 nhs_app_logins"]


def test_invented_actions_need_nobody(home: Home, tmp_path: Path) -> None:
    row = {**OVERDUE, "Action id": "Z99904"}
    build(home, [returned(tmp_path, "plan.csv", "2025-10-15", row)]).db.close()
    with open_mart(home.mart) as db:
        assert db.execute("SELECT conflict FROM plan.plan_conflict").fetchall() == [("overdue",)]
    assert of_plan(home) == []


def test_a_mart_that_can_not_be_read_resolves_nothing(planned: Home) -> None:
    planned.mart.write_bytes(b"no mart")
    first, *_ = problems(planned, NOW)
    assert first.key == "unreadable"
