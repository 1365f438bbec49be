"""Dagster's storage in Postgres, with our limits of pools.

Does not: which database it is (`postgres`). A separate module, because it loads Dagster.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster._serdes import ConfigurableClassData
from dagster_postgres.event_log import PostgresEventLogStorage
from dagster_postgres.storage import DagsterPostgresStorage
from sqlalchemy.engine import Connection

from pipelines.instance.event_batches import StoresTogether
from pipelines.instance.pools import LimitsPools


class PostgresEventLog(LimitsPools, StoresTogether, PostgresEventLogStorage):
    """Events, in a database."""

    @contextmanager
    def batch_transaction(self) -> Iterator[Connection]:
        """Begin a transaction; Dagster's own connections commit every statement."""
        with self.index_connection() as connection:
            kept = connection.execution_options(isolation_level="READ COMMITTED")
            with kept.begin():
                yield kept


class PostgresStorage(DagsterPostgresStorage):
    """All storages in one database."""

    def __init__(self, url: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(url, inst_data=inst_data)
        self._event_log_storage = PostgresEventLog(url)
