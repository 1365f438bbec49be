"""Parts, coverage and sums."""

from assets.feeds.practice_slots.testing import slots
from tests.checks.cases_shared import practice_sums
from tests.checks.support_checks import (
    PRACTICE,
    SUB_ICB,
    brought,
    judged,
    one,
)
from tests.support import coverage, crosstab, patient_list, regional
from warehouse.base.home import Home

SLOTS = "practice_slots"
COUNT, AREA, MONTH = "COUNT_OF_APPOINTMENTS", "SUB_ICB_LOCATION_CODE", "APPOINTMENT_MONTH"


def test_without_coverage_practices_cannot_be_counted(home: Home) -> None:
    brought(home, crosstab(), regional())
    taken = judged(home, PRACTICE)
    for rule in ("parts_complete", "sums_reconcile"):
        found = one(taken, rule)
        assert found.verdict == "skipped"
        assert "gp_appointments_coverage of 2025-10" in found.message
    assert one(taken, "coverage_present").message.startswith("import the coverage file of 2025-10")


def test_without_the_sub_icb_feed_sums_are_skipped(home: Home) -> None:
    brought(home, crosstab(), coverage())
    found = one(judged(home, PRACTICE), "sums_reconcile")
    assert (found.verdict, found.message) == (
        "skipped",
        "gp_appointments_sub_icb 2025-10 is not available",
    )


def test_an_incomplete_place_is_not_compared(home: Home) -> None:
    results = practice_sums(10, 30, expected=3)(home)
    (sums,) = [r for r in results if r.rule == "sums_reconcile"]
    assert (sums.verdict, sums.message) == (
        "skipped",
        "no place is complete in both feeds for the same month",
    )
    (parts,) = [r for r in results if r.rule == "parts_complete"]
    assert parts.verdict == "warn"
    assert parts.observed == "0 of 1 sub-ICBs complete; 04C 2025-10 has 1 of 3"


def test_a_difference_is_named(home: Home) -> None:
    results = practice_sums(10, 11)(home)
    (sums,) = [r for r in results if r.rule == "sums_reconcile"]
    assert sums.observed == "1 of 1 sub-ICB-months differ"
    assert sums.message == "04C 2025-10: practices 10, sub-ICB 11"


def test_sums_of_a_place_that_lost_rows_are_not_compared(home: Home) -> None:
    """A practice that is left out for its lost rows would make every honest sum differ."""
    brought(
        home,
        crosstab({COUNT: 10}, {"GP_CODE": "C82002", COUNT: 5}, {"GP_CODE": "C82002", COUNT: "x"}),
        regional({COUNT: 16}),
        coverage({"Included Practices": 2}),
    )
    assert one(judged(home, PRACTICE), "sums_reconcile").verdict == "skipped"


def test_revisions_of_an_edition_are_not_added_together(home: Home) -> None:
    brought(
        home,
        crosstab({COUNT: 9}),
        crosstab({COUNT: 10}),
        regional({COUNT: 8}),
        regional({COUNT: 10}),
        coverage({"Included Practices": 5}),
        coverage({"Included Practices": 1}),
    )
    taken = judged(home, PRACTICE)
    assert one(taken, "sums_reconcile").verdict == "pass"
    assert one(taken, "sums_reconcile").total_rows == 1
    assert one(taken, "parts_complete").verdict == "pass"


def test_a_revision_that_lost_rows_warns_although_the_first_was_complete(home: Home) -> None:
    brought(home, regional({COUNT: 9}), regional({COUNT: 10}, {COUNT: "x"}))
    found = one(judged(home, SUB_ICB), "cells_whole")
    assert (found.verdict, found.observed) == ("warn", "1 organisation-months: 04C 2025-10")
    brought(home, regional({COUNT: 11}))
    assert one(judged(home, SUB_ICB), "cells_whole").verdict == "pass"


def test_parts_are_judged_together(home: Home) -> None:
    brought(home, regional({AREA: "04C"}), regional({AREA: "03W"}), coverage({}, {AREA: "03W"}))
    found = one(judged(home, SUB_ICB), "parts_complete")
    assert (found.verdict, found.observed) == ("pass", "2 of 2 sub-ICBs complete")


def test_without_coverage_the_sub_icbs_are_those_of_the_dated_reference(home: Home) -> None:
    brought(home, regional({}, {AREA: "03W"}))
    found = one(judged(home, SUB_ICB), "parts_complete")
    assert (found.verdict, found.failed_rows, found.total_rows) == ("warn", 104, 106)
    assert found.observed == "2 of 106 sub-ICBs complete"


def test_missing_sub_icbs_are_named(home: Home) -> None:
    brought(home, regional({AREA: "04C"}), coverage({}, {AREA: "03W"}, {AREA: "04V"}))
    found = one(judged(home, SUB_ICB), "parts_complete")
    assert found.message.startswith(
        "missing: 03W NHS Leicester, Leicestershire and Rutland ICB - 03W, 2025-10; 04V NHS "
        "Leicester, Leicestershire and Rutland ICB - 04V, 2025-10. Roll-ups"
    )


def test_missing_practices_are_named_by_the_edition_before(home: Home) -> None:
    september = {"APPOINTMENT_MONTH_START_DATE": "01SEP2025"}
    brought(home, crosstab(september, september | {"GP_CODE": "C82002", "GP_NAME": "THE OTHER"}))
    brought(home, coverage({"Appointment_Month": "01SEP2025", "Included Practices": 2}))
    judged(home, PRACTICE, "2025-09")
    brought(home, crosstab(), coverage({"Included Practices": 3}))
    found = one(judged(home, PRACTICE), "parts_complete")
    assert (found.verdict, found.failed_rows) == ("warn", 1)
    assert found.message.startswith(
        "missing: 2 of 3 practices of 04C NHS Leicester, Leicestershire and Rutland ICB - 04C, "
        "2025-10: C82002 THE OTHER. Roll-ups"
    )


def test_without_coverage_members_are_those_of_the_last_accepted_edition(home: Home) -> None:
    september = {"APPOINTMENT_MONTH_START_DATE": "01SEP2025"}
    others = [{"GP_CODE": "C82002"}, {"GP_CODE": "C82003", AREA: "03W"}]
    brought(home, crosstab(september, *(september | other for other in others)))
    assert one(judged(home, PRACTICE, "2025-09"), "parts_complete").verdict == "skipped"
    # C82009 is new, and makes up for nobody.
    brought(home, crosstab({}, others[1], {"GP_CODE": "C82009"}))
    taken = judged(home, PRACTICE)
    found = one(taken, "parts_complete")
    assert (found.verdict, found.expected) == ("warn", "every member of 2 sub-ICBs, as in 2025-09")
    assert found.observed == "1 of 2 sub-ICBs complete; 04C 2025-10 has 1 of 2"
    assert "2025-10: C82002 A SURGERY" in found.message
    assert one(taken, "sums_reconcile").verdict == "skipped"


def test_a_month_missing_in_between_is_incomplete(home: Home) -> None:
    months = ("AUG2025", "OCT2025")
    brought(
        home,
        regional(*({MONTH: month} for month in months)),
        coverage(*({"Appointment_Month": f"01{m}2025"} for m in ("AUG", "SEP", "OCT"))),
    )
    found = one(judged(home, SUB_ICB), "parts_complete")
    assert (found.verdict, found.failed_rows, found.total_rows) == ("warn", 1, 3)


def test_a_local_return_lacks_practices_of_its_own_icb_alone(home: Home) -> None:
    """Other ICBs return their own. Its practices are placed by the patient list: it names none."""
    elsewhere = {AREA: "00L", "Included Practices": 74}
    brought(home, slots(), coverage({"Included Practices": 3}, {AREA: "03W"}, elsewhere))
    brought(home, patient_list())
    found = one(judged(home, SLOTS), "parts_complete")
    assert (found.verdict, found.expected) == ("warn", "every member of 2 sub-ICBs")
    assert found.observed == "0 of 2 sub-ICBs complete; 04C 2025-10 has 1 of 3"
    assert "2 of 3 practices of 04C" in found.message and "00L" not in found.message


def test_a_local_return_of_unknown_practices_is_not_counted(home: Home) -> None:
    brought(home, slots(), coverage({"Included Practices": 3}))
    found = one(judged(home, SLOTS), "parts_complete")
    assert found.verdict == "skipped"
    assert found.message.endswith("a list of registered_patients places in an ICB")
