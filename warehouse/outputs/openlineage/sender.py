"""Sends lineage events to a service in the background, in order, and returns those that could not
be sent."""

from __future__ import annotations

import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import RunEvent

TIMEOUT = 3.0  # seconds in which at least one event must get through


class Sender:
    """Sends events one after another, and stops at the first that fails.

    A slow service delays only the end, and one that does not answer only by TIMEOUT; the thread is
    a daemon, so that it never keeps a process alive.
    """

    def __init__(self, client: OpenLineageClient) -> None:
        self.trouble: str | None = None
        self._client = client
        self._unsent: deque[RunEvent] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="lineage events", daemon=True)
        self._thread.start()

    def put(self, event: RunEvent) -> None:
        """Send an event after those before it."""
        with self._changed:
            self._unsent.append(event)
            self._changed.notify_all()

    def finish(self) -> list[RunEvent]:
        """Wait until all is sent, or for TIMEOUT without progress; return what was not sent, in
        order."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            while self._unsent and self.trouble is None:
                left = len(self._unsent)
                if not self._changed.wait_for(partial(self._moved, left), TIMEOUT):
                    self.trouble = f"gave no answer within {TIMEOUT:g} seconds"
        if self.trouble is None:
            self._thread.join(TIMEOUT)  # a transport may have a queue of its own
        return list(self._unsent)

    def _moved(self, left: int) -> bool:
        return len(self._unsent) < left or self.trouble is not None

    def _work(self) -> None:
        while (event := self._next()) is not None:
            try:
                self._client.emit(event)
            except Exception as error:  # whatever a transport raises
                self._done(reason(error))
            else:
                self._done(None)
        self._client.close(TIMEOUT)

    def _next(self) -> RunEvent | None:
        """Wait for the next event; None if there will be none, or none may be sent."""
        with self._changed:
            self._changed.wait_for(lambda: self._unsent or self._closed or self.trouble)
            return self._unsent[0] if self._unsent and not self.trouble else None

    def _done(self, trouble: str | None) -> None:
        with self._changed:
            self.trouble = self.trouble or trouble
            if not self.trouble:
                self._unsent.popleft()
            self._changed.notify_all()


def reason(error: Exception) -> str:
    """Describe an error without its own message, which may contain an address with keys."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return f"answered with HTTP status {status}"
    names = {one.__name__ for one in type(error).__mro__}
    if "Timeout" in names:
        return "gave no answer in time"
    if "ConnectionError" in names:
        return "could not be reached"
    return f"could not be used ({type(error).__name__})"


def address(transport: object) -> str:
    """Return a transport's address, without user, password or query."""
    url = getattr(transport, "url", None)
    if not isinstance(url, str):
        return f"the transport `{getattr(transport, 'kind', None) or 'unknown'}`"
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
