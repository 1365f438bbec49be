"""Verdicts on claims, from small marts whose figures are set by each test."""

from pathlib import Path

from tests.warehouse.claims.support_claims import (
    APPOINTMENTS,
    FROM_TODAY,
    NOT_THEN,
    LittleMart,
    figure,
    registered,
)
from warehouse.claims.evaluate import verdict_words
from warehouse.claims.verdicts import SYNTHETIC


def test_confirmed_differs_and_confirmed_in_an_earlier_edition(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(APPOINTMENTS, {"2024-10": 100}, "2024-10")
    mart.knows(APPOINTMENTS, {"2024-10": 103}, "2024-11")
    claims = registered(
        tmp_path,
        now=figure(written="103"),
        once=figure(),
        never=figure(written="110"),
        rounded=figure(written="about 100"),
    )
    found = mart.judged(claims)
    assert {name: verdict_words(one) for name, one in found.items()} == {
        "now": "confirmed",
        "once": "confirmed in edition 2024-10, since revised",
        "never": f"{FROM_TODAY} -6.4%{NOT_THEN}",
        "rounded": "confirmed",
    }
    assert "100 in edition 2024-10, now 103" in found["once"].note
    assert "stated about 100, said to be approximate" in found["rounded"].note


def test_a_revision_of_an_edition_has_a_value_of_its_own(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-10": 99}, "2024-11", revision=1)
    mart.knows(APPOINTMENTS, {"2024-10": 100}, "2024-11", revision=2)
    mart.knows(APPOINTMENTS, {"2024-10": 104}, "2025-01")
    [one] = mart.judged(registered(tmp_path, claim=figure())).values()
    assert one.verdict.words == "confirmed in edition 2024-11 revision 2, since revised"
    assert "100 in edition 2024-11 revision 2, now 104" in one.note


def test_the_first_reading_with_a_value_is_shown_not_the_nearest(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(APPOINTMENTS, {"2024-09": 70, "2024-10": 95})
    readings = [{"period": {"month": month}} for month in ("2024-09", "2024-10")]
    [one] = mart.judged(registered(tmp_path, claim=figure(readings=readings))).values()
    assert verdict_words(one) == f"{FROM_TODAY} -30.0%{NOT_THEN}"
    confirmed = registered(tmp_path, claim=figure(written="95", readings=readings))
    [one] = mart.judged(confirmed).values()
    assert verdict_words(one) == "confirmed"
    assert one.verdict.main is one.evaluations[1]


def test_a_reading_that_is_only_shown_decides_nothing_and_is_reported(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(APPOINTMENTS, {"2024-09": 100, "2024-10": 95})
    beside = {"period": {"month": "2024-09"}, "only_shown": "September is not October"}
    claims = registered(
        tmp_path,
        differs=figure(readings=[{}, beside]),
        open=figure(readings=[{"period": {"month": "2024-01"}}, beside]),
    )
    found = mart.judged(claims)
    assert [verdict_words(one) for one in found.values()] == [
        f"{FROM_TODAY} -5.0%{NOT_THEN}",
        "not computable",
    ]
    for one in found.values():
        assert "would fit (100), but is not what was said: September is not October." in one.note


def test_a_reading_without_data_leaves_the_claim_not_computable(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(APPOINTMENTS, {"2024-10": 95})
    another = {"kpi": "appointments_attended"}
    claims = registered(
        tmp_path,
        open=figure(readings=[{}, another]),
        fits=figure(written="95", readings=[another, {}]),
    )
    found = mart.judged(claims)
    assert found["open"].verdict.words == "not computable"
    assert verdict_words(found["open"]) == (
        "not computable by all readings; by one it differs from today's figures by -5.0%"
    )
    assert "GP appointments, 04C: October 2024: 95 (stated 100" in found["open"].note
    assert "appointments_attended" not in verdict_words(found["fits"])
    assert verdict_words(found["fits"]) == "confirmed"


def test_the_verdict_distinguishes_editions_of_the_time_from_later_ones(
    mart: LittleMart, tmp_path: Path
) -> None:
    """October 2024 came out on 28 November; a statement of November can have used it, one of
    October can't."""
    mart.knows(APPOINTMENTS, {"2024-10": 95}, "2024-10")
    mart.knows(APPOINTMENTS, {"2024-10": 96}, "2025-11")
    found = {}
    for said_by in ("2024-10", "2024-11", None):
        [found[said_by]] = mart.judged(
            registered(tmp_path, said_by=said_by, claim=figure())
        ).values()
    assert {month: verdict_words(one) for month, one in found.items()} == {
        "2024-10": f"{FROM_TODAY} -4.0%{NOT_THEN}",
        "2024-11": "differs by -4.0%",
        None: f"{FROM_TODAY} -4.0%{NOT_THEN}",
    }
    assert found[None].verdict.words == "differs, edition of the time not available"
    assert found["2024-11"].verdict.words == "differs"
    assert "made by October 2024; no edition published by then" in found["2024-10"].note
    assert "made at an unknown date" in found[None].note


def test_synthetic_figures_are_never_judged(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-10": 100})
    over = figure(unit="share", written="101 %", kpi=None, missing="needs a feed of shares")
    found = mart.judged(registered(tmp_path, claim=figure(), over=over), synthetic=True)
    assert {(one.verdict.words, one.note) for one in found.values()} == {
        ("not computable", SYNTHETIC)
    }
    assert [one.latest for claim in found.values() for one in claim.evaluations] == [None, None]
