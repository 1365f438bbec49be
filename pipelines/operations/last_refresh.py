"""The outcome of the last refresh, remembered: what failed and which files were refused.

Belongs here: `state/refresh.json`, written whole, and since when it is so. Does not: refreshing
(`pipelines.operations.refresh`), telling people (`pipelines.alerts`).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.base.home import Home

PLACE = "state/refresh.json"


class RefusedFile(BaseModel):
    """What was not taken, `since` when, and what to do. `file`: its path in the landing folder;
    `name`: the same, or what of that file was refused."""

    model_config = ConfigDict(frozen=True)

    file: str
    name: str
    reason: str
    remedy: str
    since: datetime


class LastRefresh(BaseModel):
    """What the last refresh came to. `failing_since`: when the first of an unbroken row of failed
    refreshes ended; None if this one did not fail."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    failures: tuple[str, ...]
    refused: tuple[RefusedFile, ...]
    published: bool
    failing_since: datetime | None = None


def last_refresh(home: Home) -> LastRefresh | None:
    """What the last refresh came to; None if none is remembered."""
    try:
        return LastRefresh.model_validate_json(home.store.read(PLACE))
    except (OSError, UnicodeError, ValidationError):
        return None


def remember(
    home: Home,
    failures: list[str],
    refused: list[tuple[str, str, str, str]],
    published: bool,
    now: datetime | None = None,
) -> None:
    """Remember what a refresh came to. `refused`: file, name, reason, remedy.

    Raises nothing: what can't be remembered (a full disk) must not cost anybody a refresh.
    """
    now = now or datetime.now(UTC).replace(microsecond=0)
    before = last_refresh(home)
    known = {one.name: one.since for one in before.refused} if before else {}
    failing = (before.failing_since if before else None) or now
    told = LastRefresh(
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
        home.store.replace(PLACE, told.model_dump_json(indent=1) + "\n")
    except OSError as error:
        logging.getLogger(__name__).warning("%s can't be written: %s", home.root / PLACE, error)
