"""Events stored as a batch: the rows that Dagster's own storage writes, one by one."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterEvent, DagsterEventType, EventLogEntry
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationPlanned,
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.definitions.partitions.subset.default import DefaultPartitionsSubset
from dagster._core.events import AssetMaterializationPlannedData, StepMaterializationData
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus as Status,
)
from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage
from dagster_postgres import PostgresEventLogStorage
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from pipelines.instance.postgres import autocommitting, database
from pipelines.instance.postgres_storage import PostgresEventLog
from pipelines.instance.prepare import open_instance
from pipelines.instance.sqlite import EventLog
from pipelines.operations.running import QUIET
from pipelines.resources import dagster_events
from tests.pipelines.instance.postgres_server import postgres, programs
from warehouse.base.home import Home

KEY, OTHER = dg.AssetKey(["feed", "tidy"]), dg.AssetKey("other")
MONTHS = ["2026-01-01", "2026-02-01"]
RUN = "a-run"
CHECKS = "asset_check_executions"
AT = programs()


def entry(number: int, kind: DagsterEventType | None, data: Any = None) -> EventLogEntry:
    event = kind and DagsterEvent(kind.value, "a_job", event_specific_data=data, message="said")
    return EventLogEntry(
        error_info=None,
        level=10,
        user_message="a message",
        run_id=RUN,
        timestamp=1_790_000_000.5 + number,
        step_key="step",
        job_name="a_job",
        dagster_event=event,
    )


def planned(check: str, months: list[str] | None) -> tuple[DagsterEventType, object]:
    subset = DefaultPartitionsSubset(set(months)) if months else None
    data = AssetCheckEvaluationPlanned(asset_key=KEY, check_name=check, partitions_subset=subset)
    return DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED, data


def judged(
    check: str, month: str | None, passed: bool, about: int | None = None
) -> tuple[DagsterEventType, object]:
    target = about and AssetCheckEvaluationTargetMaterializationData(
        storage_id=about, run_id=RUN, timestamp=1.0
    )
    data = dg.AssetCheckEvaluation(
        asset_key=KEY,
        check_name=check,
        passed=passed,
        metadata={"verdict": "text"},
        partition=month,
        target_materialization_data=target or None,
    )
    return DagsterEventType.ASSET_CHECK_EVALUATION, data


def materialised(key: dg.AssetKey, month: str) -> tuple[DagsterEventType, object]:
    made = dg.AssetMaterialization(key, partition=month, tags={"dagster/code_version": month})
    return DagsterEventType.ASSET_MATERIALIZATION, StepMaterializationData(made)


def will_be(key: dg.AssetKey, month: str) -> tuple[DagsterEventType, object]:
    return (
        DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
        AssetMaterializationPlannedData(key, partition=month),
    )


def batches() -> list[list[EventLogEntry]]:
    told: list[list[Any]] = [
        [
            *[will_be(key, month) for key in (KEY, OTHER) for month in MONTHS],
            *[planned("one", MONTHS), planned("two", MONTHS), planned("whole", None)],
        ],
        [
            (DagsterEventType.RUN_START, None),
            (None, None),
            materialised(KEY, MONTHS[0]),
            materialised(KEY, MONTHS[1]),
            judged("one", MONTHS[0], True),
            judged("two", MONTHS[0], False, about=3),
            judged("one", MONTHS[1], False),
            judged("whole", None, True),
            judged("never planned", MONTHS[0], True),
            judged("never planned", None, False),
        ],
        [materialised(OTHER, MONTHS[1]), judged("two", MONTHS[1], True)],
        [(DagsterEventType.RUN_SUCCESS, None), (None, None)],
    ]
    numbers = iter(range(100))
    return [[entry(next(numbers), *one) for one in batch] for batch in told]


def tables(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """What is in each table, without when a row was written, and numbers that nothing refers to;
    checks by name and edition, because Dagster plans the editions of a run in any order."""
    found = {}
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table} ORDER BY 1")).mappings()
            unnumbered = table in ("asset_keys", CHECKS)
            left_out = {"create_timestamp", "migration_completed"} | (
                {"id"} if unnumbered else set()
            )
            found[table] = [
                {name: value for name, value in row.items() if name not in left_out} for row in rows
            ]
    found.get(CHECKS, []).sort(key=lambda row: (row["check_name"], row["partition"] or ""))
    return found


def compare(own: SqlEventLogStorage, ours: SqlEventLogStorage) -> None:
    for batch in batches():
        for event in batch:
            own.store_event(event)
        ours.store_event_batch(batch)


def test_files_hold_what_dagster_itself_writes(tmp_path: Path) -> None:
    folders = [tmp_path / "own", tmp_path / "ours"]
    compare(SqliteEventLogStorage(str(folders[0])), EventLog(str(folders[1])))
    for name in ("index", RUN):
        own, ours = (
            tables(create_engine(f"sqlite:///{folder}/{name}.db", poolclass=NullPool))
            for folder in folders
        )
        assert ours == own
        assert own["event_logs"], "there was something to compare"


def test_the_newest_edition_of_a_run_is_the_latest_execution_of_its_check(tmp_path: Path) -> None:
    """It fails, and an earlier edition's check can't run, which stays as planned."""
    months = [f"{year}-{month:02}-01" for year in (2025, 2026) for month in range(1, 13)]
    told = [planned("one", months), planned("two", months)]
    log = EventLog(str(tmp_path))
    log.store_event_batch([entry(number, *one) for number, one in enumerate(told)])
    reported = [judged("one", month, month != months[-1]) for month in months[1:]]
    log.store_event_batch([entry(9 + number, *one) for number, one in enumerate(reported)])
    key = dg.AssetCheckKey(KEY, "one")
    latest = log.get_latest_asset_check_execution_by_key([key])[key]
    assert (latest.partition, latest.status) == (months[-1], Status.FAILED)
    rows = log.get_asset_check_execution_history(key, limit=99)
    assert [row.partition for row in rows] == months[::-1]
    assert rows[-1].status == Status.PLANNED


def test_a_database_holds_what_dagster_itself_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    if AT is None:
        pytest.skip("Postgres is not installed (Debian: apt install postgresql)")
    with postgres(AT) as url:
        found = database({"ACCESS_RECOVERY_POSTGRES": url})
        assert found is not None
        with autocommitting(found).connect() as connection:
            connection.execute(text("CREATE DATABASE ours"))
        urls = [one.render_as_string(False) for one in (found, found.set(database="ours"))]
        compare(PostgresEventLogStorage(urls[0]), PostgresEventLog(urls[1]))
        own, ours = (tables(create_engine(one, poolclass=NullPool)) for one in urls)
    assert ours == own
    assert own[CHECKS], "there was something to compare"


def test_events_without_a_run_are_stored_one_by_one(tmp_path: Path) -> None:
    log = EventLog(str(tmp_path))
    runless = [
        one._replace(run_id="") for one in batches()[1] if one.dagster_event_type is not None
    ]
    checks = [
        one for one in runless if one.dagster_event_type == DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    log.store_event_batch(checks)
    rows = tables(create_engine(f"sqlite:///{tmp_path}/index.db", poolclass=NullPool))
    assert len(rows["asset_check_executions"]) == len(checks)


def test_what_was_logged_before_an_error_is_stored(tmp_path: Path) -> None:
    log = EventLog(str(tmp_path))
    first, second, *_ = batches()[0]

    def fail_within() -> None:
        with log.together():
            log.store_event(first)
            with log.together():
                log.store_event(second)
            assert log.get_logs_for_run(RUN) == [], "not before the end of the outer one"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_within()
    assert len(log.get_logs_for_run(RUN)) == 2
    log.store_event(entry(9, None))
    assert len(log.get_logs_for_run(RUN)) == 3, "at once, after the batch"


PARTS = dg.StaticPartitionsDefinition(MONTHS)


@dg.multi_asset(
    specs=[dg.AssetSpec(KEY)],
    check_specs=[dg.AssetCheckSpec(name, asset=KEY, partitions_def=PARTS) for name in "abc"],
    partitions_def=PARTS,
    can_subset=True,
    required_resource_keys={"dagster_events"},
)
def a_feed(context: dg.AssetExecutionContext) -> Any:
    with context.resources.dagster_events.together():
        context.log_event(dg.AssetMaterialization(KEY, partition=MONTHS[0]))
        for name in "abc":
            context.log_event(
                dg.AssetCheckEvaluation(
                    asset_key=KEY, check_name=name, passed=name != "c", partition=MONTHS[0]
                )
            )
    yield from ()


def test_a_run_stores_what_it_plans_and_what_it_reports_in_a_batch_each(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[list[str]] = []
    store = EventLog.store_event_batch

    def told(log: EventLog, events: list[EventLogEntry]) -> None:
        stored.append([event.dagster_event_type.value for event in events])  # type: ignore[union-attr]
        store(log, events)

    monkeypatch.setattr(EventLog, "store_event_batch", told)
    definitions = dg.Definitions(
        [a_feed], jobs=[dg.define_asset_job("a_job")], resources={"dagster_events": dagster_events}
    )
    with open_instance(home) as instance:
        done = definitions.resolve_job_def("a_job").execute_in_process(
            instance=instance, partition_key=MONTHS[0], run_config=QUIET
        )
        history = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(KEY, "c"), limit=9
        )
    assert done.success
    plans = ["ASSET_MATERIALIZATION_PLANNED", *3 * ["ASSET_CHECK_EVALUATION_PLANNED"]]
    assert [sorted(batch) for batch in stored] == [
        sorted(plans),
        [*3 * ["ASSET_CHECK_EVALUATION"], "ASSET_MATERIALIZATION"],
    ]
    assert [(one.status.value, one.partition) for one in history] == [("FAILED", MONTHS[0])]
