"""Delete Dagster's runs so that no byte of their events, which may quote a purged file, is left.

Does not: which runs checked the file (`purge_files`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from pipelines.instance.postgres import autocommitting, database
from pipelines.job_names import PUBLISH_JOB, REFRESH_JOB
from warehouse.base.errors import Refusal
from warehouse.base.exit_status import IN_PART
from warehouse.base.home import Home
from warehouse.base.sql import open_sqlite

if TYPE_CHECKING:
    from dagster import DagsterInstance

TIMEOUT = 30  # seconds to wait for other programs that have the database open
ANY_ASSETS = "__ASSET_JOB"  # Dagster's name for runs started by hand in the UI
HISTORY = "dagster/history"
SUFFIXES = ("", "-wal", "-shm", "-journal")

# Dagster also keeps check executions, and each asset's newest materialisation: replaced by the
# newest that remains.
FORGET = (
    "DELETE FROM asset_check_executions WHERE run_id IN :runs",
    "DELETE FROM event_logs WHERE run_id IN :runs",
    """UPDATE asset_keys SET cached_status_data = NULL,
        last_materialization = (SELECT event FROM event_logs AS e
            WHERE e.asset_key = asset_keys.asset_key
              AND e.dagster_event_type = 'ASSET_MATERIALIZATION' ORDER BY e.id DESC LIMIT 1),
        last_run_id = (SELECT run_id FROM event_logs AS e
            WHERE e.asset_key = asset_keys.asset_key
              AND e.dagster_event_type = 'ASSET_MATERIALIZATION' ORDER BY e.id DESC LIMIT 1)
        WHERE last_run_id IN :runs""",
)
REWRITTEN = ("event_logs", "asset_keys", "asset_check_executions", "runs", "run_tags")


class InUse(Refusal):
    """Another program has locked Dagster's databases."""

    exit_status = IN_PART


def forget_runs(
    home: Home, runs: set[str], jobs: Iterable[str], since: datetime, until: datetime
) -> int:
    """Delete these runs, and those of these jobs and failed publications between two times, with
    their events; returns their number.

    An interrupted job has no check results, but may have quoted cells. Raises InUse if another
    program has locked the databases.
    """
    try:
        return _forget_runs(home, runs, jobs, since, until)
    except (sqlite3.OperationalError, SQLAlchemyError) as error:
        raise InUse(
            f"Dagster's databases are in use ({error}).",
            "The mart has already been published without the file. Stop `make ui`, then run the "
            "same command again to finish.",
        ) from error


def _refreshes(instance: DagsterInstance, since: datetime, until: datetime) -> set[str]:
    """Return the daemon's refreshes that were active between two times: their messages may quote
    cells."""
    from dagster import DagsterRunStatus as Status
    from dagster import RunsFilter

    ended = RunsFilter(
        job_name=REFRESH_JOB,
        statuses=[Status.SUCCESS, Status.FAILURE, Status.CANCELED],
        updated_after=since,
        created_before=until,
    )
    return {record.dagster_run.run_id for record in instance.get_run_records(ended)}


def _forget_runs(
    home: Home, runs: set[str], jobs: Iterable[str], since: datetime, until: datetime
) -> int:
    postgres = database()
    if postgres is None and not home.store.names(HISTORY):
        return 0
    from dagster import DagsterRunStatus, RunsFilter

    from pipelines.instance.prepare import open_instance

    names = {*jobs, ANY_ASSETS}
    with open_instance(home) as instance:
        for record in instance.get_run_records(
            RunsFilter(created_after=since, created_before=until)
        ):
            run = record.dagster_run
            failed = run.job_name == PUBLISH_JOB and run.status != DagsterRunStatus.SUCCESS
            if run.job_name in names or failed:
                runs = runs | {run.run_id}
        runs = runs | _refreshes(instance, since, until)
        there = sorted(run for run in runs if instance.has_run(run))
        for run_id in there:
            instance.delete_run(run_id)
    if postgres:
        _forget_in_postgres(postgres, sorted(runs))
        home.store.delete_all(HISTORY)  # from before Postgres, and no longer read
        return len(there)
    _forget_index(home, sorted(runs))
    for key in run_files(home, runs):
        home.store.delete(key)
    for key in home.store.list_keys("dagster", ".db"):
        _vacuum(home, key)
    return len(there)


def _forget_in_postgres(url: URL, runs: list[str]) -> None:
    """Delete the events of runs, then rewrite the tables without them."""
    with autocommitting(url).connect() as db:
        db.execute(text(f"SET lock_timeout = '{TIMEOUT}s'"))
        for statement in FORGET:
            several = text(statement).bindparams(bindparam("runs", expanding=True))
            db.execute(several, {"runs": runs})
        for table in REWRITTEN:
            db.execute(text(f"VACUUM FULL {table}"))


def run_files(home: Home, runs: Iterable[str]) -> list[str]:
    """Return keys of the SQLite files of runs; none if events are in Postgres."""
    wanted = {f"{HISTORY}/runs/{run_id}.db{suffix}" for run_id in runs for suffix in SUFFIXES}
    return sorted(wanted.intersection(home.store.list_keys(f"{HISTORY}/runs")))


def _forget_index(home: Home, runs: list[str]) -> None:
    key = f"{HISTORY}/runs/index.db"
    if not home.store.exists(key):
        return
    index = home.store.local_copy(key)
    marks = f"({', '.join('?' * len(runs))})"
    with open_sqlite(index, TIMEOUT) as db, db:
        for statement in FORGET:
            db.execute(statement.replace(":runs", marks), runs)


def _vacuum(home: Home, key: str) -> None:
    """Rewrite a database without deleted data, which SQLite otherwise keeps in free pages."""
    with open_sqlite(home.store.local_copy(key), TIMEOUT) as db:
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
