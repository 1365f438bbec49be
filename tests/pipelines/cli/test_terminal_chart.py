"""Control charts in characters: what is drawn, what is said of it, and plain ones for terminals
that can't write more."""

from datetime import date

import pytest

from pipelines.cli.terminal_chart import (
    HEIGHT,
    PLAIN,
    SHARP,
    WIDEST,
    ChartPoint,
    chart_lines,
    marks_for,
)
from warehouse.base.months import add_months

START = date(2024, 1, 1)


def series(*values: float | None, **others: object) -> list[ChartPoint]:
    """Points from January 2024 on, with a mean of 5 and limits of 2 and 8."""
    said = {"mean": 5.0, "lower": 2.0, "upper": 8.0, "signal": "none", **others}
    return [
        ChartPoint(add_months(START, n), value, **said)  # type: ignore[arg-type]
        for n, value in enumerate(values)
    ]


def test_points_limits_and_mean_are_where_they_belong() -> None:
    *grid, months, years, legend = chart_lines(series(2, 5, 8), "fte", 80, SHARP)
    assert len(grid) == HEIGHT
    assert [line.count("●") for line in (grid[0], grid[6], grid[12])] == [1, 1, 1]
    assert grid[12].index("●") < grid[6].index("●") < grid[0].index("●")
    assert "┄" in grid[0] and "─" in grid[6] and "┄" in grid[12]
    assert grid[0].startswith("8 │") and grid[12].startswith("2 │")
    assert months.split() == ["J", "F", "M"] and years.split() == ["2024"]
    assert months.index("J") == grid[12].index("●"), "an initial is below its point"
    assert legend == "● month   ─ mean   ┄ limits"


def test_a_signal_a_provisional_point_and_a_baseline_have_marks_and_words() -> None:
    points = series(5, 9, 1, 5)
    points[1] = ChartPoint(points[1].month, 9, 5, 2, 8, "outside_limits", "high")
    points[2] = ChartPoint(points[2].month, 1, 5, 2, 8, "outside_limits", "low", begins=True)
    points[3] = ChartPoint(points[3].month, 5, 5, 2, 8, "none", provisional=True)
    text = "\n".join(chart_lines(points, "fte", 80, SHARP))
    for mark, words in (
        ("▲", "signal, high"),
        ("▼", "signal, low"),
        ("○", "provisional"),
        ("┊", "new baseline"),
    ):
        assert f"{mark} {words}" in text and text.count(mark) >= 2


@pytest.mark.parametrize(("target", "drawn"), [(9.0, True), (90.0, False)])
def test_a_target_is_drawn_if_it_is_near_and_named_in_any_case(target: float, drawn: bool) -> None:
    *lines, legend = chart_lines(series(5, 6, target=target), "fte", 80, SHARP)
    assert any("═" in line for line in lines) == drawn
    assert f"═ target {target:g}" in legend and ("outside the chart" in legend) != drawn


def test_limits_of_a_share_are_cut_for_display() -> None:
    first, *_ = chart_lines(series(0.98, 1.0, mean=0.99, lower=0.9, upper=1.08), "share", 80, SHARP)
    assert first.startswith("100.0% │")


def test_a_missing_month_is_a_blank_and_a_flat_series_lies_in_the_middle() -> None:
    text = "\n".join(chart_lines(series(5, None, 5), "fte", 80, SHARP)[:HEIGHT])
    assert text.count("●") == 2
    flat = chart_lines(series(5, 5, mean=5.0, lower=5.0, upper=5.0), "fte", 80, SHARP)
    assert "●" in flat[HEIGHT // 2]
    assert chart_lines(series(None, None), "fte", 80, SHARP) == []


def test_the_scale_has_mean_and_limits_and_tells_them_apart() -> None:
    """A share that moves by tenths of a point, and a count of thousands: no label stands twice."""
    share = series(0.6412, 0.6431, mean=0.6420, lower=0.6405, upper=0.6435)
    count = series(11000, 14000, mean=12345.0, lower=11500.0, upper=13210.0)
    for points, unit, told in (
        (share, "share", ["64.35%", "64.20%", "64.05%"]),
        (count, "events", ["14,000", "13,210", "12,345", "11,500", "11,000"]),
    ):
        grid = chart_lines(points, unit, 80, SHARP)[:HEIGHT]
        labels = [line.split("│")[0].strip() for line in grid]
        assert [label for label in labels if label] == told
        upper = next(n for n, line in enumerate(grid) if "┄" in line)
        assert labels[upper] == (told[0] if unit == "share" else told[1])


@pytest.mark.parametrize("width", [30, 60, 80, 200])
@pytest.mark.parametrize("months", [1, 13, 24, 90])
def test_a_chart_fits_and_has_the_newest_months(width: int, months: int) -> None:
    *grid, _, _, legend = chart_lines(series(*range(months)), "fte", width, PLAIN)
    assert len(grid) == HEIGHT and max(map(len, grid)) <= min(width, WIDEST)
    assert sum(line.count("*") for line in grid) <= months
    assert "".join(grid).isascii() and legend.isascii()


def test_what_an_encoding_can_not_write_is_plain() -> None:
    assert marks_for("utf-8") is SHARP
    for encoding in ("ascii", "latin-1", None, "no such"):
        assert marks_for(encoding) is PLAIN
