"""`access-recovery report`: the access report, pages that people read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.screen import Screen
from warehouse.base.home import Home
from warehouse.settings import read_settings

app = typer.Typer()


@app.command()
def report(
    org: Annotated[
        str | None,
        typer.Option(help="ICB, sub-ICB or network, code or name; else the home's ICB."),
    ] = None,
    mart: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A mart somewhere else to read."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; else `site` in the home.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write the access report: static pages for councillors, boards and practices.

    Is access improving here, by how much, is it signal or noise, compared with whom, can it be
    trusted. The pages need no network and no server: open index.html. They are made from the mart
    alone; what did not change is not written again.
    """
    from warehouse.base.sql import open_mart
    from warehouse.outputs.search import organisation_named
    from warehouse.site.site_places import read_places
    from warehouse.site.write_site import write_site

    screen, home = Screen(), Home.from_environment()
    settings = read_settings(home)
    with open_mart(mart or home.require_mart()) as db:
        levels = ["icb", "sub_icb", "pcn"]
        found = organisation_named(db, org or settings.place, settings.headlines, levels)
        places = read_places(db, found["org_level"], found["org_code"], found["short_name"])
        with screen.working("Writing the report") as progress:
            made = write_site(db, places, out or home.site, progress)
    screen.say(
        f"{made.pages} pages and {made.charts} charts: {made.written} files written, "
        f"{made.kept} unchanged."
    )
    screen.say(str(made.index))
    if show:
        typer.launch(made.index.resolve().as_uri())
