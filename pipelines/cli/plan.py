"""`access-recovery plan`: a plan's actions, and what the data say of them.

Belongs here: arguments and layout. Does not: ratings (`warehouse.plan`), queries
(`warehouse.outputs.plan_queries`).
"""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.arguments import AsJson
from pipelines.cli.screen import SYNTHETIC, Screen, plain_table
from warehouse.base.home import Home
from warehouse.base.months import day_words
from warehouse.base.text import plural
from warehouse.outputs.plan_words import (
    action_words,
    change_words_of,
    evidence_words,
    name_words,
)
from warehouse.settings import read_settings

if TYPE_CHECKING:
    import duckdb

app = typer.Typer(name="plan", invoke_without_command=True, rich_help_panel="Plan")
Row = dict[str, Any]
FEW = 10  # contradictions that the summary lists
WIDEST = 100


@app.callback()
def plan(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="List the open actions.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="List those overdue.")] = False,
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="List those whose rating the data contradict.")
    ] = False,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Show the access improvement plan: open and overdue actions, and what contradicts them.

    `plan show ACTION` shows one with its history and the charts of its evidence. The tracker is a
    local return: docs/plan-guide.md.
    """
    if context.invoked_subcommand:
        return
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    from warehouse.base.sql import open_mart
    from warehouse.outputs.plan_queries import no_plan, plan_actions

    screen, home = Screen(), Home.from_environment()
    with open_mart(home.require_mart()) as db:
        every = plan_actions(db)
    asked = {"is_open": only_open, "is_overdue": overdue, "conflicts": conflicts}
    wanted = [name for name, is_asked in asked.items() if is_asked]
    chosen = [one for one in every if all(one[name] for name in wanted)]
    if as_json:
        screen.json(chosen)
    elif as_csv:
        screen.data(_csv(chosen))
    elif not every:
        raise no_plan()
    else:
        _list(screen, chosen) if wanted else _summarise(screen, every)
        if any(one["synthetic"] for one in every):
            screen.warn(SYNTHETIC)


@app.command()
def show(
    action: Annotated[str, typer.Argument(help="Id of an action, such as A-12.")],
    as_json: AsJson = False,
) -> None:
    """Show an action: what it is, its rating and why, its evidence with charts, and its history."""
    from warehouse.base.sql import open_mart
    from warehouse.outputs.plan_queries import action_named, evidence_for, history_of

    screen, home = Screen(), Home.from_environment()
    with open_mart(home.require_mart()) as db:
        found = action_named(db, action, read_settings(home).place)
        evidence, history = evidence_for(db, found), history_of(db, found)
        if as_json:
            screen.json(found | {"evidence_kpis": evidence, "history": history})
            return
        _show_action(screen, found)
        for one in evidence:
            _show_evidence(screen, db, one)
    _show_history(screen, history)
    if found["synthetic"]:
        screen.warn(SYNTHETIC)


def _csv(found: list[Row]) -> str:
    text = io.StringIO()
    if found:
        writer = csv.DictWriter(text, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {name: "; ".join(it) if isinstance(it, list) else it for name, it in one.items()}
            for one in found
        )
    return text.getvalue().rstrip("\n")


def _summarise(screen: Screen, every: list[Row]) -> None:
    """Counts by area and by aim, and the first contradictions."""
    on = day_words(every[0]["rated_on"])
    screen.say(
        f"{plural(len(every), 'action')}, rated on {on}, the last day of the newest month.\n"
    )
    screen.table(_counts("Area", every, lambda one: name_words(one["area"])))
    screen.say("")
    screen.table(_counts("Aim", every, lambda one: name_words(one["llr_aim"] or "no aim")))
    told = [one for one in every if one["conflicts"]]
    if not told:
        screen.say("\nNothing in the data contradicts the plan's own ratings.")
        return
    screen.say(f"\nContradicted by due dates or evidence: {plural(len(told), 'action')}.")
    _list(screen, told[:FEW])
    more = f"{len(told) - FEW} more with access-recovery plan --conflicts. " * (len(told) > FEW)
    screen.say(f"{more}One in full: access-recovery plan show {told[0]['action_id']}")


def _counts(heading: str, every: list[Row], of: Callable[[Row], str]) -> Any:
    from warehouse.plan.rating import rating_rules

    soon = f"Due in {rating_rules().due_soon_days} days"
    numbers = ("Actions", "Open", "Overdue", soon, "Complete", "Contradicted")
    table = plain_table(heading, *numbers, right=numbers, expendable=("Complete",))
    for name in sorted({of(one) for one in every}):
        own = [one for one in every if of(one) == name]
        counted = (
            own,
            [one for one in own if one["is_open"]],
            [one for one in own if one["is_overdue"]],
            [one for one in own if one["is_due_soon"]],
            [one for one in own if one["status"] == "complete"],
            [one for one in own if one["conflicts"]],
        )
        table.add_row(name, *(f"{len(some):,}" for some in counted))
    return table


def _list(screen: Screen, found: list[Row]) -> None:
    """A line per action, and below it what contradicts it."""
    if not found:
        screen.say("No such actions.")
        return
    table = plain_table(
        *("Action", "Title", "Due", "Status", "Rated", "Computed"),
        narrow={"Title": 20},
    )
    for one in found:
        due = day_words(one["due_current"])
        rated = (one["self_rating"], one["computed_rating"])
        table.add_row(one["action_id"], one["title"], due, one["status"], *rated)
    screen.table(table)
    lines = [(one["action_id"], why) for one in found for why in one["conflict_reasons"]]
    if lines:
        screen.say("")
    for action, why in lines:
        _wrapped(screen, f"{action}: {why}")


def _show_action(screen: Screen, one: Row) -> None:
    screen.say(f"{one['action_id']}: {one['title']} ({one['icb_code']})")
    scope = f"{one['scope_level']} {one['scope_code']}"
    for name, text in action_words(one, scope).items():
        if text:
            _wrapped(screen, f"{name}: {text}")
    for why in one["conflict_reasons"]:
        _wrapped(screen, f"Contradicted: {why}")


def _show_evidence(screen: Screen, db: duckdb.DuckDBPyConnection, one: Row) -> None:
    from pipelines.cli.series_shown import DRAWN, show_chart
    from warehouse.outputs.search import kpi_named, series

    screen.say(f"\nEvidence: {one['kpi_title']} ({one['kpi_id']})")
    _wrapped(screen, evidence_words(one))
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


def _wrapped(screen: Screen, text: str) -> None:
    """A line of text, continued with an indent where it is wider than the screen."""
    width = min(screen.out.width, WIDEST)
    for line in textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False):
        screen.say(line)
