"""What makes a check, and a feed's own business rules: `RULES` of `assets/feeds/<feed>/rules.py`,
check id -> `Rule`. Their severity and thresholds are in `checks.yaml` beside it, in the same
order."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checks.check_catalogue import feed_checks, feed_file, feed_words
from checks.check_evidence import Evidence
from checks.edition_view import EditionView
from checks.expectations import Declaration, always, none_found
from warehouse.contract.model import FEEDS_FOLDER, contracts

Gather = Callable[[EditionView], Evidence | Iterable[Evidence]]


NO_FAULTS = always(none_found())  # evidence that lists each fault in words


@dataclass(frozen=True)
class Rule:
    """How a check is made: what gathers its evidence, and the expectations that judge it."""

    gather: Gather
    expects: Declaration = NO_FAULTS


def rules_file(feed: str) -> Path | None:
    """Return the path of a feed's `rules.py`, None if it has none."""
    path = FEEDS_FOLDER / feed / "rules.py"
    return path if path.exists() else None


@cache
def feed_rules(feed: str) -> dict[str, Rule]:
    """Return the rules that only this feed has, by check id.

    Raises ValueError if they differ from those of its `checks.yaml`.
    """
    found: dict[str, Rule] = {}
    if rules_file(feed):
        found = importlib.import_module(f"assets.feeds.{feed}.rules").RULES
    told = [check.rule for check in feed_checks(feed)]
    if list(found) != told:
        raise ValueError(
            f"{feed_file(feed)}: checks: found {told}, expected those of RULES in rules.py beside "
            f"it, in the same order: {list(found)}"
        )
    return found


def lookback_months(feed: str) -> int:
    """Return how many months back a feed's checks look for an earlier edition."""
    return max(feed_words(feed).looks_back, contracts()[feed].period.every)
