"""The rows of `kpi_vintage` (every vintage of every figure) and of `kpi_monthly` (the latest of
each month with its comparisons). Not here: what is rolled up, and which figures there are
(`figures`)."""

from __future__ import annotations

from warehouse.mart.batches import BATCH, batches, create_in_batches
from warehouse.mart.figure_status import with_status
from warehouse.mart.figure_tables import VALUE, columns_of, value_per
from warehouse.mart.hierarchy import Connection
from warehouse.mart.organisation_periods import in_period
from warehouse.reference.levels import DATED, sql_list

# Units that divide by people: over several months, by their mean.
PER_PEOPLE = "('rate_per_1000', 'rate_per_person', 'fte_per_10000_patients')"
# What comparisons over time need of a figure (`stage.year_before`).
OVER_TIME = ("series", "ordinal", "financial_year", "value", "numerator", "denominator", "status")


def create_vintage(db: Connection) -> None:
    """Create `kpi_vintage` in the attached mart."""
    create_in_batches(
        db,
        "mart.kpi_vintage",
        f"""SELECT n.month, s.org_level, s.org_code, s.kpi_id, n.edition, n.revision,
               n.published_on, n.numerator, n.denominator,
               {value_per("s.unit")} AS value_per, n.known_from, n.known_until,
               n.disputed IS NOT NULL AS disputed, o.organisation_since, s.kpi_key
        FROM stage.numbered AS n JOIN stage.series AS s USING (series)
        {in_period("n")}
        WHERE n.series {BATCH}
        ORDER BY {_laid_out("s", "n")}, n.vintage""",
        batches(db, "stage.numbered"),
        columns_of("kpi_vintage"),
    )


def _laid_out(level: str, figure: str) -> str:
    """SQL: the order of rows, by the aliases of two tables. Sites and networks, most of the rows,
    lie month by month within a batch: they are asked for by month, and a new edition replaces
    months. All others lie series by series."""
    by_month = f"{level}.org_level NOT IN ({sql_list(DATED)})"
    return f"""CASE WHEN {by_month} THEN {figure}.ordinal END NULLS FIRST,
            {figure}.series, {figure}.ordinal"""


def create_monthly(db: Connection, synthetic: bool) -> None:
    """Create `kpi_monthly` in the attached mart from `stage.latest` and `stage.year_before`. Joins
    use numbers (a series, an ordinal month), because text keys take several times as long."""
    latest = batches(db, "stage.latest")
    columns = columns_of("kpi_monthly")
    create_in_batches(db, "mart.kpi_monthly", _compared(), latest, columns, synthetic=synthetic)


def _compared() -> str:
    """SQL: the rows of `kpi_monthly`. A join adds up only the months to be made; windows would go
    over those of the year before too, and take several times as long."""
    to_date, columns = "FILTER (q.financial_year = p.financial_year)", ", ".join(OVER_TIME)
    return f"""WITH made AS ({with_status()} WHERE p.is_month AND p.series {BATCH}),
        over_time AS (
            SELECT {columns} FROM made
            UNION ALL SELECT {columns} FROM stage.year_before WHERE series {BATCH}),
        period AS (
            SELECT p.series, p.ordinal, {_over("fiscal", to_date)}, {_over("rolling", "")}
            FROM made AS p
            JOIN over_time AS q
                ON q.series = p.series AND q.ordinal BETWEEN p.ordinal - 11 AND p.ordinal
            GROUP BY p.series, p.ordinal)
        SELECT p.month, p.org_level, p.org_code, n.org_name, p.kpi_id, k.kpi_title, p.unit,
               p.financial_year, p.numerator, p.denominator, {value_per("p.unit")} AS value_per,
               b.value AS previous_month_value, y.value AS previous_year_value,
               CASE WHEN t.fiscal_months = p.financial_month AND NOT p.is_stock
                    THEN {_to_date("fiscal")} END AS financial_ytd_value,
               CASE WHEN t.rolling_months = 12 AND NOT p.is_stock
                    THEN {_to_date("rolling")} END AS rolling_12_month_value,
               f.value AS first_reported_value, p.edition,
               p.status, p.status_reason, y.status AS previous_year_status,
               p.members_present, p.members_expected, o.organisation_since, p.kpi_key,
               $synthetic AS synthetic
        FROM made AS p
        JOIN period AS t ON t.series = p.series AND t.ordinal = p.ordinal
        JOIN stage.kpi_title AS k ON k.kpi_key = p.kpi_key
        LEFT JOIN over_time AS b ON b.series = p.series AND b.ordinal = p.ordinal - 1
        LEFT JOIN over_time AS y ON y.series = p.series AND y.ordinal = p.ordinal - 12
        LEFT JOIN stage.first_reported AS f ON f.series = p.series AND f.ordinal = p.ordinal
        LEFT JOIN stage.organisation_name AS n
            ON n.org_level = p.org_level AND n.org_code = p.org_code
        {in_period("p")}
        ORDER BY {_laid_out("p", "p")}"""


def _over(name: str, rows: str) -> str:
    """SQL: months present and summed parts over a period; of some units the mean (`_to_date`)."""
    return f"""count(q.value) {rows} AS {name}_months, sum(q.numerator) {rows} AS {name}_n,
        sum(q.denominator) {rows} AS {name}_d, avg(q.denominator) {rows} AS {name}_mean"""


def _to_date(name: str) -> str:
    """SQL: the value over a period. Counts add, patients are averaged."""
    bottom = f"CASE WHEN p.unit IN {PER_PEOPLE} THEN t.{name}_mean ELSE t.{name}_d END"
    value = VALUE.replace("unit ", "p.unit ").format(n=f"t.{name}_n", d=f"({bottom})")
    return f"({value})::DOUBLE"
