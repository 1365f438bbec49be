"""What there is to refresh, found cheaply enough to check every minute.

Belongs here: what the sensor on new editions decides. Does not: the plan itself
(`pipelines.operations.refresh`), the landing folder (`pipelines.operations.landing`).

Most inputs of a refresh are written once, so their names show whether there is anything new; the
few that are replaced are small and are read. The plan is made only if something changed.
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
# Derived files may be lost.
MADE = ("lake", "quarantine", "docs")
REPLACED = ("lake/editions/", "lake/tidy/")  # states of editions, facts of files


class RememberedRefresh(Cursor):
    """The sensor's memory: the state in which there was nothing to do; and its last request, when,
    and how many times."""

    done: str = ""
    asked: str = ""
    asked_at: float = 0
    times: int = 0


class Work(NamedTuple):
    """What there is to do: in words, and a digest of the editions and their files."""

    words: str
    digest: str


class RefreshDecision(NamedTuple):
    """The sensor's decision: the key of a run, None if there is none; and why."""

    run_key: str | None
    why: str
    remembered: RememberedRefresh


def look_at(
    home: Home, remembered: RememberedRefresh, now: float, cut_short: bool = False
) -> RefreshDecision:
    """Decide whether to refresh: an edition is pending, or the mart does not use what is accepted.

    The same work is requested once; if that failed, again after an hour; at once if the machine
    went down in the meantime (`cut_short`).
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
    # The hour lets the same work run again after the cursor is cleared: Dagster uses each run
    # key once.
    hour = time.strftime("%Y-%m-%d %H", time.gmtime(now))
    return RefreshDecision(f"{work.digest} {hour} {times}", work.words, asked)


def pending(home: Home) -> Work | None:
    """Return what a refresh would do; None if nothing."""
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
    """Return a state that changes with any input of a plan: records, decisions, verdicts, derived
    files, settings, the mart, and the code."""
    told = [mart_version(), *(f"{version_of(one)} {check_version(one)}" for one in contracts())]
    keys = [key for prefix in (*WRITTEN_ONCE, *MADE) for key in home.store.list_keys(prefix)]
    told += keys
    replaced = [key for key in keys if key.startswith(REPLACED) and key.endswith(".json")]
    told += [f"{key} {home.store.version(key)}" for key in (*replaced, SETTINGS)]
    return _hash([*told, f"{home.has_mart}"])
