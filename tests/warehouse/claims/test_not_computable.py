"""What is missing where a claim is not computable."""

from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.claims.support_claims import (
    APPOINTMENTS,
    CITY_AND_LLR,
    LittleMart,
    figure,
    registered,
)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            {"kpi": "nhs_app_logins"},
            "KPI nhs_app_logins is not calculated for a sub_icb, only for icb, region, england.",
        ),
        (
            {"kpi": "pharmacy_first_referrals"},
            "No edition of pharmacy_first_referrals is accepted: edition 2024-11 of phar",
        ),
        (
            {"kpi": "appointments_per_1000_patients", "unit": "rate_per_1000"},
            "No edition of gp_appointments_coverage is available (needed: October 2024 of ",
        ),
        ({}, "statistical/appointments-in-general-practice)."),
        ({}, "available for gp_appointments_sub_icb: editions 2025-10, 2025-11"),
        ({"kpi": None, "missing": "Needs a feed of hubs."}, "Needs a feed of hubs."),
    ],
)
def test_what_is_missing_is_found_in_the_data(
    mart: LittleMart, tmp_path: Path, keys: dict[str, Any], told: str
) -> None:
    mart.holds("gp_appointments_sub_icb", "2025-10")
    mart.holds("pharmacy_first_referrals", "2024-11", "held")
    mart.knows(APPOINTMENTS, {"2024-10": 5}, place=("sub_icb", "03W"))
    [one] = mart.judged(registered(tmp_path, claim=figure(**keys))).values()
    assert one.verdict.words == "not computable"
    assert told in one.note


SUB_ICB = "gp_appointments_sub_icb"
BY_HAND = {"override": "hold", "override_by": "A. Person", "override_reason": "counts twice"}


@pytest.mark.parametrize(
    ("status", "columns", "told"),
    [
        ("held", BY_HAND, "is held by A. Person: counts twice"),
        ("held", {"reasons": "months: 2 gone\nrows: 0"}, "is held by its checks: months: 2"),
        ("pending", {}, "has not been checked yet: run access-recovery refresh"),
        ("withdrawn", {}, "is withdrawn by B. Person: the wrong file"),
        ("accepted", {}, "is without file old.csv, withdrawn by B. Person: the wrong file"),
    ],
)
def test_a_held_or_withdrawn_edition_is_named_not_reported_missing(
    mart: LittleMart, tmp_path: Path, status: str, columns: dict[str, str], told: str
) -> None:
    mart.knows(APPOINTMENTS, {"2024-08": 5})
    mart.holds(SUB_ICB, "2024-10", status, since="2024-09", **columns)
    if status in ("withdrawn", "accepted"):
        mart.withdrew(SUB_ICB, "2024-10", "old.csv", "B. Person", "the wrong file")
    claims = registered(tmp_path, a=figure(), later=figure(period={"month": "2024-11"}))
    found = mart.judged(claims)
    assert f"October 2024 not in the mart: edition 2024-10 of {SUB_ICB} {told}" in found["a"].note
    assert "November 2024 not available" in found["later"].note


def test_a_feed_with_only_a_held_edition_is_reported_with_the_reason(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.holds("nhs_app", "2024-11", "held", **BY_HAND)
    mart.holds("nhs_app", "2024-10", "retired")
    entry = figure(kpi="nhs_app_logins", organisations=CITY_AND_LLR[1:])
    [one] = mart.judged(registered(tmp_path, claim=entry)).values()
    assert one.note == (
        "No edition of nhs_app is accepted: edition 2024-11 of nhs_app is held by A. Person: "
        "counts twice."
    )


def test_suppressed_figures_are_reported_as_withheld(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-09": 7, "2024-10": None})
    mart.db.execute("UPDATE mart.kpi_monthly SET status = 'suppressed' WHERE value IS NULL")
    [one] = mart.judged(registered(tmp_path, claim=figure())).values()
    assert "October 2024 withheld by disclosure control" in one.note
