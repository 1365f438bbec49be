"""The journal of lookups, `archive/looks`: each lookup of an edition, and its result. Not here:
looking up (`fetch`), what is shown of it (`pipelines.cli`, `pipelines.alerts`)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from pydantic import Field, ValidationError

from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.strict import Strict
from warehouse.journal import Fields, Journal

Verdict = Literal["new", "unchanged", "not yet", "unreachable", "not found", "ambiguous", "refused"]


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Lookup(Strict):
    """One lookup of one edition of one feed.

    `verdict`: `new` (something was archived), `unchanged` (everything published is archived), `not
    yet` (not published), `unreachable` (the network or the publisher), `not found` (a page without
    the file), `ambiguous` (two files match), `refused` (the file is not that edition). `remedy`:
    what a person can do, also for a `new` one if part of it was refused. `page`: with its links;
    `url`: the address that the verdict is about; `files`: names of the published files that are
    archived; `run_id`: of Dagster's run.
    """

    at: datetime = Field(default_factory=_now)
    feed: str
    edition: str
    verdict: Verdict
    message: str = ""
    remedy: str = ""
    page: str | None = None
    url: str | None = None
    files: tuple[str, ...] = ()
    run_id: str | None = None

    @property
    def wants_a_person(self) -> bool:
        """Whether it needs a person."""
        return bool(self.remedy) or self.verdict in ("not found", "ambiguous", "refused")


def note(home: Home, look: Lookup) -> None:
    """Add a lookup to the journal."""
    _journal(home).add(look.model_dump_json())


def lookups(home: Home) -> list[Lookup]:
    """All lookups, in order."""
    return [look for entry in _journal(home).entries() if (look := _read(entry))]


def newest_lookups(home: Home) -> dict[EditionKey, Lookup]:
    """The newest lookup of each edition, by feed and edition, in the order of lookups."""
    newest = (look for entry in _journal(home).newest() if (look := _read(entry)))
    return {EditionKey.of(look): look for look in newest}


def _journal(home: Home) -> Journal:
    def label(look: Fields) -> str:
        return f"{look['feed']}-{look['edition']}"

    return Journal(home.store, "archive/looks", "at", label)


@lru_cache(maxsize=65536)
def _read(entry: str) -> Lookup | None:
    """Parse a lookup; None for one in an unknown form."""
    try:
        return Lookup.model_validate_json(entry)
    except ValidationError:
        return None
