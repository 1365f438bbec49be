"""Verdicts on claims, from little marts whose every figure is typed in."""

from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.claims.support_claims import CITY, LLR, LittleMart, figure, registered
from warehouse.claims.evaluate import EvaluatedClaim, verdict_words
from warehouse.claims.verdicts import SYNTHETIC

APPOINTMENTS, SHARE = "appointments", "appointments_same_day_share"
COVERED, LISTED = "appointments_patient_coverage_share", "registered_patients"
CITY_AND_LLR = [{"level": "sub_icb", "code": "04C"}, {"level": "icb", "code": "QK1"}]
WRITTEN = {"events": "15", "growth": "16 %"}
LIST = "pharmacy_first_pharmacies_listed"
FROM_TODAY = "differs from today's figures by"
NOT_THEN = "; the edition of the time is not available"
PEOPLE = {"unit": "people", "kpi": "nhs_app_unique_users", "written": "1.4m"}


def test_confirmed_differs_and_once_confirmed(mart: LittleMart, tmp_path: Path) -> None:
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


def test_a_re_issue_of_an_edition_is_another_value_of_it(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-10": 99}, "2024-11", revision=1)
    mart.knows(APPOINTMENTS, {"2024-10": 100}, "2024-11", revision=2)
    mart.knows(APPOINTMENTS, {"2024-10": 104}, "2025-01")
    [one] = mart.judged(registered(tmp_path, claim=figure())).values()
    assert one.verdict.words == "confirmed in edition 2024-11 revision 2, since revised"
    assert "100 in edition 2024-11 revision 2, now 104" in one.note


# Powers of two: a sum tells which months are in it. October 2023 is 2 ** 0.
MONTHS = [f"{2023 + (n + 9) // 12}-{(n + 9) % 12 + 1:02}" for n in range(18)]
COUNTS = {month: 2**n for n, month in enumerate(MONTHS)}


def total(first: str, last: str) -> int:
    return sum(count for month, count in COUNTS.items() if first <= month <= last)


PERIODS: dict[str, tuple[dict[str, Any], int]] = {
    "October 2024": ({"month": "2024-10"}, COUNTS["2024-10"]),
    "April to October 2024, financial year to date": (
        {"financial_year_to": "2024-10"},
        total("2024-04", "2024-10"),
    ),
    "April 2024 to February 2025, financial year to date": (
        {"financial_year_to": "2025-02"},
        total("2024-04", "2025-02"),
    ),
    "November 2023 to October 2024, twelve months": (
        {"twelve_months_to": "2024-10"},
        total("2023-11", "2024-10"),
    ),
    "January to October 2024, calendar year to date": (
        {"calendar_year_to": "2024-10"},
        total("2024-01", "2024-10"),
    ),
    "January to December 2024, calendar year": (
        {"calendar_year": 2024},
        total("2024-01", "2024-12"),
    ),
    "April 2024 to March 2025, financial year 2024/25": (
        {"financial_year": "2024/25"},
        total("2024-04", "2025-03"),
    ),
    "March to May 2024": ({"range": ["2024-03", "2024-05"]}, total("2024-03", "2024-05")),
    "December 2023, May to June 2024": (
        {"months": ["2024-05", "2023-12", "2024-06"]},
        COUNTS["2023-12"] + total("2024-05", "2024-06"),
    ),
}


def test_a_period_is_these_months_and_no_others(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, COUNTS)
    readings = [{"period": period} for period, _ in PERIODS.values()]
    [one] = mart.judged(registered(tmp_path, claim=figure(readings=readings))).values()
    assert {
        evaluation.reading.period.words: evaluation.latest for evaluation in one.evaluations
    } == {words: value for words, (_, value) in PERIODS.items()}


def test_a_period_over_a_missing_month_has_no_value(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {m: c for m, c in COUNTS.items() if m != "2024-06"})
    mart.knows(APPOINTMENTS, {"2024-09": None})
    to_date = {"financial_year_to": "2024-10"}
    [one] = mart.judged(registered(tmp_path, claim=figure(period=to_date))).values()
    assert one.verdict.words == "not computable" and one.evaluations[0].latest is None
    assert "June 2024 not held; September 2024 incomplete (2 of 3 members)" in one.note
    assert "held of 04C: October 2023 to May 2024, July to August 2024, October 2024 to" in one.note


def test_each_month_counts_as_it_was_known_with_an_edition(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(APPOINTMENTS, {"2024-04": 10, "2024-05": 20}, "2024-05")
    mart.knows(APPOINTMENTS, {"2024-05": 21, "2024-06": 30}, "2024-06")
    mart.knows(APPOINTMENTS, {"2024-04": 12}, "2024-07")
    to_date = {"financial_year_to": "2024-06"}
    [one] = mart.judged(registered(tmp_path, claim=figure(period=to_date))).values()
    assert [(known.edition, known.value) for known in one.evaluations[0].known] == [
        ("2024-05", None),
        ("2024-06", 10 + 21 + 30),
        ("2024-07", 12 + 21 + 30),
    ]


def test_shares_are_of_sums_and_rates_of_the_mean_of_patients(
    mart: LittleMart, tmp_path: Path
) -> None:
    mart.knows(SHARE, {"2024-04": (10, 20), "2024-05": (10, 80)})
    mart.knows("appointments_per_1000_patients", {"2024-04": (10, 20), "2024-05": (10, 80)})
    period = {"financial_year_to": "2024-05"}
    share = figure(unit="share", kpi=SHARE, written="20 %", period=period)
    rate = {"unit": "rate_per_1000", "kpi": "appointments_per_1000_patients", "period": period}
    found = mart.judged(registered(tmp_path, share=share, rate=figure(**rate)))
    assert found["share"].evaluations[0].latest == 20 / 100
    assert found["rate"].evaluations[0].latest == 1000 * 20 / 50


def test_what_is_made_of_a_period(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2023-04": 12, "2023-05": 13, "2024-04": 14, "2024-05": 16})
    mart.knows(SHARE, {"2023-04": (12, 25), "2023-05": (13, 25)})
    mart.knows(SHARE, {"2024-04": (14, 25), "2024-05": (16, 25)})
    made = {
        ("year_on_year_ratio", "growth", APPOINTMENTS): 30 / 25 - 1,
        ("year_on_year_change", "events", APPOINTMENTS): 5,
        ("year_on_year_change", "growth", SHARE): 30 / 50 - 25 / 50,
        ("year_on_year_ratio", "growth", SHARE): (30 / 50) / (25 / 50) - 1,
        ("monthly_mean", "events", APPOINTMENTS): 15,
    }
    period = {"financial_year_to": "2024-05"}
    claims = {
        f"{number}": figure(
            kpi=kpi, unit=unit, measure=measure, period=period, written=WRITTEN[unit]
        )
        for number, (measure, unit, kpi) in enumerate(made)
    }
    found = mart.judged(registered(tmp_path, **claims))
    assert [one.evaluations[0].latest for one in found.values()] == pytest.approx(
        list(made.values())
    )


def test_a_comparison_needs_the_year_before_too(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-09": 8, "2024-10": 10, "2023-09": 7})
    entry = figure(unit="growth", measure="year_on_year_ratio", written="16 %")
    [one] = mart.judged(registered(tmp_path, claim=entry)).values()
    assert one.verdict.words == "not computable"
    assert "October 2023 not held (held of 04C: September 2023, September to" in one.note


def test_a_stock_is_never_added_up_over_months(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows("nhs_app_unique_users", {"2024-04": 5, "2024-05": 6}, place=LLR)
    period = {"financial_year_to": "2024-05"}
    entry = figure(**PEOPLE | {"written": "11"}, period=period)
    llr = CITY_AND_LLR[1:]
    [one] = mart.judged(registered(tmp_path, organisations=llr, claim=entry)).values()
    assert one.verdict.words == "not computable"
    assert "nhs_app_unique_users must not be added up over months" in one.note


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


def test_what_is_only_shown_decides_nothing_and_is_told(mart: LittleMart, tmp_path: Path) -> None:
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


def test_each_month_is_a_reading_or_told_to_be_missing(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-09": 90, "2024-10": None, "2024-11": 100})
    span = {"each": ["2024-06", "2024-12"]}
    none = {"each": ["2023-08", "2023-09"]}
    claims = registered(tmp_path, some=figure(period=span), none=figure(period=none))
    found = mart.judged(claims)
    assert [
        (one.reading.period.words, one.latest, one.missing and one.missing.what)
        for one in found["some"].evaluations
    ] == [
        ("each month from June to August 2024", None, "June to August 2024 not held"),
        ("September 2024", 90, None),
        ("October 2024", None, "October 2024 incomplete (2 of 3 members)"),
        ("November 2024", 100, None),
        ("December 2024", None, "December 2024 not held"),
    ]
    assert found["some"].verdict.words == "confirmed"
    [alone] = found["none"].evaluations
    assert alone.reading.period.words == "each month from August to September 2023"
    assert "August to September 2023 not held" in found["none"].note


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


def test_who_is_not_counted_may_be_any_number(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(COVERED, {"2024-12": (440_000, 450_000)})
    mart.knows(LISTED, {"2021-01": 1_100_000}, place=LLR)
    assert app_claim(mart, tmp_path).verdict.words == "not computable"


@pytest.mark.parametrize(("counted", "can_be"), [("2024-06", True), ("2024-07", False)])
def test_who_was_counted_long_before_refutes_nothing(
    mart: LittleMart, tmp_path: Path, counted: str, can_be: bool
) -> None:
    """Three months from October are July; people counted in June say nothing of October."""
    mart.knows(COVERED, {counted: (440_000, 450_000)})
    mart.knows(COVERED, {counted: (900_000, 1_230_000)}, place=LLR)
    words = app_claim(mart, tmp_path).verdict.words
    assert words == ("not computable" if can_be else "cannot be true")


def test_each_month_that_may_be_meant_has_to_be_refuted(mart: LittleMart, tmp_path: Path) -> None:
    """People of June 2025 refute the reading of August, not that of October of the year before."""
    for place in (CITY, LLR):
        mart.knows(COVERED, {"2025-06": (9, 450_000)}, place=place)
    span = {"each": ["2024-10", "2025-08"]}
    assert app_claim(mart, tmp_path, period=span).verdict.words == "not computable"
    near = {"each": ["2025-03", "2025-08"]}
    assert app_claim(mart, tmp_path, period=near).verdict.words == "cannot be true"


def test_a_reading_that_was_not_tried_may_be_the_true_one(mart: LittleMart, tmp_path: Path) -> None:
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
        "not computable by every reading; by one it differs from today's figures by -5.0%"
    )
    assert "GP appointments, 04C: October 2024: 95 (stated 100" in found["open"].note
    assert "appointments_attended" not in verdict_words(found["fits"])
    assert verdict_words(found["fits"]) == "confirmed"


def test_an_edition_that_was_out_then_is_told_from_later_ones(
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
    assert "said by October 2024; no edition that was out then" in found["2024-10"].note
    assert "said at a time that is not known" in found[None].note


def test_synthetic_figures_are_never_judged(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-10": 100})
    over = figure(unit="share", written="101 %", kpi=None, missing="needs a feed of shares")
    found = mart.judged(registered(tmp_path, claim=figure(), over=over), synthetic=True)
    assert {(one.verdict.words, one.note) for one in found.values()} == {
        ("not computable", SYNTHETIC)
    }
    assert [one.latest for claim in found.values() for one in claim.evaluations] == [None, None]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            {"kpi": "nhs_app_logins"},
            "KPI nhs_app_logins is not worked out for a sub_icb, only for icb, region, england.",
        ),
        (
            {"kpi": "pharmacy_first_referrals"},
            "No edition of pharmacy_first_referrals is accepted: edition 2024-11 of phar",
        ),
        (
            {"kpi": "appointments_per_1000_patients", "unit": "rate_per_1000"},
            "No edition of gp_appointments_coverage is held.",
        ),
        ({}, "held of gp_appointments_sub_icb: editions 2025-10, 2025-11"),
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
        ("held", BY_HAND, "is held back by A. Person: counts twice"),
        ("held", {"reasons": "months: 2 gone\nrows: 0"}, "is held back by its checks: months: 2"),
        ("pending", {}, "is not judged yet: run access-recovery refresh"),
        ("withdrawn", {}, "is withdrawn by B. Person: the wrong file"),
        ("accepted", {}, "has lost file old.csv, withdrawn by B. Person: the wrong file"),
    ],
)
def test_what_is_left_out_is_not_called_missing(
    mart: LittleMart, tmp_path: Path, status: str, columns: dict[str, str], told: str
) -> None:
    mart.knows(APPOINTMENTS, {"2024-08": 5})
    mart.holds(SUB_ICB, "2024-10", status, since="2024-09", **columns)
    if status in ("withdrawn", "accepted"):
        mart.withdrew(SUB_ICB, "2024-10", "old.csv", "B. Person", "the wrong file")
    claims = registered(tmp_path, a=figure(), later=figure(period={"month": "2024-11"}))
    found = mart.judged(claims)
    assert f"October 2024 not in the mart: edition 2024-10 of {SUB_ICB} {told}" in found["a"].note
    assert "November 2024 not held" in found["later"].note


def test_no_edition_but_one_left_out_says_why(mart: LittleMart, tmp_path: Path) -> None:
    mart.holds("nhs_app", "2024-11", "held", **BY_HAND)
    mart.holds("nhs_app", "2024-10", "retired")
    entry = figure(kpi="nhs_app_logins", organisations=CITY_AND_LLR[1:])
    [one] = mart.judged(registered(tmp_path, claim=entry)).values()
    assert one.note == (
        "No edition of nhs_app is accepted: edition 2024-11 of nhs_app is held back by A. Person: "
        "counts twice."
    )


def test_figures_withheld_are_not_told_of(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-09": 7, "2024-10": None})
    mart.db.execute("UPDATE mart.kpi_monthly SET status = 'suppressed' WHERE value IS NULL")
    [one] = mart.judged(registered(tmp_path, claim=figure())).values()
    assert "October 2024 withheld by disclosure control" in one.note


NONE = {"kpi": None, "missing": "needs a feed of them"}
PRACTICES = {"unit": "organisations", "kpi": "open_practices", "written": "52"}


def test_a_statement_is_summed_up_in_a_line(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-10": 116, "2023-10": 100})
    mart.knows("open_practices", {"2024-10": 51})
    growth = {"aspect": "growth", "unit": "growth", "measure": "year_on_year_ratio"}
    lines = {
        f"{FROM_TODAY} +2.7%{NOT_THEN}; growth confirmed": {
            "one": figure(written="113"),
            "two": figure(**growth, written="16 %"),
        },
        "confirmed": {"one": figure(written="116"), "two": figure(**growth, written="16 %")},
        "pharmacies taking part: not computable; pharmacies in the city: "
        f"{FROM_TODAY} +16{NOT_THEN}": {
            "one": figure(aspect="part", label="pharmacies taking part", **NONE),
            "two": figure(
                aspect="whole", label="pharmacies in the city", **PRACTICES | {"written": "35"}
            ),
        },
        f"first: confirmed; second: {FROM_TODAY} +16.0%{NOT_THEN}; "
        f"growth {FROM_TODAY} +8.00 pp{NOT_THEN}": {
            "one": figure(label="first", written="116"),
            "two": figure(label="second", written="100"),
            "three": figure(**growth, written="8 %"),
        },
    }
    for line, figures in lines.items():
        found = mart.judged(registered(tmp_path, **figures))
        assert {one.summary for one in found.values()} == {line}


def test_few_organisations_differ_by_their_number(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows("open_practices", {"2024-10": 51})
    [one] = mart.judged(registered(tmp_path, claim=figure(**PRACTICES))).values()
    assert verdict_words(one) == f"{FROM_TODAY} -1{NOT_THEN}"


def test_a_list_carried_forward_says_how_old_it_is(mart: LittleMart, tmp_path: Path) -> None:
    """A quarterly list holds for three months; what is older than that is said."""
    place = ("local_authority", "E06000016")
    mart.knows(LIST, {"2024-03": 81, "2024-12": 81}, edition="2023-12", place=place)
    shared = {"unit": "organisations", "kpi": LIST, "written": "82"}
    claims = registered(
        tmp_path,
        organisations=[{"level": place[0], "code": place[1]}],
        near=figure(**shared, period={"month": "2024-03"}),
        far=figure(**shared, period={"month": "2024-12"}),
    )
    found = mart.judged(claims)
    assert (
        "The newest edition of pharmacy_list that it rests on is of December 2023, 12 months "
        "before December 2024."
    ) in found["far"].note
    assert "December 2023" not in found["near"].note
    # Three months from its edition it can still refute, a year from it not any more.
    assert verdict_words(found["near"]) == f"{FROM_TODAY} -1{NOT_THEN}"
    assert verdict_words(found["far"]) == (
        "not computable: no figures of about its time (others differ by -1)"
    )
