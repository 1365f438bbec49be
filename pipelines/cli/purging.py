"""`access-recovery purge`: ask for confirmation, then list what was erased and what was not.

Belongs here: printing, the exit status. Does not: erasing (`pipelines.operations.purge`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pipelines.cli.effects import LISTED, show_figures, without_files
from pipelines.cli.outcomes import show_statuses
from pipelines.cli.screen import Screen
from warehouse.base.exit_status import DONE, IN_PART, WRONG
from warehouse.base.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.operations.purge import Purged
    from pipelines.operations.purge_files import Plan

OUT_OF_REACH = (
    "Not erased: backups, files that were exported or passed on, lineage events that were sent to "
    "a service or stored elsewhere, the file you imported from, and the old mart in programs that "
    "have it open. Close these programs, and erase the rest yourself. Reasons that people gave for "
    "decisions are kept as written."
)


def foretell_purge(
    screen: Screen, home: Home, typed: list[str], dry_run: bool, csv: Path | None
) -> None:
    """Show what a purge would erase, and which figures may change, before it is made or instead.
    Raises NotPossible."""
    from pipelines.operations.purge_files import plan_purge

    plan = plan_purge(home, typed)
    effects = without_files(home, plan.files)
    if dry_run:
        _show_plan(screen, plan)
        for one in effects:
            screen.say(one.words)
    show_figures(screen, home, effects, LISTED if dry_run else 0, csv)
    if dry_run:
        screen.say("Dry run: nothing was erased.")


def run_purge(
    screen: Screen, home: Home, typed: list[str], reason: str, by: str | None, yes: bool
) -> int:
    """Purge after confirmation; returns the exit status. Raises NotPossible."""
    from pipelines.operations.purge import purge
    from warehouse.archive.decisions import reason_given, who

    reason_given(reason), who(by)

    def confirm(plan: Plan) -> bool:
        _show_plan(screen, plan)
        return yes or _agreed(screen)

    with screen.working("Finding what to erase") as working:
        done = purge(home, typed, reason, by, confirm, working)
    if done is None:
        screen.warn("Nothing was erased.")
        return WRONG
    return _show_result(screen, home, done)


def _agreed(screen: Screen) -> bool:
    try:
        return typer.confirm("Erase this permanently?", err=True)
    except typer.Abort:
        screen.warn("\nNo answer. Use --yes to erase without being asked.")
        return False


def _show_plan(screen: Screen, plan: Plan) -> None:
    for file in plan.files:
        screen.say(
            f"To be erased: {file.file_name} ({file.short}, {file.feed} {file.edition}, "
            f"{file.rows:,} rows, {file.bytes:,} bytes)"
        )
    for stone in plan.buried:
        screen.say(
            f"{stone.sha256[:12]} of {stone.feed} {stone.edition} was {stone.words}. Anything "
            "left of it is erased now."
        )
    for path in plan.landing:
        screen.say(f"To be erased: {path}")


def _show_result(screen: Screen, home: Home, done: Purged) -> int:
    for stone in done.stones:
        screen.say(
            f"Purged: {stone.sha256} ({stone.feed} {stone.edition}). A tombstone remains; "
            "importing the file again is refused."
        )
    if done.runs:
        screen.say(
            f"{done.runs} Dagster run(s) that may quote it were deleted; the UI shows no "
            "materialisation of the editions they processed until these are refreshed again."
        )
    for failure in done.report.failures:
        screen.error(failure)
    show_statuses(screen, done.report)
    if done.taken_down:
        screen.say(
            "The published mart was removed: it had data from the file, and no mart could be built "
            "without it."
        )
    elif home.has_mart:
        how = "published again without it" if done.report.published else "which has no data from it"
        screen.say(f"Mart: {home.mart}, {how}.")
    for path in done.plan.beside:
        screen.error(
            f"{path} has a copy beside other files and was not erased.", "Delete it yourself."
        )
    screen.warn(OUT_OF_REACH)
    return IN_PART if done.plan.beside or (done.report.failures and not done.taken_down) else DONE
