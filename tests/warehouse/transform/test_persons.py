"""Files with a person per row: sums are kept, and nothing of a person."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.feeds.pcn_workforce.testing import network_staff, network_zip
from tests.checks.support_checks import judged
from tests.support import imported, write
from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.explain.source_rows import rows_of
from warehouse.transform.lake import lake_paths
from warehouse.transform.tidy import tidy

BOTH = ["pcn_workforce", "pcn_workforce_networks"]
PSEUDONYM, ODD = "777001", "0.123456789012"
CITY, COUNTY = {}, {"PCN_CODE": "U99999", "SUB_ICB_CODE": "04V"}


def brought(home: Home, content: bytes, name: str = "a.csv") -> dict[str, SourceFile]:
    """The records of a file's two feeds."""
    outcomes = imported(home, write(home.root.parent / name, content))
    return {one.file.feed: one.file for one in outcomes if one.file}


def cells(home: Home, file: SourceFile) -> dict[str, dict[str, Any]]:
    tidy(home, file)
    measures = pl.read_parquet(lake_paths(home, file).measures)
    return {row["org_code"]: row for row in measures.to_dicts()}


def everything_kept(home: Home) -> str:
    """All that is in the lake and in results of checks, as text."""
    found = []
    for path in home.root.rglob("*"):
        if path.is_file() and "archive" not in path.parts:
            content = path.read_bytes()
            found.append(content.decode("latin-1"))
            if path.suffix == ".parquet":
                found.append(pl.read_parquet(path).write_json())
    return "\n".join(found)


def test_a_zip_gives_both_feeds_and_the_month_of_two_columns(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "PCNWFIndividualCSV.102025.zip", network_zip())
    outcomes = imported(home, path)
    files = [one.file for one in outcomes if one.file]
    assert [file.feed for file in files] == BOTH
    assert {(file.edition, file.edition_basis) for file in files} == {("2025-10", "content")}
    assert [one.verdict for one in outcomes] == ["imported", "imported", "known"]


@pytest.mark.parametrize("month", ["9", "09", "September", "Sep"])
def test_months_are_read_as_numbers_and_names(home: Home, month: str) -> None:
    files = brought(home, network_staff({"CENSUS_MONTH": month}))
    assert {file.edition for file in files.values()} == {"2025-09"}


def test_persons_are_added_up_by_place_and_by_network(home: Home) -> None:
    rows = [CITY, {"FTE": "1"}, {"FTE": "0.5", "STAFF_ROLE": "Care Coordinators"}, COUNTY]
    files = brought(home, network_staff(*rows))
    place, network = (cells(home, files[feed]) for feed in BOTH)
    assert place["04C"]["fte"] == network["U12345"]["fte"] == Decimal("1.926666667")
    assert place["04C"]["clinical_pharmacists_fte"] == Decimal("1.426666667")
    assert place["04C"]["care_coordinators_fte"] == Decimal("0.5")
    assert place["04V"]["fte"] == network["U99999"]["fte"] == Decimal("0.426666667")


def test_a_role_that_is_not_listed_counts_in_the_total_alone(home: Home) -> None:
    files = brought(home, network_staff({}, {"STAFF_ROLE": "Time Travellers", "FTE": "1"}))
    found = cells(home, files["pcn_workforce"])["04C"]
    assert found["fte"] == Decimal("1.426666667")
    roles = [name for name in found if name.endswith("_fte")]
    assert sum(found[name] for name in roles) == Decimal("0.426666667")


def test_an_en_dash_in_a_role_is_read(home: Home) -> None:
    role = "Applied Psychologists \N{EN DASH} Clinical (Mental Health Practitioners)"
    files = brought(home, network_staff({"STAFF_ROLE": role}))
    found = cells(home, files["pcn_workforce"])["04C"]
    assert found["mental_health_practitioners_fte"] == Decimal("0.426666667")


def test_nothing_of_a_person_is_kept_outside_the_archive(home: Home) -> None:
    broken = {"FTE": ODD, "STAFF_ROLE": "Secret role", "UNIQUE_IDENTIFIER": 888002}
    shifted = {"PCN_CODE": "A. Person", "SUB_ICB_CODE": "A. Person"}
    files = brought(home, network_staff({}, broken, shifted, {"FTE": "-0.987654321"}))
    messages = []
    for feed in BOTH:
        taken = judged(home, feed)
        messages += [f"{r.observed} {r.message} {r.unexpected}" for r in taken.results]
    kept = everything_kept(home) + "\n".join(messages)
    for said in (PSEUDONYM, "888002", ODD, "Secret role", "A. Person", "0.987654321"):
        assert said not in kept, said
    rejected = pl.read_parquet(lake_paths(home, files[BOTH[0]]).quarantine)
    assert rejected.select("source_row", "rule", "found").rows() == [
        (3, "decimal_exact", "withheld"),
        (4, "code_pattern", "withheld"),
        (5, "count_not_negative", "withheld"),
    ]
    assert any("the first is row 3 of a.csv" in one for one in messages)


def test_a_lost_row_makes_its_place_unreliable(home: Home) -> None:
    files = brought(home, network_staff(CITY, COUNTY, {"FTE": ODD}))
    place, network = (cells(home, files[feed]) for feed in BOTH)
    assert {code: row["unreliable"] for code, row in place.items()} == {"04C": True, "04V": False}
    assert network["U12345"]["unreliable"] and not network["U99999"]["unreliable"]


def test_a_figure_is_explained_without_rows(home: Home) -> None:
    [file] = [f for f in brought(home, network_staff({})).values() if f.feed == BOTH[0]]
    tidy(home, file)
    asked = {"part": "numerator", "measure": "fte", "org_code": "04C"}
    asked |= {"feed": file.feed, "edition": file.edition, "sha256": file.sha256}
    rows = rows_of(home, [asked], date(2025, 10, 1))
    assert rows is not None
    assert rows.select("source_row", "count").rows() == [(None, Decimal("0.426666667"))]
