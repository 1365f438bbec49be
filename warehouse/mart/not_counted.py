"""What the explanation of a figure lists as not counted: editions left out, rows lost to
quarantine, months held, and members without a figure of their own. Not here: what is counted
(`counted_cells`)."""

from __future__ import annotations

from warehouse.reference.levels import sql_list
from warehouse.transform.conform import ROW_RULES

# Edition and revision as one number that sorts, as in governance.figure_member.
VINTAGE = "(replace({0}.edition, '-', '')::BIGINT * 1000 + {0}.revision)"

# `lost`: organisations of which an edition lost rows to quarantine, so that an earlier one is used.
# `lacking`: members without a figure of a month that is taken from a cumulative one: their
# cumulative figures of both months, and whether any edition has the month before (not asked for in
# the first month).
LOST = f"""
    lost AS (
        SELECT DISTINCT c.feed, l.edition, l.revision, c.cell_level, c.cell_code
        FROM cell AS c
        JOIN governance.figure_lost AS l ON l.feed = c.feed AND l.org_code = c.cell_code
            AND l.month = c.month
        WHERE coalesce({VINTAGE.format("l")} > {VINTAGE.format("c")}, TRUE))"""
LACKING = f"""
    since AS (
        SELECT w.part, w.cell_code, v.month, v.numerator
        FROM without AS w
        JOIN governance.kpi_feed AS k ON k.feed = w.feed AND k.measure = w.cumulative_measure
            AND k.org_level = w.cell_level AND k.part = 'numerator'
        JOIN kpi_vintage AS v ON v.kpi_id = k.kpi_id AND v.org_level = w.cell_level
            AND v.org_code = w.cell_code AND {VINTAGE.format("v")} <= w.vintage
            AND v.month BETWEEN w.month - INTERVAL 1 MONTH AND w.month
        QUALIFY row_number() OVER (PARTITION BY w.part, w.cell_code, k.kpi_id, v.month
                                   ORDER BY {VINTAGE.format("v")} DESC) = 1),
    lacking AS (
        SELECT w.*, n.numerator AS now, b.numerator AS earlier, r.cell_month AS before,
               r.cell_month IS NULL OR EXISTS (
                   FROM governance.figure_source AS s
                   WHERE s.feed = w.feed AND s.month = r.cell_month
                     AND {VINTAGE.format("s")} <= w.vintage) AS has_edition
        FROM without AS w
        LEFT JOIN reached AS r
            ON r.part = w.part AND r.cell_code = w.cell_code AND r.subtracted
        LEFT JOIN since AS n
            ON n.part = w.part AND n.cell_code = w.cell_code AND n.month = w.month
        LEFT JOIN since AS b
            ON b.part = w.part AND b.cell_code = w.cell_code AND b.month = r.cell_month)"""

LEFT_OUT = f"""SELECT 10 AS place, 'left_out' AS section, e.status AS item, e.feed, e.edition,
        CASE WHEN e.override IS NOT NULL AND e.override_lapsed IS NULL
             THEN e.override_reason || ' (' || e.override_by || ')' ELSE e.reasons END
            || coalesce('. Stays published: ' || e.stays_published, '') AS text
    FROM governance.edition AS e
    SEMI JOIN part AS p ON p.feed = e.feed
        AND strftime(p.month, '%Y-%m') BETWEEN e.first_month AND e.last_month
    WHERE e.status IN ('held', 'pending', 'withdrawn')
    UNION ALL BY NAME
    SELECT 10 AS place, 'left_out' AS section, 'quarantined' AS item, feed,
        edition, revision, cell_level AS org_level, cell_code AS org_code,
        'lost rows to quarantine: the figure of an earlier edition is used' AS text
    FROM lost
    UNION ALL BY NAME
    SELECT 10 AS place, 'left_out' AS section, 'quarantined rows' AS item, q.feed, q.edition,
        sum(q.failed_rows)::BIGINT AS rows,
        format('{{:,}}, ', sum(q.failed_rows)::BIGINT) || CASE
            WHEN bool_or(d.status = 'held') THEN 'in files that are held'
            WHEN NOT bool_and(e.named) THEN 'of organisations that a local return does not name'
            WHEN bool_or(l.feed IS NOT NULL) THEN 'among them those of organisations named here'
            ELSE 'none with a count of the organisations and month of this figure' END AS text
    FROM judged AS q
    -- What a figure uses of an edition lost no row with a count: else it would use an earlier one.
    JOIN (SELECT feed, edition, bool_and(named) AS named FROM cell GROUP BY ALL) AS e
        ON e.feed = q.feed AND e.edition = q.edition
    JOIN governance.edition AS d ON d.feed = q.feed AND d.edition = q.edition
    LEFT JOIN (SELECT DISTINCT feed, edition FROM lost) AS l
        ON l.feed = q.feed AND l.edition = q.edition
    WHERE q.rule IN ({sql_list(tuple(ROW_RULES))})
    GROUP BY q.feed, q.edition HAVING sum(q.failed_rows) > 0
    UNION ALL BY NAME
    SELECT DISTINCT 10 AS place, 'left_out' AS section, 'held month' AS item, h.feed,
        h.edition, h.org_level, h.org_code,
        h.reason || '; to accept it: access-recovery accept ' || h.feed || ' ' || h.edition
            || ' --org ' || h.org_code || ' --reason TEXT' AS text
    FROM governance.held_month AS h
    JOIN way AS c
        ON c.feed = h.feed AND c.month = h.month AND c.cell_level = h.org_level
        AND c.cell_code = h.org_code
    WHERE h.status = 'held'"""
# What `lacking` has.
ALSO_LEFT_OUT = """SELECT DISTINCT 10 AS place, 'left_out' AS section, 'missing edition' AS item,
        feed, strftime(before, '%Y-%m') AS edition,
        'no accepted edition has the month before, which a month of this figure is taken from'
            AS text
    FROM lacking WHERE NOT has_edition
    UNION ALL BY NAME
    SELECT DISTINCT 10 AS place, 'left_out' AS section, 'no figure' AS item, feed,
        cell_level AS org_level, cell_code AS org_code, 'no value, or a suppressed one, of '
            || concat_ws(' and of ', CASE WHEN now IS NULL THEN strftime(month, '%Y-%m') END,
                         CASE WHEN earlier IS NULL THEN strftime(before, '%Y-%m') END) AS text
    FROM lacking WHERE has_edition"""
