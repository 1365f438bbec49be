"""From figures to the cells that they are added up from: the organisations and months that a feed
counted, and the files that have them. Not here: what `explain` says of them (`explain_macros`)."""

from __future__ import annotations

from warehouse.mart.not_counted import VINTAGE

# `asked` has one row per figure: kpi_id, org_level, org_code, month, vintage. `{members}`:
# `governance.figure_member`, or its part of all months asked for: each step of the recursion reads
# it whole. A cell's `through` is the member of the figure's organisation in which it was added up.
_WAY = """
    part AS (
        SELECT a.*, k.part, k.feed, k.measure, k.summed_as, m.org_level AS counted_level,
               m.organisations_named AS named, m.cumulative_from, m.cumulative_measure
        FROM asked AS a
        JOIN governance.kpi_feed AS k ON k.kpi_id = a.kpi_id AND k.org_level = a.org_level
        JOIN governance.measure AS m ON m.feed = k.feed AND m.measure = k.measure
        WHERE k.part <> 'members'),
    way AS (
        SELECT p.*, p.org_level AS cell_level, p.org_code AS cell_code, NULL::VARCHAR AS through
        FROM part AS p
        UNION ALL
        SELECT w.* EXCLUDE (cell_level, cell_code, through), m.member_level, m.member_code,
               coalesce(w.through, m.member_code)
        FROM way AS w
        JOIN {members} AS m
            ON m.summed_as = w.summed_as AND m.org_level = w.cell_level
            AND m.org_code = w.cell_code AND m.month = w.month
            AND m.from_vintage <= w.vintage AND coalesce(m.until_vintage > w.vintage, TRUE)
        WHERE w.cell_level <> w.counted_level),"""
_REACHED = """
    reached AS (
        SELECT *, month AS cell_month, FALSE AS subtracted FROM way
        WHERE cell_level = counted_level"""
# A measure that is taken from a cumulative one has two cells, that of the month before
# `subtracted`, where both are known.
_REACHED_TOO = """
        UNION ALL
        SELECT *, (month - INTERVAL 1 MONTH)::DATE, TRUE FROM way
        WHERE cell_level = counted_level AND cumulative_from <> month(month)"""
_FOUND = f"""),
    found AS (
        SELECT r.*, s.edition, s.revision, s.sha256, s.rows
        FROM reached AS r
        JOIN governance.figure_source AS s
            ON s.feed = r.feed AND s.org_level = r.cell_level AND s.org_code = r.cell_code
            AND s.month = r.cell_month AND {VINTAGE.format("s")} <= r.vintage
        QUALIFY row_number() OVER (
            PARTITION BY r.kpi_id, r.org_level, r.org_code, r.month, r.vintage, r.part,
                r.cell_code, r.subtracted
            ORDER BY {VINTAGE.format("s")} DESC) = 1),"""
# Members whose own figure of such a measure is empty, and so no part of the sum (suppressed in one
# of the months).
_WITHOUT = f"""
    without AS (
        SELECT DISTINCT r.part, r.feed, r.cumulative_measure, r.cell_level, r.cell_code,
               r.kpi_id, r.org_level, r.org_code, r.month, r.vintage
        FROM reached AS r
        JOIN governance.kpi_feed AS k ON k.feed = r.feed AND k.measure = r.measure
            AND k.org_level = r.cell_level AND k.part = 'numerator'
        JOIN kpi_vintage AS v ON v.kpi_id = k.kpi_id AND v.org_level = r.cell_level
            AND v.org_code = r.cell_code AND v.month = r.month
            AND {VINTAGE.format("v")} <= r.vintage
        WHERE r.cumulative_from IS NOT NULL AND NOT r.subtracted
        QUALIFY v.numerator IS NULL AND row_number() OVER (
            PARTITION BY r.kpi_id, r.org_level, r.org_code, r.month, r.vintage, r.part, r.cell_code
            ORDER BY {VINTAGE.format("v")} DESC, v.numerator NULLS LAST) = 1),"""
_CELL = """
    cell AS (
        SELECT f.* FROM found AS f"""
_CELL_TOO = """
        ANTI JOIN without AS w
            ON w.kpi_id = f.kpi_id AND w.org_level = f.org_level AND w.org_code = f.org_code
            AND w.month = f.month AND w.vintage = f.vintage AND w.part = f.part
            AND w.cell_code = f.cell_code
        QUALIFY cumulative_from IS NULL OR cumulative_from = month(month) OR count(*) OVER (
            PARTITION BY kpi_id, org_level, org_code, month, vintage, part, cell_code) = 2"""
# A cell without an edition was counted as zero: the feed named other members of its place only.
_ABSENT = """
        UNION ALL BY NAME
        SELECT r.*, 0::BIGINT AS rows FROM reached AS r
        ANTI JOIN found AS f
            ON f.kpi_id = r.kpi_id AND f.org_level = r.org_level AND f.org_code = r.org_code
            AND f.month = r.month AND f.vintage = r.vintage AND f.part = r.part
            AND f.cell_code = r.cell_code
        WHERE r.cumulative_from IS NULL)"""


def counted_cells(members: str, is_cumulative: bool = True) -> str:
    """SQL of the steps (WITH) from `asked` to `cell`: a row per figure, part and organisation that
    was counted, with the file that has it. `members`: SQL of the table of members.

    `is_cumulative`: whether any figure may be of a measure that is taken from a cumulative one.
    Without, there are fewer steps: planning the statement takes most of its time.
    """
    reached, without, cell = (_REACHED_TOO, _WITHOUT, _CELL_TOO) if is_cumulative else ("", "", "")
    way = _WAY.format(members=members)
    return way + _REACHED + reached + _FOUND + without + _CELL + cell + _ABSENT
