"""Ranks and nearest units: hand-worked sets, and what must not matter."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.statistics.ranking import nearest, rank_units


def units(values: list[float | None], polarity: str, ranked: list[bool] | None = None):
    return pl.DataFrame(
        {
            "set": "a",
            "unit": list(range(len(values))),
            "value": values,
            "polarity": polarity,
            "ranked": ranked or [True] * len(values),
        },
        schema_overrides={"value": pl.Float64},
    )


def column(frame: pl.DataFrame, name: str) -> list[object]:
    return rank_units(frame, ["set"]).sort("unit")[name].to_list()


def test_the_best_is_first_by_polarity_and_the_largest_if_neutral() -> None:
    values = [0.3, 0.1, 0.2]
    assert column(units(values, "higher_is_better"), "rank") == [1, 3, 2]
    assert column(units(values, "lower_is_better"), "rank") == [3, 1, 2]
    assert column(units(values, "neutral"), "rank") == [1, 3, 2]
    assert set(column(units(values, "neutral"), "rank_order")) == {"largest_first"}
    assert set(column(units(values, "lower_is_better"), "rank_order")) == {"best_first"}


def test_equal_values_have_equal_ranks_and_others_are_in_none() -> None:
    frame = units([5, 5, 9, None, 7], "higher_is_better", [True, True, False, False, True])
    assert column(frame, "rank") == [2, 2, None, None, 1]
    assert set(column(frame, "ranked_of")) == {3}
    assert set(column(frame, "median")) == {5}, "of the ranked ones alone"


def test_deciles_and_percentiles_count_from_the_first() -> None:
    frame = units([float(-n) for n in range(42)], "higher_is_better")
    deciles, percentiles = column(frame, "decile"), column(frame, "percentile")
    assert deciles[:6] == [1, 1, 1, 1, 1, 2] and deciles[-1] == 10  # a tenth of 42 is 4.2
    assert percentiles[:3] == [1, 3, 5] and percentiles[-1] == 98
    assert column(units([3, 1, 2], "neutral"), "decile") == [1, 7, 4]
    assert column(frame, "p90")[0] == pytest.approx(-4.1)
    assert column(frame, "p10")[0] == pytest.approx(-36.9)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=20), st.integers(0, 9))
def test_ranks_depend_on_order_alone(values: list[int], seed: int) -> None:
    numbers = [float(v) for v in values]
    once = column(units(numbers, "lower_is_better"), "rank")
    assert once == [1 + sum(other < value for other in values) for value in values]
    stretched = units([v**3 + 1 for v in numbers], "lower_is_better")
    shuffled = stretched.sample(fraction=1, shuffle=True, seed=seed)
    assert column(shuffled, "rank") == once


def test_nearest_by_features_in_their_own_scale() -> None:
    frame = pl.DataFrame(
        {
            "unit": ["a", "b", "c", "d", "e"],
            "score": [10.0, 11, 30, 31, None],
            "size": [1000.0, 2000, 1000, 2000, 1000],
        }
    )
    found = nearest(frame, ["score", "size"], 2)
    assert found.filter(unit="a")["peer"].to_list() == ["c", "b"]
    assert set(found["unit"]) == {"a", "b", "c", "d"} and "e" not in set(found["peer"])
    alike = frame.with_columns(pl.lit(1.0).alias("score"), pl.lit(1.0).alias("size"))
    assert nearest(alike, ["score", "size"], 1)["peer"].to_list() == ["b", "a", "a", "a", "a"]
