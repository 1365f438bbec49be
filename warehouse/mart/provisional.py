"""How long a month is provisional: until later editions hardly revise its figures.

The age of a month is the number of months from it to the edition. At each age the later revision is
the median, over organisations and editions, of the change from that edition's figure to the newest
one. A KPI at a level is settled at an age where this is zero, or below a tenth of the median change
on the year; a month is final from the first age from which every known age is settled. Ages with
fewer than `FIGURES` figures are not used. Fewer than `RELEASES` editions that were later revised
may lengthen the contract's lag, but not shorten it: one release without revisions proves little.
Where nothing is known the contract's lag applies.
"""

from __future__ import annotations

import polars as pl

from warehouse.base.months import add_months, parse_month
from warehouse.base.number_format import size_sql
from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import Kpi, Source, measure_of
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.kept import Kept
from warehouse.mart.revisions import SIZE

FIGURES, RELEASES = 3, 3
TENTH = 0.1
# The age in months of the vintage `n` of a figure.
AGE = "n.vintage // 100000 * 12 + n.vintage // 1000 % 100 - n.ordinal"


def load_lags(db: Connection, wanted: list[tuple[Kpi, Source]]) -> None:
    """Create `stage.contract_lag`: the newest edition of each KPI at each level, and how many of
    the newest months its contract calls provisional."""
    newest = dict(db.execute("SELECT feed, max(edition) FROM stage.file GROUP BY feed").fetchall())
    rows = [
        {
            "kpi_id": kpi.kpi_id,
            "org_level": level,
            "newest_edition": newest[feed],
            "after_newest": add_months(parse_month(newest[feed]), 1),
            "contract_months": contracts()[feed].provisional_of(measure),
        }
        for kpi, source in wanted
        for feed, _, measure in [_revised(source).partition(".")]
        for level in source.levels
    ]
    text = dict.fromkeys(("kpi_id", "org_level", "newest_edition"), pl.String)
    schema = {**text, "after_newest": pl.Date, "contract_months": pl.Int32}
    edition, lag = "archive.source_file.edition", "contract.provisional_months"
    origins = {"newest_edition": edition, "after_newest": edition, "contract_months": lag}
    frame = pl.DataFrame(rows, schema=schema)
    create_from(db, "stage.contract_lag", frame, "catalogue.kpi", **origins)


def _revised(source: Source) -> str:
    """The measure (`feed.measure`) whose editions revise a source's figures: of a weighted one
    (a version of an index) that of the weights."""
    weighted = measure_of(source.numerator).weighted
    return source.denominator if weighted and source.denominator else source.numerator


def create_provisional(db: Connection, kept: Kept) -> None:
    """Create `kpi_revision_by_age` and `kpi_provisional` in the attached mart. Needs
    `stage.contract_lag`, `stage.latest` and `link_vintages`."""
    _create_later(db)
    kept.add(db, "later_revision")
    _create_change(db)
    kept.add_changes(db)
    _create_typical_change(db)
    _create_by_age(db)
    _create_rule(db)


def _create_later(db: Connection) -> None:
    """Create `stage.later_revision`: each figure that a later edition restates, compared with the
    newest one, including unchanged ones."""
    db.execute(
        f"""CREATE TABLE stage.later_revision AS
        SELECT s.kpi_id, s.org_level, n.month, {AGE} AS age_months, n.vintage // 1000 AS issue,
               {SIZE.format(unit="s.unit", new="n.newest_value", old="n.value")} AS size
        FROM stage.numbered AS n JOIN stage.series AS s USING (series)
        WHERE n.next_vintage // 1000 > n.vintage // 1000
          AND n.value IS NOT NULL AND n.newest_value IS NOT NULL AND {AGE} >= 0"""
    )


def _create_change(db: Connection) -> None:
    """Create `stage.change_on_year`: the change on the year of each figure of KPIs and levels with
    restated figures."""
    db.execute(
        f"""CREATE TABLE stage.change_on_year AS
        SELECT p.kpi_id, p.org_level, p.month,
               {SIZE.format(unit="p.unit", new="p.value", old="y.value")} AS size
        FROM stage.latest AS p
        JOIN stage.latest AS y ON y.series = p.series AND y.ordinal = p.ordinal - 12
        JOIN (SELECT DISTINCT kpi_id, org_level FROM stage.later_revision) AS r
            ON r.kpi_id = p.kpi_id AND r.org_level = p.org_level
        WHERE p.value IS NOT NULL AND y.value IS NOT NULL"""
    )


def _create_typical_change(db: Connection) -> None:
    db.execute(
        """CREATE TABLE stage.typical_change AS
        SELECT kpi_id, org_level, count(size) AS changes, median(size) AS typical
        FROM stage.change_on_year GROUP BY ALL"""
    )


def _create_by_age(db: Connection) -> None:
    """Create `kpi_revision_by_age`. `is_settled` is NULL with too few figures, or no change on the
    year to compare with."""
    db.execute(
        f"""CREATE TABLE mart.kpi_revision_by_age AS
        SELECT r.kpi_id, r.org_level, r.age_months, count(DISTINCT r.issue) AS editions,
               count(r.size) AS figures, median(r.size) AS median_change,
               CASE WHEN count(r.size) < {FIGURES} THEN NULL
                    WHEN median(r.size) = 0 THEN TRUE
                    WHEN any_value(c.changes) >= {FIGURES}
                    THEN median(r.size) < {TENTH} * any_value(c.typical) END AS is_settled
        FROM stage.later_revision AS r
        LEFT JOIN stage.typical_change AS c
            ON c.kpi_id = r.kpi_id AND c.org_level = r.org_level
        GROUP BY ALL ORDER BY ALL"""
    )


def _create_rule(db: Connection) -> None:
    later, change = size_sql("typical_later_revision"), size_sql("typical_year_on_year_change")
    newest = """CASE provisional_months WHEN 1 THEN 'the newest month'
        ELSE format('among the newest {} months', provisional_months) END"""
    db.execute(
        f"""CREATE TABLE mart.kpi_provisional AS
        WITH measured AS (
            SELECT kpi_id, org_level,
                   CASE WHEN count(is_settled) > 0 THEN coalesce(
                       max(age_months + 1) FILTER (NOT is_settled), 0) END AS months,
                   max(median_change) FILTER (is_settled IS NOT NULL) AS later
            FROM mart.kpi_revision_by_age GROUP BY ALL),
        compared AS (
            SELECT kpi_id, org_level, count(DISTINCT issue) AS editions
            FROM stage.later_revision GROUP BY ALL),
        known AS (
            SELECT k.kpi_id, k.org_level, f.unit, k.newest_edition, k.after_newest,
                   k.contract_months, m.months::INTEGER AS measured_months,
                   coalesce(e.editions, 0) AS editions_compared,
                   m.later AS typical_later_revision, c.typical AS typical_year_on_year_change,
                   coalesce(m.months > k.contract_months OR e.editions >= {RELEASES}, FALSE)
                       AND m.months IS NOT NULL AS is_measured
            FROM stage.contract_lag AS k
            JOIN stage.kpi_fact AS f USING (kpi_id, org_level)
            LEFT JOIN measured AS m USING (kpi_id, org_level)
            LEFT JOIN compared AS e USING (kpi_id, org_level)
            LEFT JOIN stage.typical_change AS c USING (kpi_id, org_level)),
        decided AS (
            SELECT *, CASE WHEN is_measured THEN measured_months ELSE contract_months END
                   AS provisional_months
            FROM known)
        SELECT kpi_id, org_level, provisional_months,
               (after_newest - to_months(provisional_months))::DATE AS provisional_from,
               CASE WHEN is_measured THEN 'measured' ELSE 'contract' END AS basis,
               contract_months, measured_months, editions_compared, typical_later_revision,
               typical_year_on_year_change,
               CASE WHEN provisional_months = 0
                    THEN format('after the newest available edition ({{}})', newest_edition)
                    WHEN is_measured
                    THEN format('{{}}: later editions typically change such a month by up to {{}}, '
                             'compared with a typical change on the year of {{}}',
                             {newest}, {later}, {change})
                    WHEN measured_months IS NULL
                    THEN format('{{}}, by the rule for this publication: how much later editions '
                             'change such a month is not known yet', {newest})
                    ELSE format('{{}}, by the rule for this publication: so far {{}} of its '
                             'editions can be compared with a later one, and {RELEASES} are '
                             'needed to say sooner that a month is final',
                             {newest}, editions_compared)
                    END AS rule
        FROM decided ORDER BY kpi_id, org_level"""
    )


def add_rule_to_kpis(db: Connection) -> None:
    """Add the rule by which months are provisional to table `kpi` of the attached mart."""
    db.execute(
        """CREATE OR REPLACE TABLE mart.kpi AS
        WITH ruled AS (
            SELECT kpi_id, max(provisional_months) AS provisional_months,
                   string_agg(org_level || ': ' || rule, chr(10) ORDER BY org_level)
                       AS provisional_rule
            FROM mart.kpi_provisional GROUP BY ALL)
        SELECT k.*, r.* EXCLUDE (kpi_id) FROM mart.kpi AS k LEFT JOIN ruled AS r USING (kpi_id)
        ORDER BY k.rowid"""
    )
