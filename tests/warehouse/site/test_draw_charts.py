"""Charts are drawn as SVG and PNG, from their data alone."""

import itertools
import struct
import xml.etree.ElementTree as ET
from datetime import date
from functools import partial
from typing import Any

from tests.warehouse.site.series_rows import row, uncharted
from warehouse.site.chart_style import NARROW, POINTS, SMALL, WIDE, ChartSize, marked
from warehouse.site.charted_points import DrawnPoint, chart_key, chart_points, number_words
from warehouse.site.control_chart_spec import apart, control_chart_spec
from warehouse.site.draw_charts import as_png, as_svg, digest_of

BROKEN = "Counted from another register from here on."


def spec_of(
    points: list[DrawnPoint], unit: str = "events", size: ChartSize = WIDE, monthly: bool = True
) -> dict[str, Any]:
    words = partial(number_words, basis="as_it_is", unit=unit)
    return control_chart_spec(points, unit, "Axis", size, words, monthly=monthly)


def texts(svg: bytes) -> list[str]:
    """All texts of a drawing, without those for screen readers of parts of it."""
    root = ET.fromstring(svg)
    return ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]


def many() -> list[dict[str, Any]]:
    series = [row(number, 10.0 + number % 2) for number in range(14)]
    series[3] = row(3, None, signal=None)
    series[8] = row(8, 13.0, signal="outside_limits", variation="improvement")
    series[9] = row(9, 7.0, signal="outside_limits", variation="concern")
    new = {"baseline": 2, "baseline_because": BROKEN}
    series[12] = row(12, 11.0, **new)
    series[13] = row(13, 11.0, status="provisional", **new)
    return series


def test_a_chart_is_drawn_with_each_kind_of_point() -> None:
    drawn = as_svg(spec_of(chart_points(many(), "events")))
    svg = drawn.decode()
    assert svg.startswith("<svg")
    for kind in ("improvement", "concern", "none", "provisional"):
        assert POINTS[kind][0] in svg, kind
    assert "<script" not in svg and "<image" not in svg
    picture = as_png(drawn)
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack_from(">II", picture, 16) == (1.5 * WIDE.width, 1.5 * WIDE.height)


def test_a_chart_names_its_lines_and_why_a_baseline_begins() -> None:
    england = {row(number, None)["month"]: 9.5 for number in range(14)}
    series = [{**one, "target": 11.5} for one in many()]
    said = texts(as_svg(spec_of(chart_points(series, "events", england))))
    for expected in ("England 9.5", "Target 11.5", "Mean 10", "Upper limit 12", "Lower limit 8"):
        assert expected in said
    assert any("New baseline: Counted from another register" in one for one in said)
    small = texts(as_svg(spec_of(chart_points(series, "events", england), size=SMALL)))
    assert "England" in small and "New baseline" in small


def test_values_are_in_full_and_shares_in_per_cent() -> None:
    points = chart_points([row(0, 27000.0), row(1, 33000.0)], "events")
    assert "25,000" in texts(as_svg(spec_of(points)))
    shares = [{**one, "mean": None, "upper_limit": None, "lower_limit": None} for one in many()[:2]]
    for one, value in zip(shares, (0.81, 0.83), strict=True):
        one["charted_value"] = value
    assert "82.0%" in texts(as_svg(spec_of(chart_points(shares, "share"), "share")))


def test_a_yearly_series_is_points_with_their_values_from_nought() -> None:
    years = [
        uncharted(0, 52.0, period_label="2024"),
        uncharted(12, 51.0, period_label="2025"),
    ]
    said = texts(as_svg(spec_of(chart_points(years, "events", monthly=False), monthly=False)))
    assert {"2024", "2025", "52", "51", "0"} <= set(said)


def test_letters_are_readable_on_a_telephone_and_nothing_is_wider() -> None:
    points = chart_points(many(), "events")
    for size, most in ((NARROW, 358), (SMALL, 304)):
        root = ET.fromstring(as_svg(spec_of(points, size=size)))
        assert float(root.attrib["width"]) <= most
        sizes = [
            float(one.attrib["font-size"].removesuffix("px"))
            for one in root.iter()
            if "font-size" in one.attrib
        ]
        assert min(sizes) >= 11


def test_a_drawing_of_invented_figures_says_so() -> None:
    spec = spec_of(chart_points(many(), "events"))
    assert "SYNTHETIC" in texts(as_svg(marked(spec, True)))
    assert "SYNTHETIC" not in texts(as_svg(marked(spec, False)))


def test_names_of_lines_are_moved_apart_in_their_order() -> None:
    names = [{"y": 5.0, "said": "b"}, {"y": 4.9, "said": "a"}, {"y": 9.9, "said": "d"}]
    names.append({"y": 9.8, "said": "c"})
    placed = apart(names, 0.0, 10.0, 1.0)
    assert [one["said"] for one in placed] == ["a", "b", "c", "d"]
    at = [one["y"] for one in placed]
    assert all(after - before >= 1.0 - 1e-9 for before, after in itertools.pairwise(at))
    assert at[-1] <= 10.0


def test_the_digest_of_a_drawing_changes_with_its_data() -> None:
    one = spec_of(chart_points([row(0, 1.0), row(1, 2.0)], "events"))
    other = spec_of(chart_points([row(0, 1.0), row(1, 2.5)], "events"))
    assert digest_of(one) == digest_of(one) != digest_of(other)


def test_months_that_a_series_lacks_are_gaps() -> None:
    points = chart_points([row(0, 1.0), row(3, 2.0)], "events")
    assert [point.month for point in points] == [date(2024, n, 1) for n in (1, 2, 3, 4)]
    assert [point.value for point in points] == [1.0, None, None, 2.0]
    values = spec_of(points)["data"]["values"]
    assert [one["value"] for one in values] == [1.0, None, None, 2.0]


def test_a_chart_begins_with_its_first_figure() -> None:
    """Limits of a baseline whose months are further back would stand there without a point."""
    lacks = [row(0, None), row(1, None, mean=4.0), row(2, 9.0, baseline=2)]
    points = chart_points([*lacks, row(3, None, baseline=2), row(4, 11.0, baseline=2)], "events")
    assert [point.value for point in points] == [9.0, None, 11.0]
    assert all("a new baseline" not in entry.words for entry in chart_key(points))
