"""`access-recovery kpis`, `organisations`, `headline` and `show`: find a KPI and a place, and see
figures.

Belongs here: arguments, layout. Does not: searching (`warehouse.outputs.search`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.arguments import AsJson, OrgNamed, home_place, period_named
from pipelines.cli.screen import SYNTHETIC, Screen, plain_table
from warehouse.base.home import Home
from warehouse.reference.levels import KEY_COLUMNS, LEVELS
from warehouse.settings import HeadlinePlace, read_settings

if TYPE_CHECKING:
    import duckdb

app = typer.Typer()
Row = dict[str, Any]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


@app.command()
def kpis(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words to find; default: all KPIs.")
    ] = None,
    apart: Annotated[
        bool, typer.Option("--not-comparable", help="What may not be compared, and why.")
    ] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Find KPIs by words of their name, theme or description."""
    from warehouse.outputs import search

    screen = Screen()
    if apart:
        with published_mart() as (db, places):
            rows = search.not_comparable(db, words or (), places)
        if not rows:
            raise search.NoMatch(_no_match(words), "Without words it lists all.")
        if not written(screen, rows, as_json, as_csv):
            from pipelines.cli.not_comparable import show_not_comparable

            show_not_comparable(screen, rows)
        return
    with published_mart() as (db, _):
        found = search.find_kpis(db, words or ())
        near = {} if found else search.nearest_kpis(db, words or ())
    if not found:
        every = "access-recovery kpis lists all KPIs."
        raise search.NoMatch(_no_match(words), f"{search.suggested(near)} {every}".strip())
    if written(screen, found, as_json, as_csv):
        return
    table = plain_table("KPI", "Title", "Months", "Levels", expendable=("Levels", "Months"))
    for row in found:
        table.add_row(row["kpi_id"], row["title"], _span(row), _levels(row["levels"]))
    screen.table(table)
    if new := sum(row["not_in_the_mart"] for row in found):
        screen.say(f"\n{new} of them not in the mart yet: access-recovery refresh adds them.")
    screen.say(f"\nNext: access-recovery show {found[0]['kpi_id']} --org PLACE")


@app.command()
def organisations(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words of a name, or a code; default: all.")
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", help=f"Only this level: {', '.join(LEVELS)}.")
    ] = None,
    within: Annotated[
        str | None,
        typer.Option("--within", help="Only those of this network, sub-ICB, ICB or region."),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Find organisations by name or code: practices, networks, ICBs and the places within them."""
    if level is not None and level not in LEVELS:
        raise typer.BadParameter(f"`{level}` is not a level. Levels: {', '.join(LEVELS)}")
    from warehouse.outputs import search

    screen = Screen()
    with published_mart() as (db, places):
        found = search.find_organisations(db, words or (), places)
        if within is not None:
            outer = search.organisation_named(db, within, places, KEY_COLUMNS)
            found = search.those_within(found, outer)
    found = [row for row in found if level in (None, row["org_level"])]
    if not found:
        raise search.NoMatch(_no_match(words), "Try fewer words, or a code.")
    if written(screen, found, as_json, as_csv):
        return
    _show_organisations(screen, found)
    if within is None and len(found) == 1 and found[0]["org_level"] in KEY_COLUMNS:
        code = found[0]["org_code"]
        screen.say(f"\nThose within it: access-recovery organisations --within {code}")


def _show_organisations(screen: Screen, found: list[Row]) -> None:
    table = plain_table("Code", "Level", "Name", "Within")
    for row in found:
        parents = [row[key] for key in KEY_COLUMNS.values() if row[key]]
        name = row["org_name"] or ""
        short = f"{row['short_name']}: " if row["short_name"] else ""
        table.add_row(
            row["org_code"], LEVELS[row["org_level"]].singular, short + name, ", ".join(parents)
        )
    screen.table(table)


@app.command()
def headline(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Show the headline figures again, as a refresh that publishes prints them."""
    from pipelines.cli.headline_shown import say_headlines
    from warehouse.outputs.headline import headlines

    screen = Screen()
    with published_mart() as (db, places):
        rows = headlines(db, places)
    if not written(screen, [_for_programs(row) for row in rows], as_json, as_csv):
        say_headlines(screen, Home.from_environment(), rows)


@app.command()
def show(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help="KPI id or title; `kpis` finds it.")],
    org: OrgNamed = None,
    months: Annotated[int, typer.Option(min=1, help="How many of the newest months to show.")] = 13,
    period: Annotated[
        str | None,
        typer.Option("--period", "--month", help="Only this one, such as 2025-10 or 2023/24."),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the months (or years, or surveys) of one KPI and place: a control chart, value, change
    on the year, what the chart says of it, England, status, and the newest figure in words."""
    from warehouse.base.sql import is_synthetic
    from warehouse.explain.no_figures import no_figures
    from warehouse.outputs import search

    screen = Screen()
    with published_mart() as (db, places):
        found = search.kpi_named(db, kpi)
        place = search.organisation_named(db, org or home_place(), places, found["levels"])
        rows = search.series(db, found["kpi_id"], place["org_level"], place["org_code"])
        synthetic = is_synthetic(db)
        _add_facts(db, found, place, rows)
        if not rows:
            lost = search.unreliable_editions(db, found["kpi_id"])
            raise search.NoMatch(*no_figures(db, found["kpi_id"], place["org_code"], lost))
    if period is not None:
        rows = _of_period(rows, found, place, period)
    earlier, rows = ([], rows) if period else (rows[:-months], rows[-months:])
    if not written(screen, [_for_programs(row) for row in rows], as_json, as_csv):
        from pipelines.cli.series_shown import show_series

        show_series(screen, found, place, rows, earlier)
        if synthetic:
            screen.warn(SYNTHETIC)


def _of_period(rows: list[Row], kpi: Row, place: Row, period: str) -> list[Row]:
    """The row of one period. Raises NoMatch if there is none."""
    from warehouse.outputs.search import NoMatch

    wanted = period_named(kpi["kpi_id"], period)
    if found := [row for row in rows if row["month"] == wanted]:
        return found
    raise NoMatch(
        f"The mart has no {kpi['kpi_id']} of {place['org_code']} for {period}.",
        f"It has figures of {_span(kpi)}.",
    )


def _add_facts(db: duckdb.DuckDBPyConnection, kpi: Row, place: Row, rows: list[Row]) -> None:
    """Add the facts of its sentence to each row; to the newest whether the next one is overdue."""
    from warehouse.kpi.catalogue import catalogue
    from warehouse.mart.sentence_facts import days_overdue, sentences_of_series

    of = (kpi["kpi_id"], place["org_level"], place["org_code"])
    facts = sentences_of_series(db, catalogue(), *of)
    for row in rows:
        own = facts[row["month"]]
        row["facts"] = replace(own, place=place["short_name"] or own.place)
    if rows:
        overdue = days_overdue(db, kpi["feed"])
        rows[-1]["facts"] = replace(rows[-1]["facts"], overdue=overdue)


def _for_programs(row: Row) -> Row:
    """A row with its sentence and what may be said of its change, for a program to read; a headline
    figure that is not judged with the newest month that is, and what was said of that."""
    from warehouse.statistics.sentences import judgement, sentence

    facts = row["facts"]
    own = {key: value for key, value in row.items() if key not in ("facts", "past")}
    if "past" in row:
        past = row["past"]
        own |= {"judged_month": past and past.month, "judged_in_words": past and past.words}
    return own | {"judgement": judgement(facts), "sentence": sentence(facts)}


@contextmanager
def published_mart() -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[HeadlinePlace, ...]]]:
    """The published mart, and the places with a short name."""
    from warehouse.base.sql import open_mart

    home = Home.from_environment()
    with open_mart(home.require_mart()) as db:
        yield db, read_settings(home).headlines


def written(screen: Screen, rows: list[Row], as_json: bool, as_csv: bool) -> bool:
    """Print rows for a program, if asked to; whether they were."""
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    if as_json:
        screen.json(rows)
    elif as_csv:
        text = io.StringIO()
        if rows:
            writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
        screen.data(text.getvalue().rstrip("\n"))
    return as_json or as_csv


def _cell(value: Any) -> Any:
    """Return a value for CSV: lists as words or sentences, truth as `true` or `false`."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, list):
        return value
    return ("; " if any(" " in one for one in value) else " ").join(value)


def _no_match(words: list[str] | None) -> str:
    return f'Nothing matches "{" ".join(words)}".' if words else "Nothing matches."


def _span(row: Row) -> str:
    newest = _newest(row)
    return f"{row['first_period']} to {newest}" if row["newest_period"] else newest


def _newest(row: Row) -> str:
    return row["newest_period"] or "none yet"


def _levels(levels: list[str]) -> str:
    return ", ".join(LEVELS[level].plural for level in levels)
