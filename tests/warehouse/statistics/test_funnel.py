"""Funnels and intervals: hand-worked units, the references' answers, what must not matter."""

import math
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from typer.testing import CliRunner

from pipelines.cli.main import app
from warehouse.statistics.funnel import CLASSES, funnel, limits_at
from warehouse.statistics.intervals import byar, wilson, z_of

UNIT = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
UNITS = st.lists(UNIT, min_size=1, max_size=25)


def units(*pairs: tuple[float | None, float | None], case: str = "a") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "case": case,
            "unit": [f"u{n}" for n in range(len(pairs))],
            "numerator": [a for a, _ in pairs],
            "denominator": [b for _, b in pairs],
        },
        schema_overrides={"numerator": pl.Float64, "denominator": pl.Float64},
    )


def test_the_deviates_are_those_of_the_specification() -> None:
    assert z_of(0.95) == pytest.approx(1.959964, abs=5e-7)
    assert z_of(0.998) == pytest.approx(3.090232, abs=5e-7)


def test_wilson_worked_by_hand() -> None:
    # 81 of 263 (Newcombe 1998): 0.2553 to 0.3662.
    frame = units((81, 263), (0, 10), (10, 10), (1, 0))
    low, high = wilson(pl.col("numerator"), pl.col("denominator"), 0.95)
    found = frame.select(low.alias("low"), high.alias("high"))
    assert found.row(0) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    z2 = z_of(0.95) ** 2
    assert found.row(1) == pytest.approx((0, z2 / (10 + z2)), abs=1e-12)
    assert found.row(2) == pytest.approx((10 / (10 + z2), 1), abs=1e-12)
    assert found.row(3) == (None, None)


def test_byar_is_exact_for_few_events_and_near_it_for_many() -> None:
    events = pl.DataFrame({"events": [0.0, 1, 9, 10, 100, None]})
    low, high = byar(pl.col("events"), 0.95)
    found = events.select(low.alias("low"), high.alias("high")).rows()
    for count, (a, b) in zip((0, 1, 9), found, strict=False):
        exact_low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0
        assert (a, b) == pytest.approx((exact_low, stats.chi2.ppf(0.975, 2 * count + 2) / 2))
    assert found[1] == pytest.approx((0.0253178, 5.5716434), abs=1e-7)  # tables of Poisson limits
    for count, (a, b) in zip((10, 100), found[3:], strict=False):
        exact = (stats.chi2.ppf(0.025, 2 * count) / 2, stats.chi2.ppf(0.975, 2 * count + 2) / 2)
        assert (a, b) == pytest.approx(exact, rel=5e-3) and (a, b) != exact
    assert found[5] == (None, None)


def test_limits_about_the_average_of_sums() -> None:
    # Average 0.5; at n = 400 a standard error is 0.025: limits at 0.451, 0.549 and 0.4227, 0.5773.
    shares = [(181, 400), (180, 400), (170, 400), (169, 400)]
    mirrored = [(400 - a, 400) for a, _ in shares]
    done = funnel(units(*shares, *mirrored), ["case"])
    assert done["average"].to_list() == [0.5] * 8
    expected = ["within", "low_0.025", "low_0.025", "low_0.001"]
    assert done["funnel"].to_list()[:4] == expected
    assert done["funnel"].to_list()[4:] == [one.replace("low", "high") for one in expected]
    assert set(done["funnel_method"]) == {"plain"} and set(done["tau"]) == {0}


def test_a_unit_without_a_figure_has_no_class_and_counts_for_nothing() -> None:
    done = funnel(units((5, 10), (None, 100), (50, None), (0, 0)), ["case"])
    assert done["funnel"].to_list() == ["within", None, None, None]
    assert done["funnel_method"].to_list() == ["plain", None, None, None]
    assert done["average"][0] == 0.5


@pytest.mark.parametrize("share", [0, 1])
def test_units_that_are_all_alike_are_within(share: int) -> None:
    for overdispersion in ("never", "auto"):
        done = funnel(units(*[(10 * share, 10)] * 6), ["case"], overdispersion)
        assert set(done["funnel"]) == {"within"} and set(done["tau"]) == {0}


def test_overdispersion_worked_by_hand() -> None:
    """Ten units of 400, average 0.5: a standard error is 0.025, so each 10 of the numerator is one.
    Deviations -6, -4, -2, -2, -1, 1, 2, 2, 4, 6; the tenth and ninetieth percentiles are -4.2 and
    4.2, so the ends count as those: squares 2 x (4.2^2 + 16 + 4 + 4 + 1) = 85.28."""
    sigmas = [-6, -4, -2, -2, -1, 1, 2, 2, 4, 6]
    frame = units(*[(200 + 10 * one, 400) for one in sigmas])
    done = funnel(frame, ["case"], "auto")
    assert set(done["funnel_method"]) == {"overdispersed"}
    # Equal weights w: the variance between units is (85.28 - 9) / (w (10 - 1)), w = 1 / 0.025^2.
    tau = math.sqrt((85.28 - 9) / 9) * 0.025
    assert done["tau"].to_list() == pytest.approx([tau] * 10, abs=1e-12)
    # Now a standard deviation is 0.025 x sqrt(1 + 8.476) = 0.077: 6 are 1.95 of them, just within.
    assert set(done["funnel"]) == {"within"}
    plain = funnel(frame, ["case"])["funnel"].to_list()
    assert plain[:3] == ["low_0.001", "low_0.001", "low_0.025"]


def test_few_outside_widen_nothing() -> None:
    done = funnel(units(*[(200, 400)] * 9, (350, 400)), ["case"], "auto")
    assert set(done["funnel_method"]) == {"plain"}
    assert done["funnel"][9] == "high_0.001"


def test_rates_by_byars_interval() -> None:
    # Average 2 per 1,000; 20.2 expected in 10,000. Byar's interval of 30 events begins at 20.24, of
    # 29 at 19.42.
    others = (1941, 970_000)
    done = funnel(units((30, 10_000), (29, 10_000), others), ["case"], measure="rate")
    assert done["average"][0] == pytest.approx(2000 / 990_000)
    assert done["funnel"].to_list() == ["high_0.025", "within", "within"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(UNITS, st.integers(0, 3))
def test_sets_are_judged_apart_and_in_any_order(pairs: list[tuple[int, int]], seed: int) -> None:
    alone = funnel(units(*pairs), ["case"], "auto")
    mixed = pl.concat([units(*pairs), units((1, 2), (40, 50), case="b")])
    mixed = mixed.sample(fraction=1, shuffle=True, seed=seed)
    together = funnel(mixed, ["case"], "auto").filter(case="a")
    by_unit = alone.join(together, on="unit", suffix="_2")
    assert by_unit.height == len(pairs)
    assert by_unit["funnel"].equals(by_unit["funnel_2"])
    assert by_unit["tau"].to_list() == pytest.approx(by_unit["tau_2"].to_list())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(UNITS)
def test_those_who_did_not_mirror_those_who_did(pairs: list[tuple[int, int]]) -> None:
    flip = dict(zip(CLASSES, reversed(CLASSES), strict=True))
    did = funnel(units(*pairs), ["case"], "auto")
    did_not = funnel(units(*[(n - a, n) for a, n in pairs]), ["case"], "auto")
    assert did_not["tau"].to_list() == pytest.approx(did["tau"].to_list(), abs=1e-9)
    # A share on a limit may fall on either side of it by rounding.
    same = [flip[a] == b for a, b in zip(did["funnel"], did_not["funnel"], strict=True)]
    assert sum(same) >= len(pairs) - 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(UNIT)
def test_intervals_contain_their_figure_and_widen_with_confidence(pair: tuple[int, int]) -> None:
    number, of = pl.col("numerator"), pl.col("denominator")
    for narrow, wide, figure in (
        (wilson(number, of, 0.95), wilson(number, of, 0.998), number / of),
        (byar(number, 0.95), byar(number, 0.998), number),
    ):
        a, b, c, d, e = (
            units(pair)
            .select(
                *(one.alias(str(n)) for n, one in enumerate((wide[0], narrow[0], figure))),
                narrow[1].alias("3"),
                wide[1].alias("4"),
            )
            .row(0)
        )
        assert a <= b + 1e-12 and b <= c + 1e-12 and c <= d + 1e-12 and d <= e + 1e-12


def test_the_reference_agrees_on_funnels_and_wilson(golden: Path, tmp_path: Path) -> None:
    path, out = golden / "methods" / "funnel_proportions.csv.gz", tmp_path / "out.csv"
    done = CliRunner().invoke(app, ["funnel", str(path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    expected, found = pl.read_csv(path), pl.read_csv(out)
    assert expected.height > 1700
    assert found["funnel_significance"].equals(expected["funnel_significance"])
    for column in (f"wilson{level}_{end}" for level in (95, 998) for end in ("lower", "upper")):
        assert (found[column] - expected[column]).abs().max() < 1e-9


def test_the_reference_agrees_on_byar(golden: Path) -> None:
    rates = pl.read_csv(golden / "methods" / "byar_rates.csv")
    assert rates.height > 70
    for limit, name in zip(byar(pl.col("events"), 0.95), ("lower", "upper"), strict=True):
        found = rates.select(1000 * limit / pl.col("population")).to_series()
        assert (found - rates[f"byar95_{name}"]).abs().max() < 1e-9


@pytest.mark.parametrize("measure", ["share", "rate"])
@pytest.mark.parametrize("spread", [0.001, 0.2], ids=["plain", "overdispersed"])
def test_drawn_limits_are_those_between_the_classes(measure: str, spread: float) -> None:
    sizes = [40 + 150 * number for number in range(60)]
    shares = [0.05 * (1 + spread * math.sin(5 * number)) for number in range(60)]
    events = [round(n * share) for n, share in zip(sizes, shares, strict=True)]
    events[3], events[20], events[40] = 60, 20, 700
    frame = pl.DataFrame({"set": ["a"] * 60, "numerator": events, "denominator": sizes})
    judged = funnel(frame, ["set"], "auto", measure)  # type: ignore[arg-type]
    assert set(judged["funnel_method"]) == {"plain" if spread < 0.1 else "overdispersed"}
    tau = float(judged["tau"].to_list()[0])
    limits = limits_at(sizes, judged["average"].to_list()[0], tau, measure)  # type: ignore[arg-type]
    found = []
    for number, row in enumerate(limits.to_dicts()):
        value = events[number] / sizes[number]
        below = [name for name in ("low_0.001", "low_0.025") if value < row[name]]
        above = [name for name in ("high_0.001", "high_0.025") if value > row[name]]
        found.append((below or above or ["within"])[0])
    assert found == judged["funnel"].to_list()
    assert len(set(found)) > 1
