"""The storage that `dagster.yaml` names: SQLite files, or Postgres (`postgres`) if one is set.

Dagster's own SQLite storage makes an engine and connections for each event, and SQLite writes its
log into the file when the last one closes: half of a refresh's time. Here each file has one engine.
"""

from __future__ import annotations

import os
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from dagster import Field, StringSource
from dagster._config.config_schema import UserConfigSchema
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS, create_db_conn_string
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event, inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool, Pool, QueuePool, StaticPool

from pipelines.instance.event_batches import StoresTogether
from pipelines.instance.pools import LimitsPools
from pipelines.instance.postgres import database, open_postgres
from warehouse.base.home import Home

MOST = 16  # files open at once; each run has its own
BATCH = "1000"  # events


class Engines:
    """The engines of this process, one per SQLite file; the least recently used are removed.

    By default an engine keeps no connections, so that threads and forked processes may share it.
    """

    def __init__(self) -> None:
        self._made: OrderedDict[str, Engine] = OrderedDict()
        self._pool: type[Pool] = NullPool
        self._keepers = 0
        self._lock = Lock()

    def of(self, url: str) -> Engine:
        """Return the engine of a file."""
        with self._lock:
            if url not in self._made:
                self._made[url] = _engine(url, self._pool)
            self._made.move_to_end(url)
            while len(self._made) > MOST:
                _, oldest = self._made.popitem(last=False)
                oldest.dispose()
            return self._made[url]

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep connections open until the outermost call ends. Not for processes that fork."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._lock:
            before, self._keepers = self._keepers, self._keepers + more
            if 0 not in (before, self._keepers):
                return
            for made in self._made.values():
                made.dispose()
            self._made.clear()
            self._pool = QueuePool if self._keepers else NullPool


def _engine(url: str, pool: type[Pool]) -> Engine:
    timeout = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
    made = create_engine(url, poolclass=pool, connect_args=timeout)
    event.listen(made, "connect", _sync_rarely)
    return made


def _sync_rarely(connection: sqlite3.Connection, _: object) -> None:
    """Sync to disk only when SQLite writes its log (WAL) into the file, not at every event: a power
    cut may lose the last events, but not the file."""
    connection.execute("PRAGMA synchronous = NORMAL")


ENGINES = Engines()


def _make_tables(engine: Engine, statements: Callable[[], list[str]]) -> bool:
    """Run the statements, all or none, in a file without tables. Returns whether the file has the
    tables of a revision now."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if inspect(connection).get_table_names():
            return _has_revision(connection)
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        # Fails if another process has made the tables meanwhile.
        script = ["BEGIN IMMEDIATE", *statements(), "COMMIT"]
        try:
            for statement in script:
                connection.exec_driver_sql(statement)
        except BaseException:
            connection.connection.rollback()
            raise
    return True


def _has_revision(connection: Connection) -> bool:
    query = "SELECT count(*) FROM alembic_version"
    made = inspect(connection).has_table("alembic_version")
    return made and bool(connection.exec_driver_sql(query).scalar())


class EventLog(LimitsPools, StoresTogether, SqliteEventLogStorage):
    """Events: a file per run, and one shared by all runs."""

    def has_table(self, table_name: str) -> bool:
        """Whether the shared file has a table. Remembered, because Dagster asks for every check."""
        if table_name not in self._found:
            if not super().has_table(table_name):
                return False
            self._found.add(table_name)
        return True

    @cached_property
    def _found(self) -> set[str]:
        return set()

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """Make the tables of a file, if it has none. For a run's file Dagster would read all its
        migrations and look for each table, which took longer than a short run's events."""
        with suppress(OperationalError):  # another process made them: Dagster looks again
            if not for_index_shard and _make_tables(engine, lambda: self._statements):
                return
        super()._initdb(engine, for_index_shard)

    @cached_property
    def _statements(self) -> list[str]:
        """The statements that make what Dagster makes, without those of the transaction."""
        memory = create_engine("sqlite://", poolclass=StaticPool)
        super()._initdb(memory)
        with memory.connect() as connection:
            made: Any = connection.connection.driver_connection
            return list(made.iterdump())[1:-1]

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        engine = ENGINES.of(self.conn_string_for_shard(shard))
        with self._db_lock:
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection


class Runs(SqliteRunStorage):
    """Runs and their tags."""

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction on the file."""
        with ENGINES.of(self._conn_string).begin() as connection:
            yield connection


class Schedules(SqliteScheduleStorage):
    """Ticks of schedules and sensors, which the daemon writes every few seconds."""

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction on the file."""
        with ENGINES.of(self._conn_string).begin() as connection:
            yield connection


Kind = TypeVar("Kind", Runs, Schedules)


def _opened(kind: type[Kind], folder: Path, name: str) -> Kind:
    """Open a file, which Dagster makes if needed; it would read all its migrations each time."""
    url = create_db_conn_string(str(folder), name)
    with suppress(OperationalError), ENGINES.of(url).connect() as connection:  # no folder yet
        if _has_revision(connection):
            return kind(url)
    made: Any = kind.from_local(str(folder))
    return made  # type: ignore[no-any-return]


class Storage(DagsterSqliteStorage):
    """All storages in one folder, in the places that Dagster's own storage uses."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        history = Path(base_dir) / "history"
        self.base_dir = base_dir
        self._run_storage = _opened(Runs, history, "runs")
        self._event_log_storage = EventLog(str(history / "runs"))
        self._schedule_storage = _opened(Schedules, Path(base_dir) / "schedules", "schedules")
        self._inst_data = inst_data
        # Not the parent's __init__, which would open the files with Dagster's own classes.
        super(DagsterSqliteStorage, self).__init__()  # type: ignore[no-untyped-call]

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Return the schema: `base_dir`, optional."""
        return {"base_dir": Field(StringSource, is_required=False)}

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> DagsterStorage:
        """Return storage in Postgres if the environment names a database, else in `base_dir`, else
        in `DAGSTER_HOME`, else (`dagster dev`) in the home. Raises `postgres.Unusable`."""
        # Dagster then gives the events that a run plans as one batch; each process reads it anew.
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", BATCH)
        if url := database():
            return open_postgres(url, inst_data)
        folder = config_value.get("base_dir") or os.environ.get("DAGSTER_HOME")
        return cls(folder or str(Home.from_environment().dagster), inst_data)
