"""Which organisations contribute to each roll-up (`figure_member`), and from which files the
counted figures came (`figure_source`, `figure_lost`).

Members are recorded, not their figures: a figure of vintage V uses the members whose span includes
V, their members in turn, down to the organisations that the feed counts, and of these the newest
figure not after V.
"""

from __future__ import annotations

from warehouse.contract.model import contracts
from warehouse.mart.disclosure import may_be_named
from warehouse.mart.hierarchy import Connection, measured_feeds, rows_of_all
from warehouse.mart.inputs import Inputs
from warehouse.mart.kept import Kept
from warehouse.settings import Disclosure

# Columns that say whose figure it is, and of which edition.
EDITION_CELL = {
    **dict.fromkeys(("feed", "org_level", "org_code"), "VARCHAR"),
    "month": "DATE",
    "edition": "VARCHAR",
    "revision": "INTEGER",
}


def create_members(db: Connection) -> None:
    """Create `stage.figure_member`, empty: a row per whole, month, member and span of vintages."""
    db.execute(
        """CREATE TABLE stage.figure_member (
            summed_as VARCHAR, org_level VARCHAR, org_code VARCHAR, month DATE,
            member_level VARCHAR, member_code VARCHAR,
            from_vintage BIGINT, until_vintage BIGINT)"""
    )


def add_up(db: Connection, inputs: Inputs, levels: tuple[str, ...], members: str) -> str:
    """Create the table that a roll-up to some levels sums, and return its name; it stays until
    `note_members`. `members`: SQL of one row per member (`org_code`), whole (`org_level, parent`),
    month and vintage."""
    table = _added_up(inputs, levels)
    db.execute(f"CREATE TABLE {table} AS {members}")
    return table


def _added_up(inputs: Inputs, levels: tuple[str, ...]) -> str:
    return inputs.table(*levels).replace("stage.figures_", "stage.members_")


def note_members(db: Connection, inputs: Inputs, steps: list[tuple[str, tuple[str, ...]]]) -> None:
    """Record the members of all roll-ups of these inputs (`steps`: level of the members, and those
    of the wholes) and drop their tables. All at once: a statement for each takes longer to plan
    than to run.

    A row has a span of consecutive vintages in which a member contributed: `from_vintage` the
    first, `until_vintage` the first one without it, NULL if it still contributes."""
    if not steps:
        return
    parts = [
        f"""SELECT org_level, $member[{n}] AS member_level, parent, month, vintage, org_code
            FROM {_added_up(inputs, wholes)}"""
        for n, (_, wholes) in enumerate(steps, start=1)
    ]
    db.execute(
        f"""INSERT INTO stage.figure_member
        WITH added AS ({" UNION ALL ".join(parts)}),
        vintages AS (
            SELECT org_level, parent, month, vintage, row_number() OVER whole AS number,
                   lead(vintage) OVER whole AS next
            FROM (SELECT DISTINCT org_level, parent, month, vintage FROM added)
            WINDOW whole AS (PARTITION BY org_level, parent, month ORDER BY vintage)),
        span AS (
            SELECT a.*, t.next, t.number - row_number() OVER (
                       PARTITION BY a.org_level, a.parent, a.month, a.org_code ORDER BY t.number)
                       AS span
            FROM added AS a
            JOIN vintages AS t ON t.org_level = a.org_level AND t.parent = a.parent
                AND t.month = a.month AND t.vintage = a.vintage)
        SELECT $summed_as, org_level, parent, month, member_level, org_code, min(vintage),
               CASE WHEN count(next) = count(*) THEN max(next) END
        FROM span GROUP BY org_level, member_level, parent, month, org_code, span""",
        {"summed_as": inputs.name, "member": [member for member, _ in steps]},
    )
    for _, wholes in steps:
        db.execute(f"DROP TABLE {_added_up(inputs, wholes)}")


def publish_members(db: Connection, disclosure: Disclosure, kept: Kept) -> None:
    """Publish `figure_member`, `figure_source` and `figure_lost` in schema `governance` of the
    attached mart. The first two lie month by month: one figure's explanation reads one month.
    `kept`: members and files that were not recorded anew."""
    db.execute(
        """CREATE TABLE mart.governance.figure_member AS SELECT * FROM stage.figure_member
        ORDER BY month, summed_as, org_level, org_code, member_level, member_code, from_vintage"""
    )
    kept.add_members(db)
    kept.narrow_sources(db)
    _create_figure_source(db)
    kept.add_sources(db)
    _create_figure_lost(db, disclosure)


def _create_figure_source(db: Connection) -> None:
    """Record the file of each counted organisation-month, for every available vintage."""
    parts = [
        f"""SELECT '{feed}' AS feed, '{level}' AS org_level, org_code,
            month, edition, revision, sha256, rows::BIGINT AS rows FROM stage.reported_{feed}"""
        for feed, level in _counting(db)
    ]
    columns = {**EDITION_CELL, "sha256": "VARCHAR", "rows": "BIGINT"}
    db.execute(
        f"""CREATE TABLE mart.governance.figure_source AS {rows_of_all(parts, **columns)}
        ORDER BY feed, month, org_code, edition, revision"""
    )


def _create_figure_lost(db: Connection, disclosure: Disclosure) -> None:
    """Record which organisation-months lost rows to quarantine in which edition, where the rows
    identify the organisation and it may be named."""
    parts = [
        f"""SELECT '{feed}' AS feed, '{level}' AS org_level, l.org_code, l.month,
            f.edition, f.revision
        FROM stage.quarantined_{feed} AS l
        JOIN (SELECT DISTINCT vintage, edition, revision FROM stage.file WHERE feed = '{feed}') AS f
            ON f.vintage = l.vintage"""
        for feed, level in _counting(db)
        if may_be_named(feed, level, disclosure)
    ]
    db.execute(
        f"""CREATE TABLE mart.governance.figure_lost AS {rows_of_all(parts, **EDITION_CELL)}
        ORDER BY feed, org_code, month, edition, revision"""
    )


def _counting(db: Connection) -> list[tuple[str, str]]:
    """Return the measured feeds that count organisations, and of which level."""
    units = [(feed, contracts()[feed].reporting_unit) for feed in measured_feeds(db)]
    return [(feed, unit.level) for feed, unit in units if unit]
