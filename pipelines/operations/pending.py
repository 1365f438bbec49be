"""What is to be refreshed, cheaply enough to ask every minute.

Belongs here: what the sensor on new editions decides. Does not: the plan itself
(`pipelines.operations.refresh`), the landing folder (`pipelines.operations.landing`).

Most of what a refresh rests on is written once, so names tell whether there is anything new; what
is replaced is small and is read. Only if something changed, the plan is made.
"""

from __future__ import annotations

import hashlib
import time
from typing import NamedTuple

from checks.runner import check_version
from pipelines.operations.cursor import AGAIN_AFTER, Cursor
from pipelines.operations.refresh import mart_is_current, plan
from warehouse.archive.source_files import Archive
from warehouse.base.home import SETTINGS, Home
from warehouse.base.keys import EditionKey
from warehouse.contract.model import contracts
from warehouse.outputs.pages.paths import are_whole
from warehouse.publication.build import mart_fingerprint, mart_version
from warehouse.transform.lake import version_of

WRITTEN_ONCE = tuple(
    f"archive/{name}" for name in ("records", "decisions", "tombstones", "publications")
)
# What was made of files may be lost.
MADE = ("lake", "quarantine", "docs")
REPLACED = ("lake/editions/", "lake/tidy/")  # states of editions, facts of files


class RememberedRefresh(Cursor):
    """What the sensor remembers: the state in which nothing was to be done; and what it asked for
    last, when, and how many times."""

    done: str = ""
    asked: str = ""
    asked_at: float = 0
    times: int = 0


class Work(NamedTuple):
    """What is to be done: in words, and a digest of the editions and their files."""

    words: str
    digest: str


class RefreshDecision(NamedTuple):
    """What the sensor decided: the key of a run, None if there is none; and why."""

    run_key: str | None
    why: str
    remembered: RememberedRefresh


def look_at(
    home: Home, remembered: RememberedRefresh, now: float, cut_short: bool = False
) -> RefreshDecision:
    """Whether to refresh: an edition is pending, or the mart does not rest on what is accepted.

    The same work is asked for once; if that failed, again after an hour; at once if the machine
    went down meanwhile (`cut_short`).
    """
    state = state_of(home)
    nothing = "Nothing new in the archive, and the mart is current"
    if state == remembered.done:
        return RefreshDecision(None, nothing, remembered)
    work = pending(home)
    if work is None:
        return RefreshDecision(None, nothing, RememberedRefresh(done=state))
    again = work.digest == remembered.asked
    if again and not cut_short and now - remembered.asked_at < AGAIN_AFTER:
        return RefreshDecision(
            None, f"{work.words}: tried, and retried within the hour", remembered
        )
    times = remembered.times + 1 if again else 1
    asked = RememberedRefresh(asked=work.digest, asked_at=now, times=times)
    # The hour for whoever clears the cursor: a run key is good for one run, for ever.
    hour = time.strftime("%Y-%m-%d %H", time.gmtime(now))
    return RefreshDecision(f"{work.digest} {hour} {times}", work.words, asked)


def pending(home: Home) -> Work | None:
    """What a refresh would do; None if nothing."""
    batches = plan(home)
    editions = [(batch.feed, edition) for batch in batches for edition in batch.editions]
    if editions:
        wanted = set(editions)
        lines = [
            f"{file.feed} {file.edition} {file.sha256}"
            for file in Archive(home).active_files()
            if EditionKey.of(file) in wanted
        ]
        feed, edition = editions[0]
        more = f" and {len(editions) - 1} more" if len(editions) > 1 else ""
        return Work(f"{feed} {edition}{more} to be processed", _digest("editions", lines))
    if not mart_is_current(home):
        return Work("The mart is to be built anew", _digest("mart", [mart_fingerprint(home)]))
    if not are_whole(home):
        return Work("Pages about the mart are lost", _digest("pages", [mart_fingerprint(home)]))
    return None


def _digest(what: str, lines: list[str]) -> str:
    return f"{what} {_hash(lines)}"


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def state_of(home: Home) -> str:
    """Changes with whatever a plan rests on: records, decisions, verdicts, what was made of files,
    settings, the mart, and the code."""
    told = [mart_version(), *(f"{version_of(one)} {check_version(one)}" for one in contracts())]
    keys = [key for prefix in (*WRITTEN_ONCE, *MADE) for key in home.store.list_keys(prefix)]
    told += keys
    replaced = [key for key in keys if key.startswith(REPLACED) and key.endswith(".json")]
    told += [f"{key} {home.store.version(key)}" for key in (*replaced, SETTINGS)]
    return _hash([*told, f"{home.has_mart}"])
