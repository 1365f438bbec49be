"""KPIs, calculated from the catalogue: every vintage of every figure, and the latest of each month.
Their rows in the mart are made in `figure_rows`."""

from __future__ import annotations

import polars as pl

from warehouse.base.hashing import number_of
from warehouse.contract.cumulative_measures import cumulative_figure
from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import WORKING_DAYS, Kpi, Source, feed_of, measure_name
from warehouse.mart.disclosure import suppress
from warehouse.mart.disputed import create_dispute_reasons
from warehouse.mart.figure_faults import faults_of
from warehouse.mart.figure_rows import create_monthly, create_vintage
from warehouse.mart.figure_tables import VALUE
from warehouse.mart.held_months import create_held_figures, held_at, load_kpi_sources
from warehouse.mart.hierarchy import Connection, create_from, measured_feeds, rows_of_all
from warehouse.mart.inputs import Inputs, feeds_of, inputs_of
from warehouse.mart.kept import Kept
from warehouse.mart.membership import create_members
from warehouse.mart.other_periods import create_other_periods, load_periods
from warehouse.mart.provisional import create_provisional, load_lags
from warehouse.mart.revisions import link_vintages
from warehouse.mart.rollup import roll_up
from warehouse.mart.special import leave_out_special
from warehouse.reference.levels import TABLE, is_unassigned, sql_list
from warehouse.settings import Disclosure

Wanted = list[tuple[Kpi, Source]]


def published_sources(db: Connection, kpis: dict[str, Kpi]) -> Wanted:
    """Create `stage.published`, and return the KPIs, each with its source, whose numerator any
    accepted file has."""
    _load_published(db, kpis)
    published = {one for (one,) in db.execute("SELECT measure FROM stage.published").fetchall()}
    return [(k, s) for k in kpis.values() for s in k.sources if s.numerator in published]


def build_figures(
    db: Connection, wanted: Wanted, synthetic: bool, disclosure: Disclosure, kept: Kept
) -> None:
    """Create `kpi_vintage`, `kpi_monthly` and `kpi_other_period` in the attached mart.
    `disclosure`: which figures of local returns may be published; `kept`: what is not made anew."""
    create_members(db)
    kept.narrow(db)
    _load_figures(db, wanted)
    kept.widen(db)
    suppress(db, wanted, disclosure)
    leave_out_special(db)
    _load_kpi_facts(db, wanted)
    load_periods(db, (kpi for kpi, _ in wanted))
    load_lags(db, wanted)
    load_kpi_sources(db, wanted)
    _number_series(db)
    link_vintages(db)
    create_vintage(db)
    kept.add_vintages(db)
    _create_months(db, synthetic, kept)
    kept.add_months(db)


def _load_figures(db: Connection, wanted: Wanted) -> None:
    """Roll all inputs up, and create `stage.figure`: every vintage of every KPI."""
    reached, held = {}, held_at(db)
    for inputs in inputs_of(source for _, source in wanted):
        levels = roll_up(db, inputs, held)
        reached[(inputs.feed, inputs.other, inputs.asks_members)] = (inputs, levels)
    db.execute(
        """CREATE TABLE stage.figure (
            month DATE, org_level VARCHAR, org_code VARCHAR, kpi_id VARCHAR, unit VARCHAR,
            vintage BIGINT, edition VARCHAR, revision INTEGER, published_on DATE, known_from DATE,
            numerator DOUBLE, denominator DOUBLE,
            members_present BIGINT, members_expected BIGINT, reason VARCHAR, disputed BIT)"""
    )
    for kpi, source in wanted:
        inputs, levels = reached[feeds_of(source)]
        for level in source.levels:
            if level not in levels:
                raise ValueError(f"{kpi.kpi_id}: {source.numerator} does not reach {level}")
        # Each part takes memory until all are done, and is read once for lineage if it is the same
        # whatever else the home has.
        parts = [_figures_of(kpi, source, inputs, level) for level in source.levels]
        db.execute("INSERT INTO stage.figure " + " UNION ALL ".join(parts))


def _figures_of(kpi: Kpi, source: Source, inputs: Inputs, level: str) -> str:
    """SQL: one KPI at one level, as rows of `stage.figure`. An incomplete whole has no parts."""
    top = f"f.n_{source.numerator.partition('.')[2]}"
    bottom, join, faults = "NULL", "", faults_of(source, inputs, level)
    if source.denominator == WORKING_DAYS:
        bottom, join = "c.working_days", "JOIN stage.calendar AS c ON c.month = f.month"
    elif source.denominator:
        bottom = f"f.d_{source.denominator.partition('.')[2]}"
    return f"""SELECT f.month, '{level}', f.org_code, '{kpi.kpi_id}', '{kpi.unit}', f.vintage,
               f.edition, f.revision, f.published_on, f.known_from,
               CASE WHEN {faults.sound} THEN {top} END::DOUBLE,
               CASE WHEN {faults.sound} THEN {bottom} END::DOUBLE,
               f.members_present, f.members_expected, {faults.reason}, f.disputed
        FROM {inputs.figures_at(level)} AS f {join} {faults.joins}
        WHERE NOT {is_unassigned("f.org_code")} AND f.month IN (
            SELECT month FROM stage.published WHERE measure = '{source.numerator}')"""


def _load_published(db: Connection, kpis: dict[str, Kpi]) -> None:
    """Create `stage.published` (`measure, month`): the months in which any organisation has the
    measure. A month before its first publication has no row, rather than a missing figure; one
    whose figure can't be taken from the cumulative one has.
    `stage.covered` (`feed, month`): the months that a feed covers with any measure."""
    filed = set(measured_feeds(db))
    numerators = {one.numerator: feed_of(one.numerator) for k in kpis.values() for one in k.sources}
    known = {one: feed for one, feed in sorted(numerators.items()) if feed in filed}
    parts = [
        f"SELECT DISTINCT '{one}' AS measure, month FROM stage.reported_{feed} "
        f"WHERE {cumulative_figure(contracts()[feed].measures, name) or name} IS NOT NULL"
        for one, feed in known.items()
        for name in [measure_name(one)]
    ]
    months = rows_of_all(parts, measure="VARCHAR", month="DATE")
    db.execute(f"CREATE TABLE stage.published AS {months}")
    parts = [
        f"SELECT DISTINCT '{feed}' AS feed, month FROM stage.reported_{feed}"
        for feed in sorted(set(known.values()))
    ]
    months = rows_of_all(parts, feed="VARCHAR", month="DATE")
    db.execute(f"CREATE TABLE stage.covered AS {months}")


def _create_months(db: Connection, synthetic: bool, kept: Kept) -> None:
    """Calculate comparisons over time, and create the tables that show them."""
    _create_latest(db)
    create_dispute_reasons(db)
    kept.lend_neighbours(db)
    create_provisional(db, kept)
    create_held_figures(db)
    db.execute(
        """CREATE TABLE stage.year_before (
            series BIGINT, ordinal BIGINT, financial_year VARCHAR, value DOUBLE, numerator DOUBLE,
            denominator DOUBLE, status VARCHAR)"""
    )
    kept.lend_months(db)
    create_monthly(db, synthetic)
    create_other_periods(db, synthetic)


def _load_kpi_facts(db: Connection, wanted: list[tuple[Kpi, Source]]) -> None:
    """Create `stage.kpi_fact`: key, unit and kind of each KPI at each level, and the feed that
    counts it; and `stage.kpi_title`, by key."""
    facts = [
        (
            kpi.kpi_id,
            level,
            kpi.unit,
            source.feeds[0],
            kpi.is_stock,
            kpi.period.is_month,
            number_of(kpi.kpi_id),
        )
        for kpi, source in wanted
        for level in source.levels
    ]
    text = dict.fromkeys(("kpi_id", "org_level", "unit", "feed"), pl.String)
    flags = dict.fromkeys(("is_stock", "is_month"), pl.Boolean)
    schema = {**text, **flags, "kpi_key": pl.Int32}
    create_from(db, "stage.kpi_fact", pl.DataFrame(facts, schema, orient="row"), "catalogue.kpi")
    titles = {(number_of(kpi.kpi_id), kpi.title) for kpi, _ in wanted}
    named = {"kpi_key": pl.Int32, "kpi_title": pl.String}
    frame = pl.DataFrame(sorted(titles), named, orient="row")
    create_from(db, "stage.kpi_title", frame, "catalogue.kpi")


def _number_series(db: Connection) -> None:
    """Create `stage.series`, a number for each KPI and organisation, and `stage.unlinked`, every
    figure under that number with its value (`link_vintages`)."""
    db.execute(
        """CREATE TABLE stage.series AS
        SELECT row_number() OVER (ORDER BY kpi_id, org_level, o.org_code) AS series, k.*,
               o.org_code
        FROM (SELECT DISTINCT kpi_id, org_level, org_code FROM stage.figure) AS o
        JOIN stage.kpi_fact AS k USING (kpi_id, org_level)"""
    )
    db.execute(
        f"""CREATE TABLE stage.unlinked AS
        SELECT s.series, year(f.month) * 12 + month(f.month) AS ordinal, f.month, f.vintage,
               f.edition, f.revision, f.published_on, f.known_from, f.numerator, f.denominator,
               f.members_present, f.members_expected, f.suppressed, f.reason, f.disputed,
               ({VALUE.format(n="f.numerator", d="f.denominator").replace("unit ", "f.unit ")}
               )::DOUBLE AS value
        FROM stage.figure AS f JOIN stage.series AS s USING (kpi_id, org_level, org_code)"""
    )


def _create_latest(db: Connection) -> None:
    """Create `stage.latest`: the newest vintage of each figure, and NULL rows for months in
    between.

    Months without any figure have a row from sub-ICB upwards, so that a chart shows a gap. Below
    that, months without a practice or pharmacy are normal and have no row.
    """
    may_lack = sql_list(tuple(one.name for one in TABLE if one.is_site or one.is_optional))
    db.execute(
        """CREATE TABLE stage.first_reported AS
        SELECT series, ordinal, arg_min_null(value, revision) AS value
        FROM stage.numbered WHERE edition = strftime(month, '%Y-%m') GROUP BY ALL"""
    )
    db.execute(
        f"""CREATE TABLE stage.latest AS
        WITH newest AS (
            SELECT series, ordinal, vintage, edition, numerator, denominator, members_present,
                   members_expected, suppressed, reason, disputed, value
            FROM stage.numbered WHERE next_vintage IS NULL),
        span AS (
            SELECT n.series, min(n.ordinal) AS first, max(n.ordinal) AS last,
                   coalesce(any_value(p.every), 1) AS every
            FROM newest AS n JOIN stage.series AS s USING (series)
            LEFT JOIN stage.kpi_period AS p ON p.kpi_id = s.kpi_id
            WHERE s.org_level NOT IN ({may_lack}) GROUP BY ALL),
        month AS (
            SELECT *, year(month) * 12 + month(month) AS ordinal FROM stage.calendar),
        gap AS (
            SELECT s.series, m.ordinal, 0::BIGINT AS members_present
            FROM span AS s JOIN month AS m ON m.ordinal BETWEEN s.first AND s.last
                AND (m.ordinal - s.first) % s.every = 0
            ANTI JOIN newest AS n ON n.series = s.series AND n.ordinal = m.ordinal)
        SELECT f.*, m.month, m.financial_year, m.financial_month, s.* EXCLUDE (series)
        FROM (SELECT * FROM newest UNION ALL BY NAME SELECT * FROM gap) AS f
        JOIN stage.series AS s USING (series)
        JOIN month AS m USING (ordinal)"""
    )
