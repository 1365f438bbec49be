"""Decimals are read from their digits, and refused if they can't be kept."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.base.decimals import KIND, PLACES, exactly


def read(*texts: str | None) -> list[Decimal | None]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(exactly(pl.col("text"))).to_series().to_list()


@pytest.mark.parametrize(
    ("text", "number"),
    [("4.266666667", "4.266666667"), ("12", "12"), (" 0.5 ", "0.5"), ("1.", "1"), ("-2.5", "-2.5"),
     ("0.100000000000000", "0.1")],
)  # fmt: skip
def test_a_number_is_its_digits(text: str, number: str) -> None:
    assert read(text) == [Decimal(number)]


@pytest.mark.parametrize(
    "text", [None, "", "NA", "1,234.5", "1e3", "0.12345678901", "1.2.3", ".", "12 FTE", "inf"]
)
def test_what_can_not_be_kept_is_no_number(text: str | None) -> None:
    assert read(text) == [None]


numbers = st.decimals(0, 10_000, places=9, allow_nan=False, allow_infinity=False)


@given(st.lists(numbers, min_size=1, max_size=50))
def test_sums_are_those_of_the_digits(given: list[Decimal]) -> None:
    frame = pl.DataFrame({"text": [f"{one:f}" for one in given]})
    total = frame.select(exactly(pl.col("text")).sum()).to_series()
    assert total.dtype == KIND
    assert total.item() == sum(given)
    assert PLACES >= 9
