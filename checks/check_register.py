"""The register: which checks each feed has, as a table."""

from __future__ import annotations

from functools import cache

import polars as pl

from checks.check_catalogue import MART, check_of, feed_file, feed_words, mart_checks
from checks.check_model import Check
from checks.suite import rules_gathered
from warehouse.contract.model import contracts
from warehouse.editions.check_history import REGISTER_SCHEMA


@cache
def checks_of(feed: str) -> tuple[Check, ...]:
    """Return the checks of one feed in the order in which they run, with its overrides and owner.

    Raises ValueError if the feed overrides a check that it does not have.
    """
    rules = rules_gathered(contracts()[feed])
    idle = set(feed_words(feed).overrides) - set(rules)
    if idle:
        raise ValueError(
            f"{feed_file(feed)}: overrides.{min(idle)}: not a check of this feed, which has "
            f"{', '.join(rules)}"
        )
    return tuple(check_of(rule, feed) for rule in rules)


def check_table() -> pl.DataFrame:
    """Return one row per feed and check, the mart's under feed `mart`, as in `REGISTER_SCHEMA`."""
    every = [(feed, check) for feed in sorted(contracts()) for check in checks_of(feed)]
    every += [(MART, check) for check in mart_checks()]
    rows = [
        check.model_dump(include=set(REGISTER_SCHEMA))
        | {"feed": feed, "threshold_means": check.threshold_text()}
        for feed, check in every
    ]
    ordered = [{name: row[name] for name in REGISTER_SCHEMA} for row in rows]
    return pl.DataFrame(ordered, schema=REGISTER_SCHEMA)
