"""Resources: what the assets need from outside, handed in so that tests can hand in their own."""

import dagster as dg

from warehouse.home import Home


class HomeResource(dg.ConfigurableResource):
    """The folders of this installation (`ACCESS_RECOVERY_HOME`)."""

    root: str = ""

    def get(self) -> Home:
        """The home configured, else the environment's."""
        from pathlib import Path

        return Home(Path(self.root)) if self.root else Home.from_environment()
