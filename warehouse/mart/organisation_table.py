"""The mart's table of organisations: names, and parents over time. Which organisation belonged to
which is in `hierarchy`, since when in `organisation_periods`."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from warehouse.contract.model import contracts
from warehouse.mart.figure_tables import organisation_key
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.inputs import reporting_level
from warehouse.mart.place_names import load_short_names, short_name
from warehouse.reference import local_authorities
from warehouse.reference.levels import KEY_COLUMNS, sql_list
from warehouse.reference.special_services import LEVEL


def places_of_icb(levels: Iterable[str]) -> str:
    """SQL for the organisations of these levels that the mart's `organisation` has in the ICB
    `$place` now: `org_level, org_code`."""
    return f"""SELECT org_level, org_code FROM mart.organisation
        WHERE org_level IN ({sql_list(tuple(levels))}) GROUP BY org_level, org_code
        HAVING arg_max({KEY_COLUMNS["icb"]}, valid_from) = $place"""


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


def create_organisation(db: Connection, short_names: dict[tuple[str, str], str]) -> None:
    """Create `organisation`: one row per organisation and period in which its parents stayed the
    same (`organisation_periods`). Those of the reference are extended to cover their figures,
    because publishers restate earlier months on the boundaries of the release. `short_names`: by
    level and code."""
    load_short_names(db, short_names)
    db.execute(
        """CREATE TABLE stage.register AS
        SELECT org_level, org_code, opened_on, closed_on FROM stage.observed
        WHERE opened_on IS NOT NULL
        QUALIFY row_number() OVER (
            PARTITION BY org_level, org_code ORDER BY vintage DESC, month DESC) = 1"""
    )
    described = _described()
    db.execute(
        f"""CREATE TABLE mart.organisation AS
        WITH span AS (
            SELECT org_level, org_code, min(month) AS first, last_day(max(month)) AS last
            FROM stage.figure GROUP BY ALL),
        covering AS (
            SELECT p.* REPLACE (
                CASE WHEN p.is_dated AND p.organisation_since IS NULL
                     THEN least(p.valid_from, f.first) ELSE p.valid_from END AS valid_from,
                CASE WHEN p.is_dated AND p.is_last AND p.valid_to < f.last
                     THEN f.last ELSE p.valid_to END AS valid_to)
            FROM stage.organisation_period AS p
            LEFT JOIN span AS f ON f.org_level = p.org_level AND f.org_code = p.org_code)
        SELECT o.org_code, o.org_level, n.org_name,
               coalesce({short_name("w", "n")}, o.org_code) AS short_name,
               coalesce(o.ons_code, a.org_code) AS ons_code,
               {", ".join(f"o.{column}" for column in KEY_COLUMNS.values())},
               o.valid_from, coalesce(o.valid_to, r.closed_on) AS valid_to,
               {", ".join(described.values())},
               r.opened_on, r.closed_on, s.kind AS special_service,
               {organisation_key("o.", "o.")} AS organisation_key
        FROM covering AS o
        LEFT JOIN stage.organisation_name AS n
            ON n.org_level = o.org_level AND n.org_code = o.org_code
        LEFT JOIN stage.short_name AS w
            ON w.org_level = o.org_level AND w.org_code = o.org_code
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
