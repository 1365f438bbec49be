"""Which organisation belonged to which in each month: `stage.observed` (what files state about
organisations), `stage.reference` and `stage.membership`, for all levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb
import polars as pl

from warehouse.base.home import Home
from warehouse.base.sql import unlogged
from warehouse.contract.model import contracts
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.mart.figure_tables import GENERATED_KEY
from warehouse.mart.observed import OPTIONAL, observed
from warehouse.reference.levels import ADDING_UP, KEY_COLUMNS, LEVELS, SITES, sql_list, wholes_of
from warehouse.reference.organisations import ENGLAND, reference
from warehouse.reference.special_services import special_services

Connection = duckdb.DuckDBPyConnection

EDITION_MONTH = "strptime(({vintage} // 1000)::VARCHAR || '01', '%Y%m%d')::DATE"


def first_day(edition: str) -> str:
    """SQL: the first day of the month that an edition is named by."""
    return f"strptime({edition} || '-01', '%Y-%m-%d')::DATE"


def create_from(
    db: Connection,
    table: str,
    frame: pl.DataFrame,
    source: str | None = None,
    **origins: str | Sequence[str],
) -> None:
    """Create a table from a polars frame, in SQL that names the source of each column.

    `source`: the records from which the frame was made (`archive.source_file`); `origins`: column
    -> `records.column` where it comes from another one, or several. Without `source`, the columns
    come from `record.<table>`. A frame with `organisation_since` gives a table that also has
    `organisation_key`, worked out as it is read.
    """
    own = source or f"record.{table}"
    named = {}
    for name in frame.columns:
        found = origins.get(name, f"{own}.{name}")
        several = found if isinstance(found, str) else " + ".join(found)
        named[name] = f"{several}/{name}" if name in origins else several
    db.register("incoming", frame.to_arrow().rename_columns(list(named.values())))
    columns = ", ".join(f'"{origin}" AS "{name}"' for name, origin in named.items())
    rows = f"SELECT {columns} FROM incoming"
    if "organisation_since" in frame.columns:
        described = db.execute(f"DESCRIBE {rows}").fetchall()
        defined = [f'"{name}" {kind}' for name, kind, *_ in described]
        db.execute(f"CREATE TABLE {table} ({', '.join(defined)}, {GENERATED_KEY})")
        db.execute(f"INSERT INTO {table} BY NAME {rows}")
    else:
        db.execute(f"CREATE TABLE {table} AS {rows}")
    db.unregister("incoming")


def create_from_frames(
    db: Connection,
    table: str,
    frames: Iterable[pl.DataFrame],
    origins: Mapping[str, str | Sequence[str]],
    source: str | None = None,
    others: str | None = None,
) -> None:
    """Create a table from frames with the same columns, one at a time, so that memory does not grow
    with how many there are. As `create_from`; `others`: the origin of all columns that `origins`
    does not name. Lineage is that of the first frame."""
    for n, frame in enumerate(frames):
        if n == 0:
            rest = dict.fromkeys(frame.columns, others) if others else {}
            create_from(db, table, frame, source, **{**rest, **origins})
        else:
            db.register("incoming", frame.to_arrow())
            unlogged(db, f"INSERT INTO {table} BY NAME FROM incoming")
            db.unregister("incoming")


def rows_of_all(parts: Sequence[str], **columns: str) -> str:
    """SQL: the rows of all parts. `columns`: name -> type, of the table without rows if there is no
    part."""
    nothing = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
    return " UNION ALL ".join(parts) or f"SELECT {nothing} WHERE FALSE"


def load_places(db: Connection, home: Home, placed: list[EditionFile]) -> None:
    """Create `stage.observed`, `reference`, `month`, `<level>_parent` and `membership`. Needs
    `stage.reported_<feed>` and `stage.lost_<feed>`."""
    _load_observed(db, home, placed)
    create_from(db, "stage.reference", reference(), "reference.organisations")
    create_from(db, "stage.special", special_services(), "reference.special_services")
    months = ["SELECT month FROM stage.observed"]
    months += [f"SELECT month FROM stage.reported_{feed}" for feed in measured_feeds(db)]
    db.execute(f"CREATE TABLE stage.month AS {' UNION '.join(months)}")
    for level in SITES:
        _load_parents(db, level)
    _place_by_authority(db)
    _load_sub_icb_parents(db)
    _load_icb_parents(db)
    _load_membership(db)


def measured_feeds(db: Connection) -> list[str]:
    """Return the feeds with measures that have a file in the mart, in the contracts' order. Those
    without one have empty tables, and statements over all feeds pass them over."""
    rows = db.execute("SELECT DISTINCT feed FROM stage.file").fetchall()
    filed = {feed for (feed,) in rows}
    return [feed for feed, contract in contracts().items() if contract.measures and feed in filed]


def feeds_at(db: Connection, level: str) -> list[str]:
    """Return the measured feeds whose reporting unit is this level."""
    units = {feed: contracts()[feed].reporting_unit for feed in measured_feeds(db)}
    return [feed for feed, unit in units.items() if unit and unit.level == level]


def _load_observed(db: Connection, home: Home, placed: list[EditionFile]) -> None:
    """Create `stage.observed` from `observed`."""
    origins = {
        "feed": "archive.source_file.feed",
        "vintage": "archive.source_file.edition",
        "knows_authority": "organisations.local_authority",
        "is_register": "contract.measures",
        "is_dated": "contract.organisations",
        **{f"tells_{level}": "contract.organisations" for level in OPTIONAL},
    }
    create_from_frames(db, "stage.observed", observed(home, placed), origins, "organisations")


def _is_stated(parent: str) -> str:
    """SQL: whether a row of `stage.observed` states its parent of a level."""
    return f"tells_{parent}" if LEVELS[parent].is_optional else f"{KEY_COLUMNS[parent]} IS NOT NULL"


def _load_parents(db: Connection, level: str) -> None:
    """Create `stage.<level>_parent`: the parents of each organisation in each month in which it has
    a figure, lost one or is named, and the month for which each was reported (`<parent>_as_of`).

    The parent is the newest edition's for that month, otherwise for the last month before it. A
    later month's parent is never carried back. A register with dates places others, too: those that
    it does not count are organisations of this level only if another feed names them.
    """
    stated = {KEY_COLUMNS[parent]: _is_stated(parent) for parent in LEVELS[level].parents}
    newest = [
        f"""{column}_stated AS (
            SELECT org_code, month, {column},
                   CASE WHEN is_dated THEN {EDITION_MONTH.format(vintage="vintage")}
                        ELSE month END AS known_until
            FROM stage.observed
            WHERE org_level = '{level}' AND {condition}
            QUALIFY row_number() OVER (
                PARTITION BY org_code, month
                ORDER BY vintage DESC, is_register, feed, {column} NULLS LAST) = 1)"""
        for column, condition in stated.items()
    ]
    joins = "".join(
        f"""
        ASOF LEFT JOIN {column}_stated
            ON {column}_stated.org_code = w.org_code AND w.month >= {column}_stated.month"""
        for column in stated
    )
    db.execute(
        f"""CREATE TABLE stage.{level}_parent AS
        WITH wanted AS ({_wanted(db, level)}), {", ".join(newest)}
        SELECT w.org_code, w.month,
               {", ".join(f"{c}_stated.{c}, {_as_of(c)} AS {c}_as_of" for c in stated)}
        FROM wanted AS w {joins}"""
    )


def _wanted(db: Connection, level: str) -> str:
    """SQL: `org_code, month` of each organisation that has a figure, lost one or is named."""
    named = f"SELECT org_code, month FROM stage.observed WHERE org_level = '{level}'"
    registers = "', '".join(feed for feed in feeds_at(db, level) if contracts()[feed].is_dated)
    parts = [f"{named} AND feed NOT IN ('{registers}')"]
    for feed in feeds_at(db, level):
        parts += [
            f"SELECT org_code, month FROM stage.reported_{feed}",
            f"SELECT org_code, month FROM stage.lost_{feed} "
            f"WHERE org_code IN (SELECT org_code FROM ({named}))",
        ]
    return " UNION ".join(parts)


def _as_of(column: str) -> str:
    """SQL: the month for which a parent is known: a register's holds until its edition."""
    stated = f"{column}_stated"
    return f"greatest({stated}.month, least(w.month, {stated}.known_until))"


def _place_by_authority(db: Connection) -> None:
    """Place a pharmacy without an ICB in the ICB of its local authority, if all the authority's
    pharmacies were in one ICB in the last month in which any was placed."""
    db.execute(
        """CREATE OR REPLACE TABLE stage.pharmacy_parent AS
        WITH placed AS (
            SELECT p.local_authority, p.month,
                   CASE WHEN count(DISTINCT p.icb_code) = 1 THEN min(p.icb_code) END AS icb_code
            FROM stage.pharmacy_parent AS p
            SEMI JOIN stage.observed AS o ON o.org_level = 'pharmacy' AND o.icb_code IS NOT NULL
                AND o.org_code = p.org_code AND o.month = p.month
            WHERE p.local_authority IS NOT NULL GROUP BY ALL)
        SELECT p.org_code, p.month, p.local_authority, coalesce(p.icb_code, a.icb_code) AS icb_code
        FROM stage.pharmacy_parent AS p
        ASOF LEFT JOIN placed AS a
            ON a.local_authority = p.local_authority AND p.month >= a.month"""
    )


def _load_sub_icb_parents(db: Connection) -> None:
    """Create `stage.sub_icb_parent`: ICB and region of each sub-ICB by month, from the dated
    reference; for codes that it does not list, from the feeds."""
    db.execute(
        """CREATE TABLE stage.sub_icb_parent AS
        WITH dated AS (
            SELECT s.org_code, m.month, i.org_code AS icb_code, r.org_code AS region_code
            FROM stage.month AS m
            JOIN stage.reference AS s ON s.org_level = 'sub_icb'
                AND m.month BETWEEN s.effective_from AND s.effective_to
            JOIN stage.reference AS i ON i.org_level = 'icb' AND i.org_code = s.parent_code
                AND m.month BETWEEN i.effective_from AND i.effective_to
            JOIN stage.reference AS r ON r.org_level = 'region' AND r.org_code = i.parent_code
                AND m.month BETWEEN r.effective_from AND r.effective_to),
        unknown AS (
            SELECT org_code, month, icb_code, region_code FROM stage.observed
            WHERE org_level = 'sub_icb' AND icb_code IS NOT NULL
              AND org_code NOT IN (SELECT org_code FROM stage.reference)
            QUALIFY row_number() OVER (
                PARTITION BY org_code, month ORDER BY vintage DESC, icb_code, region_code) = 1)
        SELECT * FROM dated UNION ALL SELECT * FROM unknown"""
    )


def _load_icb_parents(db: Connection) -> None:
    """Create `stage.icb_parent`: region of each ICB in each month of the data and of its editions.

    From the dated reference. Other names (`Unknown`, codes of another time) have no region, in the
    month they describe and in the month of their edition, quarantined or not.
    """
    stated = ["SELECT org_code, month, vintage FROM stage.observed WHERE org_level = 'icb'"]
    stated += [
        f"SELECT org_code, month, vintage FROM stage.lost_{feed} WHERE org_code IS NOT NULL"
        for feed in feeds_at(db, "icb")
    ]
    db.execute(
        f"""CREATE TABLE stage.icb_parent AS
        WITH moment AS (
            SELECT month FROM stage.month
            UNION SELECT {first_day("edition")} FROM stage.file),
        dated AS (
            SELECT i.org_code, m.month, i.parent_code AS region_code, TRUE AS expected
            FROM moment AS m
            JOIN stage.reference AS i ON i.org_level = 'icb'
                AND m.month BETWEEN i.effective_from AND i.effective_to),
        stated AS ({" UNION ALL ".join(stated)}),
        named AS (
            SELECT org_code, month FROM stated
            UNION SELECT org_code, {EDITION_MONTH.format(vintage="vintage")} FROM stated)
        SELECT * FROM dated
        UNION ALL
        SELECT org_code, month, NULL, FALSE FROM named ANTI JOIN dated USING (org_code, month)"""
    )


def _load_membership(db: Connection) -> None:
    """Create `stage.membership`: `child_level, child, month, level, parent`, one row per parent."""
    parts = [
        f"""SELECT '{child}' AS child_level, org_code AS child, month, '{level}' AS level,
            {column} AS parent FROM stage.{child}_parent WHERE {column} IS NOT NULL"""
        for child in ADDING_UP
        for level in wholes_of(child)
        for column in [KEY_COLUMNS.get(level, "$england")]
    ]
    db.execute(
        f"CREATE TABLE stage.membership AS {' UNION ALL '.join(parts)}", {"england": ENGLAND}
    )


def parents(child: str, *levels: str) -> str:
    """SQL: `child, month, parent, level` of the members of one level in wholes of others."""
    return (
        "SELECT child, month, parent, level FROM stage.membership "
        f"WHERE child_level = '{child}' AND level IN ({sql_list(levels)})"
    )
