"""Filling a home with the sample to practise decisions on: all of it SYNTHETIC.

Belongs here: importing the files, and the one decision that an invented person made. Does not: what
the files hold (`assets.sample.to_practise`), what one sees and does (`docs/governance-guide.md`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assets.sample.to_practise import claims_to_practise, write_files_to_practise
from assets.sample.world import World
from assets.sample.writer import write_samples
from pipelines.operations.refresh import refresh
from pipelines.operations.refresh_report import RefreshReport
from warehouse.base.errors import Refusal
from warehouse.base.home import CLAIMS, Home
from warehouse.editions.status import accept
from warehouse.intake.importer import ImportOutcome, Request, import_paths

Say = Callable[[str], None]
# The edition that was accepted although a practice is in it twice, by whom and why.
OVERRIDDEN = ("registered_patients", "2025-02")
WHO = "A. Patel (invented)"
REASON = "SYNTHETIC: needed for the board paper; the publisher was asked"
CORRECTED = "corrected"  # files that a person imports while practising


def fill_to_practise(home: Home, months: int, seed: int, say: Say = lambda _: None) -> None:
    """Fill an empty home with the sample and what there is to decide, and publish its mart."""
    say("Writing synthetic sample files")
    write_samples(home.landing, months=months, seed=seed)
    add_what_to_decide(home, World(months=months, seed=seed), say)


def add_what_to_decide(home: Home, world: World, say: Say = lambda _: None) -> RefreshReport:
    """Add files with faults, a decision and claims to a home with the sample, and refresh it."""
    with home.store.scratch() as folder:
        kept = home.root / CORRECTED
        for file in write_files_to_practise(world, folder, kept):
            if not file.corrected:
                _archive(home, file.path, Request(published_on=file.published_on))
    home.store.replace(CLAIMS, claims_to_practise(world))
    refresh(home, say=say)
    accept(home, *OVERRIDDEN, REASON, WHO)
    return refresh(home, say=say)


def _archive(home: Home, path: Path, request: Request) -> None:
    outcomes: list[ImportOutcome] = list(import_paths(home, [path], request))
    if refused := [one for one in outcomes if one.verdict == "refused"]:
        raise Refusal(f"{path.name} was refused. {refused[0].message}", refused[0].remedy)
