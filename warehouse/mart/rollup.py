"""Roll-ups: figures of members added up to their places, region and England, vintage by vintage. A
whole with a member missing has no figure. The members' own figures are made in `inputs`."""

from __future__ import annotations

from warehouse.mart.expected_members import expected_units, open_practices
from warehouse.mart.held_months import Held, keep_out
from warehouse.mart.hierarchy import EDITION_MONTH, Connection, first_day, parents, rows_of_all
from warehouse.mart.inputs import KEYS, Inputs, base_figures, join_levels
from warehouse.mart.membership import add_up, note_members
from warehouse.mart.participation import expected_listed, member_figures
from warehouse.reference.levels import SITES, whole_tables

# Columns of each member in addition to its measures.
MEMBER = ["org_level", "parent", "month", "vintage", "edition", "revision", "org_code"]
MEMBER += ["published_on", "known_from", "disputed"]


def roll_up(db: Connection, inputs: Inputs, held: Held) -> list[str]:
    """Create the inputs' tables at every level they reach; return the levels. `held`: feeds and
    levels with held months."""
    if inputs.is_mixed:
        return join_levels(db, inputs)
    if inputs.asks_members:
        member_figures(db, inputs)
    else:
        base_figures(db, inputs)
    feeds = (inputs.feed, inputs.other)
    keep_out(db, held, feeds, inputs.table(inputs.level), inputs.level)
    steps = whole_tables(inputs.level) if inputs.additive else []
    for member, wholes in steps:
        if "pcn" in wholes:
            _practices_to_pcn(db, inputs)
        elif member in SITES:
            _cells_to_place(db, inputs, *wholes)
        else:
            _places_to_whole(db, inputs, member, wholes)
        keep_out(db, held, feeds, inputs.table(*wholes), *wholes)
    note_members(db, inputs, steps)
    return [inputs.level, *(level for _, wholes in steps for level in wholes)]


def _state(inputs: Inputs, member: str, levels: tuple[str, ...], as_at: str = "c.month") -> str:
    """CTEs: `child` (members' figures with their parents of some levels), `state` (each member as
    at each vintage).

    `as_at`: the month whose membership applies to a figure `c`. `placed`: the parent by the
    figure's edition, `home`: by the dated reference; a member whose edition places it elsewhere is
    in the state of both.
    """
    columns = ", ".join(f"c.{name}" for name in inputs.additive)
    parent, placement = "p.parent", ""
    if member == inputs.level == "sub_icb":
        parent = "coalesce(q.parent, p.parent)"
        placement = f"""LEFT JOIN stage.placement AS q
                ON q.feed = '{inputs.feed}' AND q.level = p.level AND q.child = c.org_code
                AND q.month = c.month AND q.vintage = c.placed_by"""
    return f"""
        child AS (
            SELECT p.level AS org_level, {parent} AS placed, p.parent AS home, c.*
            FROM {inputs.table(member)} AS c
            JOIN ({parents(member, *levels)}) AS p ON p.child = c.org_code AND p.month = {as_at}
            {placement}),
        belonging AS (
            SELECT placed AS parent, * FROM child
            UNION ALL SELECT home AS parent, * FROM child WHERE home <> placed),
        vintages AS (
            SELECT DISTINCT org_level, parent, month, vintage, edition, revision FROM belonging),
        member AS (SELECT DISTINCT org_level, parent, month, org_code FROM belonging),
        state AS (
            SELECT t.org_level, t.parent, t.month, t.vintage, t.edition, t.revision, m.org_code,
                   c.published_on, c.known_from, c.disputed, c.whole, c.edition AS own_edition,
                   c.placed, c.home, c.apart,
                   max(c.edition) OVER (PARTITION BY t.parent, t.month, t.vintage, t.org_level)
                       AS newest,
                   {columns}
            FROM vintages AS t
            JOIN member AS m
                ON m.parent = t.parent AND m.month = t.month AND m.org_level = t.org_level
            ASOF JOIN child AS c
                ON c.org_code = m.org_code AND c.month = t.month AND c.org_level = m.org_level
                AND t.vintage >= c.vintage)"""


def _summed(inputs: Inputs, members: str, *also: str, present: str = "TRUE") -> str:
    """SQL: the sums of `members` by whole, month and vintage. `present`: which members count as
    present. A member with an unknown figure makes the sum unknown, unless the measure is of the
    members that reported."""
    sums = [_sum_of(inputs, name) for name in inputs.additive]
    return f"""SELECT s.org_level, s.parent AS org_code, s.month, s.vintage, s.edition, s.revision,
            max(s.published_on) AS published_on, max(s.known_from) AS known_from,
            bit_or(s.disputed) AS disputed,
            {", ".join([*sums, *also])}, count(*) FILTER ({present}) AS present
        FROM {members} AS s GROUP BY ALL"""


def _sum_of(inputs: Inputs, name: str) -> str:
    """SQL: one measure of the members `s` added up. Beside a count of those that reported, that of
    another feed is of the same members."""
    if name in inputs.of_reporting:
        return f"sum(s.{name})::{inputs.sql_kind(name)} AS {name}"
    own, members = f"s.{name}", "count(*)"
    beside = [top for top in inputs.columns if top.startswith("n_")]
    if inputs.other and not inputs.asks_members and set(beside) <= inputs.of_reporting:
        known = f"coalesce({', '.join(f's.{top}' for top in beside)}) IS NOT NULL"
        own, members = f"CASE WHEN {known} THEN s.{name} END", f"count(*) FILTER ({known})"
    total = f"sum({own})::{inputs.sql_kind(name)}"
    return f"CASE WHEN count({own}) = {members} THEN {total} END AS {name}"


def _of(alias: str, names: list[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _cells_to_place(db: Connection, inputs: Inputs, level: str) -> None:
    """Add practices up to sub-ICBs, and pharmacies to local authorities and ICBs. A place is whole
    when as many members are present as expected.

    If the newest edition has them all, only it is used (`from_edition`): a practice that it no
    longer names was removed, and its figure in an earlier edition must not be added.
    """
    expected = (
        expected_listed(inputs, level)
        if inputs.asks_members
        else expected_units(db, inputs.feed, level)
    )
    members = f"""
        WITH {_state(inputs, inputs.level, (level,))},
        counted AS (
            SELECT parent AS org_code, month, vintage, newest, count(*) AS every,
                   count(*) FILTER (own_edition = newest) AS fresh,
                   vintage // 1000 * 1000 + 999 AS ceiling
            FROM state GROUP BY ALL),
        judged AS ({expected}),
        chosen AS (
            SELECT *, CASE WHEN fresh = expected THEN newest ELSE '' END AS from_edition
            FROM judged)
        SELECT {_of("s", MEMBER)}, {_of("s", inputs.additive)}, j.expected, j.from_edition
        FROM state AS s
        JOIN chosen AS j
            ON j.org_code = s.parent AND j.month = s.month AND j.vintage = s.vintage
        WHERE s.own_edition >= j.from_edition"""
    summed = add_up(db, inputs, (level,), members)
    db.execute(
        f"""CREATE TABLE {inputs.table(level)} AS
        WITH summed AS ({_summed(inputs, summed, "s.expected", "s.from_edition")})
        SELECT {KEYS}, {", ".join(inputs.additive)},
               coalesce(present = expected, FALSE) AS whole, present AS members_present,
               expected AS members_expected, from_edition, NULL::VARCHAR AS apart
        FROM summed"""
    )


def _practices_to_pcn(db: Connection, inputs: Inputs) -> None:
    """Add practices up to networks, which cross sub-ICB borders.

    A network is whole when every sub-ICB in which it has a practice is, or when every practice that
    the mapping of the same month puts in it is present, so that closed or merged practices are not
    expected. It is never whole where its practices' membership is too old for the month.
    `members_expected` are its open practices on the patient list.
    """
    members = f"""
        WITH {_state(inputs, "practice", ("pcn",))},
        placed AS (
            SELECT s.*, p.sub_icb_code FROM state AS s
            LEFT JOIN stage.practice_parent AS p ON p.org_code = s.org_code AND p.month = s.month)
        SELECT {_of("s", MEMBER)}, {_of("s", inputs.additive)}
        FROM placed AS s
        ASOF LEFT JOIN {inputs.table("sub_icb")} AS w
            ON w.org_code = s.sub_icb_code AND w.month = s.month AND s.vintage >= w.vintage
        WHERE s.own_edition >= coalesce(w.from_edition, '')"""
    summed = add_up(db, inputs, ("pcn",), members)
    db.execute(
        f"""CREATE TABLE {inputs.table("pcn")} AS
        WITH summed AS ({_summed(inputs, summed)}),
        touched AS (
            SELECT DISTINCT pcn_code, month, sub_icb_code FROM stage.practice_parent
            WHERE pcn_code IS NOT NULL),
        wholeness AS (
            SELECT s.org_code, s.month, s.vintage, bool_and(coalesce(w.whole, FALSE)) AS whole
            FROM summed AS s
            JOIN touched AS t ON t.pcn_code = s.org_code AND t.month = s.month
            ASOF LEFT JOIN {inputs.table("sub_icb")} AS w
                ON w.org_code = t.sub_icb_code AND w.month = s.month AND s.vintage >= w.vintage
            GROUP BY ALL),
        sent AS (
            SELECT s.org_code, s.month, s.vintage, count(m.org_code) = count(*) AS whole
            FROM summed AS s
            JOIN ({_mapped()}) AS p ON p.pcn_code = s.org_code AND p.month = s.month
            LEFT JOIN {summed} AS m ON m.parent = s.org_code AND m.month = s.month
                AND m.vintage = s.vintage AND m.org_code = p.org_code
            GROUP BY ALL),
        judged AS (
            SELECT w.org_code, w.month, w.vintage,
                   (w.whole OR coalesce(t.whole, FALSE)) AND o.pcn_code IS NULL AS whole
            FROM wholeness AS w
            LEFT JOIN sent AS t
                ON t.org_code = w.org_code AND t.month = w.month AND t.vintage = w.vintage
            LEFT JOIN stage.old_network AS o
                ON o.pcn_code = w.org_code AND o.month = w.month)
        SELECT {_of("s", KEYS.split(", "))}, {_of("s", inputs.additive)}, w.whole,
               s.present AS members_present,
               CASE WHEN w.whole THEN greatest(coalesce(o.open, s.present), s.present)
                    ELSE o.open END AS members_expected, NULL::VARCHAR AS apart
        FROM summed AS s
        JOIN judged AS w
            ON w.org_code = s.org_code AND w.month = s.month AND w.vintage = s.vintage
        LEFT JOIN ({open_practices(db)}) AS o
            ON o.org_code = s.org_code AND o.month = s.month"""
    )


def _mapped() -> str:
    """SQL: `org_code, month, pcn_code` of practices in the newest register."""
    return """SELECT org_code, month, pcn_code FROM stage.observed
        WHERE org_level = 'practice' AND is_register AND tells_pcn
        QUALIFY row_number() OVER (
            PARTITION BY org_code, month ORDER BY vintage DESC, feed, pcn_code NULLS LAST) = 1"""


def _places_to_whole(db: Connection, inputs: Inputs, member: str, levels: tuple[str, ...]) -> None:
    """Add sub-ICBs or ICBs up, to all levels above them in one table, with the column `org_level`:
    statements take longer to plan than to run. A whole needs every expected member, and each of
    them whole.

    Unexpected codes count in the newest edition only: those of an older one have since merged into
    others, whose figures include theirs. A feed that counts by ICB restates earlier months on the
    boundaries of its release, so its ICBs are those of the edition's month. A sub-ICB that an
    edition places elsewhere than the dated reference counts and is expected there.
    """
    as_at, newest = "c.month", "s.month"
    if inputs.level == "icb":
        as_at, newest = first_day("c.edition"), first_day("s.newest")
    members = f"""
        WITH {_state(inputs, member, levels, as_at)},
        stated AS (
            SELECT {_of("s", MEMBER)}, {_of("s", inputs.additive)}, {newest} AS as_at, s.whole,
                   CASE WHEN s.org_level <> 'england' THEN s.apart END AS apart,
                   e.org_code IS NOT NULL AS expected, s.placed = s.parent AS is_here,
                   sum(CASE WHEN e.org_code IS NULL OR s.placed = s.home THEN 0
                            WHEN s.placed = s.parent THEN 1
                            WHEN s.home = s.parent THEN -1 ELSE 0 END)
                       OVER (PARTITION BY s.parent, s.month, s.vintage, s.org_level) AS moved
            FROM state AS s
            LEFT JOIN stage.expected_{member} AS e
                ON e.org_code = s.org_code AND e.month = {newest}
            WHERE e.org_code IS NOT NULL OR s.own_edition = s.newest)
        SELECT {_of("t", [*MEMBER, *inputs.additive])}, t.as_at, t.whole, t.apart, t.expected,
               t.moved
        FROM stated AS t WHERE t.is_here"""
    counted = """count(*) FILTER (NOT s.whole) AS incomplete,
        count(*) FILTER (s.expected AND s.whole) AS present_expected,
        count(*) FILTER (NOT s.expected) AS unexpected,
        string_agg(DISTINCT s.apart, ', ' ORDER BY s.apart) AS apart"""
    summed = add_up(db, inputs, levels, members)
    db.execute(
        f"""CREATE TABLE {inputs.table(*levels)} AS
        WITH summed AS (
            {_summed(inputs, summed, "s.as_at", "s.moved", counted, present="s.whole")}),
        expected AS (
            SELECT p.level AS org_level, p.parent AS org_code, p.month AS as_at,
                   count(*) AS expected
            FROM ({parents(member, *levels)}) AS p
            JOIN stage.expected_{member} AS e ON e.org_code = p.child AND e.month = p.month
            GROUP BY ALL),
        lost AS ({_unexpected_lost(inputs, member, levels)})
        SELECT s.org_level, {_of("s", KEYS.split(", "))}, {_of("s", inputs.additive)},
               s.incomplete = 0 AND l.lost IS NULL
                   AND s.present_expected >= coalesce(x.expected, 0) + s.moved AS whole,
               s.present AS members_present,
               (coalesce(x.expected, 0) + s.moved + s.unexpected
                + coalesce(l.lost, 0))::BIGINT AS members_expected,
               s.apart
        FROM summed AS s
        LEFT JOIN expected AS x
            ON x.org_code = s.org_code AND x.as_at = s.as_at AND x.org_level = s.org_level
        LEFT JOIN lost AS l
            ON l.org_code = s.org_code AND l.month = s.month AND l.vintage = s.vintage
            AND l.org_level = s.org_level"""
    )


def _unexpected_lost(inputs: Inputs, member: str, levels: tuple[str, ...]) -> str:
    """SQL: `org_level, org_code, month, vintage, lost`: number of unexpected members that the
    edition lost to quarantine; expected ones are missing anyway."""
    if member != inputs.level:
        texts = dict.fromkeys(("org_level", "org_code"), "VARCHAR")
        return rows_of_all([], **texts, month="DATE", vintage="BIGINT", lost="BIGINT")
    as_at = EDITION_MONTH.format(vintage="l.vintage") if inputs.level == "icb" else "l.month"
    return f"""SELECT p.level AS org_level, p.parent AS org_code, l.month, l.vintage,
            count(DISTINCT l.org_code) AS lost
        FROM stage.lost_{inputs.feed} AS l
        JOIN ({parents(member, *levels)}) AS p ON p.child = l.org_code AND p.month = {as_at}
        ANTI JOIN stage.expected_{member} AS e ON e.org_code = l.org_code AND e.month = {as_at}
        GROUP BY ALL"""
