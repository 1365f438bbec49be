"""The journal of looks: every time an edition was looked for at its publisher, and what was found.

Belongs here: `archive/looks.jsonl`, a line per look, added to and never changed. Does not: looking
(`fetch`), what is told of it (`pipelines.cli`, `pipelines.alerts`).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Literal, get_args

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warehouse.base.home import Home

Verdict = Literal["new", "unchanged", "not yet", "unreachable", "not found", "ambiguous", "refused"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Look(BaseModel):
    """One look at one edition of one feed.

    `verdict`: `new` (something was archived), `unchanged` (all that is published is archived), `not
    yet` (nothing is published), `unreachable` (the network, or the publisher), `not found` (the
    page is there, the file is not), `ambiguous` (two files fit), `refused` (what came is not that
    edition). `message` says more, `remedy` what a person can do; a `new` one has a remedy too if
    part of it was refused. `page`: where its links were seen; `url`: the address that the verdict
    is about; `files`: names of the published files that are archived. `run_id`: of Dagster's run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

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
        """Whether somebody should do something about it."""
        return bool(self.remedy) or self.verdict in ("not found", "ambiguous", "refused")


def note(home: Home, look: Look) -> None:
    """Add a look to the journal. A line that a killed process left unfinished stays unread."""
    home.looks.parent.mkdir(parents=True, exist_ok=True)
    home.state.mkdir(parents=True, exist_ok=True)
    line = look.model_dump_json().encode()
    with FileLock(home.state / "looks.lock"), home.looks.open("a+b") as out:
        if out.tell():
            out.seek(-1, os.SEEK_END)
            line = line if out.read(1) == b"\n" else b"\n" + line
        out.write(line + b"\n")


def looks(home: Home) -> list[Look]:
    """All looks, in order."""
    if not home.looks.exists():
        return []
    found = []
    for line in home.looks.read_bytes().splitlines():
        try:
            found.append(Look.model_validate_json(line))
        except ValidationError:  # cut short by a full disk or a killed process
            continue
    return found


def newest_looks(home: Home) -> dict[tuple[str, str], Look]:
    """The newest look at each edition, by feed and edition."""
    return {(look.feed, look.edition): look for look in looks(home)}
