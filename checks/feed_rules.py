"""Business rules of one feed, found in its folder: `assets/feeds/<feed>/rules.py`, if it has one.

Such a module has `CHECKS: tuple[Check, ...]`, `gather(view) -> Iterator[Evidence]`, which yields
evidence for each of them in that order, and, if its rules compare with an earlier edition of the
feed, `LOOKS_BACK`: how many months that may lie back.
Belongs here: finding them, and every check by its id. Does not: any rule (`checks.rules` has
those that all feeds share).
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from assets.contract import FEEDS_FOLDER, contracts
from checks import rules
from checks.rules import Check
from checks.view import EditionView, Evidence


def rules_file(feed: str) -> Path | None:
    """A feed's own rules, None if it has none."""
    path = FEEDS_FOLDER / feed / "rules.py"
    return path if path.exists() else None


@cache
def rules_module(feed: str) -> ModuleType | None:
    """The module of a feed's own rules, None if it has none."""
    return importlib.import_module(f"assets.feeds.{feed}.rules") if rules_file(feed) else None


def feed_checks(feed: str) -> tuple[Check, ...]:
    """The checks that only this feed has."""
    module = rules_module(feed)
    return module.CHECKS if module else ()


def gather_feed(view: EditionView) -> Iterator[Evidence]:
    """Evidence for the checks that only this feed has."""
    module = rules_module(view.contract.feed)
    if module:
        yield from module.gather(view)


def looks_back(feed: str) -> int:
    """How many months back the feed's rules compare with an earlier edition; 0 if they don't."""
    return getattr(rules_module(feed), "LOOKS_BACK", 0)


@cache
def all_checks() -> dict[str, Check]:
    """Every check by its id, shared ones first. Raises ValueError if two have one id."""
    every = [*rules.CHECKS.values(), *(c for feed in contracts() for c in feed_checks(feed))]
    twice = [rule for rule, times in Counter(c.rule for c in every).items() if times > 1]
    if twice:
        raise ValueError(f"more than one check is called {', '.join(twice)}")
    return {check.rule: check for check in every}


def check_of(rule: str) -> Check:
    """The check of this id."""
    return all_checks()[rule]
