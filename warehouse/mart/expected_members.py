"""The members that a whole should have, by month: practices of a sub-ICB or network, pharmacies of
a place, sub-ICBs and ICBs of England."""

from __future__ import annotations

from collections.abc import Iterable

from warehouse.contract.model import Contract, contracts
from warehouse.mart.hierarchy import Connection, feeds_at, measured_feeds, parents, rows_of_all
from warehouse.mart.inputs import reporting_level
from warehouse.reference.levels import PLACE_COLUMNS

NEVER = 999_999_999_999
STILL_LOST = (
    "l.vintage // 1000 = c.vintage // 1000 AND l.vintage <= c.vintage "
    "AND (l.org_code IS NOT NULL OR l.vintage = c.vintage)"
)


def expected_units(db: Connection, feed: str, level: str) -> str:
    """SQL: `counted` with `expected`, the number of members that each place of a level should have.

    `counted`: `org_code` (the place), `month`, `vintage`, `every` (number of members with a
    figure), `ceiling` (the last vintage of the edition). A feed without another feed to compare
    with defines its own members: all that it names are expected, including those in quarantined
    rows.
    """
    expected = _expected_practices(db, feed)
    if expected is None:
        somewhere = f"{lost_in_place(feed, level)} + {unplaced(feed, level)}"
        return f"""SELECT c.*, c.every + {somewhere} AS expected
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


def lost_in_place(feed: str, level: str, still: str = STILL_LOST) -> str:
    """SQL: how many members of the place `c` are, or may be, in quarantined rows.

    `still`: when a quarantined row `l` counts. A member that the row identifies counts until it has
    a good figure, over all revisions of the edition; an unidentified one until a revision.
    """
    return f"""(SELECT count(DISTINCT l.org_code) + count(*) FILTER (l.org_code IS NULL)
        FROM ({lost(feed, level)}) AS l
        WHERE l.month = c.month AND {still} AND c.vintage < coalesce(l.until, {NEVER})
          AND coalesce(l.place, c.org_code) = c.org_code)"""


def places_are_named(feed: str) -> bool:
    """Whether a feed of sites says where each one is, or is an ICB's own return, of its practices,
    or is weighted by a list, which places them; otherwise other feeds do."""
    level, contract = reporting_level(feed), contracts()[feed]
    named = any(one.parents for one in contract.organisations if one.level == level)
    weighted = all(one.weighted for one in contract.measures.values())
    return named or contract.local_return or weighted


def load_unplaced(db: Connection) -> None:
    """Create `stage.unplaced` (`feed, org_code, month, vintage`, and the known places): figures of
    pharmacies that a file puts in an unknown authority and that no other source places, and of
    practices whose file names no places and that no feed of the time places. Of those
    `region_code` is the region where they are at another time, which they are taken to have been
    in; NULL if there is none."""
    parts = [
        f"""SELECT '{feed}' AS feed, l.org_code, l.month, l.vintage, p.sub_icb_code,
               NULL::VARCHAR AS local_authority, NULL::VARCHAR AS icb_code, r.region_code
        FROM stage.reported_{feed} AS l
        LEFT JOIN stage.practice_parent AS p ON p.org_code = l.org_code AND p.month = l.month
        LEFT JOIN ({_regions_of_practices()}) AS r ON r.org_code = l.org_code
        WHERE p.sub_icb_code IS NULL"""
        for feed in feeds_at(db, "practice")
        if not places_are_named(feed)
    ]
    parts += [
        f"""SELECT '{feed}' AS feed, l.org_code, l.month, l.vintage, NULL::VARCHAR AS sub_icb_code,
               p.local_authority, p.icb_code, NULL::VARCHAR AS region_code
        FROM stage.reported_{feed} AS l
        JOIN stage.pharmacy_parent AS p ON p.org_code = l.org_code AND p.month = l.month
        WHERE p.local_authority IS NULL AND l.org_code IN (
            SELECT org_code FROM stage.observed
            WHERE org_level = 'pharmacy' AND NOT knows_authority)"""
        for feed in feeds_at(db, "pharmacy")
    ]
    texts = ("feed", "org_code", "sub_icb_code", "local_authority", "icb_code", "region_code")
    columns = {**dict.fromkeys(texts, "VARCHAR"), "month": "DATE", "vintage": "BIGINT"}
    db.execute(f"CREATE TABLE stage.unplaced AS {rows_of_all(parts, **columns)}")


def _regions_of_practices() -> str:
    """SQL: `org_code, region_code` of practices that are in one region whenever they are placed."""
    return """SELECT p.org_code, min(s.region_code) AS region_code
        FROM stage.practice_parent AS p
        JOIN stage.sub_icb_parent AS s ON s.org_code = p.sub_icb_code AND s.month = p.month
        GROUP BY p.org_code HAVING count(DISTINCT s.region_code) = 1"""


def unplaced(feed: str, level: str) -> str:
    """SQL: how many members have no known place, any of which may belong to place `c`."""
    nearby = ""
    if reporting_level(feed) != "pharmacy":
        if places_are_named(feed):
            return "0"
        nearby = f"""AND coalesce(u.region_code = (
            SELECT any_value(s.region_code) FROM stage.{level}_parent AS s
            WHERE s.org_code = c.org_code AND s.month = c.month), TRUE)"""
    return f"""(SELECT count(DISTINCT u.org_code) FROM stage.unplaced AS u
        WHERE u.feed = '{feed}' AND u.{PLACE_COLUMNS[level]} IS NULL
          AND u.month = c.month AND u.vintage <= c.vintage {nearby})"""


def unplaced_in(feeds: Iterable[str | None], level: str) -> str:
    """SQL: `month`s in which a place of the level may have such members of any of the feeds."""
    named = "', '".join(feed for feed in feeds if feed)
    return f"""SELECT DISTINCT month FROM stage.unplaced
        WHERE feed IN ('{named}') AND {PLACE_COLUMNS[level]} IS NULL"""


def lost(feed: str, level: str) -> str:
    """SQL: `org_code, month, vintage, until, place` of quarantined rows: the place in the row,
    otherwise the organisation's known one. NULL: it may be any place; empty: a valid row would have
    had no place either."""
    child, column = reporting_level(feed), PLACE_COLUMNS[level]
    nowhere = "NULL" if _always_names(contracts()[feed], level) else "''"
    return f"""SELECT l.org_code, l.month, l.vintage, l.until,
            coalesce(l.{column}, p.parent, CASE WHEN l.org_code IS NOT NULL THEN {nowhere} END)
                AS place
        FROM stage.lost_{feed} AS l
        LEFT JOIN ({parents(child, level)}) AS p ON p.child = l.org_code AND p.month = l.month"""


def _always_names(contract: Contract, level: str) -> bool:
    """Whether each valid row of a feed names its organisation's place at the level."""
    unit = reporting_level(contract.feed)
    named = [o.parents.get(level) for o in contract.organisations if o.level == unit]
    return any(column and not contract.columns[column].nullable for column in named)


def _expected_practices(db: Connection, feed: str) -> str | None:
    """Return the table of practices expected per sub-ICB, month and vintage; None if the feed
    defines its own members. Also creates `stage.registered_members`: practices on the registers per
    sub-ICB and month, for where no coverage figure exists."""
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
        FROM stage.reported_{rule.expected_feed}"""
    )
    return table


def lists_of_practices(db: Connection) -> list[tuple[str, str]]:
    """Feed and measure of the lists of practices: those with a measure that only counts their
    presence. An ICB's own return lists what it asked about, an index those it has a score for."""
    return [
        (feed, name)
        for feed in feeds_at(db, "practice")
        for name, one in contracts()[feed].measures.items()
        if one.present and not one.weighted and not contracts()[feed].local_return
    ]


def open_practices(db: Connection) -> str:
    """SQL: `org_code, month, open`: practices per network and month, without special services, by
    the registers with dates; for months that these don't cover, by the lists."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for feed, measure in lists_of_practices(db):
        sql = f"SELECT org_code, month FROM stage.reported_{feed} WHERE {measure} > 0"
        found[contracts()[feed].is_dated].append(sql)
    registers, lists = (
        rows_of_all(found[dated], org_code="VARCHAR", month="DATE") for dated in (True, False)
    )
    return f"""SELECT p.pcn_code AS org_code, l.month, count(DISTINCT l.org_code) AS open
        FROM ({registers} UNION
              SELECT * FROM ({lists}) WHERE month NOT IN (SELECT month FROM ({registers}))) AS l
        ANTI JOIN stage.special AS s ON s.org_code = l.org_code
        JOIN stage.practice_parent AS p ON p.org_code = l.org_code AND p.month = l.month
        WHERE p.pcn_code IS NOT NULL GROUP BY ALL"""


def load_expected(db: Connection) -> None:
    """Create `stage.expected_sub_icb` and `stage.expected_icb`: `org_code, month` of the sub-ICBs
    and ICBs that England should have. The ICBs are those of the dated reference."""
    _load_expected_sub_icbs(db)
    db.execute(
        "CREATE TABLE stage.expected_icb AS "
        "SELECT DISTINCT org_code, month FROM stage.icb_parent WHERE expected"
    )


def _load_expected_sub_icbs(db: Connection) -> None:
    """Create `stage.expected_sub_icb`.

    From the coverage feed for months in which it covers every region and at least half as many
    places as the dated reference. For other months (a cut or synthetic file) from the reference,
    plus unknown codes that the newest edition names for their ICB and month.
    """
    db.execute(
        f"""CREATE TABLE stage.expected_sub_icb AS
        WITH listed AS (
            SELECT DISTINCT l.org_code, l.month, p.region_code FROM ({_coverage(db)}) AS l
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


def _coverage(db: Connection) -> str:
    """SQL: `org_code, month` of what the feeds cover by which others are expected."""
    expected = {contract.completeness.expected_feed for contract in contracts().values()}
    parts = [
        f"SELECT org_code, month FROM stage.reported_{feed}"
        for feed in measured_feeds(db)
        if feed in expected
    ]
    return rows_of_all(parts, org_code="VARCHAR", month="DATE")
