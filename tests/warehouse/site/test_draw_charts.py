"""Charts are drawn as SVG and PNG, from their data alone."""

from datetime import date
from typing import Any

from warehouse.site.chart_style import POINTS, SMALL
from warehouse.site.control_chart_spec import control_chart_spec
from warehouse.site.draw_charts import as_png, as_svg, digest_of


def row(number: int, value: float | None, **changed: Any) -> dict[str, Any]:
    """A period of a series, inside its limits and final."""
    return {
        "month": date(2024 + number // 12, number % 12 + 1, 1),
        "value": value,
        "charted_value": value,
        "mean": 10.0,
        "lower_limit": 8.0,
        "upper_limit": 12.0,
        "target": None,
        "england_value": 9.5,
        "baseline": 1,
        "signal": "none",
        "variation": None,
        "status": "final",
        **changed,
    }


def test_a_chart_is_drawn_with_each_kind_of_point() -> None:
    series = [row(number, 10.0 + number % 2) for number in range(14)]
    series[3] = row(3, None, signal=None)
    series[8] = row(8, 13.0, signal="outside_limits", variation="improvement")
    series[9] = row(9, 7.0, signal="outside_limits", variation="concern")
    series[13] = row(13, 11.0, status="provisional", baseline=2)
    svg = as_svg(control_chart_spec(series, "share", SMALL)).decode()
    assert svg.startswith("<svg")
    for kind in ("improvement", "concern", "none", "provisional"):
        assert POINTS[kind][0] in svg, kind
    assert "<script" not in svg and "<image" not in svg
    assert as_png(svg.encode()).startswith(b"\x89PNG")


def test_the_digest_of_a_drawing_changes_with_its_data() -> None:
    one = control_chart_spec([row(0, 1.0), row(1, 2.0)], "events", SMALL)
    other = control_chart_spec([row(0, 1.0), row(1, 2.5)], "events", SMALL)
    assert digest_of(one) == digest_of(one) != digest_of(other)
