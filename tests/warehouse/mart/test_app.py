"""The NHS App and local returns: ICBs over two maps, people who are never added, practices."""

from pathlib import Path

from tests.support import referrals, write, write_list
from tests.warehouse.support_mart import Mart, build, retrieved
from tests.warehouse.worlds import listed
from tests.warehouse.worlds_pharmacy import NEW_MAP, OLD_MAP, returned
from warehouse.base.home import Home

ENGLAND = "E92000001"
LOGINS, USERS = "nhs_app_logins", "nhs_app_unique_users"
REFERRALS, DONE = "pharmacy_first_referrals", "pharmacy_first_referrals_completed"
SHARE, COUNT = "pharmacy_first_referring_practice_share", "pharmacy_first_referring_practices"


def parts(mart: Mart, kpi: str, level: str, code: str, month: str) -> tuple[object, ...]:
    row = mart.figure(kpi, level, code, month)
    return row["value"], row["members_present"], row["members_expected"]


def share(mart: Mart, level: str, code: str, month: str) -> tuple[object, ...]:
    row = mart.figure(SHARE, level, code, month)
    assert mart.value(COUNT, level, code, month) == row["numerator"]
    return row["numerator"], row["denominator"], row["status"]


def test_england_is_of_one_map_and_unknown_counts_in_its_own_edition(app: Mart) -> None:
    assert (len(OLD_MAP), len(NEW_MAP)) == (42, 36)
    assert app.vintages(LOGINS, "england", ENGLAND, "2025-10") == [
        ("2025-10", 1, 42 * 100 + 5),
        ("2026-04", 1, 36 * 120),
    ]
    assert parts(app, LOGINS, "england", ENGLAND, "2025-10") == (36 * 120, 36, 36)
    assert parts(app, LOGINS, "england", ENGLAND, "2026-04") == (36 * 130 + 7, 37, 37)


def test_regions_are_those_of_the_editions_map(app: Mart) -> None:
    regions = app.rows(
        "SELECT sum(value) AS logins, count(*) AS regions FROM kpi_monthly "
        f"WHERE kpi_id = '{LOGINS}' AND org_level = 'region' AND month = DATE '2025-10-01'"
    )
    assert regions == [{"logins": 36 * 120, "regions": 7}]


def test_unknown_is_an_icb_of_no_region(app: Mart) -> None:
    assert app.value(LOGINS, "icb", "Unknown", "2026-04") == 7
    [row] = app.rows("SELECT region_code, org_level FROM organisation WHERE org_code = 'Unknown'")
    assert (row["region_code"], row["org_level"]) == (None, "icb")


def test_place_without_all_its_icbs_has_no_figure(app: Mart) -> None:
    assert parts(app, LOGINS, "england", ENGLAND, "2025-09") == (None, 41, 42)
    assert parts(app, LOGINS, "region", "Y60", "2025-09") == (None, 10, 11)
    assert app.value(LOGINS, "region", "Y61", "2025-09") is not None


def test_england_that_lost_those_it_can_not_place_has_no_figure(app: Mart) -> None:
    assert parts(app, LOGINS, "england", ENGLAND, "2025-08") == (None, 42, 43)
    assert app.value(LOGINS, "region", "Y60", "2025-08") == 11 * 80


def test_users_are_people_and_never_added(app: Mart) -> None:
    levels = app.rows("SELECT DISTINCT org_level FROM kpi_monthly WHERE kpi_id = $k", k=USERS)
    assert levels == [{"org_level": "icb"}]
    rows = app.rows(f"SELECT * FROM kpi_monthly WHERE kpi_id = '{USERS}' AND value IS NOT NULL")
    assert {(r["financial_ytd_value"], r["rolling_12_month_value"]) for r in rows} == {(None, None)}
    [kpi] = app.rows(f"SELECT * FROM kpi WHERE kpi_id = '{USERS}'")
    assert (kpi["additive_over_organisations"], kpi["additive_over_time"]) == (False, False)
    assert kpi["not_additive_because"].startswith("One person may log in")
    [logins] = app.rows(f"SELECT * FROM kpi WHERE kpi_id = '{LOGINS}'")
    assert logins["not_additive_because"] is None


def test_log_ins_of_icbs_meet_patients_of_practices_at_the_icb(app: Mart) -> None:
    kpi = "nhs_app_logins_per_1000_patients"
    row = app.figure(kpi, "icb", "QK1", "2025-10")
    assert (row["numerator"], row["denominator"], row["value"]) == (120, 2000, 60.0)
    assert app.vintages(kpi, "icb", "QK1", "2025-10") == [
        ("2025-10", 1, 50.0),
        ("2026-04", 1, 60.0),
    ]
    without_list = app.figure(kpi, "icb", "QK1", "2026-04")
    assert (without_list["value"], without_list["status"]) == (None, "incomplete")
    elsewhere = app.figure(kpi, "icb", "QT1", "2025-10")
    assert (elsewhere["value"], elsewhere["denominator"]) == (None, None)


def test_measure_that_no_edition_publishes_has_no_rows(app: Mart) -> None:
    for kpi in ("nhs_app_registrations", "nhs_app_prescription_users"):
        assert app.rows("SELECT * FROM kpi_vintage WHERE kpi_id = $k", k=kpi) == []
        assert app.rows("SELECT * FROM kpi_monthly WHERE kpi_id = $k", k=kpi) == []
    unplaced = app.figure(USERS, "icb", "Unknown", "2025-10")
    assert (unplaced["value"], unplaced["status"]) == (None, "incomplete")


def test_what_a_return_names_is_whole(app: Mart) -> None:
    assert parts(app, REFERRALS, "sub_icb", "04C", "2025-10") == (10, 1, 1)
    assert app.value(REFERRALS, "sub_icb", "03W", "2025-10") == 0
    assert "2025-10" not in app.figures(REFERRALS, "sub_icb", "04V")
    assert parts(app, REFERRALS, "icb", "QK1", "2025-10") == (None, 2, 3)
    assert app.value(REFERRALS, "practice", "C82999", "2025-10") == 4
    assert parts(app, REFERRALS, "icb", "QK1", "2025-11") == (7 + 5 + 2 + 1, 3, 3)


def test_return_that_can_not_be_read_leaves_its_place_without_a_sum(app: Mart) -> None:
    assert parts(app, REFERRALS, "sub_icb", "04C", "2025-12") == (None, 1, 2)
    assert app.value(REFERRALS, "sub_icb", "03W", "2025-12") == 2
    assert app.vintages(REFERRALS, "sub_icb", "04C", "2025-11") == [
        ("2025-11", 1, None),
        ("2025-12", 1, 12),
    ]


def test_blank_is_unknown_not_zero(app: Mart) -> None:
    assert app.value(DONE, "practice", "C82005", "2025-11") is None
    assert app.value(DONE, "sub_icb", "04V", "2025-11") is None
    assert app.value(DONE, "sub_icb", "04C", "2025-11") == 6 + 5


def test_referring_practices_are_a_share_of_the_patient_list(app: Mart) -> None:
    assert share(app, "sub_icb", "04C", "2025-10") == (1, 2, "final")
    assert share(app, "sub_icb", "03W", "2025-10") == (0, 1, "final")
    assert app.figures(SHARE, "sub_icb", "04V").get("2025-10") is None
    assert share(app, "icb", "QK1", "2025-10") == (None, None, "incomplete")
    assert share(app, "icb", "QK1", "2025-11") == (4, 4, "final")
    assert share(app, "sub_icb", "04C", "2025-12") == (None, 2, "incomplete")


def test_installed_is_a_share_of_the_practices_on_the_patient_list(app: Mart) -> None:
    number, of_all = "telephony_installed_practices", "telephony_installed_practice_share"
    row = app.figure(of_all, "sub_icb", "04C", "2025-10")
    assert (row["numerator"], row["denominator"], row["value"]) == (1, 2, 0.5)
    assert app.value(number, "sub_icb", "04C", "2025-10") == 1
    assert app.value(of_all, "sub_icb", "04V", "2025-10") == 1
    assert "2025-10" not in app.figures(of_all, "sub_icb", "03W"), "the return names none of it"


def test_a_corrected_return_is_complete(home: Home, tmp_path: Path) -> None:
    """A code that can't be read may be anybody's, until the file comes again without it. Then 39 of
    the 51 practices of Leicester City refer, as the minutes say."""
    city = [f"C82{n:03}" for n in range(1, 52)]
    sent = [returned(code, "2025-10", 3 if n < 39 else 0) for n, code in enumerate(city[:45])]
    typed = [returned("C82101", "2025-10", 10), returned("C8210l", "2025-10", 5)]
    right = [returned("C82101", "2025-10", 10), returned("C82102", "2025-10", 5)]
    lists = [listed(code, "04C", "2025-10-01", 100) for code in city]
    lists += [listed(code, "03W", "2025-10-01", 100) for code in ("C82101", "C82102")]
    files = [
        write_list(tmp_path / "list.csv", *lists),
        retrieved(write(tmp_path / "city.csv", referrals(*sent)), "2025-11-03"),
        retrieved(write(tmp_path / "typed.csv", referrals(*typed)), "2025-11-03"),
    ]
    before = build(home, files)
    assert before.figures(REFERRALS, "sub_icb", "03W") == {}
    again = retrieved(write(tmp_path / "right.csv", referrals(*right)), "2025-11-04")
    mart = build(home, [again])
    assert parts(mart, REFERRALS, "sub_icb", "03W", "2025-10") == (15, 2, 2)
    assert share(mart, "sub_icb", "03W", "2025-10")[:2] == (2, 2)
    assert share(mart, "sub_icb", "04C", "2025-10") == (39, 51, "provisional")


def test_practices_use_of_the_app_adds_up_but_not_people_who_order(app: Mart) -> None:
    assert parts(app, "nhs_app_practice_logins", "sub_icb", "04C", "2025-10") == (1200, 2, 2)
    users = app.figure("nhs_app_practice_registered_users", "sub_icb", "04C", "2025-10")
    assert (users["value"], users["rolling_12_month_value"]) == (600, None)
    kpi = "nhs_app_practice_ordering_users"
    assert app.value(kpi, "practice", "C82001", "2025-10") == 80
    levels = app.rows("SELECT DISTINCT org_level FROM kpi_monthly WHERE kpi_id = $k", k=kpi)
    assert levels == [{"org_level": "practice"}]
