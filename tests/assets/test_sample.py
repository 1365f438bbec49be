"""The synthetic sample: same bytes for one seed, the publishers' formats, figures that agree."""

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter, defaultdict
from datetime import date, datetime
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from assets.sample.world import ANCHORS, World
from assets.sample.writer import ARCHIVE_COMMENT, MANIFEST, write_samples
from warehouse.outputs.headline import CONFIRMS_NOTHING

FEB, MAR = "Feb_25", "Mar_25"
CROSSTAB = "APPOINTMENT_MONTH_START_DATE,GP_CODE,GP_NAME,SUPPLIER,PCN_CODE,PCN_NAME,SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,HCP_TYPE,APPT_MODE,NATIONAL_CATEGORY,TIME_BETWEEN_BOOK_AND_APPT,COUNT_OF_APPOINTMENTS,APPT_STATUS\r\n"  # noqa: E501
MAPPING = "GP_CODE,GP_NAME,SUPPLIER,PCN_CODE,PCN_NAME,SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,ICB_CODE,ICB_NAME,REGION_CODE,REGION_NAME\r\n"  # noqa: E501
REGIONAL = "SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_ONS_CODE,SUB_ICB_LOCATION_NAME,ICB_ONS_CODE,ICB_NAME,REGION_ONS_CODE,REGION_NAME,APPOINTMENT_MONTH,APPT_STATUS,HCP_TYPE,APPT_MODE,TIME_BETWEEN_BOOK_AND_APPT,COUNT_OF_APPOINTMENTS\r\n"  # noqa: E501
COVERAGE = "SUB_ICB_LOCATION_CODE,ICB_ONS_CODE,REGION_CODE,Appointment_Month,Included Practices,Open Practices,Patients registered at included practices,Patients registered at open practices\r\n"  # noqa: E501
LISTS = "PUBLICATION,EXTRACT_DATE,TYPE,SUB_ICB_LOCATION_CODE,ONS_SUB_ICB_LOCATION_CODE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS\n"  # noqa: E501
MAP = "PUBLICATION,EXTRACT_DATE,PRACTICE_CODE,PRACTICE_NAME,PRACTICE_POSTCODE,PCN_CODE,PCN_NAME,ONS_SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,ONS_ICB_CODE,ICB_CODE,ICB_NAME,ONS_COMM_REGION_CODE,COMM_REGION_CODE,COMM_REGION_NAME,SUPPLIER_NAME\r\n"  # noqa: E501
CATEGORIES = "Care Home Needs Assessment & Personalised Care and Support Planning|Care Home Visit|Care Related Encounter but does not fit into any other category|Clinical Triage|General Consultation Acute|General Consultation Routine|Group Consultation and Group Education|Home Visit|Inconsistent Mapping|Non-contractual chargeable work|Patient contact during Care Home Round|Planned Clinical Procedure|Planned Clinics|Service provided by organisation external to the practice|Social Prescribing Service|Structured Medication Review|Unmapped|Unplanned Clinical Activity|Walk-in"  # noqa: E501
COUNT, AREA, MONTH = "COUNT_OF_APPOINTMENTS", "SUB_ICB_LOCATION_CODE", "APPOINTMENT_MONTH"
MODE, TIME = "APPT_MODE", "TIME_BETWEEN_BOOK_AND_APPT"
ENGLAND_OF_AREAS = 28  # times, by appointments, practices and patients
AREAS = ("03W", "04C", "04V", "06H")
KEYS = [AREA, MONTH, "APPT_STATUS", "HCP_TYPE", MODE, TIME]


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def dicts(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


@cache
def practice_rows(out: Path, edition: str) -> pl.DataFrame:
    contents = members(out / f"Practice_Level_Crosstab_{edition}.zip")
    frame = pl.concat(pl.read_csv(v) for k, v in contents.items() if k != "Mapping.csv")
    month = pl.col("APPOINTMENT_MONTH_START_DATE").str.strip_prefix("01")
    return frame.with_columns(month.alias(MONTH))


@cache
def regional_rows(out: Path, edition: str) -> pl.DataFrame:
    """Rows of the areas with practices."""
    return regional_files(out, edition).filter(pl.col(AREA).is_in(AREAS))


@cache
def regional_files(out: Path, edition: str) -> pl.DataFrame:
    contents = members(out / f"Appointments_GP_Regional_CSV_{edition}.zip")
    return pl.concat(pl.read_csv(v) for k, v in contents.items() if k.startswith("Regional"))


def totals(rows: pl.DataFrame) -> dict[tuple[str, str], int]:
    return {(a, m): n for a, m, n in rows.group_by(AREA, MONTH).agg(pl.col(COUNT).sum()).rows()}


def share(rows: pl.DataFrame, condition: pl.Expr) -> float:
    return rows.filter(condition)[COUNT].sum() / rows[COUNT].sum()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    write_samples(out)
    return out


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("short")
    write_samples(out, months=3)
    return out


@pytest.fixture(scope="module")
def regional(sample: Path) -> pl.DataFrame:
    return regional_rows(sample, MAR)


def test_same_seed_same_bytes(short: Path, tmp_path: Path) -> None:
    again = write_samples(tmp_path, months=3)
    assert {path.name for path in again} == {path.name for path in short.iterdir()}
    assert all(path.read_bytes() == (short / path.name).read_bytes() for path in again)


def test_other_seed_other_figures() -> None:
    one, two = World(seed=1), World(seed=2)
    assert one.demand("04V", one.last_month) != two.demand("04V", two.last_month)
    assert [p.patients for p in one.practices] != [p.patients for p in two.practices]


def test_manifest_is_last_and_fingerprints_every_file(sample: Path) -> None:
    manifest = json.loads((sample / MANIFEST).read_text())
    assert (manifest["synthetic"], manifest["seed"], manifest["months"]) == (True, 1, 30)
    files = {path.name: path for path in sample.iterdir() if path.name != MANIFEST}
    assert manifest["files"].keys() == files.keys()
    for name, entry in manifest["files"].items():
        assert entry["sha256"] == hashlib.sha256(files[name].read_bytes()).hexdigest()
        inside = members(files[name]) if name.endswith(".zip") else {}
        assert entry["members"] == {k: hashlib.sha256(v).hexdigest() for k, v in inside.items()}


def test_a_failed_run_leaves_no_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(world: World, out: Path) -> list[Path]:
        raise OSError("no space left")

    (tmp_path / MANIFEST).write_text("{}")
    monkeypatch.setattr("assets.sample.writer.feed_writers", lambda: [full_disk])
    with pytest.raises(OSError, match="no space"):
        write_samples(tmp_path, months=1)
    assert not (tmp_path / MANIFEST).exists()


@pytest.mark.parametrize("months", [3, 14])
def test_shorter_windows(tmp_path: Path, short: Path, regional: pl.DataFrame, months: int) -> None:
    full, out = regional, short
    if months != 3:
        write_samples(out := tmp_path, months=months)
    for edition in (FEB, MAR):
        rows, regional = practice_rows(out, edition), regional_rows(out, edition)
        assert regional[MONTH].n_unique() == months
        assert rows[MONTH].n_unique() == 3
        assert totals(rows).items() <= totals(regional).items()
    assert len(list(out.glob("gp-reg-pat-prac-all-*.csv"))) == months + 1
    # A figure does not depend on the window asked for.
    assert regional.equals(full.filter(pl.col(MONTH).is_in(regional[MONTH].unique().implode())))


@pytest.mark.parametrize("months", [0, 31])
def test_impossible_windows_are_refused(months: int) -> None:
    with pytest.raises(ValueError, match="1 to 30"):
        World(months=months)


def test_names_headers_and_line_ends(sample: Path) -> None:
    practice = members(sample / f"Practice_Level_Crosstab_{MAR}.zip")
    months = ["Jan", "Feb", "London_East_South_Mar", "Midlands_North_Mar"]
    names = [f"Practice_Level_Crosstab_{month}_25.csv" for month in months]
    assert list(practice) == [*names, "Mapping.csv"]
    regional = members(sample / f"Appointments_GP_Regional_CSV_{MAR}.zip")
    assert len(regional) == 42 and all(name.startswith("Regional_CSV_") for name in regional)
    names = [f"Regional_CSV_{icb}.csv" for icb in ("LeicesterLshire", "CambridgeshirePboro")]
    assert set(names) < set(regional)
    daily = members(sample / f"Appointments_GP_Daily_CSV_{MAR}.zip")
    assert list(daily) == ["APPOINTMENTS_GP_COVERAGE.csv"]
    headers = dict.fromkeys(practice, CROSSTAB) | dict.fromkeys(regional, REGIONAL)
    headers |= {"Mapping.csv": MAPPING, "APPOINTMENTS_GP_COVERAGE.csv": COVERAGE}
    headers |= {"gp-reg-pat-prac-map.csv": MAP}
    contents = practice | regional | daily | members(sample / "gp-reg-pat-prac-map.zip")
    for name, content in contents.items():
        assert content.startswith(headers[name].encode()), name
        assert content.isascii() and content.endswith(b"\r\n")
        assert content.count(b"\n") == content.count(b"\r\n")
    for path in sample.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            assert archive.comment == ARCHIVE_COMMENT
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_labels_and_dates_are_spelt_as_published(sample: Path, regional: pl.DataFrame) -> None:
    practices = practice_rows(sample, MAR)
    times = {"Same Day", "1 Day", "2 to 7 Days", "8  to 14 Days", "15  to 21 Days"}
    times |= {"22  to 28 Days", "More than 28 Days"}
    modes = {"Face-to-Face", "Telephone", "Home Visit", "Unknown"}
    assert set(practices[TIME]) == times | {"Unknown / Data Issue"}
    assert set(regional[TIME]) == times | {"Unknown / Data Quality"}
    assert set(practices[MODE]) == modes | {"Video Conference/Online"}
    assert set(regional[MODE]) == modes | {"Video/Online"}
    for rows in (practices, regional):
        assert set(rows["HCP_TYPE"]) == {"GP", "Other Practice staff", "Unknown"}
        assert set(rows["APPT_STATUS"]) == {"Attended", "DNA", "Unknown"}
        assert rows["SUB_ICB_LOCATION_NAME"].str.ends_with(" (SYNTHETIC)").all()
    assert set(practices["NATIONAL_CATEGORY"]) == set(CATEGORIES.split("|"))
    assert set(practices["APPOINTMENT_MONTH_START_DATE"]) == {"01JAN2025", "01FEB2025", "01MAR2025"}
    assert {"OCT2022", "MAR2025"} <= set(regional[MONTH]) and regional[MONTH].n_unique() == 30
    for content in members(sample / f"Appointments_GP_Regional_CSV_{MAR}.zip").values():
        keys = pl.read_csv(content).select(KEYS)
        assert keys.equals(keys.sort(KEYS))


def test_quotes_only_where_a_value_has_a_comma(sample: Path) -> None:
    regional = members(sample / f"Appointments_GP_Regional_CSV_{MAR}.zip")
    line = regional["Regional_CSV_LeicesterLshire.csv"].decode().split("\r\n")[1]
    assert line.startswith(
        "03W,E38000051,NHS Leicester Leicestershire and Rutland ICB - 03W (SYNTHETIC),E54000015,"
        '"NHS Leicester, Leicestershire and Rutland Integrated Care Board",E40000011,Midlands,'
        "APR2023,Attended,GP,Face-to-Face,1 Day,"
    )
    practice = members(sample / f"Practice_Level_Crosstab_{MAR}.zip")
    mapping = practice["Mapping.csv"].decode()
    assert '04C,"NHS Leicester, Leicestershire and Rutland ICB - 04C (SYNTHETIC)",QK1,"' in mapping
    assert ",06H,NHS Cambridgeshire and Peterborough ICB - 06H (SYNTHETIC),QUE,NHS" in mapping


def test_no_zero_count_and_no_repeated_key(sample: Path, regional: pl.DataFrame) -> None:
    practices = practice_rows(sample, MAR)
    for rows in (practices, regional):
        assert rows[COUNT].min() >= 1
        assert not rows.select(pl.exclude(COUNT)).is_duplicated().any()
    per_month = practices.group_by(MONTH).len()["len"]
    assert 20_000 <= per_month.min() <= per_month.max() <= 35_000
    assert 180 <= regional.height / 120 <= 230


def test_calibrated_totals_and_shares(sample: Path, regional: pl.DataFrame) -> None:
    found = totals(regional)
    assert (found["04C", "OCT2023"], found["04C", "OCT2024"]) == (230_648, 267_552)
    city = regional.filter(pl.col(AREA) == "04C")
    for _, month in city.group_by(MONTH):
        assert 0.69 <= share(month, pl.col(MODE) == "Face-to-Face") <= 0.71
    known = city.filter(pl.col(TIME) != "Unknown / Data Quality")
    soon = ["Same Day", "1 Day", "2 to 7 Days", "8  to 14 Days"]
    assert share(known, pl.col(TIME).is_in(soon)) == pytest.approx(0.81, abs=0.01)
    wanted = {(TIME, "Same Day"): 0.40, (MODE, "Unknown"): 0.04, ("HCP_TYPE", "GP"): 0.44}
    for (column, label), about in (wanted | {("APPT_STATUS", "DNA"): 0.05}).items():
        assert share(city, pl.col(column) == label) == pytest.approx(about, abs=0.01)
    unclear = pl.col("NATIONAL_CATEGORY").is_in(["Unmapped", "Inconsistent Mapping"])
    assert share(practice_rows(sample, MAR), unclear) == pytest.approx(0.15, abs=0.01)


@pytest.mark.parametrize("edition", [FEB, MAR])
def test_practices_sum_to_their_sub_icb_for_every_label(sample: Path, edition: str) -> None:
    spelling = {"Video Conference/Online": "Video/Online"}
    spelling |= {"Unknown / Data Issue": "Unknown / Data Quality"}
    rows = practice_rows(sample, edition).with_columns(pl.col(MODE, TIME).replace(spelling))
    summed = rows.group_by(KEYS).agg(pl.col(COUNT).sum()).sort(KEYS)
    regional = regional_rows(sample, edition).select(*KEYS, COUNT)
    same_months = regional.filter(pl.col(MONTH).is_in(summed[MONTH].unique().implode()))
    assert summed[MONTH].n_unique() == 3
    assert summed.equals(same_months.sort(KEYS))


def test_the_rest_of_england_has_totals_alone(sample: Path, regional: pl.DataFrame) -> None:
    every = regional_files(sample, MAR)
    places = every.select(AREA, "ICB_NAME", "REGION_NAME").n_unique(), every[AREA].n_unique()
    assert places == (106, 106)
    assert (every["ICB_NAME"].n_unique(), every["REGION_NAME"].n_unique()) == (42, 7)
    assert every["SUB_ICB_LOCATION_NAME"].str.ends_with(" (SYNTHETIC)").all()
    assert every[COUNT].min() >= 1 and not every.select(KEYS).is_duplicated().any()
    ours, whole = regional[COUNT].sum(), every[COUNT].sum()
    assert whole / ours == pytest.approx(ENGLAND_OF_AREAS, rel=0.03)
    archive = members(sample / f"Appointments_GP_Daily_CSV_{MAR}.zip")
    covered = [
        row
        for row in dicts(archive["APPOINTMENTS_GP_COVERAGE.csv"])
        if row["Appointment_Month"] == "01MAR2025"
    ]
    assert {row[AREA] for row in covered} == set(every[AREA])
    for column in ("Open Practices", "Patients registered at open practices"):
        counted = {row[AREA]: int(row[column]) for row in covered}
        ratio = sum(counted.values()) / sum(counted[area] for area in AREAS)
        assert ratio == pytest.approx(ENGLAND_OF_AREAS, rel=0.03), column
    late = totals(regional_files(sample, FEB))
    revised = [
        area for (area, m), n in totals(every).items() if m == "FEB2025" and n != late[area, m]
    ]
    assert 25 <= len(revised) <= 35, "every fourth, and those with practices"


@pytest.mark.parametrize("edition", [FEB, MAR])
def test_coverage_counts_the_practices_and_their_patients(sample: Path, edition: str) -> None:
    lists: dict[str, dict[str, int]] = defaultdict(dict)
    for path in sample.glob("gp-reg-pat-prac-all-*.csv"):
        for row in dicts(path.read_bytes()):
            key = f"{row['EXTRACT_DATE'][:7]} {row[AREA]}"
            lists[key][row["CODE"]] = int(row["NUMBER_OF_PATIENTS"])
    rows = practice_rows(sample, edition).group_by(AREA, MONTH).agg(pl.col("GP_CODE").unique())
    crosstab = {(area, month): set(codes) for area, month, codes in rows.rows()}
    archive = members(sample / f"Appointments_GP_Daily_CSV_{edition}.zip")
    every = dicts(archive["APPOINTMENTS_GP_COVERAGE.csv"])
    coverage = [row for row in every if row[AREA] in AREAS]
    assert len(coverage) == 120
    for row in coverage:
        month = datetime.strptime(row["Appointment_Month"], "%d%b%Y")
        listed = lists[f"{month:%Y-%m} {row[AREA]}"]
        assert int(row["Open Practices"]) == len(listed)
        assert int(row["Patients registered at open practices"]) == sum(listed.values())
        if included := crosstab.get((row[AREA], row["Appointment_Month"][2:])):
            assert int(row["Included Practices"]) == len(included)
            patients = sum(listed[code] for code in included)
            assert int(row["Patients registered at included practices"]) == patients
        if row[AREA] == "03W":
            assert (row["Included Practices"], row["Open Practices"]) == ("29", "31")


def test_the_second_edition_revises_the_first(sample: Path, regional: pl.DataFrame) -> None:
    old, new = totals(regional_rows(sample, FEB)), totals(regional)
    change = {key: new[key] - old[key] for key in old.keys() & new.keys()}
    for key, difference in change.items():
        if key[1] in ("JAN2025", "FEB2025"):
            assert 0.001 <= difference / old[key] <= 0.003
        else:
            assert -20 <= difference <= 0
    kept = Counter(difference == 0 for difference in change.values())
    assert kept[True] > kept[False] > 12  # 8 late months and a few older ones


def test_organisations_of_the_world(sample: Path) -> None:
    mapping = dicts(members(sample / f"Practice_Level_Crosstab_{MAR}.zip")["Mapping.csv"])
    area_of = {row["GP_CODE"]: row[AREA] for row in mapping}
    assert all(code[0] == "Z" and code[1:].isdigit() and len(code) == 6 for code in area_of)
    assert Counter(area_of.values()) == {"03W": 29, "04C": 51, "04V": 46, "06H": 86}
    assert len(mapping) - len(area_of) == 3  # the supplier changed, so there are two rows
    areas: dict[str, set[str]] = defaultdict(set)
    for row in mapping:
        areas[row["PCN_CODE"]].add(row[AREA])
    assert areas["U87499"] == {"03W", "04C", "04V"}
    assert areas["U63948"] == {"03W", "04V"}
    assert len({code for code in areas if areas[code] != {"06H"}} - {"U"}) == 26 < len(areas)


def test_lists_and_map_hold_practices_that_have_no_appointments(sample: Path) -> None:
    content = (sample / "gp-reg-pat-prac-all-mar-25.csv").read_bytes()
    assert content.startswith(LISTS.encode()) and b"\r" not in content
    listed = {row["CODE"]: row for row in dicts(content)}
    (map_content,) = members(sample / "gp-reg-pat-prac-map.zip").values()
    mapped = {row["PRACTICE_CODE"]: row for row in dicts(map_content)}
    included = set(practice_rows(sample, MAR).filter(pl.col(MONTH) == "MAR2025")["GP_CODE"])
    outside = sorted(int(listed[code]["NUMBER_OF_PATIENTS"]) for code in listed.keys() - included)
    assert len(outside) == 2 and outside[0] == 3 and 85 <= outside[1] <= 97
    assert listed.keys() == mapped.keys()
    dates = [{row["EXTRACT_DATE"] for row in rows.values()} for rows in (mapped, listed)]
    assert dates == [{"01Mar2025"}, {"2025-03-01"}]
    assert all(row["POSTCODE"].startswith("ZZ") for row in listed.values())
    people = Counter()
    for row in listed.values():
        people[row[AREA]] += int(row["NUMBER_OF_PATIENTS"])
    for area, size in (("03W", 362_000), ("04C", 450_000), ("04V", 425_000), ("06H", 1_000_000)):
        assert people[area] == pytest.approx(size, rel=0.015)


def test_it_is_said_which_figures_were_chosen_to_equal_the_minutes() -> None:
    before, then = (ANCHORS["04C", date(year, 10, 1)] for year in (2023, 2024))
    for said in (f"{then:,} appointments", f"{then / before - 1:.0%} more than a year before"):
        assert said in CONFIRMS_NOTHING
