"""`access-recovery explain`: explain one figure on the screen, as JSON, and as CSV of its rows.

Belongs here: arguments. Does not: the text (`explained`), tracing the figure (`warehouse.explain`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.arguments import AsJson, OrgNamed, home_place, month_named, period_named
from pipelines.cli.screen import Screen
from warehouse.base.exit_status import WRONG
from warehouse.base.home import Home

if TYPE_CHECKING:
    import polars as pl

    from warehouse.explain.figure import Explanation

app = typer.Typer()


@app.command(rich_help_panel="Governance")
def explain(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="KPI id, as in table kpi.")],
    org: OrgNamed = None,
    month: Annotated[
        str | None,
        typer.Option(
            "--month", "--period", help="Such as 2025-10, Oct 2025 or 2023/24; default: the newest."
        ),
    ] = None,
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition", help="As known with this edition: YYYY-MM, or YYYY-MM.2 for revision 2."
        ),
    ] = None,
    rows: Annotated[
        Path | None, typer.Option("--rows", help="Write all rows added up to this CSV file.")
    ] = None,
    limits: Annotated[
        bool, typer.Option("--limits", help="List the months that gave its control limits.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Explain one figure: formula, parts, organisations, files and rows, checks, revisions, and
    what its control limits were worked out from.

    In the mart itself: `FROM explain('appointments', '04C', DATE '2024-10-01')`.
    """
    from pipelines.cli.explained import explanation_data, show
    from pipelines.cli.explained_limits import show_limits
    from warehouse.explain.figure import explain as explain_figure
    from warehouse.explain.limits import limits_of
    from warehouse.explain.source_rows import rows_of

    screen, home = Screen(), Home.from_environment()
    home.require_mart()
    found_kpi, code = _named(home, kpi, org or home_place())
    named = found_kpi["kpi_id"]
    wanted = found_kpi["newest_month"] if month is None else period_named(named, month)
    if wanted is None:
        raise typer.BadParameter(f"{named} has no figure yet", param_hint="'KPI'")
    figure = explain_figure(home.mart, named, code, wanted, edition and _edition_named(edition))
    found = rows_of(home, figure.cells, wanted)
    if rows is not None:
        _write_rows(screen, figure, found, rows)
    # Charts are of the newest figures, whatever an earlier edition said.
    chart = None if edition else limits_of(home.mart, named, code, wanted)
    if as_json:
        screen.json({**explanation_data(figure, found), "control_chart": chart})
        return
    show(screen, figure, found)
    if chart is not None:
        show_limits(screen, chart, limits)


def _named(home: Home, kpi: str, org: str) -> tuple[dict[str, Any], str]:
    """Return the KPI, as `search.kpi_named` does, and the organisation's code, however they were
    typed."""
    from warehouse.base.sql import open_mart
    from warehouse.outputs.search import kpi_named, organisation_named
    from warehouse.settings import read_settings

    with open_mart(home.mart) as db:
        named = kpi_named(db, kpi)
        place = organisation_named(db, org, read_settings(home).headlines, named["levels"])
    return named, place["org_code"]


def _edition_named(text: str) -> str:
    """Return a valid edition, YYYY-MM, optionally with a revision after a dot."""
    edition, dot, revision = text.partition(".")
    if dot and not (revision.isdecimal() and int(revision)):
        raise typer.BadParameter(f"`{text}`: a revision is a number, as in {edition}.2")
    return month_named(edition) + dot + revision


def _write_rows(screen: Screen, figure: Explanation, rows: pl.DataFrame | None, path: Path) -> None:
    """Write the rows as a CSV for Excel, without organisations that must not be named."""
    import polars as pl

    from warehouse.store import whole_file

    if rows is None:
        screen.error("The rows are no longer available.", "Run access-recovery refresh first.")
        raise typer.Exit(WRONG)
    named = {one["part"] for one in figure.lists["organisations"] if "org_code" in one}
    shown = rows.with_columns(
        pl.when(pl.col("part").is_in(named)).then("org_code"),
        pl.col("count").cast(pl.String).str.replace(r"\.?0+$", ""),  # 12, not 12.0000000000
    )
    try:
        with whole_file(path) as part:
            shown.write_csv(part, include_bom=True)
    except OSError as error:
        screen.error(
            f"{path} can't be written: {error.strerror}.", "Name another file with --rows."
        )
        raise typer.Exit(WRONG) from None
    screen.warn(f"Wrote {rows.height:,} rows to {path}")
