"""Exponents, charts, and the aims that are judged by them."""

import math
from xml.etree import ElementTree

import pytest

from benchmarks.charts import apart, line_chart, round_ticks
from benchmarks.fit import power_law

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("exponent", [0.0, 0.15, 0.91, 1.0, 2.0])
def test_the_exponent_of_a_power_law_is_found(exponent: float) -> None:
    law = power_law([(months, 7.5 * months**exponent) for months in (1, 2, 4, 8, 16, 30)])
    assert law and law.exponent == pytest.approx(exponent, abs=1e-9)
    assert law.factor == pytest.approx(7.5)
    assert law.worst == pytest.approx(0.0, abs=1e-9)
    assert law.at(64) == pytest.approx(7.5 * 64**exponent)


def test_the_worst_deviation_is_relative_to_the_law() -> None:
    # Symmetric about the line: the law is 10 at every size, the middle is twice that or half.
    law = power_law([(1, 10), (2, 20), (2, 5), (4, 10)])
    assert law and law.exponent == pytest.approx(0)
    assert law.worst == pytest.approx(1.0)


def test_several_rounds_of_one_size_have_no_exponent() -> None:
    assert power_law([(4, 10.0), (4, 12.0)]) is None
    assert power_law([]) is None


@pytest.mark.parametrize("point", [(0, 1.0), (2, 0.0), (2, -1.0)])
def test_what_has_no_logarithm_is_refused(point: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        power_law([(1, 1.0), point])


def drawn(svg: str, tag: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(svg).findall(f".//{SVG}{tag}")


def test_a_chart_has_a_line_and_a_label_for_each_series() -> None:
    svg = line_chart("CPU < all", "months", "s", {"a & b": [(1, 1), (2, 10)], "c": [(1, 100)]})
    assert len(drawn(svg, "polyline")) == 2
    assert len(drawn(svg, "circle")) == 3
    assert {"CPU < all", "a & b", "c", "1", "2", "100"} <= {one.text for one in drawn(svg, "text")}


def test_equal_factors_are_equal_distances() -> None:
    svg = line_chart("t", "x", "y", {"a": [(1, 1), (10, 10), (100, 100)]})
    [line] = drawn(svg, "polyline")
    places = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
    (x1, y1), (x2, y2), (x3, y3) = places
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert y1 - y2 == pytest.approx(y2 - y3, abs=0.2) and y1 > y2


def test_points_without_a_logarithm_are_left_out() -> None:
    svg = line_chart("t", "x", "y", {"a": [(1, 0), (2, 5)], "gone": [(1, 0)]})
    assert len(drawn(svg, "circle")) == 1
    assert "gone" not in svg
    with pytest.raises(ValueError, match="nothing to draw"):
        line_chart("t", "x", "y", {"gone": [(1, 0)]})


@pytest.mark.parametrize(("low", "high"), [(1, 1), (0.3, 0.4), (3, 4000), (10, 20)])
def test_ticks_span_the_values(low: float, high: float) -> None:
    ticks = round_ticks(low, high)
    assert ticks[0] <= low and high <= ticks[-1] and ticks[0] < ticks[-1]
    for tick in ticks:
        assert round(tick / 10 ** math.floor(math.log10(tick)), 6) in (1, 2, 5)


def test_labels_keep_their_order_and_distance() -> None:
    assert apart([10, 12, 50], 15) == [10, 25, 50]
    assert apart([12, 10], 15) == [25, 10]
