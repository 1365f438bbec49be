"""Checks of real publications."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.checks.support_checks import (
    COVERAGE,
    MAPPING,
    OCT,
    PRACTICE,
    SUB_ICB,
    judged,
    one,
    real_taken,
)
from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.transform.conform import ROW_RULES
from warehouse.transform.lake import lake_paths


def real(home: Home, real_feeds: Path, *patterns: str) -> list[SourceFile]:
    return list(real_taken(home, real_feeds, *patterns))


def test_real_shropshire_repeats_816_keys_that_are_added_up(home: Home, real_feeds: Path) -> None:
    (file,) = real(home, real_feeds, "gp_appointments_sub_icb/*Shrops*")
    taken = judged(home, SUB_ICB, "2021-08")
    found = one(taken, "keys_unique")
    assert (found.verdict, found.observed, found.failed_rows) == ("pass", "816 repeated keys", 0)
    rows = pl.read_parquet(lake_paths(home, file).tidy)
    cells = pl.read_parquet(lake_paths(home, file).measures)
    assert cells["appointments"].sum() == rows["appointments"].sum()
    assert cells["rows"].sum() == file.rows == 6_755
    dropped = rows.unique(list(contracts()[SUB_ICB].key))["appointments"].sum()
    assert cells["appointments"].sum() > dropped
    assert taken.state.verdict == "accepted"


def test_real_leicester_of_2021_repeats_none(home: Home, real_feeds: Path) -> None:
    (file,) = real(home, real_feeds, "gp_appointments_sub_icb/*LeicesterLeicsRut_Aug21*")
    taken = judged(home, SUB_ICB, "2021-08")
    assert one(taken, "keys_unique").observed == "0 repeated keys"
    cells = pl.read_parquet(lake_paths(home, file).measures)
    assert cells.filter(org_code="04C", month=date(2019, 10, 1))["appointments"].item() == 201_261


def test_in_real_half_of_england_the_sub_icbs_present_are_complete(
    home: Home, real_feeds: Path
) -> None:
    file, _ = real(
        home,
        real_feeds,
        "gp_appointments_practice/*London_East_South*.gz",
        "gp_appointments_coverage/*Oct25*",
    )
    assert (file.feed, file.edition) == (PRACTICE, OCT)
    taken = judged(home, PRACTICE)
    (facts,) = taken.facts
    assert (facts.rows, facts.quarantined, facts.unreliable_cells) == (392_709, 0, 0)
    cells = pl.read_parquet(lake_paths(home, file).measures)
    assert (cells["appointments"].sum(), cells["rows"].sum()) == (15_065_690, 392_709)
    rows = pl.read_parquet(lake_paths(home, file).tidy, columns=["source_row", "pcn_code"])
    assert (rows["source_row"].max(), rows["source_row"].n_unique()) == (392_710, 392_709)
    assert rows["pcn_code"].null_count() == 1_204
    assert taken.state.verdict == "accepted"
    parts = one(taken, "parts_complete")
    assert (parts.verdict, parts.failed_rows, parts.total_rows) == ("warn", 77, 106)
    assert parts.observed == "29 of 106 sub-ICBs complete"
    assert one(taken, "keys_unique").verdict == "pass"
    assert {r.verdict for r in taken.results if r.rule in ROW_RULES} == {"pass"}
    assert one(taken, "sums_reconcile").verdict == "skipped"


@pytest.mark.parametrize(
    ("pattern", "feed", "edition"),
    [
        ("gp_appointments_sub_icb/*Oct25*", SUB_ICB, OCT),
        ("gp_appointments_coverage/*Nov25*", COVERAGE, "2025-11"),
        ("gp_appointments_practice/Mapping_Aug_25.csv", MAPPING, "2025-08"),
        ("registered_patients/PracPopOct.csv", "registered_patients", OCT),
        ("registered_patients/gp-reg-pat-prac-map.zip", "registered_patients_map", "2026-07"),
    ],
)
def test_real_publications_are_accepted(
    home: Home, real_feeds: Path, pattern: str, feed: str, edition: str
) -> None:
    real(home, real_feeds, pattern)
    taken = judged(home, feed, edition)
    assert taken.state.verdict == "accepted"
    told = {r.rule for r in taken.results if r.verdict not in ("pass", "skipped")}
    assert told <= {"coverage_present", "parts_complete", "edition_from_content"}
