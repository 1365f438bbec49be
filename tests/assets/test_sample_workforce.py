"""The sample's workforce: the publisher's format, and the story of two definitions."""

import csv
import io
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from assets.feeds.gp_workforce.sample import write
from assets.feeds.pcn_workforce.sample import write as write_networks
from assets.sample.world import World
from warehouse.contract.model import contracts

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def detailed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """Month (as in the zip's name) -> rows of the detailed file."""
    out = tmp_path_factory.mktemp("staff")
    return {path.stem[-6:]: _rows(path) for path in write(World(), out)}


def _rows(path: Path) -> Rows:
    with zipfile.ZipFile(path) as archive:
        [name] = [one for one in archive.namelist() if one.endswith("Detailed.csv")]
        return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


def _of(rows: Rows, area: str) -> Iterator[dict[str, str]]:
    return (row for row in rows if row["SUB_ICB_CODE"] == area and row["TOTAL_GP_EXTG_FTE"] != "NA")


def per(rows: Rows, heading: str) -> float:
    """Patients per FTE in Leicester City, of practices with records."""
    own = list(_of(rows, "04C"))
    return float(
        sum(int(row["TOTAL_PATIENTS"]) for row in own) / sum(Fraction(row[heading]) for row in own)
    )


def test_it_has_the_publishers_columns(detailed: dict[str, Rows]) -> None:
    contract = contracts()["gp_workforce"]
    for rows in detailed.values():
        assert len(rows[0]) == 829
        assert all(contract.is_known(heading) for heading in rows[0])


def test_the_two_statements_are_two_definitions(detailed: dict[str, Rows]) -> None:
    assert round(per(detailed["122024"], "TOTAL_GP_EXTGL_FTE")) == 3262
    assert round(per(detailed["012025"], "TOTAL_GP_EXTG_FTE")) == 2829
    same = [round(per(rows, "TOTAL_GP_EXTG_FTE")) for rows in detailed.values()]
    assert set(same) == {2829}


def test_missing_is_told_and_parts_are_within_their_totals(detailed: dict[str, Rows]) -> None:
    for rows in detailed.values():
        missing = [row for row in rows if row["TOTAL_GP_FTE"] == "NA"]
        assert 0 < len(missing) < len(rows) / 10
        assert {row["GP_SOURCE"] for row in missing} == {"Fully estimated - no data provided"}
        assert any(row["GP_SOURCE"] == "Includes FTE Estimates" for row in rows)
        for row in _of(rows, "04C"):
            fte = [Fraction(row[f"TOTAL_GP_{kind}FTE"]) for kind in ("EXTGL_", "EXTG_", "")]
            assert fte == sorted(fte)


def test_a_short_sample_has_its_own_months(tmp_path: Path) -> None:
    assert [path.name for path in write(World(months=1), tmp_path)] == ["GPWPracticeCSV.032025.zip"]


def test_the_citys_roles_are_those_of_the_statement(tmp_path: Path) -> None:
    stated = {
        "Pharmacists": "65.6",
        "Care Coordinators": "40.5",
        "General Practice Assistants": "14.7",
        "Pharmacy Technicians": "14.4",
        "Advanced Nurse Practitioners": "13.8",
    }
    [path] = [one for one in write_networks(World(), tmp_path) if "012025" in one.name]
    with zipfile.ZipFile(path) as archive:
        [name] = [one for one in archive.namelist() if one.endswith("Level.csv")]
        text = archive.read(name).decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["SUB_ICB_CODE"] == "04C"]
    found = {
        role: sum(Fraction(row["FTE"]) for row in rows if row["STAFF_ROLE"] == role)
        for role in stated
    }
    assert {role: f"{float(fte):.1f}" for role, fte in found.items()} == stated
    assert all(Fraction(row["FTE"]) <= 1 for row in rows)
    assert {bool(row["UNIQUE_IDENTIFIER"]) for row in rows} == {True, False}
