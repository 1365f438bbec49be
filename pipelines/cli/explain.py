"""`access-recovery explain`: explain one figure, on the screen, as JSON, and row by row as CSV.

Belongs here: arguments and exit statuses. Does not: the text (`explained`), tracing the figure to
its files (`warehouse.mart.explain_macros`), its rows (`warehouse.explain.source_rows`).
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.arguments import month_named
from pipelines.cli.screen import Screen
from warehouse.base.exit_status import DONE, WRONG
from warehouse.base.home import Home

if TYPE_CHECKING:
    import polars as pl

    from warehouse.explain.figure import Explanation

app = typer.Typer()


@app.command(rich_help_panel="Governance")
def explain(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="KPI id, as in table kpi.")],
    org: Annotated[str, typer.Option("--org", help="Code: 04C, QK1, E92000001, a practice's.")],
    month: Annotated[str, typer.Option("--month", help="Month the figure is about, YYYY-MM.")],
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition", help="As it was known with this edition, YYYY-MM; 2025-10.2: revision 2."
        ),
    ] = None,
    rows: Annotated[
        Path | None, typer.Option("--rows", help="Write every row that was added up to this CSV.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
) -> None:
    """Take one figure apart: formula, parts, organisations, files and rows, checks, revisions.

    The same is in the mart: FROM explain('appointments', '04C', DATE '2024-10-01').
    """
    from pipelines.cli.explained import explanation_data, show
    from warehouse.base.months import parse_month
    from warehouse.explain.figure import explain as take_apart
    from warehouse.explain.source_rows import rows_of

    screen, home = Screen(), Home.from_environment()
    home.require_mart()
    wanted = parse_month(month_named(month))
    told = take_apart(home.mart, kpi, org, wanted, edition and _edition_named(edition))
    found = rows_of(home, told.cells, wanted)
    if rows is not None:
        _write_rows(screen, told, found, rows)
    if as_json:
        screen.data(json.dumps(explanation_data(told, found), indent=1, default=_plain))
    else:
        show(screen, told, found)
    raise typer.Exit(DONE)


def _edition_named(text: str) -> str:
    """Return a valid edition, YYYY-MM, optionally with a revision after a dot."""
    edition, dot, revision = text.partition(".")
    if dot and not (revision.isdecimal() and int(revision)):
        raise typer.BadParameter(f"`{text}`: a revision is a number, as in {edition}.2")
    return month_named(edition) + dot + revision


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in JSON")


def _write_rows(screen: Screen, told: Explanation, rows: pl.DataFrame | None, path: Path) -> None:
    """Write every row as a CSV that Excel opens, without organisations that must not be named."""
    import polars as pl

    from warehouse.store import whole_file

    if rows is None:
        screen.error("The rows are not in the lake any more.", "Run access-recovery refresh first.")
        raise typer.Exit(WRONG)
    named = {one["part"] for one in told.lists["organisations"] if "org_code" in one}
    shown = rows.with_columns(pl.when(pl.col("part").is_in(named)).then("org_code"))
    try:
        with whole_file(path) as part:
            shown.write_csv(part, include_bom=True)
    except OSError as error:
        screen.error(
            f"{path} can't be written: {error.strerror}.", "Name another file with --rows."
        )
        raise typer.Exit(WRONG) from None
    screen.warn(f"{rows.height:,} rows in {path}")
