"""An input that breaks each shared check, the verdict then, and an input that keeps it."""

from collections.abc import Callable

from checks.edition_view import EditionView
from checks.runner import judge_edition
from tests.checks.support_checks import (
    APP_PRACTICE,
    BUILDERS,
    OCT,
    PRACTICE,
    REFERRALS,
    SUB_ICB,
    Case,
    Results,
    brought,
    judged,
    of,
    of_content,
)
from tests.support import coverage, crosstab, patient_list, regional
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.transform.tidy import tidy

COUNT, AREA, MONTH = "COUNT_OF_APPOINTMENTS", "SUB_ICB_LOCATION_CODE", "APPOINTMENT_MONTH"


def of_headings(change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Case:
    """The verdicts on a sound file whose record names other headings."""

    def case(home: Home) -> Results:
        (file,) = brought(home, regional())
        facts = tidy(home, file)
        renamed = file.model_copy(update={"headings": change(file.headings)})
        view = EditionView(home, contracts()[SUB_ICB], OCT, [renamed], [facts])
        return [r for r in judge_edition(view, "run") if r.layer == "contract"]

    return case


def with_lost_bytes(home: Home) -> Results:
    (file,) = brought(home, regional())
    Archive(home).object_path(file.container_sha256).unlink()
    return judged(home, SUB_ICB).results


def practice_sums(practices: int, sub_icb: int, expected: int = 1) -> Case:
    return of_content(
        PRACTICE,
        crosstab({COUNT: practices}),
        regional({COUNT: sub_icb}),
        coverage({"Included Practices": expected}),
    )


def typed(*rows: dict[str, object]) -> Case:
    """The verdicts on a local return."""
    return of(REFERRALS, *rows)


def with_list(feed: str, patients: int = 1000, listed: str = "C82001") -> Case:
    """The verdicts on a practice's figures beside a patient list: it has 1,000 users."""
    users = {"Registered users 13+": 1000} if feed == APP_PRACTICE else {}
    people = patient_list({"CODE": listed, "NUMBER_OF_PATIENTS": patients})
    return of_content(feed, BUILDERS[feed](users), people)


WITH_OVERFLOW = regional(end="\n").replace(b",10\n", b",10,11\n")
WITH_NEW_COLUMN = regional(end="\n").replace(b"PPOINTMENTS\n", b"PPOINTMENTS,NEW\n")
SOUND = of(SUB_ICB, {}, {AREA: "03W"})
LONE = regional({}, {AREA: "03W"}), coverage({}, {AREA: "03W"})

# rule -> (an input that breaks it, the verdict, an input that keeps it)
CASES: dict[str, tuple[Case, str, Case]] = {
    "total_row": (typed({}, {"Month": "Total"}), "warn", typed()),
    "month_not_mangled": (typed({}, {"Month": "25-Oct"}), "warn", typed({"Month": "2025-10-01"})),
    "row_shape": (of_content(SUB_ICB, WITH_OVERFLOW + regional().split(b"\n")[1]), "warn", SOUND),
    "value_present": (of(SUB_ICB, {}, {"APPT_STATUS": ""}), "warn", SOUND),
    "month_readable": (of(SUB_ICB, {}, {MONTH: "02OCT2025"}), "warn", SOUND),
    "count_whole": (of(SUB_ICB, {}, {COUNT: "1,234"}), "warn", of(SUB_ICB, {COUNT: " 12 "})),
    "count_not_negative": (of(SUB_ICB, {}, {COUNT: " -1 "}), "warn", of(SUB_ICB, {COUNT: 0})),
    "label_known": (of(SUB_ICB, {}, {"HCP_TYPE": "Nurse"}), "warn", of(PRACTICE)),
    "code_pattern": (of(PRACTICE, {}, {"GP_CODE": "C8200"}), "warn", of(PRACTICE)),
    "month_in_window": (of(SUB_ICB, {}, {MONTH: "JAN2020"}), "warn", SOUND),
    "file_readable": (with_lost_bytes, "fail", SOUND),
    "columns_present": (of_headings(lambda h: h[:-1]), "fail", of_headings(lambda h: h)),
    "columns_expected": (of_content(SUB_ICB, WITH_NEW_COLUMN), "warn", SOUND),
    "rows_accepted": (of(SUB_ICB, {"HCP_TYPE": "Nurse"}), "fail", of(SUB_ICB, {}, {COUNT: "x"})),
    "keys_unique": (of(PRACTICE, {}, {COUNT: 3}), "fail", of(PRACTICE, {}, {"APPT_STATUS": "DNA"})),
    "edition_from_content": (
        of_content(SUB_ICB, regional({MONTH: "SEP2025"}), edition=OCT),
        "warn",
        SOUND,
    ),
    "cells_whole": (of(SUB_ICB, {}, {COUNT: "x"}), "warn", of(SUB_ICB, {}, {MONTH: "x", COUNT: 0})),
    "coverage_present": (SOUND, "warn", of_content(SUB_ICB, *LONE)),
    "parts_complete": (
        of_content(SUB_ICB, regional(), LONE[1]),
        "warn",
        of_content(SUB_ICB, *LONE),
    ),
    "sums_reconcile": (practice_sums(10, 11), "warn", practice_sums(10, 10)),
    "people_within_population": (with_list(APP_PRACTICE, 999), "fail", with_list(APP_PRACTICE)),
    "practices_known": (with_list(REFERRALS, 10, "C82999"), "warn", with_list(REFERRALS)),
}  # fmt: skip
