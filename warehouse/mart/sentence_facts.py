"""What sentences are made of, read from the tables of a mart. Not here: how they are said
(`warehouse.statistics.sentences`), which are kept (`sentence_table`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from warehouse.base.months import add_months
from warehouse.base.sql import rows
from warehouse.contract.figure_period import FigurePeriod
from warehouse.kpi.catalogue import Kpi
from warehouse.kpi.charting import PER_WORKING_DAY
from warehouse.mart.caveats import APPLIES, LESSER
from warehouse.mart.hierarchy import Connection
from warehouse.mart.other_periods import every_figure
from warehouse.mart.sample_changes import add_sample_limits
from warehouse.mart.spc import GAP
from warehouse.mart.targets import add_targets
from warehouse.reference.organisations import ENGLAND
from warehouse.statistics.point_words import PROVISIONAL, ChartedPoint
from warehouse.statistics.sentences import (
    COUNTED,
    Comparator,
    SentenceFacts,
    WholeMonths,
)
from warehouse.statistics.signals import NO_SIGNAL

Row = dict[str, Any]
ENGLANDS_NAME = "England"
FIGURE, SPC = "mart.kpi_monthly", "mart.kpi_spc"
# `kpi_id, org_level, org_code, month` of the figures asked for, which `{asked}` selects.
_FACTS = f"""
    WITH asked AS ({{asked}}),
    figure AS (
        SELECT f.*, k.title, k.unit, k.chart_basis = '{PER_WORKING_DAY}' AS daily,
               c.working_days AS days, y.working_days AS days_before
        FROM ({{figures}}) AS f
        JOIN (SELECT DISTINCT * FROM asked) AS a USING (kpi_id, org_level, org_code, month)
        JOIN mart.kpi AS k ON k.kpi_id = f.kpi_id
        LEFT JOIN mart.calendar_month AS c ON c.month = f.month
        LEFT JOIN mart.calendar_month AS y ON y.month = f.month - INTERVAL 1 YEAR),
    place AS (
        SELECT org_level, org_code,
               arg_max(coalesce(short_name, org_name, org_code), valid_from) AS place
        FROM mart.organisation GROUP BY ALL),
    caveat AS (
        SELECT f.kpi_id, f.org_level, f.org_code, f.month, min(s.caveat) AS caveat
        FROM (SELECT kpi_id, org_level, org_code, month FROM figure) AS f
        JOIN (SELECT DISTINCT t.*, v.caveat, v.kind
              FROM mart.governance.caveat_scope AS t JOIN mart.governance.caveat AS v
                  ON v.caveat_id = t.caveat_id AND v.org_code IS NOT DISTINCT FROM t.org_code
              WHERE v.kind NOT IN {LESSER}) AS s
            ON s.kpi_id = f.kpi_id AND s.org_level = f.org_level
            AND (s.org_code IS NULL OR s.org_code = f.org_code)
        WHERE {APPLIES.format(month="f.month", days_differ="FALSE")}
        GROUP BY ALL),
    england AS (
        SELECT kpi_id, month, value, previous_year_value FROM {FIGURE}
        WHERE org_level = 'england' AND org_code = '{ENGLAND}')
    SELECT f.kpi_id, f.org_level, f.org_code, f.month, coalesce(p.place, f.org_code) AS place,
           f.title, f.unit, f.value, f.status, f.status_reason, f.previous_year_value AS before,
           f.daily, f.days, f.days_before, f.organisation_key,
           {{charted}}, {{charted_england}},
           s.assurance, s.baseline_because,
           b.england_value, e.previous_year_value AS england_before, v.caveat
    FROM figure AS f
    LEFT JOIN place AS p ON p.org_level = f.org_level AND p.org_code = f.org_code
    LEFT JOIN caveat AS v ON v.kpi_id = f.kpi_id AND v.org_level = f.org_level
        AND v.org_code = f.org_code AND v.month = f.month
    LEFT JOIN {SPC} AS s ON s.kpi_id = f.kpi_id AND s.org_level = f.org_level
        AND s.org_code = f.org_code AND s.month = f.month
    LEFT JOIN {SPC} AS sb ON sb.kpi_id = f.kpi_id AND sb.org_level = f.org_level
        AND sb.org_code = f.org_code AND sb.month = f.month - INTERVAL 1 YEAR
    LEFT JOIN mart.kpi_comparison AS b ON b.kpi_id = f.kpi_id AND b.org_level = f.org_level
        AND b.org_code = f.org_code AND b.month = f.month AND f.org_level <> 'england'
    LEFT JOIN england AS e ON e.kpi_id = f.kpi_id AND e.month = f.month
    LEFT JOIN {SPC} AS t ON t.kpi_id = f.kpi_id AND t.org_level = 'england'
        AND t.org_code = '{ENGLAND}' AND t.month = f.month
    LEFT JOIN {SPC} AS tb ON tb.kpi_id = f.kpi_id AND tb.org_level = 'england'
        AND tb.org_code = '{ENGLAND}' AND tb.month = f.month - INTERVAL 1 YEAR
    ORDER BY f.kpi_id, f.org_level, f.org_code, f.month"""
_POINT = """{0}.value IS NOT NULL AS {1}is_charted, {0}.signal AS {1}signal,
           {0}.direction AS {1}direction, {0}.variation AS {1}variation,
           {0}.not_judged_because AS {1}not_judged, {0}.limits = 'trial' AS {1}few_points,
           {0}.points_in_baseline AS {1}points,
           {0}.baseline_signals AS {1}own_signals, {0}.mean AS {1}mean,
           {0}.baseline_from AS {1}since, {0}.baseline_disputed_points AS {1}disputed,
           {0}.direction = {0}b.direction AS {1}as_a_year_before,
           CASE WHEN {0}.provisional AND {0}.value > {0}.upper_limit THEN 'high'
                WHEN {0}.provisional AND {0}.value < {0}.lower_limit THEN 'low' END AS {1}undecided,
           CASE WHEN {0}.baseline > 1 AND {0}.baseline_from > f.month - INTERVAL 1 YEAR
                THEN {0}.baseline_from END AS {1}begun"""
_FIGURE_COLUMNS = """kpi_id, org_level, org_code, month, value, status, status_reason,
    previous_year_value, organisation_key"""


def facts_of(
    db: Connection, kpis: Mapping[str, Kpi], asked: str, **parameters: object
) -> Iterable[tuple[Row, SentenceFacts]]:
    """The facts of figures of the mart attached as `mart`, each with its row (`kpi_id, org_level,
    org_code, month, organisation_key` and the rest). `asked`: SQL that selects the first four."""
    sql = _FACTS.format(
        asked=asked,
        figures=every_figure(_FIGURE_COLUMNS),
        charted=_POINT.format("s", ""),
        charted_england=_POINT.format("t", "england_"),
    )
    periods = {kpi_id: kpi.period for kpi_id, kpi in kpis.items()}
    # An older mart may have another KPI.
    found = [row for row in rows(db, sql, **parameters) if row["kpi_id"] in periods]
    add_targets(db, found, kpis)
    add_sample_limits(db, found, kpis)
    for row in found:
        yield row, _facts(row, periods[row["kpi_id"]])


def sentences_of_series(
    db: Connection, kpis: Mapping[str, Kpi], kpi_id: str, level: str, code: str
) -> dict[date, SentenceFacts]:
    """The facts of every period of one KPI and organisation, by its (last) month."""
    asked = f"""SELECT kpi_id, org_level, org_code, month
        FROM ({every_figure("kpi_id, org_level, org_code, month")})
        WHERE kpi_id = $kpi AND org_level = $level AND org_code = $code"""
    found = facts_of(db, kpis, asked, kpi=kpi_id, level=level, code=code)
    return {row["month"]: facts for row, facts in found}


def days_overdue(db: Connection, feed: str) -> int:
    """Days by which the next edition of a feed is overdue today, 0 if it is not; `db` has the mart
    as its current database."""
    found = rows(db, "SELECT days_overdue FROM governance.timeliness WHERE feed = $feed", feed=feed)
    return max((row["days_overdue"] or 0 for row in found), default=0)


def _facts(row: Row, period: FigurePeriod) -> SentenceFacts:
    daily, days, before = bool(row["daily"]), row["days"], row["days_before"]
    change, ratio = _change(row["value"], row["before"], daily, days, before)
    per_day = row["value"] / days if daily and days and row["value"] is not None else None
    return SentenceFacts(
        place=row["place"],
        title=row["title"],
        unit=row["unit"],
        period=_in_words(row["month"], period),
        before=_in_words(add_months(row["month"], -12), period),
        value=row["value"],
        status=row["status"],
        status_reason=row["status_reason"],
        per_working_day=per_day,
        change=change,
        ratio=ratio,
        whole_months=_whole_months(row, days, before) if daily and change is not None else None,
        chart=_point(row, ""),
        comparator=_comparator(row, daily),
        target=row["target"],
        assurance=row["assurance"],
        elsewhere=row["elsewhere"],
        sample_limits=row["sample_limits"],
        caveat=row["caveat"],
    )


def _change(
    value: float | None, before: float | None, daily: bool, days: int | None, then: int | None
) -> tuple[float | None, float | None]:
    """The difference from a year before and the ratio, per working day if `daily`."""
    if value is None or before is None:
        return None, None
    if daily:
        if not days or not then:
            return None, None
        value, before = value / days, before / then
    return value - before, (value / before - 1 if before else None)


def _whole_months(row: Row, days: int, then: int) -> WholeMonths | None:
    """The change of the month as a whole; None where both months have as many working days, or
    where there is no ratio."""
    change, ratio = _change(row["value"], row["before"], False, days, then)
    if days == then or change is None or ratio is None:
        return None
    return WholeMonths(change, ratio, days, then)


def _point(row: Row, of: str) -> ChartedPoint | None:
    if not row[f"{of}is_charted"]:
        return None
    begun = row[f"{of}begun"]
    if not of and row["before"] is None and row["baseline_because"] == GAP:
        begun = None  # there is nothing that could be compared across the gap
    return ChartedPoint(
        signal=row[f"{of}signal"] or NO_SIGNAL,
        direction=row[f"{of}direction"],
        variation=row[f"{of}variation"],
        not_judged=row[f"{of}not_judged"],
        few_points=bool(row[f"{of}few_points"]),
        mean=row[f"{of}mean"],
        points=row[f"{of}points"] or 0,
        own_signals=row[f"{of}own_signals"] or 0,
        since=f"{row[f'{of}since']:%B %Y}",
        disputed_points=row[f"{of}disputed"] or 0,
        as_a_year_before=bool(row[f"{of}as_a_year_before"]),
        undecided=row[f"{of}undecided"] if row[f"{of}not_judged"] == PROVISIONAL else None,
        begun=begun and f"{begun:%B %Y}",
        because=row["baseline_because"] if not of else None,
    )


def _comparator(row: Row, daily: bool) -> Comparator | None:
    """England beside it: the value of a share, rate or mean; of a count its change."""
    value = row["england_value"]
    if value is None:
        return None
    if row["unit"] not in COUNTED:
        return Comparator(ENGLANDS_NAME, value=value)
    then = row["england_before"]
    change, ratio = _change(value, then, daily, row["days"], row["days_before"])
    chart = _point(row, "england_")
    if change is None or (chart is not None and chart.begun):
        return None
    return Comparator(ENGLANDS_NAME, change=change, ratio=ratio, chart=chart)


def _in_words(month: date, period: FigurePeriod) -> str:
    return f"{month:%B %Y}" if period.is_month else period.label(month)
