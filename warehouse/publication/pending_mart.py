"""A mart that was built aside and waits to be published by the run that built it.

Belongs here: noting it under its run, and whether it may still be published. Does not: building
(`build`), the swap (`publish`).

Between the two steps of one run another may build and publish: nobody publishes the mart of
another run, and none takes the place of one that was built later.
"""

from __future__ import annotations

from collections.abc import Iterable

from warehouse import store
from warehouse.base.home import Home
from warehouse.publication.build import Built
from warehouse.publication.publish import published_by, shows_withdrawn_files

PLACE = "mart/candidates"


class Outdated(Exception):
    """The mart shows what has been withdrawn, purged or held since it was built."""


def note_candidate(home: Home, run_id: str, built: Built) -> None:
    """Note that this run has built a mart, for its publishing step."""
    home.store.replace(_note(run_id), built.model_dump_json())


def candidate_of(home: Home, runs: Iterable[str]) -> tuple[str, Built] | None:
    """The mart that one of these runs has built and nobody published yet, with its run."""
    for run_id in runs:
        if home.store.exists(_note(run_id)):
            built = Built.model_validate_json(home.store.read(_note(run_id)))
            if _is_there(home, built):
                return run_id, built
    return None


def drop_lost(home: Home) -> None:
    """Drop notes of marts that are gone: the process that made them was killed, and its half-made
    files were swept."""
    for key in home.store.list_keys(PLACE):
        if not _is_there(home, Built.model_validate_json(home.store.read(key))):
            home.store.delete(key)


def _is_there(home: Home, built: Built) -> bool:
    return home.store.exists(home.store.key_of(built.path))


def is_superseded(home: Home, built: Built) -> bool:
    """Whether another mart was published since this one was built: that one rests on more.

    Raises Outdated if this one must not be seen.
    """
    now = published_by(home)
    if now is not None and now != built.built_over:
        return True
    if shows_withdrawn_files(home, built.path):
        raise Outdated(
            "A file or edition in this mart was withdrawn, purged or held after it was built."
        )
    return False


def discard(home: Home, run_id: str, built: Built | None = None) -> None:
    """Forget a run's candidate; its file goes, too, unless it was published."""
    if built is not None:
        store.discard(built.path)
    home.store.delete(_note(run_id))


def _note(run_id: str) -> str:
    return f"{PLACE}/{run_id}.json"
