"""Inequality: hand-worked groups, the reference's indices, intervals that repeat."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.statistics.inequality import (
    by_group,
    cut_points,
    gaps,
    group_of,
    slope_index,
)
from warehouse.statistics.resampling import INTERVALS, bootstrap

GROUP = st.tuples(st.integers(1, 10_000), st.integers(0, 1_000))


def groups(*pairs: tuple[int | None, float | None], place: str = "a") -> pl.DataFrame:
    """Quintiles from 1 on: (population, value)."""
    return pl.DataFrame(
        {
            "place": place,
            "quintile": list(range(1, len(pairs) + 1)),
            "population": [a for a, _ in pairs],
            "value": [b for _, b in pairs],
        },
        schema_overrides={"population": pl.Int64, "value": pl.Float64},
    )


def practices(numerators: list[int], quintiles: list[int]) -> pl.DataFrame:
    """Practices of 1,000 patients and a denominator of 100."""
    return pl.DataFrame(
        {
            "practice": [f"p{n:03d}" for n in range(len(quintiles))],
            "quintile": quintiles,
            "numerator": numerators,
            "denominator": 100,
            "patients": 1000,
        }
    )


def index(frame: pl.DataFrame) -> tuple[float | None, float | None, int]:
    return slope_index(frame, ["place"]).drop("place").row(0)


def test_a_straight_gradient_is_its_slope() -> None:
    # Midpoints 0.1, 0.3 ... 0.9; 10 at 0 and 20 at 1.
    assert index(groups(*[(100, 11 + 2 * n) for n in range(5)])) == pytest.approx((10, 2, 5))


def test_unequal_populations_worked_by_hand() -> None:
    """Populations 300 and 100: midpoints 0.375 and 0.875. Values 4 and 6: slope 2 / 0.5 = 4, and
    4 - 4 x 0.375 = 2.5 at rank 0, so RII = 6.5 / 2.5."""
    assert index(groups((300, 4), (100, 6))) == pytest.approx((4, 2.6, 2))


def test_what_is_not_known_is_left_out_and_one_group_has_no_slope() -> None:
    assert index(groups((300, 4), (None, 9), (100, 6), (50, None))) == pytest.approx((4, 2.6, 2))
    assert index(groups((300, 4), (0, 9))) == (None, None, 1)


def test_a_line_that_begins_at_nought_has_no_ratio() -> None:
    sii, rii, _ = index(groups((100, 1), (100, 3)))
    assert (sii, rii) == (4, None)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(GROUP, min_size=2, max_size=5), st.sampled_from([0.5, 2, 8]))
def test_indices_follow_scale_and_origin(pairs: list[tuple[int, int]], times: float) -> None:
    sii, rii, _ = index(groups(*pairs))
    scaled, same, _ = index(groups(*[(n, times * v) for n, v in pairs]))
    moved, _, _ = index(groups(*[(n, v + 7) for n, v in pairs]))
    assert scaled == pytest.approx(times * sii, abs=1e-6) and moved == pytest.approx(sii, abs=1e-6)
    assert (same is None) == (rii is None) and (rii is None or same == pytest.approx(rii, rel=1e-3))
    turned, _, _ = index(groups(*reversed(pairs)))
    assert turned == pytest.approx(-sii, abs=1e-6)


def test_cut_points_are_of_patients_not_practices() -> None:
    scores = pl.Series([50.0, 40, 30, 20, 10, None, 60])
    patients = pl.Series([200, 200, 200, 200, 200, 900, None])
    assert cut_points(scores, patients) == [50, 40, 30, 20]
    assert cut_points(scores, pl.Series([600, 100, 100, 100, 100, 0, 0])) == [50, 50, 50, 30]
    found = pl.DataFrame({"score": [99.0, 50, 49.9, 20, 19, None]}).select(
        group_of(pl.col("score"), [50, 40, 30, 20])
    )
    assert found.to_series().to_list() == [1, 1, 2, 4, 5, None]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 999)), min_size=1, max_size=60))
def test_groups_follow_deprivation_and_none_is_more_than_a_practice_too_large(
    many: list[tuple[int, int]],
) -> None:
    frame = pl.DataFrame(many, schema=["score", "patients"], orient="row")
    cuts = cut_points(frame["score"], frame["patients"])
    assert cuts == sorted(cuts, reverse=True)
    frame = frame.with_columns(quintile=group_of(pl.col("score"), cuts)).sort("score")
    assert frame["quintile"].is_sorted(descending=True) and frame["quintile"].is_between(1, 5).all()
    largest = frame.group_by("score").agg(pl.col("patients").sum())["patients"].max()
    sizes = frame.group_by("quintile").agg(pl.col("patients").sum())["patients"]
    assert sizes.max() <= frame["patients"].sum() / 5 + largest


def test_values_come_from_sums_and_blank_practices_count_for_nothing() -> None:
    frame = pl.DataFrame(
        {
            "place": "a",
            "quintile": [1, 1, 1, 5, None],
            "numerator": [10, 0, None, 9, 50],
            "denominator": [10, 30, 100, 10, 50],
            "patients": [100, 300, 1000, 50, 60],
        }
    )
    found = by_group(frame, ["place"], "share")
    assert found["quintile"].to_list() == [1, 5]
    assert found["value"].to_list() == [0.25, 0.9], "not the mean of 1 and 0"
    assert found["practices"].to_list() == [2, 1] and found["patients"].to_list() == [400, 50]
    row = found.row(0, named=True)
    assert row["lower95"] < row["lower83"] < 0.25 < row["upper83"] < row["upper95"]
    rate = by_group(frame, ["place"], "rate").row(0, named=True)
    # Byar's limit of 10 events: 10 (1 - 1/90 - 1.959964 / (3 sqrt(10)))^3.
    assert rate["lower95"] == pytest.approx(4.78745 / 40, abs=1e-6)


def test_gaps_and_a_missing_quintile() -> None:
    both = gaps(groups((1, 0.3), (1, 0.2), (1, 0.2), (1, 0.2), (1, 0.2)), ["place"])
    assert both.drop("place").row(0) == (0.3, 0.2, pytest.approx(0.1), pytest.approx(1.5), False)
    lacking = gaps(groups((1, None), (1, 0.2)), ["place"]).row(0, named=True)
    assert lacking["most_deprived_missing"] and lacking["absolute_gap"] is None


def test_an_interval_repeats_in_any_order_and_contains_the_index() -> None:
    frame = practices([30, 35, 40, 45, 20, 25, 30, 22, 10, 15, 12, 20], [1] * 4 + [3] * 4 + [5] * 4)
    once = bootstrap(frame, "QK1")
    again = bootstrap(frame.sample(fraction=1, shuffle=True, seed=5), "QK1")
    assert once == again and once != bootstrap(frame, "QT1") != bootstrap(frame, "QK1", seed=1)
    assert set(once) == {f"{name}_{end}" for name in INTERVALS for end in ("lower", "upper")}
    keyed = frame.with_columns(place=pl.lit("QK1"))
    of_groups = by_group(keyed, ["place"], "share")
    index = slope_index(of_groups.with_columns(population="patients"), ["place"])
    found = {**gaps(of_groups, ["place"]).row(0, named=True), **index.row(0, named=True)}
    for name in INTERVALS:
        assert once[f"{name}_lower"] < found[name] < once[f"{name}_upper"]


def test_practices_that_are_all_alike_leave_no_doubt() -> None:
    found = bootstrap(practices([30] * 4 + [15] * 4, [1] * 4 + [5] * 4), "a")
    assert found["absolute_gap_lower"] == found["absolute_gap_upper"] == pytest.approx(0.15)
    assert found["rii_lower"] == pytest.approx(found["rii_upper"])


def test_without_the_most_deprived_there_is_no_interval_of_a_gap() -> None:
    found = bootstrap(practices([30, 31, 15, 16], [2, 2, 5, 5]), "a")
    assert found["absolute_gap_lower"] is None and found["sii_lower"] is not None
    assert set(bootstrap(practices([30, 31], [2, 2]), "a").values()) == {None}


def test_the_reference_agrees_on_slope_and_relative_index(golden: Path) -> None:
    points = pl.read_csv(golden / "methods" / "sii_points.csv").rename({"quantile": "quintile"})
    expected = pl.read_csv(golden / "methods" / "sii.csv").sort("case")
    found = slope_index(points.sample(fraction=1, shuffle=True, seed=2), ["case"]).sort("case")
    assert found["case"].equals(expected["case"]) and expected.height == 40
    for name in ("sii", "rii"):
        assert (found[name] - expected[name]).abs().max() < 1e-9
