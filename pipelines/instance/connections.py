"""Keep Dagster's connections, to files or Postgres, open while a process writes many events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
