"""Filling a home with the sample to practise decisions on: all of it SYNTHETIC.

Belongs here: importing the files, and the one decision that an invented person made. Does not: what
the files hold (`assets.sample.to_practise`), what one sees and does (`docs/governance-guide.md`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assets.sample.to_practise import PractiseFile, claims_to_practise, write_files_to_practise
from assets.sample.world import World
from assets.sample.writer import write_samples
from pipelines.operations.refresh import refresh
from warehouse.base.errors import Refusal
from warehouse.base.home import CLAIMS, Home
from warehouse.editions.rulings import accept
from warehouse.intake.importer import ImportOutcome, Request, import_paths

Say = Callable[[str], None]
# Who accepted an edition although a practice is in it twice, and why.
WHO = "A. Patel (invented)"
REASON = "SYNTHETIC: needed for the board paper; the publisher was asked"
CORRECTED = "corrected"  # files that a person imports while practising


def fill_to_practise(
    home: Home, months: int, seed: int, say: Say = lambda _: None
) -> list[PractiseFile]:
    """Fill an empty home with the sample, files with faults, a decision and claims; publish its
    mart. Return the files with faults."""
    say("Writing synthetic sample files")
    write_samples(home.landing, months=months, seed=seed)
    world = World(months=months, seed=seed)
    with home.store.scratch() as folder:
        files = write_files_to_practise(world, folder, home.root / CORRECTED)
        faulty = [file for file in files if not file.corrected]
        for file in faulty:
            _archive(home, file.path, Request(published_on=file.published_on))
    home.store.replace(CLAIMS, claims_to_practise(world))
    refresh(home, say=say)
    for file in faulty:
        if file.overridden:
            accept(home, file.feed, file.edition, REASON, WHO)
    refresh(home, say=say)
    return faulty


def _archive(home: Home, path: Path, request: Request) -> None:
    outcomes: list[ImportOutcome] = list(import_paths(home, [path], request))
    if refused := [one for one in outcomes if one.verdict == "refused"]:
        raise Refusal(f"{path.name} was refused. {refused[0].message}", refused[0].remedy)
