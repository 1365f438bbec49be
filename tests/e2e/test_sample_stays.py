"""The SYNTHETIC sample stays in the mart until an own edition takes its place, and never mixes with
own figures."""

from pathlib import Path

import duckdb
import pytest

from assets.feeds.slaip_actions.testing import build as actions
from pipelines.cli.outcomes import _kept
from pipelines.operations.refresh import refresh
from tests.e2e.reading import figures
from tests.support import write, write_regional
from warehouse.base.home import Home

pytestmark = pytest.mark.acceptance  # four whole refreshes
INVENTED = {"SUB_ICB_LOCATION_NAME": "NHS A (SYNTHETIC)", "COUNT_OF_APPOINTMENTS": 5}
OCTOBER = {"Month": "2025-10", "Evidence": "appointments_dna_share <= 1%"}
NAMED = {"Owner role": "Dr A. Person"}


@pytest.fixture
def sampled(home: Home) -> Home:
    """A home with an invented figure and an invented action of October, published."""
    write_regional(home.landing / "sample.csv", INVENTED)
    land(home, "sample plan.csv", {"Action id": "Z00001"})
    assert refresh(home).published
    return home


def land(home: Home, name: str, *rows: dict[str, object]) -> Path:
    return write(home.landing / name, actions(*({**OCTOBER, **row} for row in rows)))


def plan_of(home: Home) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.mart), read_only=True) as db:
        return db.execute(
            "SELECT action_id, synthetic, rating_synthetic FROM plan.plan_action ORDER BY ALL"
        ).fetchall()


def is_synthetic(home: Home) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.mart), read_only=True) as db:
        return db.execute(
            """SELECT (SELECT arg_max(synthetic, rowid) FROM governance.publication),
               (SELECT list(DISTINCT synthetic) FROM kpi_monthly),
               (SELECT coalesce(list(DISTINCT synthetic), []) FROM plan.plan_evidence)"""
        ).fetchall()


def test_a_mistake_in_the_first_own_plan_leaves_the_sample(sampled: Home) -> None:
    land(sampled, "own.csv", {"Action id": "A-1", **NAMED})
    report = refresh(sampled)
    assert (report.failures, report.taken_down) == ([], False)
    assert [one.feed for one in report.held] == ["slaip_actions"]
    assert report.kept_sample == ["slaip_actions"] and report.retired == 0
    assert "keeps the SYNTHETIC sample of slaip_actions" in _kept(report.kept_sample)
    assert plan_of(sampled) == [("Z00001", True, True)]
    assert figures(sampled.mart) == {("2025-10", "2025-10"): 5}
    assert refresh(sampled).nothing_to_do, "and it stays so"

    land(sampled, "corrected.csv", {"Action id": "A-1"})
    report = refresh(sampled)
    assert report.published and report.kept_sample == [] and report.retired == 1
    assert plan_of(sampled) == [("A-1", False, True)], "its figures are still invented"
    assert is_synthetic(sampled) == [(True, [True], [True])]


def test_a_mistake_in_the_first_own_figures_leaves_the_sample(sampled: Home) -> None:
    land(sampled, "own.csv", {"Action id": "A-1"})
    write_regional(sampled.landing / "own figures.csv", {"SUB_ICB_LOCATION_CODE": "not a code"})
    report = refresh(sampled)
    assert report.held and not report.taken_down and report.failures == []
    assert report.kept_sample == ["gp_appointments_sub_icb"]
    assert figures(sampled.mart) == {("2025-10", "2025-10"): 5}
    assert is_synthetic(sampled) == [(True, [True], [True])]

    write_regional(sampled.landing / "right.csv", {"COUNT_OF_APPOINTMENTS": 7})
    report = refresh(sampled)
    assert report.kept_sample == [] and report.retired == 1, "the plan was told of before"
    assert figures(sampled.mart) == {("2025-10", "2025-10"): 7}
    assert is_synthetic(sampled) == [(False, [False], [False])]
    assert plan_of(sampled) == [("A-1", False, False)]
