"""The events of an edition that was accepted, held, or could not be processed."""

import pytest

from assets import ingest as editions
from tests.checks.support_checks import REFERRALS, SUB_ICB, brought
from tests.support import REFERRALS as HEADINGS
from tests.support import referrals, regional, table
from tests.warehouse.outputs.openlineage.support_events import (
    DAGSTER_RUN,
    dataset,
    events,
    named,
    names,
    origins,
    take_in_with_events,
)
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.check_history import read_latest
from warehouse.editions.rulings import hold

MARKER = "JOHNSMITH"


def test_the_event_of_an_accepted_edition_has_inputs_and_outputs(home: Home) -> None:
    [file] = brought(home, regional({}, {"HCP_TYPE": "Unknown"}))
    assert take_in_with_events(home, SUB_ICB) == []
    start, end = events(home)
    assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
    assert start["run"]["runId"] == end["run"]["runId"] != DAGSTER_RUN
    assert start["job"]["name"] == end["job"]["name"] == f"{SUB_ICB}.take_in"
    assert end["run"]["facets"]["parent"]["run"]["runId"] == DAGSTER_RUN
    assert end["run"]["facets"]["nominalTime"]["nominalStartTime"].startswith("2025-10-01T")
    name, of = names(home).source_file(file), names(home).of
    assert [named(one) for one in start["inputs"]] == [name]
    assert file.sha256 in str(start["inputs"]), "else a purge does not find it"
    source = dataset(end, "inputs", name)
    assert [one["name"] for one in source["facets"]["schema"]["fields"]] == list(file.headings)
    assert source["inputFacets"]["inputStatistics"]["rowCount"] == 2
    tidy = dataset(end, "outputs", of(f"tidy.{SUB_ICB}"))
    fields = [one["name"] for one in tidy["facets"]["schema"]["fields"]]
    assert fields == ["source_row", *contracts()[SUB_ICB].columns]
    assert tidy["outputFacets"]["outputStatistics"]["rowCount"] == 2
    assert origins(tidy, "month") == {(name, "APPOINTMENT_MONTH", "DIRECT")}
    measures = dataset(end, "outputs", of(f"measures.{SUB_ICB}"))
    assert measures["outputFacets"]["outputStatistics"]["rowCount"] == 1
    assert origins(measures, "appointments_dna") == {
        (of(f"tidy.{SUB_ICB}"), "appointments", "DIRECT"),
        (of(f"tidy.{SUB_ICB}"), "appointment_status", "INDIRECT"),
    }


def test_every_check_that_was_made_is_an_assertion_on_the_tidy_rows(home: Home) -> None:
    brought(home, regional())
    take_in_with_events(home, SUB_ICB)
    judged = dataset(events(home)[-1], "inputs", names(home).of(f"tidy.{SUB_ICB}"))["inputFacets"]
    told = [
        (one["assertion"], one["success"], one["severity"], one["params"]["dimension"])
        for one in judged["dataQualityAssertions"]["assertions"]
    ]
    assert told == [
        (one.rule, one.verdict == "pass", one.severity.lower(), one.dimension)
        for one in read_latest(home, SUB_ICB, "2025-10")
        if one.verdict != "skipped"
    ]
    assert {success for _, success, _, _ in told} == {True, False}
    assert judged["dataQualityMetrics"]["rowCount"] == 1


def test_a_held_edition_fails_and_quotes_no_cell(home: Home) -> None:
    brought(home, table({**HEADINGS, MARKER: MARKER}, [{"Practice code": MARKER}] * 30))
    take_in_with_events(home, REFERRALS)
    failed = events(home)[-1]
    assert failed["eventType"] == "FAIL"
    said = failed["run"]["facets"]["errorMessage"]["message"]
    assert said.startswith("Held: Every code has a valid format; ")
    written = [names(home).of(f"{layer}.{REFERRALS}") for layer in ("tidy", "quarantine")]
    assert [named(one) for one in failed["outputs"]] == written
    lost = dataset(failed, "outputs", written[-1])
    assert lost["outputFacets"]["outputStatistics"]["rowCount"] == 30
    assert MARKER not in str(events(home))


def test_the_event_of_an_edition_held_by_decision_omits_the_reason(home: Home) -> None:
    brought(home, referrals())
    take_in_with_events(home, REFERRALS)
    hold(home, REFERRALS, "2025-10", f"about {MARKER}", MARKER)
    take_in_with_events(home, REFERRALS)
    failed = events(home)[-1]
    assert failed["eventType"] == "FAIL"
    assert "Held by a decision" in failed["run"]["facets"]["errorMessage"]["message"]
    assert MARKER not in str(failed)


def test_a_failure_is_reported_by_its_type_and_raised(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", MARKER)

    brought(home, regional())
    monkeypatch.setattr(editions, "tidy", full)
    monkeypatch.setattr(editions, "UNREADABLE", ())
    with pytest.raises(OSError, match=MARKER):
        take_in_with_events(home, SUB_ICB)
    _, failed = events(home)
    assert failed["eventType"] == "FAIL" and MARKER not in str(failed)
    said = failed["run"]["facets"]["errorMessage"]["message"]
    assert said == f"OSError (No space left on device); for details see Dagster run {DAGSTER_RUN}."
