"""`access-recovery report`: the access report, pages that people read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.screen import Screen
from warehouse.base.home import Home
from warehouse.settings import read_settings

if TYPE_CHECKING:
    from warehouse.site.write_site import WrittenSite

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
        Path | None,
        typer.Option(help="Folder to write to; else `site` in the home, or `reports/CODE`."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write the access report: static pages for councillors, boards and practices.

    Is access improving here, by how much, is it signal or noise, compared with whom, can it be
    trusted. The pages need no network and no server: open index.html. They are made from the mart
    alone; what did not change is not written again.
    """
    from warehouse.site.home_site import write_home_site

    screen, home = Screen(), Home.from_environment()
    with screen.working("Writing the report") as progress:
        if org is None and mart is None and out is None:
            made = write_home_site(home, progress)
        else:
            made = _elsewhere(home, org, mart, out, progress)
    screen.say(
        f"{made.pages} pages and {made.charts} charts: {made.written} files written, "
        f"{made.kept} unchanged."
    )
    screen.say(str(made.index))
    if show:
        typer.launch(made.index.resolve().as_uri())


def _elsewhere(
    home: Home,
    org: str | None,
    mart: Path | None,
    out: Path | None,
    progress: Callable[[str], None],
) -> WrittenSite:
    """A report that is not the home's own: about another place, of another mart, or in a folder
    that is named, by default `reports/CODE` in the home."""
    from pipelines.cli.foreign_mart import reading
    from warehouse.base.sql import open_mart
    from warehouse.site.site_places import place_named
    from warehouse.site.write_site import write_site

    settings = read_settings(home)
    named = reading(mart) if mart else nullcontext()
    with named, open_mart(mart or home.require_mart()) as db:
        places = place_named(db, org or settings.place, settings)
        aside = home.root / "reports" / places.home.code
        return write_site(db, places, out or aside, progress)
