"""`access-recovery purge`: ask first, then list what was erased and what could not be reached.

Belongs here: words and the exit status. Does not: the work (`pipelines.operations.purge`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pipelines.cli.outcomes import show_statuses
from pipelines.cli.screen import Screen
from warehouse.base.exit_status import DONE, IN_PART, WRONG
from warehouse.base.home import Home

if TYPE_CHECKING:
    from pipelines.operations.purge import Purged
    from pipelines.operations.purge_files import Plan

OUT_OF_REACH = (
    "Out of reach are backups, files that were exported or passed on, lineage events that were "
    "sent to a service or kept elsewhere, the file you imported from, and programs that still "
    "have the old mart open: close them, and see to the rest yourself. "
    "Reasons that people gave for decisions are kept as they were written."
)


def run_purge(
    screen: Screen, home: Home, typed: list[str], reason: str, by: str | None, yes: bool
) -> int:
    """Purge after asking; returns the exit status. Raises NotPossible."""
    from pipelines.operations.purge import purge
    from warehouse.archive.decisions import reason_given, who

    reason_given(reason), who(by)

    def confirm(plan: Plan) -> bool:
        _show_plan(screen, plan)
        return yes or _agreed(screen)

    with screen.working("Looking what has to go") as working:
        done = purge(home, typed, reason, by, confirm, working)
    if done is None:
        screen.warn("Nothing was erased.")
        return WRONG
    return _show_result(screen, home, done)


def _agreed(screen: Screen) -> bool:
    try:
        return typer.confirm("Erase this for ever?", err=True)
    except typer.Abort:
        screen.warn("\nNobody answered. Say --yes to erase without being asked.")
        return False


def _show_plan(screen: Screen, plan: Plan) -> None:
    for file in plan.files:
        screen.say(
            f"To be erased: {file.file_name} ({file.short}, {file.feed} {file.edition}, "
            f"{file.rows:,} rows, {file.bytes:,} bytes)"
        )
    for stone in plan.buried:
        screen.say(f"{stone.sha256[:12]} of {stone.feed} {stone.edition} was {stone.words}.")
        screen.say("What may be left of it is erased again.")
    for path in plan.landing:
        screen.say(f"To be erased: {path}")


def _show_result(screen: Screen, home: Home, done: Purged) -> int:
    for stone in done.stones:
        screen.say(
            f"Purged: {stone.sha256} ({stone.feed} {stone.edition}). A tombstone stays; "
            "importing the file again is refused."
        )
    if done.runs:
        screen.say(
            f"{done.runs} Dagster run(s) that may quote it are forgotten; editions they took in "
            "show no materialisation in the UI until they are refreshed again."
        )
    for failure in done.report.failures:
        screen.error(failure)
    show_statuses(screen, done.report)
    if done.taken_down:
        screen.say(
            "No mart is published any more: the old one showed the file, and a new one could not "
            "be built without it."
        )
    elif home.has_mart:
        how = "published again without it" if done.report.published else "which shows nothing of it"
        screen.say(f"Mart: {home.mart}, {how}.")
    for path in done.plan.beside:
        screen.error(
            f"{path} holds a copy beside other files and was left alone.", "Delete it yourself."
        )
    screen.warn(OUT_OF_REACH)
    return IN_PART if done.plan.beside or (done.report.failures and not done.taken_down) else DONE
