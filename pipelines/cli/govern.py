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
from pipelines.cli.effects import DryRun, Effect, FiguresTo, Yes, ask, reason_for
from pipelines.cli.screen import Screen
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.months import month_text

if TYPE_CHECKING:
    from warehouse.archive.source_files import SourceFile
    from warehouse.archive.withdrawals import Moved
    from warehouse.editions.rulings import Ruling

app = typer.Typer()
PANEL = "Governance"
NEXT = "Next: access-recovery refresh"

FeedArgument = Annotated[str, typer.Argument(help="Feed, as listed by status.")]
EditionArgument = Annotated[str, typer.Argument(help="Edition, YYYY-MM.")]
Reason = Annotated[
    str | None,
    typer.Option("--reason", help="Reason, needed to decide; kept permanently and shown."),
]
By = Annotated[str | None, typer.Option("--by", help="Who decides; default: this computer's user.")]
Sha = Annotated[
    str,
    typer.Argument(
        help="A file's name, as it was imported; or SHA-256 of a file or of its zip, in full or "
        "the first 8 or more digits; or a feed whose --edition has one file."
    ),
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
    from warehouse.site.trust.home_pages import build_pages

    screen, home = Screen(), Home.from_environment()
    screen.say(str(build_pages(home)))


@app.command(rich_help_panel=PANEL)
def accept(
    feed: FeedArgument,
    edition: EditionArgument,
    reason: Reason = None,
    by: By = None,
    org: Annotated[
        str | None, typer.Option("--org", help="Only held months of this organisation code.")
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="Only this held month, YYYY-MM.")
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    csv: FiguresTo = None,
) -> None:
    """Accept an edition despite failed checks, lift a hold, or accept held months.

    Before deciding, run `access-recovery status` and `access-recovery diff FEED OLD NEW`; with
    `--dry-run` this command shows which published figures may change. The acceptance covers the
    present files and failed checks: if either changes, it lapses, and status shows that.
    """
    from pipelines.cli.effects import accepted
    from warehouse.editions.rulings import accept as decide

    home, key = Home.from_environment(), EditionKey(feed_named(feed), month_named(edition))
    why, held_month = reason_for(reason, dry_run), month_named(month) if month else None
    ask(Screen(), home, [accepted(home, key, org, held_month)], yes, dry_run, csv)
    _show(decide(home, *key, why, by, org, held_month))


@app.command(rich_help_panel=PANEL)
def hold(
    feed: FeedArgument,
    edition: EditionArgument,
    reason: Reason = None,
    by: By = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    csv: FiguresTo = None,
) -> None:
    """Keep an edition out of the mart until it is accepted again.

    Its months are taken from the newest accepted edition that has them. The hold also applies to
    new files of the edition; `access-recovery accept` lifts it, and `access-recovery revoke` takes
    it back.
    """
    from pipelines.cli.effects import without
    from warehouse.editions.rulings import hold as decide

    _rule(decide, without, (feed, edition), (reason, by), (yes, dry_run, csv))


@app.command(rich_help_panel=PANEL)
def revoke(
    feed: FeedArgument,
    edition: EditionArgument,
    reason: Reason = None,
    by: By = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    csv: FiguresTo = None,
) -> None:
    """Take back what was decided about an edition: its checks alone decide again.

    For an acceptance or a hold that was a mistake. An edition that passed its checks is used, one
    that failed them is held, and its held months are held again. The decision and its reason stay
    on record. `access-recovery restore` takes back a withdrawal; a purge can't be undone.
    """
    from pipelines.cli.effects import revoked
    from warehouse.editions.rulings import revoke as decide

    _rule(decide, revoked, (feed, edition), (reason, by), (yes, dry_run, csv))


def _rule(
    decide: Callable[[Home, str, str, str, str | None], Ruling],
    effect: Callable[[Home, EditionKey], Effect],
    of: tuple[str, str],
    decider: tuple[str | None, str | None],
    asked: tuple[bool, bool, Path | None],
) -> None:
    """Tell the effect of a decision on an edition (`of`: feed and edition), decide if it is agreed
    to, and print the result. `decider` and `asked`: as of `_move`."""
    home, key = Home.from_environment(), EditionKey(feed_named(of[0]), month_named(of[1]))
    why = reason_for(decider[0], asked[1])
    ask(Screen(), home, [effect(home, key)], *asked)
    _show(decide(home, *key, why, decider[1]))


def _show(ruling: Ruling) -> None:
    """Print the result of a decision on an edition."""
    screen = Screen()
    screen.say(ruling.message)
    if ruling.decision:
        screen.say(NEXT)


def _move(
    move: Callable[..., Moved],
    effects: Callable[[Home, list[SourceFile]], list[Effect]],
    of: tuple[str, str | None],
    decider: tuple[str | None, str | None],
    asked: tuple[bool, bool, Path | None],
) -> None:
    """Tell the effect of withdrawing or restoring files (`of`: hash and edition), do it if it is
    agreed to, and print the result. `decider`: reason and person; `asked`: `--yes`, `--dry-run` and
    `--csv`."""
    from warehouse.archive.withdrawals import files_named

    screen, home = Screen(), Home.from_environment()
    (sha256, edition), (reason, by) = of, decider
    month, why = month_named(edition) if edition else None, reason_for(reason, asked[1])
    ask(screen, home, effects(home, files_named(home, sha256, month)), *asked)
    moved = move(home, sha256, why, by, month)
    for line in moved.lines:
        screen.say(line)
    if moved.decisions:
        screen.say(NEXT)


@app.command(rich_help_panel=PANEL)
def withdraw(
    sha256: Sha,
    reason: Reason = None,
    by: By = None,
    edition: OfEdition = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    csv: FiguresTo = None,
) -> None:
    """Take a file that was imported by mistake out of the mart; it stays in the archive.

    Its edition is checked again without it. `access-recovery restore` undoes this. To erase a file
    that must not be kept, use `access-recovery purge`.
    """
    from pipelines.cli.effects import without_files
    from warehouse.archive.withdrawals import withdraw as move

    _move(move, without_files, (sha256, edition), (reason, by), (yes, dry_run, csv))


@app.command(rich_help_panel=PANEL)
def restore(
    sha256: Sha,
    reason: Reason = None,
    by: By = None,
    edition: OfEdition = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    csv: FiguresTo = None,
) -> None:
    """Restore a withdrawn file: the mart uses it again, in place of what it uses now."""
    from pipelines.cli.effects import restored
    from warehouse.archive.withdrawals import restore as move

    _move(move, restored, (sha256, edition), (reason, by), (yes, dry_run, csv))


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
    reason: Reason = None,
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    dry_run: DryRun = False,
    csv: FiguresTo = None,
) -> None:
    """Erase a file that must not be kept (personal data), and everything made from it.

    This can't be undone. Only a tombstone remains: hash, feed, edition, size, who, when and why. Do
    not repeat in the reason what must be erased. The mart is rebuilt and published at once.
    """
    from pipelines.cli.purging import foretell_purge, run_purge

    screen, home, why = Screen(), Home.from_environment(), reason_for(reason, dry_run)
    if dry_run or csv:
        foretell_purge(screen, home, sha256, dry_run, csv)
    if not dry_run:
        raise typer.Exit(run_purge(screen, home, sha256, why, by, yes))
