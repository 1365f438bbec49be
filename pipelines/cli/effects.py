"""What a decision about an edition changes, told before it is made.

Belongs here: counting figures, listing them, and asking. Does not: deciding
(`warehouse.editions.status`), which figures those are (`warehouse.outputs.affected_figures`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pipelines.cli.screen import Screen, plain_table
from warehouse.base.exit_status import WRONG
from warehouse.base.home import Home
from warehouse.base.months import month_text

if TYPE_CHECKING:
    import duckdb

    from warehouse.archive.source_files import SourceFile
    from warehouse.base.keys import EditionKey
    from warehouse.outputs.affected_figures import Stake

SHOWN = 3  # held months in a line; status lists them all
NAME = 24  # letters of a place; a longer name gives way to its code
LISTED = 10  # figures of a dry run on the screen; --csv has them all
EARLIER = "Before it"  # the heading of values known before an edition
MEANS = f"{EARLIER}: as known before this edition came, the largest changes first."
LATER = (
    "What the figures will be is known after access-recovery refresh, which lists the headline "
    "figures that changed, each with what it was before."
)
WITHOUT_IT = "Without it they are those of earlier editions, or missing."
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask at the terminal.")]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Only show which figures may change; nothing is recorded."),
]
FiguresTo = Annotated[
    Path | None,
    typer.Option("--csv", help="Write all figures that may change to this CSV file."),
]


class Effect(NamedTuple):
    """What a decision changes: in words, and the figures, if the mart has any. Empty words where
    nothing would be decided; `why_not`: why."""

    words: str
    stake: Stake | None = None
    why_not: str = ""


def reason_for(reason: str | None, dry_run: bool) -> str:
    """The reason given. Raises BadParameter if there is none, unless nothing is recorded."""
    if reason is None and not dry_run:
        raise typer.BadParameter("say why; it is kept permanently", param_hint="'--reason'")
    return reason or ""


def ask(
    screen: Screen,
    home: Home,
    effects: Sequence[Effect],
    yes: bool,
    dry_run: bool = False,
    csv: Path | None = None,
) -> None:
    """Tell what a decision changes and, at a terminal, ask whether to make it. A program that runs
    the command has decided. Exits if it is not to be made, and after a dry run."""
    for words in dict.fromkeys(one.words for one in effects if one.words):
        screen.say(words)
    show_figures(screen, home, effects, LISTED if dry_run else 0, csv)
    if dry_run:
        if any(one.stake for one in effects):
            screen.say(LATER)
        why_not = "; ".join(dict.fromkeys(one.why_not for one in effects if one.why_not))
        nothing = f", and nothing would be{f': {why_not}' if why_not else ''}"
        changed = any(one.words for one in effects)
        screen.say(f"Dry run: nothing was recorded{'' if changed else nothing}.")
        raise typer.Exit
    if yes or not _is_at_terminal() or typer.confirm("Go on?", err=True):
        return
    screen.warn("Nothing was recorded.")
    raise typer.Exit(WRONG)


def show_figures(
    screen: Screen, home: Home, effects: Sequence[Effect], most: int, csv: Path | None
) -> None:
    """List at most so many of the figures that may change, and write all to a CSV file if asked."""
    stakes = [one.stake for one in effects if one.stake]
    if not stakes:
        if csv:
            screen.say(f"No published figure to list: {csv} was not written.")
        return
    if not most and not csv:
        return
    from warehouse.base.sql import open_mart
    from warehouse.outputs.affected_figures import write_affected

    with open_mart(home.require_mart()) as db:
        if most:
            for stake in stakes:
                _list(screen, db, stake, most, listed_in=csv)
        if csv:
            screen.say(f"{write_affected(db, stakes, csv):,} figures: {csv}")


def _list(
    screen: Screen,
    db: duckdb.DuckDBPyConnection,
    stake: Stake,
    most: int,
    listed_in: Path | None,
) -> None:
    from warehouse.base.number_format import value_text
    from warehouse.outputs.affected_figures import affected_figures, without_earlier

    found = affected_figures(db, stake, most)
    columns = {"Value": "value", **({EARLIER: "earlier_value"} if stake.with_earlier else {})}
    headings = ("KPI", "Place", "Period", *columns, "Status")
    table = plain_table(*headings, right=columns, expendable=("Status",))
    for one in found.figures:
        values = (
            "-" if one[column] is None else value_text(one[column], one["unit"])
            for column in columns.values()
        )
        name = one["short_name"] or one["org_name"] or ""
        place = name if 0 < len(name) <= NAME else one["org_code"]
        table.add_row(one["kpi_title"], place, one["period_label"], *values, one["status"])
    if found.figures:
        screen.table(table)
    if (left := found.total - len(found.figures)) > 0 and not listed_in:
        which = "" if stake.with_earlier else ", of smaller places or earlier months"
        screen.say(f"and {left:,} more{which}: --csv FILE has all.")
    if stake.with_earlier and found.figures:
        new = without_earlier(db, stake)
        screen.say(f"{MEANS} {new:,} figures have no value in an edition before it.")


def _is_at_terminal() -> bool:
    return sys.stdin.isatty()


def without(
    home: Home,
    key: EditionKey,
    then: str = WITHOUT_IT,
) -> Effect:
    """What the mart loses when an edition, or a file of it, is no longer used. `then`: which
    figures it has instead; those of earlier editions are listed beside them."""
    from warehouse.outputs.affected_figures import using

    nothing = Effect(f"No published figure uses {key.feed} {key.edition}.")
    if not home.has_mart:
        return nothing
    stake = using(key, with_earlier=then == WITHOUT_IT)
    figures, _, newest = _counted(home, stake)
    if not figures:
        return nothing
    return Effect(
        f"{figures:,} published figures use {key.feed} {key.edition}, the newest of {newest}. "
        + then,
        stake,
    )


def without_files(home: Home, files: list[SourceFile]) -> list[Effect]:
    """What the mart loses when files are no longer used: at most the figures of their editions. If
    an edition has other files, such as an earlier issue, these count then."""
    from warehouse.archive.source_files import Archive
    from warehouse.base.keys import EditionKey, FileKey

    gone, found = set(map(FileKey.of, files)), []
    remaining = [one for one in Archive(home).active_files() if FileKey.of(one) not in gone]
    for key in sorted(set(map(EditionKey.of, files))):
        others = [one.file_name for one in remaining if EditionKey.of(one) == key]
        more = f" and {len(others) - SHOWN:,} more" if len(others) > SHOWN else ""
        then = (
            f"Without the file they are those of the edition's other files "
            f"({', '.join(others[:SHOWN])}{more}), or of earlier editions, or missing."
        )
        found.append(without(home, key, then) if others else without(home, key))
    return found


def accepted(
    home: Home, key: EditionKey, org: str | None = None, month: str | None = None
) -> Effect:
    """What the mart gains when an edition, or held months of one that it has, are used; nothing to
    tell where nothing would be decided."""
    from warehouse.archive.source_files import Archive
    from warehouse.editions.status import status_of

    own = [one for one in Archive(home).active_files(key.feed) if one.edition == key.edition]
    months = _months_of(own, key)
    now = status_of(home, *key)
    if now.verdict == "accepted":
        months = {
            one.month
            for one in now.held_months
            if org in (None, one.org_code) and month in (None, one.month)
        }
    if not own or not months:
        why_not = "is accepted already, and none of these months is held" if own else "has no file"
        return Effect("", why_not=f"{key.feed} {key.edition} {why_not}")
    return _see_its_counts(home, key, _of_months(home, key.feed, sorted(months)))


def _see_its_counts(home: Home, key: EditionKey, effect: Effect) -> Effect:
    """How to see what an edition has, beside the one before."""
    from warehouse.archive.source_files import Archive

    before = {file.edition for file in Archive(home).active_files(key.feed)}
    if not (earlier := [one for one in before if one < key.edition]):
        return effect
    shown = f"access-recovery diff {key.feed} {max(earlier)} {key.edition} shows its counts"
    return effect._replace(words=f"{effect.words} {shown}, held or not.")


def restored(home: Home, files: list[SourceFile]) -> list[Effect]:
    """What the mart gains when withdrawn files are used again; nothing of files in use."""
    from warehouse.archive.decisions import withdrawn
    from warehouse.base.keys import EditionKey, FileKey

    out = withdrawn(home)
    due = [file for file in files if FileKey.of(file) in out]
    if not due:
        return [Effect("", why_not=f"{one.file_name} is not withdrawn") for one in files]
    return [
        _of_months(home, key.feed, sorted(_months_of(own, key)))
        for key in sorted(set(map(EditionKey.of, due)))
        for own in [[file for file in due if EditionKey.of(file) == key]]
    ]


def revoked(home: Home, key: EditionKey) -> Effect:
    """What changes in the mart when an edition's checks alone decide about it."""
    from warehouse.editions.status import status_of

    now = status_of(home, *key)
    if now.override is None:
        return Effect("", why_not=f"no decision about {key.feed} {key.edition} is in force")
    checks = now.state.verdict if now.state else "pending"
    if checks == "pending":
        return Effect(f"{key.feed} {key.edition} has not been checked: the next refresh does.")
    told = f"By its checks {key.feed} {key.edition} is {checks}"
    if checks == "held" and now.verdict == "accepted":
        return _after(f"{told}. ", without(home, key))
    if checks == "accepted" and now.verdict == "held":
        return _after(f"{told}. ", accepted(home, key))
    if now.released:
        again = ", ".join(f"{one.org_code} {one.month}" for one in now.released[:SHOWN])
        more = f" and {len(now.released) - SHOWN:,} more" if len(now.released) > SHOWN else ""
        held = f"{told}, but these of its months are held: {again}{more}. "
        return _after(held, without(home, key))
    return Effect(f"{told}, too: no published figure changes.")


def _after(words: str, effect: Effect) -> Effect:
    return effect._replace(words=words + effect.words)


def _months_of(own: list[SourceFile], key: EditionKey) -> set[str]:
    return {month for file in own for month in file.months} or {key.edition}


def _of_months(home: Home, feed: str, months: list[str]) -> Effect:
    """How many figures the months of an edition have in the mart: those it may change or add."""
    from warehouse.outputs.affected_figures import of_months

    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    if not home.has_mart:
        return Effect(f"Nothing is published yet; figures of {span} will be.")
    figures, published, _ = _counted(home, stake := of_months(feed, months))
    if not figures:
        return Effect(
            f"No figure of {span} that uses {feed} is published yet; the next refresh adds them."
        )
    return Effect(
        f"{published:,} published figures of {span} use {feed} and may change; "
        f"{figures - published:,} have no value and may get one.",
        stake,
    )


def _counted(home: Home, stake: Stake) -> tuple[int, int, str]:
    """How many published figures are at stake, how many of them have a value, and the newest
    month."""
    from warehouse.base.sql import open_mart
    from warehouse.outputs.affected_figures import affected_figures

    with open_mart(home.mart) as db:
        found = affected_figures(db, stake, most=0)
    return found.total, found.with_value, month_text(found.newest) if found.newest else ""
