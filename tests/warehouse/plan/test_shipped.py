"""The delivery plan and the improvement payment as shipped are whole, and say their sources."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from tests.warehouse.support_mart import Mart
from warehouse.base.months import parse_month
from warehouse.base.yaml_files import read_yaml
from warehouse.plan.delivery_plan import SHIPPED, DeliveryPlan, delivery_plan
from warehouse.plan.improvement_payment import SHIPPED as PAYMENT
from warehouse.plan.improvement_payment import ImprovementPayment, improvement_payment


def test_fourteen_commitments_in_four_areas_three_aims_and_both_checklists() -> None:
    plan = delivery_plan()
    assert list(plan.commitments) == list(range(1, 15)) and len(plan.areas) == 4
    assert {one.area for one in plan.commitments.values()} == set(plan.areas)
    assert len([aim for aim in plan.aims if aim.icb == "QK1"]) == 3
    assert {one.audience for one in plan.items.values()} == {"ICB", "PCN"}
    assert {one.version for one in plan.items.values()} == {"2023-06", "2023-10"}
    assert {plan.commitments[number].text for number in range(1, 8)} == {"verified"}
    assert "recalled" in {one.text for one in plan.items.values()}


def test_a_year_of_thirds_adds_up_and_a_baseline_is_before_the_end() -> None:
    payment = improvement_payment()
    thirds = [area.part for area in payment.areas.values() if area.year == "2024/25"]
    assert sum(part or 0 for part in thirds) == pytest.approx(1) and len(thirds) == 3
    assert {area.part for area in payment.areas.values() if area.year == "2023/24"} == {None}
    for scheme in payment.schemes.values():
        first, last = parse_month(scheme.baseline_month), parse_month(scheme.last_month)
        assert scheme.population_on < first < last
    [acc08] = payment.thresholds
    assert (acc08.indicator, acc08.lower, acc08.upper) == ("ACC-08", 0.85, 0.9)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"items": {"ICB-1": {"commitment": 99}}}, "item ICB-1: unknown commitment"),
        ({"items": {"ICB-1": {"version": "2022-01"}}}, "item ICB-1: unknown commitment or version"),
        ({"commitments": {1: {"area": "other"}}}, "commitment 1: unknown area `other`"),
        ({"commitments": {9: {"due_words": None}}}, "expected `due:`"),
    ],
)
def test_a_fault_of_the_plan_is_told(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        DeliveryPlan.model_validate(_changed(read_yaml(SHIPPED), change))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"areas": {"ease": {"kpis": ["no_such_kpi"]}}}, "ease: unknown KPI `no_such_kpi`"),
        ({"areas": {"ease": {"year": "2020/21"}}}, "ease: no scheme of 2020/21"),
    ],
)
def test_a_fault_of_the_payment_is_told(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ImprovementPayment.model_validate(_changed(read_yaml(PAYMENT), change))


def _changed(raw: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    for part, entries in change.items():
        for name, keys in entries.items():
            raw[part][name] |= keys
    return raw


def test_the_mart_has_them_with_their_sources(llr: Mart) -> None:
    rows = llr.rows("SELECT * FROM plan.plan_commitment ORDER BY commitment_no")
    assert len(rows) == 14
    assert rows[0]["due"] == date(2024, 3, 31) and rows[0]["area_title"] == "Empower patients"
    assert all(row["source_url"].startswith("https://") for row in rows)
    [row] = llr.rows(
        "SELECT * FROM plan.caip_area WHERE financial_year = '2023/24' AND area = 'recording'"
    )
    assert row["maximum_per_patient"] == 1.185 and row["baseline_month"] == date(2023, 4, 1)
    for table in ("plan_aim", "plan_checklist_item", "incentive_threshold"):
        assert llr.rows(f"SELECT * FROM plan.{table}"), table
