"""What was checked in a refresh, in brief: a line per publication, and a line per check of it over
all its editions. Not here: reading it (`page_data`), and what was not met, which pages show in
full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.base.text import plural
from warehouse.site.trust.page_data import WORDS

Row = dict[str, Any]
THE_MART = "The mart itself"
MESSAGE = 400  # characters of what a check found; all of it is in the mart


@dataclass(frozen=True)
class CheckLine:
    """A check over the editions of a publication. `of`: the column that it is about, if one;
    `came_out`: `31 passed, 2 skipped`; `why`: why it was skipped in the newest edition of which
    it was."""

    title: str
    of: str
    expected: str
    came_out: str
    why: str


@dataclass(frozen=True)
class CheckedFeed:
    """The checks of a publication: by verdict, how many, in how many editions; and each check."""

    title: str
    anchor: str
    editions: int
    tally: Counter[str]
    checks: tuple[CheckLine, ...]


def checked_feeds(editions: Iterable[Row]) -> tuple[CheckedFeed, ...]:
    """A line per publication, those with something not met first, then by title. `editions`: as
    `page_data.checks_of_refresh` gives them, the newest of a feed first."""
    own: dict[str, list[Row]] = {}
    for edition in editions:
        own.setdefault(edition["feed"], []).append(edition)
    found = [_feed(feed, those) for feed, those in own.items()]
    return tuple(sorted(found, key=lambda one: (_met(one), one.title)))


def _met(feed: CheckedFeed) -> bool:
    return not (feed.tally["fail"] or feed.tally["warn"])


def _feed(feed: str, editions: Sequence[Row]) -> CheckedFeed:
    results = [result for edition in editions for result in edition["results"]]
    checks: dict[tuple[str, str], list[Row]] = {}
    for result in results:
        checks.setdefault((result["rule"], result["column_name"] or ""), []).append(result)
    return CheckedFeed(
        THE_MART if feed == "mart" else editions[0]["feed_title"] or feed,
        f"checks-{feed}",
        len(editions),
        Counter(result["verdict"] for result in results),
        tuple(_check(of, those) for (_, of), those in checks.items()),
    )


def _check(of: str, results: Sequence[Row]) -> CheckLine:
    counts = Counter(result["verdict"] for result in results)
    skipped = next((one for one in results if one["verdict"] == "skipped"), None)
    why = (skipped["message"] or skipped["observed"] or "") if skipped else ""
    came_out = ", ".join(f"{counts[one]:,} {word}" for one, word in WORDS.items() if counts[one])
    newest = results[0]
    return CheckLine(newest["title"], of, newest["expected"] or "", came_out, shortened(why))


def shortened(message: str) -> str:
    """A message that fits into a table."""
    return message if len(message) <= MESSAGE else f"{message[:MESSAGE].rstrip()} ..."


def in_editions(feed: CheckedFeed) -> str:
    """`31 editions`; nothing of the mart, which has none."""
    return "" if feed.title == THE_MART else plural(feed.editions, "edition")
