"""Rules of the pharmacy feeds, and what it means to look back at an earlier edition."""

import pytest

from assets.ingest import pending_editions
from checks.feed_rules import lookback_months
from tests.checks.cases_pharmacy_first import SEP, month, then
from tests.checks.cases_pharmacy_list import DECEMBER, JUNE, board, lists
from tests.checks.support_checks import (
    CLAIMS,
    OCT,
    PHARMACIES,
    SUB_ICB,
    Results,
    after,
    brought,
    judged,
    one,
)
from tests.support import (
    CPCS_FEES,
    SERVICES,
    WIDE,
    all_services,
    long_claims,
    pharmacy_list,
    wide_claims,
)
from warehouse.base.home import Home
from warehouse.editions.check_history import CheckResult

CPCS = {"CONTENT": "Community Pharmacist Consultation Service (CPCS) Fees"}


def found(results: Results, rule: str, column: str | None = None) -> CheckResult:
    """The one verdict of a rule, on a column where there are several."""
    (result,) = [r for r in results if r.rule == rule and column in (None, r.column_name)]
    return result


# Services


def test_a_service_that_is_missing_is_named(home: Home) -> None:
    kept = [content for name, content in SERVICES.items() if name not in ("Shingles", "Impetigo")]
    brought(home, long_claims(*({"CONTENT": content} for content in kept)))
    taken = judged(home, CLAIMS)
    result = one(taken, "pharmacy_services_present")
    assert (result.verdict, result.observed) == ("fail", "7 of 9 present")
    assert result.message.endswith("; file1.csv names services under `CONTENT`")
    assert result.message.startswith("missing: Impetigo, Shingles; totals without them")
    assert taken.state.verdict == "held"


def test_a_wide_file_without_a_column_lacks_the_service(home: Home) -> None:
    lacking = next(heading for heading in WIDE if "Sinusitis" in heading)
    brought(home, wide_claims(lacking=[lacking]), edition="2024-11")
    results = judged(home, CLAIMS, "2024-11").results
    assert found(results, "pharmacy_services_present").message.startswith("missing: Sinusitis;")
    assert found(results, "columns_present").verdict == "pass"


def test_a_sound_wide_file_passes_every_rule(home: Home) -> None:
    brought(home, wide_claims(), edition="2024-11")
    verdicts = {r.rule: r.verdict for r in judged(home, CLAIMS, "2024-11").results}
    assert not [rule for rule, found in verdicts.items() if found in ("warn", "fail")]
    assert verdicts["edition_from_content"] == "skipped"
    assert verdicts["file_readable"] == "pass"


@pytest.mark.parametrize(
    ("edition", "rows", "verdict"),
    [
        ("2024-01", [CPCS], "pass"),
        ("2024-01", all_services(), "fail"),
        ("2024-02", [CPCS], "fail"),
        ("2024-02", all_services(), "pass"),
    ],
)
def test_until_the_service_began_there_is_its_forerunner(
    home: Home, edition: str, rows: list[dict[str, object]], verdict: str
) -> None:
    brought(home, long_claims(*(row | {"YEAR_MONTH": edition} for row in rows)))
    result = one(judged(home, CLAIMS, edition), "pharmacy_services_present")
    assert result.verdict == verdict


def test_a_wide_file_of_the_forerunner_is_whole_with_it_alone(home: Home) -> None:
    of_today = [heading for heading in WIDE if "PharmacyFirst" in heading]
    brought(home, wide_claims({CPCS_FEES: 3}, lacking=of_today), edition="2023-11")
    result = one(judged(home, CLAIMS, "2023-11"), "pharmacy_services_present")
    assert (result.verdict, result.observed) == ("pass", "1 of 1 present")


def test_a_revision_is_judged_by_its_own_rows(home: Home) -> None:
    """The first issue had all services; that does not make the second whole."""
    contents = list(SERVICES.values())[1:]
    brought(
        home,
        month(OCT, 1),
        long_claims(*({"CONTENT": c, "CONTRACTOR_CODE": "FA000"} for c in contents)),
    )
    assert one(judged(home, CLAIMS), "pharmacy_services_present").verdict == "fail"


# Boards


def test_contractors_without_a_board_are_named_with_what_they_claimed(home: Home) -> None:
    whole = all_services(VALUE=7)
    lacking = all_services(CONTRACTOR_CODE="FA002", HWB_CODE="", HWB_NAME=" ", VALUE=2)
    silent = all_services(CONTRACTOR_CODE="FA003", HWB_NAME="", VALUE=0)
    brought(home, long_claims(*whole, *lacking, *silent))
    result = one(judged(home, CLAIMS), "claims_have_a_board")
    assert (result.verdict, result.observed) == ("warn", "1 of 2 without one")
    assert result.message == (
        "FA002 (QK1, 18 consultations): they count for their ICB and England, and for the local "
        "authority in which the latest earlier file or pharmaceutical list has them, if any"
    )


def test_files_of_the_wide_era_have_no_boards(home: Home) -> None:
    brought(home, wide_claims(), edition="2024-11")
    result = one(judged(home, CLAIMS, "2024-11"), "claims_have_a_board")
    assert result.verdict == "skipped" and "wide era" in result.message


# A month and the one before


def test_a_month_published_too_early_warns(home: Home) -> None:
    results = then(month(SEP), month(OCT, 17))(home)
    result = found(results, "claims_month_complete", "pharmacy_code")
    assert (result.verdict, result.failed_rows, result.total_rows) == ("warn", 3, 20)
    assert result.message.startswith("17 pharmacies claimed, 20 in 2025-09: the month may have")
    assert found(results, "claims_month_complete", "icb_code").verdict == "pass"


def test_pharmacies_that_are_named_with_nothing_claimed_nothing(home: Home) -> None:
    silent = all_services(CONTRACTOR_CODE="FA999", VALUE=0)
    quiet = month(SEP, 2) + b"".join(long_claims(*silent).splitlines(keepends=True)[1:])
    results = then(quiet.replace(b"2025-10", b"2025-09"), month(OCT, 2))(home)
    assert found(results, "claims_month_complete", "pharmacy_code").total_rows == 2


def test_a_board_without_claims_warns(home: Home) -> None:
    results = then(month(SEP, icbs=("QK1", "QOC")), month(OCT, icbs=("QK1",)))(home)
    result = found(results, "claims_month_complete", "icb_code")
    assert (result.verdict, result.failed_rows, result.total_rows) == ("warn", 1, 2)
    assert result.message.startswith("no claim in QOC:")


@pytest.mark.parametrize(
    ("value", "verdict"), [(4, "fail"), (5, "pass"), (20, "pass"), (21, "fail")]
)
def test_a_total_is_half_to_double_the_one_before(home: Home, value: int, verdict: str) -> None:
    results = then(month(SEP, 2), month(OCT, 2, value))(home)
    result = found(results, "claims_total_in_bounds")
    assert (result.verdict, result.expected) == (verdict, "half to double the 180 of 2025-09")
    if verdict == "fail":
        assert f"{value * 18:,} consultations in 2025-10, 180 in 2025-09" in result.message


def test_the_first_month_has_nothing_to_be_compared_with(home: Home) -> None:
    forerunner = long_claims(CPCS | {"YEAR_MONTH": "2024-01"})
    results = after("2024-02", CLAIMS, forerunner, month("2024-02", 1))(home)
    total = found(results, "claims_total_in_bounds")
    assert (total.verdict, total.message) == (
        "skipped",
        "Pharmacy First began the month before 2024-03: nothing to compare with",
    )
    assert {r.verdict for r in results if r.rule == "claims_month_complete"} == {"pass"}


# The edition before


@pytest.mark.parametrize(
    ("earlier", "verdict"), [("2025-07", "pass"), ("2025-06", "skipped"), ("2025-11", "skipped")]
)
def test_the_edition_before_is_at_most_three_months_old(
    home: Home, earlier: str, verdict: str
) -> None:
    result = found(then(month(earlier, 2), month(OCT, 2))(home), "claims_total_in_bounds")
    assert result.verdict == verdict
    if verdict == "skipped":
        assert result.message == "no edition of the 3 months before is accepted"


def test_a_held_edition_is_not_the_edition_before(home: Home) -> None:
    broken = month(SEP, 2).replace(b"Impetigo", b"Impetigo?")
    results = then(month("2025-08", 2, 8), broken, month(OCT, 2))(home)
    assert found(results, "claims_total_in_bounds").expected.endswith("the 144 of 2025-08")


def test_an_earlier_edition_that_arrives_later_judges_again(home: Home) -> None:
    """As far as new months are compared: a year and a half, not further."""
    brought(home, month(OCT, 2))
    judged(home, CLAIMS)
    assert pending_editions(home, CLAIMS) == []
    brought(home, month("2024-02", 2), month("2025-11", 2))
    assert pending_editions(home, CLAIMS) == ["2024-02", "2025-11"]
    brought(home, month(SEP, 1))
    assert pending_editions(home, CLAIMS) == ["2024-02", SEP, OCT, "2025-11"]
    for edition in pending_editions(home, CLAIMS):
        judged(home, CLAIMS, edition)
    assert pending_editions(home, CLAIMS) == []


def test_a_verdict_that_turns_judges_again_what_was_compared_with_it(home: Home) -> None:
    brought(home, month(SEP, 2), month(OCT, 2))
    judged(home, CLAIMS, OCT)
    assert pending_editions(home, CLAIMS) == [SEP, OCT]
    judged(home, CLAIMS, SEP)
    assert pending_editions(home, CLAIMS) == [OCT], "September was not accepted then"
    assert one(judged(home, CLAIMS), "claims_total_in_bounds").verdict == "pass"
    assert pending_editions(home, CLAIMS) == []


def test_a_quarterly_list_is_compared_further_back_than_a_monthly_feed() -> None:
    assert {feed: lookback_months(feed) for feed in (SUB_ICB, CLAIMS, PHARMACIES)} == {
        SUB_ICB: 3,
        CLAIMS: 3,
        PHARMACIES: 7,
    }


# The list of pharmacies


@pytest.mark.parametrize(
    ("pharmacies", "verdict"), [(17, "warn"), (18, "pass"), (22, "pass"), (23, "warn")]
)
def test_a_list_is_about_as_long_as_the_one_before(
    home: Home, pharmacies: int, verdict: str
) -> None:
    results = lists((JUNE, board(20)), (DECEMBER, board(pharmacies)))(home)
    result = found(results, "list_size_in_bounds")
    assert (result.verdict, result.expected) == (verdict, "within 10% of the 20 of 2025-06")
    if verdict == "warn":
        assert result.message.startswith(f"{pharmacies} pharmacies, 20 on the list of 2025-06")


def test_a_list_of_three_quarters_ago_is_no_measure(home: Home) -> None:
    result = found(lists(("2025-03", board(9)), (DECEMBER, board(2)))(home), "list_size_in_bounds")
    assert (result.verdict, result.message) == (
        "skipped",
        "no edition of the 7 months before is accepted",
    )


def test_unknown_boards_are_named(home: Home) -> None:
    rows = [("FA001", "Leicester City"), ("FA002", "LEICESTER CTY"), ("FA003", "LEICESTER CTY")]
    content = pharmacy_list(
        *({"PHARMACY_ODS_CODE_(F-CODE)": c, "HEALTH_AND_WELLBEING_BOARD": b} for c, b in rows),
        {"PHARMACY_ODS_CODE_(F-CODE)": "FA004", "HEALTH_AND_WELLBEING_BOARD": ""},
    )
    brought(home, content, edition=JUNE)
    result = one(judged(home, PHARMACIES, JUNE), "boards_known")
    assert (result.verdict, result.failed_rows, result.total_rows) == ("warn", 2, 4)
    assert result.observed == "1 unknown of 2 boards"
    assert "`LEICESTER CTY` (2); if a spelling is new" in result.message
