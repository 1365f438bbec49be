"""Checks of columns, keys and files, and how they decide an edition's status."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from checks.edition_view import EditionView
from checks.runner import judge_edition
from tests.checks.cases_shared import of_headings, with_lost_bytes
from tests.checks.support_checks import (
    BUILDERS,
    OCT,
    PRACTICE,
    SUB_ICB,
    brought,
    judged,
    one,
    worst,
)
from tests.support import coverage, crosstab, regional
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.check_history import read_state
from warehouse.transform.lake import lake_paths
from warehouse.transform.tidy import tidy

COUNT = "COUNT_OF_APPOINTMENTS"


def test_a_failed_error_check_holds_the_edition_with_its_reason(home: Home) -> None:
    brought(home, crosstab({}, {COUNT: 3}))
    taken = judged(home, PRACTICE)
    state = read_state(home, PRACTICE, OCT)
    assert state == taken.state
    assert (state.verdict, state.failed) == ("held", 1)
    assert state.passed + state.warned + state.failed + state.skipped == len(taken.results)
    (reason,) = state.reasons
    assert reason.startswith("No key is repeated (month, practice_code")
    assert "found 1 repeated key, expected each key once; in file1.csv rows 2 and 3" in reason
    assert "(2025-10 | C82001 |" in reason


def test_warnings_let_the_edition_in(home: Home) -> None:
    brought(home, regional({}, {COUNT: "x"}))
    state = judged(home, SUB_ICB).state
    assert (state.verdict, state.failed, state.reasons) == ("accepted", 0, [])
    assert state.warned >= 2


def test_one_failure_hides_no_other(home: Home) -> None:
    rows: list[dict[str, object]] = [{COUNT: "x"}] * 30 + [{"HCP_TYPE": "Nurse"}] * 30 + [{}]
    brought(home, regional(*rows))
    taken = judged(home, SUB_ICB)
    assert [r.rule for r in taken.results if r.verdict == "fail"] == ["count_whole", "label_known"]
    assert len(taken.state.reasons) == 2


def test_an_unreadable_file_holds_its_edition_and_is_named(home: Home) -> None:
    results = with_lost_bytes(home)
    (result,) = [r for r in results if r.rule == "file_readable"]
    state = read_state(home, SUB_ICB, OCT)
    assert state is not None and state.verdict == "held"
    assert "bytes are missing from the archive" in state.reasons[0]
    assert "file1.csv" in result.observed + result.message


def test_a_damaged_zip_in_the_archive_holds_its_edition(home: Home, tmp_path: Path) -> None:
    from tests.support import imported, zipped

    (outcome,) = imported(home, zipped(tmp_path / "a.zip", {"a.csv": regional()}))
    assert outcome.file is not None
    path = Archive(home).object_path(outcome.file.container_sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:50])
    state = judged(home, SUB_ICB).state
    assert state.verdict == "held" and state.reasons


def test_a_reference_that_cannot_be_read_does_not_stop_the_feed(home: Home) -> None:
    own, reference = brought(home, regional(), coverage())
    Archive(home).object_path(reference.container_sha256).unlink()
    taken = judged(home, SUB_ICB)
    assert taken.files == [own]
    assert taken.state.verdict == "accepted"
    assert one(taken, "coverage_present").verdict == "warn"


def test_rows_that_vanish_between_import_and_tidy_are_noticed(home: Home) -> None:
    (file,) = brought(home, regional({}, {COUNT: 3}))
    facts = tidy(home, file)
    longer = file.model_copy(update={"rows": 3})
    view = EditionView(home, contracts()[SUB_ICB], OCT, [longer], [facts])
    (found,) = [r for r in judge_edition(view, "run") if r.rule == "file_readable"]
    assert (found.verdict, found.failed_rows, found.total_rows) == ("fail", 1, 3)
    assert "file1.csv" in found.message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda h: h[:-1], "missing: appointments"),
        (lambda h: (*h, "CCG_CODE"), "under two headings: sub_icb_code"),
    ],
)
def test_columns_missing_or_doubled_hold(
    home: Home, change: Callable[[tuple[str, ...]], tuple[str, ...]], said: str
) -> None:
    (found,) = [r for r in of_headings(change)(home) if r.rule == "columns_present"]
    assert (found.verdict, found.observed) == ("fail", said)


def test_repeated_keys_of_the_ccg_era_are_added_up_and_not_flagged(home: Home) -> None:
    brought(home, regional({COUNT: 3}, {COUNT: 4}))
    taken = judged(home, SUB_ICB)
    found = one(taken, "keys_unique")
    assert (found.verdict, found.failed_rows, found.observed) == ("pass", 0, "1 repeated key")
    assert found.message == "repeated keys are added up, as the contract requires"
    (file,) = taken.files
    assert pl.read_parquet(lake_paths(home, file).measures)["appointments"].to_list() == [7]


def test_a_key_in_two_editions_or_parts_is_no_repetition(home: Home) -> None:
    brought(home, crosstab({}), crosstab({"GP_CODE": "C82002"}))
    assert worst(judged(home, PRACTICE), "keys_unique") == "pass"


def test_an_edition_without_any_valid_row_is_held(home: Home) -> None:
    for feed, row in ((SUB_ICB, {"HCP_TYPE": "Nurse"}), (PRACTICE, {"HCP_TYPE": "Nurse"})):
        brought(home, BUILDERS[feed](row))
        taken = judged(home, feed)
        assert (taken.state.verdict, taken.state.failed) == ("held", 1)
        assert one(taken, "rows_accepted").observed == "0 of 1"
        assert one(taken, "rows_accepted").message
        assert one(taken, "parts_complete").verdict == "skipped"
