"""Roll-ups: from practices to networks and sub-ICBs, from sub-ICBs to ICB, region and England.

Belongs here: the one way in which figures of members become a figure of the whole, vintage by
vintage, and the rule that a whole with a member missing is no figure at all.
Does not: KPIs (`figures`).

Every table of figures here has the grain organisation, month, vintage, and the columns
`org_code, month, vintage, edition, revision, published_on`, the measures wanted (`n_*` of the
numerator's feed, `d_*` of the denominator's), `whole` (no member missing), `members_present` and
`members_expected`.
"""

from __future__ import annotations

from dataclasses import dataclass

from assets.contract import contracts
from warehouse.mart.stage import Connection, feeds_at

HIGH_LEVELS = ("icb", "region", "england")
KEYS = "org_code, month, vintage, edition, revision, published_on"


@dataclass(frozen=True)
class Pair:
    """The feeds that some KPIs share, and the measures those KPIs need of them."""

    feed: str
    other: str | None
    numerators: tuple[str, ...]
    denominators: tuple[str, ...]

    @property
    def level(self) -> str:
        """Level of the organisations that the numerator's feed counts."""
        cell = contracts()[self.feed].cell
        if cell is None:
            raise ValueError(f"{self.feed} has no cell")
        return cell.level

    @property
    def columns(self) -> list[str]:
        """Measure columns of this pair's tables."""
        return [f"n_{n}" for n in self.numerators] + [f"d_{d}" for d in self.denominators]

    def table(self, level: str) -> str:
        """The table of this pair's figures at a level."""
        return f"stage.figures_{self.feed}__{self.other or 'alone'}__{level}"


def roll_up(db: Connection, pair: Pair) -> list[str]:
    """Create the pair's tables at every level it reaches; returns the levels."""
    base_figures(db, pair)
    if pair.level == "practice":
        _practice_to_sub_icb(db, pair)
        _practice_to_pcn(db, pair)
        levels = ["practice", "pcn", "sub_icb"]
    else:
        levels = [pair.level]
    if "sub_icb" in levels:
        for level in HIGH_LEVELS:
            _sub_icb_to(db, pair, level)
            levels.append(level)
    return levels


def base_figures(db: Connection, pair: Pair) -> None:
    """Figures as the feed itself counts them, with the other feed's denominators beside them.

    With two feeds a vintage is any edition of either: the figure as known when that was newest.
    """
    top = ", ".join(f"n.{name} AS n_{name}" for name in pair.numerators)
    bottom_feed = "d" if pair.other else "n"
    bottom = "".join(f", {bottom_feed}.{name} AS d_{name}" for name in pair.denominators)
    ending = (
        f"{top}{bottom}, TRUE AS whole, 1::BIGINT AS members_present, 1::BIGINT AS members_expected"
    )
    target, leaf = pair.table(pair.level), f"stage.leaf_{pair.feed}"
    if pair.other is None:
        db.execute(
            f"""CREATE TABLE {target} AS
            SELECT n.org_code, n.month, n.vintage, n.edition, n.revision, n.published_on, {ending}
            FROM {leaf} AS n"""
        )
        return
    other = f"stage.leaf_{pair.other}"
    db.execute(
        f"""CREATE TABLE {target} AS
        WITH tick AS (
            SELECT org_code, month, vintage, edition, revision FROM {leaf}
            UNION
            SELECT org_code, month, vintage, edition, revision FROM {other}
            WHERE (org_code, month) IN (SELECT (org_code, month) FROM {leaf}))
        SELECT t.org_code, t.month, t.vintage, t.edition, t.revision,
               greatest(n.published_on, d.published_on) AS published_on, {ending}
        FROM tick AS t
        ASOF JOIN {leaf} AS n
            ON n.org_code = t.org_code AND n.month = t.month AND t.vintage >= n.vintage
        ASOF LEFT JOIN {other} AS d
            ON d.org_code = t.org_code AND d.month = t.month AND t.vintage >= d.vintage"""
    )


def _state(pair: Pair, source: str, parents: str) -> str:
    """CTEs: `child` (members' figures with their parent), `state` (each member as at each tick)."""
    return f"""
        child AS (
            SELECT p.parent, c.* FROM {source} AS c
            JOIN ({parents}) AS p ON p.child = c.org_code AND p.month = c.month),
        tick AS (SELECT DISTINCT parent, month, vintage, edition, revision FROM child),
        member AS (SELECT DISTINCT parent, month, org_code FROM child),
        state AS (
            SELECT t.parent, t.month, t.vintage, t.edition, t.revision, m.org_code,
                   c.published_on, c.whole, {", ".join(f"c.{name}" for name in pair.columns)}
            FROM tick AS t
            JOIN member AS m ON m.parent = t.parent AND m.month = t.month
            ASOF JOIN child AS c
                ON c.org_code = m.org_code AND c.month = t.month AND t.vintage >= c.vintage)"""


def _sums(pair: Pair, alias: str = "s") -> str:
    """Sums of the measures; a member whose figure is unknown makes the sum unknown."""
    return ", ".join(
        f"CASE WHEN count({alias}.{name}) = count(*) THEN sum({alias}.{name})::BIGINT END AS {name}"
        for name in pair.columns
    )


def _practice_to_sub_icb(db: Connection, pair: Pair) -> None:
    """Practices into sub-ICBs: whole when as many are present as are expected."""
    expected = expected_practices(db, pair.feed)
    whole = "TRUE" if expected is None else "present >= expected"
    join = (
        "SELECT *, present AS expected FROM summed"
        if expected is None
        else f"""SELECT s.*, coalesce(e.expected, later.expected, r.expected) AS expected
            FROM summed AS s
            ASOF LEFT JOIN {expected} AS e ON e.org_code = s.org_code AND e.month = s.month
                AND s.ceiling >= e.vintage
            LEFT JOIN (SELECT org_code, month, arg_min(expected, vintage) AS expected
                       FROM {expected} GROUP BY ALL) AS later
                ON later.org_code = s.org_code AND later.month = s.month
            LEFT JOIN stage.registered_members AS r
                ON r.org_code = s.org_code AND r.month = s.month"""
    )
    parents = (
        "SELECT org_code AS child, month, sub_icb_code AS parent FROM stage.practice_parent "
        "WHERE sub_icb_code IS NOT NULL"
    )
    db.execute(
        f"""CREATE TABLE {pair.table("sub_icb")} AS
        WITH {_state(pair, pair.table("practice"), parents)},
        summed AS (
            SELECT s.parent AS org_code, s.month, s.vintage, s.edition, s.revision,
                   max(s.published_on) AS published_on, {_sums(pair)}, count(*) AS present,
                   s.vintage // 1000 * 1000 + 999 AS ceiling
            FROM state AS s GROUP BY ALL),
        judged AS ({join})
        SELECT {KEYS}, {", ".join(pair.columns)}, coalesce({whole}, FALSE) AS whole,
               present AS members_present, expected AS members_expected
        FROM judged"""
    )


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


def _practice_to_pcn(db: Connection, pair: Pair) -> None:
    """Practices into networks, which cross sub-ICB borders.

    A network is whole when every sub-ICB in which it has a practice is. It then states its
    included practices (members present) and, from the patient list, its open ones (expected).
    """
    parents = (
        "SELECT org_code AS child, month, pcn_code AS parent FROM stage.practice_parent "
        "WHERE pcn_code IS NOT NULL"
    )
    db.execute(
        f"""CREATE TABLE {pair.table("pcn")} AS
        WITH {_state(pair, pair.table("practice"), parents)},
        summed AS (
            SELECT s.parent AS org_code, s.month, s.vintage, s.edition, s.revision,
                   max(s.published_on) AS published_on, {_sums(pair)}, count(*) AS present
            FROM state AS s GROUP BY ALL),
        touched AS (
            SELECT DISTINCT pcn_code, month, sub_icb_code FROM stage.practice_parent
            WHERE pcn_code IS NOT NULL),
        wholeness AS (
            SELECT s.org_code, s.month, s.vintage, bool_and(coalesce(w.whole, FALSE)) AS whole
            FROM summed AS s
            JOIN touched AS t ON t.pcn_code = s.org_code AND t.month = s.month
            ASOF LEFT JOIN {pair.table("sub_icb")} AS w
                ON w.org_code = t.sub_icb_code AND w.month = s.month AND s.vintage >= w.vintage
            GROUP BY ALL)
        SELECT s.org_code, s.month, s.vintage, s.edition, s.revision, s.published_on,
               {", ".join(f"s.{name}" for name in pair.columns)}, w.whole,
               s.present AS members_present,
               CASE WHEN w.whole THEN greatest(coalesce(o.open, s.present), s.present)
                    ELSE o.open END AS members_expected
        FROM summed AS s
        JOIN wholeness AS w
            ON w.org_code = s.org_code AND w.month = s.month AND w.vintage = s.vintage
        LEFT JOIN ({open_practices()}) AS o ON o.org_code = s.org_code AND o.month = s.month"""
    )


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

    The coverage feed says so for the months in which it covers every region; for others (a cut
    or synthetic coverage file) the dated reference does.
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
                SELECT count(DISTINCT org_code) FROM stage.reference WHERE org_level = 'region'))
        SELECT DISTINCT org_code, month FROM listed SEMI JOIN national USING (month)
        UNION ALL
        SELECT p.org_code, p.month FROM stage.sub_icb_parent AS p ANTI JOIN national USING (month)"""
    )


def _sub_icb_to(db: Connection, pair: Pair, level: str) -> None:
    """Sub-ICBs into ICBs, regions or England: whole when every expected sub-ICB is there, whole."""
    parents = f"SELECT child, month, parent FROM stage.parent WHERE level = '{level}'"
    db.execute(
        f"""CREATE TABLE {pair.table(level)} AS
        WITH {_state(pair, pair.table("sub_icb"), parents)},
        summed AS (
            SELECT s.parent AS org_code, s.month, s.vintage, s.edition, s.revision,
                   max(s.published_on) AS published_on, {_sums(pair)},
                   count(*) FILTER (s.whole) AS present,
                   count(*) FILTER (NOT s.whole) AS broken,
                   count(e.org_code) FILTER (s.whole) AS present_expected,
                   count(*) FILTER (e.org_code IS NULL) AS unexpected
            FROM state AS s
            LEFT JOIN stage.expected_sub_icb AS e
                ON e.org_code = s.org_code AND e.month = s.month
            GROUP BY ALL),
        expected AS (
            SELECT p.parent AS org_code, p.month, count(*) AS expected
            FROM ({parents}) AS p
            JOIN stage.expected_sub_icb AS e ON e.org_code = p.child AND e.month = p.month
            GROUP BY ALL)
        SELECT {", ".join(f"s.{name}" for name in KEYS.split(", "))},
               {", ".join(f"s.{name}" for name in pair.columns)},
               s.broken = 0 AND s.present_expected >= coalesce(x.expected, 0) AS whole,
               s.present AS members_present,
               coalesce(x.expected, 0) + s.unexpected AS members_expected
        FROM summed AS s
        LEFT JOIN expected AS x ON x.org_code = s.org_code AND x.month = s.month"""
    )
