"""Dagster resources of the assets."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import dagster as dg

from pipelines.instance.connections import kept_connections, stored_together
from warehouse.base.home import Home


class HomeResource(dg.ConfigurableResource):
    """The folders of this installation (`ACCESS_RECOVERY_HOME`)."""

    root: str = ""

    def get(self) -> Home:
        """Return the home configured, else the environment's."""
        return Home(Path(self.root)) if self.root else Home.from_environment()


class DagsterEvents:
    """How assets write many events."""

    def __init__(self, instance: dg.DagsterInstance | None) -> None:
        self._instance = instance

    def together(self) -> AbstractContextManager[None]:
        """Store the events logged within at once."""
        return stored_together(self._instance) if self._instance else nullcontext()


@dg.resource(description="Dagster's events, through connections open for the length of a run.")
def dagster_events(context: dg.InitResourceContext) -> Iterator[DagsterEvents]:
    """Keep connections open for assets that write many events."""
    instance = context.instance
    with kept_connections(instance) if instance else nullcontext():
        yield DagsterEvents(instance)
