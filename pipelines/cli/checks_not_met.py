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

if TYPE_CHECKING:
    from warehouse.editions.check_history import CheckResult

app = typer.Typer()
SHOWN = ("feed", "edition", "verdict", "rule", "title", "column_name")
NOT_MET = ("warn", "fail")
FACTS = ("observed", "expected", "unexpected", "message", "checked_at")


@app.command()
def warnings(
    feed: Annotated[str | None, typer.Argument(help="Only of this feed.")] = None,
    edition: Annotated[str | None, typer.Argument(help="Only of this edition (YYYY-MM).")] = None,
    as_json: AsJson = False,
) -> None:
    """Show each check that an edition did not meet: what was found, and what was expected.

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
    for of, results in groupby(found, key=EditionKey.of):
        screen.say(f"\n{of.feed} {of.edition}")
        for one in results:
            column = f" ({one.column_name})" if one.column_name else ""
            screen.say(f"  {one.verdict}: {one.title}{column}")
            screen.say(f"    found {one.observed}; expected {one.expected}")
            if one.message:
                screen.say(f"    {one.message}")
    about = " ".join(filter(None, (feed, edition)))
    what = f"{len(found)} check(s) not met" if found else "Every check that ran was met"
    screen.say(f"\n{what}{f' by {about}' if about else ''}.")


def _not_met(home: Home, feed: str | None, edition: str | None) -> list[CheckResult]:
    """The newest results of editions in use that are warnings or failures, newest edition first."""
    from warehouse.archive.source_files import Archive
    from warehouse.editions.check_history import read_latest

    in_use = {EditionKey.of(file) for file in Archive(home).active_files()}
    wanted = [one for one in in_use if feed in (None, one.feed) and edition in (None, one.edition)]
    newest_first = sorted(sorted(wanted, reverse=True), key=lambda one: one.feed)
    return [
        result
        for one in newest_first
        for result in read_latest(home, one.feed, one.edition)
        if result.verdict in NOT_MET
    ]


def _facts(one: CheckResult) -> dict[str, Any]:
    return {name: getattr(one, name) for name in (*SHOWN, *FACTS)}
