"""`access-recovery housekeeping`: remove unused files and old runs.

Belongs here: printing. Does not: what is removed (`pipelines.operations.housekeeping`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.screen import Screen
from warehouse.base.home import Home

if TYPE_CHECKING:
    from pipelines.operations.housekeeping import Done

app = typer.Typer()


@app.command()
def housekeeping(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be removed, and its size.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait for a running refresh to end.")] = True,
) -> None:
    """Remove unused files that can be rebuilt, old marts, and old Dagster runs.

    The archive is never changed. The daemon does this on Sundays at 03:00. Settings: `keep_marts`
    (default 2), `keep_runs_days` (default 90).
    """
    from pipelines.operations.housekeeping import housekeep

    screen, home = Screen(), Home.from_environment()
    with screen.working("Looking for files to remove") as working:
        done = housekeep(home, dry_run, working, wait)
    _show(screen, done, dry_run)


def _show(screen: Screen, done: Done, dry_run: bool) -> None:
    if not done.waste and not done.runs:
        screen.say("Nothing to remove: everything is in use or too recent.")
        return
    groups: dict[str, list[int]] = defaultdict(list)
    for one in done.waste:
        groups[one.why].append(one.bytes)
    for why, sizes in groups.items():
        screen.say(f"{len(sizes):>6,} file(s) {sum(sizes):>15,} bytes  {why}")
    if done.runs:
        screen.say(f"{done.runs:>6,} run(s)  {done.run_bytes:>15,} bytes  old Dagster runs")
    verb = "Would be removed" if dry_run else "Removed"
    screen.say(f"{verb}: {done.bytes:,} bytes. The archive is unchanged.")
