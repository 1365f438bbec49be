"""Names of datasets by the naming specification: the source of the data, and the place in it."""

from pathlib import Path

import pytest

from tests.checks.support_checks import SUB_ICB, brought
from tests.support import regional
from tests.warehouse.outputs.openlineage.published import faults
from tests.warehouse.outputs.openlineage.support_events import events, take_in_with_events
from warehouse.base.home import Home
from warehouse.outputs.openlineage.naming import DatasetName, Names
from warehouse.transform.lake import lake_keys

HOST = "https://files.digital.nhs.uk"
NAMES = Names("access-recovery", Home(Path("/srv/home")))


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("mart.kpi_monthly", ("duckdb:///srv/home/mart/access_recovery.duckdb",
                              "access_recovery.main.kpi_monthly")),
        ("mart.governance.edition", ("duckdb:///srv/home/mart/access_recovery.duckdb",
                                     "access_recovery.governance.edition")),
        ("tidy.nhs_app", ("file", "/srv/home/lake/tidy/nhs_app")),
        ("measures.nhs_app", ("file", "/srv/home/lake/measures/nhs_app")),
        ("quarantine.nhs_app", ("file", "/srv/home/quarantine/nhs_app")),
        ("tidy.facts", ("access-recovery", "tidy.facts")),
        ("quarantine.row", ("access-recovery", "quarantine.row")),
        ("figure", ("access-recovery", "figure")),
    ],
)  # fmt: skip
def test_a_table_is_named_by_where_it_is(table: str, expected: tuple[str, str]) -> None:
    assert NAMES.of(table) == expected


@pytest.mark.parametrize(
    ("url", "member", "expected"),
    [
        (f"{HOST}/A5/NHSApp.xlsx", None, (HOST, "/A5/NHSApp.xlsx")),
        (f"{HOST}/A5/Regional.zip", "in/regional.csv", (HOST, "/A5/Regional.zip/regional.csv")),
        ("https://ods.nhs.uk/api/getReport?report=epraccur", None,
         ("https://ods.nhs.uk", "/api/getReport?report=epraccur")),
        ("http://user:secret@127.0.0.1:8000/a.csv", None, ("http://127.0.0.1:8000", "/a.csv")),
    ],
)  # fmt: skip
def test_a_file_is_named_by_its_address_at_the_publisher(
    home: Home, url: str, member: str | None, expected: tuple[str, str]
) -> None:
    [file] = brought(home, regional())
    found = file.model_copy(update={"url": url, "member": member, "file_name": "regional.csv"})
    assert NAMES.source_file(found) == expected


def test_files_without_an_address_and_derived_ones_are_named_by_their_path(home: Home) -> None:
    [file] = brought(home, regional())
    names = Names("access-recovery", home)
    take_in_with_events(home, SUB_ICB)
    local = file.model_copy(update={"url": None, "member": None})
    assert Path(names.source_file(local).name).is_file()
    keys = lake_keys(file)
    for layer, key in (("tidy", keys.tidy), ("measures", keys.measures)):
        found = names.of(f"{layer}.{SUB_ICB}")
        assert (home.root / key).is_relative_to(found.name) and Path(found.name).is_dir()
    assert keys.quarantine.startswith(f"quarantine/{SUB_ICB}/")


def test_jobs_alone_have_the_namespace_of_the_setting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_NAMESPACE", "icb")
    brought(home, regional())
    take_in_with_events(home, SUB_ICB)
    end = events(home)[-1]
    assert end["job"]["namespace"] == "icb"
    datasets = {DatasetName(one["namespace"], one["name"]) for one in end["outputs"]}
    assert {one.namespace for one in datasets} == {"file"}


def test_the_official_classes_reject_what_their_schema_does_not_know(home: Home) -> None:
    brought(home, regional())
    take_in_with_events(home, SUB_ICB)
    end = events(home)[-1]
    end["job"]["facets"]["jobType"]["speed"] = "fast"
    assert any("speed" in fault for fault in faults(end))
