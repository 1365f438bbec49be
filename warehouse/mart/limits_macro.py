"""The table macro `limits_of`: the months from which the limits of a charted point were worked out,
so that anyone can work them out again. Not here: charts (`spc`), explaining figures
(`explain_macros`)."""

from __future__ import annotations

from warehouse.base.sql import as_constant, as_query
from warehouse.kpi.charting import PER_WORKING_DAY

# `counted`: neither missing nor provisional, in order; the first of them give the limits.
_SQL = f"""
            WITH point AS (
                SELECT * FROM kpi_spc
                WHERE kpi_id = of_kpi AND org_code = of_organisation
                  AND month = date_trunc('month', of_month::DATE)::DATE),
            own AS (
                SELECT s.month, s.value, s.provisional, s.org_level, p.points_in_baseline,
                       row_number() OVER (PARTITION BY s.org_level
                           ORDER BY s.value IS NULL OR s.provisional, s.month) AS place
                FROM kpi_spc AS s JOIN point AS p ON p.kpi_id = s.kpi_id
                    AND p.org_level = s.org_level AND p.org_code = s.org_code
                    AND p.baseline = s.baseline),
            known AS (
                SELECT *, value IS NOT NULL AND NOT provisional AND place <= points_in_baseline
                    AS used FROM own),
            ranged AS (
                SELECT org_level, month, abs(value - lag(value) OVER (
                    PARTITION BY org_level ORDER BY month)) AS moving_range
                FROM known WHERE used),
            wanted AS (
                SELECT p.org_level, unnest(generate_series(p.baseline_from, greatest(p.month, (
                    SELECT max(k.month) FROM known AS k
                    WHERE k.used AND k.org_level = p.org_level)), INTERVAL 1 MONTH))::DATE AS month
                FROM point AS p)
            SELECT w.month, w.org_level, k.value, coalesce(k.used, FALSE) AS used, r.moving_range,
                   CASE WHEN k.used THEN NULL
                        WHEN k.value IS NULL
                            THEN 'no figure: ' || coalesce(m.status_reason, m.status, 'no edition')
                        WHEN k.provisional THEN 'provisional'
                        ELSE 'after the first ' || p.points_in_baseline || ' points'
                        END AS not_used_because,
                   m.numerator, CASE p.basis WHEN '{PER_WORKING_DAY}'
                        THEN coalesce(m.denominator, 1) * c.working_days
                        ELSE m.denominator END AS denominator,
                   m.edition, p.mean, p.lower_limit, p.upper_limit, p.baseline, p.baseline_from,
                   p.baseline_because, p.points_in_baseline, p.limits, p.basis, p.parameters
            FROM wanted AS w
            JOIN point AS p ON p.org_level = w.org_level
            LEFT JOIN known AS k ON k.org_level = w.org_level AND k.month = w.month
            LEFT JOIN ranged AS r ON r.org_level = w.org_level AND r.month = w.month
            LEFT JOIN kpi_monthly AS m ON m.kpi_id = of_kpi AND m.org_level = w.org_level
                AND m.org_code = of_organisation AND m.month = w.month
            LEFT JOIN calendar_month AS c ON c.month = w.month
            ORDER BY w.org_level, w.month"""


def limits_macros() -> dict[str, str]:
    """Return the macro `limits_of`, signature -> SQL, for a mart opened on its own: a row per month
    of the point's baseline, with `used`, `moving_range` and `not_used_because`; mean and limits are
    the mean of the used values, and that plus and minus 2.66 x the mean of their moving ranges."""
    given = {name: as_constant(name) for name in ("of_kpi", "of_organisation", "of_month")}
    return {"limits_of(of_kpi, of_organisation, of_month)": as_query(_SQL, given)}
