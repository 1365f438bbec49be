"""Who belongs: the members that a place should have, month by month.

Belongs here: expected practices of a sub-ICB, open ones of a network, expected sub-ICBs of
England. Does not: adding their figures up (`rollup`).
"""

from __future__ import annotations

from assets.contract import contracts
from warehouse.mart.stage import Connection, feeds_at


def expected_members(db: Connection, feed: str) -> str:
    """SQL: `counted` with `expected`, the practices each sub-ICB should have.

    A feed that no other feed is judged against lists every practice: then all are expected that
    it names, be it in a row that went to quarantine.
    """
    expected = expected_practices(db, feed)
    if expected is None:
        return f"""SELECT c.*, c.every + (
                SELECT count(*) FROM stage.lost_{feed} AS l
                WHERE l.month = c.month AND l.vintage = c.vintage
                  AND coalesce(l.sub_icb_code, c.org_code) = c.org_code) AS expected
            FROM counted AS c"""
    return f"""SELECT c.*, coalesce(e.expected, later.expected, r.expected) AS expected
        FROM counted AS c
        ASOF LEFT JOIN {expected} AS e ON e.org_code = c.org_code AND e.month = c.month
            AND c.ceiling >= e.vintage
        LEFT JOIN (SELECT org_code, month, arg_min(expected, vintage) AS expected
                   FROM {expected} GROUP BY ALL) AS later
            ON later.org_code = c.org_code AND later.month = c.month
        LEFT JOIN stage.registered_members AS r
            ON r.org_code = c.org_code AND r.month = c.month"""


def expected_practices(db: Connection, feed: str) -> str | None:
    """The table of practices expected per sub-ICB, month and vintage; None: what appears is whole.

    Also creates `stage.registered_members`: for want of a coverage figure, how many practices
    the registers of organisations list for the sub-ICB in that very month.
    """
    rule = contracts()[feed].completeness
    if rule.expected_feed is None or rule.expected_column is None:
        return None
    db.execute(
        """CREATE TABLE IF NOT EXISTS stage.registered_members AS
        SELECT sub_icb_code AS org_code, month, count(DISTINCT org_code) AS expected
        FROM stage.observed WHERE org_level = 'practice' AND is_register GROUP BY ALL"""
    )
    table = f"stage.expected_practices_{feed}"
    db.execute(
        f"""CREATE TABLE IF NOT EXISTS {table} AS
        SELECT org_code, month, vintage, {rule.expected_column} AS expected
        FROM stage.leaf_{rule.expected_feed}"""
    )
    return table


def open_practices() -> str:
    """SQL: practices on the patient lists per network and month (`org_code, month, open`).

    The feeds that count people by practice list every open practice.
    """
    lists = [
        f"SELECT DISTINCT org_code, month FROM stage.leaf_{feed}"
        for feed in feeds_at("practice")
        if all(m.unit == "people" for m in contracts()[feed].measures.values())
    ]
    return f"""SELECT p.pcn_code AS org_code, l.month, count(DISTINCT l.org_code) AS open
        FROM ({" UNION ".join(lists)}) AS l
        JOIN stage.practice_parent AS p ON p.org_code = l.org_code AND p.month = l.month
        WHERE p.pcn_code IS NOT NULL GROUP BY ALL"""


def load_expected_sub_icbs(db: Connection) -> None:
    """`stage.expected_sub_icb`: which sub-ICBs a place should have, month by month.

    The coverage feed says so for the months in which it covers every region and at least half as
    many places as the dated reference; for others (a cut or synthetic file) the reference does,
    with the codes it does not know that the newest edition of their ICB and month names.
    """
    feeds = sorted(
        {c.completeness.expected_feed for c in contracts().values() if c.completeness.expected_feed}
    )
    listed = " UNION ".join(f"SELECT org_code, month FROM stage.leaf_{feed}" for feed in feeds)
    db.execute(
        f"""CREATE TABLE stage.expected_sub_icb AS
        WITH listed AS (
            SELECT DISTINCT l.org_code, l.month, p.region_code FROM ({listed}) AS l
            JOIN stage.sub_icb_parent AS p ON p.org_code = l.org_code AND p.month = l.month),
        national AS (
            SELECT month FROM listed GROUP BY month
            HAVING count(DISTINCT region_code) >= (
                SELECT count(DISTINCT org_code) FROM stage.reference WHERE org_level = 'region')
            AND 2 * count(DISTINCT org_code) >= (
                SELECT count(*) FROM stage.sub_icb_parent AS p WHERE p.month = listed.month)),
        named AS (
            SELECT p.org_code, p.month, max(o.vintage // 1000) AS edition,
                   max(max(o.vintage // 1000)) OVER (PARTITION BY p.icb_code, p.month) AS newest
            FROM stage.sub_icb_parent AS p
            JOIN stage.observed AS o ON o.org_level = 'sub_icb'
                AND o.org_code = p.org_code AND o.month = p.month
            GROUP BY p.org_code, p.month, p.icb_code),
        fallback AS (
            SELECT org_code, month FROM stage.sub_icb_parent
            WHERE org_code IN (SELECT org_code FROM stage.reference)
            UNION
            SELECT org_code, month FROM named WHERE edition = newest)
        SELECT DISTINCT org_code, month FROM listed SEMI JOIN national USING (month)
        UNION ALL
        SELECT org_code, month FROM fallback ANTI JOIN national USING (month)"""
    )
