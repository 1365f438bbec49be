"""What the first page reads beside figures: revisions of the newest editions, what is overdue,
decisions."""

from __future__ import annotations

from typing import Any

from warehouse.base.sql import Connection, rows
from warehouse.site.site_places import SitePlace

Row = dict[str, Any]
# Of each KPI the largest revision that its newest edition made, the largest first.
_REVISED = """
    SELECT * FROM (
        SELECT r.*, count(*) OVER (PARTITION BY r.kpi_id) AS revised
        FROM largest_revisions AS r
        JOIN (SELECT kpi_id, max(edition) AS edition FROM kpi_vintage
              WHERE org_level = $level AND org_code = $code GROUP BY kpi_id) AS n
            USING (kpi_id, edition)
        WHERE r.org_level = $level AND r.org_code = $code
        QUALIFY row_number() OVER (PARTITION BY r.kpi_id ORDER BY r.size DESC, r.month DESC) = 1)
    ORDER BY size DESC, kpi_id"""


def revised(db: Connection, place: SitePlace) -> list[Row]:
    """Of each KPI of a place that its newest edition revised, the largest revision: columns of
    `largest_revisions`, and `revised`, how many months were. The largest first."""
    return rows(db, _REVISED, level=place.level, code=place.code)


def most_revised(db: Connection, place: SitePlace) -> Row | None:
    """The largest revision of any figure of a place in the last 12 editions, those released again
    included (columns of `largest_revisions`); None if there is none."""
    found = rows(
        db,
        """SELECT * FROM largest_revisions WHERE org_level = $level AND org_code = $code
           ORDER BY size DESC, kpi_id, month DESC LIMIT 1""",
        level=place.level,
        code=place.code,
    )
    return found[0] if found else None


def successors(db: Connection, place: SitePlace) -> list[str]:
    """Names of the ICBs that have the sub-ICBs of an ICB now, if it has none of them any more."""
    found = rows(
        db,
        """SELECT DISTINCT c.icb_code, coalesce(n.short_name, n.org_name, c.icb_code) AS name
           FROM organisation AS o
           JOIN organisation_current AS c USING (org_level, org_code)
           LEFT JOIN organisation_current AS n ON n.org_level = 'icb' AND n.org_code = c.icb_code
           WHERE o.org_level = 'sub_icb' AND o.icb_code = $code AND $level = 'icb'
           ORDER BY name""",
        level=place.level,
        code=place.code,
    )
    now = [row["name"] for row in found if row["icb_code"] and row["icb_code"] != place.code]
    return [] if any(row["icb_code"] == place.code for row in found) else now


def overdue(db: Connection) -> list[Row]:
    """Feeds whose next edition is overdue, at the time of the publication: `title, newest_edition,
    next_edition, next_due, days_overdue`; the longest first."""
    return rows(
        db,
        """SELECT * FROM governance.timeliness WHERE days_overdue > 0
           ORDER BY days_overdue DESC, feed""",
    )


def is_timed(db: Connection) -> bool:
    """Whether any feed's next edition was looked for; of sample data none is."""
    [row] = rows(
        db, "SELECT count(*) FILTER (verdict <> 'skipped') > 0 AS any FROM governance.timeliness"
    )
    return bool(row["any"])


def overrides(db: Connection) -> int:
    """How many editions count by a person's decision, despite failed checks."""
    [row] = rows(
        db,
        """SELECT count(*) AS number FROM governance.edition
           WHERE status = 'accepted' AND override IS NOT NULL AND override_lapsed IS NULL""",
    )
    return int(row["number"])
