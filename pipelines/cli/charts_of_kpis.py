"""`access-recovery chart`: control charts of a KPI of any organisation of the mart.

Belongs here: arguments, layout. Does not: what is charted, and how (`warehouse.mart.spc`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.arguments import AsJson
from pipelines.cli.look_up import AsCsv, published_mart, written
from pipelines.cli.screen import SYNTHETIC, Screen, plain_table
from warehouse.base.home import Home
from warehouse.base.months import month_text
from warehouse.base.number_format import value_text
from warehouse.settings import HeadlinePlace

if TYPE_CHECKING:
    import duckdb
    import polars as pl

app = typer.Typer()
Row = dict[str, Any]


@app.command(rich_help_panel="Statistics")
def chart(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="KPI id; `kpis` finds it.")],
    org: Annotated[str, typer.Option("--org", help="Code or name, such as P81001 or QNC.")],
    practices: Annotated[
        bool, typer.Option("--practices", help="Of every practice of this ICB, not of itself.")
    ] = False,
    months: Annotated[int, typer.Option(min=1, help="Months to show; all as CSV or JSON.")] = 13,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Draw the control chart of a KPI of any organisation, also of practices of other ICBs.

    The mart keeps those of networks and above, and of practices of the home's ICB (`kpi_spc`). This
    command makes those of others in the same way, with the same columns.

    Example: `access-recovery chart appointments_dna_share --org QNC --practices --csv`
    """
    from warehouse.base.sql import is_synthetic

    screen = Screen()
    with published_mart() as (db, places):
        found, place, charts = _charts(db, places, kpi, org, practices)
        synthetic = is_synthetic(db)
    rows = charts.to_dicts()
    if not written(screen, rows, as_json, as_csv or (practices and not as_json)):
        _show(screen, found, place, rows[-months:])
        if synthetic:
            screen.warn(SYNTHETIC)


def _charts(
    db: duckdb.DuckDBPyConnection,
    places: Iterable[HeadlinePlace],
    kpi: str,
    org: str,
    practices: bool,
) -> tuple[Row, Row, pl.DataFrame]:
    """The KPI, the place, and the rows of their charts. Raises NoMatch without any."""
    import polars as pl

    from warehouse.explain.no_figures import no_figures
    from warehouse.kpi.catalogue import catalogue
    from warehouse.kpi.chart_choices import home_baselines
    from warehouse.kpi.charting import not_charted_because
    from warehouse.mart.spc import charts_within
    from warehouse.outputs.search import NoMatch, kpi_named, organisation_named

    found = kpi_named(db, kpi)
    known = catalogue().get(found["kpi_id"])
    if known is None:
        raise NoMatch(
            "The mart was built by another version.", "Run access-recovery refresh to rebuild it."
        )
    if because := not_charted_because(known):
        raise NoMatch(f"There is no control chart of {found['kpi_id']}.", because)
    levels = ["icb"] if practices else found["levels"]
    place = organisation_named(db, org, places, levels)
    icb = place["icb_code"] or place["org_code"]
    charts = charts_within(db, known, icb, home_baselines(Home.from_environment()))
    level, code = ("practice", None) if practices else (place["org_level"], place["org_code"])
    charts = charts.filter(pl.col("org_level") == level)
    charts = charts if code is None else charts.filter(pl.col("org_code") == code)
    if charts.is_empty():
        raise NoMatch(*no_figures(db, found["kpi_id"], place["org_code"]))
    return found, place, charts


def _show(screen: Screen, kpi: Row, place: Row, rows: list[Row]) -> None:
    from warehouse.kpi.charting import PER_WORKING_DAY, charted_unit
    from warehouse.outputs.search import name_shown

    unit = charted_unit(rows[-1]["basis"], kpi["unit"])
    per = ", per working day" if rows[-1]["basis"] == PER_WORKING_DAY else ""
    screen.say(f"{kpi['title']}{per} - {name_shown(place)} ({place['org_code']})")
    right = ("Value", "Mean", "Lower limit", "Upper limit")
    table = plain_table("Month", *right, "Signal", right=right, expendable=("Mean",))
    for row in rows:
        numbers = (row[key] for key in ("value", "mean", "lower_limit", "upper_limit"))
        told = ["-" if number is None else value_text(number, unit) for number in numbers]
        table.add_row(month_text(row["month"]), *told, _signal(row))
    screen.table(table)
    newest = rows[-1]
    limits = f"Limits of {newest['points_in_baseline']} points"
    if newest["upper_limit"] is None:
        limits = f"No limits: {newest['not_judged_because'] or 'no figure'}"
    from warehouse.statistics.point_words import unstable_words

    unstable = unstable_words(newest["baseline_signals"], newest["points_in_baseline"])
    screen.say(f"{limits}{unstable}; {newest['parameters']}.")


def _signal(row: Row) -> str:
    """What a point says: `shift, high (concern)`, `trend, rising (concern)`, no clear change, or
    why it is not judged."""
    from warehouse.statistics.point_words import (
        NO_CLEAR_CHANGE,
        brief_reason,
        standing_words,
    )
    from warehouse.statistics.signals import NO_SIGNAL

    if row["value"] is None:
        return "-"
    if row["signal"] is None:
        return brief_reason(row["not_judged_because"])
    if row["signal"] == NO_SIGNAL:
        return NO_CLEAR_CHANGE
    signal, variation = (row[key].replace("_", " ") for key in ("signal", "variation"))
    side = standing_words(signal, row["direction"]) if signal == "trend" else row["direction"]
    return f"{signal}, {side} ({variation})"
