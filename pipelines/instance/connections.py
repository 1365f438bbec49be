"""Writing many of Dagster's events: connections, to files or Postgres, kept open, and batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg


@contextmanager
def kept_connections(instance: dg.DagsterInstance) -> Iterator[None]:
    """Keep connections open; those to files close at the end of the outermost call."""
    from pipelines.instance.postgres import database, keep_connections
    from pipelines.instance.sqlite import ENGINES

    with ENGINES.kept_open():
        if database():
            keep_connections(instance)
        yield


@contextmanager
def stored_together(instance: dg.DagsterInstance) -> Iterator[None]:
    """Store the events logged within as one batch, unless a site uses another storage than ours."""
    from pipelines.instance.event_batches import StoresTogether

    log = instance.event_log_storage
    with log.together() if isinstance(log, StoresTogether) else nullcontext():
        yield
