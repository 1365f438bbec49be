"""Data available for the series that claims use, and what is not in the mart, and why.

Belongs here: queries on figures and the governance tables of the attached mart. Does not:
values (`evidence`), sentences about what is missing (`not_computable`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.base.months import parse_month
from warehouse.claims.register_entries import Reading
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.other_periods import every_figure

FIGURE = "kpi_id, org_level, org_code, month, value, status, members_present, members_expected"


@dataclass(frozen=True)
class Month:
    """One month, or the last one of a longer period, of a KPI and organisation in the mart."""

    month: date
    has_value: bool
    status: str
    members_present: int | None
    members_expected: int | None


@dataclass(frozen=True)
class Edition:
    """An imported edition: the months it covers, and why it (or a file of it) is not in the mart
    (`left_out`; empty if all of it is)."""

    feed: str
    edition: str
    status: str
    first_month: date
    last_month: date
    left_out: str

    @property
    def words(self) -> str:
        """`edition 2025-11 of FEED is held by A. Person: counts twice`."""
        return f"edition {self.edition} of {self.feed} {self.left_out}"


@dataclass(frozen=True)
class Available:
    """The months of each series, and the editions of each feed, oldest first."""

    months: dict[tuple[str, str, str], tuple[Month, ...]]
    editions: dict[str, tuple[Edition, ...]]

    def accepted(self, feed: str) -> list[str]:
        """Return the editions of a feed that are in the mart."""
        return [one.edition for one in self.editions.get(feed, ()) if one.status == "accepted"]

    def left_out(self, feeds: Iterable[str], months: Iterable[date]) -> list[Edition]:
        """Return editions that cover any of these months and are not, or only in part, in the mart;
        none of retired sample data."""
        asked = list(months)
        return [
            one
            for feed in feeds
            for one in self.editions.get(feed, ())
            if one.left_out and one.status != "retired"
            if any(one.first_month <= month <= one.last_month for month in asked)
        ]


def available(db: Connection, readings: Iterable[Reading]) -> Available:
    """Return the months of every series that the readings use, and the editions of each feed."""
    series = sorted({(r.kpi_id, r.org_level, r.org_code) for r in readings if r.kpi_id})
    schema = dict.fromkeys(("kpi_id", "org_level", "org_code"), pl.String)
    frame = pl.DataFrame(series, schema=schema, orient="row")
    create_from(db, "stage.claim_series", frame, "claims.register")
    db.execute(
        f"""CREATE TABLE stage.claim_month AS
        SELECT kpi_id, org_level, org_code, month, value IS NOT NULL AS has_value, status,
               members_present, members_expected
        FROM ({every_figure(FIGURE)})
        SEMI JOIN stage.claim_series USING (kpi_id, org_level, org_code)"""
    )
    rows = db.execute("FROM stage.claim_month ORDER BY month").fetchall()
    months: dict[tuple[str, str, str], list[Month]] = defaultdict(list)
    for kpi_id, level, code, *month in rows:
        months[(kpi_id, level, code)].append(Month(*month))
    return Available({key: tuple(rows) for key, rows in months.items()}, _editions(db))


def _editions(db: Connection) -> dict[str, tuple[Edition, ...]]:
    withdrawn: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    db.execute(
        """CREATE TABLE stage.claim_withdrawn AS
        SELECT feed, edition, file_name, withdrawn_by, withdrawn_reason
        FROM mart.governance.source_file WHERE withdrawn"""
    )
    db.execute(
        """CREATE TABLE stage.claim_edition AS
        SELECT feed, edition,
               CASE WHEN stays_published IS NULL THEN status ELSE 'accepted' END AS status,
               first_month, last_month, reasons,
               CASE WHEN override_lapsed IS NULL THEN override END AS override,
               override_by, override_reason FROM mart.governance.edition"""
    )
    for feed, edition, name, by, reason in db.execute(
        "FROM stage.claim_withdrawn ORDER BY file_name"
    ).fetchall():
        withdrawn[(feed, edition)].append((name, f"withdrawn by {by}: {reason}"))
    editions: dict[str, list[Edition]] = defaultdict(list)
    for feed, edition, status, first, last, reasons, decision, by, reason in db.execute(
        "FROM stage.claim_edition ORDER BY edition"
    ).fetchall():
        out = withdrawn[(feed, edition)]
        if status == "withdrawn":
            why = f"is {' and '.join(dict.fromkeys(by_whom for _, by_whom in out)) or 'withdrawn'}"
        elif status == "held" and decision == "hold":
            why = f"is held by {by}: {reason}"
        elif status == "held":
            failed = "; ".join((reasons or "").splitlines())
            why = f"is held by its checks: {failed}" if failed else "is held"
        elif status == "pending":
            why = "has not been checked yet: run access-recovery refresh"
        elif status == "retired":
            why = "is sample data, replaced by real files"
        else:
            why = " and ".join(f"is without file {name}, {by_whom}" for name, by_whom in out)
        span = (parse_month(first), parse_month(last))
        editions[feed].append(Edition(feed, edition, status, *span, why))
    return {feed: tuple(rows) for feed, rows in editions.items()}
