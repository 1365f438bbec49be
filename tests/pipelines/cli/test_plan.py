"""`access-recovery plan`: what a plan's keeper sees."""

import csv
import io
import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.feeds.slaip_actions.testing import build as actions
from checks.check_catalogue import check_of
from pipelines.cli.main import app
from pipelines.cli.plan_caip import show_network, show_position
from pipelines.cli.plan_lists import list_decisions
from pipelines.cli.screen import Screen
from tests.support import write, write_regional
from tests.warehouse.plan.support_plan import missed
from tests.warehouse.support_mart import build
from warehouse.base.home import Home
from warehouse.editions.rulings import hold
from warehouse.outputs.plan_words import evidence_words
from warehouse.plan.rating import rating_rules

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a plan of three actions: one in order, one overdue and moved, one complete."""
    folder = tmp_path_factory.mktemp("planned")
    home = Home(folder / "home")
    moved = {"Action id": "A-2", "Title": "Late", "Rating": "amber", "Evidence": ""}
    moved |= {"Original due date": "2025-08-31", "Current due date": "2025-09-30"}
    rows = (
        {"Evidence": "appointments_dna_share <= 99%; nhs_app_logins up", "Rating": "red"},
        moved | {"Reason for change": "the supplier is late"},
        {"Action id": "A-3", "Status": "complete", "Completed on": "2025-10-01", "Evidence": ""}
        | {"Aim": "", "Evidence documents": "Board paper", "Rating": "blue"},
    )
    tracker = write(folder / "plan.csv", actions(*rows))
    places = [
        {"SUB_ICB_LOCATION_CODE": place, "SUB_ICB_LOCATION_ONS_CODE": ons}
        for place, ons in (("04C", "E38000097"), ("04V", "E38000201"), ("03W", "E38000051"))
    ]
    build(home, [write_regional(folder / "oct.csv", *places), tracker]).db.close()
    return home


TODAY = date(2025, 10, 31)


def run(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    width: int = 80,
    today: date = TODAY,
) -> str:
    monkeypatch.setattr("warehouse.fetch.fetch.london_today", lambda: today)
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(home.root))
    monkeypatch.setenv("COLUMNS", str(width))
    done = RUNNER.invoke(app, ["plan", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("width", [80, 120])
def test_the_summary_counts_by_area_and_aim(
    planned: Home, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    told = run(planned, monkeypatch, width=width)
    one_line = told.replace("\n  ", " ")
    assert "3 actions. Overdue and due: as of 31 Oct 2025. Computed ratings" in one_line
    assert "evidence: as of 31 Oct 2025, the last day of the newest month" in one_line
    counts = {line.split("  ")[0]: line.split()[-6:] for line in told.splitlines() if line}
    assert counts["modern access"] == ["3", "2", "1", "0", "1", "1"]
    assert counts["no aim"] == ["1", "0", "0", "0", "1", "0"]
    assert "Contradicted: 0 by evidence, 1 by due dates alone.\n- Overdue: A-2\n" in told
    assert "Perhaps finished early (KPIs meet their thresholds, still open): A-1" in one_line
    assert "Not updated since" not in told and "without a reason" not in told
    assert max(map(len, told.splitlines())) <= width
    assert "Left out" not in told


def test_actions_are_listed_by_what_is_asked(
    planned: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ids(*asked: str) -> list[str]:
        return [one["action_id"] for one in json.loads(run(planned, monkeypatch, *asked, "--json"))]

    assert ids() == ["A-2", "A-1", "A-3"]
    assert ids("--open") == ["A-2", "A-1"]
    assert (ids("--overdue"), ids("--conflicts")) == (["A-2"], ["A-2"])
    assert ids("--rated", "red") == ["A-1"] and ids("--conflicts", "--rated", "green") == []
    rows = list(csv.DictReader(io.StringIO(run(planned, monkeypatch, "--overdue", "--csv"))))
    assert [(row["action_id"], row["conflicts"]) for row in rows] == [("A-2", "overdue")]
    listed = run(planned, monkeypatch, "--overdue")
    assert "Overdue on 31 Oct 2025: A-2 (31 days)" in listed and "A-1" not in listed
    assert "*" not in listed, "it is red"
    early = run(planned, monkeypatch, "--conflicts")
    assert early.index("A-2 (31 days)") < early.index("perhaps finished early:\nA-1: Share of")


@pytest.mark.parametrize("width", [80, 120])
def test_what_evidence_contradicts_is_apart_from_what_is_merely_late(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    late = {"Original due date": "2025-09-30", "Rating": "green", "Evidence": ""}
    low = {"Evidence": "appointments_dna_share <= 1%"}
    rows = (
        late | {"Action id": "A-1"},
        low | {"Action id": "A-2"},
        late | low | {"Action id": "A-3"},
        {"Action id": "A-4", "Evidence": ""},
    )
    build(home, [missed(tmp_path), write(tmp_path / "plan.csv", actions(*rows))]).db.close()
    told = run(home, monkeypatch, "--conflicts", "--rated", "green", width=width)
    assert max(map(len, told.splitlines())) <= width
    one_line = " ".join(told.split())
    assert one_line.startswith("3 actions: 2 by evidence, 1 by due dates alone. Overdue and due:")
    evidence, _, dates = told.partition(
        "\nBy due dates alone (overdue, or moved more than once): 1 "
    )
    assert "\nContradicted by evidence: 2 actions\n" in evidence
    assert "A-1" not in evidence and "A-2  " in evidence and "A-3  " in evidence
    assert "A-1  " in dates and "A-2" not in dates and "Overdue on 31 Oct 2025: A-1" in dates
    listed = json.loads(run(home, monkeypatch, "--conflicts", "--json"))
    causes = {one["action_id"]: one["contradicted_by"] for one in listed}
    assert causes == {"A-1": "due dates", "A-2": "evidence", "A-3": "evidence"}
    every = run(home, monkeypatch, "--open", width=width)
    assert "green*" in every and "* By the due date alone: no figure speaks for it" in every
    assert "green by the due date alone, no figure: A-4" in run(home, monkeypatch, width=width)
    shown = " ".join(run(home, monkeypatch, "show", "A-4").split())
    assert "Computed: green on 31 Oct 2025: Due on 31 Dec 2025. No KPI is evidence of it" in shown


def test_what_is_overdue_is_as_of_the_day_of_reading(
    planned: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overdue(*asked: str, today: date) -> list[tuple[str, str, str]]:
        told = json.loads(run(planned, monkeypatch, "--overdue", "--json", *asked, today=today))
        assert all(one["conflict_reasons"] and one["is_overdue"] for one in told)
        return [(one["action_id"], one["due_as_of"], one["as_of"]) for one in told]

    rated = "2025-10-31"
    assert overdue(today=date(2025, 9, 30)) == []
    late = date(2026, 1, 1)
    assert overdue(today=late) == [("A-2", "2026-01-01", rated), ("A-1", "2026-01-01", rated)]
    for day in ("2025-10-01", "01/10/2025", "1 Oct 2025"):
        assert overdue("--as-of", day, today=late) == [("A-2", "2025-10-01", rated)]
    told = run(planned, monkeypatch, "--overdue", today=late)
    assert "as of 1 Jan 2026" in told and "A-2 (93 days), A-1 (1 day)" in told
    soon = run(planned, monkeypatch, today=date(2025, 12, 1))
    assert ["3", "2", "1", "1", "1", "1"] in [line.split()[-6:] for line in soon.splitlines()]


def test_a_day_or_rating_that_is_none_is_told(
    planned: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(planned.root))
    for asked in (["--as-of", "soon"], ["--as-of", "30 Sept"], ["--rated", "pink"]):
        done = RUNNER.invoke(app, ["plan", *asked])
        assert done.exit_code == 2 and asked[1] in done.stderr
    help_said = RUNNER.invoke(app, ["plan", "--help"], env={"COLUMNS": "200"}).stdout
    assert "as 2025-10-31 or 31/10/2025, the day first" in help_said


def test_one_action_in_full(planned: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    told = run(planned, monkeypatch, "show", "a - 1")
    assert told.startswith("A-1: Fewer missed appointments (QK1)")
    assert "It should be at most 99.0% and is" in told.replace("\n  ", " ")
    assert "It should go up. No figure: not available." in told
    assert "created" in told and max(map(len, told.splitlines())) <= 80
    late = run(planned, monkeypatch, "show", "A-2")
    assert "Due: 30 Sep 2025, moved 1 time from 31 Aug 2025" in late
    found = json.loads(run(planned, monkeypatch, "show", "A-1", "--json"))
    assert [one["kpi_id"] for one in found["evidence_kpis"]] == [
        "appointments_dna_share",
        "nhs_app_logins",
    ]


def test_an_unknown_action_and_no_plan_are_told(
    planned: Home, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(planned.root))
    done = RUNNER.invoke(app, ["plan", "show", "A-9"])
    assert done.exit_code == 2 and "Did you mean A-3" in done.stderr
    build(home, [write_regional(tmp_path / "oct.csv")]).db.close()
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(home.root))
    for asked in (["plan"], ["plan", "show", "A-1"]):
        done = RUNNER.invoke(app, asked)
        assert done.exit_code == 2 and "access-recovery template slaip_actions" in done.stderr
    assert json.loads(RUNNER.invoke(app, ["plan", "--json"]).stdout) == []


@pytest.fixture(scope="module")
def networks() -> list[dict[str, object]]:
    """Two networks as the mart has them: one paid in full, one with an area not declared."""
    shared = {"icb_code": "QK1", "financial_year": "2024/25", "kpi_title": "Share of calls"}
    shared |= {"unit": "share", "baseline_month": date(2024, 4, 1)}
    shared |= {"latest_month": date(2025, 3, 1), "maximum_per_patient": 1.4}
    areas = {"online": "Simpler online requests", "telephony": "Better digital telephony"}
    one = {"pcn_code": "U00001", "pcn_name": "A LONG NAME OF A NETWORK PCN", "declared_on": TODAY}
    one |= {"baseline_value": 0.5, "latest_value": 0.6, "change": 0.1, "variation": "improvement"}
    one |= {"decision": "approved", "maximum_amount": 100.0, "amount": 49.995}
    two = {"pcn_code": "U00002", "pcn_name": None, "declared_on": None, "decision": None}
    two |= {"baseline_value": None, "latest_value": None, "change": None, "variation": None}
    two |= {"maximum_amount": None, "amount": None}
    return [
        {**shared, **row, "area": area, "area_title": title}
        for area, title in areas.items()
        for row in (one, two)
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_the_position_of_every_network_is_printed(
    networks: list[dict[str, object]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    show_position(Screen(), networks)
    told = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert max(map(len, told.splitlines())) <= width and "Left out" not in told
    assert told.startswith("Improvement payment 2024/25 of QK1, by network")
    assert "Figures: Share of calls, 2024-04 to 2025-03" in lines
    assert sum("60.0% +10.0 pp improvement approved" in line for line in lines) == 2
    assert lines.count("U00002 - - - no figure not declared") == 2
    assert told.count("£1.40 a patient") == 1, "the maximum is said once"
    assert any(line.endswith("£100 £100 2 of 2") for line in lines), "thirds are no penny more"
    assert "U00002 - - 0 of 2" in lines
    assert "QK1, all networks £100 £100" in lines
    assert "All networks: the sum of the amounts that are known." in lines


def test_one_network_is_told_in_full_with_what_is_missing(
    networks: list[dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    said = {"declared_by": "Clinical director", "decided_by": "The board", "decided_on": TODAY}
    said |= {"reason": "One practice has none", "beside_figures": "Call-back is declared."}
    row = networks[0] | said | {"decision": "not approved", "amount": 0.0}
    seen = {"kpi_title": "Share of calls", "missing": None}
    unseen = {**row, "latest_value": None, "kpi_title": "Practices", "missing": "No figure. Why."}
    show_network(Screen(), [(row, [row | seen, unseen])])
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("Improvement payment 2024/25 of U00001 A LONG NAME OF A NETWORK")
    assert "Network: declared on 31 Oct 2025 by Clinical director." in told
    assert "ICB: not approved on 31 Oct 2025 by The board. Reason: One practice has none." in told
    change = "50.0% in 2024-04, 60.0% in 2025-03 (+10.0 pp; improvement)."
    assert f"- Share of calls: {change} - Practices: No figure. Why." in told
    assert "Not in figures: Call-back is declared." in told and "£100 £0 0 of 1" in told


def test_the_payment_of_a_year_alone_is_listed(
    planned: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(planned.root))
    done = RUNNER.invoke(app, ["plan", "caip", "--year", "2019/20"])
    assert done.exit_code == 2 and "networks" in done.stderr, "this mart has none"


def test_those_not_updated_are_named_and_listed(
    planned: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Updated on 14 October: within the three months that end with December, not with January."""
    last, after = date(2025, 12, 31), date(2026, 1, 1)
    assert json.loads(run(planned, monkeypatch, "--not-updated", "--json", today=last)) == []
    listed = json.loads(run(planned, monkeypatch, "--not-updated", "--json", today=after))
    assert [one["action_id"] for one in listed] == ["A-2", "A-1"], "A-3 is complete"
    told = " ".join(run(planned, monkeypatch, today=after).split())
    assert "Not updated since 1 Nov 2025 (access-recovery plan --not-updated): A-2, A-1" in told


def test_the_months_are_those_of_the_check() -> None:
    rule = check_of("plan_actions_updated", "slaip_actions")
    assert rating_rules().update_within_months == rule.threshold


def test_what_has_no_recent_figure_is_apart_from_what_figures_contradict(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    low = {"Evidence": "appointments_dna_share <= 1%", "Title": "Fewer are missed"}
    rows = (low | {"Action id": "A-1"}, {"Action id": "A-2", "Evidence": "nhs_app_logins up"})
    tracker = write(tmp_path / "plan.csv", actions(*rows))
    build(home, [missed(tmp_path), tracker]).db.close()
    told = run(home, monkeypatch, "--conflicts", "--rated", "green")
    one_line = " ".join(told.split())
    assert "2 actions: 1 by evidence, 1 without a recent figure, 0 by due dates alone" in one_line
    evidence, _, old = told.partition("\nNo recent figure is evidence for the rating: 1 action\n")
    assert "A-2" not in evidence and "A-1" not in old
    assert "Rated green while Share of appointments not attended (DNA) (" in " ".join(
        evidence.split()
    )
    assert "in October 2025, to be at most 1.0%) does not meet its threshold." in one_line
    assert "Rated green without a recent figure of NHS App log-ins." in " ".join(old.split())
    assert evidence.count("Head of") == 1, "the owner"
    listed = json.loads(run(home, monkeypatch, "--conflicts", "--json"))
    assert {one["contradicted_by"] for one in listed} == {"evidence", "no recent figure"}


def test_a_due_date_that_moved_without_a_reason_is_named(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An original due date that a later update changes is a move that nobody explained."""
    later = {"Month": "2025-11", "Last update": "2025-11-10", "Original due date": "2026-01-31"}
    for name, row in (("a.csv", {}), ("b.csv", later | {"Reason for change": ""})):
        take = write(tmp_path / name, actions(row))
        build(home, [take]).db.close()
    told = run(home, monkeypatch, today=date(2025, 11, 30))
    assert "\nDue date moved without a reason: A-1\n" in told


def test_those_due_soon_are_named_and_listed(
    planned: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = date(2025, 12, 10)
    told = run(planned, monkeypatch, today=before)
    assert "\nDue in 30 days (access-recovery plan --due): A-1\n" in told
    [listed] = json.loads(run(planned, monkeypatch, "--due", "--json", today=before))
    assert listed["action_id"] == "A-1"
    assert "Due in 30 days (access" not in run(planned, monkeypatch)


@pytest.mark.parametrize("width", [80, 120])
def test_decisions_of_meetings_are_listed(
    planned: Home,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    width: int,
) -> None:
    told = run(planned, monkeypatch, "decisions", width=width)
    assert max(map(len, told.splitlines())) <= width
    one_line = " ".join(told.split())
    assert one_line.startswith("Leicester City Council, Public Health and Health Integration")
    assert "Scrutiny Commission (day not known) LC-1 (" in one_line
    assert "LC-3 (answered in part; figures from October 2025): A breakdown" in one_line
    assert "LC-1 (" in told and "): The report on access to primary care was noted." in one_line
    assert "Missing: No figure of NHS App" in one_line
    returned = {"set_by": "returned", "met_on": TODAY, "body": "A board", "decision_id": "D-1"}
    returned |= {"answered_since": TODAY, "status": "answered", "agreed": "Calls to be shared"}
    rest = ("answer", "not_published", "why_not", "missing", "answered_by", "owner_role")
    list_decisions(Screen(), [dict.fromkeys(rest) | returned])
    said = "A board (meeting of 31 Oct 2025)\n\nD-1 (answered since 31 Oct 2025): Calls to be"
    assert said in capsys.readouterr().out
    listed = json.loads(run(planned, monkeypatch, "decisions", "--json"))
    assert [one["decision_id"] for one in listed] == ["LC-1", "LC-2", "LC-3", "LC-4"]


@pytest.mark.parametrize(
    ("threshold", "value", "told"),
    [
        (0.05, 0.0504, "at most 5.00% and is not: 5.04%"),
        (0.05, 0.06, "at most 5.0% and is not: 6.0%"),
        (0.05, 0.05, "at most 5.0% and is: 5.0%"),
    ],
)
def test_a_threshold_and_a_value_are_told_apart(threshold: float, value: float, told: str) -> None:
    one = {"direction": "down", "threshold": threshold, "unit": "share", "latest_value": value}
    one |= {"is_met": value <= threshold, "movement": None, "month": TODAY, "status": "final"}
    assert evidence_words(one | {"is_stale": False}).startswith(f"It should be {told} in October")


def test_a_held_return_leaves_the_plan_and_is_told_of(
    planned: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(planned.root, home.root)
    before = run(home, monkeypatch, "show", "A-2")
    write(home.landing / "corrected.csv", actions({"Action id": "A-2", "Status": "complete"}))
    done = RUNNER.invoke(app, ["refresh"])
    assert done.exit_code == 1, done.output
    said = " ".join(done.output.split())
    assert "Held back: slaip_actions 2025-10. corrected.csv (revision 2): Every action" in said
    assert (
        "import the return again. Stays published: plan.csv (revision 1), accepted by its checks on"
        in said
    )
    told = " ".join(run(home, monkeypatch, "show", "A-2").split())
    assert told.startswith(" ".join(before.split()))
    held = r"Your return slaip_actions 2025-10 is held since \d+ \w{3} \d{4}, and not shown here"
    assert (
        re.search(held, told)
        and "Shown is plan.csv (revision 1), accepted by its checks on" in told
    )
    assert "Row 2: Completed on: found nothing, expected the day of completion" in told
    assert "access-recovery warnings slaip_actions 2025-10 lists all. Shown" in told
    assert re.search(held, " ".join(run(home, monkeypatch).split()))
    status = json.loads(RUNNER.invoke(app, ["status", "--json"]).stdout)
    [feed] = [one for one in status["feeds"] if one["feed"] == "slaip_actions"]
    assert (feed["held"], feed["newest_accepted"]) == (["2025-10"], "2025-10")
    assert list(feed["stays_published"]) == ["2025-10"]


def test_a_held_first_return_says_that_the_sample_is_shown(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invented = {"SUB_ICB_LOCATION_NAME": "NHS A (SYNTHETIC)"}
    sample = write(tmp_path / "sample plan.csv", actions({"Action id": "Z00001"}))
    build(home, [write_regional(tmp_path / "sample.csv", invented), sample]).db.close()
    write(
        home.landing / "own.csv",
        actions({"Month": "2025-11", "Action id": "A-1", "Owner role": "Dr A. Person"}),
    )
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(home.root))
    assert RUNNER.invoke(app, ["refresh"]).exit_code == 1
    for asked in ([], ["--open"], ["show", "Z00001"]):
        told = " ".join(run(home, monkeypatch, *asked).split())
        assert "Your return slaip_actions 2025-11 is held since" in told
        assert "Row 2: Owner role: found a text that is no known role" in told
        assert "Shown is the SYNTHETIC sample, in which everything is invented." in told


def test_a_return_that_a_person_holds_has_the_persons_reason(
    planned: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(planned.root, home.root)
    write(home.landing / "nov.csv", actions({"Month": "2025-11", "Action id": "A-9"}))
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(home.root))
    RUNNER.invoke(app, ["refresh"])
    hold(home, "slaip_actions", "2025-11", "Not agreed yet", "A. Person")
    RUNNER.invoke(app, ["refresh"])
    told = " ".join(run(home, monkeypatch).split())
    assert "Your return slaip_actions 2025-11 is held since" in told
    assert "not shown here. Not agreed yet. access-recovery warnings" in told
    assert "Shown is what was accepted before it." in told and "SYNTHETIC" not in told
