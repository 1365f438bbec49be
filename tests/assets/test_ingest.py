"""When an edition is checked again."""

import pytest

from assets.ingest import is_judged, pending_editions, take_in
from tests.checks.support_checks import (
    BUILDERS,
    OCT,
    PRACTICE,
    SUB_ICB,
    active,
    brought,
    judged,
    one,
)
from tests.support import coverage, crosstab, regional
from warehouse.base.home import Home
from warehouse.editions.check_history import edition_files
from warehouse.transform.lake import lake_paths

COUNT = "COUNT_OF_APPOINTMENTS"


def test_coverage_that_arrives_later_judges_the_practices_again(home: Home) -> None:
    brought(home, crosstab({COUNT: 10}), regional({COUNT: 10}))
    before = judged(home, PRACTICE).state
    assert pending_editions(home, PRACTICE) == []
    brought(home, coverage())
    assert pending_editions(home, PRACTICE) == [OCT]
    taken = judged(home, PRACTICE)
    assert taken.state.fingerprint != before.fingerprint
    assert one(taken, "sums_reconcile").verdict == "pass"
    assert pending_editions(home, PRACTICE) == []


def test_other_feeds_and_months_do_not_judge_again(home: Home) -> None:
    brought(home, crosstab())
    judged(home, PRACTICE)
    brought(home, coverage({"Appointment_Month": "01SEP2025"}), BUILDERS["registered_patients"]())
    assert pending_editions(home, PRACTICE) == []
    assert [f.feed for f in edition_files(active(home), PRACTICE, OCT)] == [PRACTICE]


def test_changed_rules_judge_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    brought(home, regional())
    judged(home, SUB_ICB)
    monkeypatch.setattr("assets.ingest.check_version", lambda feed: "other rules")
    assert pending_editions(home, SUB_ICB) == [OCT]
    assert not is_judged(home, SUB_ICB, OCT, active(home))


def test_lost_lake_files_judge_again(home: Home) -> None:
    (file,) = brought(home, regional())
    judged(home, SUB_ICB)
    lake_paths(home, file).facts.unlink()
    assert pending_editions(home, SUB_ICB) == [OCT]


def test_an_edition_that_was_not_imported_is_not_processed(home: Home) -> None:
    assert take_in(home, SUB_ICB, OCT, "run") is None
