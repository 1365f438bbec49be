"""Figures as they were written: what they say, and how exactly."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from warehouse.claims.stated import read_figure, within


@pytest.mark.parametrize(
    ("written", "unit", "value", "tolerance"),
    [
        ("267,552", "events", 267_552, 0),
        ("267552", "events", 267_552, 0),
        ("1.8 million", "events", 1_800_000, 50_000),
        ("1.4m", "people", 1_400_000, 50_000),
        ("£7 million", "pounds", 7_000_000, 500_000),
        ("16 %", "growth", 0.16, 0.005),
        ("7.2%", "growth", 0.072, 0.0005),
        ("-3 per cent", "growth", -0.03, 0.005),
        ("around 70 %", "share", 0.7, 0.05),
        ("Approximately 3,000", "events", 3_000, 500),
        ("about 1.25 million", "events", 1_250_000, 5_000),
        ("65.6", "fte", 65.6, 0.05),
        ("3,262", "patients_per_fte", 3_262, 0.5),
        ("0.73", "share", 0.73, 0.005),
        ("£3.5bn", "pounds", 3_500_000_000, 50_000_000),
        ("1 in 5", "share", 0.2, 0.2 - 1 / 5.5),
    ],
)
def test_figure_and_the_tolerance_of_its_rounding(
    written: str, unit: str, value: float, tolerance: float
) -> None:
    found = read_figure(written, unit)
    assert found.value == pytest.approx(value, rel=1e-12)
    assert found.tolerance == pytest.approx(tolerance, rel=1e-9)
    assert found.because


def test_the_tolerance_of_a_share_is_said_in_points() -> None:
    assert read_figure("15 %", "growth").because == "allowing for rounding (±0.5 pp)"
    assert read_figure("0.73", "share").because == "allowing for rounding (±0.5 pp)"
    assert read_figure("1.8 million", "events").because == "allowing for rounding (±50,000)"


@pytest.mark.parametrize("written", ["", "many", "1.2.3", "12,34", "nearly 1,000", "1 in 0", "5 x"])
def test_an_invalid_figure_is_refused_with_the_expected_form(written: str) -> None:
    with pytest.raises(ValueError, match="expected a figure written like 267,552"):
        read_figure(written, "events")


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("73", "share", "a share in percent"),
        ("1.6", "growth", "a growth in percent"),
        ("£3.5bn", "share", "a share in percent"),
        ("16 %", "events", "a number of events"),
        ("£3.5bn", "events", "a number of events"),
        ("1 in 5", "people", "a number of people"),
        ("7 per cent", "pounds", "a number of pounds, such as £3.5bn"),
    ],
)
def test_a_figure_of_another_unit_is_refused(written: str, unit: str, expected: str) -> None:
    with pytest.raises(ValueError, match=f"found `{written}`, expected {expected}"):
        read_figure(written, unit)


@example(Decimal("999998.9950"), 2, "million", ROUND_HALF_UP)
@example(Decimal("2.5"), 0, "%", ROUND_HALF_EVEN)
@given(
    true=st.decimals(min_value=1, max_value=999_999, places=4),
    digits=st.integers(min_value=0, max_value=2),
    scale=st.sampled_from(["million", "thousand", "%"]),
    rounding=st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]),
)
def test_what_rounds_to_the_written_figure_fits_it(
    true: Decimal, digits: int, scale: str, rounding: str
) -> None:
    rounded = true.quantize(Decimal(1).scaleb(-digits), rounding=rounding)
    factor = {"million": 1e6, "thousand": 1e3, "%": 0.01}[scale]
    found = read_figure(f"{rounded:,} {scale}", "growth" if scale == "%" else "events")
    assert within(float(true) * factor, found.value, found.tolerance)
    # The next figure that could have been written is another one.
    beside = float(true) * factor + 2.01 * found.tolerance
    assert not within(beside, found.value, found.tolerance)


def test_no_count_is_so_large_that_another_fits_it() -> None:
    stated = read_figure("267,552,123,456", "events")
    assert within(267_552_123_456, stated.value, stated.tolerance)
    assert not within(267_552_123_457, stated.value, stated.tolerance)
