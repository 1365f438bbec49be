"""`access-recovery fetch`: look up publishers' pages and archive new files.

Belongs here: printing, the exit status. Does not: the lookup (`warehouse.fetch`).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.arguments import feed_named, month_named
from pipelines.cli.screen import Screen, plain_table
from warehouse.base.exit_status import DONE, IN_PART, UNREACHABLE, WRONG
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey

if TYPE_CHECKING:
    from warehouse.fetch.lookups import Lookup

app = typer.Typer()
STYLES = {"new": "green", "unchanged": "dim", "not yet": "dim"}


@app.command()
def fetch(
    feed: Annotated[
        list[str] | None, typer.Argument(help="Feeds to look up; default: all.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Look up every edition from this month (YYYY-MM) on, imported or not."),
    ] = None,
) -> None:
    """Find new editions on the publishers' pages, download and archive them.

    Looks up the editions that are due and not imported, and the newest imported one, which may have
    been revised. Unchanged files are not downloaded. You can stop it at any time: the next fetch
    continues.

    If the network needs a proxy, set HTTPS_PROXY (NO_PROXY for exceptions). If it inspects traffic,
    set SSL_CERT_FILE to your organisation's CA file.

    Exit status: 0 done, even if nothing is new; 1 some editions could not be archived; 2 wrong
    usage; 3 a publisher could not be reached.
    """
    from warehouse.fetch.fetch import each_lookup

    screen, home = Screen(), Home.from_environment()
    feeds = [_published(name) for name in feed or []]
    month = month_named(since) if since else None
    found: list[Lookup] = []
    whole = False
    try:
        with screen.working("Looking for new editions") as working:
            for look in each_lookup(home, feeds, month, say=working):
                found.append(look)  # noqa: PERF402 - kept even if the next one fails
        whole = True
    except ValueError as error:
        screen.error(f"{str(error).rstrip('.')}.")
        raise typer.Exit(WRONG) from None
    finally:
        # Even after an error, such as a full disk, show what was archived.
        show_lookups(screen, found, whole)
    if not found:
        screen.say("No edition is due or imported, so there is nothing to look up.")
    raise typer.Exit(fetch_status(found))


def _published(name: str) -> str:
    """Return the name of a feed that can be looked up. Raises BadParameter for any other."""
    from warehouse.fetch.fetch import looked_up

    try:
        looked_up([feed_named(name)])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return name


def fetch_status(found: list[Lookup]) -> int:
    """Return the exit status: 3 if a publisher could not be reached, 1 if anything else failed."""
    if any(look.verdict == "unreachable" for look in found):
        return UNREACHABLE
    return IN_PART if any(look.wants_a_person for look in found) else DONE


def _runs(found: list[Lookup]) -> list[list[Lookup]]:
    """Group lookups: consecutive editions of a feed without news form one group."""
    runs: list[list[Lookup]] = []
    for look in sorted(found, key=EditionKey.of):
        last = runs[-1][-1] if runs else None
        dull = look.verdict in ("not yet", "unchanged")
        if last and dull and (last.feed, last.verdict) == (look.feed, look.verdict):
            runs[-1].append(look)
        else:
            runs.append([look])
    return runs


def _sentence(look: Lookup) -> str:
    return f"{look.feed} {look.edition} {look.verdict}. {look.message}"


def show_lookups(screen: Screen, found: list[Lookup], whole: bool) -> None:
    """Print one row per feed and edition, then failures with their remedies, then what to do next.
    `whole`: no lookup was interrupted."""
    from rich.text import Text

    if not found:
        return
    table = plain_table("Feed", "Edition", "Result", "Details")
    for run in _runs(found):
        look, last = run[0], run[-1]
        span = look.edition if look is last else f"{look.edition} to {last.edition}"
        details = look.message if look.verdict in STYLES else "see below"
        style = STYLES.get(look.verdict, "red")
        more = "" if look is last else f" The same for the {len(run) - 1} after it."
        table.add_row(look.feed, span, Text(look.verdict, style), Text(details + more))
    screen.table(table)
    wanting = [look for look in found if look.wants_a_person]
    for remedy, looks in groupby(wanting, key=lambda look: look.remedy):
        *before, last = looks
        for look in before:
            screen.error(_sentence(look))
        screen.error(_sentence(last), remedy)
    if any(look.verdict == "new" for look in found):
        screen.say("Next: access-recovery refresh")
    elif whole and all(look.verdict in STYLES for look in found):
        screen.say("The publishers have nothing new.")
