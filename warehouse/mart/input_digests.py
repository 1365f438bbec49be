"""What the figures of a month are made from, as digests: `stage.input_digest` (`component, part,
month, digest`), and which figures differ from an earlier build's.

A figure of a month is made from what its feeds count in that month, and from which organisation
belonged to which in it; nothing else, save the code and the settings. Later and earlier months
matter only once, where a list or a place is carried from month to month, and that is done before.
A feed that counts by ICB places its members as at the month of the edition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from warehouse.base.months import month_text
from warehouse.base.sql import unlogged
from warehouse.contract.model import contracts
from warehouse.mart.expected_members import lists_of_practices
from warehouse.mart.hierarchy import Connection, measured_feeds
from warehouse.mart.inputs import Inputs, reporting_level
from warehouse.reference.levels import SITES

Month = date
# Component, part (a table) and month -> digest of its rows.
Digests = Mapping[tuple[str, str, Month], str]
# Component -> months in which any part of it differs.
Changed = Mapping[str, set[Month]]
# Where practices and pharmacies belong, and where all others do.
SITE_PLACES, PLACES = "places of sites", "places"
REPORTED = "reported"
_OF_FEED = ("boundary", "placement", "stale", "unplaced", "held_month")


def load_digests(db: Connection) -> Digests:
    """Create `stage.input_digest` and return its rows. Needs `stage` as loaded."""
    parts = [
        f"""SELECT '{component}' AS component, '{part}' AS part, month,
            count(*) || ' ' || coalesce(sum(hash(t)::HUGEINT), 0) || ' '
            || coalesce(bit_xor(hash(t)), 0) AS digest
        FROM ({sql}) AS t GROUP BY month"""
        for component, part, sql in _relations(db)
    ]
    unlogged(db, f"CREATE TABLE stage.input_digest AS {' UNION ALL '.join(parts)}")
    return read_digests(db, "stage.input_digest")


def read_digests(db: Connection, table: str) -> Digests:
    """Return the digests in a table."""
    rows = db.execute(f"SELECT component, part, month, digest FROM {table}").fetchall()
    return {(component, part, month): digest for component, part, month, digest in rows}


def _relations(db: Connection) -> Iterator[tuple[str, str, str]]:
    """Yield component, part, and SQL of its rows with their `month`."""
    for feed in measured_feeds(db):
        for part in (REPORTED, "lost"):
            yield feed, part, f"FROM stage.{part}_{feed}"
        for part in _OF_FEED:
            yield feed, part, f"FROM stage.{part} WHERE feed = '{feed}'"
    sites = ", ".join(f"'{site}'" for site in SITES)
    for site in SITES:
        yield SITE_PLACES, f"{site}_parent", f"FROM stage.{site}_parent"
    yield SITE_PLACES, "old_network", "FROM stage.old_network"
    registers = "FROM stage.observed WHERE is_register AND org_level = 'practice'"
    yield SITE_PLACES, "register", registers
    of_sites = f"child_level IN ({sites})"
    yield SITE_PLACES, "membership", f"FROM stage.membership WHERE {of_sites}"
    yield PLACES, "membership", f"FROM stage.membership WHERE NOT {of_sites}"
    for part in ("sub_icb_parent", "icb_parent", "expected_sub_icb", "expected_icb", "calendar"):
        yield PLACES, part, f"FROM stage.{part}"


def differing(now: Digests, before: Digests) -> Changed:
    """Return the months in which each component differs from before."""
    found: dict[str, set[Month]] = defaultdict(set)
    for key in now.keys() | before.keys():
        if now.get(key) != before.get(key):
            component, _, month = key
            found[component].add(month)
    return found


def months_reported(digests: Iterable[Digests]) -> Mapping[str, set[Month]]:
    """Return the months in which each feed counts anything, now or before. In no other month do
    inputs of which it has the numerators have figures."""
    found: dict[str, set[Month]] = defaultdict(set)
    for feed, part, month in (key for some in digests for key in some):
        if part == REPORTED:
            found[feed].add(month)
    return found


def feeds_behind(db: Connection, inputs: Inputs) -> list[str]:
    """Return the feeds with which figures of these inputs are made: the two they name, those that
    say which members to expect, and the lists of practices that count a network's members."""
    named = [feed for feed in (inputs.feed, inputs.other) if feed]
    expected = [contracts()[feed].completeness.expected_feed for feed in named]
    lists = [feed for feed, _ in lists_of_practices(db)]
    at_practices = any(reporting_level(feed) == "practice" for feed in named)
    every = [*named, *(one for one in expected if one), *(lists if at_practices else ())]
    return list(dict.fromkeys(every))


def months_to_make(db: Connection, inputs: Inputs, changed: Changed) -> set[Month]:
    """Return the months in which figures of these inputs may differ from before."""
    levels = {reporting_level(feed) for feed in (inputs.feed, inputs.other) if feed}
    components = [
        *feeds_behind(db, inputs),
        PLACES,
        *([SITE_PLACES] if levels & set(SITES) else []),
    ]
    found = {month for one in components for month in changed.get(one, ())}
    if "icb" in levels and (moved := changed.get(PLACES)):
        for feed in feeds_behind(db, inputs):
            found |= _months_of_editions(db, feed, moved)
    return found


def _months_of_editions(db: Connection, feed: str, editions: Iterable[Month]) -> set[Month]:
    """Return the months with a figure in these editions of a feed."""
    rows = db.execute(
        f"SELECT DISTINCT month FROM stage.reported_{feed} WHERE edition IN (SELECT unnest($of))",
        {"of": [month_text(month) for month in editions]},
    ).fetchall()
    return {month for (month,) in rows}
