"""`access-recovery sample`: SYNTHETIC files to try the product with, or a home to practise in.

Belongs here: arguments and printing. Does not: what the files hold (`assets.sample`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.arguments import folder_to_write
from pipelines.cli.screen import Screen
from warehouse.base.errors import Refusal
from warehouse.base.home import HOME_VARIABLE, Home

app = typer.Typer()
PRACTICE_HOME = Path("practice")


@app.command()
def sample(
    months: Annotated[int, typer.Option(min=3, max=30, help="Months in the newest edition.")] = 30,
    seed: Annotated[int, typer.Option(help="Seed of the random numbers.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; default: the landing folder.")
    ] = None,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Only if no file was imported yet.")
    ] = False,
    practice: Annotated[
        bool,
        typer.Option(
            "--practice",
            help=f"Fill a home to practise governance in, and refresh it: the empty folder "
            f"{HOME_VARIABLE}, or ./{PRACTICE_HOME} if that is not set.",
        ),
    ] = False,
) -> None:
    """Write SYNTHETIC sample files in the publishers' formats, to try the product."""
    screen = Screen()
    if practice:
        if out or if_empty:
            raise typer.BadParameter(
                f"--practice fills the home that {HOME_VARIABLE} names: without --out, --if-empty."
            )
        _fill_to_practise(screen, months, seed)
        return
    from assets.sample.writer import write_samples
    from warehouse.archive.source_files import Archive

    home = Home.from_environment()
    target = out or home.landing
    filled = target.is_dir() and any(target.iterdir())
    if if_empty and (filled or Archive(home).files()):
        return
    folder_to_write(screen, target)
    with screen.working("Writing synthetic sample files"):
        files = write_samples(target, months=months, seed=seed)
    screen.say(f"{len(files)} SYNTHETIC files in {target}")
    screen.say(f"Next: access-recovery {f'import {target}' if out else 'refresh'}")


def _fill_to_practise(screen: Screen, months: int, seed: int) -> None:
    from pipelines.operations.practising import fill_to_practise

    named = os.environ.get(HOME_VARIABLE)
    home = Home.from_environment() if named else Home(PRACTICE_HOME.resolve())
    folder_to_write(screen, home.root)
    if any(home.root.iterdir()):
        raise Refusal(
            f"{home.root} is not empty. The sample to practise on needs a folder of its own.",
            f"Name another: {HOME_VARIABLE}=FOLDER access-recovery sample --practice. Delete that "
            "one if it was for practising.",
        )
    with screen.working("Writing synthetic sample files") as working:
        files = fill_to_practise(home, months, seed, working)
    screen.say(f"A home to practise in, all of it SYNTHETIC: {home.root}. It has")
    for file in reversed(files):
        screen.say(f"- {file.shows}: {file.feed} {file.edition}")
    screen.say("- claims about its figures: access-recovery claims")
    if not named:
        screen.say(f"To use it: export {HOME_VARIABLE}={home.root}")
    screen.say("Next: access-recovery status (docs/governance-guide.md: Practise)")
