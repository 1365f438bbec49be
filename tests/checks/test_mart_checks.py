"""Checks of the mart that can't run."""

import pytest

from checks.mart_checks import OFFENCES, judge_mart
from tests.checks.cases_mart import mart
from warehouse.base.home import Home


def test_a_check_of_the_mart_that_raises_hides_no_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mart(home)
    monkeypatch.setitem(OFFENCES, "kpis_described", ("never", "SELECT no_such FROM kpi"))
    found = {r.rule: r.verdict for r in judge_mart(path, "run")}
    assert [rule for rule, verdict in found.items() if verdict != "pass"] == ["kpis_described"]
    assert found["kpis_described"] == "fail"


def test_a_mart_that_cannot_be_opened_fails_every_check(home: Home) -> None:
    path = mart(home, lambda path: path.write_bytes(b"no database" * 1000) and None)
    assert {r.verdict for r in judge_mart(path, "run")} == {"fail"}
