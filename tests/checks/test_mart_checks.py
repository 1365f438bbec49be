"""Checks of the mart that can't run."""

import pytest

from checks.mart_checks import OFFENCES, judge_mart
from tests.checks.cases_mart import mart, spoilt
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


def test_a_share_outside_its_range_names_figure_edition_and_what_to_do(home: Home) -> None:
    changed = (
        "UPDATE kpi_vintage SET numerator = 1.5 * denominator "
        "WHERE kpi_id = 'appointments_dna_share' AND org_code = '04C' AND month = DATE '2025-08-01'"
    )
    results = {one.rule: one for one in judge_mart(mart(home, spoilt(changed)), "run")}
    found = results["shares_in_range"]
    assert found.observed == "appointments_dna_share of sub_icb 04C in 2025-08 is 1.5"
    assert found.message == (
        "1 found; the mart is not published, and the last good one stays; made from "
        "gp_appointments_sub_icb 2025-10: correct the file at fault and import it, or hold its "
        "edition to publish the others (access-recovery hold gp_appointments_sub_icb 2025-10 "
        "--reason TEXT), then run access-recovery refresh"
    )
    assert results["figures_unique"].verdict == "pass"
