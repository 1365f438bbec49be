"""A mart that is built but not yet published.

Belongs here: recording it under its run, and whether it may still be published. Does not: building
(`build`), publishing (`publish`).

A run publishes only its own mart, and never over one that was built later.
"""

from __future__ import annotations

from collections.abc import Iterable

from warehouse import store
from warehouse.base.home import Home
from warehouse.publication.build import Built
from warehouse.publication.publish import published_by, shows_withdrawn_files

PLACE = "mart/candidates"


class Outdated(Exception):
    """A file or edition in the mart was withdrawn, purged or held after it was built."""


def note_candidate(home: Home, run_id: str, built: Built) -> None:
    """Record that this run has built a mart, for its publishing step."""
    home.store.replace(_note(run_id), built.model_dump_json())


def candidate_of(home: Home, runs: Iterable[str]) -> tuple[str, Built] | None:
    """Return the unpublished mart that one of these runs built, with its run; None if none."""
    for run_id in runs:
        if home.store.exists(_note(run_id)):
            built = Built.model_validate_json(home.store.read(_note(run_id)))
            if _is_there(home, built):
                return run_id, built
    return None


def drop_lost(home: Home) -> None:
    """Remove records of marts that no longer exist, because the process that made them was killed
    and its partial files were deleted."""
    for key in home.store.list_keys(PLACE):
        if not _is_there(home, Built.model_validate_json(home.store.read(key))):
            home.store.delete(key)


def _is_there(home: Home, built: Built) -> bool:
    return home.store.exists(home.store.key_of(built.path))


def is_superseded(home: Home, built: Built) -> bool:
    """Whether another mart, with newer inputs, was published since this one was built.

    Raises Outdated if this one must not be published.
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
    """Remove a run's candidate, and its file unless it was published."""
    if built is not None:
        store.discard(built.path)
    home.store.delete(_note(run_id))


def _note(run_id: str) -> str:
    return f"{PLACE}/{run_id}.json"
