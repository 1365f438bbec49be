"""Arguments that several commands take: a feed's name, a month, a folder to write to.

Belongs here: validating them and describing wrong ones.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer

from pipelines.cli.screen import Screen
from warehouse.base.exit_status import WRONG


def feed_named(name: str) -> str:
    """Return a valid feed name. Raises BadParameter with a suggestion, or the names there are."""
    from warehouse.base.text import unknown
    from warehouse.contract.model import contracts

    if name not in contracts():
        raise typer.BadParameter(" ".join(unknown("feed", name, contracts())))
    return name


def month_named(text: str) -> str:
    """Return a valid month, YYYY-MM. Raises BadParameter saying how it is written."""
    from warehouse.base.months import month_text, parse_month

    try:
        return month_text(parse_month(text))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def folder_to_write(screen: Screen, out: Path) -> None:
    """Make the folder of `--out` if there is none. Raises wrong usage if it isn't writable."""
    try:
        in_the_way = next((one for one in (out, *out.parents) if one.is_file()), None)
        if in_the_way is None:
            out.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=out):
                return  # only an attempt shows it: rights and read-only disks differ by system
        reason = f"{in_the_way} is a file, not a folder"
    except OSError as error:
        reason = f"The folder {out} can't be written to ({error.strerror or error})"
    screen.error(
        f"{reason}. Nothing was written.",
        "Name with --out a folder in which you may write; it is made if there is none.",
    )
    raise typer.Exit(WRONG)
