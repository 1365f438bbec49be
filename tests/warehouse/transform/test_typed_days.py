"""Dates as people type them."""

from datetime import date

import polars as pl
import pytest

from warehouse.transform.typed_values import on_day

FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d/%m/%Y")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("20 Dec 26", date(2026, 12, 20)),
        ("1/4/26", date(2026, 4, 1)),
        ("29/02/24", date(2024, 2, 29)),
        ("31/03/68", date(2068, 3, 31)),
        ("01/04/74", date(1974, 4, 1)),
        ("20 Dec 2026", date(2026, 12, 20)),
        (" 2026-12-20 ", date(2026, 12, 20)),
        ("31/02/26", None),
        ("soon", None),
    ],
)
def test_a_year_of_two_digits_is_of_our_time(typed: str, day: date | None) -> None:
    frame = pl.DataFrame({"due": [typed, None]})
    assert frame.select(on_day(pl.col("due"), FORMATS))["due"].to_list() == [day, None]
