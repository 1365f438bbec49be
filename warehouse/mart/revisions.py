"""Revisions: what each edition changed in earlier figures, and the typical size of a change. Makes
`kpi_revision`, `kpi_revision_typical`, the revision columns of `kpi`, and their view and macros."""

from __future__ import annotations

from warehouse.mart.batches import BATCH, batches, create_in_batches
from warehouse.mart.figure_tables import columns_of
from warehouse.mart.hierarchy import Connection
from warehouse.mart.kept import Kept
from warehouse.mart.organisation_periods import in_period
from warehouse.reference.levels import DATED, sql_list

# One number per month of a series, so that one window serves all columns about its vintages.
MONTH_OF_SERIES = "series * 100000 + ordinal"
EDITION = (
    "({vintage} // 100000)::VARCHAR || '-' || lpad(({vintage} // 1000 % 100)::VARCHAR, 2, '0')"
)
RECENT_EDITIONS = 12
AFTER = (1, 3, 12)
HIGH_LEVELS = f"({sql_list(DATED)})"
# The size of a change: of shares in percentage points, of all else relative.
SIZE = (
    "CASE WHEN {unit} = 'share' THEN abs({new} - {old}) ELSE abs({new} / nullif({old}, 0) - 1) END"
)
FROM_RELEASE, FROM_HELD = "first release", "first held"


def link_vintages(db: Connection) -> None:
    """Create `stage.numbered`: the rows of `stage.unlinked`, which is dropped, with the other
    vintages of the same figure.

    `known_until`: when a newer vintage became known (a newer one may have been known before it);
    `first_vintage`, `first_value`: the earliest available; `prior_vintage`, `next_vintage`: the
    adjacent ones; `known_vintage`, `known_value`: the last one before it that was not NULL;
    `newest_value`: the latest.
    """
    window = f"(PARTITION BY {MONTH_OF_SERIES} ORDER BY vintage)"
    newer = f"""(PARTITION BY {MONTH_OF_SERIES} ORDER BY vintage
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"""
    known = "CASE WHEN value IS NOT NULL THEN vintage END"
    every = f"""(PARTITION BY {MONTH_OF_SERIES} ORDER BY vintage
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"""
    create_in_batches(
        db,
        "stage.numbered",
        f"""SELECT *, min(known_from) OVER {newer} AS known_until,
               first_value(vintage) OVER {window} AS first_vintage,
               first_value(value) OVER {window} AS first_value,
               lag(vintage) OVER {window} AS prior_vintage,
               lead(vintage) OVER {window} AS next_vintage,
               lag({known} IGNORE NULLS) OVER {window} AS known_vintage,
               lag(value IGNORE NULLS) OVER {window} AS known_value,
               last_value(value) OVER {every} AS newest_value
        FROM stage.unlinked WHERE series {BATCH}""",
        batches(db, "stage.unlinked"),
    )
    db.execute("DROP TABLE stage.unlinked")


def create_revisions(db: Connection, synthetic: bool, kept: Kept) -> None:
    """Create `kpi_revision` and `kpi_revision_typical` in the attached mart, and add the typical
    revision of each KPI to `kpi`. Needs `link_vintages` and `mart.kpi`."""
    _load_issues(db)
    kept.add(db, "issue")
    _number_editions(db)
    _create_revision(db, synthetic)
    kept.add_revisions(db)
    _load_restatements(db)
    kept.add(db, "restatement")
    _create_typical(db)
    _add_revision_to_kpis(db)


def _load_issues(db: Connection) -> None:
    """Create `stage.issue`: the editions (`202511`) with a figure of a KPI, level and month."""
    db.execute(
        """CREATE TABLE stage.issue AS
        SELECT DISTINCT s.kpi_id, s.org_level, n.month, n.vintage // 1000 AS issue
        FROM stage.numbered AS n JOIN stage.series AS s USING (series)"""
    )


def number_editions(issues: str) -> str:
    """SQL: the editions of each KPI and level, oldest first, and their number."""
    return f"""SELECT kpi_id, org_level, issue,
            row_number() OVER (PARTITION BY kpi_id, org_level ORDER BY issue) AS number,
            count(*) OVER (PARTITION BY kpi_id, org_level) AS editions
        FROM (SELECT DISTINCT kpi_id, org_level, issue FROM {issues})"""


def _number_editions(db: Connection) -> None:
    db.execute(f"CREATE TABLE stage.edition_number AS {number_editions('stage.issue')}")


def _numbered() -> str:
    """SQL: vintages of figures with the numbers of their own and their first available edition."""
    return """FROM stage.numbered AS n JOIN stage.series AS s USING (series)
        JOIN stage.edition_number AS e ON e.kpi_id = s.kpi_id AND e.org_level = s.org_level
            AND e.issue = n.vintage // 1000
        JOIN stage.edition_number AS f ON f.kpi_id = s.kpi_id AND f.org_level = s.org_level
            AND f.issue = n.first_vintage // 1000"""


def _create_revision(db: Connection, synthetic: bool) -> None:
    """Create `kpi_revision`. A value is compared with the last known one, even if editions in
    between lack it; one that appears or vanishes has no size. Rows lie edition by edition, as they
    are asked for; so do their columns of the edition compress."""
    db.execute(f"CREATE TABLE mart.kpi_revision ({columns_of('kpi_revision')})")
    db.execute(
        f"""INSERT INTO mart.kpi_revision BY NAME
        WITH changed AS MATERIALIZED (
            SELECT n.*, s.kpi_id, s.kpi_key, s.org_level, s.org_code,
                   e.number - f.number AS editions_after,
                   e.editions - e.number AS editions_ago,
                   CASE WHEN n.value IS NULL THEN 'vanished'
                        WHEN n.known_value <> n.value THEN 'revised'
                        ELSE 'appeared' END AS kind
            {_numbered()}
            WHERE n.prior_vintage IS NOT NULL
              AND CASE WHEN n.value IS NULL THEN n.known_vintage = n.prior_vintage
                       ELSE n.known_value <> n.value
                            OR n.known_vintage IS DISTINCT FROM n.prior_vintage END),
        compared AS (
            SELECT *, CASE WHEN kind = 'revised' THEN known_vintage ELSE prior_vintage END AS old,
                   CASE WHEN kind <> 'appeared' THEN known_value END AS old_value
            FROM changed)
        SELECT c.kpi_id, c.org_level, c.org_code, n.org_name, c.month,
               {EDITION.format(vintage="c.old")} AS from_edition,
               (c.old % 1000)::INTEGER AS from_revision, c.edition, c.revision, c.known_from,
               c.kind, c.old_value, c.value AS new_value, c.editions_after, c.editions_ago,
               o.organisation_since, c.kpi_key, $synthetic AS synthetic
        FROM compared AS c
        LEFT JOIN stage.organisation_name AS n
            ON n.org_level = c.org_level AND n.org_code = c.org_code
        {in_period("c")}
        ORDER BY c.kpi_id, c.org_level, c.vintage, c.ordinal, c.series""",
        {"synthetic": synthetic},
    )


def _load_restatements(db: Connection) -> None:
    """Create `stage.restatement`: the first available figure of a month compared with that of each
    later edition, including equal ones."""
    db.execute(
        f"""CREATE TABLE stage.restatement AS
        SELECT s.kpi_id, s.org_level, s.unit, n.month, n.vintage // 1000 AS issue,
               n.first_vintage // 1000 AS first_issue,
               {SIZE.format(unit="s.unit", new="n.value", old="n.first_value")} AS size,
               n.first_vintage // 1000 = year(n.month) * 100 + month(n.month) AS from_release
        FROM stage.numbered AS n JOIN stage.series AS s USING (series)
        WHERE n.vintage // 1000 > n.first_vintage // 1000
          AND coalesce(n.next_vintage // 1000 > n.vintage // 1000, TRUE)
          AND n.value IS NOT NULL AND n.first_value IS NOT NULL"""
    )


def _create_typical(db: Connection) -> None:
    """Create `stage.observed_revision`: the first available figure of a month compared with the
    figure 1, 3 and 12 editions later; and `kpi_revision_typical`."""
    after = ", ".join(map(str, AFTER))
    db.execute(
        f"""CREATE TABLE stage.observed_revision AS
        SELECT r.kpi_id, r.org_level, r.unit, e.number - f.number AS editions_after, r.size,
               r.from_release
        FROM stage.restatement AS r
        JOIN stage.edition_number AS e
            ON e.kpi_id = r.kpi_id AND e.org_level = r.org_level AND e.issue = r.issue
        JOIN stage.edition_number AS f
            ON f.kpi_id = r.kpi_id AND f.org_level = r.org_level AND f.issue = r.first_issue
        WHERE e.number - f.number IN ({after})"""
    )
    db.execute(
        f"""CREATE TABLE mart.kpi_revision_typical AS
        SELECT kpi_id, org_level, editions_after, b.basis, count(size) AS observations,
               median(size) AS median_change, quantile_cont(size, 0.9) AS p90_change,
               CASE WHEN unit = 'share' THEN 'share: 0.01 is one percentage point'
                    ELSE 'relative: 0.01 is one percent' END AS unit_of_change
        FROM stage.observed_revision AS o
        JOIN (VALUES ('{FROM_RELEASE}', TRUE), ('{FROM_HELD}', FALSE)) AS b (basis, only_release)
            ON o.from_release OR NOT b.only_release
        GROUP BY ALL HAVING count(size) > 0
        ORDER BY kpi_id, org_level, editions_after, basis"""
    )


def _add_revision_to_kpis(db: Connection) -> None:
    """Add typical revisions to `kpi`: of sub-ICBs and above, otherwise of the lowest level; from
    months whose first release is available, otherwise from the first available figure."""
    medians = ", ".join(
        f"""coalesce(median(o.size) FILTER (o.editions_after = {n} AND o.from_release),
            median(o.size) FILTER (o.editions_after = {n})) AS typical_revision_after_{n}"""
        for n in AFTER
    )
    db.execute(
        f"""CREATE OR REPLACE TABLE mart.kpi AS
        WITH high AS (SELECT DISTINCT kpi_id FROM stage.kpi_fact WHERE org_level IN {HIGH_LEVELS}),
        typical AS (
            SELECT o.kpi_id, {medians}
            FROM stage.observed_revision AS o LEFT JOIN high AS h USING (kpi_id)
            WHERE h.kpi_id IS NULL OR o.org_level IN {HIGH_LEVELS}
            GROUP BY o.kpi_id)
        SELECT k.*, t.* EXCLUDE (kpi_id) FROM mart.kpi AS k LEFT JOIN typical AS t USING (kpi_id)
        ORDER BY k.rowid"""
    )


_SIZE = SIZE.format(unit="k.unit", new="r.new_value", old="r.old_value")
_RECENT = f"r.kind = 'revised' AND r.editions_ago < {RECENT_EDITIONS}"
# One key: for `rank <= 10` DuckDB then keeps ten rows of each group, and sorts none.
_RANKED = f"""SELECT row_number() OVER (
                       PARTITION BY r.kpi_id, r.org_level
                       ORDER BY row(coalesce({_SIZE}, -1), abs(r.change), r.month, r.org_code,
                                    r.edition, r.revision) DESC) AS rank,
                   r.kpi_id, k.title, k.unit, r.org_level, r.org_code, r.org_name, r.month,
                   r.from_edition, r.from_revision, r.edition, r.revision, r.known_from,
                   r.old_value, r.new_value, r.change, r.ratio, {_SIZE} AS size, r.editions_after,
                   r.synthetic
            FROM kpi_revision AS r JOIN kpi AS k ON k.kpi_id = r.kpi_id"""


def revision_views() -> dict[str, str]:
    """Return views over revisions, name -> SQL, for a mart opened on its own."""
    return {
        "largest_revisions": f"""CREATE VIEW largest_revisions AS
            {_RANKED}
            WHERE {_RECENT}
            ORDER BY r.kpi_id, r.org_level, rank"""
    }


def revision_macros() -> dict[str, str]:
    """Return table macros over vintages and revisions, signature -> SQL, for a mart opened on its
    own."""
    return {
        "kpi_as_known_on(known_on)": """SELECT v.* FROM kpi_vintage AS v
            WHERE v.known_from <= known_on
              AND (v.known_until IS NULL OR v.known_until > known_on)""",
        "kpi_as_first_reported()": """SELECT v.* FROM kpi_vintage AS v
            WHERE v.edition = strftime(v.month, '%Y-%m')
            QUALIFY row_number() OVER (
                PARTITION BY v.kpi_id, v.org_level, v.org_code, v.month ORDER BY v.revision) = 1""",
        # The size of the last one wanted is found among numbers alone; few rows are then ranked.
        "largest_revisions_to(most)": f"""{_RANKED}
            JOIN (SELECT r.kpi_id, r.org_level,
                         list_min(max(coalesce({_SIZE}, -1), most)) AS least
                  FROM kpi_revision AS r JOIN kpi AS k ON k.kpi_id = r.kpi_id
                  WHERE {_RECENT} GROUP BY ALL) AS l
                ON l.kpi_id = r.kpi_id AND l.org_level = r.org_level
            WHERE {_RECENT} AND coalesce({_SIZE}, -1) >= l.least
            QUALIFY rank <= most
            ORDER BY r.kpi_id, r.org_level, rank""",
    }
