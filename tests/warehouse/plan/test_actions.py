"""Actions of a plan from returns to the mart: latest state, history, evidence, rating, conflicts.
Fifty actions and six hundred changes come out alike in any order of import."""

import random
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.ingest import take_in
from tests.support import Row
from tests.warehouse.plan.support_plan import missed, returned
from tests.warehouse.support_mart import Mart, bring, build, take_in_all
from warehouse.base.home import Home
from warehouse.plan.action_states import changes_of, latest_states
from warehouse.plan.plan_evidence import newest_month

FEED = "slaip_actions"
FIRST = date(2023, 10, 2)
CODES = [f"A-{number:02d}" for number in range(1, 51)]
STATUSES = ("not started", "in progress", "closed")


def updates(seed: int) -> list[Row]:
    """Fifty actions, and six hundred later changes of them, each of a day of its own per action."""
    rng = random.Random(seed)
    rows: list[Row] = []
    state: dict[str, dict[str, Any]] = {}
    for code in CODES:
        state[code] = {"Action id": code, "Status": "not started", "Rating": "green"}
        state[code] |= {"Original due date": "2025-12-31", "Last update": FIRST.isoformat()}
        rows.append(dict(state[code]))
    for number in range(600):
        code = CODES[number % 50]
        day = FIRST + timedelta(days=7 * (number // 50 + 1))
        change = rng.choice(("Status", "Rating", "Current due date"))
        new = {
            "Status": rng.choice([s for s in STATUSES if s != state[code]["Status"]]),
            "Rating": rng.choice(
                [r for r in ("green", "amber", "red") if r != state[code]["Rating"]]
            ),
            "Current due date": f"2026-{number // 50 % 12 + 1:02d}-28",
        }[change]
        state[code] |= {change: new, "Last update": day.isoformat(), "Updated by": "Plan manager"}
        state[code] |= {"Reason for change": f"change {number}"}
        rows.append(dict(state[code]))
    return rows


def month_of(row: Row) -> str:
    return str(row["Last update"])[:7]


def history(mart: Mart) -> list[dict[str, Any]]:
    return mart.rows(
        "SELECT * EXCLUDE (sha256, source_row, edition) FROM plan.plan_action_history ORDER BY ALL"
    )


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mart, list[Row]]:
    """Every update in a return of its own month, imported from the oldest on."""
    folder = tmp_path_factory.mktemp("in_order")
    rows = updates(1)
    mart = build(Home(folder / "home"), files_of(folder, rows))
    return mart, rows


def files_of(folder: Path, rows: list[Row]) -> list[Path]:
    """A file for each week's updates, saved on the week's day."""
    days = sorted({str(row["Last update"]) for row in rows})
    return [
        returned(
            folder,
            f"plan-{day}.csv",
            f"{day}T09:00:00",
            *[{**row, "Month": day[:7]} for row in rows if row["Last update"] == day],
        )
        for day in days
    ]


def test_the_latest_state_and_every_change_are_right(in_order: tuple[Mart, list[Row]]) -> None:
    mart, rows = in_order
    latest = {row["action_id"]: row for row in mart.rows("SELECT * FROM plan.plan_action")}
    assert sorted(latest) == CODES
    for code in CODES:
        own = [row for row in rows if row["Action id"] == code]
        last = own[-1]
        found = latest[code]
        assert (found["status"], found["self_rating"]) == (last["Status"], last["Rating"])
        assert found["last_update"].isoformat() == last["Last update"]
        due = [row.get("Current due date") or row["Original due date"] for row in own]
        assert found["due_current"].isoformat() == due[-1]
        assert found["due_moves"] == sum(a != b for a, b in pairwise(due))
    changes = history(mart)
    assert len([row for row in changes if row["kind"] == "created"]) == 50
    assert len({(row["action_id"], row["changed_on"]) for row in changes}) == 650
    assert {row["kind"] for row in changes} == {"created", "update"}


@pytest.mark.acceptance  # many marts
def test_any_order_of_import_and_returns_repeated_in_whole_give_the_same(
    in_order: tuple[Mart, list[Row]], tmp_path: Path
) -> None:
    """Imported backwards, in two refreshes, and a month's whole tracker once more at its end."""
    mart, rows = in_order
    files = files_of(tmp_path, rows)
    home = Home(tmp_path / "home")
    build(home, files[7:][::-1]).db.close()
    last_of_2023 = {
        row["Action id"]: {**row, "Month": "2023-12"} for row in rows if month_of(row) <= "2023-12"
    }
    again = returned(tmp_path, "again.csv", "2024-03-01T09:00:00", *last_of_2023.values())
    other = build(home, [*files[:7][::-1], again])
    told = "SELECT * EXCLUDE (sha256, source_row, edition) FROM plan.plan_action ORDER BY ALL"
    assert other.rows(told) == mart.rows(told)
    assert history(other) == history(mart)


def test_a_corrected_return_keeps_the_history(home: Home, tmp_path: Path) -> None:
    first = {"Status": "not started"}
    moved = {"Current due date": "2026-03-31", "Reason for change": "the supplier is late"}
    build(home, [returned(tmp_path, "a.csv", "2025-10-15", first)]).db.close()
    wrong = {**moved, "Month": "2025-11", "Last update": "2025-11-10"}
    build(home, [returned(tmp_path, "b.csv", "2025-11-11", wrong)]).db.close()
    right = {**wrong, "Current due date": "2026-01-31"}
    mart = build(home, [returned(tmp_path, "c.csv", "2025-11-12", right)])
    rows = mart.rows(
        """SELECT change_no, kind, was, became, reason, changed_by, due_moves
        FROM plan.plan_action_history WHERE column_name IN ('title', 'due_current')
        ORDER BY change_no"""
    )
    told = ("the supplier is late", "Plan manager", 1)
    assert [tuple(row.values()) for row in rows] == [
        (1, "created", None, "Fewer missed appointments", None, "Plan manager", 0),
        (2, "update", "2025-12-31", "2026-03-31", *told),
        (3, "correction", "2026-03-31", "2026-01-31", *told),
    ]
    [action] = mart.rows("SELECT * FROM plan.plan_action")
    assert (action["due_current"], action["due_moves"]) == (date(2026, 1, 31), 1)
    assert action["as_of"] == action["rated_on"]
    [file] = mart.rows(f"SELECT * FROM governance.source_file WHERE sha256 = '{action['sha256']}'")
    assert (file["feed"], file["file_name"], file["in_mart"]) == (FEED, "c.csv", True)


def test_nothing_is_overdue_before_its_day(home: Home, tmp_path: Path) -> None:
    due = {"Month": "2025-12", "Last update": "2025-12-01", "Original due date": "2025-12-15"}
    mart = build(home, [missed(tmp_path), returned(tmp_path, "plan.csv", "2025-12-01", due)])
    [action] = mart.rows("SELECT * FROM plan.plan_action")
    assert action["rated_on"] == date(2025, 12, 1)
    assert not action["is_overdue"] and action["computed_rating"] != "red"


def test_a_month_of_which_only_its_first_day_is_counted_is_not_over() -> None:
    db = duckdb.connect()
    db.execute("ATTACH ':memory:' AS mart")
    db.execute(
        """CREATE TABLE mart.kpi_monthly AS FROM (VALUES
            ('registered_patients', DATE '2025-12-01', 1000.0),
            ('appointments', DATE '2025-12-01', NULL),
            ('appointments', DATE '2025-10-01', 500.0)) AS t(kpi_id, month, value)"""
    )
    assert newest_month(db) == date(2025, 10, 1)


@pytest.mark.parametrize("typed", ["tackle 8am rush", "Tackle_8AM_rush", "Tackle the 8am rush"])
def test_an_aim_is_the_same_however_it_is_typed(home: Home, tmp_path: Path, typed: str) -> None:
    mart = build(home, [returned(tmp_path, "plan.csv", "2025-10-15", {"Aim": typed})])
    [action] = mart.rows("SELECT llr_aim FROM plan.plan_action")
    assert action["llr_aim"] == "tackle_8am_rush"


def test_a_corrected_original_due_date_is_no_move(home: Home, tmp_path: Path) -> None:
    typed = {"Original due date": "2025-11-30"}
    moved = {"Current due date": "2025-12-31", "Reason for change": "typing error"}
    build(home, [returned(tmp_path, "a.csv", "2025-10-15", typed | moved)]).db.close()
    right = returned(tmp_path, "b.csv", "2025-10-16", {"Original due date": "2025-12-31"})
    mart = build(home, [right])
    [action] = mart.rows("SELECT due_original, due_current, due_moves FROM plan.plan_action")
    assert action == {
        **dict.fromkeys(("due_original", "due_current"), date(2025, 12, 31)),
        "due_moves": 0,
    }
    later = {"Month": "2025-11", "Last update": "2025-11-10", "Original due date": "2025-12-31"}
    put_off = {"Current due date": "2026-03-31", "Reason for change": "the supplier is late"}
    mart = build(home, [returned(tmp_path, "c.csv", "2025-11-11", later | put_off)])
    assert [row["due_moves"] for row in mart.rows("FROM plan.plan_action")] == [1]


def test_an_original_due_date_is_that_of_the_first_day(home: Home, tmp_path: Path) -> None:
    """Another one in a later update is a move, unless the first day's is corrected, too."""
    typed, right = {"Original due date": "2025-11-30"}, {"Original due date": "2025-12-31"}
    later = {"Month": "2025-11", "Last update": "2025-11-10"}
    told = "SELECT due_original, due_current, due_moves FROM plan.plan_action"

    def found(name: str, row: Row) -> list[tuple[Any, ...]]:
        mart = build(home, [returned(tmp_path, name, "2025-11-12", row)])
        rows = [tuple(one.values()) for one in mart.rows(told)]
        mart.db.close()
        return rows

    first, due = date(2025, 11, 30), date(2025, 12, 31)
    assert found("oct.csv", typed) == [(first, first, 0)]
    assert found("nov.csv", {**later, **right}) == [(first, due, 1)]
    assert found("oct again.csv", right) == [(due, due, 0)]


def test_what_is_imported_later_corrects_whenever_it_was_saved(home: Home, tmp_path: Path) -> None:
    """A copy that was saved earlier, of the same day of update."""
    build(home, [returned(tmp_path, "a.csv", "2025-10-20", {"Rating": "green"})]).db.close()
    mart = build(home, [returned(tmp_path, "b.csv", "2025-10-15", {"Rating": "red"})])
    assert [row["self_rating"] for row in mart.rows("FROM plan.plan_action")] == ["red"]
    told = "SELECT kind, became FROM plan.plan_action_history ORDER BY change_no"
    found = [tuple(row.values()) for row in mart.rows(told)]
    assert found == [("created", "Fewer missed appointments"), ("correction", "red")]


def test_a_faulty_row_that_was_corrected_is_no_history(home: Home, tmp_path: Path) -> None:
    build(
        home, [returned(tmp_path, "a.csv", "2025-10-15", {"Owner role": "Dr A. Person"})]
    ).db.close()
    mart = build(home, [returned(tmp_path, "b.csv", "2025-10-15", {})])
    [row] = mart.rows("FROM plan.plan_action_history")
    assert (row["kind"], row["column_name"]) == ("created", "title")


def test_a_due_date_that_moved_before_the_first_return_is_history(
    home: Home, tmp_path: Path
) -> None:
    moved = {"Current due date": "2026-03-31", "Reason for change": "the supplier is late"}
    mart = build(home, [returned(tmp_path, "a.csv", "2025-10-15", moved)])
    told = """SELECT change_no, kind, was, became, reason, due_moves FROM plan.plan_action_history
        WHERE column_name = 'due_current'"""
    [row] = mart.rows(told)
    why = "the supplier is late"
    assert tuple(row.values()) == (1, "created", "2025-12-31", "2026-03-31", why, 1)


def test_a_return_of_one_action_after_one_of_all_is_accepted(home: Home, tmp_path: Path) -> None:
    """Few rows are no fault here, nor labels that vanish."""
    every = [{"Action id": code, "Rating": "red"} for code in CODES]
    one = {"Month": "2025-11", "Last update": "2025-11-10", "Status": "closed"}
    bring(
        home,
        returned(tmp_path, "all.csv", "2025-10-15", *every),
        returned(tmp_path, "one.csv", "2025-11-12", one),
    )
    assert set(take_in_all(home).values()) == {"accepted"}
    [warned] = [take_in(home, FEED, "2025-11", "run")]
    assert warned is not None
    assert [one.rule for one in warned.results if one.verdict in ("warn", "fail")] == []


CONFLICTS = {
    "A-1": ({"Evidence": "appointments_dna_share <= 1%"}, {"green_but_below_threshold"}),
    "A-2": ({"Evidence": "nhs_app_logins up"}, {"green_but_stale"}),
    "A-3": (
        {"Status": "complete", "Completed on": "2025-10-01", "Rating": "blue", "Evidence": ""},
        {"complete_without_evidence"},
    ),
    "A-4": ({"Original due date": "2025-09-30", "Rating": "amber", "Evidence": ""}, {"overdue"}),
    "A-5": ({"Evidence": "appointments_dna_share <= 99%"}, {"met_but_open"}),
    "A-6": ({"Evidence": "", "Evidence documents": "Board paper"}, set[str]()),
    "A-7": (
        {"Evidence": "", "Rating": "red", "Status": "closed", "Original due date": "2025-05-31"},
        set[str](),
    ),
}


def test_each_contradiction_is_told_and_what_agrees_is_not(home: Home, tmp_path: Path) -> None:
    rows = [{"Action id": code, **row} for code, (row, _) in CONFLICTS.items()]
    mart = build(home, [missed(tmp_path), returned(tmp_path, "plan.csv", "2025-10-15", *rows)])
    found: dict[str, set[str]] = {code: set() for code in CONFLICTS}
    for row in mart.rows("SELECT * FROM plan.plan_conflict"):
        found[row["action_id"]].add(row["conflict"])
        assert "not known" not in row["conflict_reason"] and row["rated_on"] == date(2025, 10, 31)
    assert found == {code: expected for code, (_, expected) in CONFLICTS.items()}
    rated = {
        row["action_id"]: (row["computed_rating"], row["rating_reason"])
        for row in mart.rows("SELECT * FROM plan.plan_action")
    }
    title = "Share of appointments not attended (DNA)"
    figure = "(10.0% in October 2025, to be at most 1.0%)"
    assert rated["A-1"] == ("amber", f"{title} {figure} does not meet its threshold.")
    assert rated["A-4"] == (
        "red",
        "Due on 30 Sep 2025, 31 days before 31 Oct 2025, and not complete.",
    )
    assert rated["A-3"][0] == "amber" and rated["A-7"][0] == "closed"
    assert {rated[code][0] for code in ("A-5", "A-6")} == {"green"}
    evidence = {row["action_id"]: row for row in mart.rows("SELECT * FROM plan.plan_evidence")}
    assert evidence["A-1"]["latest_value"] == pytest.approx(0.1)
    assert (evidence["A-1"]["is_met"], evidence["A-5"]["is_met"]) == (False, True)
    assert (evidence["A-2"]["is_met"], evidence["A-2"]["is_stale"]) == (None, True)
    assert evidence["A-2"]["latest_value"] is None


def test_an_empty_plan_has_tables_without_rows(llr: Mart) -> None:
    for table in ("plan_action", "plan_action_history", "plan_evidence", "plan_conflict"):
        assert llr.rows(f"SELECT * FROM plan.{table}") == []


def test_no_states_have_no_changes() -> None:
    from warehouse.plan.action_states import STATE

    none = pl.DataFrame(schema=STATE)
    assert changes_of(none).is_empty() and latest_states(none).is_empty()
