"""Pools, each of which allows one run at a time: the refresh, and each publisher's host.

Belongs here: setting limits before the first run. Does not: the limit itself (`dagster.yaml`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagster._core.storage.event_log import EventLogStorage
    from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

    Log = SqlEventLogStorage
else:
    Log = object  # Dagster is loaded on use


def pools() -> list[str]:
    """Return the names of all pools."""
    from assets.feed_assets import POOL
    from assets.fetch_assets import publisher
    from warehouse.contract.model import contracts

    looked_up = [c for c in contracts().values() if c.discovery and c.discovery.looked_up]
    return [POOL, *sorted({publisher(contract) for contract in looked_up})]


def limit_pools(log: EventLogStorage) -> None:
    """Give each pool without a limit the instance's default; limits set by a person stay."""
    known = {pool.name for pool in log.get_pool_limits()}
    for pool in pools():
        if pool not in known:
            log.initialize_concurrency_limit_to_default(pool)


class LimitsPools(Log):
    """Mixed into Dagster's event log: limits the pools before the first run."""

    _limited = False

    def get_concurrency_keys(self) -> set[str]:
        """Return pools with a limit. Dagster's queue calls this before it limits new pools, and
        would otherwise launch all their runs at once."""
        if not self._limited and self.has_instance:
            limit_pools(self)
            self._limited = True
        return super().get_concurrency_keys()
