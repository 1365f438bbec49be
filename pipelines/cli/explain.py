"""`access-recovery explain`: one figure taken apart, on the screen, as JSON, and row by row as CSV.

Belongs here: arguments and exit statuses. Does not: how it is told (`explained`), the figure's way
back to its files (`warehouse.mart.explain`), its rows (`warehouse.explain.rows`).
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import DONE, WRONG
from pipelines.cli.arguments import month_named
from pipelines.cli.screen import Screen
from warehouse.home import Home

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer()


@app.command(rich_help_panel="Governance")
def explain(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="KPI id, as in table kpi.")],
    org: Annotated[str, typer.Option("--org", help="Code: 04C, QK1, E92000001, a practice's.")],
    month: Annotated[str, typer.Option("--month", help="Month the figure is about, YYYY-MM.")],
    edition: Annotated[
        str | None, typer.Option("--edition", help="As it was known with this edition, YYYY-MM.")
    ] = None,
    rows: Annotated[
        Path | None, typer.Option("--rows", help="Write every row that was added up to this CSV.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
) -> None:
    """Take one figure apart: formula, parts, organisations, files and rows, checks, revisions.

    The same is in the mart: FROM explain('appointments', '04C', DATE '2024-10-01').
    """
    from assets.conform import parse_month
    from pipelines.cli.explained import explanation_data, show
    from warehouse.explain.figure import Unanswerable
    from warehouse.explain.figure import explain as take_apart
    from warehouse.explain.rows import rows_of

    screen, home = Screen(), Home.from_environment()
    if not home.mart.exists():
        screen.error(f"There is no mart at {home.mart} yet.", "Run access-recovery refresh first.")
        raise typer.Exit(WRONG)
    wanted = parse_month(month_named(month))
    try:
        told = take_apart(home.mart, kpi, org, wanted, edition and month_named(edition))
    except Unanswerable as question:
        screen.error(question.reason, question.remedy)
        raise typer.Exit(WRONG) from None
    found = rows_of(home, told.lists["organisations"], wanted)
    if rows is not None:
        _write_rows(screen, found, rows)
    if as_json:
        screen.data(json.dumps(explanation_data(told, found), indent=1, default=_plain))
    else:
        show(screen, told, found)
    raise typer.Exit(DONE)


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in JSON")


def _write_rows(screen: Screen, rows: pl.DataFrame | None, path: Path) -> None:
    from warehouse.home import whole_file

    if rows is None:
        screen.error("The rows are not in the lake any more.", "Run access-recovery refresh first.")
        raise typer.Exit(WRONG)
    with whole_file(path) as part:
        rows.write_csv(part, include_bom=True)
    screen.warn(f"{rows.height:,} rows in {path}")
