"""Rows of a series as `SiteFigures.series` has them."""

from datetime import date
from typing import Any


def row(number: int, value: float | None, **changed: Any) -> dict[str, Any]:
    """A month of a charted series, inside its limits and final; `number`: months from January
    2024."""
    month = date(2024 + number // 12, number % 12 + 1, 1)
    return {
        "month": month,
        "period_label": f"{month:%Y-%m}",
        "value": value,
        "charted_value": value,
        "basis": "as_it_is",
        "mean": 10.0,
        "lower_limit": 8.0,
        "upper_limit": 12.0,
        "limits": "settled",
        "target": None,
        "baseline": 1,
        "baseline_from": date(2024, 1, 1),
        "baseline_because": None,
        "points_in_baseline": 24,
        "baseline_signals": 0,
        "signal": "none",
        "not_judged_because": None,
        "direction": None,
        "variation": None,
        "status": "final",
        "status_reason": None,
        **changed,
    }


def uncharted(number: int, value: float | None, **changed: Any) -> dict[str, Any]:
    """A period of a series without a control chart."""
    nothing = dict.fromkeys(
        ("charted_value", "basis", "mean", "lower_limit", "upper_limit", "baseline", "signal")
    )
    return row(number, value, **{**nothing, **changed})
