"""Lists and maps carried forward, month by month, until the next one, and the months for which they
are too old."""

from __future__ import annotations

from datetime import date

from warehouse.contract.model import contracts
from warehouse.mart.hierarchy import Connection, first_day, measured_feeds, rows_of_all


def carry_forward(db: Connection) -> None:
    """Carry each list forward from its month to the next list, or to the last month of all feeds
    that are not carried forward.

    `reported_<feed>` and `lost_<feed>` of such feeds get a row per month, under the list's own
    edition. `stage.stale`: the months for which the list is too old (`Contract.holds_months`);
    their figures are incomplete.
    """
    db.execute("CREATE TABLE stage.stale (feed VARCHAR, month DATE, edition VARCHAR)")
    measured = measured_feeds(db)
    last = _last_month(db, measured)
    for feed in measured:
        if contracts()[feed].carried_forward and last is not None:
            db.execute(
                f"""CREATE OR REPLACE TABLE stage.held AS
                WITH list AS (
                    SELECT DISTINCT {first_day("edition")} AS first
                    FROM stage.file WHERE feed = $feed),
                span AS (SELECT first, lead(first) OVER (ORDER BY first) AS next FROM list)
                SELECT first, unnest(generate_series(
                    first, coalesce(next - INTERVAL 1 MONTH, greatest(first, $last::DATE)),
                    INTERVAL 1 MONTH
                ))::DATE AS month FROM span""",
                {"feed": feed, "last": last},
            )
            if (most := contracts()[feed].holds_months) is not None:
                db.execute(
                    """INSERT INTO stage.stale
                    SELECT $feed, month, strftime(first, '%Y-%m') FROM stage.held
                    WHERE month > first + to_months($most)""",
                    {"feed": feed, "most": most},
                )
            for table in (f"stage.reported_{feed}", f"stage.lost_{feed}"):
                db.execute(
                    f"""CREATE OR REPLACE TABLE {table} AS
                    SELECT t.* REPLACE (h.month AS month)
                    FROM {table} AS t JOIN stage.held AS h ON h.first = t.month"""
                )


def _last_month(db: Connection, measured: list[str]) -> date | None:
    """Return the last month of the feeds that are not carried forward."""
    reported = [
        f"SELECT month FROM stage.reported_{feed}"
        for feed in measured
        if not contracts()[feed].carried_forward
    ]
    [(last,)] = db.execute(
        f"SELECT max(month) FROM ({rows_of_all(reported, month='DATE')})"
    ).fetchall()
    return last if isinstance(last, date) else None


def load_old_networks(db: Connection) -> None:
    """Create `stage.old_network`: `pcn_code, month, edition` of networks whose practices' latest
    known membership (`edition`) is too old for the month."""
    naming = [c for c in contracts().values() if any("pcn" in o.parents for o in c.organisations)]
    most = max(contract.holds_months or 0 for contract in naming)
    db.execute(
        f"""CREATE TABLE stage.old_network AS
        SELECT pcn_code, month, strftime(min(pcn_code_as_of), '%Y-%m') AS edition
        FROM stage.practice_parent
        WHERE pcn_code IS NOT NULL AND month > pcn_code_as_of + INTERVAL {most} MONTH
        GROUP BY ALL"""
    )
