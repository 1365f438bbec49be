"""`kpi_spc`: a control chart of every series of a KPI and an organisation, for networks and above
and the practices of the home. Here is what is charted, and where a baseline begins. Not here: the
method (`warehouse.statistics`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from warehouse.base.months import parse_month
from warehouse.base.number_format import percent
from warehouse.kpi.catalogue import Kpi
from warehouse.kpi.chart_choices import DeclaredBaseline
from warehouse.kpi.charting import NOT_CHARTED, PER_WORKING_DAY, chart_basis
from warehouse.mart.hierarchy import Connection, create_from_frames
from warehouse.mart.kept import Kept
from warehouse.mart.kpi_batches import batches_of
from warehouse.mart.made_since import everything, note_input
from warehouse.mart.organisation_table import places_of_icb
from warehouse.mart.targets import with_target
from warehouse.reference.levels import SITES, sql_list
from warehouse.reference.special_services import LEVEL as PRACTICE
from warehouse.statistics.chart_options import JUDGED_POINTS, UNSTABLE, VERSION
from warehouse.statistics.control_chart import (
    LIMITS,
    assurance,
    control_chart,
    not_judged_because,
    variation,
)
from warehouse.statistics.point_words import PROVISIONAL

# Limits come from the first points of a baseline, so that history does not move each month; a
# longer gap begins a baseline; outliers are not screened out, as in Making Data Count.
FIX_AFTER, LONGEST_GAP = 24, 2
PARAMETERS = (
    f"{VERSION}; first {FIX_AFTER} points, at least {JUDGED_POINTS}; "
    f"gap over {LONGEST_GAP} months; not screened; "
    f"not stable from {percent(UNSTABLE, 0)} signals on"
)
KEYS = ["kpi_id", "org_level", "org_code"]
# Points charted together: they take more than 1 kB each.
TOGETHER = 200_000
BREAKS = ("series_break", "redefinition")
GAP = f"For more than {LONGEST_GAP} months before it there is no figure."
FIGURE = "mart.kpi_monthly"
# What is charted; and what decides which points a baseline has, and which of them give its limits.
_CHARTED = (f"{FIGURE}.value", "mart.kpi.chart_basis", "mart.calendar_month.working_days")
_JUDGED = (*_CHARTED, f"{FIGURE}.status", "mart.governance.caveat_scope.first_month")
# Columns by the columns from which they are worked out; all others come from the figure's value.
ORIGINS: dict[str, str | Sequence[str]] = {
    **{name: f"{FIGURE}.{name}" for name in ("month", *KEYS, "organisation_since")},
    **dict.fromkeys(("provisional", "baseline_disputed_points"), f"{FIGURE}.status"),
    **dict.fromkeys(("value", "previous_year_value"), _CHARTED),
    **dict.fromkeys(
        (
            *("mean", *LIMITS, "baseline", "baseline_from", "points_in_baseline", "limits"),
            *("baseline_signals", "signal", "not_judged_because", "direction"),
        ),
        _JUDGED,
    ),
    "baseline_because": ("mart.governance.caveat.caveat", *_JUDGED),
    "variation": (*_JUDGED, "mart.kpi.polarity"),
    "target": "mart.kpi_target.value",
    "assurance": (*_JUDGED, "mart.kpi_target.value", "mart.kpi.polarity"),
    "basis": "mart.kpi.chart_basis",
    "parameters": "statistics.parameter.parameters",
}
COLUMNS = (
    *("month", "org_level", "org_code", "kpi_id", "value", "previous_year_value", "provisional"),
    *("mean", *LIMITS, "baseline", "baseline_from", "baseline_because", "points_in_baseline"),
    *("baseline_disputed_points", "limits", "signal", "not_judged_because", "direction"),
    *("variation", "target", "assurance", "basis", "parameters"),
    *("organisation_since", "baseline_signals"),
)
AT = COLUMNS.index("assurance")


def create_spc(
    db: Connection,
    kpis: Mapping[str, Kpi],
    place: str,
    declared: Iterable[DeclaredBaseline],
    kept: Kept | None = None,
) -> None:
    """Create `kpi_spc` in the attached mart, which must have figures, caveats and targets.

    `place`: the ICB whose practices are charted; `declared`: baselines that people declared;
    `kept`: the charts that are not made anew.
    """
    kept = kept or Kept()
    breaks = _breaks(db, declared)
    targets = db.sql("FROM mart.kpi_target").pl()
    practices = _charted_practices(db, place)
    note_input(db, "baselines", breaks, "kpi_id", "org_level")
    note_input(db, "targets", targets, "kpi_id", "org_level")
    note_input(db, "charted practices", practices, "org_level")
    since = kept.since(db, "kpi_spc")
    made = since.drop_nulls("since")
    rows = db.execute(
        f"""SELECT kpi_id, count(*) FROM mart.kpi_monthly
        WHERE org_level NOT IN ({sql_list(SITES)}) GROUP BY kpi_id"""
    ).fetchall()
    anew = set(made["kpi_id"])
    charted = (
        kpi for kpi in kpis.values() if chart_basis(kpi) != NOT_CHARTED and kpi.kpi_id in anew
    )
    frames = (
        _charted(_points(db, some, made, practices), breaks, targets, some)
        for some in batches_of(charted, dict(rows), TOGETHER)
    )
    create_from_frames(db, "mart.kpi_spc", frames, ORIGINS, others=f"{FIGURE}.value")
    kept.add_statistics(db, "kpi_spc", since)


def charts_within(
    db: Connection, kpi: Kpi, place: str, declared: Iterable[DeclaredBaseline]
) -> pl.DataFrame:
    """The charts of one KPI in a published mart, attached as `mart`: the rows that `kpi_spc` would
    have if `place` were the home's ICB, those of its practices among them. Nothing is stored."""
    practices = _charted_practices(db, place)
    points = _points(db, [kpi], everything(db), practices)
    targets = db.sql("FROM mart.kpi_target").pl()
    return _charted(points, _breaks(db, declared), targets, [kpi])


def _charted_practices(db: Connection, place: str) -> pl.DataFrame:
    """`org_level, org_code` of the practices of an ICB."""
    found: pl.DataFrame = db.sql(
        f"{places_of_icb([PRACTICE])} ORDER BY ALL", params={"place": place}
    ).pl()
    return found


def _points(
    db: Connection, kpis: Sequence[Kpi], made: pl.DataFrame, practices: pl.DataFrame
) -> pl.DataFrame:
    """The series of these KPIs that are made: `KEYS, month, value` (on the basis of the chart),
    `status`, `organisation_since`."""
    ids = [kpi.kpi_id for kpi in kpis]
    per_day = [kpi.kpi_id for kpi in kpis if chart_basis(kpi) == PER_WORKING_DAY]
    db.register("made_since", made.to_arrow())
    db.register("charted_practice", practices.to_arrow())
    found: pl.DataFrame = db.sql(
        f"""SELECT k.kpi_id, k.org_level, k.org_code, k.month,
               CASE WHEN list_contains($per_day, k.kpi_id)
                    THEN k.value / nullif(c.working_days, 0) ELSE k.value END AS value,
               k.status, k.organisation_since
        FROM mart.kpi_monthly AS k JOIN mart.calendar_month AS c ON c.month = k.month
        SEMI JOIN made_since AS m ON m.kpi_id = k.kpi_id AND m.org_level = k.org_level
        WHERE list_contains($ids, k.kpi_id) AND (
            k.org_level NOT IN ({sql_list(SITES)})
            OR (k.org_level = '{PRACTICE}'
                AND k.org_code IN (SELECT org_code FROM charted_practice)))
        ORDER BY ALL""",
        params={"ids": ids, "per_day": per_day},
    ).pl()
    for name in ("made_since", "charted_practice"):
        db.unregister(name)
    return found


def _breaks(db: Connection, declared: Iterable[DeclaredBaseline]) -> pl.DataFrame:
    """Months in which a baseline begins: `kpi_id, org_level, of_code` (null: every organisation),
    `month, because`. A caveat that ends with a month is followed by another series."""
    found: pl.DataFrame = db.sql(
        f"""SELECT DISTINCT s.kpi_id, s.org_level, s.org_code AS of_code,
               unnest([s.first_month, (s.last_month + INTERVAL 1 MONTH)::DATE]) AS month,
               c.caveat AS because
        FROM mart.governance.caveat_scope AS s JOIN mart.governance.caveat AS c
            ON c.caveat_id = s.caveat_id AND c.org_code IS NOT DISTINCT FROM s.org_code
        WHERE c.kind IN {BREAKS}"""
    ).pl()
    said = [
        (one.kpi, one.level, one.organisation, parse_month(one.month), f"{one.reason} ({one.who})")
        for one in declared
    ]
    own = pl.DataFrame(said, schema=found.schema, orient="row")
    return pl.concat([found, own]).drop_nulls("month")


def _charted(
    points: pl.DataFrame, breaks: pl.DataFrame, targets: pl.DataFrame, kpis: Sequence[Kpi]
) -> pl.DataFrame:
    """The rows of `kpi_spc` of these points."""
    points = points.with_columns(
        pl.lit(FIX_AFTER, pl.Int64).alias("fix_after_n_points"),
        pl.lit(LONGEST_GAP, pl.Int64).alias("longest_gap"),
        pl.lit(JUDGED_POINTS, pl.Int64).alias("fewest_points"),
        pl.when(pl.col("status") == "provisional").then(pl.lit(PROVISIONAL)).alias("left_out"),
    )
    rebases = _rebases(points, breaks)
    chart = control_chart(points, KEYS, rebases)
    chart = with_target(_told(_with_year_before(_judged(chart)), rebases), targets)
    facts = pl.DataFrame(
        [(kpi.kpi_id, kpi.polarity, chart_basis(kpi)) for kpi in kpis],
        schema=dict.fromkeys(("kpi_id", "polarity", "basis"), pl.String),
        orient="row",
    )
    chart = chart.join(facts, on="kpi_id", how="left", maintain_order="left")
    # A target is of the KPI's own value, which a chart per working day does not show.
    target = pl.when(pl.col("basis") != PER_WORKING_DAY).then(pl.col("target"))
    return chart.with_columns(
        pl.col("baseline") + 1, target, variation(), pl.lit(PARAMETERS).alias("parameters")
    ).select(*COLUMNS[:AT], assurance(), *COLUMNS[AT + 1 :])


def _judged(chart: pl.DataFrame) -> pl.DataFrame:
    """The chart with `provisional`, `baseline_disputed_points` and `not_judged_because`; a point
    that is not judged has no signal, not even that there is none."""
    own = [*KEYS, "baseline"]
    counted = pl.col("value").is_not_null() & pl.col("left_out").is_null()
    used = counted & (counted.cum_sum().over(own) <= pl.col("points_in_baseline"))
    disputed = (used & (pl.col("status") == "disputed")).sum().over(own)
    chart = chart.with_columns(
        (pl.col("status") == "provisional").alias("provisional"),
        disputed.cast(pl.Int64).alias("baseline_disputed_points"),
        not_judged_because(JUDGED_POINTS),
    )
    judged = pl.col("not_judged_because").is_null()
    return chart.with_columns(pl.when(judged).then(pl.col("signal", "direction")))


def _rebases(points: pl.DataFrame, breaks: pl.DataFrame) -> pl.DataFrame:
    """The breaks of each series: `KEYS, month, because`."""
    series = points.select(KEYS).unique()
    found = series.join(breaks, on=["kpi_id", "org_level"])
    own = pl.col("of_code").is_null() | (pl.col("of_code") == pl.col("org_code"))
    texts = pl.col("because").unique().sort().str.join(" ")
    return found.filter(own).group_by(*KEYS, "month").agg(texts).sort(*KEYS, "month")


def _with_year_before(chart: pl.DataFrame) -> pl.DataFrame:
    before = chart.select(
        *KEYS, pl.col("month").dt.offset_by("1y"), pl.col("value").alias("previous_year_value")
    )
    return chart.join(before, on=[*KEYS, "month"], how="left", maintain_order="left")


def _told(chart: pl.DataFrame, rebases: pl.DataFrame) -> pl.DataFrame:
    """The chart with `baseline_from`, and `baseline_because`: null for the first baseline."""
    starts = chart.group_by(*KEYS, "baseline").agg(
        pl.col("month").min().alias("baseline_from"), pl.col("month").max().alias("_last")
    )
    starts = starts.sort(*KEYS, "baseline_from").with_columns(
        pl.col("_last").shift(1).over(KEYS).alias("_before")
    )
    breaks = rebases.rename({"month": "_break"})
    starts = starts.join_asof(
        breaks,
        left_on="baseline_from",
        right_on="_break",
        by=KEYS,
        check_sortedness=False,  # both are sorted; within groups polars can't tell
    )
    declared = pl.when(pl.col("_break") > pl.col("_before")).then(pl.col("because"))
    because = pl.when(pl.col("_before").is_not_null()).then(
        pl.coalesce(declared, pl.lit(GAP)).alias("baseline_because")
    )
    starts = starts.select(*KEYS, "baseline", "baseline_from", because.alias("baseline_because"))
    return chart.join(starts, on=[*KEYS, "baseline"], how="left", maintain_order="left")
