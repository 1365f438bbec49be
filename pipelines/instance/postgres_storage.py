"""Dagster's storage in Postgres, with our limits of pools.

Does not: which database it is (`postgres`). A separate module, because it loads Dagster.
"""

from __future__ import annotations

from dagster._serdes import ConfigurableClassData
from dagster_postgres.event_log import PostgresEventLogStorage
from dagster_postgres.storage import DagsterPostgresStorage

from pipelines.instance.pools import LimitsPools


class PostgresEventLog(LimitsPools, PostgresEventLogStorage):
    """Events, in a database."""


class PostgresStorage(DagsterPostgresStorage):
    """All storages in one database."""

    def __init__(self, url: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(url, inst_data=inst_data)
        self._event_log_storage = PostgresEventLog(url)
