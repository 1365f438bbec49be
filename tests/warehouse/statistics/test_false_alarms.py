"""How often the four rules alarm where nothing happened, as docs/statistics.md says, and how often
limits are called not stable. From a fixed seed."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest

from warehouse.statistics.chart_options import JUDGED_POINTS
from warehouse.statistics.control_chart import control_chart, limits_not_stable

SERIES, MONTHS, FIRST = 1500, 36, 24
Noise = Callable[[np.ndarray], np.ndarray]


def charted(changed: Noise = lambda noise: noise, phi: float = 0.0) -> pl.DataFrame:
    """Charts of series of noise: `place` (0 is the first month), `signal`, `unstable`."""
    noise = np.random.default_rng(20261130).normal(size=(SERIES, MONTHS))
    for n in range(1, MONTHS):
        noise[:, n] += phi * noise[:, n - 1]
    months = pl.date_range(date(2020, 1, 1), date(2022, 12, 1), "1mo", eager=True)
    points = pl.DataFrame(
        {
            "of": np.repeat(np.arange(SERIES), MONTHS),
            "month": pl.concat([months] * SERIES),
            "value": changed(noise).ravel(),
        }
    ).with_columns(
        fix_after_n_points=pl.lit(FIRST, pl.Int64), fewest_points=pl.lit(JUDGED_POINTS, pl.Int64)
    )
    return control_chart(points, ["of"]).select(
        "of",
        pl.int_range(pl.len()).over("of").alias("place"),
        pl.col("signal") != "none",
        limits_not_stable().alias("unstable"),
    )


def share(frame: pl.DataFrame, column: str) -> float:
    return float(frame[column].cast(pl.Int64).sum()) / frame.height


def test_noise_alarms_as_often_as_the_documentation_says() -> None:
    chart = charted()
    assert share(chart, "signal") == pytest.approx(0.05, abs=0.01)
    assert share(chart.filter(pl.col("place") >= FIRST), "signal") == pytest.approx(0.07, abs=0.015)
    newest = chart.filter(pl.col("place") == MONTHS - 1)
    assert 0.02 < share(newest, "signal") < 0.05
    assert share(newest, "unstable") < 0.01


def test_months_that_resemble_the_one_before_alarm_more_often() -> None:
    assert share(charted(phi=0.5), "signal") > 3 * share(charted(), "signal")


@pytest.mark.parametrize(
    "changed",
    [
        lambda noise: noise + 3 * (np.arange(MONTHS) >= FIRST // 2),
        lambda noise: noise + 0.3 * np.arange(MONTHS),
    ],
    ids=["a jump within the baseline", "growth throughout"],
)
def test_limits_of_a_baseline_that_changed_are_not_stable(changed: Noise) -> None:
    assert share(charted(changed), "unstable") > 0.8


def test_a_jump_after_the_baseline_is_a_signal_of_stable_limits() -> None:
    chart = charted(lambda noise: noise + 4 * (np.arange(MONTHS) >= FIRST))
    assert share(chart, "unstable") < 0.01
    assert share(chart.filter(pl.col("place") >= FIRST), "signal") > 0.95
