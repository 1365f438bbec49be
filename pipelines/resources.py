"""Dagster resources of the assets."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.instance import connections
from warehouse.base.home import Home


class HomeResource(dg.ConfigurableResource):
    """The folders of this installation (`ACCESS_RECOVERY_HOME`)."""

    root: str = ""

    def get(self) -> Home:
        """Return the home configured, else the environment's."""
        return Home(Path(self.root)) if self.root else Home.from_environment()


@dg.resource(description="Dagster's connections, open for the length of a run.")
def kept_connections(context: dg.InitResourceContext) -> Iterator[None]:
    """Keep connections open for assets that write many events."""
    if context.instance is None:
        yield
        return
    with connections.kept_connections(context.instance):
        yield
