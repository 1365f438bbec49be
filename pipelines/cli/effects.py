"""What a decision about an edition changes, told before it is made.

Belongs here: counting figures, and asking. Does not: deciding (`warehouse.editions.status`).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.screen import Screen
from warehouse.base.home import Home
from warehouse.base.months import month_text

if TYPE_CHECKING:
    from warehouse.base.keys import EditionKey

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask at the terminal.")]


def agreed(screen: Screen, effect: str, yes: bool) -> bool:
    """Tell what a decision changes and, at a terminal, ask whether to make it. A program that runs
    the command has decided."""
    if effect:
        screen.say(effect)
    if yes or not _is_at_terminal():
        return True
    if typer.confirm("Go on?", err=True):
        return True
    screen.warn("Nothing was recorded.")
    return False


def _is_at_terminal() -> bool:
    return sys.stdin.isatty()


def without(home: Home, key: EditionKey) -> str:
    """What the mart loses when an edition is no longer used."""
    figures, newest = _published(home, key)
    if not figures:
        return f"No published figure uses {key.feed} {key.edition}."
    return (
        f"{figures:,} published figures use {key.feed} {key.edition}, the newest of {newest}. "
        "Without it they are those of earlier editions, or missing."
    )


def accepted(home: Home, key: EditionKey) -> str:
    """What the mart gains when an edition is used; nothing to tell of one that was not imported."""
    from warehouse.archive.source_files import Archive
    from warehouse.transform.lake import facts_of

    own = [one for one in Archive(home).active_files(key.feed) if one.edition == key.edition]
    if not own:
        return ""
    counts = sum(facts.cells for file in own if (facts := facts_of(home, file)))
    months = sorted({month for file in own for month in file.months}) or [key.edition]
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    return (
        f"{key.feed} {key.edition} has {counts:,} reported organisation-months of {span}; figures "
        "are made of them."
    )


def _published(home: Home, key: EditionKey) -> tuple[int, str]:
    """How many published figures use an edition, and the newest month of them."""
    if not home.has_mart:
        return 0, ""
    from warehouse.base.sql import open_mart

    with open_mart(home.mart) as db:
        [(number, newest)] = db.execute(
            "SELECT count(*), max(month) FROM figures_affected($feed, $edition)",
            {"feed": key.feed, "edition": key.edition},
        ).fetchall()
    return int(number), month_text(newest) if newest else ""
