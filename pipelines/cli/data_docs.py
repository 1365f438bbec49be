"""`access-recovery data-docs`: build the Data Docs of Great Expectations, and say where they are.

Belongs here: arguments and printing. Does not: the site (`warehouse.outputs.data_docs`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.screen import Screen
from warehouse.base.exit_status import DONE, IN_PART
from warehouse.base.home import Home

app = typer.Typer()


@app.command("data-docs", rich_help_panel="Governance")
def data_docs(
    every: Annotated[
        bool, typer.Option("--all", help="Show every result that is kept, not only the newest.")
    ] = False,
) -> None:
    """Build the Data Docs of Great Expectations: each suite, and the newest result of each edition.

    A site of static pages for people who know Great Expectations: the expectations of each feed,
    and for every edition which were met, with the values and rows that were not. It is in
    `data-docs/` of the home, opens from there in any browser, and loads nothing from elsewhere; to
    pass it on, copy the whole folder, which shows values of the checked files.

    A refresh does not build it: run this command again to see new results. Results that can't be
    read or shown are named and left out (exit status 1; --debug says why). For data quality by feed
    and dimension, and for decisions, see `access-recovery scorecard`, which links to the site.
    """
    from checks.gx_library import library
    from warehouse.outputs.data_docs.build_site import build_site
    from warehouse.outputs.page_paths import DATA_DOCS
    from warehouse.site.trust.home_pages import build_pages

    screen, home = Screen(), Home.from_environment()
    linked = home.store.exists(DATA_DOCS)
    with screen.working("Building Data Docs"):
        site = build_site(home, library, every)
        if home.has_mart and not linked:
            build_pages(home)
    for key in site.left_out:
        screen.warn(f"Left out, because it can't be read or shown: {key}")
    screen.say(
        f"{site.suites} suite(s) and {site.results} validation result(s), "
        f"{site.failed} of them with unmet expectations."
    )
    if site.earlier:
        screen.say(
            f"{site.earlier} earlier result(s) of the same editions: add --all to show them."
        )
    screen.say(f"Data Docs: {site.index}")
    screen.say(f"Open in a browser: {site.index.as_uri()}")
    raise typer.Exit(IN_PART if site.left_out else DONE)
