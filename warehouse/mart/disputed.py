"""Disputed figures: editions, or single held months, that a person accepted despite failed checks,
and the reason in words. Statuses are set in `figure_status`.

The mark is a string of bits, one per dispute, NULL if there is none. Adding organisations up, or
joining a denominator to a numerator, combines marks with `or`, so that a figure of England carries
every dispute it uses.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from warehouse.archive.decisions import decisions
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.base.months import parse_month
from warehouse.contract.model import contracts
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.editions.status import EditionStatus, status_of
from warehouse.mart.held_months import let_in
from warehouse.mart.hierarchy import Connection, create_from, measured_feeds


@dataclass(frozen=True)
class Dispute:
    """Something accepted despite failed checks: an edition of a feed, or within it one organisation
    (`org_code`, as the feed names it), one month, or one month of one organisation."""

    feed: str
    edition: str
    reason: str
    org_code: str | None = None
    month: date | None = None


def disputes(home: Home, placed: list[EditionFile]) -> list[Dispute]:
    """Return what was accepted only by decision among the mart's editions, by feed and edition."""
    decided = {EditionKey.of(one) for one in decisions(home) if one.decision == "accept"}
    accepted = decided & {(one.file.feed, one.file.edition) for one in placed}
    files = Archive(home).active_files() if accepted else []
    found = [status_of(home, feed, edition, files).in_use for feed, edition in sorted(accepted)]
    statuses = [one for one in found if one]
    whole = [Dispute(one.feed, one.edition, _words(one)) for one in statuses if _overrides(one)]
    return whole + [released for one in statuses for released in _released(one)]


def _released(status: EditionStatus) -> list[Dispute]:
    """Return held months that a decision accepted, for organisations that the feed itself counts;
    those of wholes are in `held_months`."""
    unit = contracts()[status.feed].reporting_unit
    return [
        Dispute(
            status.feed, status.edition, let_in(status, one), one.org_code, parse_month(one.month)
        )
        for one in status.released
        if unit and one.org_level == unit.level
    ]


def _overrides(one: EditionStatus) -> bool:
    """Whether a decision overrides failed checks. One that only lifts a hold does not."""
    failed = one.state is not None and one.state.verdict == "held"
    return failed and one.override is not None and one.verdict == "accepted"


def _words(one: EditionStatus) -> str:
    """`FEED 2025-11 failed month_is_whole; accepted by ... on ...: why`."""
    assert one.state is not None and one.override is not None  # noqa: S101 - by _overrides
    failed = ", ".join(one.state.failed_rules) or "its checks"
    return f"{one.feed} {one.edition} failed {failed}; {one.override.words}"


def create_disputes(db: Connection, found: list[Dispute]) -> None:
    """Create `stage.dispute`, a row per dispute with its `number` and `bits`, and mark with them
    what each feed counted: column `disputed` of `stage.reported_<feed>`."""
    width = len(found)
    rows = [
        {"number": number, "bits": "0" * number + "1" + "0" * (width - number - 1), **asdict(one)}
        for number, one in enumerate(found)
    ]
    text = dict.fromkeys(("bits", "feed", "edition", "reason", "org_code"), pl.String)
    schema = {"number": pl.Int32, **text, "month": pl.Date}
    create_from(db, "stage.dispute", pl.DataFrame(rows, schema=schema), "archive.decision")
    for feed in measured_feeds(db):
        _mark(db, feed)


def _mark(db: Connection, feed: str) -> None:
    db.execute(f"ALTER TABLE stage.reported_{feed} ADD COLUMN disputed BIT")
    db.execute(
        f"""UPDATE stage.reported_{feed} AS l SET disputed = m.bits
        FROM (SELECT c.org_code, c.month, c.vintage, bit_or(d.bits::BIT) AS bits
              FROM stage.reported_{feed} AS c JOIN stage.dispute AS d
                  ON d.feed = $feed AND d.edition = c.edition
                  AND coalesce(d.org_code, c.org_code) = c.org_code
                  AND coalesce(d.month, c.month) = c.month
              GROUP BY ALL) AS m
        WHERE m.org_code = l.org_code AND m.month = l.month AND m.vintage = l.vintage""",
        {"feed": feed},
    )


def either(one: str, other: str) -> str:
    """SQL: two marks combined."""
    return f"coalesce({one} | {other}, {one}, {other})"


def create_dispute_reasons(db: Connection) -> None:
    """Create `stage.dispute_reason`: the words (`reason`) of each mark of a newest figure
    (`disputed`). Needs `stage.latest`."""
    db.execute(
        """CREATE TABLE stage.dispute_reason AS
        SELECT m.disputed, string_agg(d.reason, '; ' ORDER BY d.number) AS reason
        FROM (SELECT DISTINCT disputed FROM stage.latest WHERE disputed IS NOT NULL) AS m
        JOIN stage.dispute AS d ON get_bit(m.disputed, d.number) = 1
        GROUP BY m.disputed"""
    )
