"""Checks of the mart, run on the file built aside, before it is published. Not here: checks of
editions (`checks.suite`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from checks.check_catalogue import MART, mart_checks
from checks.check_evidence import SHOWN, Evidence, broken, offences
from checks.runner import judge
from warehouse.base.home import Home
from warehouse.base.sql import open_file
from warehouse.editions.check_history import RESULT_SCHEMA, CheckResult
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.figure_status import WITHOUT_VALUE
from warehouse.mart.figure_tables import organisation_key
from warehouse.publication.memory_limits import limits_of, suit_few_rows
from warehouse.reference.levels import DATED, sql_list

# Storage format that DuckDB clients of 2024, still in use, can read; `build` writes it.
STORAGE = "v1.0.0+"

# Table -> what must be unique in it. Hashes are counted first, because texts of all rows take much
# memory.
UNIQUE = {
    "kpi_monthly": "kpi_id, org_level, org_code, month",
    "kpi_other_period": "kpi_id, org_level, org_code, period_start, period_end",
    "kpi_vintage": "kpi_id, org_level, org_code, month, edition, revision",
    "organisation": "organisation_key",
    "organisation_current": "org_level, org_code",
    "kpi": "kpi_key",
}

# Whose edition is at fault: feeds of a figure's KPI, its numerator's first, each with the newest
# edition that the figure uses.
BEHIND = """SELECT s.feed || ' ' || max(s.edition)
            FROM governance.figure_source AS s JOIN governance.kpi_feed AS k USING (feed)
            WHERE k.kpi_id = $kpi AND s.month = $month AND s.edition <= $edition
            GROUP BY s.feed ORDER BY max(k.part) DESC, s.feed"""
# rule -> (the fault, the query that finds it). One row per fault; of a wrong figure also its KPI,
# month and edition.
OFFENCES = {
    "opens_read_only": (
        f"a file in another storage format than {STORAGE}, or a writable one",
        f"""SELECT concat_ws(' ', 'storage', tags['storage_version'], 'readonly', readonly)
           FROM duckdb_databases() WHERE NOT internal
           AND NOT (readonly AND tags['storage_version'] = '{STORAGE}')""",
    ),
    "tables_described": (
        "a table or column without a comment",
        """SELECT schema_name || '.' || table_name || '.' || column_name AS offence
           FROM duckdb_columns() WHERE NOT internal AND comment IS NULL
           UNION ALL SELECT schema_name || '.' || table_name FROM duckdb_tables()
           WHERE NOT internal AND comment IS NULL
           UNION ALL SELECT schema_name || '.' || view_name FROM duckdb_views()
           WHERE NOT internal AND comment IS NULL""",
    ),
    "kpis_described": (
        "a KPI without a title, description, unit, owner, caveats or review date",
        """SELECT kpi_id || ': ' || lacking AS offence FROM (
               UNPIVOT (SELECT kpi_id, coalesce(trim(COLUMNS(lambda c: c IN (
                   'title', 'description', 'unit', 'owner', 'caveats', 'reviewed_on', 'next_review'
               ))::VARCHAR), '') FROM kpi) ON COLUMNS(* EXCLUDE kpi_id) INTO NAME lacking VALUE word
           ) WHERE word = ''""",
    ),
    "figures_unique": (
        "two figures for the same month, organisation and KPI",
        " UNION ALL ".join(
            f"""SELECT concat_ws(' ', {key}) AS offence FROM {table}
            WHERE hash({key}) IN (
                SELECT hash({key}) AS key FROM {table} GROUP BY key HAVING count(*) > 1)
            GROUP BY {key} HAVING count(*) > 1"""
            for table, key in UNIQUE.items()
        ),
    ),
    "figures_placed": (
        "a figure whose organisation does not have exactly one row in the month, with its key",
        f"""SELECT concat_ws(' ', f.org_level, f.org_code, f.month, count(o.org_code), 'rows',
                            f.own) AS offence
           FROM (SELECT DISTINCT org_level, org_code, month, {organisation_key()} AS own FROM (
                     SELECT DISTINCT org_level, org_code, month, organisation_since
                     FROM kpi_period)) AS f
           LEFT JOIN organisation AS o ON o.org_level = f.org_level AND o.org_code = f.org_code
               AND f.month BETWEEN o.valid_from AND coalesce(o.valid_to, DATE '9999-12-31')
           GROUP BY f.org_level, f.org_code, f.month, f.own
           HAVING count(o.org_code) <> 1 OR any_value(o.organisation_key) <> f.own""",
    ),
    "catalogue_complete": (
        "a figure whose KPI is not in the catalogue",
        """SELECT DISTINCT kpi_id AS offence FROM kpi_period
           WHERE kpi_id NOT IN (SELECT kpi_id FROM kpi)""",
    ),
    "periods_apart": (
        "a figure of a longer period among the months, or of another period than its KPI's",
        """SELECT DISTINCT concat_ws(' ', kpi_id, f.period_type, 'is', k.period_type) AS offence
           FROM kpi_period AS f JOIN kpi AS k USING (kpi_id)
           WHERE f.period_type <> k.period_type
           UNION ALL
           SELECT concat_ws(' ', kpi_id, org_level, org_code, period_start, period_end, month)
           FROM kpi_other_period WHERE period_end <> last_day(month) OR period_start > month""",
    ),
    "periods_continuous": (
        "a series without a row for one of its months: an unknown month is NULL, with a status",
        f"""SELECT concat_ws(' ', kpi_id, org_level, org_code, min(month), max(month), count(*))
               AS offence
           FROM kpi_monthly WHERE org_level IN ({sql_list(DATED)})
           GROUP BY kpi_id, org_level, org_code
           HAVING count(DISTINCT month) <> datediff('month', min(month), max(month)) + 1""",
    ),
    "shares_in_range": (
        "a share outside 0 to 1",
        """SELECT concat_ws(' ', kpi_id, 'of', org_level, org_code, 'in', left(month::VARCHAR, 7),
                            'is', round(value, 4)) AS offence, kpi_id, month, edition
           FROM kpi_vintage JOIN kpi USING (kpi_id)
           WHERE unit = 'share' AND NOT value BETWEEN 0 AND 1
            ORDER BY kpi_vintage.denominator, 1""",
    ),
    "absent_is_null": (
        "a figure whose status and value disagree, or without a value and a reason for that",
        f"""SELECT concat_ws(' ', kpi_id, org_level, org_code, month, status) AS offence
           FROM kpi_period
           WHERE (value IS NULL) <> (status IN ({sql_list(WITHOUT_VALUE)}))
              OR (value IS NULL AND status_reason IS NULL)""",
    ),
    "figures_traceable": (
        "a figure whose month and edition have no source file in the mart",
        """SELECT DISTINCT concat_ws(' ', kpi_id, month, edition) AS offence FROM kpi_period
           ANTI JOIN (SELECT f.month, f.edition FROM governance.figure_source AS f
                      JOIN governance.source_file AS s USING (sha256) WHERE s.in_mart)
               USING (month, edition)
           WHERE value IS NOT NULL""",
    ),
    "mart_people_within_population": (
        "more people than registered patients, such as sessions counted as people",
        """SELECT concat_ws(' ', f.kpi_id, 'of', f.org_level, f.org_code, 'in',
                            left(f.month::VARCHAR, 7), 'is', f.value, '>', p.value) AS offence,
               f.kpi_id, f.month, f.edition
           FROM kpi_monthly AS f
           JOIN kpi AS k ON k.kpi_id = f.kpi_id AND k.unit = 'people'
           JOIN kpi_monthly AS p ON p.kpi_id IN (SELECT unnest(getvariable('populations')))
               AND p.org_level = f.org_level AND p.org_code = f.org_code AND p.month = f.month
           WHERE f.kpi_id <> p.kpi_id AND f.value > p.value""",
    ),
    "lineage_complete": (
        "a column without a known origin",
        """SELECT concat_ws('.', nullif(c.schema_name, 'main'), c.table_name, c.column_name)
               AS offence
           FROM duckdb_columns() AS c
           WHERE NOT c.internal AND NOT EXISTS (
               SELECT 1 FROM governance.lineage_edge AS e
               WHERE e.to_column = c.column_name AND e.to_table = concat_ws(
                   '.', 'mart', nullif(c.schema_name, 'main'), c.table_name))""",
    ),
    "lineage_as_defined": (
        "a KPI whose SQL reads other measures than those in its definition",
        """WITH defined AS (
               SELECT kpi_id, org_level, part, 'measures.' || feed || '.' || measure AS measure
               FROM governance.kpi_feed WHERE part <> 'members'
               UNION
               SELECT t.kpi_id, t.org_level, t.part, 'measures.' || d.feed || '.' || d.measure
               FROM governance.kpi_feed AS t
               JOIN governance.measure AS m USING (feed, measure)
               JOIN governance.kpi_feed AS d ON d.kpi_id = t.kpi_id
                   AND d.org_level = t.org_level AND d.part = 'denominator'
               WHERE t.part = 'numerator' AND m.weighted),
           read AS (
               SELECT d.kpi_id, d.org_level, e.to_column AS part,
                      e.from_table || '.' || e.from_column AS measure
               FROM (SELECT DISTINCT kpi_id, org_level FROM defined) AS d
               JOIN governance.lineage_edge AS e ON e.to_table = 'figure' AND e.use = 'value'
                   AND e.kpi_id = d.kpi_id AND coalesce(e.org_level, d.org_level) = d.org_level
               WHERE e.to_column IN ('numerator', 'denominator')
                 AND e.from_table LIKE 'measures.%')
           SELECT concat_ws(' ', kpi_id, org_level, part, measure, 'is read') AS offence
           FROM (FROM read EXCEPT FROM defined)
           UNION ALL
           SELECT concat_ws(' ', kpi_id, org_level, part, measure, 'is not read')
           FROM (FROM defined EXCEPT FROM read)
           SEMI JOIN (SELECT kpi_id, org_level FROM read UNION
                      SELECT kpi_id, org_level FROM kpi_vintage) USING (kpi_id, org_level)""",
    ),
    "non_additive_not_summed": (
        "a non-additive count that was added up over months or organisations",
        """SELECT concat_ws(' ', f.kpi_id, f.org_level, f.org_code, f.month) AS offence
           FROM kpi_monthly AS f JOIN kpi AS k USING (kpi_id)
           WHERE k.denominator IS NULL AND (
               (NOT k.additive_over_time AND coalesce(
                   f.financial_ytd_value, f.rolling_12_month_value) IS NOT NULL)
               OR (NOT k.additive_over_organisations AND f.value IS NOT NULL
                   AND f.org_level NOT IN (SELECT s.org_level FROM governance.figure_source AS s
                                           WHERE s.feed = k.feed)))""",
    ),
}


def gather_mart(path: Path, home: Home | None = None) -> Iterator[Evidence]:
    """Gather evidence on a built mart, rule by rule; an error in one does not stop the others.
    `home`: whose limits of memory apply."""
    rules = [check.rule for check in mart_checks()]
    try:
        db = open_file(path, read_only=True, limits=limits_of(home) if home else None)
    except duckdb.Error as error:
        yield from (broken(rule, error) for rule in rules)
        return
    with db:
        suit_few_rows(db)
        db.execute("SET VARIABLE populations = ?", [_populations()])
        figures: int | None = None  # counted for the first rule that can: they are the same
        for rule in rules:
            try:
                figures = _figures(db) if figures is None else figures
                yield _evidence(db, rule, figures)
            except Exception as error:  # the other checks still run
                yield broken(rule, error)


def _populations() -> list[str]:
    """Return ids of the KPIs whose value is the population of a place."""
    counting = (kpi for kpi in catalogue().values() if kpi.population)
    return [kpi.kpi_id for kpi in counting if kpi.population and kpi.population.part == "value"]


def _figures(db: duckdb.DuckDBPyConnection) -> int:
    """Return the number of the mart's figures, of all periods."""
    [(figures,)] = db.execute("SELECT count(*) FROM kpi_period").fetchall()
    return int(figures)


def _evidence(db: duckdb.DuckDBPyConnection, rule: str, figures: int) -> Evidence:
    offence, sql = OFFENCES[rule]
    rows = db.execute(sql).fetchall()
    found = [str(row[0]) for row in rows]
    return offences(
        rule,
        found,
        expected=f"no case of {offence}",
        observed=", ".join(found[:SHOWN]) or "none",
        total=figures,
        message=f"{len(found):,} found; the mart is not published, and the last good one stays"
        + _what_to_do(db, [row[1:] for row in rows[:SHOWN] if len(row) > 1]),
    )


def _what_to_do(db: duckdb.DuckDBPyConnection, figures: list[tuple[Any, ...]]) -> str:
    """Name the editions behind wrong figures, and how to publish the others without them."""
    behind = dict[str, None]()
    for figure in figures:
        asked = dict(zip(("kpi", "month", "edition"), figure, strict=True))
        behind |= dict.fromkeys(str(one) for (one,) in db.execute(BEHIND, asked).fetchall())
    if not behind:
        return ""
    return (
        f"; made from {', '.join(behind)}: correct the file at fault and import it, or hold its "
        f"edition to publish the others (access-recovery hold {next(iter(behind))} --reason TEXT), "
        "then run access-recovery refresh"
    )


def judge_mart(path: Path, run_id: str, home: Home | None = None) -> list[CheckResult]:
    """Check a built mart; all rules run. `home`: where the validation result is kept, if it is."""
    return judge(home, gather_mart(path, home), MART, "", run_id)


def add_results(path: Path, results: list[CheckResult]) -> None:
    """Add the results of the mart's checks to its table `governance.check_result`."""
    rows = pl.DataFrame([one.model_dump() for one in results], schema=RESULT_SCHEMA).with_columns(
        pl.col("checked_at").dt.replace_time_zone(None)
    )
    with open_file(path) as db:
        db.register("own", rows)
        db.execute("INSERT INTO governance.check_result BY NAME SELECT * FROM own")
        db.unregister("own")
        db.execute("CHECKPOINT")
