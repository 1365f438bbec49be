"""`access-recovery export`: the mart's tables as files.

Belongs here: arguments. Does not: writing the files (`warehouse.outputs.export`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.arguments import folder_to_write, month_named
from pipelines.cli.screen import Screen
from warehouse.base.home import Home

app = typer.Typer()


class ExportFormat(StrEnum):
    """File formats that `export` writes."""

    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"
    sqlite = "sqlite"
    dbt = "dbt"


@app.command()
def export(
    format: Annotated[ExportFormat, typer.Option(help="File format.")] = ExportFormat.parquet,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("export"),
    table: Annotated[
        list[str] | None, typer.Option(help="Only this table; may be repeated.")
    ] = None,
    org: Annotated[
        list[str] | None,
        typer.Option(help="Only this place (code or name) and all within it; may be repeated."),
    ] = None,
    since: Annotated[str | None, typer.Option(help="Only months from this one, 2024-04.")] = None,
    by_publication: Annotated[
        bool,
        typer.Option(
            "--by-publication", help="All tables as Parquet in latest/ and a folder that stays."
        ),
    ] = False,
) -> None:
    """Write the mart's analyst tables as files, for Power BI, Excel, R, Datasette and dbt.

    The workbook has a sheet of figures per theme, with cover, notes and definitions: of the home's
    ICB, unless --org or --table say otherwise. Parquet has its data contract; dbt, sources.
    """
    from warehouse.base.months import parse_month
    from warehouse.outputs.export import export_tables, publish_files
    from warehouse.outputs.export_selection import Selection

    screen, home = Screen(), Home.from_environment()
    home.require_mart()
    first = parse_month(month_named(since)) if since else None
    folder_to_write(screen, out)
    within, named = _places(home, org, format == ExportFormat.xlsx and not table)
    with screen.working("Exporting"):
        if by_publication:
            files = publish_files(home, out)
        else:
            asked = Selection(tuple(table or ()), within, first)
            files = export_tables(home, format.value, out, asked, named)
    for file in files:
        screen.say(str(file))


def _places(home: Home, org: list[str] | None, own: bool) -> tuple[list[tuple[str, str]], str]:
    """Level and code of the places that are named, and their names; without any those of the home's
    ICB, if `own`."""
    from warehouse.base.sql import open_mart
    from warehouse.outputs.search import name_shown, organisations_named
    from warehouse.settings import read_settings

    settings = read_settings(home)
    wanted = org or ([settings.place] if own else [])
    if not wanted:
        return [], "all places"
    with open_mart(home.require_mart()) as db:
        found = [
            place for one in wanted for place in organisations_named(db, one, settings.headlines)
        ]
    names = [name_shown(one) for one in found]
    return [(one["org_level"], one["org_code"]) for one in found], ", ".join(names)
