"""The commands `accept`, `hold`, `revoke`, `withdraw`, `restore`, `purge`, `diff` and `scorecard`.

Belongs here: arguments and printing. Does not: what they do (`warehouse.editions.status`,
`warehouse.archive.withdrawals`, `pipelines.operations.purge`, `warehouse.editions.diff`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.arguments import AsJson, feed_named, month_named
from pipelines.cli.effects import Yes, agreed
from pipelines.cli.screen import Screen
from warehouse.base.exit_status import WRONG
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.months import month_text

if TYPE_CHECKING:
    from warehouse.archive.withdrawals import Moved
    from warehouse.editions.status import Ruling

app = typer.Typer()
PANEL = "Governance"
NEXT = "Next: access-recovery refresh"

FeedArgument = Annotated[str, typer.Argument(help="Feed, as listed by status.")]
EditionArgument = Annotated[str, typer.Argument(help="Edition, YYYY-MM.")]
Reason = Annotated[str, typer.Option("--reason", help="Reason; kept permanently and shown.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides; default: this computer's user.")]
Sha = Annotated[
    str,
    typer.Argument(help="SHA-256 of a file or of its zip, in full or the first 8 or more digits."),
]
OfEdition = Annotated[
    str | None,
    typer.Option("--edition", help="Only this edition (YYYY-MM), if imported as several."),
]


@app.command(rich_help_panel=PANEL)
def scorecard() -> None:
    """Write the scorecard and the page of each refresh again, and print where they are.

    Static pages that need no network: data quality by feed and dimension, freshness, held editions,
    decisions and checks. Each refresh writes them; this command updates freshness to today.
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
        str | None, typer.Option("--org", help="Only held months of this organisation code.")
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="Only this held month, YYYY-MM.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Accept an edition despite failed checks, lift a hold, or accept held months.

    Before deciding, run `access-recovery status` and `access-recovery diff FEED OLD NEW`. The
    acceptance covers the present files and failed checks: if either changes, it lapses, and status
    shows that.
    """
    from pipelines.cli.effects import accepted
    from warehouse.editions.status import accept as decide

    home, key = Home.from_environment(), EditionKey(feed_named(feed), month_named(edition))
    held_month = month_named(month) if month else None
    effect = accepted(home, key, org, held_month)
    _decide(effect, yes, lambda: decide(home, *key, reason, by, org, held_month))


@app.command(rich_help_panel=PANEL)
def hold(
    feed: FeedArgument,
    edition: EditionArgument,
    reason: Reason,
    by: By = None,
    yes: Yes = False,
) -> None:
    """Keep an edition out of the mart until it is accepted again.

    Its months are taken from the newest accepted edition that has them. The hold also applies to
    new files of the edition; `access-recovery accept` lifts it, and `access-recovery revoke` takes
    it back.
    """
    from pipelines.cli.effects import without
    from warehouse.editions.status import hold as decide

    home, key = Home.from_environment(), EditionKey(feed_named(feed), month_named(edition))
    _decide(without(home, key), yes, lambda: decide(home, *key, reason, by))


@app.command(rich_help_panel=PANEL)
def revoke(
    feed: FeedArgument, edition: EditionArgument, reason: Reason, by: By = None, yes: Yes = False
) -> None:
    """Take back what was decided about an edition: its checks alone decide again.

    For an acceptance or a hold that was a mistake. An edition that passed its checks is used, one
    that failed them is held, and its held months are held again. The decision and its reason stay
    on record. `access-recovery restore` takes back a withdrawal; a purge can't be undone.
    """
    from pipelines.cli.effects import revoked
    from warehouse.editions.status import revoke as decide

    home, key = Home.from_environment(), EditionKey(feed_named(feed), month_named(edition))
    _decide(revoked(home, key), yes, lambda: decide(home, *key, reason, by))


def _decide(effect: str, yes: bool, decide: Callable[[], Ruling]) -> None:
    """Tell the effect of a decision, make it if it is agreed to, and print the result."""
    screen = Screen()
    if not agreed(screen, effect, yes):
        raise typer.Exit(WRONG)
    ruling = decide()
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
def withdraw(
    sha256: Sha, reason: Reason, by: By = None, edition: OfEdition = None, yes: Yes = False
) -> None:
    """Take a file that was imported by mistake out of the mart; it stays in the archive.

    Its edition is checked again without it. `access-recovery restore` undoes this. To erase a file
    that must not be kept, use `access-recovery purge`.
    """
    from pipelines.cli.effects import without
    from warehouse.archive.withdrawals import files_named
    from warehouse.archive.withdrawals import withdraw as move

    home = Home.from_environment()
    files = files_named(home, sha256, month_named(edition) if edition else None)
    effects = [without(home, key) for key in sorted(map(EditionKey.of, files))]
    if not agreed(Screen(), "\n".join(dict.fromkeys(effects)), yes):
        raise typer.Exit(WRONG)
    _move(move, sha256, reason, by, edition)


@app.command(rich_help_panel=PANEL)
def restore(sha256: Sha, reason: Reason, by: By = None, edition: OfEdition = None) -> None:
    """Restore a withdrawn file."""
    from warehouse.archive.withdrawals import restore as move

    _move(move, sha256, reason, by, edition)


@app.command(rich_help_panel=PANEL)
def diff(
    feed: FeedArgument,
    old: Annotated[str, typer.Argument(help="Old edition: YYYY-MM, or YYYY-MM.2 for revision 2.")],
    new: Annotated[str, typer.Argument(help="New edition, in the same form.")],
    as_json: AsJson = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write every change to this CSV file.")
    ] = None,
    measure: Annotated[
        list[str] | None, typer.Option(help="Only this measure; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Number of changes to show.")] = 20,
) -> None:
    """Compare two editions of a feed: files, rows, months, organisations and figures.

    Lists changes by month and organisation, largest first. Held editions can be compared, too.
    """
    from pipelines.cli.differences import difference_data, show_difference, write_difference
    from warehouse.editions.diff import diff_editions

    screen, home = Screen(), Home.from_environment()
    with screen.working("Comparing"):
        found = diff_editions(home, feed_named(feed), old, new, measure or [])
    if csv:
        write_difference(found, csv)
    if as_json:
        screen.json(difference_data(found), month_text)
    else:
        show_difference(screen, found, limit, csv)


@app.command(rich_help_panel=PANEL)
def purge(
    sha256: Annotated[list[str], typer.Argument(help="SHA-256 of files or their zips.")],
    reason: Reason,
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
) -> None:
    """Erase a file that must not be kept (personal data), and everything made from it.

    This can't be undone. Only a tombstone remains: hash, feed, edition, size, who, when and why. Do
    not repeat in the reason what must be erased. The mart is rebuilt and published at once.
    """
    from pipelines.cli.purging import run_purge

    raise typer.Exit(run_purge(Screen(), Home.from_environment(), sha256, reason, by, yes))
