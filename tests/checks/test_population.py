"""Patient lists: which one applies to a month, whom it counts, and what is checked against it."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from assets.feeds.gp_patient_survey.testing import build as survey
from assets.ingest import pending_editions
from checks.patient_lists import population, read_list
from tests.checks.support_checks import (
    APP,
    APP_PRACTICE,
    LIST,
    OCT,
    REFERRALS,
    SUB_ICB,
    active,
    brought,
    judged,
    one,
)
from tests.support import app_csv, app_practice, patient_list, referrals, regional
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.editions.check_history import edition_files, lists_until, nearest_list
from warehouse.transform import tidy as tidying
from warehouse.transform.tidy import tidy

USERS, ELIGIBLE, CODE, AREA, PATIENTS = (
    "Registered users 13+",
    "Patients aged 13 and over",
    "Practice code",
    "SUB_ICB_LOCATION_CODE",
    "NUMBER_OF_PATIENTS",
)
RULE = "people_within_population"
Row = dict[str, object]


def listed(month: str, *rows: Row) -> bytes:
    """A patient list as at a month."""
    return patient_list(*({"EXTRACT_DATE": f"{month}-01", **row} for row in rows or [{}]))


def whole_board(patients: int) -> list[Row]:
    """A practice in each of the three sub-ICBs of QK1."""
    areas = {"C82001": "04C", "C82002": "03W", "C82003": "04V"}
    return [{"CODE": code, AREA: area, PATIENTS: patients} for code, area in areas.items()]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({"2025-09", "2025-10", "2025-11"}, "2025-10"),
        ({"2025-08", "2025-09", "2025-11"}, "2025-09"),
        ({"2024-10", "2025-11"}, "2024-10"),
        ({"2024-09", "2025-11", "2025-12"}, "2025-11"),
        ({"2024-09", "2026-01"}, "2026-01"),
        ({"2024-09", "2026-02"}, None),
        (set(), None),
    ],
)
def test_the_nearest_list_is_of_the_month_else_before_else_shortly_after(
    held: set[str], expected: str | None
) -> None:
    assert nearest_list(held, OCT) == expected


def test_practices_are_known_by_all_lists_until_shortly_after() -> None:
    held = {"2019-04", "2025-10", "2026-01", "2026-02"}
    assert lists_until(held, OCT) == {"2019-04", "2025-10", "2026-01"}
    assert lists_until({"2026-05", "2026-06"}, OCT) == {"2026-05"}


def counted(home: Home, level: str) -> dict[str, int]:
    """Patients by organisation in October, as the lists held have them."""
    for file in active(home):
        tidy(home, file)
    found = population(home, active(home), level, [date(2025, 10, 1)])
    return dict(found.select("org_code", "patients").iter_rows())


def test_patients_are_added_up_to_places_that_are_whole(home: Home) -> None:
    part = {"CODE": "K82001", AREA: "14Y"}
    brought(home, listed(OCT, *whole_board(100), {"CODE": "C82004", AREA: "04C"}, part))
    assert counted(home, "practice")["C82004"] == 1000
    assert counted(home, "sub_icb") == {"04C": 1100, "03W": 100, "04V": 100, "14Y": 1000}
    assert counted(home, "icb") == {"QK1": 1300}, "an ICB with a sub-ICB missing is not known"
    assert counted(home, "pharmacy") == {}


def test_of_a_list_issued_again_the_last_counts(home: Home) -> None:
    brought(home, listed(OCT, {PATIENTS: 100}), listed(OCT, {PATIENTS: 200}))
    assert counted(home, "practice") == {"C82001": 200}


# No more people than patients


def test_too_many_people_name_organisation_month_and_both_figures(home: Home) -> None:
    brought(home, listed(OCT), app_practice({USERS: 1001, ELIGIBLE: 1001}))
    taken = judged(home, APP_PRACTICE)
    found = one(taken, RULE, "registered_users")
    assert (found.verdict, found.failed_rows, found.total_rows) == ("fail", 1, 1)
    assert found.message == (
        "C82001 2025-10: 1,001 people, but only 1,000 registered patients: sessions or log-ins "
        "were probably counted as people in Registered users of the NHS App aged 13 and over"
    )
    assert taken.state.verdict == "held"
    assert one(taken, RULE, "ordering_users").verdict == "pass"


def test_of_a_survey_no_sessions_are_suspected(home: Home) -> None:
    brought(home, listed("2026-03"))
    brought(home, survey({"distributed": 1001}), edition="2026-03")
    found = one(judged(home, "gp_patient_survey", "2026-03"), RULE, "questionnaires")
    assert found.message == (
        "C82001 2026-03: 1,001 people, but only 1,000 registered patients: check Questionnaires of "
        "the GP Patient Survey sent to patients"
    )


def test_boards_are_judged_where_a_list_has_all_their_sub_icbs(home: Home) -> None:
    rows: list[Row] = [
        {"ICB ODS Code [1,2]": code, "NHS App unique user logins": 301}
        for code in ("QK1", "QOC", "Unknown")
    ]
    brought(home, app_csv(*rows), listed(OCT, *whole_board(100)))
    found = one(judged(home, APP), RULE)
    assert (found.verdict, found.column_name, found.total_rows) == ("fail", "unique_users", 1)
    assert found.observed == "1 of 1 organisation-months have more; 2 more are on no patient list"
    assert "QK1 2025-10: 301 people, but only 300" in found.message
    brought(home, listed(OCT, *whole_board(101)))
    assert one(judged(home, APP), RULE).verdict == "pass"


@pytest.mark.parametrize(
    ("lists", "why"),
    [
        ([], "no registered_patients near 2025-10 covers"),
        ([listed("2026-02")], "no registered_patients near 2025-10 covers"),
        ([listed(OCT, {"CODE": "C82002"})], "no organisation with a figure is on"),
    ],
)
def test_without_a_list_the_check_is_skipped_with_the_reason(
    home: Home, lists: list[bytes], why: str
) -> None:
    brought(home, app_practice(), *lists)
    found = [r for r in judged(home, APP_PRACTICE).results if r.rule == RULE]
    assert {r.verdict for r in found} == {"skipped"}
    assert found and all(r.message.startswith(why) for r in found)


def test_an_edition_without_any_figure_of_people_says_so(home: Home) -> None:
    brought(home, app_csv({"NHS App unique user logins": "[x]"}), listed(OCT, *whole_board(1)))
    found = one(judged(home, APP), RULE)
    assert (found.verdict, found.message) == ("skipped", "the edition has no figure of people")


# Practices that nobody knows


def test_unknown_practices_are_named_by_row(home: Home) -> None:
    rows: list[Row] = [{CODE: f"C8299{n}"} for n in range(6)]
    brought(home, listed(OCT), referrals({}, *rows))
    taken = judged(home, REFERRALS)
    found = one(taken, "practices_known")
    assert (found.verdict, found.failed_rows, found.total_rows) == ("warn", 6, 7)
    assert found.observed == "6 unknown of 7 practices"
    assert found.message == (
        "row 3: C82990, row 4: C82991, row 5: C82992, row 6: C82993, row 7: C82994 "
        "and 1 more row(s): on no patient list, so not in figures above practice level; "
        "check the code"
    )
    assert taken.state.verdict == "accepted"


def test_invalid_rows_of_several_files_are_listed_with_their_file(home: Home) -> None:
    brought(home, listed(OCT), referrals(), referrals({CODE: "C82999"}))
    assert "row 2 of file3.csv: C82999" in one(judged(home, REFERRALS), "practices_known").message


def test_a_practice_that_has_closed_or_just_opened_is_known(home: Home) -> None:
    closed, opened = listed("2019-04", {"CODE": "C82002"}), listed("2025-12", {"CODE": "C82003"})
    brought(home, closed, opened, referrals({CODE: "C82002"}, {CODE: "C82003"}))
    assert one(judged(home, REFERRALS), "practices_known").verdict == "pass"


def test_without_any_list_no_practice_is_accused(home: Home) -> None:
    brought(home, referrals())
    found = one(judged(home, REFERRALS), "practices_known")
    assert (found.verdict, found.message) == (
        "skipped",
        "no registered_patients is available, so no practice is known",
    )


# Judged again when the lists change, and only then


def test_a_list_that_arrives_later_judges_the_edition_again(home: Home) -> None:
    brought(home, app_practice({USERS: 1001, ELIGIBLE: 1001}))
    assert judged(home, APP_PRACTICE).state.verdict == "accepted"
    brought(home, listed(OCT))
    assert pending_editions(home, APP_PRACTICE) == [OCT]
    assert judged(home, APP_PRACTICE).state.verdict == "held"
    assert pending_editions(home, APP_PRACTICE) == []


def test_lists_of_other_months_judge_nothing_again(home: Home) -> None:
    brought(home, listed(OCT), app_csv(), app_practice(), regional())
    for feed in (LIST, APP, APP_PRACTICE, SUB_ICB):
        judged(home, feed)
    brought(home, listed("2025-11"), listed("2026-02"))
    assert pending_editions(home, APP) == [], "its own month's list was held already"
    assert pending_editions(home, SUB_ICB) == []
    assert pending_editions(home, APP_PRACTICE) == [OCT], "a practice may just have opened"
    judged(home, APP_PRACTICE)
    assert pending_editions(home, APP_PRACTICE) == []
    lists = [f.edition for f in edition_files(active(home), APP_PRACTICE, OCT) if f.feed == LIST]
    assert lists == [OCT, "2025-11"]


def test_a_list_that_cannot_be_read_does_not_stop_the_feed(home: Home) -> None:
    _, lost = brought(home, app_practice(), listed(OCT))
    Archive(home).object_path(lost.container_sha256).unlink()
    taken = judged(home, APP_PRACTICE)
    assert taken.state.verdict == "accepted"
    assert one(taken, "practices_known").verdict == "skipped"


def test_a_list_is_tidied_and_read_once_for_all_editions(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = ("2025-09", OCT)
    brought(home, listed("2025-08"), *(app_practice({"Month": month}) for month in months))
    read: list[str] = []
    before = tidying._read

    def noted(archive: Archive, file: SourceFile, *more: Any) -> pl.LazyFrame:
        read.append(file.feed)
        return before(archive, file, *more)

    monkeypatch.setattr(tidying, "_read", noted)
    for month in months:
        assert one(judged(home, APP_PRACTICE, month), "practices_known").verdict == "pass"
    assert sorted(read) == [APP_PRACTICE, APP_PRACTICE, LIST]
    lists = [file for file in active(home) if file.feed == LIST]
    assert read_list(home, lists) is read_list(home, lists)
