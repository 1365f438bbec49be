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
from warehouse.mart.members import expected_members, open_practices
from warehouse.mart.stage import Connection

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
                   c.published_on, c.whole, c.edition AS own_edition,
                   max(c.edition) OVER (PARTITION BY t.parent, t.month, t.vintage) AS newest,
                   {", ".join(f"c.{name}" for name in pair.columns)}
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
    """Practices into sub-ICBs: whole when as many are present as are expected.

    When the newest edition has them all, it alone counts (`from_edition`): a practice that it no
    longer names was withdrawn, and an earlier edition's figure of it must not come on top.
    """
    parents = (
        "SELECT org_code AS child, month, sub_icb_code AS parent FROM stage.practice_parent "
        "WHERE sub_icb_code IS NOT NULL"
    )
    db.execute(
        f"""CREATE TABLE {pair.table("sub_icb")} AS
        WITH {_state(pair, pair.table("practice"), parents)},
        counted AS (
            SELECT parent AS org_code, month, vintage, newest, count(*) AS every,
                   count(*) FILTER (own_edition = newest) AS fresh,
                   vintage // 1000 * 1000 + 999 AS ceiling
            FROM state GROUP BY ALL),
        judged AS ({expected_members(db, pair.feed)}),
        chosen AS (
            SELECT *, CASE WHEN fresh = expected THEN newest ELSE '' END AS from_edition
            FROM judged),
        summed AS (
            SELECT s.parent AS org_code, s.month, s.vintage, s.edition, s.revision,
                   max(s.published_on) AS published_on, {_sums(pair)}, count(*) AS present,
                   j.expected, j.from_edition
            FROM state AS s
            JOIN chosen AS j
                ON j.org_code = s.parent AND j.month = s.month AND j.vintage = s.vintage
            WHERE s.own_edition >= j.from_edition
            GROUP BY ALL)
        SELECT {KEYS}, {", ".join(pair.columns)}, coalesce(present = expected, FALSE) AS whole,
               present AS members_present, expected AS members_expected, from_edition
        FROM summed"""
    )


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
        placed AS (
            SELECT s.*, p.sub_icb_code FROM state AS s
            LEFT JOIN stage.practice_parent AS p ON p.org_code = s.org_code AND p.month = s.month),
        summed AS (
            SELECT s.parent AS org_code, s.month, s.vintage, s.edition, s.revision,
                   max(s.published_on) AS published_on, {_sums(pair)}, count(*) AS present
            FROM placed AS s
            ASOF LEFT JOIN {pair.table("sub_icb")} AS w
                ON w.org_code = s.sub_icb_code AND w.month = s.month AND s.vintage >= w.vintage
            WHERE s.own_edition >= coalesce(w.from_edition, '')
            GROUP BY ALL),
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


def _sub_icb_to(db: Connection, pair: Pair, level: str) -> None:
    """Sub-ICBs into ICBs, regions or England: whole when every expected sub-ICB is there, whole.

    Codes that nobody expects count in the newest edition only: in an older one they were since
    merged into others, whose figures hold theirs already.
    """
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
            WHERE e.org_code IS NOT NULL OR s.own_edition = s.newest
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
