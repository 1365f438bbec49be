"""What checks of drift, of the hierarchy and of files report, and when they are skipped."""

from pathlib import Path

import pytest

from assets.ingest import pending_editions
from tests.checks.cases_drift import OCTOBER, month, then
from tests.checks.cases_files import swapped
from tests.checks.cases_pharmacy_list import DECEMBER, JUNE, board, lists
from tests.checks.support_checks import (
    APP_PRACTICE,
    CLAIMS,
    COVERAGE,
    MAPPING,
    OCT,
    PRACTICE,
    REFERRALS,
    SUB_ICB,
    Results,
    active,
    after,
    brought,
    judged,
    one,
    real_taken,
)
from tests.support import (
    app_practice,
    coverage,
    crosstab,
    imported,
    long_claims,
    mapping,
    referrals,
    regional,
    wide_claims,
    zipped,
)
from warehouse.base.home import Home
from warehouse.editions.check_history import CheckResult

SEP, NOV = "2025-09", "2025-11"
OLD_ESSEX, NEW_ESSEX = "E54000026", "E54000066"
DRIFT = ("rows", "sums", "organisations", "labels", "restated")


def found(results: Results, rule: str, column: str | None = None) -> CheckResult:
    """The one verdict of a rule, on a column where there are several."""
    (result,) = [r for r in results if r.rule == rule and column in (None, r.column_name)]
    return result


# What is compared with what


@pytest.mark.parametrize(
    ("earlier", "verdicts"), [("JUL2025", {"pass", "skipped"}), ("JUN2025", {"skipped"})]
)
def test_drift_is_skipped_if_the_last_edition_is_over_three_months_older(
    home: Home, earlier: str, verdicts: set[str]
) -> None:
    results = after(OCT, SUB_ICB, regional(*month(earlier)), regional(*OCTOBER))(home)
    drift = [found(results, f"{name}_as_before") for name in DRIFT]
    assert {result.verdict for result in drift} == verdicts
    if verdicts == {"skipped"}:
        assert {r.message for r in drift} == {"no edition of the 3 months before is accepted"}


def test_list_sizes_are_compared_further_back_than_drift(home: Home) -> None:
    results = lists((JUNE, board(20)), (DECEMBER, board(20)))(home)
    assert found(results, "list_size_in_bounds").verdict == "pass"
    assert found(results, "organisations_as_before").message == (
        "2025-06, the edition before, is over 3 months older"
    )


@pytest.mark.parametrize(("count", "verdict"), [(129, "pass"), (131, "warn"), (69, "warn")])
def test_without_restated_months_the_newest_months_are_compared(
    home: Home, count: int, verdict: str
) -> None:
    results = then(*month("OCT2025", count))(home)
    sums = found(results, "sums_as_before")
    assert sums.verdict == verdict
    assert sums.expected == (
        "changes of at most 30% from 2025-09, over the newest month of each, as no month is "
        "restated"
    )
    restated = found(results, "restated_as_before")
    assert (restated.verdict, restated.message) == (
        "skipped",
        "no month of 2025-09 is restated",
    )


def test_a_held_edition_is_not_used_for_comparison(home: Home) -> None:
    broken = month("SEP2025", modes=("By pigeon",))
    contents = regional(*month("AUG2025")), regional(*broken), regional(*month("OCT2025"))
    results = after(OCT, SUB_ICB, *contents)(home)
    assert found(results, "rows_as_before").expected == "half to double the 54 rows of 2025-08"


def test_nothing_is_pending_once_all_editions_were_judged_in_order(home: Home) -> None:
    names = {"2025-07": "JUL2025", "2025-08": "AUG2025", SEP: "SEP2025", OCT: "OCT2025"}
    held = month("AUG2025", modes=("By pigeon",))
    brought(home, *(regional(*(held if e == "2025-08" else month(n))) for e, n in names.items()))
    for edition in names:
        judged(home, SUB_ICB, edition)
    assert pending_editions(home, SUB_ICB, active(home)) == []
    brought(home, regional(*month("AUG2025")))
    again = ["2025-08", SEP, OCT]
    assert pending_editions(home, SUB_ICB) == again, "September may turn, and October rests on it"
    for edition in again:
        judged(home, SUB_ICB, edition)
    assert pending_editions(home, SUB_ICB) == []


def test_few_rows_are_not_judged_by_their_number(home: Home) -> None:
    three = [{"APPT_STATUS": status} for status in ("DNA", "Unknown", "Attended")]
    results = after(OCT, SUB_ICB, regional({"APPOINTMENT_MONTH": "SEP2025"}), regional(*three))
    rows = found(results(home), "rows_as_before")
    assert (rows.verdict, rows.message) == (
        "skipped",
        "3 rows, 1 in 2025-09: too few to compare",
    )


# What is told


def test_each_restated_month_is_reported_with_its_signed_change(home: Home) -> None:
    results = then(*month(count=97), *OCTOBER)(home)
    restated = found(results, "restated_as_before")
    assert restated.expected == "changes of at most 2% from 2025-09, in each month of 2025-09"
    assert "appointments 2025-09: 5,400 to 5,238 (-3.0%)" in restated.message
    assert (restated.failed_rows, restated.total_rows) == (11, 13), "video: 0 both times"


def test_organisations_are_named_as_they_are_called(home: Home) -> None:
    gone = {"GP_CODE": "C82002", "GP_NAME": "ANOTHER SURGERY"}
    before = crosstab(*({"APPOINTMENT_MONTH_START_DATE": "01SEP2025"} | r for r in ({}, gone)))
    results = after(OCT, PRACTICE, before, crosstab({}, {"GP_CODE": "C82003"}))(home)
    result = found(results, "organisations_as_before")
    assert (result.verdict, result.failed_rows, result.total_rows) == ("warn", 2, 3)
    assert result.message.startswith(
        "1 appeared: C82003 (A SURGERY); 1 vanished: C82002 (ANOTHER SURGERY)."
    )


def test_labels_are_compared_among_common_organisations_only(home: Home) -> None:
    """A practice that comes brings what only it does; that is no drift of the labels."""
    before = crosstab({"APPOINTMENT_MONTH_START_DATE": "01SEP2025"})
    newcomer = {"GP_CODE": "C82002", "APPT_MODE": "Telephone"}
    results = after(OCT, PRACTICE, before, crosstab({}, newcomer))(home)
    assert found(results, "labels_as_before").verdict == "pass"
    results = after(NOV, PRACTICE, crosstab({"APPOINTMENT_MONTH_START_DATE": "01NOV2025"}))(home)
    assert found(results, "labels_as_before").verdict == "pass"


def test_messages_on_local_returns_contain_no_counts(home: Home) -> None:
    """The sum of one practice is its count, so only changes in percent may be shown."""
    results = after(
        OCT,
        REFERRALS,
        referrals({"Month": "2025-09", "Referrals sent": 4111, "Referrals completed": 4099}),
        referrals({"Referrals sent": 8222, "Referrals completed": 8233}),
    )(home)
    told = {r.rule: r.verdict for r in results if r.verdict in ("warn", "fail")}
    assert (told["sums_as_before"], told["part_within_total"]) == ("warn", "fail")
    words = " ".join(f"{r.observed} {r.expected} {r.message}" for r in results if r.layer != "file")
    assert "referrals: +100.0%" in words
    assert "C82001 2025-10" in words
    assert [n for n in ("4,111", "8,222", "8,233", "4,099", "4111", "8222") if n in words] == []


@pytest.mark.parametrize(("now", "verdict"), [(130, "pass"), (131, "warn"), (70, "pass")])
def test_local_returns_are_compared_exactly_though_by_their_ratio(
    home: Home, now: int, verdict: str
) -> None:
    before = referrals({"Month": "2025-09", "Referrals sent": 100})
    results = after(OCT, REFERRALS, before, referrals({"Referrals sent": now}))(home)
    assert found(results, "sums_as_before").verdict == verdict


def test_more_ordering_users_than_users_is_reported_without_numbers(home: Home) -> None:
    brought(home, app_practice({"Registered users 13+": 777, "Ordering users": 888}))
    result = one(judged(home, APP_PRACTICE), "part_within_total", "ordering_users")
    assert (result.verdict, result.failed_rows) == ("fail", 1)
    assert result.message == (
        "C82001 2025-10. Ordering users is above Registered users 13+ in row 2. "
        "Check for swapped columns"
    )


# Files


def test_a_part_that_is_missing_is_named(home: Home) -> None:
    names = {SEP: ("Leicester_Sep25.csv", "Derby_Sep25.csv"), OCT: ("Leicester_Oct25.csv",)}
    for edition, members in names.items():
        label = "SEP2025" if edition == SEP else "OCT2025"
        areas = dict(zip(members, ("04C", "03W"), strict=False))
        content = {
            name: regional({"APPOINTMENT_MONTH": label, "SUB_ICB_LOCATION_CODE": area})
            for name, area in areas.items()
        }
        imported(home, zipped(home.root.parent / f"{edition}.zip", content))
        taken = judged(home, SUB_ICB, edition)
    result = one(taken, "members_as_before")
    assert (result.verdict, result.failed_rows, result.total_rows) == ("warn", 1, 2)
    assert "No file matches Derby_Sep25.csv. Import what is missing." in result.message
    assert one(taken, "file_size").message == "1 file(s), but 2 in 2025-09"
    assert taken.state.verdict == "accepted"


def test_a_corrected_file_is_counted_once(home: Home) -> None:
    september = {"APPOINTMENT_MONTH": "SEP2025"}
    first, second = regional(september), regional(september | {"COUNT_OF_APPOINTMENTS": 11})
    results = after(OCT, SUB_ICB, first, second, regional())(home)
    assert found(results, "members_as_before").verdict == "pass"


def test_a_file_that_was_corrected_in_part_is_counted_once(home: Home) -> None:
    """Both files are in use: the second lacks a sub-ICB of the first."""
    city, county = (
        {"APPOINTMENT_MONTH": "SEP2025", "SUB_ICB_LOCATION_CODE": code} for code in ("04C", "03W")
    )
    second = regional(city | {"COUNT_OF_APPOINTMENTS": 11})
    results = after(OCT, SUB_ICB, regional(city, county), second, regional())(home)
    result = found(results, "members_as_before")
    assert (result.verdict, result.observed) == ("pass", "1 file(s)")
    assert result.expected == "at least the 1 file(s) of 2025-09"


def test_files_of_another_shape_are_not_compared_by_size(home: Home) -> None:
    brought(home, wide_claims(), edition="2024-11")
    judged(home, CLAIMS, "2024-11")
    brought(home, long_claims(*({"YEAR_MONTH": "2024-12"} for _ in range(99))))
    result = one(judged(home, CLAIMS, "2024-12"), "file_size")
    assert (result.verdict, result.message) == (
        "skipped",
        "the files of 2024-11 have another layout",
    )


def test_files_are_judged_though_one_cannot_be_read(home: Home) -> None:
    results = swapped(b"<html><body>Sorry</body></html>")(home)
    assert found(results, "file_readable").verdict == "fail"
    assert "web page" in found(results, "file_type").observed
    assert found(results, "encoding_expected").verdict == "pass"


# Renamed columns


def test_a_new_heading_is_matched_with_the_one_that_is_missing(home: Home) -> None:
    content = referrals().replace(b"Referrals accepted", b"Referrals taken up and accepted")
    brought(home, content)
    result = one(judged(home, REFERRALS), "columns_expected")
    assert (result.verdict, result.observed) == ("warn", "new: Referrals taken up and accepted")
    assert result.message.startswith(
        "`Referrals taken up and accepted` may be `Referrals accepted`, which is missing. "
    )


# The ICB of a sub-ICB


def test_practices_under_a_contradicted_icb_are_counted(home: Home) -> None:
    wrong = [{"GP_CODE": f"C82{n:03}", "ICB_CODE": "QT1"} for n in range(26)]
    brought(home, mapping({"GP_CODE": "C82999"}, *wrong), edition=NOV)
    result = one(judged(home, MAPPING, NOV), "icb_of_sub_icb")
    assert (result.verdict, result.failed_rows, result.total_rows) == ("warn", 26, 27)
    assert result.observed == "1 of 2 sub-ICB-months disagree"
    assert result.message.startswith(
        "26 row(s) of 26 practice(s), 2025-11: 04C has ICB QT1, the reference has QK1."
    )


def test_unknown_sub_icbs_are_counted_but_not_checked(home: Home) -> None:
    brought(home, coverage({}, {"SUB_ICB_LOCATION_CODE": "99Z"}))
    result = one(judged(home, COVERAGE), "icb_of_sub_icb")
    assert result.verdict == "pass"
    assert result.observed.endswith("; 1 of unknown sub-ICBs are not checked")


def test_an_unknown_icb_of_a_sub_icb_warns(home: Home) -> None:
    brought(home, coverage({}, {"SUB_ICB_LOCATION_CODE": "03W", "ICB_ONS_CODE": "E54999999"}))
    result = one(judged(home, COVERAGE), "icb_of_sub_icb")
    assert (result.verdict, result.failed_rows) == ("warn", 1)
    assert "03W has ICB E54999999, the reference has QK1" in result.message


def test_codes_of_2021_are_compared_too(home: Home) -> None:
    """Bassetlaw was in South Yorkshire (E54000009), never in Birmingham (E54000017)."""
    bassetlaw = {"SUB_ICB_LOCATION_CODE": "02Q", "APPOINTMENT_MONTH": "AUG2021"}
    brought(home, regional(bassetlaw | {"ICB_ONS_CODE": "E54000009"}, ccg_era=True))
    result = one(judged(home, SUB_ICB, "2021-08"), "icb_of_sub_icb")
    assert (result.verdict, result.observed) == ("pass", "0 of 1 sub-ICB-months disagree")
    moved = bassetlaw | {"APPOINTMENT_MONTH": "SEP2021", "ICB_ONS_CODE": "E54000017"}
    brought(home, regional(moved, ccg_era=True))
    result = one(judged(home, SUB_ICB, "2021-09"), "icb_of_sub_icb")
    assert (result.verdict, result.failed_rows) == ("warn", 1)


def test_boundaries_of_the_month_or_of_the_edition_are_both_right(home: Home) -> None:
    """ICBs merged in April 2026: a later edition gives earlier months on either boundaries."""
    area = {"SUB_ICB_LOCATION_CODE": "06Q"}
    months = [("MAR2026", OLD_ESSEX), ("MAR2026", NEW_ESSEX), ("APR2026", NEW_ESSEX)]
    rows = [area | {"APPOINTMENT_MONTH": m, "ICB_ONS_CODE": icb} for m, icb in months]
    brought(home, regional(*rows))
    assert one(judged(home, SUB_ICB, "2026-04"), "icb_of_sub_icb").verdict == "pass"
    brought(home, regional(area | {"APPOINTMENT_MONTH": "MAY2026", "ICB_ONS_CODE": OLD_ESSEX}))
    assert one(judged(home, SUB_ICB, "2026-05"), "icb_of_sub_icb").verdict == "warn"


# Real publications


def test_restated_months_of_real_files_hardly_change(home: Home, real_feeds: Path) -> None:
    patterns = ("gp_appointments_sub_icb/*Oct25*", "gp_appointments_sub_icb/*Nov25*")
    list(real_taken(home, real_feeds, *patterns))
    judged(home, SUB_ICB, OCT)
    taken = judged(home, SUB_ICB, NOV)
    assert taken.state.verdict == "accepted"
    restated = one(taken, "restated_as_before")
    assert (restated.verdict, restated.failed_rows, restated.total_rows) == ("warn", 3, 377)
    assert "appointments_home_visit 2024-05: 3,633 to 3,931 (+8.2%)" in restated.message
    assert {r.verdict for r in taken.results if r.layer == "drift"} == {"pass", "warn"}
