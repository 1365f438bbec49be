"""Whether there is anything to refresh, found cheaply enough to check every minute.

Does not: the plan (`refresh`), the landing folder (`landing`). Most inputs are written once, so
their names show changes; the few that are replaced are small and are read.
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
from warehouse.outputs.page_paths import are_whole
from warehouse.publication.build import mart_fingerprint, mart_version
from warehouse.transform.lake import version_of

WRITTEN_ONCE = tuple(
    f"archive/{name}" for name in ("records", "decisions", "tombstones", "publications")
)
# Derived files, which may be lost.
MADE = ("lake", "quarantine", "docs")
REPLACED = ("lake/editions/", "lake/tidy/")  # states of editions, facts of files


class RememberedRefresh(Cursor):
    """The sensor's state: the home's state without anything to do (`done`); the last request, when,
    and how many times."""

    done: str = ""
    asked: str = ""
    asked_at: float = 0
    times: int = 0


class Work(NamedTuple):
    """What there is to do, and a digest of the editions and their files."""

    words: str
    digest: str


class RefreshDecision(NamedTuple):
    """The sensor's decision: the key of a run, or None; and why."""

    run_key: str | None
    why: str
    remembered: RememberedRefresh


def look_at(
    home: Home, remembered: RememberedRefresh, now: float, cut_short: bool = False
) -> RefreshDecision:
    """Request a refresh if an edition is pending or the mart is not current.

    The same work is requested again after an hour, or at once if the refresh was interrupted
    (`cut_short`).
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
        why = f"{work.words}: requested, and retried within the hour"
        return RefreshDecision(None, why, remembered)
    times = remembered.times + 1 if again else 1
    asked = RememberedRefresh(asked=work.digest, asked_at=now, times=times)
    # Dagster uses each run key once: with the hour, the same work can run again after the cursor
    # is cleared.
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
        return Work(f"{feed} {edition}{more} to be processed", f"editions {_hash(lines)}")
    if not mart_is_current(home):
        return Work("The mart is to be rebuilt", f"mart {_hash([mart_fingerprint(home)])}")
    if not are_whole(home):
        return Work("Pages about the mart are missing", f"pages {_hash([mart_fingerprint(home)])}")
    return None


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def state_of(home: Home) -> str:
    """Return a hash that changes with any input of a plan: records, decisions, verdicts, derived
    files, settings, the mart, and the code."""
    lines = [mart_version(), *(f"{version_of(one)} {check_version(one)}" for one in contracts())]
    keys = [key for prefix in (*WRITTEN_ONCE, *MADE) for key in home.store.list_keys(prefix)]
    lines += keys
    replaced = [key for key in keys if key.startswith(REPLACED) and key.endswith(".json")]
    lines += [f"{key} {home.store.version(key)}" for key in (*replaced, SETTINGS)]
    return _hash([*lines, f"{home.has_mart}"])
