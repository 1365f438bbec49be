"""Arguments of several commands, and their validation: feeds, months, folders to write to."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.screen import Screen
from warehouse.base.errors import Refusal
from warehouse.base.exit_status import WRONG
from warehouse.base.months import typed_day

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OrgNamed = Annotated[
    str | None,
    typer.Option("--org", help="Code or name, such as Leicester City; default: the home's ICB."),
]


def home_place() -> str:
    """The code of the home's ICB."""
    from warehouse.base.home import Home
    from warehouse.settings import read_settings

    return read_settings(Home.from_environment()).place


def feed_named(name: str) -> str:
    """Return a valid feed name. Raises BadParameter with similar names, or all names."""
    from warehouse.base.text import unknown
    from warehouse.contract.model import contracts

    if name not in contracts():
        raise typer.BadParameter(" ".join(unknown("feed", name, contracts())))
    return name


def month_named(text: str) -> str:
    """Return a month as YYYY-MM, however it is typed (`2025-11`, `Nov 2025`, `Nov25`). Raises
    BadParameter with the format."""
    from warehouse.base.months import month_text, typed_month

    try:
        return month_text(typed_month(text))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def day_named(text: str) -> date:
    """Return a day, however it is typed, the day first (`2025-10-31`, `31/10/2025`, `31 Oct 2025`).
    Raises BadParameter with the format."""
    try:
        return typed_day(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def period_named(kpi_id: str, text: str) -> date:
    """Return the last month of a period of a KPI, as typed (`2025-11`, `Nov 2025`, `2023/24`).
    Raises BadParameter with the format."""
    from warehouse.contract.figure_period import FigurePeriod
    from warehouse.kpi.catalogue import catalogue

    kpi = catalogue().get(kpi_id)  # an older mart may have another
    try:
        return (kpi.period if kpi else FigurePeriod()).last_month(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def one_file_of(org: str, paths: list[Path]) -> str:
    """Return `--org`, if there is one file to which it applies. Raises BadParameter otherwise."""
    if len(paths) > 1 or paths[0].is_dir():
        raise typer.BadParameter("--org is of one file: import each report by itself.")
    return org


def folder_to_write(screen: Screen, out: Path) -> None:
    """Create the folder of `--out` if needed. Exits with status WRONG if it isn't writable."""
    try:
        not_a_folder = next((one for one in (out, *out.parents) if one.is_file()), None)
        if not_a_folder is None:
            out.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=out):
                return  # rights and read-only disks differ by system: only an attempt shows them
        reason = f"{not_a_folder} is a file, not a folder"
    except OSError as error:
        reason = f"The folder {out} can't be written to ({error.strerror or error})"
    screen.error(
        f"{reason}. Nothing was written.",
        "Name a folder that you can write to with --out; it is created if it does not exist.",
    )
    raise typer.Exit(WRONG)


def not_an_input(inputs: Sequence[Path], outputs: Sequence[Path]) -> None:
    """Raise Refusal if a file to write is one to read."""
    read = {one.resolve() for one in inputs}
    for path in outputs:
        if path.resolve() in read:
            raise Refusal(
                f"{path} is an input, and would be overwritten.", "Name another file with --out."
            )
