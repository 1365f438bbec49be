"""The table macro `explain`: one figure traced back to the files and rows that it uses. What it was
added up from is in `counted_cells`, the rows themselves in `warehouse.explain`."""

from __future__ import annotations

from warehouse.base.sql import as_constant, as_text
from warehouse.kpi.catalogue import catalogue, measure_of
from warehouse.mart.counted_cells import counted_cells
from warehouse.mart.not_counted import ALSO_LEFT_OUT, LACKING, LEFT_OUT, LOST, VINTAGE
from warehouse.reference.levels import sql_list

NEWEST = "newest"  # as a month: the newest one with a value
IS_NEWEST = f"of_month::VARCHAR = '{NEWEST}'"
# The requested month, given as text or as a day within it; or the last one of a financial year
# (2023/24).
_MONTH = r"""CASE WHEN regexp_full_match(of_month::VARCHAR, '20\d\d/\d\d')
    THEN make_date(left(of_month::VARCHAR, 4)::INTEGER + 1, 3, 1)
    ELSE date_trunc('month', of_month::DATE)::DATE END"""
# Members of that month. The newest one is found by the statement itself: DuckDB then would read
# members of all months, unless they are looked up first.
_MEMBERS = "(FROM governance.figure_member WHERE month = on_month)"
_NEWEST_MEMBERS = """newest AS MATERIALIZED (
        SELECT max(month) AS month FROM kpi_vintage
        WHERE value IS NOT NULL AND kpi_id = of_kpi AND org_code = of_organisation),
    named AS MATERIALIZED (
        FROM governance.figure_member WHERE month = (SELECT month FROM newest))"""
# The last vintage used: any revision of an edition (2025-10), or up to one (2025-10.2).
_BOUND = """(replace(split_part(as_of, '.', 1), '-', '')::BIGINT * 1000
    + coalesce(nullif(split_part(as_of, '.', 2), '')::BIGINT, 999))"""

# The requested figure, as known with an edition, or now.
_ASKED = f"""
    held AS (
        SELECT v.*, {VINTAGE.format("v")} AS vintage,
               CASE WHEN v.revision > 1 THEN v.edition || ' revision ' || v.revision
                    ELSE v.edition END AS issue
        FROM kpi_vintage AS v
        WHERE v.kpi_id = of_kpi AND v.org_code = of_organisation AND v.month = on_month),
    asked AS (
        SELECT kpi_id, org_level, org_code, month, vintage, value, numerator, denominator
        FROM held WHERE as_of IS NULL OR vintage <= {_BOUND}
        QUALIFY row_number() OVER (PARTITION BY org_level ORDER BY vintage DESC) = 1)"""

# A cell's value of a measure, if a KPI of that level shows it: the same KPI, otherwise another.
_SHOWN = f"""
    shown AS (
        SELECT c.part, c.cell_level, k.kpi_id, k.part AS shown_part
        FROM (SELECT DISTINCT part, feed, coalesce(cumulative_measure, measure) AS measure,
                     cell_level FROM cell) AS c
        JOIN governance.kpi_feed AS k
            ON k.feed = c.feed AND k.measure = c.measure AND k.org_level = c.cell_level
        JOIN kpi AS i ON i.kpi_id = k.kpi_id
        WHERE k.part <> 'members'
        QUALIFY row_number() OVER (
            PARTITION BY c.part ORDER BY k.kpi_id <> of_kpi, k.part <> c.part, k.kpi_id) = 1),
    counted AS (
        SELECT c.part, c.cell_code, c.subtracted, CASE WHEN c.subtracted THEN -1 ELSE 1 END
               * CASE WHEN s.shown_part = 'numerator' THEN v.numerator ELSE v.denominator END
                   AS value
        FROM cell AS c
        JOIN shown AS s ON s.part = c.part AND s.cell_level = c.cell_level
        JOIN kpi_vintage AS v
            ON v.kpi_id = s.kpi_id AND v.org_level = c.cell_level AND v.org_code = c.cell_code
            AND v.month = c.cell_month AND {VINTAGE.format("v")} <= c.vintage
        QUALIFY row_number() OVER (
            PARTITION BY c.part, c.cell_code, c.subtracted
            ORDER BY {VINTAGE.format("v")} DESC) = 1)"""

_EDITIONS = """
    edition AS (SELECT DISTINCT feed, edition FROM cell WHERE edition IS NOT NULL),
    judged AS (
        SELECT c.* FROM governance.check_result AS c
        SEMI JOIN edition AS e ON e.feed = c.feed AND e.edition = c.edition
        QUALIFY c.run_id = first_value(c.run_id) OVER (
            PARTITION BY c.feed, c.edition ORDER BY c.checked_at DESC, c.run_id))"""

_ABSENT = "not named in the available files: counted as zero"
_SUBTRACTED = "up to the month before: subtracted"

# One section after another, all with the same columns.
_SECTIONS = [
    """SELECT 1 AS place, 'figure' AS section, k.title AS item, a.org_level, a.org_code,
            strftime(a.month, '%Y-%m') AS month, m.period_label,
            a.value, a.numerator, a.denominator, h.edition, h.revision, k.unit,
            CASE WHEN h.vintage = n.vintage THEN m.status
                 ELSE 'superseded by edition ' || n.issue
                      || CASE WHEN h.disputed THEN ', disputed' ELSE '' END END AS verdict,
            CASE WHEN h.vintage = n.vintage THEN m.status_reason END AS status_reason,
            o.org_name AS organisation, m.synthetic,
            CASE WHEN m.members_expected IS NULL THEN NULL
                 -- All have a row, and none of them a figure: how many does not say why.
                 WHEN a.value IS NULL AND m.members_present = m.members_expected THEN NULL
                 ELSE m.members_present || ' of ' || m.members_expected || ' members present' END
                AS text
        FROM asked AS a
        JOIN held AS h ON h.org_level = a.org_level AND h.vintage = a.vintage
        JOIN (SELECT org_level, max(vintage) AS vintage, arg_max(issue, vintage) AS issue
              FROM held GROUP BY ALL) AS n ON n.org_level = a.org_level
        JOIN kpi AS k ON k.kpi_id = a.kpi_id
        LEFT JOIN kpi_period AS m ON m.kpi_id = a.kpi_id AND m.org_level = a.org_level
            AND m.org_code = a.org_code AND m.month = a.month
        LEFT JOIN (SELECT DISTINCT org_level, org_code, org_name FROM organisation
                   WHERE org_code = of_organisation) AS o
            ON o.org_level = a.org_level AND o.org_code = a.org_code""",
    """SELECT 2 AS place, 'formula' AS section, k.formula AS item, k.unit, k.description AS text
        FROM kpi AS k SEMI JOIN asked AS a ON a.kpi_id = k.kpi_id""",
    """SELECT 3 AS place, 'part' AS section, m.title AS item, p.part, p.feed, m.unit,
            CASE WHEN p.part = 'numerator' THEN p.numerator ELSE p.denominator END AS value,
            p.measure, m.definition AS text
        FROM part AS p JOIN governance.measure AS m ON m.feed = p.feed AND m.measure = p.measure
        UNION ALL BY NAME
        SELECT 3 AS place, 'part' AS section, k.denominator AS item, 'denominator' AS part,
               'days' AS unit, a.denominator AS value,
               'Mondays to Fridays, excluding bank holidays in England; calculated, not from a file'
                   AS text
        FROM asked AS a JOIN kpi AS k ON k.kpi_id = a.kpi_id
        WHERE k.denominator IS NOT NULL AND 'denominator' NOT IN (SELECT part FROM part)""",
    f"""SELECT 4 AS place, 'organisation' AS section, o.org_name AS item, c.part, c.feed, c.measure,
            c.cell_level AS org_level, c.cell_code AS org_code, c.through, c.edition, c.revision,
            c.sha256, c.rows, CASE WHEN c.subtracted THEN 0 ELSE 1 END AS organisations,
            CASE WHEN c.edition IS NULL THEN 0 ELSE n.value END AS value,
            nullif(c.subtracted, FALSE) AS subtracted,
            CASE WHEN c.edition IS NULL THEN '{_ABSENT}'
                 WHEN c.subtracted THEN '{_SUBTRACTED}' END AS text
        FROM cell AS c
        LEFT JOIN counted AS n ON n.part = c.part AND n.cell_code = c.cell_code
            AND n.subtracted = c.subtracted
        LEFT JOIN (SELECT n.org_level, n.org_code, any_value(n.org_name) AS org_name
                   FROM organisation AS n
                   SEMI JOIN cell AS c ON c.cell_level = n.org_level AND c.cell_code = n.org_code
                   GROUP BY ALL) AS o
            ON o.org_level = c.cell_level AND o.org_code = c.cell_code
        WHERE c.named
        UNION ALL BY NAME
        SELECT 4 AS place, 'organisation' AS section, c.part, c.feed, c.measure,
            c.cell_level AS org_level, c.edition, c.revision, c.sha256,
            sum(c.rows)::BIGINT AS rows,
            count(*) FILTER (NOT c.subtracted) AS organisations,
            CASE WHEN c.edition IS NULL THEN '{_ABSENT}'
                 ELSE 'a local return: organisations are not named' END AS text
        FROM cell AS c WHERE NOT c.named GROUP BY ALL""",
    """SELECT 5 AS place, 'source' AS section, f.file_name AS item, c.part, c.feed, c.edition,
            c.revision, c.sha256, f.container_sha256, coalesce(f.page, e.landing_page) AS page,
            f.url, f.published_on, f.retrieved_at, f.licence, sum(c.rows)::BIGINT AS rows,
            format('{:,} rows in the file', any_value(f.rows)) AS text,
            count(*) AS organisations
        FROM cell AS c
        JOIN governance.source_file AS f
            ON f.sha256 = c.sha256 AND f.feed = c.feed AND f.edition = c.edition
        JOIN governance.feed AS e ON e.feed = c.feed
        GROUP BY ALL""",
    """SELECT 6 AS place, 'check' AS section, rule AS item, feed, edition, verdict, severity,
            column_name, total_rows AS rows,
            concat_ws(': ', title, CASE WHEN verdict <> 'pass' THEN nullif(message, '') END) AS text
        FROM judged""",
    """SELECT DISTINCT 7 AS place, 'correction' AS section, c.correction_id AS item, c.feed,
            c.edition, c.sha256, CASE WHEN c.in_force THEN 'in force' ELSE 'expired' END AS verdict,
            c.what || ' ' || c.why AS text
        FROM governance.correction AS c SEMI JOIN cell AS s ON s.sha256 = c.sha256""",
    """SELECT 8 AS place, 'override' AS section, o.decision AS item, o.feed, o.edition,
            o.decided_at AS retrieved_at, o.reason || ' (' || o.decided_by || ')' AS text
        FROM governance.override AS o
        SEMI JOIN edition AS e ON e.feed = o.feed AND e.edition = o.edition""",
    """SELECT 9 AS place, 'caveat' AS section, c.kind AS item, c.caveat AS text,
            c.reference AS page
        FROM caveats_of(
            of_kpi, (SELECT any_value(org_level) FROM asked), of_organisation, on_month) AS c
        WHERE c.covers""",
    LEFT_OUT,
    """SELECT 11 AS place, 'vintage' AS section, h.edition, h.revision, h.value, h.numerator,
            h.denominator, h.published_on, h.known_from,
            CASE WHEN h.disputed THEN 'disputed' END AS verdict,
            CASE WHEN h.edition = strftime(on_month, '%Y-%m')
                     AND h.revision = min(h.revision) OVER (PARTITION BY h.edition)
                 THEN 'as first reported' END AS text
        FROM held AS h SEMI JOIN asked AS a ON a.org_level = h.org_level""",
]
# fmt: off
COLUMNS = (
    "section", "item", "part", "value", "text", "organisation", "org_level", "org_code", "through",
    "month", "unit", "numerator", "denominator", "verdict", "status_reason", "severity",
    "column_name", "feed", "measure", "edition", "revision", "organisations", "rows", "sha256",
    "container_sha256", "page", "url", "licence", "published_on", "retrieved_at", "known_from",
    "synthetic", "period_label", "subtracted",
)
# fmt: on


def explain_macros() -> dict[str, str]:
    """Return the macro `explain`, signature -> SQL, for a mart opened on its own. `caveats_of` must
    exist."""
    cumulative = [
        kpi.kpi_id
        for kpi in catalogue().values()
        if any(measure_of(one).cumulative_from for part in kpi.sources for one in part.measures)
    ]
    among = sql_list(tuple(cumulative))
    sql = f"""SELECT * FROM query(CASE
        WHEN of_kpi IN ({among}) AND {IS_NEWEST} THEN {_explained(True, True)}
        WHEN of_kpi IN ({among}) THEN {_explained(True, False)}
        WHEN {IS_NEWEST} THEN {_explained(False, True)}
        ELSE {_explained(False, False)} END)"""
    return {"explain(of_kpi, of_organisation, of_month, as_of := NULL)": sql}


def _explained(is_cumulative: bool, is_newest: bool) -> str:
    """SQL of a text: the statement that explains a figure, with no step that it does not need.
    Planning it takes longer than running it."""
    steps = [
        *([_NEWEST_MEMBERS] if is_newest else []),
        *(_ASKED, counted_cells("named" if is_newest else _MEMBERS, is_cumulative), _SHOWN, LOST),
        *([LACKING] if is_cumulative else []),
        _EDITIONS,
    ]
    parts = [*_SECTIONS, *([ALSO_LEFT_OUT] if is_cumulative else [])]
    sections = "\n        UNION ALL BY NAME\n        ".join(parts)
    sql = f"""
            WITH RECURSIVE {", ".join(steps)},
            explained AS ({sections})
            SELECT {", ".join(COLUMNS)} FROM explained
            ORDER BY place, part DESC, feed, edition, revision, org_level, org_code, item,
                column_name"""
    given = {name: as_constant(name) for name in ("of_kpi", "of_organisation", "as_of")}
    month = (
        "'(SELECT month FROM newest)'" if is_newest else f"{as_constant(f'({_MONTH})')} || '::DATE'"
    )
    return as_text(sql, given | {"on_month": month})
