"""The mart's table of organisations: names, and parents over time. Which organisation belonged to
which is in `hierarchy`."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from warehouse.contract.model import contracts
from warehouse.mart.hierarchy import Connection, create_from, feeds_at
from warehouse.mart.inputs import reporting_level
from warehouse.reference import local_authorities
from warehouse.reference.levels import (
    DATED,
    KEY_COLUMNS,
    LEVELS,
    SITES,
    above,
    is_unassigned,
)
from warehouse.reference.special_services import LEVEL

PARENTS = ", ".join(KEY_COLUMNS.values())


def create_names(db: Connection) -> None:
    """Create `stage.organisation_name`: the newest published name of each organisation; for
    regions, England and local authorities the name in the reference."""
    authorities = list(local_authorities.names().items())
    text = {"org_code": pl.String, "org_name": pl.String}
    frame = pl.DataFrame(authorities, schema=text, orient="row")
    create_from(db, "stage.authority", frame, "reference.local_authorities")
    db.execute(
        """CREATE TABLE stage.organisation_name AS
        WITH stated AS (
            SELECT org_level, org_code, org_name, month, vintage FROM stage.observed
            WHERE org_name IS NOT NULL AND org_code IS NOT NULL
            UNION ALL
            SELECT org_level, org_code, org_name, DATE '1900-01-01', year(valid_from)
            FROM stage.reference WHERE org_level IN ('sub_icb', 'icb')
            UNION ALL
            SELECT org_level, org_code, org_name, DATE '9000-01-01', 0 FROM stage.reference
            WHERE org_level IN ('region', 'england')
            UNION ALL
            SELECT 'local_authority', org_code, org_name, DATE '9000-01-01', 0
            FROM stage.authority)
        SELECT org_level, org_code, arg_max(org_name, (month, vintage, org_name)) AS org_name
        FROM stated GROUP BY ALL"""
    )


def create_organisation(db: Connection) -> None:
    """Create `organisation`: one row per organisation and period in which its parents stayed the
    same.

    Organisations of the reference have its periods; the first and last are extended to cover their
    figures, because publishers restate earlier months on the boundaries of the release. All others
    have the periods that the files show, month by month.
    """
    _load_seen(db)
    db.execute(
        """CREATE TABLE stage.register AS
        SELECT org_level, org_code, opened_on, closed_on FROM stage.observed
        WHERE opened_on IS NOT NULL
        QUALIFY row_number() OVER (
            PARTITION BY org_level, org_code ORDER BY vintage DESC, month DESC) = 1"""
    )
    described = _described()
    own_parents = ", ".join(f"o.{column}" for column in KEY_COLUMNS.values())
    db.execute(
        f"""CREATE TABLE mart.organisation AS
        WITH marked AS (
            SELECT *, coalesce(({PARENTS}) IS DISTINCT FROM lag(({PARENTS})) OVER w, TRUE) AS is_new
            FROM stage.seen WINDOW w AS (PARTITION BY org_level, org_code ORDER BY month)),
        period AS (
            SELECT org_level, org_code, {PARENTS}, month AS valid_from,
                   (lead(month) OVER (PARTITION BY org_level, org_code ORDER BY month)
                    - INTERVAL 1 DAY)::DATE AS valid_to
            FROM marked WHERE is_new),
        span AS (
            SELECT org_level, org_code, min(month) AS first, last_day(max(month)) AS last
            FROM stage.figure GROUP BY ALL),
        dated AS (
            SELECT r.org_level, r.org_code, NULL AS pcn_code, NULL AS sub_icb_code,
                   CASE WHEN r.org_level = 'sub_icb' THEN r.parent_code END AS icb_code,
                   CASE r.org_level WHEN 'sub_icb' THEN i.parent_code
                                    WHEN 'icb' THEN r.parent_code END AS region_code,
                   CASE WHEN lag(r.valid_from) OVER w IS NULL THEN least(r.valid_from, f.first)
                        ELSE r.valid_from END AS valid_from,
                   CASE WHEN lead(r.valid_from) OVER w IS NULL AND r.valid_to < f.last THEN f.last
                        ELSE r.valid_to END AS valid_to, r.ons_code
            FROM stage.reference AS r
            LEFT JOIN span AS f ON f.org_level = r.org_level AND f.org_code = r.org_code
            LEFT JOIN stage.reference AS i ON r.org_level = 'sub_icb' AND i.org_level = 'icb'
                AND i.org_code = r.parent_code
                AND r.effective_from BETWEEN i.effective_from AND i.effective_to
            WINDOW w AS (PARTITION BY r.org_level, r.org_code ORDER BY r.valid_from))
        SELECT o.org_code, o.org_level, n.org_name, coalesce(o.ons_code, a.org_code) AS ons_code,
               {own_parents},
               o.valid_from, coalesce(o.valid_to, r.closed_on) AS valid_to,
               {", ".join(described.values())},
               r.opened_on, r.closed_on, s.kind AS special_service
        FROM (SELECT * FROM dated UNION ALL BY NAME SELECT * FROM period) AS o
        LEFT JOIN stage.organisation_name AS n
            ON n.org_level = o.org_level AND n.org_code = o.org_code
        LEFT JOIN stage.authority AS a
            ON o.org_level = 'local_authority' AND a.org_code = o.org_code
        LEFT JOIN stage.register AS r
            ON r.org_level = o.org_level AND r.org_code = o.org_code
        LEFT JOIN stage.special AS s
            ON o.org_level = '{LEVEL}' AND s.org_code = o.org_code
        {_descriptions(described)}
        ORDER BY o.org_level, o.org_code, o.valid_from"""
    )


def _described() -> dict[tuple[str, str], str]:
    """(Feed, column) -> SQL of a column that a feed's measures describe organisations by."""
    found: dict[tuple[str, str], list[str]] = {}
    for feed, contract in contracts().items():
        for name, measure in contract.measures.items():
            for column, number in measure.describes.items():
                own = f"{feed}.{name}::DOUBLE"
                one = own if number is None else f"CASE WHEN {feed}.{name} = 1 THEN {number} END"
                found.setdefault((feed, column), []).append(one)
    return {
        (feed, column): f"coalesce({', '.join([*some, 'NULL'])}) AS {column}"
        for (feed, column), some in found.items()
    }


def _descriptions(described: Iterable[tuple[str, str]]) -> str:
    """SQL: joins with the newest row of each organisation in the feeds that describe them."""
    return " ".join(
        f"""LEFT JOIN (SELECT * FROM stage.reported_{feed} QUALIFY row_number() OVER (
            PARTITION BY org_code ORDER BY vintage DESC, month DESC) = 1) AS {feed}
            ON o.org_level = '{reporting_level(feed)}' AND {feed}.org_code = o.org_code"""
        for feed in dict.fromkeys(feed for feed, _ in described)
    )


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
    parts += [_counted_alone(level) for _, level in grouped if feeds_at(level)]
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


def _counted_alone(level: str) -> str:
    """SQL: places that feeds count in months in which none of their sites is named, with the
    parents that their sites had last."""
    parents = ", ".join(f"g.{column}" for column in KEY_COLUMNS.values())
    counted = [f"SELECT org_code, month FROM stage.reported_{feed}" for feed in feeds_at(level)]
    return f"""SELECT '{level}', c.org_code, c.month, {parents}
        FROM (SELECT DISTINCT org_code, month FROM ({" UNION ".join(counted)})
              WHERE (org_code, month) NOT IN (SELECT (org_code, month) FROM {level}_group)) AS c
        ASOF LEFT JOIN {level}_group AS g ON g.org_code = c.org_code AND c.month >= g.month"""


def _if_one(column: str) -> str:
    """SQL: the parent that all members share, if there is one."""
    return f"CASE WHEN count(DISTINCT {column}) = 1 THEN min({column}) END"
