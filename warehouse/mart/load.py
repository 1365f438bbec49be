"""The working database: loads accepted measures and quarantined rows into `stage.*`, before any
roll-up."""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.base.decimals import SQL_KIND
from warehouse.base.home import Home
from warehouse.base.months import between, days_of, financial_year, months_apart, parse_month
from warehouse.base.working_days import working_days
from warehouse.contract.model import Contract, contracts
from warehouse.editions.parts_and_revisions import EditionFile, cells_of
from warehouse.mart.boundaries import load_boundaries
from warehouse.mart.carried import carry_forward, load_old_networks
from warehouse.mart.cumulative import take_months_apart
from warehouse.mart.disputed import create_disputes, disputes
from warehouse.mart.expected_members import load_expected, load_unplaced
from warehouse.mart.hierarchy import Connection, create_from, load_places, measured_feeds
from warehouse.reference.known_codes import as_known
from warehouse.reference.levels import PLACE_COLUMNS
from warehouse.transform.derived import SHA256, where
from warehouse.transform.lake import quarantine_of
from warehouse.transform.measure import month_of
from warehouse.transform.unreliable import count_bearing, readable_code

CELL = {"org_code": "VARCHAR", "month": "DATE", "vintage": "BIGINT"}


def load(db: Connection, home: Home, placed: list[EditionFile]) -> None:
    """Create `stage`: `file`, places, calendar, and per feed with measures `reported_<feed>` and
    `lost_<feed>` (quarantined organisations that have no good figure), and per such feed with files
    `quarantined_<feed>` (all of them)."""
    db.execute("CREATE SCHEMA stage")
    _load_files(db, home, placed)
    for feed in measured_feeds(db):
        _load_feed(db, contracts()[feed], [one for one in placed if one.file.feed == feed], home)
    carry_forward(db)
    create_disputes(db, disputes(home, placed))
    _create_without_files(db)
    load_places(db, home, placed)
    load_unplaced(db)
    load_old_networks(db)
    load_boundaries(db)
    load_expected(db)
    _load_calendar(db)


def _load_feed(db: Connection, contract: Contract, placed: list[EditionFile], home: Home) -> None:
    """Create the three tables of a feed."""
    feed = contract.feed
    load_reported(db, contract, placed, home)
    lost = lost_rows(contract, placed, home)
    unnamed = [c for level, c in PLACE_COLUMNS.items() if level not in _places(contract)]
    origins = dict.fromkeys(unnamed, "constant.*")
    origins["vintage"] = "archive.source_file.edition"
    create_from(db, f"stage.lost_{feed}", lost, f"quarantine.{feed}", **origins)
    db.execute(
        f"""CREATE TABLE stage.quarantined_{feed} AS
        SELECT DISTINCT org_code, month, vintage FROM stage.lost_{feed}
        WHERE org_code IS NOT NULL"""
    )
    _forget_replaced(db, feed)
    if contract.is_dated:
        _keep_newest(db, feed)
    take_months_apart(db, contract)


def _create_without_files(db: Connection) -> None:
    """Create the tables of figures and of lost rows, empty, of feeds without files: other feeds may
    be set beside them, or be expected by them."""
    filed = set(measured_feeds(db))
    edition = {"edition": "VARCHAR", "revision": "INTEGER"}
    days = {"published_on": "DATE", "known_from": "DATE"}
    for feed, contract in contracts().items():
        if contract.measures and feed not in filed:
            kinds = {
                name: SQL_KIND if contract.is_decimal(name) else "BIGINT"
                for name in contract.measures
            }
            own = {**CELL, **edition, **days, "sha256": "VARCHAR", "rows": "UINTEGER", **kinds}
            _create_empty(db, f"stage.reported_{feed}", {**own, "disputed": "BIT"})
            places = dict.fromkeys(PLACE_COLUMNS.values(), "VARCHAR")
            _create_empty(db, f"stage.lost_{feed}", {**CELL, **places, "until": "BIGINT"})


def _create_empty(db: Connection, table: str, columns: dict[str, str]) -> None:
    named = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    db.execute(f"CREATE TABLE {table} ({named})")


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
                "known_from": known_from(one),
                "measures": where(home, "measures", one.file)[1],
            }
            for one in placed
        ],
        schema={
            **dict.fromkeys(("sha256", "feed", "edition"), pl.String),
            **{"revision": pl.Int32, "vintage": pl.Int64, "position": pl.Int32},
            **dict.fromkeys(("published_on", "known_from"), pl.Date),
            "measures": pl.String,
        },
    )
    source = "archive.source_file"
    origins = {
        "vintage": f"{source}.edition",
        **dict.fromkeys(("revision", "position"), f"{source}.published_on"),
        "known_from": (f"{source}.published_on", f"{source}.retrieved_at", "contract.cadence"),
        "measures": f"{source}.sha256",
    }
    create_from(db, "stage.file", frame, source, **origins)


def known_from(one: EditionFile) -> date:
    """Return the day from which a file's figures can have been known: its publication day if
    stated; else that of the release calendar, for the first issue of an edition; otherwise the day
    on which it was saved to disk."""
    saved = one.file.retrieved_at.date()
    due = contracts()[one.file.feed].cadence.due
    if one.file.published_on is not None:
        return one.file.published_on
    if due is None or one.revision > 1:
        return saved
    return min(due.of(parse_month(one.file.edition)), saved)


def load_reported(
    db: Connection, contract: Contract, placed: list[EditionFile], home: Home
) -> None:
    """Create `stage.reported_<feed>`: one row per organisation, month and vintage.

    Columns: `org_code, month, vintage, edition, revision, published_on, known_from, sha256, rows`,
    and a column per measure (BIGINT, or DECIMAL). An organisation-month that lost a count-bearing
    row is left out, so that an earlier edition's figure stays the latest.
    """
    measures = ", ".join(f"m.{name}" for name in contract.measures)
    found = [where(home, "measures", one.file) for one in placed]
    paths = list(dict.fromkeys(path.as_posix() for path, _ in found))
    source = f"measures.{contract.feed}"
    rows = db.read_parquet(paths, filename=True, union_by_name=True)
    if SHA256 in rows.columns:  # NULL where a source file's rows are alone
        whose = f"* EXCLUDE ({SHA256}) REPLACE (concat_ws('#', filename, {SHA256}) AS filename)"
        rows = rows.project(whose)
    rows.create_view(source)
    db.execute(
        f"""CREATE TABLE stage.reported_{contract.feed} AS
        SELECT m.org_code, m.month, f.vintage, f.edition, f.revision, f.published_on,
               f.known_from, f.sha256, m.rows, {measures}
        FROM "{source}" AS m
        JOIN stage.file AS f ON f.measures = m.filename AND f.feed = $feed
        WHERE NOT m.unreliable
        QUALIFY row_number() OVER (
            PARTITION BY m.org_code, m.month, f.vintage ORDER BY f.position DESC) = 1
        ORDER BY m.org_code, m.month, f.vintage""",
        {"feed": contract.feed},
    )
    db.execute(f'DROP VIEW "{source}"')


def lost_rows(contract: Contract, placed: list[EditionFile], home: Home) -> pl.DataFrame:
    """Return the quarantined rows without which figures are too small.

    Columns: `org_code` (null where it can't be read), those of `PLACE_COLUMNS` (where the row has
    them), `month`, `vintage`.
    """
    schema = dict.fromkeys(("org_code", *PLACE_COLUMNS.values()), pl.String)
    frames = [pl.DataFrame(schema={**schema, "month": pl.Date, "vintage": pl.Int64})]
    if contract.reporting_unit is None:
        return frames[0]
    named = _places(contract)
    places = [
        (pl.col(named[one]).cast(pl.String) if one in named else pl.lit(None, pl.String)).alias(c)
        for one, c in PLACE_COLUMNS.items()
    ]
    for one in placed:
        edition = parse_month(one.file.edition)
        rejected = quarantine_of(home, one.file)
        if rejected is None:
            continue
        lost = _losses(rejected, contract).select(
            readable_code(contract).alias("org_code"),
            *places,
            month_of(contract, edition).fill_null(edition).alias("month"),
            pl.lit(one.vintage, pl.Int64).alias("vintage"),
        )
        if lost["org_code"].null_count():
            again = pl.Series(_months_again(one, placed, home), dtype=pl.Date)
            lost = lost.filter(
                pl.col("org_code").is_not_null() | ~pl.col("month").is_in(again.implode())
            )
        frames.append(lost)
    return as_known(pl.concat(frames)).drop("knows_authority")


def _places(contract: Contract) -> dict[str, str]:
    """Level -> column in which a row names its organisation's place."""
    level = contract.reporting_unit.level if contract.reporting_unit else None
    return next((o.parents for o in contract.organisations if o.level == level), {})


def _months_again(one: EditionFile, placed: list[EditionFile], home: Home) -> list[date]:
    """Return months that a later file of the edition restates for organisations of this one: rows
    with an unreadable organisation were corrected there, or quarantined again."""
    own = cells_of(home, one.file).keys()
    later = [
        other.file
        for other in placed
        if other.file.edition == one.file.edition and other.position > one.position
    ]
    again = {month for file in later for _, month in own & cells_of(home, file).keys()}
    return sorted(month for month in again if isinstance(month, date))


def _losses(rejected: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Return rows with a count; for a list, which has no counts, rows that name a member."""
    if contract.numbers:
        return count_bearing(rejected, contract)
    return rejected.filter(readable_code(contract).is_not_null())


def _forget_replaced(db: Connection, feed: str) -> None:
    """Drop quarantined organisations that have a good figure in this edition or before. `until`:
    the later vintage, if any, from which they have one."""
    db.execute(
        f"""CREATE OR REPLACE TABLE stage.lost_{feed} AS
        SELECT l.*, f.until FROM stage.lost_{feed} AS l
        LEFT JOIN (SELECT org_code, month, min(vintage) AS until
                   FROM stage.reported_{feed} GROUP BY ALL) AS f
            ON f.org_code = l.org_code AND f.month = l.month
        WHERE f.until IS NULL OR f.until > l.vintage"""
    )


def _keep_newest(db: Connection, feed: str) -> None:
    """Leave in each month what the newest edition says. Editions of a register with dates state all
    organisations in all their months: one that the newest does not have was not open."""
    db.execute(
        f"""CREATE OR REPLACE TABLE stage.reported_{feed} AS
        SELECT * FROM stage.reported_{feed}
        QUALIFY edition = max(edition) OVER (PARTITION BY month)"""
    )


def _load_calendar(db: Connection) -> None:
    """Create `stage.calendar`: every month of the financial years, with England's working days."""
    [(first, last)] = db.execute("SELECT min(month), max(month) FROM stage.month").fetchall()
    create_from(db, "stage.calendar", calendar(first, last), "calendar")


def calendar(first: date | None, last: date | None) -> pl.DataFrame:
    """Return the months of the financial years from `first` to `last`.

    Columns: `month` (Date), `financial_year` ('2024/25'), `financial_month` (1 = April), `days`,
    `working_days` (Mondays to Fridays, excluding bank holidays in England).
    """
    numbers = dict.fromkeys(("financial_month", "days", "working_days"), pl.Int8)
    schema = {"month": pl.Date, "financial_year": pl.String, **numbers}
    if first is None or last is None:
        return pl.DataFrame(schema=schema)
    start, end = date(financial_year(first), 4, 1), date(financial_year(last) + 1, 3, 1)
    rows = [
        (
            month,
            f"{year}/{(year + 1) % 100:02d}",
            months_apart(date(year, 4, 1), month) + 1,
            len(days_of(month)),
            working_days(month),
        )
        for month in between(start, end)
        for year in [financial_year(month)]
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")
