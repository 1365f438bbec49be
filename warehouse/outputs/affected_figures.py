"""The published figures that a decision about an edition may change, as people look through them:
for the commands that decide, and for the pages of what was accepted although checks failed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from warehouse.base.keys import EditionKey
from warehouse.base.sql import rows
from warehouse.reference.levels import LEVELS, below
from warehouse.store import whole_file

Row = dict[str, Any]
MOST = 2000  # figures in a page; a browser takes long to show more
WIDEST_FIRST = sorted(LEVELS, key=lambda level: -len(below(level)))
_USING = "figures_affected($feed, $edition)"
# Suppressed figures stay so, whatever is decided.
_OF_MONTHS = """(
    SELECT m.* FROM kpi_period AS m
    SEMI JOIN (FROM governance.kpi_feed WHERE feed = $feed) AS u
        ON u.kpi_id = m.kpi_id AND u.org_level = m.org_level
    WHERE strftime(m.month, '%Y-%m') IN (SELECT unnest($months::VARCHAR[]))
        AND m.status <> 'suppressed')"""
# The newest value of editions before the one at stake.
_EARLIER = """LEFT JOIN (
            SELECT v.kpi_id, v.org_level, v.org_code, v.month,
                   arg_max(v.value, replace(v.edition, '-', '')::BIGINT * 1000 + v.revision)
                       AS earlier_value
            FROM kpi_vintage AS v WHERE v.edition < $edition GROUP BY ALL) AS b
            ON b.kpi_id = a.kpi_id AND b.org_level = a.org_level AND b.org_code = a.org_code
            AND b.month = a.month"""
# Those that may be compared first, of the widest places, and of these the largest changes.
_CHANGED_MOST = """b.earlier_value IS NULL, CASE WHEN b.earlier_value IS NOT NULL
            THEN list_position($levels, a.org_level) END,
            abs(a.value / nullif(b.earlier_value, 0) - 1) DESC NULLS LAST,"""


class Stake(NamedTuple):
    """Published figures: a table in SQL, and its parameters. `with_earlier`: each is listed with
    the value known before the edition, first those that have one, the largest changes of the widest
    places first."""

    table: str
    parameters: dict[str, Any]
    with_earlier: bool = False


class AffectedFigures(NamedTuple):
    """Figures: how many (`total`), how many of them have a value, the newest month (a date, None
    without figures), and the first of them as `figures`, the widest places and newest months
    first: `kpi_id, kpi_title, unit, org_level, org_code, org_name, short_name, month, period_label,
    value, status, edition, synthetic`. `counts`: a row per KPI and level, by title, the widest
    level first: `kpi_id, kpi_title, org_level, figures, with_value, disputed, oldest, newest`."""

    total: int
    with_value: int
    newest: Any
    figures: list[Row]
    counts: list[Row]


def using(key: EditionKey, with_earlier: bool = False) -> Stake:
    """The figures that use an edition, as numerator or denominator, themselves or through
    members; perhaps with `earlier_value`, as known before the edition."""
    return Stake(_USING, {"feed": key.feed, "edition": key.edition}, with_earlier)


def of_months(feed: str, months: Iterable[str]) -> Stake:
    """The figures of these months (YYYY-MM) that use a feed, or would if they had a value."""
    return Stake(_OF_MONTHS, {"feed": feed, "months": sorted(months)})


def affected_figures(
    db: duckdb.DuckDBPyConnection, stake: Stake, most: int | None = None
) -> AffectedFigures:
    """The figures at stake, at most `most` (`MOST`) of them listed; `db` has the mart as its
    current database."""
    counts = rows(
        db,
        f"""SELECT a.kpi_id, k.title AS kpi_title, a.org_level, count(*) AS figures,
                   count(a.value) AS with_value,
                   count(*) FILTER (a.status = 'disputed') AS disputed,
                   min(a.month) AS oldest, max(a.month) AS newest
            FROM {stake.table} AS a JOIN kpi AS k USING (kpi_id)
            GROUP BY a.kpi_id, k.title, a.org_level
            ORDER BY k.title, a.kpi_id, list_position($levels, a.org_level)""",
        **_by_width(stake),
    )
    found = rows(db, f"{_listed(stake)} LIMIT {MOST if most is None else most}", **_by_width(stake))
    total, with_value = (sum(row[name] for row in counts) for name in ("figures", "with_value"))
    newest = max((row["newest"] for row in counts), default=None)
    return AffectedFigures(total, with_value, newest, found, counts)


def without_earlier(db: duckdb.DuckDBPyConnection, stake: Stake) -> int:
    """How many of the figures with a value had none in any edition before the one at stake."""
    sql = f"""SELECT count(*) AS n FROM ({_listed(stake)})
        WHERE value IS NOT NULL AND earlier_value IS NULL"""
    return int(rows(db, sql, **_by_width(stake))[0]["n"])


def write_affected(db: duckdb.DuckDBPyConnection, stakes: Iterable[Stake], path: Path) -> int:
    """Write a CSV (UTF-8 with byte order mark, for Excel) of all figures at stake, each once, all
    or nothing; returns how many."""
    import polars as pl

    listed = [db.sql(_listed(one), params=_by_width(one)).pl() for one in stakes]
    every = pl.concat(listed, how="diagonal").unique(maintain_order=True)
    with whole_file(path) as part:
        every.write_csv(part, include_bom=True)
    return int(every.height)


def _listed(stake: Stake) -> str:
    column, joined, first = "", "", ""
    if stake.with_earlier:
        column, joined, first = ", b.earlier_value", _EARLIER, _CHANGED_MOST
    return f"""
        SELECT a.kpi_id, k.title AS kpi_title, k.unit, a.org_level, a.org_code, a.org_name,
               o.short_name, a.month, a.period_label, a.value, a.status, a.edition, a.synthetic
               {column}
        FROM {stake.table} AS a JOIN kpi AS k USING (kpi_id)
        LEFT JOIN organisation_current AS o
            ON o.org_level = a.org_level AND o.org_code = a.org_code
        {joined}
        ORDER BY a.value IS NULL, {first} list_position($levels, a.org_level),
            a.month DESC, k.title, a.org_code"""


def _by_width(stake: Stake) -> dict[str, Any]:
    return stake.parameters | {"levels": WIDEST_FIRST}
