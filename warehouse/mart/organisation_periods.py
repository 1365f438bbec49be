"""In which period each organisation is: since when its parents have been what they are. Which
organisation belongs to which is in `hierarchy`, the table for analysts in `organisation_table`."""

from __future__ import annotations

from warehouse.mart.hierarchy import Connection, feeds_at
from warehouse.reference.levels import (
    DATED,
    KEY_COLUMNS,
    LEVELS,
    SITES,
    above,
    is_unassigned,
)

PARENTS = ", ".join(KEY_COLUMNS.values())
SPANS = "organisation_span"


def create_organisation_periods(db: Connection) -> None:
    """Create `stage.organisation_period`: one row per organisation and period in which its parents
    stayed the same, with `organisation_since`, its first day, NULL for the earliest: what is known
    of earlier months may still grow, and the key of a period must not change with it.

    Organisations of the reference have its periods (`is_dated`). All others have the periods that
    the files show, month by month.
    """
    _load_seen(db)
    db.execute(
        f"""CREATE TABLE stage.organisation_period AS
        WITH marked AS (
            SELECT *, coalesce(({PARENTS}) IS DISTINCT FROM lag(({PARENTS})) OVER w, TRUE) AS is_new
            FROM stage.seen WINDOW w AS (PARTITION BY org_level, org_code ORDER BY month)),
        period AS (
            SELECT org_level, org_code, {PARENTS}, month AS valid_from,
                   (lead(month) OVER (PARTITION BY org_level, org_code ORDER BY month)
                    - INTERVAL 1 DAY)::DATE AS valid_to, FALSE AS is_dated
            FROM marked WHERE is_new),
        dated AS (
            SELECT r.org_level, r.org_code, NULL AS pcn_code, NULL AS sub_icb_code,
                   CASE WHEN r.org_level = 'sub_icb' THEN r.parent_code END AS icb_code,
                   CASE r.org_level WHEN 'sub_icb' THEN i.parent_code
                                    WHEN 'icb' THEN r.parent_code END AS region_code,
                   r.valid_from, r.valid_to, r.ons_code, TRUE AS is_dated
            FROM stage.reference AS r
            LEFT JOIN stage.reference AS i ON r.org_level = 'sub_icb' AND i.org_level = 'icb'
                AND i.org_code = r.parent_code
                AND r.effective_from BETWEEN i.effective_from AND i.effective_to)
        SELECT *, CASE WHEN lag(valid_from) OVER w IS NOT NULL THEN valid_from
                       END AS organisation_since,
               lead(valid_from) OVER w IS NULL AS is_last
        FROM (SELECT * FROM dated UNION ALL BY NAME SELECT * FROM period)
        WINDOW w AS (PARTITION BY org_level, org_code ORDER BY valid_from)"""
    )
    db.execute("DROP TABLE stage.seen")
    db.execute(
        f"""CREATE TABLE stage.{SPANS} AS
        SELECT org_level, org_code, organisation_since,
               coalesce(organisation_since, DATE '0001-01-01') AS first,
               coalesce(lead(valid_from) OVER w - INTERVAL 1 DAY, DATE '9999-12-31')::DATE AS last
        FROM stage.organisation_period WINDOW w AS (
            PARTITION BY org_level, org_code ORDER BY valid_from)
        QUALIFY NOT is_last OR organisation_since IS NOT NULL"""
    )


def in_period(figure: str) -> str:
    """SQL: the join that gives figures (alias, with `series` and `month`) the beginning of their
    organisation's period, as `o.organisation_since`. Few organisations have several."""
    return f"""LEFT JOIN (SELECT series, organisation_since, first, last
            FROM stage.series JOIN stage.{SPANS} USING (org_level, org_code)) AS o
            ON o.series = {figure}.series AND {figure}.month BETWEEN o.first AND o.last"""


def _load_seen(db: Connection) -> None:
    """Create `stage.seen`: the parents of each organisation outside the reference, by month. A
    network or local authority has the parents that all its members share."""
    sites = ", ".join(f"{site} AS ({_site(site)})" for site in SITES)
    parts = [
        f"SELECT org_level, org_code, month, {PARENTS} FROM {site} "
        f"WHERE NOT {is_unassigned('org_code')}"
        for site in SITES
    ]
    grouped = [
        (site, level) for site in SITES for level in LEVELS[site].parents if level not in DATED
    ]
    ctes = [sites, *(f"{level}_group AS ({_group(site, level)})" for site, level in grouped)]
    parts += [f"FROM {level}_group" for _, level in grouped]
    parts += [
        _counted_alone(feeds, level) for _, level in grouped if (feeds := feeds_at(db, level))
    ]
    db.execute(
        f"""CREATE TABLE stage.seen AS
        WITH {", ".join(ctes)}
        {" UNION ALL ".join(parts)}
        UNION ALL BY NAME
        SELECT 'sub_icb' AS org_level, org_code, month, icb_code, region_code
        FROM (SELECT DISTINCT o.org_code, o.month, p.icb_code, p.region_code
              FROM stage.observed AS o
              LEFT JOIN stage.sub_icb_parent AS p USING (org_code, month)
              WHERE o.org_level = 'sub_icb')
        WHERE org_code NOT IN (SELECT org_code FROM stage.reference)
        UNION ALL BY NAME
        SELECT 'icb' AS org_level, org_code, month FROM stage.icb_parent
        WHERE org_code NOT IN (SELECT org_code FROM stage.reference)"""
    )


def _site(site: str) -> str:
    """SQL: sites with the parents that files name and the parents of their dated place."""
    own = LEVELS[site].parents
    [place] = [level for level in own if level in DATED]
    columns = [
        f"p.{column}"
        if level in own
        else f"d.{column}"
        if level in above(place)
        else f"NULL::VARCHAR AS {column}"
        for level, column in KEY_COLUMNS.items()
    ]
    return f"""SELECT '{site}' AS org_level, p.org_code, p.month, {", ".join(columns)}
        FROM stage.{site}_parent AS p
        LEFT JOIN stage.{place}_parent AS d
            ON d.org_code = p.{KEY_COLUMNS[place]} AND d.month = p.month"""


def _group(site: str, level: str) -> str:
    """SQL: the places of a level that only their sites name."""
    shared = [
        _if_one(column) if one in DATED and one in above(site) else "NULL"
        for one, column in KEY_COLUMNS.items()
    ]
    own = KEY_COLUMNS[level]
    named = [
        f"{text} AS {column}" for text, column in zip(shared, KEY_COLUMNS.values(), strict=True)
    ]
    return f"""SELECT '{level}' AS org_level, {own} AS org_code, month, {", ".join(named)}
        FROM {site} WHERE {own} IS NOT NULL GROUP BY {own}, month"""


def _counted_alone(feeds: list[str], level: str) -> str:
    """SQL: places that feeds count in months in which none of their sites is named, with the
    parents that their sites had last."""
    parents = ", ".join(f"g.{column}" for column in KEY_COLUMNS.values())
    counted = [f"SELECT org_code, month FROM stage.reported_{feed}" for feed in feeds]
    return f"""SELECT '{level}', c.org_code, c.month, {parents}
        FROM (SELECT DISTINCT org_code, month FROM ({" UNION ".join(counted)})
              WHERE (org_code, month) NOT IN (SELECT (org_code, month) FROM {level}_group)) AS c
        ASOF LEFT JOIN {level}_group AS g ON g.org_code = c.org_code AND c.month >= g.month"""


def _if_one(column: str) -> str:
    """SQL: the parent that all members share, if there is one."""
    return f"CASE WHEN count(DISTINCT {column}) = 1 THEN min({column}) END"
