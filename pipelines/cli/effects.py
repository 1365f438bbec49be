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

SHOWN = 3  # held months in a line; status lists them all
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


def accepted(home: Home, key: EditionKey, org: str | None = None, month: str | None = None) -> str:
    """What the mart gains when an edition, or held months of one that it has, are used; nothing to
    tell where nothing would be decided."""
    from warehouse.archive.source_files import Archive
    from warehouse.editions.status import status_of

    own = [one for one in Archive(home).active_files(key.feed) if one.edition == key.edition]
    months = {month for file in own for month in file.months} or {key.edition}
    now = status_of(home, *key)
    if now.verdict == "accepted":
        months = {
            one.month
            for one in now.held_months
            if org in (None, one.org_code) and month in (None, one.month)
        }
    return _of_months(home, key.feed, sorted(months)) if own and months else ""


def revoked(home: Home, key: EditionKey) -> str:
    """What changes in the mart when an edition's checks alone decide about it."""
    from warehouse.editions.status import status_of

    now = status_of(home, *key)
    if now.override is None:
        return ""
    checks = now.state.verdict if now.state else "pending"
    if checks == "pending":
        return f"{key.feed} {key.edition} has not been checked: the next refresh does."
    told = f"By its checks {key.feed} {key.edition} is {checks}"
    if checks == "held" and now.verdict == "accepted":
        return f"{told}. {without(home, key)}"
    if checks == "accepted" and now.verdict == "held":
        return f"{told}. {accepted(home, key)}"
    if now.released:
        again = ", ".join(f"{one.org_code} {one.month}" for one in now.released[:SHOWN])
        more = f" and {len(now.released) - SHOWN:,} more" if len(now.released) > SHOWN else ""
        return f"{told}, but these of its months are held: {again}{more}. {without(home, key)}"
    return f"{told}, too: no published figure changes."


def _of_months(home: Home, feed: str, months: list[str]) -> str:
    """How many figures the months of an edition have in the mart: those it may change or add."""
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    if not home.has_mart:
        return f"Nothing is published yet; figures of {span} will be."
    from warehouse.base.sql import open_mart

    with open_mart(home.mart) as db:
        [(published, missing)] = db.execute(
            """SELECT count(value), count(*) FILTER (value IS NULL AND status <> 'suppressed')
            FROM kpi_period AS m
            SEMI JOIN (FROM governance.kpi_feed WHERE feed = $feed) AS u
                ON u.kpi_id = m.kpi_id AND u.org_level = m.org_level
            WHERE strftime(m.month, '%Y-%m') IN (SELECT unnest($months))""",
            {"feed": feed, "months": months},
        ).fetchall()
    if not published + missing:
        return f"No figure of {span} that uses {feed} is published yet; the next refresh adds them."
    return (
        f"{published:,} published figures of {span} use {feed} and may change; {missing:,} have no "
        "value and may get one."
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
