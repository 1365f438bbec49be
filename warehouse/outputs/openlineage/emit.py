"""Delivery of lineage events: to the service in OpenLineage's own settings, otherwise to files in
the home. An error in an event never breaks a refresh."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.base.home import Home
from warehouse.outputs.openlineage.keep import PLACE, keep
from warehouse.outputs.openlineage.sender import Sender, address, reason

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent

NAMESPACE_VARIABLE = "OPENLINEAGE_NAMESPACE"
NAMESPACE = "access-recovery"
MEND = (
    "Check OPENLINEAGE_URL, OPENLINEAGE_CONFIG or openlineage.yml; OPENLINEAGE_DISABLED=true "
    "turns events off."
)

# Homes whose service did not answer, with the error: no further event is sent, and it is reported
# once.
_troubles: dict[Path, str] = {}


def namespace() -> str:
    """Return the namespace of our jobs, and of what the program itself holds."""
    return os.environ.get(NAMESPACE_VARIABLE) or NAMESPACE


def is_disabled() -> bool:
    """Whether OpenLineage's own switch turns events off."""
    return os.environ.get("OPENLINEAGE_DISABLED", "").strip().lower() == "true"


def forget_trouble(home: Home) -> None:
    """Try the service again, for a new refresh."""
    _troubles.pop(home.root, None)


def trouble_of(home: Home) -> str | None:
    """Return why events of this home could not be delivered; None if they were."""
    return _troubles.get(home.root)


class Emitter:
    """Sends events to their destination, and to files of the home if that fails. Raises nothing."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._sender: Sender | None = None
        self._address = ""
        try:
            self._open()
        except Exception as error:  # whatever a misread configuration raises
            self._report(f"The configuration of OpenLineage {reason(error)}.")

    @property
    def home(self) -> Home:
        """The home that events are about."""
        return self._home

    def _open(self) -> None:
        quiet()
        from openlineage.client import OpenLineageClient

        if self._home.root in _troubles:
            return
        client = OpenLineageClient()
        chosen = (client.config.transport or {}).get("type")
        if client.transport.kind != "console" or chosen == "console":
            self._address = address(client.transport)
            self._sender = Sender(client)
        elif named := os.environ.get("OPENLINEAGE_CONFIG"):
            self._report(f"OPENLINEAGE_CONFIG is {named}, which defines no readable transport.")

    def emit(self, event: RunEvent) -> None:
        """Send an event, or store it."""
        if self._sender and self._home.root not in _troubles:
            self._sender.put(event)
        else:
            self._keep([event])

    def close(self) -> None:
        """Wait briefly for events on their way; store undelivered ones."""
        if self._sender is None:
            return
        self._keep(self._sender.finish())
        if self._sender.trouble:
            self._report(f"{self._address} {self._sender.trouble}.")

    @contextmanager
    def never_failing(self) -> Iterator[None]:
        """Report errors in sending, and continue."""
        try:
            yield
        except Exception as error:  # an error in lineage must not fail a refresh
            self._report(f"An event {reason(error)}.")

    def _keep(self, events: list[RunEvent]) -> None:
        try:
            for event in events:
                keep(self._home, event)
        except Exception as error:  # a full disk stops the refresh elsewhere, if it must
            self._report(f"{self._home.root / PLACE} {reason(error)}.")

    def _report(self, what: str) -> None:
        stored = f"Lineage events are stored in {self._home.root / PLACE} instead. {MEND}"
        _troubles.setdefault(self._home.root, f"{what} {stored}")


@contextmanager
def emitting(home: Home, warn: Callable[[str], None]) -> Iterator[Emitter | None]:
    """Give an emitter for the events of one step; None where events are turned off. `warn` is
    called with the reason if they could not be delivered."""
    if is_disabled():
        yield None
        return
    emitter = Emitter(home)
    try:
        yield emitter
    finally:
        emitter.close()
        if trouble := trouble_of(home):
            warn(trouble)


def quiet() -> None:
    """Silence the client's log unless it was requested: it quotes unreadable settings, keys
    included."""
    if not os.environ.get("OPENLINEAGE_CLIENT_LOGGING"):
        logging.getLogger("openlineage").setLevel(logging.CRITICAL + 1)
