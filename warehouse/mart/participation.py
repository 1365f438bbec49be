"""Participation: each member of a list with its figure, or zero if it has none, and the table that
shows which list was used."""

from __future__ import annotations

from warehouse.kpi.catalogue import Kpi, feed_of, level_of, measure_name
from warehouse.mart.disputed import either
from warehouse.mart.expected_members import lost, lost_in_place, unplaced
from warehouse.mart.figure_tables import organisation_key
from warehouse.mart.hierarchy import Connection, parents
from warehouse.mart.inputs import Inputs
from warehouse.mart.organisation_periods import SPANS
from warehouse.reference.levels import LEVELS


def member_figures(db: Connection, inputs: Inputs) -> None:
    """Create figures of the other feed's members: the feed's own figure, or zero.

    In months in which the feed names any member of a place, each member has its own figure, 0 if it
    is not named, NULL if its row was quarantined. In other months it has no row. There is a vintage
    for each edition of either feed that covers the place.
    """
    # A feed that names any member of a place in a month covers the whole place.
    place = LEVELS[inputs.level].parents[0]
    [listed] = inputs.denominators
    numerators = ", ".join(
        f"CASE WHEN n.org_code IS NOT NULL THEN n.{name} "
        f"WHEN NOT {_lost(inputs, place)} THEN 0 END AS n_{name}"
        for name in inputs.numerators
    )
    db.execute(
        f"""CREATE TABLE {inputs.table(inputs.level)} AS
        WITH {_coverage(inputs, place)}
        SELECT a.org_code, a.month, t.vintage, t.edition, t.revision,
               greatest(c.published_on, d.published_on) AS published_on,
               greatest(c.known_from, d.known_from) AS known_from,
               {either("c.disputed", "d.disputed")} AS disputed,
               {numerators}, d.{listed} AS d_{listed},
               TRUE AS whole, 1::BIGINT AS members_present, 1::BIGINT AS members_expected,
               NULL::VARCHAR AS apart
        FROM wanted AS a
        JOIN vintages AS t ON t.place = a.place AND t.month = a.month
        ASOF JOIN listed AS d
            ON d.org_code = a.org_code AND d.month = a.month AND t.vintage >= d.vintage
        ASOF JOIN named AS c
            ON c.place = a.place AND c.month = a.month AND t.vintage >= c.vintage
        ASOF LEFT JOIN stage.reported_{inputs.feed} AS n
            ON n.org_code = a.org_code AND n.month = a.month AND t.vintage >= n.vintage
        WHERE d.{listed} > 0"""
    )


def _coverage(inputs: Inputs, place: str) -> str:
    """CTEs: `listed` (members by place), `named` (editions of the feed that cover a place),
    `vintages` (editions of either that do), `wanted` (members of a place)."""
    return f"""placed AS ({parents(inputs.level, place)}),
        listed AS (
            SELECT d.*, coalesce(p.parent, d.org_code) AS place
            FROM stage.reported_{inputs.other} AS d
            LEFT JOIN placed AS p ON p.child = d.org_code AND p.month = d.month),
        named AS (
            SELECT coalesce(p.parent, n.org_code) AS place, n.month, n.vintage, n.edition,
                   n.revision, max(n.published_on) AS published_on,
                   max(n.known_from) AS known_from, bit_or(n.disputed) AS disputed
            FROM stage.reported_{inputs.feed} AS n
            LEFT JOIN placed AS p ON p.child = n.org_code AND p.month = n.month GROUP BY ALL),
        vintages AS (
            SELECT place, month, vintage, edition, revision FROM named
            UNION
            SELECT place, month, vintage, edition, revision FROM listed
            WHERE (place, month) IN (SELECT (place, month) FROM named)),
        wanted AS (SELECT DISTINCT org_code, month, place FROM listed)"""


def _lost(inputs: Inputs, place: str) -> str:
    """SQL: whether the newest edition that covers the place lost the row of member `a`, or of an
    unidentified member of its place."""
    return f"""EXISTS (
        SELECT 1 FROM ({lost(inputs.feed, place)}) AS l
        WHERE l.month = a.month AND l.vintage <= t.vintage
          AND ((l.org_code = a.org_code AND l.vintage // 1000 >= c.vintage // 1000)
               OR (l.org_code IS NULL AND l.vintage >= c.vintage
                   AND coalesce(l.place, a.place) = a.place)))"""


def expected_listed(inputs: Inputs, level: str) -> str:
    """SQL: `counted` with `expected`: all members on the list, quarantined or not."""
    [listed] = inputs.denominators
    lost_from_list = lost_in_place(inputs.other or "", level, "l.vintage <= c.vintage")
    somewhere = f"{lost_from_list} + {unplaced(inputs.other or '', level)}"
    return f"""SELECT c.*, coalesce(m.members, 0) + {somewhere} AS expected
        FROM counted AS c
        LEFT JOIN (
            SELECT c.org_code, c.month, c.vintage, count(*) AS members
            FROM counted AS c
            JOIN (SELECT p.parent, d.month, d.org_code, min(d.vintage) AS since
                  FROM stage.reported_{inputs.other} AS d
                  JOIN ({parents(inputs.level, level)}) AS p
                      ON p.child = d.org_code AND p.month = d.month
                  WHERE d.{listed} > 0 GROUP BY ALL) AS d
                ON d.parent = c.org_code AND d.month = c.month AND d.since <= c.vintage
            GROUP BY ALL) AS m
            ON m.org_code = c.org_code AND m.month = c.month AND m.vintage = c.vintage"""


def create_members_table(db: Connection, kpi: Kpi) -> None:
    """Create a KPI's `members_table` in the attached mart: the list used, and members not on it.
    One row per month with published figures and place with members on the list or taking part."""
    [source] = kpi.sources
    active, listed = source.measures
    newest = "QUALIFY row_number() OVER (PARTITION BY org_code, month ORDER BY vintage DESC) = 1"
    db.execute(
        f"""CREATE TABLE mart.{kpi.members_table} AS
        WITH belongs AS (
            SELECT child AS org_code, month, level AS org_level, parent
            FROM stage.membership WHERE child_level = '{level_of(active)}'),
        wanted AS (SELECT month FROM stage.published WHERE measure = '{active}'),
        list AS (SELECT org_code, month, edition, {measure_name(listed)} AS listed
                 FROM stage.reported_{feed_of(listed)} SEMI JOIN wanted USING (month) {newest}),
        claims AS (SELECT org_code, month, {measure_name(active)} AS active
                   FROM stage.reported_{feed_of(active)} {newest}),
        listed AS (
            SELECT b.org_level, b.parent AS org_code, l.month, max(l.edition) AS list_edition,
                   count(*) FILTER (l.listed > 0) AS pharmacies
            FROM list AS l JOIN belongs AS b USING (org_code, month) GROUP BY ALL),
        unlisted AS (
            SELECT b.org_level, b.parent AS org_code, c.month, count(*) AS pharmacies
            FROM claims AS c JOIN belongs AS b USING (org_code, month)
            ANTI JOIN list AS l
                ON l.org_code = c.org_code AND l.month = c.month AND l.listed > 0
            WHERE c.active > 0 GROUP BY ALL),
        shown AS (
            SELECT month, org_level, org_code, l.list_edition,
                   l.pharmacies AS pharmacies_on_list,
                   coalesce(u.pharmacies, 0) AS claiming_but_not_on_list
            FROM listed AS l FULL JOIN unlisted AS u USING (org_level, org_code, month))
        SELECT s.month, s.org_level, s.org_code, n.org_name, s.list_edition, s.pharmacies_on_list,
               CASE WHEN k.value IS NOT NULL THEN k.numerator END AS participating,
               s.claiming_but_not_on_list, {organisation_key("s.", "o.")} AS organisation_key
        FROM shown AS s
        LEFT JOIN mart.kpi_monthly AS k ON k.kpi_id = '{kpi.kpi_id}'
            AND k.org_level = s.org_level AND k.org_code = s.org_code AND k.month = s.month
        LEFT JOIN stage.organisation_name AS n
            ON n.org_level = s.org_level AND n.org_code = s.org_code
        LEFT JOIN stage.{SPANS} AS o ON o.org_level = s.org_level AND o.org_code = s.org_code
            AND s.month BETWEEN o.first AND o.last
        ORDER BY s.org_level, s.org_code, s.month"""
    )
