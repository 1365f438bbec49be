"""Claims that cannot be true."""

from pathlib import Path

import pytest

from tests.warehouse.claims.support_claims import (
    CITY,
    CITY_AND_LLR,
    LLR,
    PEOPLE,
    LittleMart,
    figure,
    registered,
)
from warehouse.claims.evaluate import EvaluatedClaim

COVERED, LISTED = "appointments_patient_coverage_share", "registered_patients"


def test_a_share_above_the_whole_cannot_be_true(mart: LittleMart, tmp_path: Path) -> None:
    claims = registered(
        tmp_path,
        over=figure(unit="share", written="101 %", kpi=None, missing="needs a feed of shares"),
        all_of_it=figure(unit="share", written="100 %", kpi=None, missing="needs a feed of it"),
        part=figure(unit="organisations", written="83", whole="82", kpi="open_practices"),
        whole=figure(unit="organisations", written="82", whole="82", kpi="open_practices"),
    )
    found = mart.judged(claims)
    assert {name: one.verdict.words for name, one in found.items()} == {
        "over": "cannot be true",
        "all-of-it": "not computable",
        "part": "cannot be true",
        "whole": "not computable",
    }
    assert "can't be more than its whole: 83 of 82" in found["part"].note


def app_claim(mart: LittleMart, tmp_path: Path, **keys: object) -> EvaluatedClaim:
    claims = registered(tmp_path, organisations=CITY_AND_LLR, claim=figure(**PEOPLE | keys))
    [one] = mart.judged(claims).values()
    return one


def test_more_people_than_registered_patients_cannot_be_true(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(COVERED, {"2024-12": (440_000, 450_000)}, "2025-10")
    mart.knows(COVERED, {"2024-12": (900, 1_230_000), "2025-01": (9, 1_235_000)}, place=LLR)
    mart.knows(LISTED, {"2025-02": 1_236_000}, place=LLR)
    one = app_claim(mart, tmp_path)
    assert one.verdict.words == "cannot be true"
    assert "04C had at most 450,000 registered patients at open practices, by the cov" in one.note
    assert "(December 2024, edition 2025-10)" in one.note
    assert "QK1 had at most 1,235,000" in one.note
    assert "on the lists" not in one.note  # those of February are four months from October
    # Of 1.25 million, 1.236 million may have been rounded; of events there may be any number.
    assert app_claim(mart, tmp_path, written="1.2m").verdict.words == "not computable"
    assert app_claim(mart, tmp_path, **figure(written="1.4m")).verdict.words == "not computable"


def test_a_place_without_counted_people_refutes_nothing(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(COVERED, {"2024-12": (440_000, 450_000)})
    mart.knows(LISTED, {"2021-01": 1_100_000}, place=LLR)
    assert app_claim(mart, tmp_path).verdict.words == "not computable"


@pytest.mark.parametrize(("counted", "can_be"), [("2024-06", True), ("2024-07", False)])
def test_people_counted_over_three_months_before_refute_nothing(
    mart: LittleMart, tmp_path: Path, counted: str, can_be: bool
) -> None:
    """Three months from October are July; people counted in June say nothing of October."""
    mart.knows(COVERED, {counted: (440_000, 450_000)})
    mart.knows(COVERED, {counted: (900_000, 1_230_000)}, place=LLR)
    words = app_claim(mart, tmp_path).verdict.words
    assert words == ("not computable" if can_be else "cannot be true")


def test_a_claim_is_impossible_only_if_every_possible_month_is(
    mart: LittleMart, tmp_path: Path
) -> None:
    """People of June 2025 refute the reading of August, not that of October of the year before."""
    for place in (CITY, LLR):
        mart.knows(COVERED, {"2025-06": (9, 450_000)}, place=place)
    span = {"each": ["2024-10", "2025-08"]}
    assert app_claim(mart, tmp_path, period=span).verdict.words == "not computable"
    near = {"each": ["2025-03", "2025-08"]}
    assert app_claim(mart, tmp_path, period=near).verdict.words == "cannot be true"
