"""Dagster's checks of timeliness: by the edition's month, not by when it was materialised."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.loader import LoadingContextForTest

from assets.asset_keys import keys
from assets.mart_assets import PUBLISHED
from pipelines import timeliness_checks as timeliness
from pipelines.definitions import build_definitions
from pipelines.instance.editions import add_editions
from pipelines.resources import HomeResource
from pipelines.timeliness_checks import CHECK, EVIDENCE, JOB, timeliness_key
from tests.support import write_regional
from tests.warehouse.plan.support_plan import missed, returned
from tests.warehouse.support_mart import build
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.release_calendar import LONDON
from warehouse.intake.importer import Request, import_paths

FEED = "gp_appointments_sub_icb"
LATE = "10 editions missing; 2025-11 was due by 18 Dec 2025: overdue by 303 days"


@pytest.fixture
def held(home: Home) -> Home:
    """A home with the edition of October 2025, twenty sound rows of one day."""
    rows = [{"COUNT_OF_APPOINTMENTS": n} for n in range(1, 31)]
    path = write_regional(home.root / "regional.csv", *rows)
    assert [one.verdict for one in import_paths(home, [path], Request())] == ["imported"]
    return home


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Sets the day."""

    def set_day(day: date) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)

        monkeypatch.setattr(timeliness, "datetime", Clock)

    return set_day


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def run(home: Home, instance: dg.DagsterInstance, job: str, **keys: Any) -> Any:
    add_editions(instance, FEED, keys.values())
    definitions = build_definitions(HomeResource(root=str(home.root)))
    return definitions.resolve_job_def(job).execute_in_process(
        instance=instance, raise_on_error=False, **keys
    )


def newest(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> Any:
    """The newest evaluation of a check; None if there is none."""
    told = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
    event = told[0].event if told else None
    return event and event.dagster_event and event.dagster_event.event_specific_data


@pytest.mark.parametrize(
    ("day", "passed", "severity", "told"),
    [
        (date(2025, 12, 18), True, "WARN", "2025-11 due by 18 Dec 2025: due now"),
        (date(2025, 12, 19), False, "WARN", "2025-11 was due by 18 Dec 2025: overdue by 1 day"),
        (date(2026, 10, 17), False, "ERROR", LATE),
    ],
)
def test_an_old_edition_processed_again_is_not_fresh(
    held: Home,
    instance: dg.DagsterInstance,
    on: Callable[[date], None],
    day: date,
    passed: bool,
    severity: str,
    told: str,
) -> None:
    on(day)
    assert run(held, instance, f"take_in_{FEED}", partition_key="2025-10").success
    assert newest(instance, timeliness_key(FEED)) is None, "editions are not judged by today"
    found = run(held, instance, JOB)
    assert found.success, "what is overdue breaks no run"
    evaluation = newest(instance, timeliness_key(FEED))
    assert (evaluation.passed, evaluation.severity.value, evaluation.description) == (
        passed,
        severity,
        told,
    )
    assert evaluation.metadata["newest_edition"].value == "2025-10"


def shown(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> str:
    """What Dagster's pages show of a check: the outcome of its newest execution."""
    [told] = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
    return asyncio.run(told.resolve_status(LoadingContextForTest(instance))).value


def test_what_has_no_day_is_skipped_and_not_green(held: Home, instance: dg.DagsterInstance) -> None:
    assert run(held, instance, JOB).success
    for feed in ("nhs_app_practice", "pharmacy_list"):
        assert shown(instance, timeliness_key(feed)) == "SKIPPED"
    assert shown(instance, timeliness_key(FEED)) == "FAILED", "it is overdue"


def test_evidence_of_a_plan_gets_too_old_without_a_refresh(
    home: Home, tmp_path: Path, instance: dg.DagsterInstance, on: Callable[[date], None]
) -> None:
    key = dg.AssetCheckKey(PUBLISHED, EVIDENCE)
    assert run(home, instance, JOB).success
    assert shown(instance, key) == "SKIPPED", "there is no plan"
    build(home, [missed(tmp_path), returned(tmp_path, "plan.csv", "2025-10-15", {})]).db.close()
    for day, passed in ((date(2026, 2, 28), True), (date(2026, 3, 1), False)):
        on(day)
        assert run(home, instance, JOB).success
        found = newest(instance, key)
        assert (found.passed, found.severity.value) == (passed, "WARN"), day
    assert found.description == "No recent figure: 1 of 1 KPIs named as evidence"
    told = found.metadata["QK1 A-1 appointments_dna_share"].value
    assert told == "The newest figure is of 2025-10, over 4 months before 1 Mar 2026."


def test_no_asset_is_fresh_by_the_clock() -> None:
    graph = build_definitions().resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        assert graph.get(key).freshness_policy is None, key
    assert CHECK in {key.name for key in graph.asset_check_keys}


def test_a_check_that_did_not_run_has_no_result(held: Home, instance: dg.DagsterInstance) -> None:
    """There is no earlier edition to compare with: it is neither passed nor failed, and the edition
    says why."""
    result = run(held, instance, f"take_in_{FEED}", partition_key="2025-10")
    assert result.success
    _, tidy, measures = keys(FEED)
    told = [one for one in result.get_asset_check_evaluations() if one.asset_key == tidy]
    assert {one.metadata["verdict"].value for one in told} <= {"pass", "warn"}
    assert {one.passed for one in told if one.metadata["verdict"].value == "pass"} == {True}
    rule = "rows_as_before"
    assert rule not in {one.check_name for one in told}
    assert shown(instance, dg.AssetCheckKey(tidy, rule)) == "SKIPPED"
    assert shown(instance, dg.AssetCheckKey(tidy, "file_type")) == "SUCCEEDED"
    event = instance.get_latest_materialization_event(tidy)
    assert event and event.asset_materialization
    assert event.asset_materialization.metadata["checks_failed"].value == "none"
    not_run = str(event.asset_materialization.metadata["checks_not_run"].value)
    assert f"{rule}: no edition of the " in not_run and "file_type" not in not_run
    assert instance.get_materialized_partitions(measures) == {"2025-10"}


def test_checks_that_did_not_run_are_warnings_in_a_run_that_fails(
    held: Home, instance: dg.DagsterInstance
) -> None:
    """Of a file that is spoilt only files are checked. Dagster calls checks without a result failed
    if their run does."""
    [file] = Archive(held).active_files(FEED)
    spoil(Archive(held).object_path(file.container_sha256))
    assert not run(held, instance, f"take_in_{FEED}", partition_key="2025-10").success
    _, tidy, _ = keys(FEED)
    bytes_, labels = (
        newest(instance, dg.AssetCheckKey(tidy, rule)) for rule in ("file_type", "label_known")
    )
    assert (bytes_.passed, bytes_.severity.value) == (False, "ERROR")
    assert (labels.passed, labels.severity.value) == (False, "WARN")
    assert labels.description == "Not run: its files can't be read"
    assert labels.metadata["verdict"].value == "skipped"
    event = instance.get_latest_materialization_event(tidy)
    assert event and event.asset_materialization
    assert event.asset_materialization.metadata["checks_failed"].value != "none"


def spoil(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"PK\x03\x04 no longer a file")
