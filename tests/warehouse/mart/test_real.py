"""Real publications: every figure that can be reconciled, at full precision."""

import math
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.warehouse.support_mart import Figure, Mart
from warehouse.base.home import Home
from warehouse.outputs.headline import beside_value, headlines
from warehouse.settings import HOME_HEADLINES

pytestmark = pytest.mark.acceptance

ENGLAND = "E92000001"
MODES = (
    "face_to_face_share", "telephone_share", "video_share", "home_visit_share",
    "mode_unknown_share",
)  # fmt: skip
LLR = {"04C": (233_877, 51), "03W": (205_444, 29), "04V": (218_472, 46)}


@pytest.fixture(scope="module")
def real(real_home: Home) -> Mart:
    return Mart(real_home.mart)


def city(real: Mart, kpi: str, month: str) -> Figure:
    return real.figure(kpi, "sub_icb", "04C", month)


def in_edition(real: Mart, kpi: str, code: str, month: str) -> dict[str, float]:
    return {edition: value for edition, _, value in real.vintages(kpi, "sub_icb", code, month)}


@pytest.mark.parametrize(
    ("kpi", "numerator", "denominator"),
    [
        ("appointments", 274_903, None),
        ("appointments_attended", 241_207, None),
        ("appointments_dna_share", 13_760, 274_903),
        ("appointments_face_to_face_share", 201_571, 274_903),
        ("appointments_telephone_share", 48_195, 274_903),
        ("appointments_video_share", 12_402, 274_903),
        ("appointments_home_visit_share", 1_297, 274_903),
        ("appointments_mode_unknown_share", 274_903 - 201_571 - 48_195 - 12_402 - 1_297, 274_903),
        ("appointments_gp_share", 120_689, 274_903),
        ("appointments_same_day_share", 108_620, 274_903),
        ("appointments_within_two_weeks_share", 222_566, 274_903 - 204),
        ("appointments_per_working_day", 274_903, 23),
    ],
)
def test_leicester_city_october_2024(
    real: Mart, kpi: str, numerator: int, denominator: int | None
) -> None:
    row = city(real, kpi, "2024-10")
    assert (row["numerator"], row["denominator"]) == (numerator, denominator)
    assert row["value"] == numerator / (denominator or 1)
    by_mode = kpi.removeprefix("appointments_") in MODES  # restated by that very edition
    status = "provisional" if by_mode else "final"
    assert (row["edition"], row["status"]) == ("2025-11", status)


@pytest.mark.parametrize(
    ("kpi", "stated"),
    [
        ("appointments_face_to_face_share", 0.73324),
        ("appointments_same_day_share", 0.39512),
        ("appointments_within_two_weeks_share", 0.81022),
        ("appointments_dna_share", 0.05005),
    ],
)
def test_shares_as_the_interface_states_them(real: Mart, kpi: str, stated: float) -> None:
    assert round(city(real, kpi, "2024-10")["value"], 5) == stated


def test_growth_on_the_year(real: Mart) -> None:
    row = city(real, "appointments", "2024-10")
    assert row["previous_year_value"] == 236_816
    assert row["year_on_year_change"] == 38_087
    assert row["year_on_year_ratio"] == pytest.approx(38_087 / 236_816, rel=1e-14)
    assert round(row["year_on_year_ratio"], 5) == 0.16083


def test_october_edition_had_other_modes(real: Mart) -> None:
    known = in_edition(real, "appointments_face_to_face_share", "04C", "2024-10")
    assert known == {"2025-10": 201_674 / 274_903, "2025-11": 201_571 / 274_903}
    assert round(known["2025-10"], 5) == 0.73362
    telephone = in_edition(real, "appointments_telephone_share", "04C", "2024-10")
    assert telephone["2025-10"] == 48_191 / 274_903
    assert in_edition(real, "appointments", "04C", "2023-10") == {
        "2025-10": 236_816,
        "2025-11": 236_816,
    }


def test_first_and_latest_figure_of_a_month(real: Mart) -> None:
    row = real.figure("appointments", "sub_icb", "03W", "2025-10")
    assert (row["first_reported_value"], row["value"]) == (254_381, 254_739)
    assert row["status"] == "final"
    newest = real.figure("appointments", "sub_icb", "03W", "2025-11")
    assert (newest["first_reported_value"], newest["status"]) == (205_444, "provisional")
    assert city(real, "appointments", "2024-10")["first_reported_value"] is None


def test_revision_can_go_down(real: Mart) -> None:
    assert in_edition(real, "appointments", "04C", "2024-04") == {
        "2025-10": 218_626,
        "2025-11": 218_607,
    }
    assert city(real, "appointments", "2024-04")["value"] == 218_607
    [down] = real.rows(
        "SELECT old_value, new_value, change, kind, editions_after FROM kpi_revision "
        "WHERE kpi_id = 'appointments' AND org_code = '04C' AND month = DATE '2024-04-01'"
    )
    assert tuple(down.values()) == (218_626, 218_607, -19, "revised", 1)


def test_largest_and_usual_revisions(real: Mart) -> None:
    [row] = real.rows(
        "SELECT org_code, month, old_value, new_value FROM largest_revisions "
        "WHERE kpi_id = 'appointments' AND org_level = 'sub_icb' AND rank = 1"
    )
    assert tuple(row.values()) == ("03W", date(2024, 5, 1), 193_799, 194_480)
    [usual] = real.rows(
        "SELECT observations, median_change, p90_change FROM kpi_revision_typical WHERE kpi_id = "
        "'appointments' AND org_level = 'sub_icb' AND basis = 'first release'"
    )
    # Of October 2025 only 03W was revised; nine tenths lie four fifths of the way to it from 04V.
    assert (usual["observations"], usual["median_change"]) == (3, 0)
    assert usual["p90_change"] == pytest.approx(0.8 * (254_739 / 254_381 - 1))


def test_llr_total_and_nothing_above(real: Mart) -> None:
    icb = real.figure("appointments", "icb", "QK1", "2024-10")
    assert (icb["value"], icb["members_present"], icb["members_expected"]) == (808_812, 3, 3)
    for level, code in (("region", "Y60"), ("england", ENGLAND)):
        rows = real.figures("appointments", level, code)
        assert {row["value"] for row in rows.values()} == {None}
        assert rows["2024-10"]["members_present"] == 3
    assert real.figures("appointments", "england", ENGLAND)["2024-10"]["members_expected"] == 106


def test_october_2019_and_the_years_between(real: Mart) -> None:
    rows = real.figures("appointments", "sub_icb", "04C")
    assert (rows["2019-10"]["value"], rows["2019-10"]["edition"]) == (201_261, "2021-08")
    between = [row for month, row in rows.items() if "2021-08" < month < "2023-05"]
    assert len(between) == 20
    assert {(row["value"], row["status"]) for row in between} == {(None, "not_available")}
    assert rows["2023-05"]["edition"] == "2025-10"
    assert rows["2024-03"]["financial_ytd_value"] is None  # April 2023 is missing
    assert rows["2024-05"]["rolling_12_month_value"] is not None


def test_repeated_keys_of_2021_are_added_up(real: Mart, real_feeds: Path) -> None:
    file = "gp_appointments_sub_icb/Regional_CSV_ShropsTelfordWrekin_Aug21_release.csv"
    raw = pl.read_csv(real_feeds / file)
    expected = raw.group_by("Appointment_Month").agg(pl.col("COUNT_OF_APPOINTMENTS").sum())
    shown = real.figures("appointments", "icb", "QOC")
    by_month = {f"{row['month']:%b%Y}".upper(): row["value"] for row in shown.values()}
    assert by_month == dict(expected.iter_rows())


def annex(real_feeds: Path, table: str) -> pl.DataFrame:
    path = real_feeds / "gp_appointments_annex1" / f"Annex1_table_{table}_LLR_Nov2025.csv"
    return pl.read_csv(path).rename({"sub_icb_location_code_sub_icb_location_code": "code"})


@pytest.mark.parametrize("code", LLR)
def test_sums_of_practices_in_annex_1(real: Mart, real_feeds: Path, code: str) -> None:
    practices = annex(real_feeds, "1").filter(code=code)
    total, number = LLR[code]
    assert (practices["appointments_appointments"].sum(), practices.height) == (total, number)
    assert real.value("appointments", "sub_icb", code, "2025-11") == total
    status = annex(real_feeds, "6").filter(code=code)
    mode = annex(real_feeds, "4").filter(code=code)
    for kpi, summed in {
        "appointments_dna_share": status["dna"].sum(),
        "appointments_attended": status["attended"].sum(),
        "appointments_face_to_face_share": mode["face_to_face_face_to_face"].sum(),
        "appointments_telephone_share": mode["telephone"].sum(),
        "appointments_gp_share": annex(real_feeds, "5").filter(code=code)["gp"].sum(),
        "appointments_same_day_share": annex(real_feeds, "2a").filter(code=code)["same_day"].sum(),
    }.items():
        assert real.figure(kpi, "sub_icb", code, "2025-11")["numerator"] == summed, kpi


def test_denominator_is_the_patients_of_included_practices(real: Mart) -> None:
    row = real.figure("appointments_per_1000_patients", "sub_icb", "03W", "2025-11")
    assert (row["numerator"], row["denominator"]) == (205_444, 362_026)
    assert row["value"] == pytest.approx(205_444_000 / 362_026, rel=1e-15)
    assert real.value("registered_patients", "sub_icb", "03W", "2025-11") == 362_098
    lists = "SELECT count(*) AS n FROM governance.figure_source AS f JOIN organisation AS o " \
        "ON o.org_code = f.org_code AND o.sub_icb_code = '03W' AND f.month BETWEEN o.valid_from " \
        "AND coalesce(o.valid_to, DATE '9999-12-31') " \
        "WHERE f.feed = 'registered_patients' AND f.month = DATE '2025-11-01'"  # fmt: skip
    assert real.rows(lists) == [{"n": 31}]


def test_registered_patients_of_leicester_city(real: Mart) -> None:
    rows = real.figures("registered_patients", "sub_icb", "04C")
    told = {month: rows[month]["value"] for month in ("2025-10", "2025-11", "2025-12")}
    assert told == {"2025-10": 448_517, "2025-11": 449_414, "2025-12": 449_004}
    assert {row["financial_ytd_value"] for row in rows.values()} == {None}


@pytest.mark.parametrize("month", ["2025-10", "2025-11", "2025-12"])
def test_registered_patients_of_england(real: Mart, real_feeds: Path, month: str) -> None:
    name = {"2025-10": "Oct", "2025-11": "Nov", "2025-12": "Dec"}[month]
    raw = pl.read_csv(real_feeds / "registered_patients" / f"PracPop{name}.csv")
    row = real.figure("registered_patients", "england", ENGLAND, month)
    assert row["value"] == raw["NUMBER_OF_PATIENTS"].sum()
    assert (row["members_present"], row["members_expected"]) == (106, 106)


def test_lists_of_2021_reach_the_places_whose_codes_stayed(real: Mart, real_feeds: Path) -> None:
    raw = pl.read_csv(
        real_feeds / "registered_patients" / "gp-reg-pat-prac-all_2021_bristolpeteredwards.csv"
    )
    llr = raw.filter(pl.col("CCG_CODE").is_in(list(LLR)))["NUMBER_OF_PATIENTS"].sum()
    assert real.value("registered_patients", "icb", "QK1", "2021-01") == llr
    england = real.figure("registered_patients", "england", ENGLAND, "2021-01")
    assert (england["value"], england["members_expected"]) == (None, 106)


@pytest.mark.parametrize("level", ["icb", "region", "england"])
def test_coverage_adds_up_at_every_level(real: Mart, real_feeds: Path, level: str) -> None:
    folder = real_feeds / "gp_appointments_coverage"
    raw = pl.read_csv(folder / "APPOINTMENTS_GP_COVERAGE_Nov25_England.reconstructed.csv")
    november = raw.filter(Appointment_Month="01NOV2025")
    group = {"icb": "ICB_ONS_CODE", "region": "REGION_CODE", "england": "Appointment_Month"}[level]
    included, still_open = (
        f"Patients registered at {kind} practices" for kind in ("included", "open")
    )
    sums = november.group_by(group).agg(pl.col(included).sum(), pl.col(still_open).sum())
    shown = real.rows(
        "SELECT numerator, denominator FROM kpi_monthly WHERE org_level = $level "
        "AND kpi_id = 'appointments_patient_coverage_share' AND month = DATE '2025-11-01'",
        level=level,
    )
    assert sorted(tuple(row.values()) for row in shown) == sorted(
        sums.select(included, still_open).rows()
    )
    assert len(shown) == {"icb": 42, "region": 7, "england": 1}[level]


def test_half_of_england_by_practice(real: Mart, real_feeds: Path) -> None:
    path = real_feeds / "gp_appointments_practice"
    [file] = path.glob("*London_East_South_Oct_25*.gz")
    raw = pl.read_csv(file)
    assert (raw.height, raw["COUNT_OF_APPOINTMENTS"].sum()) == (392_709, 15_065_690)
    [total] = real.rows(
        "SELECT sum(value) AS n FROM kpi_monthly WHERE kpi_id = 'appointments' "
        "AND org_level = 'practice' AND month = DATE '2025-10-01'"
    )
    assert total["n"] == 15_065_690
    london = raw.filter(pl.col("SUB_ICB_LOCATION_CODE") == "72Q")
    unmapped = london.filter(
        pl.col("NATIONAL_CATEGORY").is_in(["Unmapped", "Inconsistent Mapping"])
    )
    row = real.figure("appointments_unmapped_share", "sub_icb", "72Q", "2025-10")
    assert (row["numerator"], row["denominator"]) == (
        unmapped["COUNT_OF_APPOINTMENTS"].sum(),
        london["COUNT_OF_APPOINTMENTS"].sum(),
    )
    assert row["members_present"] == row["members_expected"] == london["GP_CODE"].n_unique()


def test_networks_of_half_of_england(real: Mart, real_feeds: Path) -> None:
    [file] = (real_feeds / "gp_appointments_practice").glob("*London_East_South_Oct_25*.gz")
    summed = (
        pl.read_csv(file)
        .filter(pl.col("PCN_CODE") != "U")
        .group_by("PCN_CODE")
        .agg(pl.col("COUNT_OF_APPOINTMENTS").sum())
    )
    shown = real.rows(
        "SELECT org_code, value FROM kpi_monthly WHERE kpi_id = 'appointments' "
        "AND org_level = 'pcn' AND month = DATE '2025-10-01' AND value IS NOT NULL"
    )
    assert {row["org_code"]: row["value"] for row in shown} == dict(summed.iter_rows())


def test_no_value_is_not_a_number(real: Mart) -> None:
    values = real.rows("SELECT DISTINCT value FROM kpi_vintage WHERE value IS NOT NULL")
    assert values and all(math.isfinite(row["value"]) and row["value"] >= 0 for row in values)
    assert real.rows("SELECT * FROM kpi_monthly WHERE org_code = 'U'") == []


def test_log_ins_of_icbs_are_the_publishers_national_row(real: Mart) -> None:
    """Table 1 of the August 2025 edition, in which July is headed June."""
    published = {
        "2025-03": 53_273_324,
        "2025-04": 51_189_940,
        "2025-05": 50_796_214,
        "2025-06": 53_047_654,
        "2025-07": 56_450_869,
        "2025-08": 54_342_814,
    }
    england = real.figures("nhs_app_logins", "england", ENGLAND)
    assert {month: row["value"] for month, row in england.items()} == published
    assert {row["members_present"] for row in england.values()} == {43}
    regions = real.rows(
        "SELECT sum(value) AS logins FROM kpi_monthly WHERE kpi_id = 'nhs_app_logins' "
        "AND (org_level = 'region' OR org_code = 'Unknown') AND month = DATE '2025-08-01'"
    )
    assert regions == [{"logins": published["2025-08"]}]


def test_users_of_llr_are_far_fewer_than_the_minutes_say(real: Mart) -> None:
    assert real.value("nhs_app_unique_users", "icb", "QK1", "2025-08") == 220_524


def test_pharmacies_of_leicester_city_on_the_list(real: Mart) -> None:
    listed = real.figures("pharmacy_first_pharmacies_listed", "local_authority", "E06000016")
    assert {row["edition"] for row in listed.values()} == {"2023-12"}
    # It holds for its quarter and the next; of later months it says nothing.
    known = {month for month, row in listed.items() if row["value"] == 81}
    assert known == {"2023-12", *(f"2024-{month:02}" for month in range(1, 7))}
    assert {row["status"] for month, row in listed.items() if month not in known} == {"incomplete"}
    # From its own month to the newest of any publication: nobody has published a later list.
    assert (min(listed), max(listed)) == ("2023-12", "2025-12")
    authorities = real.rows(
        "SELECT count(*) AS n, count(ons_code) AS known FROM organisation "
        "WHERE org_level = 'local_authority'"
    )
    assert authorities == [{"n": 153, "known": 153}]


def test_every_value_of_2019_to_2021_joins_its_organisation(real: Mart) -> None:
    """The LLR release of August 2021 holds months before its places were made ICBs."""
    [row] = real.rows(
        """SELECT count(*) AS figures, count(o.org_code) AS placed FROM kpi_monthly AS m
        LEFT JOIN organisation AS o ON o.org_level = m.org_level AND o.org_code = m.org_code
            AND m.month BETWEEN o.valid_from AND coalesce(o.valid_to, DATE '9999-12-31')
        WHERE m.month < DATE '2022-01-01' AND m.value IS NOT NULL
          AND m.org_code IN ('03W', '04C', '04V', 'QK1', 'Y60', 'E92000001')"""
    )
    assert row["figures"] == row["placed"] > 1_000


def test_november_fell_by_its_working_days_alone(real: Mart) -> None:
    rows = [row for row in headlines(real.db, HOME_HEADLINES) if row["kpi_id"] == "appointments"]
    city = next(row for row in rows if row["place"] == "Leicester City")
    assert (city["month"], city["value"]) == (date(2025, 11, 1), 233_877)
    figure = real.figure("appointments", "sub_icb", "04C", "2025-11")
    assert round(figure["year_on_year_ratio"], 3) == -0.023
    assert beside_value(city)[:2] == ("11,694", "+2.6%")


def test_what_the_november_release_revised_was_not_final(real: Mart) -> None:
    """Of the months whose shares face to face it restated all are provisional still, but for those
    that have come of age since: 19 months by the contract, 18 by this one release."""
    rows = real.rows(
        """SELECT DISTINCT strftime(m.month, '%Y-%m') AS month, m.status
           FROM kpi_revision AS r JOIN kpi_monthly AS m USING (kpi_id, org_level, org_code, month)
           WHERE r.kind = 'revised' AND r.kpi_id = 'appointments_face_to_face_share'
             AND r.org_level IN ('sub_icb', 'icb')"""
    )
    found = {row["month"]: row["status"] for row in rows}
    assert found.pop("2024-04") == "final" and set(found.values()) == {"provisional"}
    assert (min(found), max(found)) == ("2024-05", "2025-10")
