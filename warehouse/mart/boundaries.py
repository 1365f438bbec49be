"""The boundaries on which a figure was counted (`stage.boundary`: ONS codes) and where its edition
places it (`stage.placement`). Parents by the dated reference are in `hierarchy`.

An organisation whose boundaries change keeps its ODS code and gets a new ONS code. A later release
restates earlier months on its own boundaries, so under the same ODS code its figures may cover a
different area from an earlier edition's.
"""

from __future__ import annotations

from warehouse.contract.model import contracts
from warehouse.mart.hierarchy import EDITION_MONTH, Connection, feeds_at, rows_of_all
from warehouse.reference.levels import DATED, KEY_COLUMNS, LEVELS


def load_boundaries(db: Connection) -> None:
    """Create `stage.boundary` and `stage.placement`. Needs `stage.reported_*` and places."""
    parts = [
        _boundary(feed, level)
        for level in DATED
        if LEVELS[level].adds_up
        for feed in sorted(feeds_at(db, level))
    ]
    texts = dict.fromkeys(("feed", "org_code", "ons_code"), "VARCHAR")
    sql = rows_of_all(parts, **texts, month="DATE", vintage="BIGINT")
    db.execute(f"CREATE TABLE stage.boundary AS {sql}")
    _load_placement(db)


def _boundary(feed: str, level: str) -> str:
    """SQL: `feed, org_code, month, vintage, ons_code` of a feed's own organisations.

    The ONS code is the file's, unless it belongs to another organisation; otherwise the reference's
    as at the edition, because all months of an edition are on the same boundaries.
    """
    edition = EDITION_MONTH.format(vintage="l.vintage")
    return f"""SELECT '{feed}' AS feed, l.org_code, l.month, l.vintage,
            coalesce(o.ons_code, r.ons_code) AS ons_code
        FROM (SELECT DISTINCT org_code, month, vintage FROM stage.reported_{feed}) AS l
        LEFT JOIN (
            SELECT org_code, month, vintage, min(ons_code) AS ons_code
            FROM stage.observed AS stated
            WHERE feed = '{feed}' AND org_level = '{level}' AND ons_code IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM stage.reference AS other
                              WHERE other.ons_code = stated.ons_code
                                AND other.org_code <> stated.org_code)
            GROUP BY ALL) AS o
            ON o.org_code = l.org_code AND o.month = l.month AND o.vintage = l.vintage
        LEFT JOIN stage.reference AS r ON r.org_level = '{level}' AND r.org_code = l.org_code
            AND {edition} BETWEEN r.effective_from AND r.effective_to"""


def _load_placement(db: Connection) -> None:
    """Create `stage.placement` (`feed, child, month, vintage, level, parent`): sub-ICB months that
    an edition places elsewhere than the dated reference does.

    The edition's placement applies where the reference confirms it as at the edition (otherwise the
    check `icb_of_sub_icb` reports it) and where its ICB existed in the month.
    """
    edition = EDITION_MONTH.format(vintage="o.vintage")
    db.execute(
        f"""CREATE TABLE stage.placement AS
        WITH stated AS (
            SELECT DISTINCT o.feed, o.org_code AS child, o.month, o.vintage,
                   s.parent_code AS icb, i.parent_code AS region
            FROM stage.observed AS o
            JOIN stage.reference AS s ON s.org_level = 'sub_icb' AND s.org_code = o.org_code
                AND s.parent_code = o.icb_code
                AND {edition} BETWEEN s.effective_from AND s.effective_to
            JOIN stage.reference AS i ON i.org_level = 'icb' AND i.org_code = s.parent_code
                AND {edition} BETWEEN i.effective_from AND i.effective_to
            JOIN stage.reference AS had ON had.org_level = 'icb' AND had.org_code = i.org_code
                AND o.month BETWEEN had.effective_from AND had.effective_to
            WHERE o.org_level = 'sub_icb')
        SELECT s.feed, s.child, s.month, s.vintage, 'icb' AS level, s.icb AS parent
        FROM stated AS s
        JOIN stage.sub_icb_parent AS p ON p.org_code = s.child AND p.month = s.month
        WHERE s.icb <> p.icb_code
        UNION ALL
        SELECT s.feed, s.child, s.month, s.vintage, 'region', s.region
        FROM stated AS s
        JOIN stage.sub_icb_parent AS p ON p.org_code = s.child AND p.month = s.month
        WHERE s.region <> p.region_code"""
    )


def boundary_at(feed: str, level: str, table: str) -> str | None:
    """SQL: `org_code, month, vintage, ons_code` of a feed's figures at a level; None where there is
    at most one boundary.

    A roll-up has the boundaries by which its members were placed: the edition's for a feed that
    counts by ICB, the month's for all others.
    """
    unit = contracts()[feed].reporting_unit
    # England is the same area whatever the boundaries within it.
    if unit is None or level not in DATED or level not in KEY_COLUMNS:
        return None
    if unit.level == level:
        return f"SELECT * EXCLUDE (feed) FROM stage.boundary WHERE feed = '{feed}'"
    edition = EDITION_MONTH.format(vintage="t.vintage")
    as_at = edition if unit.level == "icb" else "t.month"
    return f"""SELECT t.org_code, t.month, t.vintage, r.ons_code
        FROM (SELECT DISTINCT org_code, month, vintage FROM {table}) AS t
        JOIN stage.reference AS r ON r.org_level = '{level}' AND r.org_code = t.org_code
            AND {as_at} BETWEEN r.effective_from AND r.effective_to"""
