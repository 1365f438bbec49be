"""Rank correlations and limits of differences, against numbers worked out apart."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm, spearmanr

from warehouse.statistics.association import LEAST, rank_correlation
from warehouse.statistics.intervals import difference, wilson


def of(x: list[float], y: list[float]) -> dict[str, float | None]:
    frame = pl.DataFrame({"set": "a", "x": x, "y": y}, strict=False)
    [row] = rank_correlation(frame, ["set"], "x", "y").to_dicts()
    return row


def test_it_is_spearmans_with_ties_and_the_limits_of_bonett_and_wright() -> None:
    draws = np.random.default_rng(4)
    x = draws.integers(0, 8, 30).astype(float)
    y = x + draws.normal(0, 4, 30).round()
    row = of(list(x), list(y))
    r = spearmanr(x, y).statistic
    assert row["rank_correlation"] == pytest.approx(r)
    half = norm.ppf(0.975) * np.sqrt((1 + r**2 / 2) / 27)
    assert row["rank_correlation_lower95"] == pytest.approx(np.tanh(np.arctanh(r) - half))
    assert row["rank_correlation_upper95"] == pytest.approx(np.tanh(np.arctanh(r) + half))


def test_few_units_and_constants_have_none() -> None:
    few = [float(n) for n in range(LEAST - 1)]
    assert of(few, few) == {
        "set": "a",
        "units": LEAST - 1,
        "rank_correlation": None,
        "rank_correlation_lower95": None,
        "rank_correlation_upper95": None,
    }
    assert of([1.0] * 12, [float(n) for n in range(12)])["rank_correlation"] is None
    whole = [float(n) for n in range(12)]
    row = of(whole, whole)
    assert row["rank_correlation"] == row["rank_correlation_upper95"] == pytest.approx(1)


def test_a_difference_has_newcombes_limits() -> None:
    """56 of 70 against 48 of 80: Newcombe (1998), method 10, gives 0.0524 to 0.3339."""
    shares = pl.DataFrame({"a": [56.0], "m": [70.0], "b": [48.0], "n": [80.0]})
    new, old = (
        (pl.col(top) / pl.col(of_all), *wilson(pl.col(top), pl.col(of_all), 0.95))
        for top, of_all in (("a", "m"), ("b", "n"))
    )
    low, high = difference(new, old)
    [found] = shares.select(low=low, high=high).rows()
    assert found == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
