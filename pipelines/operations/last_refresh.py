"""The record of the last refresh, `state/refresh.json`: failures and refused files, since when.

Does not: refreshing (`refresh`), alerts (`pipelines.alerts`).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.base.home import Home

PLACE = "state/refresh.json"


class RefusedFile(BaseModel):
    """A refused file. `file`: its path in the landing folder; `name`: the same, or the member of a
    container that was refused."""

    model_config = ConfigDict(frozen=True)

    file: str
    name: str
    reason: str
    remedy: str
    since: datetime


class LastRefresh(BaseModel):
    """The result of the last refresh. `failing_since`: when the first of consecutive failed
    refreshes ended; None if the last one did not fail."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    failures: tuple[str, ...]
    refused: tuple[RefusedFile, ...]
    published: bool
    failing_since: datetime | None = None


def last_refresh(home: Home) -> LastRefresh | None:
    """Return the result of the last refresh; None if there is no record."""
    try:
        return LastRefresh.model_validate_json(home.store.read(PLACE))
    except (OSError, UnicodeError, ValidationError):
        return None


def still_refused(home: Home) -> list[RefusedFile]:
    """Return the files that were refused and are still in the landing folder."""
    last = last_refresh(home)
    return [one for one in last.refused if (home.landing / one.file).is_file()] if last else []


def remember(
    home: Home,
    failures: list[str],
    refused: list[tuple[str, str, str, str]],
    published: bool,
    now: datetime | None = None,
) -> None:
    """Record the result of a refresh. `refused`: file, name, reason, remedy.

    A record that can't be written (a full disk) is logged, and does not fail the refresh.
    """
    now = now or datetime.now(UTC).replace(microsecond=0)
    before = last_refresh(home)
    known = {one.name: one.since for one in before.refused} if before else {}
    failing = (before.failing_since if before else None) or now
    record = LastRefresh(
        at=now,
        failures=tuple(failures),
        refused=tuple(
            RefusedFile(
                file=file, name=name, reason=reason, remedy=remedy, since=known.get(name, now)
            )
            for file, name, reason, remedy in refused
        ),
        published=published,
        failing_since=failing if failures else None,
    )
    try:
        home.store.replace(PLACE, record.model_dump_json(indent=1) + "\n")
    except OSError as error:
        logging.getLogger(__name__).warning("%s can't be written: %s", home.root / PLACE, error)
