"""`access-recovery plan`: a plan's actions, and what the data say of them.

Belongs here: arguments and layout. Does not: ratings (`warehouse.plan`), queries
(`warehouse.outputs.plan_queries`).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.arguments import AsJson, day_named
from pipelines.cli.look_up import AsCsv, published_mart, written
from pipelines.cli.plan_lists import wrapped
from pipelines.cli.screen import SYNTHETIC, Screen, plain_table
from warehouse.base.home import Home
from warehouse.base.months import AS_DAYS
from warehouse.outputs.plan_words import (
    action_words,
    change_words_of,
    evidence_words,
    held_words,
)
from warehouse.reference.levels import LEVELS
from warehouse.settings import read_settings

if TYPE_CHECKING:
    import duckdb

app = typer.Typer(name="plan", invoke_without_command=True, rich_help_panel="Plan")
Row = dict[str, Any]
LISTS = ("is_open", "is_overdue", "is_due_soon", "is_not_updated", "conflicts")
RATINGS = ("blue", "green", "amber", "red")
BESIDE = (
    "The figures are SYNTHETIC sample data: ratings and contradictions that rest on them mean "
    "nothing. Import real ones: access-recovery fetch"
)
OnlyOpen = Annotated[bool, typer.Option("--open", help="List the open actions.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="List those overdue.")]
Conflicts = Annotated[
    bool, typer.Option("--conflicts", help="List those whose rating the data contradict.")
]
Rated = Annotated[
    str | None,
    typer.Option("--rated", help=f"List those that owners rate so: {', '.join(RATINGS)}."),
]
DueSoon = Annotated[bool, typer.Option("--due", help="List the open ones due in 30 days.")]
NotUpdated = Annotated[
    bool, typer.Option("--not-updated", help="List the open ones not updated for three months.")
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", help=f"Day of overdue, due and not updated, {AS_DAYS}; default: today."
    ),
]


@app.callback()
def plan(
    context: typer.Context,
    only_open: OnlyOpen = False,
    overdue: Overdue = False,
    due: DueSoon = False,
    not_updated: NotUpdated = False,
    conflicts: Conflicts = False,
    rated: Rated = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the access improvement plan: open and overdue actions, and what contradicts them.

    Which green actions do the data contradict? `plan --conflicts --rated green`. `plan show ACTION`
    shows one with its history and the charts of its evidence. The tracker is a local return:
    docs/plan-guide.md.
    """
    if context.invoked_subcommand:
        return
    from pipelines.cli.plan_lists import list_actions, summarise
    from warehouse.outputs.plan_queries import held_returns, no_plan, plan_actions

    screen, rating = Screen(), _rating(rated)
    with published_mart() as (db, _):
        every = plan_actions(db, _day(as_of))
        refusal, held = None if every else no_plan(db), held_returns(db)
    wanted = _asked(only_open, overdue, due, not_updated, conflicts)
    of_rating = [one for one in every if rating in (None, one["self_rating"])]
    chosen = [one for one in of_rating if all(one[name] for name in wanted)]
    if written(screen, chosen, as_json, as_csv):
        return
    if refusal:
        raise refusal
    if wanted or rating:
        list_actions(screen, chosen, of_rating if wanted == ["conflicts"] else chosen, conflicts)
    else:
        summarise(screen, every)
    _say_held(screen, held, every)
    _warn(screen, every)


@app.command()
def show(
    action: Annotated[str, typer.Argument(help="Id of an action, such as A-12.")],
    as_json: AsJson = False,
) -> None:
    """Show an action: what it is, its rating and why, its evidence with charts, and its history."""
    from warehouse.outputs.plan_queries import (
        action_named,
        evidence_for,
        held_returns,
        history_of,
    )

    screen, home = Screen(), Home.from_environment()
    with published_mart() as (db, _):
        found = action_named(db, action, read_settings(home).place, _day(None))
        evidence, history = evidence_for(db, found), history_of(db, found)
        held = held_returns(db)
        if as_json:
            screen.json(found | {"evidence_kpis": evidence, "history": history})
            return
        _show_action(screen, found)
        for one in evidence:
            _show_evidence(screen, db, one)
    _show_history(screen, history)
    _say_held(screen, held, [found])
    _warn(screen, [found])


@app.command()
def decisions(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Show what meetings agreed, how far it is answered, by what, and what is missing."""
    from pipelines.cli.plan_lists import list_decisions
    from warehouse.base.sql import is_synthetic
    from warehouse.outputs.plan_queries import decisions_agreed, held_returns
    from warehouse.plan.decisions_agreed import DECISIONS

    screen = Screen()
    with published_mart() as (db, _):
        found, synthetic = decisions_agreed(db), is_synthetic(db)
        held = held_returns(db, DECISIONS)
    if not written(screen, found, as_json, as_csv):
        list_decisions(screen, found)
        _say_held(screen, held, found)
        if synthetic:
            screen.say(SYNTHETIC)


@app.command()
def caip(
    year: Annotated[
        str | None,
        typer.Option("--year", help="Financial year, as 2024/25; default: the newest assessed."),
    ] = None,
    network: Annotated[
        str | None,
        typer.Option("--network", help="Code or name of one network: all of it, what lacks too."),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the position of every network in the improvement payment (CAIP), area by area.

    Of one network (`--network`) also who declared and decided what, all figures beside it, and what
    is missing of each.
    """
    from pipelines.cli.plan_caip import show_network, show_position
    from warehouse.base.sql import is_synthetic
    from warehouse.outputs.plan_queries import caip_evidence, caip_position, held_returns
    from warehouse.plan.assessments import ASSESSMENTS

    screen = Screen()
    with published_mart() as (db, _):
        found = caip_position(db, read_settings(Home.from_environment()).place, year, network)
        evidence = [caip_evidence(db, row) for row in found] if network else []
        synthetic, held = is_synthetic(db), held_returns(db, ASSESSMENTS)
    if not written(screen, found, as_json, as_csv):
        if network:
            show_network(screen, list(zip(found, evidence, strict=True)))
        else:
            show_position(screen, found)
        _say_held(screen, held, found)
        if synthetic:  # on the page, which people print
            screen.say(SYNTHETIC if found[0]["synthetic"] else BESIDE)


def _day(text: str | None) -> date:
    """The day as of which actions are overdue: by default today in London."""
    from warehouse.fetch.fetch import london_today

    return day_named(text) if text else london_today()


def _asked(*lists: bool) -> list[str]:
    """What is true of each action of the lists that are asked for, which are in the order of
    `LISTS`."""
    return [name for name, is_asked in zip(LISTS, lists, strict=True) if is_asked]


def _rating(text: str | None) -> str | None:
    if text is not None and text not in RATINGS:
        raise typer.BadParameter(f"`{text}` is no rating. Ratings: {', '.join(RATINGS)}")
    return text


def _say_held(screen: Screen, held: list[Row], found: list[Row]) -> None:
    """Say which returns are held, and what of a list is shown in their place."""
    is_sample = bool(found) and all(one["synthetic"] for one in found)
    for one in held:
        stays = one["stays_published"] or "what was accepted before it"
        shown = "the SYNTHETIC sample, in which everything is invented" if is_sample else stays
        screen.say("")
        wrapped(screen, held_words(one, shown))


def _warn(screen: Screen, found: list[Row]) -> None:
    """Say what of a list is invented."""
    if any(one["synthetic"] for one in found):
        screen.say(SYNTHETIC)
    elif any(one["rating_synthetic"] for one in found):
        screen.say(BESIDE)


def _show_action(screen: Screen, one: Row) -> None:
    screen.say(f"{one['action_id']}: {one['title']} ({one['icb_code']})")
    scope = f"{LEVELS[one['scope_level']].singular} {one['scope_code']}"
    for name, text in action_words(one, scope).items():
        if text:
            wrapped(screen, f"{name}: {text}")
    for why in one["conflict_reasons"]:
        wrapped(screen, f"Contradicted: {why}")
    if one["early_success"]:
        wrapped(screen, f"Perhaps finished early: {one['early_success']}")


def _show_evidence(screen: Screen, db: duckdb.DuckDBPyConnection, one: Row) -> None:
    from pipelines.cli.series_shown import DRAWN, show_chart
    from warehouse.outputs.search import kpi_named, series

    screen.say(f"\nEvidence: {one['kpi_title']} ({one['kpi_id']})")
    wrapped(screen, evidence_words(one))
    if one["latest_value"] is None:
        return
    rows = series(db, one["kpi_id"], one["org_level"], one["org_code"])
    show_chart(screen, kpi_named(db, one["kpi_id"]), rows[-DRAWN:])


def _show_history(screen: Screen, history: list[Row]) -> None:
    screen.say("\nHistory, the newest first")
    table = plain_table("Day", "What", "Was", "Became", "Why", "By", narrow={"Why": 14, "By": 8})
    for one in history:
        table.add_row(f"{one['changed_on']}", *change_words_of(one))
    screen.table(table)
