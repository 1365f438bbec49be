"""A mart that was built aside and waits to be published by the run that built it.

Belongs here: noting it under its run, and whether it may still be published. Does not: building
(`build`), the swap (`publish`).

Between the two steps of one run another may build and publish: nobody publishes the mart of
another run, and none takes the place of one that was built later.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from warehouse.base.home import PART_SUFFIX, Home, write_text
from warehouse.publication.build import Built
from warehouse.publication.publish import published_by, rests_on_what_left


class Outdated(Exception):
    """The mart shows what has been withdrawn, purged or held since it was built."""


def note_candidate(home: Home, run_id: str, built: Built) -> None:
    """Note that this run has built a mart, for its publishing step."""
    write_text(_note(home, run_id), built.model_dump_json())


def candidate_of(home: Home, runs: Iterable[str]) -> tuple[str, Built] | None:
    """The mart that one of these runs has built and nobody published yet, with its run."""
    for run_id in runs:
        note = _note(home, run_id)
        if note.exists():
            built = Built.model_validate_json(note.read_text(encoding="utf-8"))
            if built.path.exists():
                return run_id, built
    return None


def is_superseded(home: Home, built: Built) -> bool:
    """Whether another mart was published since this one was built: that one rests on more.

    Raises Outdated if this one must not be seen.
    """
    now = published_by(home)
    if now is not None and now != built.built_over:
        return True
    if rests_on_what_left(home, built.path):
        raise Outdated(
            "A file or edition in this mart was withdrawn, purged or held after it was built."
        )
    return False


def discard(home: Home, run_id: str, built: Built | None = None) -> None:
    """Forget a run's candidate; its file goes, too, unless it was published."""
    if built is not None:
        built.path.unlink(missing_ok=True)
    _note(home, run_id).unlink(missing_ok=True)


def _note(home: Home, run_id: str) -> Path:
    """Named as what is in the making: swept with the mart, if the process was killed."""
    return home.mart.with_name(f"building-{run_id}.json{PART_SUFFIX}")
