"""Held months: organisation-months of accepted editions without a figure, the reason, and how they
are left out of figures and wholes. Which months are held is decided in `checks.new_months`.

A held month stays in the working tables as an incomplete figure, so that wholes that contain it are
incomplete. It is held from its edition until a later accepted edition has the month and does not
hold it.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from warehouse.base.months import parse_month
from warehouse.contract.model import contracts
from warehouse.editions.check_history import HeldMonth
from warehouse.editions.parts_and_revisions import vintage_of
from warehouse.editions.status import EditionStatus
from warehouse.kpi.catalogue import Kpi, Source
from warehouse.mart.hierarchy import Connection, create_from

HELD_SCHEMA = {
    **dict.fromkeys(("feed", "edition", "org_level", "org_code"), pl.String),
    "month": pl.Date,
    "measure": pl.String,
    **dict.fromkeys(("found", "expected", "low", "high"), pl.Int64),
    **dict.fromkeys(("status", "reason"), pl.String),
}
Held = set[tuple[str, str]]  # feed and level
SPAN = {"from_vintage": pl.Int64, "until_vintage": pl.Int64, "is_cell": pl.Boolean}


def held_rows(statuses: Iterable[EditionStatus]) -> pl.DataFrame:
    """Return a row per organisation-month of accepted editions that the check of new months found
    out of range: columns `HELD_SCHEMA`. `status`: `held`, or `released` by decision."""
    rows = [
        one.model_dump()
        | {
            "feed": edition.feed,
            "edition": edition.edition,
            "month": parse_month(one.month),
            "status": status,
            "reason": one.words if status == "held" else let_in(edition, one),
        }
        for edition in filter(None, (one.in_use for one in statuses))
        for status, some in (("held", edition.held_months), ("released", edition.released))
        for one in some
    ]
    frame = pl.DataFrame(rows, schema=HELD_SCHEMA)
    return frame.sort("feed", "edition", "month", "org_level", "org_code")


def let_in(one: EditionStatus, month: HeldMonth) -> str:
    """Describe a month that a decision accepted: found, expected, who decided and why."""
    decided = one.override.words if one.override else ""
    return f"{one.feed} {one.edition}: {month.words}; {decided}"


def load_held(db: Connection, statuses: Iterable[EditionStatus]) -> None:
    """Create `stage.held_month`: held and released months, with their vintages, and whether the
    feed itself counts the organisation (`is_cell`). Needs `stage.reported_<feed>`."""
    held = held_rows(statuses)
    spans = [_span(db, row) for row in held.iter_rows(named=True)]
    frame = held.with_columns(
        pl.Series(name, [span[place] for span in spans], dtype=kind)
        for place, (name, kind) in enumerate(SPAN.items())
    )
    origins = dict.fromkeys(SPAN, "archive.source_file.edition")
    create_from(db, "stage.held_month", frame, "checks.result", **origins)


def _span(db: Connection, row: dict[str, object]) -> tuple[int, int | None, bool]:
    """Return the vintages from and until which a month is held, and `is_cell`."""
    feed, edition = str(row["feed"]), str(row["edition"])
    unit = contracts()[feed].reporting_unit
    own = unit is not None and unit.level == row["org_level"]
    [(later,)] = db.execute(
        f"""SELECT min(edition) FROM stage.reported_{feed}
        WHERE month = $month AND edition > $edition AND (org_code = $code OR NOT $own)""",
        {"month": row["month"], "edition": edition, "code": row["org_code"], "own": own},
    ).fetchall()
    return vintage_of(edition, 0), None if later is None else vintage_of(later, 0), own


def held_at(db: Connection) -> Held:
    """Return the feeds and levels that have held months. Needs `stage.held_month`."""
    return set(
        db.execute(
            "SELECT DISTINCT feed, org_level FROM stage.held_month WHERE status = 'held'"
        ).fetchall()
    )


def keep_out(
    db: Connection, held: Held, feeds: Iterable[str | None], table: str, *levels: str
) -> None:
    """Mark figures of held months as not whole in a table of figures, at one level or with the
    column `org_level`. `held`: as `held_at` returns."""
    if not any((feed, level) in held for feed in feeds for level in levels):
        return
    level = "f.org_level" if len(levels) > 1 else f"'{levels[0]}'"
    named = ", ".join(f"'{feed}'" for feed in feeds if feed)
    db.execute(
        f"""CREATE OR REPLACE TABLE {table} AS
        WITH out AS (
            SELECT DISTINCT {level} AS org_level, f.org_code, f.month, f.vintage, TRUE AS held
            FROM {table} AS f
            JOIN stage.held_month AS h ON h.org_code = f.org_code AND h.month = f.month
                AND f.vintage >= h.from_vintage
                AND f.vintage < coalesce(h.until_vintage, f.vintage + 1)
            WHERE h.status = 'held' AND h.org_level = {level} AND h.feed IN ({named}))
        SELECT f.* REPLACE (f.whole AND o.held IS NULL AS whole)
        FROM {table} AS f
        LEFT JOIN out AS o
            ON o.org_code = f.org_code AND o.month = f.month AND o.vintage = f.vintage
                AND o.org_level = {level}"""
    )


def load_kpi_sources(db: Connection, wanted: list[tuple[Kpi, Source]]) -> None:
    """Create `stage.kpi_source`: the feeds from which each KPI is calculated, by level."""
    pairs = [
        {"kpi_id": kpi.kpi_id, "org_level": level, "feed": feed}
        for kpi, source in wanted
        for feed in source.feeds
        if feed
        for level in source.levels
    ]
    schema = dict.fromkeys(("kpi_id", "org_level", "feed"), pl.String)
    sources = pl.DataFrame(pairs, schema=schema).unique(maintain_order=True)
    create_from(db, "stage.kpi_source", sources, "catalogue.kpi")


def create_held_figures(db: Connection) -> None:
    """Create `stage.held_figure` (`series, ordinal, held, released`): why a newest figure is held,
    or was released by a decision. Needs `stage.latest`."""
    db.execute(
        """CREATE TABLE stage.held_figure AS
        SELECT p.series, p.ordinal,
               string_agg(DISTINCT h.reason, '; ' ORDER BY h.reason) FILTER (h.status = 'held')
                   AS held,
               string_agg(DISTINCT h.reason, '; ' ORDER BY h.reason)
                   FILTER (h.status = 'released' AND NOT h.is_cell) AS released
        FROM stage.latest AS p
        JOIN stage.kpi_source AS k ON k.kpi_id = p.kpi_id AND k.org_level = p.org_level
        JOIN stage.held_month AS h ON h.feed = k.feed AND h.org_level = p.org_level
            AND h.org_code = p.org_code AND h.month = p.month AND p.vintage >= h.from_vintage
            AND p.vintage < coalesce(h.until_vintage, p.vintage + 1)
        GROUP BY p.series, p.ordinal"""
    )
