"""Lend the published mart's figures to a build that makes only some months, for its comparisons
over time: the year before, the year to date, twelve months, gaps and statuses.

Belongs here: which rows `stage.latest` lacks. Does not: replacing rows (`kept_figures`).
"""

from __future__ import annotations

from warehouse.base.sql import unlogged
from warehouse.mart.hierarchy import Connection
from warehouse.reference.levels import TABLE, sql_list

ORDINAL = "year({month}) * 12 + month({month})"


def lend_months(db: Connection) -> None:
    """Add to `stage.latest` all figures since the first that may differ, with what their statuses
    are made of, and to `stage.year_before` those of the year before."""
    _load_gaps(db)
    _load_since(db)
    _load_series(db)
    unlogged(db, "DELETE FROM stage.latest WHERE vintage IS NULL AND is_month")
    unlogged(
        db,
        f"""INSERT INTO stage.latest BY NAME
        SELECT l.* FROM ({kept_as_latest()}) AS l JOIN stage.since AS w USING (kpi_id, org_level)
        WHERE l.month >= w.month""",
    )
    unlogged(
        db,
        f"""INSERT INTO stage.latest BY NAME
        SELECT {ORDINAL.format(month="g.month")} AS ordinal, g.month, m.financial_year,
               m.financial_month, s.*, 0::BIGINT AS members_present
        FROM stage.gap AS g JOIN stage.series AS s USING (kpi_id, org_level, org_code)
        JOIN stage.calendar AS m USING (month)
        JOIN stage.since AS w USING (kpi_id, org_level)
        WHERE g.month >= w.month""",
    )
    _lend_reasons(db)
    _lend_year_before(db)


def _lend_year_before(db: Connection) -> None:
    """Add to `stage.year_before` the figures of the year before the first that may differ, which
    are not made anew."""
    unlogged(
        db,
        f"""INSERT INTO stage.year_before BY NAME
        SELECT s.series, {ORDINAL.format(month="k.month")} AS ordinal, m.financial_year, k.value,
               k.numerator, k.denominator, k.status
        FROM mart.kept_kpi_monthly AS k
        JOIN stage.since AS w ON w.kpi_id = k.kpi_id AND w.org_level = k.org_level
            AND k.month < w.month AND k.month >= w.month - INTERVAL 1 YEAR
        JOIN stage.series AS s ON s.kpi_id = k.kpi_id AND s.org_level = k.org_level
            AND s.org_code = k.org_code
        JOIN stage.calendar AS m ON m.month = k.month""",
    )


def only(join: str) -> str:
    """SQL: the touched rows of a table (`SEMI`), or the others (`ANTI`)."""
    return f"{join} JOIN stage.touched USING (kpi_id, org_level, month)"


def kept_as_latest() -> str:
    """SQL: kept figures as rows of `stage.latest`, save those made anew. What made a figure
    incomplete is in its reason."""
    return f"""SELECT s.*, {ORDINAL.format(month="k.month")} AS ordinal, k.edition, k.numerator,
            k.denominator, k.members_present, k.members_expected,
            k.status = 'suppressed' AS suppressed,
            CASE WHEN k.status = 'incomplete' THEN k.status_reason END AS reason, k.value,
            k.month, m.financial_year, m.financial_month
        FROM (FROM mart.kept_kpi_monthly WHERE edition IS NOT NULL) AS k
        JOIN stage.series AS s USING (kpi_id, org_level, org_code)
        JOIN stage.calendar AS m USING (month)
        ANTI JOIN stage.touched AS t USING (kpi_id, org_level, month)"""


def _load_gaps(db: Connection) -> None:
    """Create `stage.gap`: the months without a figure between the first and last figure of an
    organisation (`kpi_id, org_level, org_code, month`), as `stage.latest` would have them."""
    may_lack = sql_list(tuple(one.name for one in TABLE if one.is_site or one.is_optional))
    columns = "kpi_id, org_level, org_code"
    unlogged(
        db,
        f"""CREATE TABLE stage.gap AS
        WITH held AS (
            SELECT {columns}, month
            FROM (FROM mart.kept_kpi_monthly
                  WHERE edition IS NOT NULL AND org_level NOT IN ({may_lack})) {only("ANTI")}
            UNION ALL
            SELECT {columns}, month FROM stage.latest
            WHERE is_month AND vintage IS NOT NULL AND org_level NOT IN ({may_lack})),
        span AS (SELECT {columns}, min(month) AS first, max(month) AS last FROM held GROUP BY ALL)
        SELECT {columns}, m.month
        FROM span AS s JOIN stage.calendar AS m ON m.month BETWEEN s.first AND s.last
        ANTI JOIN held AS h USING ({columns}, month)""",
    )


def _load_since(db: Connection) -> None:
    """Create `stage.since`: per KPI and level the first month whose row of `kpi_monthly` may
    differ: made anew, with another provisional rule, or a gap where there was none or no longer."""
    columns = "kpi_id, org_level, org_code, month"
    now = f"SELECT {columns} FROM stage.gap"
    before = f"SELECT {columns} FROM mart.kept_kpi_monthly WHERE edition IS NULL"
    unlogged(
        db,
        f"""CREATE TABLE stage.since AS
        WITH differs AS (
            SELECT kpi_id, org_level, month FROM stage.touched
            UNION ALL
            SELECT kpi_id, org_level, least(o.provisional_from, n.provisional_from)
            FROM mart.kept_kpi_provisional AS o
            FULL JOIN mart.kpi_provisional AS n USING (kpi_id, org_level)
            WHERE (o.provisional_from, o.rule) IS DISTINCT FROM (n.provisional_from, n.rule)
            UNION ALL
            SELECT kpi_id, org_level, month
            FROM (({now} EXCEPT {before}) UNION ALL ({before} EXCEPT {now})))
        SELECT kpi_id, org_level, min(month) AS month FROM differs GROUP BY ALL""",
    )


def _load_series(db: Connection) -> None:
    """Number the series of lent figures of which no month was made anew."""
    unlogged(
        db,
        """INSERT INTO stage.series BY NAME
        SELECT (SELECT coalesce(max(series), 0) FROM stage.series)
                   + row_number() OVER (ORDER BY kpi_id, org_level, org_code) AS series,
               f.*, o.org_code
        FROM (SELECT DISTINCT k.kpi_id, k.org_level, k.org_code
              FROM mart.kept_kpi_monthly AS k JOIN stage.since AS w USING (kpi_id, org_level)
              WHERE k.month >= w.month
              UNION SELECT kpi_id, org_level, org_code FROM stage.gap) AS o
        ANTI JOIN stage.series AS s USING (kpi_id, org_level, org_code)
        JOIN stage.kpi_fact AS f USING (kpi_id, org_level)""",
    )


def _lend_reasons(db: Connection) -> None:
    """Add to `stage.held_figure` and `stage.first_reported` what kept figures had in them: why one
    is held or disputed, and what was reported first."""
    lent = """FROM stage.latest AS p JOIN mart.kept_kpi_monthly AS k
            ON k.kpi_id = p.kpi_id AND k.org_level = p.org_level AND k.org_code = p.org_code
            AND k.month = p.month
        WHERE p.vintage IS NULL AND p.edition IS NOT NULL"""
    unlogged(
        db,
        f"""INSERT INTO stage.held_figure BY NAME
        SELECT p.series, p.ordinal,
               CASE WHEN k.status = 'held' THEN k.status_reason END AS held,
               CASE WHEN k.status = 'disputed' THEN k.status_reason END AS released
        {lent} AND k.status IN ('held', 'disputed')""",
    )
    unlogged(
        db,
        f"""INSERT INTO stage.first_reported BY NAME
        SELECT p.series, p.ordinal, k.first_reported_value AS value
        {lent} AND k.first_reported_value IS NOT NULL""",
    )
