"""Governance's commands: decide about editions and files, and show what an edition changed.

Belongs here: arguments, printing and exit statuses of `accept`, `hold`, `withdraw`, `restore`,
`purge` and `diff`. Does not: what they do (`warehouse.editions.status`,
`warehouse.archive.withdrawals`, `pipelines.operations.purge`, `warehouse.editions.diff`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.arguments import feed_named, month_named
from pipelines.cli.screen import Screen
from warehouse.base.exit_status import DONE
from warehouse.base.home import Home

if TYPE_CHECKING:
    from warehouse.archive.withdrawals import Moved

app = typer.Typer()
PANEL = "Governance"
NEXT = "Next: access-recovery refresh"

FeedArgument = Annotated[str, typer.Argument(help="Feed, as status shows it.")]
EditionArgument = Annotated[str, typer.Argument(help="Edition, YYYY-MM.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept for ever, and shown.")]
By = Annotated[
    str | None, typer.Option("--by", help="Who decides; default the user of this computer.")
]
Sha = Annotated[
    str,
    typer.Argument(
        help="SHA-256 of a file or of the zip it came in, or its first digits (8 or more)."
    ),
]
OfEdition = Annotated[
    str | None,
    typer.Option("--edition", help="Only of this edition (YYYY-MM), if imported as several."),
]


@app.command(rich_help_panel=PANEL)
def scorecard() -> None:
    """Write the scorecard and the page of each refresh anew, and say where they are.

    Static pages that open in a browser without a network: feeds by dimension of data quality,
    freshness, what is held back, who decided what, and what was checked. Each refresh writes them;
    this is for another day's freshness.
    """
    from warehouse.outputs.pages.render import build_pages

    screen, home = Screen(), Home.from_environment()
    screen.say(str(build_pages(home)))


@app.command(rich_help_panel=PANEL)
def accept(
    feed: FeedArgument,
    edition: EditionArgument,
    reason: Reason,
    by: By = None,
    org: Annotated[
        str | None, typer.Option("--org", help="Only held months of this organisation (code).")
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="Only held months about this month (YYYY-MM).")
    ] = None,
) -> None:
    """Let an edition into the mart although checks failed, lift a hold, or let in held months.

    Look first: `access-recovery status`, and `access-recovery diff FEED OLD NEW`. The acceptance
    is for the files and the failed checks of now: it lapses, and says so, if the edition gets
    other files or fails another check.
    """
    from warehouse.editions.status import accept as decide

    screen = Screen()
    ruling = decide(
        Home.from_environment(),
        feed_named(feed),
        month_named(edition),
        reason,
        by,
        org,
        month_named(month) if month else None,
    )
    screen.say(ruling.message)
    if ruling.decision:
        screen.say(NEXT)


@app.command(rich_help_panel=PANEL)
def hold(feed: FeedArgument, edition: EditionArgument, reason: Reason, by: By = None) -> None:
    """Keep an edition out of the mart until it is accepted again.

    Its months fall back to the newest accepted edition that has them. The hold survives new files
    of the edition; `access-recovery accept` lifts it.
    """
    from warehouse.editions.status import hold as decide

    screen = Screen()
    ruling = decide(Home.from_environment(), feed_named(feed), month_named(edition), reason, by)
    screen.say(ruling.message)
    if ruling.decision:
        screen.say(NEXT)


def _move(
    move: Callable[..., Moved], sha256: str, reason: str, by: str | None, edition: str | None
) -> None:
    """Withdraw or restore files, and print the result."""
    screen = Screen()
    month = month_named(edition) if edition else None
    moved = move(Home.from_environment(), sha256, reason, by, month)
    for line in moved.lines:
        screen.say(line)
    if moved.decisions:
        screen.say(NEXT)


@app.command(rich_help_panel=PANEL)
def withdraw(sha256: Sha, reason: Reason, by: By = None, edition: OfEdition = None) -> None:
    """Take a file that was imported by mistake out of the mart; it stays in the archive.

    Its edition is judged anew from what remains. `access-recovery restore` undoes it. To erase a
    file that must not be kept at all, use `access-recovery purge`.
    """
    from warehouse.archive.withdrawals import withdraw as move

    _move(move, sha256, reason, by, edition)


@app.command(rich_help_panel=PANEL)
def restore(sha256: Sha, reason: Reason, by: By = None, edition: OfEdition = None) -> None:
    """Take a withdrawn file back into use."""
    from warehouse.archive.withdrawals import restore as move

    _move(move, sha256, reason, by, edition)


@app.command(rich_help_panel=PANEL)
def diff(
    feed: FeedArgument,
    old: Annotated[str, typer.Argument(help="Edition YYYY-MM; YYYY-MM.2 as of its revision 2.")],
    new: Annotated[str, typer.Argument(help="Edition to compare it with, likewise.")],
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write every change to this CSV file.")
    ] = None,
    measure: Annotated[
        list[str] | None, typer.Option(help="Only this measure; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Changes shown on the screen.")] = 20,
) -> None:
    """Show what an edition changed: files, rows, months, organisations, and figures.

    Changes by month and organisation, the largest first. Works on editions that are held, too.
    """
    from pipelines.cli.differences import difference_data, show_difference, write_difference
    from warehouse.editions.diff import diff_editions

    screen, home = Screen(), Home.from_environment()
    with screen.working("Comparing"):
        found = diff_editions(home, feed_named(feed), old, new, measure or [])
    if csv:
        write_difference(found, csv)
    if as_json:
        screen.data(difference_data(found))
    else:
        show_difference(screen, found, limit, csv)
    raise typer.Exit(DONE)


@app.command(rich_help_panel=PANEL)
def purge(
    sha256: Annotated[
        list[str], typer.Argument(help="SHA-256 of the file or its zip; repeatable.")
    ],
    reason: Reason,
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a file that must not be kept (personal data), with all that was made from it.

    Only a tombstone stays: hash, feed, edition, size, who, when, why. Do not put into the reason
    what has to be erased. The mart is rebuilt and published at once. This can't be undone.
    """
    from pipelines.cli.purging import run_purge

    screen = Screen()
    status = run_purge(screen, Home.from_environment(), sha256, reason, by, yes)
    raise typer.Exit(status)
