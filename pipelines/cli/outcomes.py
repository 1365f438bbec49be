"""Output of `import` and `refresh`: their results. Not here: the headline (`headline_shown`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.cli.headline_shown import show_headlines
from pipelines.cli.local_returns import show_wrong_rows
from pipelines.cli.quarantined_rows import quarantined_lines, warned_words
from pipelines.cli.screen import Screen, plain_table
from pipelines.cli.unforeseen import unpublished
from warehouse.base.exit_status import DONE, IN_PART, WRONG
from warehouse.base.home import Home
from warehouse.base.months import moment_words

if TYPE_CHECKING:
    from pipelines.operations.refresh_report import RefreshReport
    from warehouse.intake.importer import ImportOutcome

MOST_MONTHS = 10
STYLES = {"imported": "green", "known": "dim", "refused": "red"}


def import_status(outcomes: list[ImportOutcome]) -> int:
    """Return the exit status of an import: 2 if every input was refused, 1 if some were."""
    refused = [outcome for outcome in outcomes if outcome.verdict == "refused"]
    if not outcomes or len(refused) == len(outcomes):
        return WRONG
    return IN_PART if refused else DONE


def show_outcomes(screen: Screen, outcomes: list[ImportOutcome]) -> None:
    """Print one row per file, then the refused ones with reason and remedy."""
    from rich.text import Text

    if not outcomes:
        screen.error("No files found under that path.", "Name a file, or a folder with files.")
        return
    taken = [outcome for outcome in outcomes if outcome.verdict != "refused"]
    if taken:
        table = plain_table("Result", "File", "Content")
        for one in taken:
            style = STYLES[one.verdict]
            table.add_row(Text(one.verdict, style), Text(one.name), Text(one.message))
        screen.table(table)
    for one in outcomes:
        if one.verdict == "refused":
            screen.error(f"{one.name} was refused. {one.message}", one.remedy)


def show_refresh(screen: Screen, home: Home, report: RefreshReport) -> int:
    """Print the result of a refresh and the headline figures; returns the exit status."""
    from warehouse.archive.source_files import Archive

    for outcome in report.refused:
        screen.error(f"{outcome.name} was refused. {outcome.message}", outcome.remedy)
        screen.err.print(f"  It stays in {outcome.path.parent}.", highlight=False, soft_wrap=True)
    for failure in report.failures:
        screen.error(*unpublished(failure, home))
    show_statuses(screen, report)
    if report.lineage:
        screen.warn(report.lineage)
    show_wrong_rows(screen, home, report.taken_in)
    for line in quarantined_lines(home, report.taken_in):
        screen.warn(line)
    if report.retired and not report.nothing_to_do:
        screen.say(
            f"{report.retired} SYNTHETIC sample edition(s) retired: real data replaced them."
        )
    if report.kept_sample:
        screen.warn(_kept(report.kept_sample))
    if not report.nothing_to_do:
        for line in _results(home, report):
            screen.say(line)
    elif not home.has_mart:
        screen.say(
            "Nothing to do: every imported edition is withdrawn, or held by decision."
            if Archive(home).files()
            else "Nothing to do: no file was imported yet. Run access-recovery sample, "
            "or access-recovery import PATH..."
        )
    if report.published:
        show_headlines(screen, home, report.before or None)
    elif home.has_mart:
        screen.say(_as_published(home, report.nothing_to_do))
    held_back = report.held or report.held_months
    incomplete = report.refused or report.failures or held_back or report.unfinished
    return IN_PART if incomplete else DONE


def _kept(feeds: list[str]) -> str:
    """That the mart still has the sample, and until when."""
    what = f"sample of {feeds[0]}" if len(feeds) == 1 else f"sample ({len(feeds)} feeds)"
    return (
        f"The mart keeps the SYNTHETIC {what}, because no edition of your own is accepted yet. "
        "The first one that is takes its place."
    )


def _results(home: Home, report: RefreshReport) -> Iterator[str]:
    """What was done: how many editions were accepted, by their checks or by decision, and whether
    there is a new mart."""
    warned = [one.verdict for one in report.taken_in if one.state and one.state.warned]
    if report.taken_down:
        yield "No accepted edition remains, so the published mart was removed."
    elif report.taken_in or report.published:
        accepted = sum(one.verdict == "accepted" for one in report.taken_in)
        held = len(report.taken_in) - accepted
        decided = sum(one.verdict == "accepted" for one in report.decided if one.override)
        yield (
            f"{accepted} edition(s) accepted"
            + (f" ({count} with warnings)" if (count := warned.count("accepted")) else "")
            + (f", {held} held back" if held else "")
            + (", mart published" if report.published else ", mart unchanged")
            + (f"; {decided} edition(s) in use accepted by decision." if decided else ".")
        )
        if warned:
            yield warned_words(report.taken_in)
    if report.pages:
        yield f"The pages about the mart were updated in {home.pages}."


def _as_published(home: Home, nothing_new: bool) -> str:
    """What is known of a mart that a refresh left as it was, in a line."""
    from warehouse.base.sql import is_synthetic, open_mart, rows

    with open_mart(home.mart) as db:
        [last] = rows(db, "SELECT max(published_at) AS at FROM governance.publication")
        synthetic = "SYNTHETIC " if is_synthetic(db) else ""
    since = moment_words(last["at"])
    said = f"Nothing new since {since}" if nothing_new else f"Not published since {since}"
    return (
        f"{said}: {synthetic}figures are as published then. access-recovery headline shows the "
        "headline again, access-recovery show KPI --org PLACE one series."
    )


def show_statuses(screen: Screen, report: RefreshReport) -> None:
    """Print held editions, decisions, and interrupted purges."""
    for one in report.held:
        screen.warn(f"Held back: {one.feed} {one.edition}. {one.words}")
    for one in report.held_months:
        for month in one.held_months[:MOST_MONTHS]:
            screen.warn(f"Held month: {one.feed} {one.edition}. {month.words}")
        if (more := len(one.held_months) - MOST_MONTHS) > 0:
            screen.warn(f"Held months of {one.feed} {one.edition}: {more:,} more; see status")
        screen.warn(
            "The rest of the edition is published. Import a corrected file, or accept them: "
            f"access-recovery accept {one.feed} {one.edition} --reason TEXT (--org CODE, "
            "--month YYYY-MM)."
        )
    for one in report.decided:
        if one.override:
            screen.warn(f"By decision: {one.feed} {one.edition} {one.words}")
        elif not one.undecided:
            screen.warn(f"{one.feed} {one.edition} is {one.verdict} by its checks; {one.words}")
    if report.held:
        screen.warn(
            "Review with access-recovery status and diff; then import a corrected file, or decide: "
            "access-recovery accept FEED EDITION --reason TEXT (or hold)."
        )
    for tombstone in report.unfinished:
        screen.error(
            f"Purging {tombstone.sha256[:12]} was interrupted.",
            f"Run access-recovery purge {tombstone.sha256[:12]} --reason TEXT again.",
        )
