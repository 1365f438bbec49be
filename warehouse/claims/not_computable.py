"""Why a reading is not computable, in words.

Belongs here: sentences made from the catalogue and the available data. Does not: finding the data
(`available`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from warehouse.base.months import say_months
from warehouse.claims.available import Available, Edition, Month
from warehouse.claims.evidence import months_of
from warehouse.claims.register_entries import Reading
from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import Kpi, feed_of

SHOWN = 3


@dataclass(frozen=True)
class NotComputable:
    """What is missing (`what`), and what is available instead (`beside`, or empty)."""

    what: str
    beside: str = ""

    @property
    def words(self) -> str:
        """Return both in a line."""
        return f"{self.what} ({self.beside})" if self.beside else self.what


def sum_up_missing(lacking: Iterable[NotComputable]) -> str:
    """Describe what several readings lack, in sentences; what is available is given once."""
    by_beside: dict[str, dict[str, None]] = {}
    for one in lacking:
        by_beside.setdefault(one.beside, {})[one.what] = None
    sentences = []
    for beside, several in by_beside.items():
        words = "; ".join(one.rstrip(".") for one in several)
        sentences.append(f"{words[:1].upper()}{words[1:]}{f' ({beside})' if beside else ''}.")
    return " ".join(sentences)


def why_not_computable(reading: Reading, kpis: dict[str, Kpi], data: Available) -> NotComputable:
    """Return which feed, organisation or month a reading without a value lacks."""
    if reading.kpi_id is None:
        return NotComputable(reading.missing or "")
    kpi = kpis[reading.kpi_id]
    source = next((s for s in kpi.sources if reading.org_level in s.levels), None)
    if source is None:
        levels = ", ".join(level for s in kpi.sources for level in s.levels)
        return NotComputable(
            f"KPI {kpi.kpi_id} is not calculated for a {reading.org_level}, only for {levels}"
        )
    if is_stock_over_months(reading, kpi):
        return NotComputable(
            f"KPI {kpi.kpi_id} must not be added up over months: "
            f"{kpi.not_additive_because or 'it is a stock, not a flow.'}"
        )
    feeds = feeds_of(reading, kpi)
    asked = sorted({month for some in months_of(reading, kpis).values() for month in some})
    lacking = {feed: why for feed in feeds if (why := _no_edition(feed, data))}
    if lacking:
        absent = [feed for feed in lacking if not _is_at_hand(feed, data)]
        return NotComputable("; ".join(lacking.values()), _needed(absent, asked))
    known = data.months.get((reading.kpi_id, reading.org_level, reading.org_code), ())
    if not any(month.has_value for month in known):
        found = _nothing_of(reading, asked, feeds, data, known)
    else:
        found = _months_missing(reading, asked, feeds, data, known)
    needed = "" if data.left_out(feeds, asked) else _needed(feeds, asked)
    return replace(found, beside="; ".join(filter(None, (found.beside, needed))))


def _needed(feeds: Iterable[str], asked: Sequence[date]) -> str:
    """Which publication would settle it, of which months, and where it is; empty if none would."""
    of = [contracts()[feed] for feed in feeds]
    named = "; ".join(f"{one.title}, {one.publisher}, {one.landing_page}" for one in of)
    return f"needed: {say_months(asked)} of {named}" if named else ""


def feeds_of(reading: Reading, kpi: Kpi) -> list[str]:
    """Return the feeds that count a reading's figures; none if its level has no figures."""
    source = next((s for s in kpi.sources if reading.org_level in s.levels), None)
    return list(dict.fromkeys(map(feed_of, source.measures))) if source else []


def is_stock_over_months(reading: Reading, kpi: Kpi) -> bool:
    """Whether a reading would add up a stock, such as patients, over months."""
    several = kpi.period.is_month and len(reading.period.span) > 1
    return kpi.is_stock and several and reading.period.each is None


def _no_edition(feed: str, data: Available) -> str:
    """Return `no edition of FEED is available`, or why none is accepted; empty if one is."""
    if data.accepted(feed):
        return ""
    if not _is_at_hand(feed, data):
        return f"no edition of {feed} is available"
    return f"no edition of {feed} is accepted: {_say_left_out(data.editions[feed])}"


def _is_at_hand(feed: str, data: Available) -> bool:
    """Whether an edition of a feed was imported, be it held or withdrawn."""
    return any(one.status != "retired" for one in data.editions.get(feed, ()))


def _say_left_out(editions: Sequence[Edition]) -> str:
    """Describe why editions are left out; the newest ones, if there are many."""
    reasons = [one.words for one in editions if one.status != "retired"]
    more = [f"and {len(reasons) - SHOWN} more"] if len(reasons) > SHOWN else []
    return "; ".join([*reasons[-SHOWN:], *more])


def _nothing_of(
    reading: Reading,
    asked: Sequence[date],
    feeds: Sequence[str],
    data: Available,
    known: Sequence[Month],
) -> NotComputable:
    of = f"the {reading.org_level} {reading.org_code}"
    if known and (incomplete := _incomplete(known[-1])):
        return NotComputable(f"no month of {of} has a figure: {incomplete}")
    named = "; ".join(f"{feed}: {_few(data.accepted(feed))}" for feed in feeds)
    out = data.left_out(feeds, asked)
    why = f", and {_say_left_out(out)}" if out else ""
    return NotComputable(f"no accepted edition has figures of {of}{why}", f"available for {named}")


def _few(editions: Sequence[str]) -> str:
    if len(editions) <= SHOWN:
        return f"edition{'s' if len(editions) > 1 else ''} {', '.join(editions)}"
    return f"{len(editions)} editions, {editions[0]} to {editions[-1]}"


def _months_missing(
    reading: Reading,
    asked: Sequence[date],
    feeds: Sequence[str],
    data: Available,
    known: Sequence[Month],
) -> NotComputable:
    has = {month.month for month in known if month.has_value}
    lacking = [month for month in asked if month not in has]
    beside = {month.month: month for month in known}
    reasons: dict[str, list[date]] = {}
    for month in lacking:
        why = _incomplete(beside[month]) if month in beside else ""
        if out := data.left_out(feeds, [month]):
            why = f"{why or 'not in the mart'}: {_say_left_out(out)}"
        reasons.setdefault(why or "not available", []).append(month)
    words = "; ".join(f"{say_months(months)} {why}" for why, months in reasons.items())
    return NotComputable(words, f"available for {reading.org_code}: {say_months(sorted(has))}")


def _incomplete(month: Month) -> str:
    if month.status == "suppressed":
        return "withheld by disclosure control"
    if month.members_present:
        return f"incomplete ({month.members_present} of {month.members_expected} members)"
    return ""
