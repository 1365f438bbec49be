"""Keep Dagster's connections open while a process writes many events.

Belongs here: that rule, for files and for Postgres. Does not: the engines of the files (`storage`),
Postgres itself (`postgres`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg


@contextmanager
def kept_connections(instance: dg.DagsterInstance) -> Iterator[None]:
    """Keep connections open from now on; those to files close at the end of the outermost call."""
    from pipelines.instance.postgres import database, keep_connections
    from pipelines.instance.sqlite import ENGINES

    with ENGINES.kept_open():
        if database():
            keep_connections(instance)
        yield
