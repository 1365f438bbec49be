"""Control charts: hand-worked series, each rule by definition, what must not change the answer."""

import itertools
import math
from datetime import date

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from warehouse.base.months import add_months
from warehouse.statistics.control_chart import (
    assurance,
    control_chart,
    last_baselines,
    variation,
)

START = date(2023, 1, 1)
COUNTS = st.lists(st.integers(0, 12) | st.none(), min_size=1, max_size=40)


def series(values: list[float | None], name: str = "a", **options: object) -> pl.DataFrame:
    """One series from January 2023 on; None is a missing month."""
    months = [add_months(START, n) for n in range(len(values))]
    frame = pl.DataFrame(
        {"case": name, "month": months, "value": values},
        schema_overrides={"value": pl.Float64},
    )
    return frame.with_columns(pl.lit(value).alias(key) for key, value in options.items())


def chart(values: list[float | None], rebases: list[date] | None = None, **options: object):
    starts = pl.DataFrame({"case": "a", "month": rebases}) if rebases else None
    return control_chart(series(values, **options), ["case"], starts)


def signals(values: list[float | None], **options: object) -> list[str]:
    done = chart(values, **options)
    short = {"outside_limits": "out", "two_of_three": "2of3", "none": "", None: "missing"}
    return [
        f"{short.get(signal, signal)} {direction or ''}".strip()
        for signal, direction in done.select("signal", "direction").iter_rows()
    ]


def test_mean_and_limits_of_four_points() -> None:
    row = chart([2, 4, 6, 4]).row(0, named=True)
    assert (row["mean"], row["lower_limit"], row["upper_limit"]) == (4, 4 - 5.32, 4 + 5.32)
    assert row["near_upper_limit"] == pytest.approx(4 + 2 / 3 * 5.32, abs=1e-12)
    assert (row["points_in_baseline"], row["limits"], row["baseline"]) == (4, "trial", 0)


def test_limits_are_settled_from_thirteen_points_on() -> None:
    assert chart([1, 2] * 6)["limits"].unique().to_list() == ["trial"]
    assert chart([1, 2] * 6 + [1])["limits"].unique().to_list() == ["settled"]


def test_one_point_has_a_mean_and_no_limits() -> None:
    row = chart([5]).row(0, named=True)
    assert (row["mean"], row["lower_limit"], row["signal"]) == (5, None, "none")


def test_large_ranges_are_screened_out_of_the_range_only() -> None:
    values = [10.0, 11] * 6 + [100, 11]
    ranges = [1.0] * 11 + [89, 89]
    kept, screened = chart(values), chart(values, screen_outliers=True)
    assert kept["mean"][0] == screened["mean"][0] == pytest.approx(sum(values) / 14)
    assert sum(ranges) / 13 * 3.267 < 89
    assert kept["upper_limit"][0] - kept["mean"][0] == pytest.approx(2.66 * sum(ranges) / 13)
    assert screened["upper_limit"][0] - screened["mean"][0] == pytest.approx(2.66)


def test_a_constant_series_has_no_signal_screened_or_not() -> None:
    for screened in (True, False):
        done = chart([0.1] * 10, screen_outliers=screened)
        assert set(done["signal"]) == {"none"}
        assert set(done["upper_limit"]) == set(done["mean"]) == {0.1}


def test_limits_come_from_the_first_points_if_so_wanted() -> None:
    done = chart([2, 4, 6, 4, 50, 60], fix_after_n_points=4)
    assert set(done["mean"]) == {4} and set(done["points_in_baseline"]) == {4}
    assert done["signal"].to_list()[4:] == ["outside_limits"] * 2


HIGH, LOW = [6, 9, 6, 9, 6, 9, 6], [4, 1, 4, 1, 4, 1, 4]  # about a mean of 5


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (HIGH[:6] + LOW[:6], [""] * 12),
        (HIGH + LOW, ["shift high"] * 7 + ["shift low"] * 7),
        ([*HIGH[:3], 5, *HIGH[:3], *LOW, 9], [""] * 7 + ["shift low"] * 7 + [""]),
    ],
    ids=["six points", "seven points", "a point on the mean breaks the run"],
)
def test_shift(values: list[float], expected: list[str]) -> None:
    assert signals(values) == expected


def test_trend_of_seven_points_and_none_of_six() -> None:
    wide = [5, 9, 1, 8, 2, 8, 1, 9]
    assert signals([*wide, 2, 3, 4, 5, 6, 7])[8:] == [""] * 6
    assert signals([*wide, 2, 3, 4, 5, 6, 7, 8])[8:] == ["trend high"] * 7
    assert signals([*wide, 2, 3, 4, 4, 5, 6, 7])[8:] == [""] * 7, "equal points are no rise"


def test_the_point_between_two_trends_is_of_the_second() -> None:
    wide = [5, 9, 1, 8, 2, 8, 1, 9]
    up_and_down = [2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2]
    assert signals([*wide, *up_and_down])[8:] == ["trend high"] * 6 + ["trend low"] * 7


def test_two_of_three_marks_only_those_close_to_the_limit() -> None:
    calm = [10, 12] * 10
    fixed = {"fix_after_n_points": 20}  # mean 11, limits 11 +- 5.32, close beyond 14.55
    tail = [10, 15, 12, 15, 10]
    assert signals([*calm, *tail], **fixed)[20:] == ["", "2of3 high", "", "2of3 high", ""]
    assert signals([*calm, 10, 15, 10, 15, 10], **fixed)[20:] == [""] * 5, "one on the other side"
    assert signals([*calm, 10, 15, 17, 12, 10], **fixed)[20:] == ["", "", "out high", "", ""]
    assert signals([*calm, 10, 7, 8, 7, 12], **fixed)[20:] == ["", "2of3 low", "", "2of3 low", ""]


def test_missing_months_are_skipped() -> None:
    done = signals([6, None, 9, 6, 9, None, None, 6, 9, 6, *LOW])
    assert done == [
        *("shift high", "missing", "shift high", "shift high", "shift high", "missing", "missing"),
        *["shift high"] * 3,
        *["shift low"] * 7,
    ]


def test_a_long_gap_begins_a_baseline_if_so_wanted() -> None:
    values = [1, 2, 1, None, None, 2, None, None, None, 9, 8]
    assert chart(values)["baseline"].unique().to_list() == [0]
    done = chart(values, longest_gap=2)
    assert done["baseline"].to_list() == [0] * 9 + [1] * 2
    assert done["mean"].to_list() == [1.5] * 9 + [8.5] * 2


def test_runs_and_limits_begin_anew_with_a_baseline() -> None:
    rise = [1.0, 2, 3, 4, 5, 6, 7, 8]
    assert "trend high" in signals(rise)
    done = chart(rise, [add_months(START, 4), add_months(START, 4)])
    assert done["baseline"].to_list() == [0] * 4 + [1] * 4
    assert done["mean"].to_list() == [2.5] * 4 + [6.5] * 4
    assert set(done["signal"]) == {"none"}


def test_baselines_are_numbered_from_nought_whatever_was_declared() -> None:
    early, absent = add_months(START, -3), add_months(START, 2)
    done = chart([1, 2, None, 5, 6], [early, START, absent])
    assert done["baseline"].to_list() == [0, 0, 1, 1, 1]
    assert done["mean"].to_list() == [1.5, 1.5, 5.5, 5.5, 5.5]


def test_a_rebase_in_a_long_gap_begins_one_baseline_with_the_months_after_it() -> None:
    values = [1, 2, None, None, None, None, 5, 6, None]
    done = chart(values, [add_months(START, 4), add_months(START, 8)], longest_gap=2)
    assert done["baseline"].to_list() == [0] * 4 + [1] * 5
    assert done["mean"].to_list() == [1.5] * 4 + [5.5] * 5
    assert chart([None, None])["baseline"].to_list() == [0, 0]


def test_a_point_that_is_left_out_has_no_signal_and_moves_nothing() -> None:
    settled = [10.0, 12] * 8
    points = series([*settled, 99]).with_columns(
        left_out=pl.when(pl.col("value") == 99).then(pl.lit("why"))
    )
    done = control_chart(points, ["case"])
    assert done["signal"].to_list() == ["none"] * 17
    assert set(done["upper_limit"]) == set(chart(settled)["upper_limit"])
    six = series(HIGH + LOW[:6])
    last = six.with_columns(
        left_out=pl.when(pl.col("month") == add_months(START, 6)).then(pl.lit("why"))
    )
    assert set(control_chart(last, ["case"])["signal"]) == {"none"}, "nor does it complete a run"


@pytest.mark.parametrize(
    ("polarity", "found"),
    [
        ("higher_is_better", ["improvement", "concern", "common_cause", None]),
        ("lower_is_better", ["concern", "improvement", "common_cause", None]),
        ("neutral", ["neutral_high", "neutral_low", "common_cause", None]),
    ],
)
def test_variation_follows_polarity(polarity: str, found: list[str]) -> None:
    frame = pl.DataFrame(
        {
            "signal": ["shift", "trend", "none", None],
            "direction": ["high", "low", None, None],
            "polarity": polarity,
        }
    )
    assert frame.select(variation()).to_series().to_list() == found


@pytest.mark.parametrize(
    ("target", "higher", "lower"),
    [
        (None, None, None),
        (1.0, "passing", "failing"),
        (2.0, "hit_or_miss", "hit_or_miss"),
        (5.0, "hit_or_miss", "hit_or_miss"),
        (9.0, "failing", "passing"),
    ],
)
def test_assurance_by_the_limits(target: float | None, higher: str, lower: str) -> None:
    frame = pl.DataFrame(
        {
            "lower_limit": 2.0,
            "upper_limit": 8.0,
            "target": [target] * 3,
            "polarity": ["higher_is_better", "lower_is_better", "neutral"],
        },
        schema_overrides={"target": pl.Float64},
    )
    assert frame.select(assurance()).to_series().to_list() == [higher, lower, None]


def test_assurance_is_not_known_without_limits() -> None:
    frame = pl.DataFrame(
        {"lower_limit": [None], "upper_limit": [None], "target": [3.0], "polarity": ["neutral"]},
        schema_overrides={"lower_limit": pl.Float64, "upper_limit": pl.Float64},
    ).with_columns(polarity=pl.lit("higher_is_better"))
    assert frame.select(assurance()).item() is None


def test_the_last_baseline_is_the_last_that_has_points() -> None:
    done = chart([1, 2, None], [add_months(START, 2)])
    assert last_baselines(done, ["case"]).row(0, named=True)["mean"] == 1.5


def apart(values: list[float]) -> bool:
    """Whether no point lies on a limit, or so near that rounding decides."""
    mean, away = middle(values)
    parts = [abs(abs(v - mean) - part * away) for v in values for part in (1, 2 / 3)]
    return away in (0, math.inf) or min(parts) > 1e-9


def middle(values: list[float]) -> tuple[float, float]:
    """The mean, and how far the limits are from it."""
    ranges = [abs(b - a) for a, b in itertools.pairwise(values)]
    away = 2.66 * math.fsum(ranges) / len(ranges) if ranges else math.inf
    return math.fsum(values) / len(values), away


def by_definition(values: list[float]) -> list[str]:
    """Signals of one baseline, window by window, as the rules are written."""
    n, (mean, away) = len(values), middle(values)
    side = [(v > mean) - (v < mean) for v in values]
    outside = [(v > mean + away) - (v < mean - away) for v in values]
    close = [abs(v - mean) > 2 / 3 * away and not o for v, o in zip(values, outside, strict=True)]
    found = [{"outside_limits": o} if o else {} for o in outside]
    for i in range(n - 6):
        window = values[i : i + 7]
        steps = {(b > a) - (b < a) for a, b in itertools.pairwise(window)}
        if steps in ({1}, {-1}):
            for j in range(i, i + 7):
                found[j]["trend"] = next(iter(steps))
        if set(side[i : i + 7]) in ({1}, {-1}):
            for j in range(i, i + 7):
                found[j]["shift"] = side[i]
    for i in range(n - 2):
        if set(side[i : i + 3]) in ({1}, {-1}) and sum(close[i : i + 3]) >= 2:
            for j in range(i, i + 3):
                if close[j]:
                    found[j]["two_of_three"] = side[i]
    first = ("outside_limits", "trend", "two_of_three", "shift")
    named = [next(((rule, of[rule]) for rule in first if rule in of), None) for of in found]
    return [f"{one[0]} {'high' if one[1] > 0 else 'low'}" if one else "none None" for one in named]


def said(done: pl.DataFrame) -> list[str]:
    return [f"{a} {b}" for a, b in done.select("signal", "direction").iter_rows() if a]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(COUNTS, min_size=1, max_size=5))
def test_every_rule_does_what_its_definition_says(many: list[list[int | None]]) -> None:
    together = pl.concat([series(values, f"s{n}") for n, values in enumerate(many)])
    done = control_chart(together.sample(fraction=1, shuffle=True, seed=3), ["case"])
    for n, values in enumerate(many):
        known = [float(value) for value in values if value is not None]
        one = done.filter(pl.col("case") == f"s{n}")
        assume(not known or apart(known))
        assert said(one) == (by_definition(known) if known else [])


@settings(max_examples=30, deadline=None, derandomize=True)
@given(COUNTS, st.integers(-1000, 1000), st.sampled_from([0.25, 0.5, 2, 1024]), st.booleans())
def test_signals_do_not_depend_on_origin_or_scale(
    values: list[int | None], added: int, times: float, screened: bool
) -> None:
    known = [float(v) for v in values if v is not None]
    assume(known and apart(known))
    plain = chart(values, screen_outliers=screened)
    other = chart(
        [None if v is None else times * (v + added) for v in values], screen_outliers=screened
    )
    assert said(other) == said(plain)
    for column in ("mean", "lower_limit", "upper_limit", "near_lower_limit"):
        moved = plain.select(times * (pl.col(column) + added)).to_series()
        assert moved.to_list() == pytest.approx(other[column].to_list(), abs=1e-6)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(COUNTS)
def test_a_mirrored_series_has_the_mirrored_signals(values: list[int | None]) -> None:
    flip = {"high": "low", "low": "high", None: None}
    plain, other = chart(values), chart([None if v is None else -v for v in values])
    assert other["signal"].to_list() == plain["signal"].to_list()
    assert other["direction"].to_list() == [flip[one] for one in plain["direction"]]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(COUNTS, st.integers(2, 20))
def test_with_fixed_limits_later_points_never_change_earlier_limits(
    values: list[int | None], fixed: int
) -> None:
    whole = chart(values, fix_after_n_points=fixed)
    known = [v for v in values if v is not None]
    if len(known) > fixed:
        shorter = chart(known[:fixed], fix_after_n_points=fixed)
        assert whole["upper_limit"][0] == shorter["upper_limit"][0]
        assert whole["points_in_baseline"][0] == fixed
