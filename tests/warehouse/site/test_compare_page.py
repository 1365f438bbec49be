"""The page of comparisons: of the sample as a model, and what it says as words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from warehouse.base.home import Home
from warehouse.base.sql import open_mart
from warehouse.site import compare_words as words
from warehouse.site.chart_style import NARROW, WIDE
from warehouse.site.compare_page import compare_page
from warehouse.site.deprivation_spec import deprivation_spec
from warehouse.site.draw_charts import as_svg
from warehouse.site.funnel_spec import funnel_spec, strip_spec
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import SitePage
from warehouse.site.site_places import read_places

SHARE, FEW = "appointments_dna_share", "online_consultations_per_1000_patients"
WITHOUT = "cloud_telephony_answered_share"
GAP: dict[str, Any] = {
    **{"absolute_gap": 0.005, "absolute_gap_lower": -0.004, "absolute_gap_upper": 0.015},
    **{"relative_gap": 1.12, "relative_gap_lower": 0.91, "relative_gap_upper": 1.37},
    **{"sii": -0.011, "sii_lower": None, "sii_upper": None},
    **{"rii": None, "rii_lower": None, "rii_upper": None},
    **{"most_deprived": 0.05, "least_deprived": 0.044},
    **{"reason": None, "most_deprived_missing": False},
}


@pytest.fixture(scope="module")
def page(sample_home: Home) -> Iterator[SitePage]:
    with open_mart(sample_home.mart) as db:
        [made] = compare_page(SiteFigures(db, read_places(db, "icb", "QK1", "LLR")))
        yield made


def of(page: SitePage, kpi_id: str) -> Any:
    return next(one for one in page.content["compared"] if one.kpi_id == kpi_id)


def test_a_share_has_its_rank_its_funnel_and_its_fifths(page: SitePage) -> None:
    shown = of(page, SHARE)
    assert [chart.name.split("-")[0] for chart in shown.charts] == ["rank", "funnel", "deprivation"]
    assert all(chart.alternative and chart.source and chart.table.cells for chart in shown.charts)
    assert shown.gaps and [row[0] for row in shown.gaps.cells][:2] == [
        "Absolute gap",
        "Relative gap",
    ]
    assert [anchor for anchor, _ in page.parts] == [one.kpi_id for one in page.content["compared"]]


def test_the_page_begins_with_the_place_among_all_of_each_figure(page: SitePage) -> None:
    table = page.content["summary"]
    ranked = [one for one in page.content["compared"] if any("rank" in c.name for c in one.charts)]
    assert [row[0] for row in table.cells] == [one.title for one in ranked]
    first = table.cells[0]
    assert first[3].endswith(" of 42, the best first") and first[3].split(",")[0] in (
        ranked[0].charts[0].title
    )
    assert first[4] == "Not different from the average by more than chance"
    assert table.links[0, 0] == f"kpis/{SHARE}.html"


def test_the_page_says_what_a_place_in_an_order_cannot_say(site: Path) -> None:
    text = (site / "compare.html").read_text(encoding="utf-8")
    assert "cannot say how far apart places are, whether the difference is more than chance" in text


def test_only_own_places_have_names(page: SitePage) -> None:
    for chart in page.charts[:2]:
        dots = [
            dot
            for layer in chart.spec["layer"]
            if layer["mark"]["type"] in ("point", "text")
            for dot in layer["data"]["values"]
        ]
        named = {dot["name"] for dot in dots if "name" in dot}
        assert named <= {"LLR", "Leicester City", "East Leicestershire and Rutland"} | {
            "West Leicestershire"
        }
        assert len([dot for dot in dots if "name" not in dot]) > 30


def test_few_organisations_have_no_rank_and_no_funnel(page: SitePage) -> None:
    assert [chart.name.split("-")[0] for chart in of(page, FEW).charts] == ["deprivation"]


def test_what_is_missing_says_why(page: SitePage) -> None:
    shown = of(page, WITHOUT)
    assert not shown.charts and "less than 90% of its patients" in shown.absent[0]
    told = next(one for one in of(page, SHARE).charts if one.name.startswith("deprivation"))
    assert any("not of the persons who attended" in note for note in told.notes)
    assert any(note.startswith("England is not shown") for note in told.notes)


def test_a_gap_is_more_than_chance_only_by_its_interval() -> None:
    assert words.by_chance(GAP) == "the gap may be chance"
    assert words.by_chance({**GAP, "absolute_gap_lower": 0.001}) == "the gap is more than chance"
    assert "not known" in words.by_chance({**GAP, "absolute_gap_lower": None})


def test_why_bars_do_not_settle_a_gap_and_which_fifth_is_highest() -> None:
    assert words.two_intervals({**GAP, "absolute_gap_lower": None}) is None
    assert "error of counting" in str(words.two_intervals(GAP))
    fifths = [{"quintile": n, "value": value} for n, value in enumerate([3, 5, 4, None, 1], 1)]
    assert str(words.highest_between(fifths)).startswith("The highest is fifth 2, between")
    assert words.highest_between(fifths[2:]) and not words.highest_between(fifths[4:])
    assert words.highest_between([]) is None


def test_gaps_are_in_plain_words() -> None:
    cells = words.gap_table(GAP, "share", "Gaps").cells
    open_way = "not clear: the interval includes both"
    assert [row[:4] for row in cells] == [
        [
            "Absolute gap",
            open_way,
            "+0.5 percentage points",
            "-0.4 percentage points to +1.5 percentage points",
        ],
        ["Relative gap", open_way, "1.12 times", "0.91 times to 1.37 times"],
        [
            "Slope index (SII)",
            "higher among the most deprived",
            "-1.1 percentage points",
            "not known",
        ],
    ]
    assert words.difference(-34.76, "rate_per_1000") == "-34.8"


@pytest.mark.parametrize(
    ("field", "value", "way"),
    [
        ("absolute_gap", -0.02, "lower among the most deprived"),
        ("relative_gap", 0.9, "lower among the most deprived"),
        ("sii", 0.02, "lower among the most deprived"),
        ("rii", 1.1, "lower among the most deprived"),
        ("rii", 0.9, "higher among the most deprived"),
        ("absolute_gap", 0.0, "the same in both"),
    ],
)
def test_which_way_a_gap_is_does_not_depend_on_the_measure(
    field: str, value: float, way: str
) -> None:
    assert words.which_way({**GAP, field: value, f"{field}_lower": None}, field) == way


def test_why_there_is_no_gap() -> None:
    assert words.no_gap_words(GAP) is None
    assert words.no_gap_words({**GAP, "reason": "Not held."}) == "Not held."
    assert "None of its practices" in str(
        words.no_gap_words({**GAP, "most_deprived_missing": True})
    )


def test_a_funnel_says_who_is_beyond_chance() -> None:
    own = [
        {"name": "A", "funnel": "within"},
        {"name": "B", "funnel": "high_0.001"},
        {"name": "C", "funnel": "within"},
        {"name": "D", "funnel": "within"},
    ]
    assert words.funnel_title("DNA", own, "106 sub-ICBs") == (
        "DNA, among 106 sub-ICBs. A, C and D: not different from the average by more than chance; "
        "B: above the 99.8% limits"
    )


def test_funnels_strips_and_bars_are_drawn() -> None:
    units = [{"denominator": 100.0 * n, "value": 0.05 + n / 1000} for n in range(1, 9)]
    units += [{"denominator": 850.0, "value": 0.06, "name": "Ours"}]
    limits = [
        {
            "denominator": n,
            "low_0.001": 0.0,
            "low_0.025": 0.02,
            "high_0.025": 0.07,
            "high_0.001": 0.09,
        }
        for n in (100.0, 900.0)
    ]
    rows = [
        {"quintile": n, "value": 0.05 + n / 100, "lower95": 0.04, "upper95": 0.12}
        for n in range(1, 6)
    ]
    for size in (WIDE, NARROW):
        specs = [
            funnel_spec(units, limits, 0.05, ("Size", "Share"), size, True),
            strip_spec(units, 0.05, "Share", size, True),
            deprivation_spec(rows, rows, "Share", size, True),
        ]
        drawn = [as_svg(spec).decode() for spec in specs]
        assert all(f'width="{size.width}"' in one for one in drawn)
        assert all("Ours" in one for one in drawn[:2])
        assert "most deprived" in drawn[2]
