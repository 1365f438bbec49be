"""What the limits of a charted figure were worked out from: which months, since when and why. Not
here: the macro `limits_of` (`warehouse.mart.limits_macro`), printing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.base.months import say_months
from warehouse.base.number_format import is_rate, say_per_day, value_text
from warehouse.base.sql import open_mart, rows
from warehouse.kpi.catalogue import catalogue
from warehouse.kpi.charting import PER_WORKING_DAY
from warehouse.mart.hierarchy import Connection
from warehouse.mart.targets import add_targets
from warehouse.statistics.point_words import unstable_words
from warehouse.statistics.target_words import TargetElsewhere, no_target_words, target_words

Record = dict[str, Any]
# Columns of `limits_of` that are the same in each of its rows.
OF_THE_CHART = (
    *("mean", "lower_limit", "upper_limit", "baseline", "baseline_from", "baseline_because"),
    *("points_in_baseline", "limits", "basis", "parameters"),
)
NOT_STORED = (
    "The mart charts networks and above, and practices of the home's ICB; `access-recovery chart` "
    "draws those of others."
)


def limits_of(mart: Path, kpi_id: str, org_code: str, month: date) -> Record:
    """The chart of one figure of a published mart: `OF_THE_CHART`, `signal`, `not_judged_because`,
    `direction`, `variation`, `baseline_disputed_points`, `baseline_signals`, `target`, `assurance`,
    `no_target_because` (if there is one of others), `unit`, and `months` (rows of macro
    `limits_of`); with `not_charted_because` alone if it has none."""
    with open_mart(mart) as db:
        [kpi] = rows(
            db, "SELECT unit, not_charted_because FROM kpi WHERE kpi_id = $kpi", kpi=kpi_id
        )
        of = {"kpi": kpi_id, "code": org_code, "month": month}
        months = rows(db, "FROM limits_of($kpi, $code, $month)", **of)
        if not months:
            return {"not_charted_because": kpi["not_charted_because"] or NOT_STORED}
        [point] = rows(
            db,
            """SELECT signal, not_judged_because, direction, variation, target, assurance,
                      provisional, baseline_disputed_points, baseline_signals
               FROM kpi_spc
               WHERE kpi_id = $kpi AND org_code = $code AND month = $month
                 AND org_level = $level""",
            **of,
            level=months[0]["org_level"],
        )
        level = months[0]["org_level"]
        point["no_target_because"] = _no_target(db, kpi_id, level, org_code, month)
    chart = {name: months[0][name] for name in OF_THE_CHART}
    own = [{key: value for key, value in row.items() if key not in OF_THE_CHART} for row in months]
    return {**chart, **point, "unit": kpi["unit"], "months": own}


def _no_target(db: Connection, kpi_id: str, level: str, code: str, month: date) -> str | None:
    figure: Record = {"kpi_id": kpi_id, "org_level": level, "org_code": code, "month": month}
    add_targets(db, [figure], catalogue())
    other: TargetElsewhere | None = figure["elsewhere"]
    return no_target_words(other) if other else None


def limits_in_words(found: Record) -> list[str]:
    """Lines that answer what a statistician asks: baseline, points, screening, missing months,
    denominator, parameters."""
    if "months" not in found:
        return [f"None. {found['not_charted_because']}"]
    months: Sequence[Record] = found["months"]
    used = [one["month"] for one in months if one["used"]]
    missing = [one["month"] for one in months if one["value"] is None]
    unused = [one["month"] for one in months if one["not_used_because"] == "provisional"]
    because = f": {found['baseline_because']}" if found["baseline_because"] else ""
    lines = [
        f"Basis      {_basis(found)}",
        f"Baseline   {found['baseline']}, from {found['baseline_from']:%B %Y}{because}",
    ]
    if used:
        may_move = found["limits"] == "trial" and found["upper_limit"] is not None
        few = ", trial limits: they may still move much" if may_move else ""
        of = "Mean of   " if found["upper_limit"] is None else "Limits of "
        disputed = found["baseline_disputed_points"]
        rests = f", {disputed} of them disputed" if disputed else ""
        lines.append(f"{of}  {len(used)} months, {say_months(used)}{rests}{few}")
    lines += [f"No figure  {say_months(missing)}: skipped"] if missing else []
    lines += [f"Left out   {say_months(unused)}: provisional"] if unused else []
    lines += [_numbers(found), f"Method     {found['parameters']}"]
    if found["target"] is not None:
        said = target_words(found["target"], found["unit"], found["assurance"])
        return [*lines, f"Target     {said}"]
    other = found["no_target_because"]
    return [*lines, f"Target     {other[0].lower()}{other[1:]}"] if other else lines


def _basis(found: Record) -> str:
    if found["basis"] == PER_WORKING_DAY:
        by = "denominator and by " if is_rate(found["unit"]) else ""
        return f"numerator divided by {by}working days of the month"
    divided = any(one["denominator"] is not None for one in found["months"])
    return "the figure as it is" + (", numerator divided by denominator" if divided else "")


def _numbers(found: Record) -> str:
    mean, lower, upper = (
        "-" if found[key] is None else _number(found[key], found)
        for key in ("mean", "lower_limit", "upper_limit")
    )
    if found["upper_limit"] is None:
        return f"Mean       {mean}; no limits: {found['not_judged_because'] or 'no figure'}"
    return (
        f"Mean       {mean}; limits {lower} to {upper}: the mean ± 2.66 × the mean moving range"
        + unstable_words(found["baseline_signals"], found["points_in_baseline"])
    )


def _number(value: float, found: Record) -> str:
    if found["basis"] == PER_WORKING_DAY:
        return say_per_day(value, found["unit"])
    return value_text(value, found["unit"], 2)
