"""The working database: accepted measures and organisations, before any roll-up.

Belongs here: loading Parquet into `stage.*`, and who belonged to whom in which month.
Does not: adding up (`rollup`), KPIs (`figures`). Identifiers in SQL come from validated
contracts; values are always parameters.
"""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import holidays
import polars as pl

from assets.conform import parse_month
from assets.contract import Contract, contracts
from assets.reference.organisations import ENGLAND, ods_codes, reference
from warehouse.home import Home
from warehouse.mart.editions import EditionFile
from warehouse.taint import count_bearing
from warehouse.tidy import lake_paths

Connection = duckdb.DuckDBPyConnection


def load(db: Connection, home: Home, placed: list[EditionFile]) -> None:
    """Fill `stage`: `file`, `leaf_<feed>` and `lost_<feed>` per feed with measures,
    organisations, calendar.
    """
    db.execute("CREATE SCHEMA stage")
    _load_files(db, home, placed)
    for feed, contract in contracts().items():
        if contract.measures:
            own = [one for one in placed if one.file.feed == feed]
            load_leaf(db, contract, own, home)
            create_from(db, f"stage.lost_{feed}", lost_rows(contract, own, home))
            _forget_replaced(db, feed)
    _load_observed(db, home, placed)
    _load_reference(db)
    _load_practice_parents(db)
    _load_sub_icb_parents(db)
    _load_calendar(db)


def _load_files(db: Connection, home: Home, placed: list[EditionFile]) -> None:
    frame = pl.DataFrame(
        [
            {
                "sha256": one.file.sha256,
                "feed": one.file.feed,
                "edition": one.file.edition,
                "revision": one.revision,
                "vintage": one.vintage,
                "position": one.position,
                "published_on": one.file.published_on,
                "measures": lake_paths(home, one.file).measures.as_posix(),
                "organisations": lake_paths(home, one.file).organisations.as_posix(),
            }
            for one in placed
        ],
        schema={
            "sha256": pl.String,
            "feed": pl.String,
            "edition": pl.String,
            "revision": pl.Int32,
            "vintage": pl.Int64,
            "position": pl.Int32,
            "published_on": pl.Date,
            "measures": pl.String,
            "organisations": pl.String,
        },
    )
    create_from(db, "stage.file", frame)


def create_from(db: Connection, table: str, frame: pl.DataFrame) -> None:
    """Create a table from a polars frame."""
    db.register("incoming", frame.to_arrow())
    db.execute(f"CREATE TABLE {table} AS SELECT * FROM incoming")
    db.unregister("incoming")


def load_leaf(db: Connection, contract: Contract, placed: list[EditionFile], home: Home) -> None:
    """`stage.leaf_<feed>`: one row per organisation, month and vintage.

    Columns: `org_code, month, vintage, edition, revision, published_on, sha256, rows`, and one
    BIGINT per measure. An organisation-month that lost a count-bearing row is left out, so that
    an earlier edition's figure stays the latest.
    """
    measures = ", ".join(f"m.{name}" for name in contract.measures)
    paths = [lake_paths(home, one.file).measures.as_posix() for one in placed]
    if not paths:
        empty = ", ".join(f"NULL::BIGINT AS {name}" for name in contract.measures)
        db.execute(
            f"""CREATE TABLE stage.leaf_{contract.feed} AS
            SELECT NULL::VARCHAR AS org_code, NULL::DATE AS month, NULL::BIGINT AS vintage,
                   NULL::VARCHAR AS edition, NULL::INTEGER AS revision,
                   NULL::DATE AS published_on, NULL::VARCHAR AS sha256, NULL::UINTEGER AS rows,
                   {empty} LIMIT 0"""
        )
        return
    db.execute(
        f"""CREATE TABLE stage.leaf_{contract.feed} AS
        SELECT m.org_code, m.month, f.vintage, f.edition, f.revision, f.published_on, f.sha256,
               m.rows, {measures}
        FROM read_parquet($paths, filename = 'measures_file') AS m
        JOIN stage.file AS f ON f.measures = m.measures_file AND f.feed = $feed
        WHERE NOT m.tainted
        QUALIFY row_number() OVER (
            PARTITION BY m.org_code, m.month, f.vintage ORDER BY f.position DESC) = 1
        ORDER BY m.org_code, m.month, f.vintage""",
        {"paths": paths, "feed": contract.feed},
    )


def lost_rows(contract: Contract, placed: list[EditionFile], home: Home) -> pl.DataFrame:
    """Quarantined rows of a feed of practices that bear a count.

    Columns: `org_code, sub_icb_code, month, vintage`; codes as far as the row could be read.
    """
    schema = {
        "org_code": pl.String,
        "sub_icb_code": pl.String,
        "month": pl.Date,
        "vintage": pl.Int64,
    }
    frames = [pl.DataFrame(schema=schema)]
    parents = [o.parents for o in contract.organisations if o.level == "practice"]
    if contract.cell and parents and "sub_icb" in parents[0]:
        for one in placed:
            rejected = pl.read_parquet(lake_paths(home, one.file).quarantine)
            frames.append(
                count_bearing(rejected, contract).select(
                    pl.col(contract.cell.code).alias("org_code"),
                    pl.col(parents[0]["sub_icb"]).alias("sub_icb_code"),
                    pl.coalesce(contract.month, parse_month(one.file.edition)).alias("month"),
                    pl.lit(one.vintage, pl.Int64).alias("vintage"),
                )
            )
    return pl.concat(frames)


def _forget_replaced(db: Connection, feed: str) -> None:
    """A practice that lost a row but has a good figure, of this edition or before, is not lost."""
    db.execute(
        f"""DELETE FROM stage.lost_{feed} AS l WHERE EXISTS (
            SELECT 1 FROM stage.leaf_{feed} AS f
            WHERE f.org_code = l.org_code AND f.month = l.month AND f.vintage <= l.vintage)"""
    )


def _load_observed(db: Connection, home: Home, placed: list[EditionFile]) -> None:
    """`stage.observed`: what each file says of each organisation in each month, in ODS codes.

    `tells_pcn`: whether the feed names networks at all, so that no network is not no answer.
    `is_register`: whether the feed exists to list organisations, not to count.
    """
    names = ("pcn_code", "sub_icb_code", "icb_code", "region_code", "local_authority")
    frames = []
    for one in placed:
        contract = contracts()[one.file.feed]
        telling = [o.level for o in contract.organisations if "pcn" in o.parents]
        frames.append(
            pl.read_parquet(lake_paths(home, one.file).organisations).with_columns(
                pl.lit(one.file.feed).alias("feed"),
                pl.lit(one.vintage).alias("vintage"),
                pl.col("org_level").is_in(telling).alias("tells_pcn"),
                pl.lit(not contract.measures).alias("is_register"),
            )
        )
    known = ods_codes()
    observed = pl.concat(frames).with_columns(
        pl.col(name).replace(known) for name in ("org_code", *names)
    )
    create_from(db, "stage.observed", observed)


def _load_reference(db: Connection) -> None:
    """`stage.reference`: the shipped dated table of England, regions, ICBs and sub-ICBs."""
    create_from(db, "stage.reference", reference())


def _load_practice_parents(db: Connection) -> None:
    """`stage.practice_parent`: PCN and sub-ICB of each practice in each month it has a figure.

    As at the month: the newest edition's word on that month, else on the last month before it.
    A later month's word is never carried back.
    """
    leaves = [f"SELECT org_code, month FROM stage.leaf_{feed}" for feed in feeds_at("practice")]
    months = " UNION ".join(
        [*leaves, "SELECT org_code, month FROM stage.observed WHERE org_level = 'practice'"]
    )
    best = """
        SELECT org_code, month, {column} FROM stage.observed
        WHERE org_level = 'practice' AND {told}
        QUALIFY row_number() OVER (
            PARTITION BY org_code, month
            ORDER BY vintage DESC, is_register, feed, {column} NULLS LAST) = 1"""
    db.execute(
        f"""CREATE TABLE stage.practice_parent AS
        WITH wanted AS ({months}),
        pcn AS ({best.format(column="pcn_code", told="tells_pcn")}),
        sub_icb AS ({best.format(column="sub_icb_code", told="sub_icb_code IS NOT NULL")})
        SELECT w.org_code, w.month, p.pcn_code, s.sub_icb_code
        FROM wanted AS w
        ASOF LEFT JOIN pcn AS p ON p.org_code = w.org_code AND w.month >= p.month
        ASOF LEFT JOIN sub_icb AS s ON s.org_code = w.org_code AND w.month >= s.month"""
    )


def feeds_at(level: str) -> list[str]:
    """Feeds whose measures are of organisations of this level."""
    return [f for f, c in contracts().items() if c.measures and c.cell and c.cell.level == level]


def _load_sub_icb_parents(db: Connection) -> None:
    """`stage.sub_icb_parent`: ICB and region of each sub-ICB in each month of the data.

    The dated reference decides; for a code it has never heard of, the feeds' own word does.
    """
    db.execute(
        """CREATE TABLE stage.month AS
        SELECT DISTINCT month FROM stage.observed"""
    )
    leaves = [f"SELECT month FROM stage.leaf_{feed}" for feed in feeds_at("sub_icb")]
    for leaf in [*leaves, *[f"SELECT month FROM stage.leaf_{f}" for f in feeds_at("practice")]]:
        db.execute(
            f"INSERT INTO stage.month SELECT DISTINCT month FROM ({leaf}) "
            "WHERE month NOT IN (SELECT month FROM stage.month)"
        )
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
    db.execute(
        """CREATE TABLE stage.parent AS
        SELECT org_code AS child, month, 'icb' AS level, icb_code AS parent
        FROM stage.sub_icb_parent
        UNION ALL
        SELECT org_code, month, 'region', region_code FROM stage.sub_icb_parent
        WHERE region_code IS NOT NULL
        UNION ALL
        SELECT org_code, month, 'england', $england FROM stage.sub_icb_parent""",
        {"england": ENGLAND},
    )


def _load_calendar(db: Connection) -> None:
    """`stage.calendar`: every month of the data's financial years, with working days of England."""
    [(first, last)] = db.execute("SELECT min(month), max(month) FROM stage.month").fetchall()
    create_from(db, "stage.calendar", calendar(first, last))


def calendar(first: date | None, last: date | None) -> pl.DataFrame:
    """Months of the financial years from `first` to `last`.

    Columns: `month` (Date), `financial_year` ('2024/25'), `financial_month` (1 = April), `days`,
    `working_days` (Monday to Friday, less the bank holidays of England).
    """
    schema = {
        "month": pl.Date,
        "financial_year": pl.String,
        "financial_month": pl.Int8,
        "days": pl.Int8,
        "working_days": pl.Int8,
    }
    if first is None or last is None:
        return pl.DataFrame(schema=schema)
    start, end = financial_year(first), financial_year(last)
    free = holidays.country_holidays("GB", subdiv="ENG", years=range(start, end + 2))
    rows = []
    for index in range((end - start + 1) * 12):
        month = date(start + (index + 3) // 12, (index + 3) % 12 + 1, 1)
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        days = [month + timedelta(days=n) for n in range((following - month).days)]
        year = financial_year(month)
        rows.append(
            (
                month,
                f"{year}/{(year + 1) % 100:02d}",
                index % 12 + 1,
                len(days),
                sum(day.weekday() < 5 and day not in free for day in days),
            )
        )
    return pl.DataFrame(rows, schema=schema, orient="row")


def financial_year(month: date) -> int:
    """The year in which the month's financial year began: April starts it."""
    return month.year if month.month >= 4 else month.year - 1
