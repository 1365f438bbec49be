"""The Great Expectations project in the home: whoever knows the library opens it and runs it."""

import json
from typing import Any

import pytest
import yaml

from checks.check_catalogue import MART
from checks.gx_library import library
from checks.gx_project import batch_id, write_suite
from checks.mart_checks import judge_mart
from checks.suite import suite_of
from tests.checks.support_checks import COVERAGE, SUB_ICB, brought, judged
from tests.support import coverage, regional
from tests.warehouse.support_mart import build
from warehouse.base.home import Home

YAML = "gx/great_expectations.yml"


def checkpoint_run(home: Home, feed: str, **batch: int) -> tuple[str, dict[str, Any]]:
    """What the library makes of a feed's checkpoint: the batch's id, and the validation result."""
    project = library().get_context(mode="file", context_root_dir=home.root / "gx")
    done = project.checkpoints.get(feed).run(batch_parameters=batch or None)
    [(key, result)] = done.run_results.items()
    return key.batch_identifier, result.to_json_dict()


def by_id(result: dict[str, Any]) -> dict[str, Any]:
    return {one["expectation_config"]["id"]: one for one in result["results"]}


def test_a_kept_result_is_what_the_checkpoint_gives(home: Home) -> None:
    brought(home, regional({}, {"HCP_TYPE": "Wizard"}, {"COUNT_OF_APPOINTMENTS": "x"}))
    results = judged(home, SUB_ICB).results
    [key] = {one.validation_result for one in results if one.validation_result}
    kept = json.loads(home.store.read(key))
    name, again = checkpoint_run(home, SUB_ICB, year=2025, month=10)
    assert name == batch_id(SUB_ICB, "2025-10") and key.endswith(f"/{name}.json")
    ours, theirs = by_id(kept), by_id(again)
    assert len(ours) > 20
    assert ours == {own: json.loads(json.dumps(theirs[own])) for own in ours}
    unmet = {one["expectation_config"]["meta"]["id"] for one in ours.values() if not one["success"]}
    assert {"label_known", "count_whole"} <= unmet
    assert {*again["meta"]} - {*kept["meta"]} == set()
    assert {*kept} == {*again}


def test_a_skipped_check_is_in_no_kept_result_and_not_met_by_hand(home: Home) -> None:
    brought(home, regional())
    skipped = {one.rule for one in judged(home, SUB_ICB).results if one.verdict == "skipped"}
    assert "rows_as_before" in skipped
    [key] = home.store.list_keys("archive/validations")
    kept = by_id(json.loads(home.store.read(key)))
    assert not {one["expectation_config"]["meta"]["id"] for one in kept.values()} & skipped
    _, result = checkpoint_run(home, SUB_ICB, year=2025, month=10)
    by_hand = by_id(result)
    [unmet] = [one for own, one in by_hand.items() if own not in kept and not one["success"]]
    assert unmet["expectation_config"]["meta"]["id"] == "none_skipped"
    assert unmet["result"]["unexpected_count"] == len(skipped)
    assert "no edition" in " ".join(unmet["result"]["partial_unexpected_list"])


def test_each_edition_is_a_batch_and_has_results_of_its_own(home: Home) -> None:
    brought(home, regional(), coverage())
    for feed in (SUB_ICB, COVERAGE, SUB_ICB):
        judged(home, feed)
    folders = [key.rpartition("/")[0].rpartition("/")[0] for key in
               home.store.list_keys("archive/validations")]  # fmt: skip
    assert folders == [
        f"archive/validations/{COVERAGE}/2025-10",
        *[f"archive/validations/{SUB_ICB}/2025-10"] * 2,
    ]
    assert home.store.list_keys("gx/editions") == [
        f"gx/editions/{feed}/2025-10.parquet" for feed in (COVERAGE, SUB_ICB)
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a published mart."""
    home = Home(tmp_path_factory.mktemp("built") / "home")
    brought(home, regional())
    build(home)
    return home


def test_the_mart_has_a_suite_and_a_result_for_each_that_was_built(built: Home, home: Home) -> None:
    results = judge_mart(built.mart, "some-run", home)
    [key] = {one.validation_result for one in results}
    assert key and key.startswith("archive/validations/mart/some-run/")
    name, result = checkpoint_run(home, MART)
    assert result["success"] and key.endswith(f"/{name}.json")


def test_a_suite_is_written_again_where_it_differs(home: Home) -> None:
    write_suite(home, SUB_ICB)
    key = f"gx/suites/{SUB_ICB}.json"
    suite = json.loads(home.store.read(key))
    assert [one["id"] for one in suite["expectations"]][:-1] == [e.id for e in suite_of(SUB_ICB)]
    home.store.replace(key, b"{}")
    write_suite(home, SUB_ICB)
    assert json.loads(home.store.read(key)) == suite


def test_a_home_that_moved_reads_its_own_batches(home: Home) -> None:
    write_suite(home, SUB_ICB)
    said = yaml.safe_load(home.store.read(YAML))
    assert (
        said["fluent_datasources"]["editions"]["base_directory"]
        == (home.root / "gx" / "editions").as_posix()
    )
    moved = Home(home.root.parent / "moved")
    home.root.rename(moved.root)
    write_suite(moved, SUB_ICB)
    assert (
        "moved"
        in yaml.safe_load(moved.store.read(YAML))["fluent_datasources"]["editions"][
            "base_directory"
        ]
    )
