"""The shipped reference of places: complete in every month, and consistent with real files."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from tests.checks.support_checks import real_file
from warehouse.reference.organisations import ENGLAND, TABLE, members_at, ods_codes, reference

LAST_BEFORE, FIRST_AFTER = date(2026, 3, 1), date(2026, 4, 1)


def valid(month: date, level: str) -> pl.DataFrame:
    return reference().filter(
        (pl.col("effective_from") <= month)
        & (pl.col("effective_to") >= month)
        & (pl.col("org_level") == level)
    )


@pytest.mark.parametrize(
    ("month", "icbs"),
    [
        (date(2019, 10, 1), 42),
        (date(2022, 6, 1), 42),
        (date(2022, 7, 1), 42),
        (date(2025, 10, 1), 42),
        (LAST_BEFORE, 42),
        (FIRST_AFTER, 36),
        (date(2026, 7, 1), 36),
    ],
)
def test_how_many_places_there_are(month: date, icbs: int) -> None:
    assert valid(month, "icb").height == icbs
    assert valid(month, "sub_icb").height == 106
    assert valid(month, "region").height == 7
    assert len(members_at("england", ENGLAND, month)) == 106


@pytest.mark.parametrize("month", [date(2019, 10, 1), date(2025, 10, 1), date(2026, 7, 1)])
def test_every_place_has_one_parent_that_exists(month: date) -> None:
    for level, above in (("sub_icb", "icb"), ("icb", "region"), ("region", "england")):
        places = valid(month, level)
        assert places["org_code"].is_unique().all()
        assert places["ons_code"].is_unique().all()
        assert set(places["parent_code"]) == set(valid(month, above)["org_code"])


@pytest.mark.parametrize("month", [date(2025, 10, 1), date(2026, 7, 1)])
def test_icbs_divide_england_without_overlap(month: date) -> None:
    members = [members_at("icb", code, month) for code in valid(month, "icb")["org_code"]]
    every = [code for one in members for code in one]
    assert min(map(len, members)) >= 1
    assert sorted(every) == list(members_at("england", ENGLAND, month))


def test_periods_of_a_code_neither_overlap_nor_run_backwards() -> None:
    for (_, code), rows in reference().group_by("org_level", "org_code"):
        periods = rows.sort("effective_from").select("effective_from", "effective_to").rows()
        assert all(start <= end for start, end in periods), code
        assert all(one[1] < two[0] for one, two in pairwise(periods)), code


@pytest.mark.parametrize("month", [date(2019, 10, 1), date(2025, 10, 1), date(2026, 7, 1)])
def test_leicester_leicestershire_and_rutland(month: date) -> None:
    assert members_at("icb", "QK1", month) == ("03W", "04C", "04V")
    assert {"03W", "04C", "04V"} <= set(members_at("region", "Y60", month))
    assert members_at("sub_icb", "04C", month) == ("04C",)


def test_frimley_ends_in_march_2026() -> None:
    assert members_at("icb", "QNQ", LAST_BEFORE) == ("D4U1Y",)
    assert members_at("icb", "QNQ", FIRST_AFTER) == ()
    england = members_at("england", ENGLAND, FIRST_AFTER)
    assert "D4U1Y" not in england
    assert len(set(england) - set(members_at("england", ENGLAND, LAST_BEFORE))) >= 1


def test_icbs_merged_in_april_2026_are_not_projected_back() -> None:
    new = set(valid(FIRST_AFTER, "icb")["org_code"]) - set(valid(LAST_BEFORE, "icb")["org_code"])
    assert new
    for code in new:
        assert members_at("icb", code, LAST_BEFORE) == ()
        assert len(members_at("icb", code, FIRST_AFTER)) >= 1


def test_bassetlaw_moved_in_july_2022() -> None:
    before, after = date(2022, 6, 1), date(2022, 7, 1)
    assert "02Q" in members_at("icb", "QF7", before)
    assert "02Q" not in members_at("icb", "QT1", before)
    assert "02Q" in members_at("icb", "QT1", after)
    assert "02Q" not in members_at("icb", "QF7", after)
    assert "02Q" in members_at("region", "Y60", after)
    assert "02Q" in members_at("region", "Y63", before)


@pytest.mark.parametrize(
    ("ons", "ods"),
    [
        ("E38000097", "04C"),
        ("E38000051", "03W"),
        ("E38000201", "04V"),
        ("E54000015", "QK1"),
        ("E40000008", "Y60"),
        ("E40000011", "Y60"),
        ("E92000001", "E92000001"),
        ("E54000042", "QRL"),
        ("E54000067", "QRL"),
    ],
)
def test_ons_codes_lead_to_ods_codes(ons: str, ods: str) -> None:
    assert ods_codes()[ons] == ods


def test_an_ons_code_never_means_two_places() -> None:
    table = pl.read_csv(TABLE)
    assert table.group_by("ons_code").agg(pl.col("org_code").n_unique())["org_code"].max() == 1
    assert not set(ods_codes()) & set(ods_codes().values()) - {ENGLAND}


def test_an_unknown_place_has_no_members() -> None:
    assert members_at("icb", "XXX", date(2025, 10, 1)) == ()


@pytest.mark.parametrize("pattern", ["*Oct25*", "*Nov25*"])
def test_real_coverage_names_exactly_these_places(real_feeds: Path, pattern: str) -> None:
    file = pl.read_csv(real_file(real_feeds, f"gp_appointments_coverage/{pattern}"))
    latest = date(2025, 11 if "Nov" in pattern else 10, 1)
    assert set(file["SUB_ICB_LOCATION_CODE"]) == set(members_at("england", ENGLAND, latest))
    parents = {
        (sub, ods_codes()[icb], ods_codes()[region])
        for sub, icb, region in file.select(
            "SUB_ICB_LOCATION_CODE", "ICB_ONS_CODE", "REGION_CODE"
        ).iter_rows()
    }
    assert len(parents) == 106
    icb_of = dict(valid(latest, "sub_icb").select("org_code", "parent_code").iter_rows())
    region_of = dict(valid(latest, "icb").select("org_code", "parent_code").iter_rows())
    assert parents == {(sub, icb, region_of[icb]) for sub, icb in icb_of.items()}
