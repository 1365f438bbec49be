"""Dagster's events of a batch, stored in one transaction per database instead of some four each.

Does not: what a row contains, which Dagster's own methods say. They store events one by one, and
serialise each twice; a test compares the tables that both ways fill, for both databases. Only the
order of planned checks is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import local
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from dagster import EventLogEntry
    from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
    from sqlalchemy.engine import Connection

    Log = SqlEventLogStorage
else:
    Log = object  # Dagster is loaded on use


class StoredEvent(NamedTuple):
    """An event, its row in `event_logs`, and the number of that row."""

    event: EventLogEntry
    row: dict[str, Any]
    number: int

    @property
    def kind(self) -> str | None:
        """The type of Dagster's event; None for a message."""
        kind: str | None = self.row["dagster_event_type"]
        return kind


class StoresTogether(Log):
    """Mixed into Dagster's event log: stores the events of a batch at once."""

    @cached_property
    def _kept(self) -> local:
        return local()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Store the events that this thread logs within as one batch at the end, or at an error."""
        if getattr(self._kept, "events", None) is not None:
            yield
            return
        self._kept.events = []
        try:
            yield
        finally:
            events, self._kept.events = self._kept.events, None
            self.store_event_batch(events)

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event, or keep it for the batch that this thread is in."""
        kept = getattr(self._kept, "events", None)
        if kept is None:
            super().store_event(event)
        else:
            kept.append(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run, also those planned, which Dagster itself gives as a batch."""
        runs = {event.run_id for event in events}
        if len(events) < 2 or len(runs) > 1 or not all(runs):
            for event in events:
                super().store_event(event)
            return
        found = [(event, self._event_to_row(event)) for event in events]
        if self.is_run_sharded:  # a file per run, and one for questions across runs
            with self.run_connection(runs.pop()) as connection:
                connection.execute(_tables().events.insert(), [row for _, row in found])
            found = [(event, row) for event, row in found if _is_mirrored(event)]
        if found:
            with self.batch_transaction() as connection:
                self._store(connection, found)

    def batch_transaction(self) -> AbstractContextManager[Connection]:
        """Begin a transaction on the tables that are common to all runs."""
        return self.index_transaction()

    def _store(
        self, connection: Connection, found: list[tuple[EventLogEntry, dict[str, Any]]]
    ) -> None:
        from dagster import DagsterEventType as Type

        stored = _insert_events(connection, found)
        self._store_assets(connection, stored)
        planned = [one for one in stored if one.kind == Type.ASSET_CHECK_EVALUATION_PLANNED.value]
        if planned:
            rows = [row for one in planned for row in _planned(one)]
            connection.execute(_tables().checks.insert(), rows)
        judged = [one for one in stored if one.kind == Type.ASSET_CHECK_EVALUATION.value]
        _store_verdicts(connection, judged)

    def _store_assets(self, connection: Connection, stored: list[StoredEvent]) -> None:
        from dagster._core.events import ASSET_EVENTS

        kinds = {kind.value for kind in ASSET_EVENTS}
        ours = [one for one in stored if one.kind in kinds and one.row["asset_key"]]
        self._store_asset_event_tags(
            connection, [one.event for one in ours], [one.number for one in ours]
        )
        # Each overwrites the one before of its kind.
        last = {(one.row["asset_key"], one.kind): one for one in ours}
        for one in last.values():
            self._store_asset_event(connection, one.event, one.number)


class _EventTables(NamedTuple):
    events: Any
    checks: Any


def _tables() -> _EventTables:
    from dagster._core.storage.event_log import schema

    return _EventTables(schema.SqlEventLogStorageTable, schema.AssetCheckExecutionsTable)


def _is_mirrored(event: EventLogEntry) -> bool:
    """Whether Dagster stores an event in the file of all runs too."""
    from dagster._core.events import (
        ASSET_CHECK_EVENTS,
        ASSET_EVENTS,
        EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
    )

    kind = event.dagster_event_type if event.is_dagster_event else None
    return any(
        kind in kinds
        for kinds in (ASSET_EVENTS, ASSET_CHECK_EVENTS, EVENT_TYPE_TO_PIPELINE_RUN_STATUS)
    )


def _insert_events(
    connection: Connection, found: list[tuple[EventLogEntry, dict[str, Any]]]
) -> list[StoredEvent]:
    events = _tables().events
    insert = events.insert().returning(events.c.id, sort_by_parameter_order=True)
    numbers = connection.scalars(insert, [row for _, row in found]).all()
    return [StoredEvent(*one, number) for one, number in zip(found, numbers, strict=True)]


def _check_row(one: StoredEvent) -> dict[str, Any]:
    """Return what `asset_check_executions` holds of an event, without status and partition."""
    data: Any = one.event.get_dagster_event().event_specific_data
    return {
        "asset_key": data.asset_key.to_string(),
        "check_name": data.check_name,
        "run_id": one.event.run_id,
        "evaluation_event": one.row["event"],
        "evaluation_event_timestamp": one.row["timestamp"],
        "evaluation_event_storage_id": one.number,
    }


def _planned(one: StoredEvent) -> Iterator[dict[str, Any]]:
    """Yield a row per edition for which a check is planned, oldest first: Dagster's page calls the
    last row of a check its latest execution, and a subset is a set, in any order."""
    from dagster._core.storage.asset_check_execution_record import (
        AssetCheckExecutionRecordStatus as Status,
    )

    data: Any = one.event.get_dagster_event().event_specific_data
    subset = data.partitions_subset
    row = _check_row(one) | {"execution_status": Status.PLANNED.value}
    for partition in sorted(subset.get_partition_keys()) if subset else [None]:
        yield row | {"partition": partition}


def _judged(one: StoredEvent) -> dict[str, Any]:
    from dagster._core.storage.asset_check_execution_record import (
        AssetCheckExecutionRecordStatus as Status,
    )

    data: Any = one.event.get_dagster_event().event_specific_data
    status, target = (
        Status.SUCCEEDED if data.passed else Status.FAILED,
        data.target_materialization_data,
    )
    return _check_row(one) | {
        "execution_status": status.value,
        "partition": data.partition,
        "materialization_event_storage_id": target.storage_id if target else None,
    }


def _store_verdicts(connection: Connection, judged: Iterable[StoredEvent]) -> None:
    """Replace the rows that were planned by verdicts; add those that were not planned."""
    from sqlalchemy import bindparam

    checks = _tables().checks
    places: dict[tuple[str, str | None], dict[str, dict[str, Any]]] = {}
    for row in map(_judged, judged):
        places.setdefault((row["asset_key"], row["partition"]), {})[row["check_name"]] = row
    for rows in places.values():
        planned = _numbers_of_planned(connection, rows)
        update = checks.update().where(checks.c.id == bindparam("number"))
        changed = [{**rows[check], "number": number} for check, number in planned]
        if changed:
            values: dict[str, Any] = {
                name: bindparam(name) for name in changed[0] if name != "number"
            }
            connection.execute(update.values(values), changed)
        known = {check for check, _ in planned}
        if added := [row for check, row in rows.items() if check not in known]:
            connection.execute(checks.insert(), added)


def _numbers_of_planned(
    connection: Connection, rows: dict[str, dict[str, Any]]
) -> list[tuple[str, int]]:
    """Return check and row number of what one run planned for one asset and edition."""
    from sqlalchemy import select

    checks = _tables().checks
    one = next(iter(rows.values()))
    query = select(checks.c.check_name, checks.c.id).where(
        checks.c.asset_key == one["asset_key"],
        checks.c.check_name.in_(rows),
        checks.c.run_id == one["run_id"],
        checks.c.partition.is_not_distinct_from(one["partition"]),
    )
    return [(check, number) for check, number in connection.execute(query)]
