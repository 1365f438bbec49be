"""Housekeeping: remove files that are not needed (`housekeeping_files`), and Dagster's old runs.

A run stays while it has the newest materialisation of an asset's partition, or the newest result of
a check on one. All other records of ours are in the archive, not only in Dagster.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from pipelines.instance.postgres import database
from pipelines.operations.housekeeping_files import Waste, find_waste, remove
from pipelines.operations.purge_runs import FORGET, HISTORY, run_files
from warehouse.base.home import Home
from warehouse.base.lock import Say, alone
from warehouse.base.sql import open_sqlite
from warehouse.settings import read_settings

if TYPE_CHECKING:
    import dagster as dg

UNEVENTFUL_KEPT = timedelta(days=14)  # runs that succeeded without a materialisation
AT_ONCE = 500  # most runs deleted by one housekeeping

NEWEST = (
    """SELECT DISTINCT run_id FROM event_logs WHERE id IN (
        SELECT max(id) FROM event_logs
        WHERE asset_key IS NOT NULL AND dagster_event_type = 'ASSET_MATERIALIZATION'
        GROUP BY asset_key, partition)""",
    """SELECT DISTINCT run_id FROM asset_check_executions WHERE id IN (
        SELECT max(id) FROM asset_check_executions GROUP BY asset_key, check_name, partition)""",
)
MATERIALISING = """SELECT DISTINCT run_id FROM event_logs
    WHERE dagster_event_type = 'ASSET_MATERIALIZATION'"""


@dataclass(frozen=True)
class Done:
    """What was removed, or would be. `waste`: files; `runs`: number of Dagster runs; `run_bytes`:
    size of their files, 0 in Postgres."""

    waste: list[Waste] = field(default_factory=list)
    runs: int = 0
    run_bytes: int = 0

    @property
    def bytes(self) -> int:
        """Return the space freed."""
        return sum(one.bytes for one in self.waste) + self.run_bytes


def housekeep(
    home: Home,
    dry_run: bool = False,
    say: Say = lambda _: None,
    wait: bool = True,
    now: datetime | None = None,
) -> Done:
    """Remove what is no longer needed; `dry_run`: only list it.

    Raises Busy if a refresh is running and `wait` is False, ValueError for unreadable settings or
    records.
    """
    now = now or datetime.now(UTC)
    if dry_run:
        return _housekeep(home, True, now)
    with alone(home, say, wait):
        return _housekeep(home, False, now)


def _housekeep(home: Home, dry_run: bool, now: datetime) -> Done:
    waste = find_waste(home)
    if not dry_run:
        remove(home, waste)
    if database() is None and not home.store.names(HISTORY):
        return Done(waste)
    from pipelines.instance.prepare import open_instance

    with open_instance(home) as instance:
        runs = old_runs(instance, now, timedelta(days=read_settings(home).keep_runs_days))
        size = sum(map(home.store.size, run_files(home, runs)))
        if not dry_run:
            delete_runs(home, instance, runs)
    return Done(waste, len(runs), size)


def old_runs(instance: dg.DagsterInstance, now: datetime, age: timedelta) -> list[str]:
    """Return ids of runs to delete: ended, older than `age`, and without a newest event. Those
    that succeeded and materialised nothing have a shorter limit, and come first."""
    from dagster import DagsterRunStatus, RunsFilter

    ended = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
    sooner = now - min(age, UNEVENTFUL_KEPT)
    records = instance.get_run_records(RunsFilter(statuses=ended, created_before=sooner))
    if not records:
        return []
    with instance.event_log_storage.index_connection() as db:  # type: ignore[attr-defined]
        newest = {run for query in NEWEST for (run,) in db.execute(text(query))}
        making = {run for (run,) in db.execute(text(MATERIALISING))}
    empty, full = [], []
    for one in sorted(records, key=lambda one: one.create_timestamp):
        run, is_old = one.dagster_run, one.create_timestamp < now - age
        if run.run_id in newest:
            continue
        if run.run_id in making:
            full += [run.run_id] if is_old else []
        elif is_old or run.status == DagsterRunStatus.SUCCESS:
            empty.append(run.run_id)
    return [*empty, *full][:AT_ONCE]


def delete_runs(home: Home, instance: dg.DagsterInstance, runs: list[str]) -> None:
    """Delete runs, their events, and what Dagster itself would leave of them."""
    if not runs:
        return
    for run_id in runs:
        instance.delete_run(run_id)
    checks = text(FORGET[0].replace("IN :runs", "= :run"))
    with instance.event_log_storage.index_connection() as db:  # type: ignore[attr-defined]
        for run_id in runs:
            db.execute(checks, {"run": run_id})
    for key in run_files(home, runs):
        home.store.delete(key)
    for key in home.store.list_keys(HISTORY, ".db"):
        path = home.store.local_copy(key)
        # If another program has it open, the space is freed next time.
        with suppress(sqlite3.OperationalError), open_sqlite(path, 1) as db:
            db.execute("VACUUM")
