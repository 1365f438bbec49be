"""`access-recovery export`: the mart's tables as files.

Belongs here: arguments. Does not: writing the files (`warehouse.outputs.export`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.arguments import folder_to_write
from pipelines.cli.screen import Screen
from warehouse.base.home import Home

app = typer.Typer()


class ExportFormat(StrEnum):
    """File formats that `export` writes."""

    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"


@app.command()
def export(
    format: Annotated[ExportFormat, typer.Option(help="File format.")] = ExportFormat.parquet,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("export"),
) -> None:
    """Write the mart's analyst tables as files, for Power BI, Excel and R."""
    from warehouse.outputs.export import export_tables

    screen, home = Screen(), Home.from_environment()
    home.require_mart()
    folder_to_write(screen, out)
    with screen.working("Exporting"):
        files = export_tables(home, format.value, out)
    for file in files:
        screen.say(str(file))
