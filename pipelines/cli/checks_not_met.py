"""`access-recovery warnings`: the checks that were not met, in words.

Belongs here: printing. Does not: verdicts (`warehouse.editions.check_history`).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.arguments import AsJson, feed_named, month_named
from pipelines.cli.screen import Screen
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.text import begin_list, plural

if TYPE_CHECKING:
    from warehouse.editions.check_history import CheckResult

app = typer.Typer()
SHOWN = ("feed", "edition", "verdict", "rule", "title", "column_name")
FEW = 3  # entries of what was found, in a line
NOT_MET = ("fail", "warn")  # in the order in which they are listed
FACTS = ("observed", "expected", "unexpected", "message", "checked_at")


@app.command()
def warnings(
    feed: Annotated[str | None, typer.Argument(help="Only of this feed.")] = None,
    edition: Annotated[str | None, typer.Argument(help="Only of this edition (YYYY-MM).")] = None,
    full: Annotated[
        bool, typer.Option("--full", help="With what was expected, and every row or place named.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show each check that an edition did not meet, in a line: what was found. `--full`, or a
    feed, shows what was expected, too, and all rows and places that are named.

    Warnings do not keep an edition from being published; failures do, until it is accepted. Checks
    that an edition met are in `governance.check_result`.
    """
    feed = feed and feed_named(feed)
    edition = edition and month_named(edition)
    screen, home = Screen(), Home.from_environment()
    found = _not_met(home, feed, edition)
    if as_json:
        screen.json([_facts(one) for one in found])
        return
    if found and not full and feed is None:
        _in_lines(screen, found)
    else:
        _in_full(screen, found)
    about = " ".join(filter(None, (feed, edition)))
    what = f"{len(found)} check(s) not met" if found else "Every check that ran was met"
    screen.say(f"\n{what}{f' by {about}' if about else ''}.")


def _in_lines(screen: Screen, found: list[CheckResult]) -> None:
    """A line for each check of a feed, those that failed first: in which editions it was not met,
    and what was found in the newest of them."""

    def of(one: CheckResult) -> tuple[str, str, str]:
        return one.feed, one.rule, one.column_name or ""

    lines: dict[str, list[str]] = {verdict: [] for verdict in NOT_MET}
    for _, results in groupby(sorted(found, key=of), key=of):
        own = list(results)  # newest edition first
        worst = "fail" if any(one.verdict == "fail" for one in own) else "warn"
        column = f" ({own[0].column_name})" if own[0].column_name else ""
        more = f" and {plural(len(own) - 1, 'edition')} before" if len(own) > 1 else ""
        lines[worst].append(
            f"{worst}: {own[0].feed} {own[0].edition}{more}: {own[0].title}{column}: "
            f"{begin_list(own[0].observed or '-', FEW)}"
        )
    for line in (*lines["fail"], *lines["warn"]):
        screen.say(line)
    screen.say("\nIn full: access-recovery warnings FEED, or --full for all")


def _in_full(screen: Screen, found: list[CheckResult]) -> None:
    for of, results in groupby(found, key=EditionKey.of):
        screen.say(f"\n{of.feed} {of.edition}")
        for one in results:
            column = f" ({one.column_name})" if one.column_name else ""
            screen.say(f"  {one.verdict}: {one.title}{column}")
            screen.say(f"    found {one.observed}; expected {one.expected}")
            if one.message:
                screen.say(f"    {one.message}")


def _not_met(home: Home, feed: str | None, edition: str | None) -> list[CheckResult]:
    """The newest results of editions in use that are warnings or failures, newest edition first,
    and of an edition failures first."""
    from warehouse.archive.source_files import Archive
    from warehouse.editions.check_history import read_latest

    in_use = {EditionKey.of(file) for file in Archive(home).active_files()}
    wanted = [one for one in in_use if feed in (None, one.feed) and edition in (None, one.edition)]
    newest_first = sorted(sorted(wanted, reverse=True), key=lambda one: one.feed)
    return [
        result
        for one in newest_first
        for result in sorted(
            read_latest(home, one.feed, one.edition), key=lambda result: result.verdict
        )
        if result.verdict in NOT_MET
    ]


def _facts(one: CheckResult) -> dict[str, Any]:
    return {name: getattr(one, name) for name in (*SHOWN, *FACTS)}
