"""Real publications become the rows and figures that their publishers state."""

from datetime import date
from pathlib import Path

import polars as pl

from tests.checks.support_checks import COVERAGE, real_taken
from warehouse.base.home import Home
from warehouse.transform.lake import lake_paths
from warehouse.transform.tidy import tidy


def test_real_practice_of_august(home: Home, real_feeds: Path) -> None:
    (file,) = real_taken(home, real_feeds, "gp_appointments_practice/*NewBankOnly.csv")
    facts = tidy(home, file)
    assert (file.edition, facts.rows, facts.quarantined, facts.cells) == ("2025-08", 89, 0, 1)


def test_real_sub_icb_files_agree_with_the_published_figures(home: Home, real_feeds: Path) -> None:
    patterns = ("*Oct25*", "*Nov25*", "*LeicesterLeicsRut_Aug21*")
    files = real_taken(home, real_feeds, *(f"gp_appointments_sub_icb/{p}" for p in patterns))
    found = {}
    for file in files:
        facts = tidy(home, file)
        assert facts.quarantined == 0 and facts.rows == file.rows
        cells = pl.read_parquet(lake_paths(home, file).measures)
        found[file.edition] = {
            (org, f"{month:%Y-%m}"): n
            for org, month, n in cells.select("org_code", "month", "appointments").iter_rows()
        }
    assert found["2021-08"]["04C", "2019-10"] == 201_261
    assert found["2025-10"]["04C", "2024-10"] == found["2025-11"]["04C", "2024-10"] == 274_903
    assert found["2025-10"]["04C", "2023-10"] == 236_816
    assert found["2025-10"]["03W", "2025-10"] == 254_381
    assert found["2025-11"]["03W", "2025-10"] == 254_739
    assert found["2025-10"]["04C", "2024-04"] == 218_626
    assert found["2025-11"]["04C", "2024-04"] == 218_607
    assert sum(found["2025-11"][code, "2024-10"] for code in ("03W", "04C", "04V")) == 808_812
    assert [len(cells) for cells in found.values()] == [90, 90, 90]


def test_real_splits_of_leicester_city(home: Home, real_feeds: Path) -> None:
    (file,) = real_taken(home, real_feeds, "gp_appointments_sub_icb/*Oct25*")
    tidy(home, file)
    cells = pl.read_parquet(lake_paths(home, file).measures)
    (city,) = cells.filter(org_code="04C", month=date(2024, 10, 1)).iter_rows(named=True)
    expected = {
        "appointments_attended": 241_207,
        "appointments_dna": 13_760,
        "appointments_gp": 120_689,
        "appointments_face_to_face": 201_674,
        "appointments_telephone": 48_191,
        "appointments_video": 12_402,
        "appointments_home_visit": 1_297,
        "appointments_mode_unknown": 11_339,
        "appointments_same_day": 108_620,
        "appointments_within_two_weeks": 108_620 + 23_645 + 54_036 + 36_265,
        "appointments_interval_known": 274_903 - 204,
    }
    assert {name: city[name] for name in expected} == expected


def test_real_mapping_of_august(home: Home, real_feeds: Path) -> None:
    (file,) = real_taken(home, real_feeds, "gp_appointments_practice/Mapping_Aug_25.csv")
    facts, paths = tidy(home, file), lake_paths(home, file)
    assert (file.edition, file.edition_basis, facts.quarantined) == ("2025-08", "file_name", 0)
    places = pl.read_parquet(paths.organisations)
    practices = places.filter(pl.col("org_level") == "practice")
    assert practices["org_code"].is_unique().all()
    members = dict(practices.group_by("sub_icb_code").len().iter_rows())
    assert [members[code] for code in ("04C", "04V", "03W")] == [51, 46, 29]
    icb_of = dict(
        places.filter(pl.col("org_level") == "sub_icb").select("org_code", "icb_code").iter_rows()
    )
    assert {code for code, icb in icb_of.items() if icb == "QK1"} == {"03W", "04C", "04V"}
    assert len(icb_of) == 106 and len(set(icb_of.values())) == 42
    # The prefix C82 is not the ICB, and QK1 has other prefixes.
    ours = practices.filter(pl.col("sub_icb_code").is_in(["03W", "04C", "04V"]))["org_code"]
    assert len(ours) == 126
    assert not {"C82040", "C82076"} & set(ours)
    assert ours.str.starts_with("Y").any()


def test_real_unallocated_practices_share_no_network(home: Home, real_feeds: Path) -> None:
    (file,) = real_taken(home, real_feeds, "gp_appointments_practice/Mapping_Nov25*")
    facts, paths = tidy(home, file), lake_paths(home, file)
    places = pl.read_parquet(paths.organisations)
    practices = places.filter(pl.col("org_level") == "practice")
    alone = practices.filter(pl.col("pcn_code").is_null())
    assert alone.height == 46
    icb_of = dict(
        places.filter(pl.col("org_level") == "sub_icb").select("org_code", "icb_code").iter_rows()
    )
    assert alone["sub_icb_code"].replace_strict(icb_of).n_unique() == 23
    assert "U" not in set(places.filter(pl.col("org_level") == "pcn")["org_code"])
    rows = pl.read_parquet(paths.tidy)
    several = rows.group_by("practice_code").len().filter(pl.col("len") > 1)
    assert several.height == 38
    assert facts.cells == practices.height == rows["practice_code"].n_unique()


def test_real_patient_lists(home: Home, real_feeds: Path) -> None:
    names = ("PracPopOct", "PracPopNov", "PracPopDec", "gp-reg-pat-prac-all_2021")
    found = {}
    for file in real_taken(home, real_feeds, *(f"registered_patients/{n}*" for n in names)):
        facts, paths = tidy(home, file), lake_paths(home, file)
        assert (facts.rows, facts.quarantined) == (file.rows, 0)
        rows = pl.read_parquet(paths.tidy)
        found[file.edition] = rows.filter(pl.col("sub_icb_code") == "04C")["patients"].sum()
    assert {k: v for k, v in found.items() if k > "2025"} == {
        "2025-10": 448_517,
        "2025-11": 449_414,
        "2025-12": 449_004,
    }
    assert found.keys() == {"2021-01", "2025-10", "2025-11", "2025-12"}


def test_real_coverage(home: Home, real_feeds: Path) -> None:
    (file,) = real_taken(home, real_feeds, "gp_appointments_coverage/*Nov25*")
    facts, paths = tidy(home, file), lake_paths(home, file)
    assert (file.feed, facts.rows, facts.quarantined) == (COVERAGE, 3_180, 0)
    cells = pl.read_parquet(paths.measures)
    (row,) = cells.filter(org_code="03W", month=date(2025, 11, 1)).iter_rows(named=True)
    assert (row["practices_included"], row["patients_included"]) == (29, 362_026)
