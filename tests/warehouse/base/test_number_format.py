"""One style of percentages and points, and no minus before nothing."""

import pytest

from warehouse.base.number_format import (
    revision_texts,
    say_change,
    say_number,
    say_per_day,
    say_signed,
    scale_texts,
    signed_percent,
    signed_points,
    value_text,
)


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        (-0.0971, "-9.7%"),
        (0.16083, "+16.1%"),
        (-0.0004, "0.0%"),
        (-0.0, "0.0%"),
        (0.0004, "0.0%"),
        (-0.0005001, "-0.1%"),
        (12.3456, "+1,234.6%"),
    ],
)
def test_changes_in_per_cent(ratio: float, told: str) -> None:
    assert signed_percent(ratio) == told


def test_changes_in_points() -> None:
    assert [signed_points(one) for one in (0.002, -0.013, -0.0003)] == [
        "+0.2 pp",
        "-1.3 pp",
        "0.0 pp",
    ]
    assert signed_percent(-0.00004, 2) == "0.00%"


@pytest.mark.parametrize(
    ("value", "told"),
    [(7_000_000, "£7,000,000"), (1234.5, "£1,234.50"), (-12, "-£12"), (0, "£0"), (0.07, "£0.07")],
)
def test_money_is_in_pounds(value: float, told: str) -> None:
    assert value_text(value, "pounds") == told


def test_a_value_is_written_by_its_unit() -> None:
    told = [
        value_text(0.7332, "share"),
        value_text(65.25, "rate_per_1000"),
        value_text(1234, "fte"),
    ]
    assert told == ["73.3%", "65.2", "1,234"]
    assert [say_number(one) for one in (1237002, 65.6, 2.125)] == ["1,237,002", "65.6", "2.12"]
    assert [say_signed(one) for one in (7351, -1, 0)] == ["+7,351", "-1", "0"]


def test_a_value_per_working_day_has_the_decimals_that_it_needs() -> None:
    told = [say_per_day(one, "events") for one in (11693.85, 99.94, 0.4)]
    assert told == ["11,694", "99.9", "0.4"]
    assert say_per_day(3.094, "rate_per_1000") == "3.09"


def test_a_change_of_a_share_is_in_points_and_of_all_else_in_percent() -> None:
    assert say_change("share", -0.0003, 0.5) == "0.0 pp"
    assert say_change("events", 5, -0.097) == "-9.7%"
    assert say_change("events", 5, None) == say_change("share", None, 0.5) == "-"


@pytest.mark.parametrize(
    ("values", "unit", "told"),
    [
        ([0.6405, 0.6420, 0.6435], "share", ["64.05%", "64.20%", "64.35%"]),
        ([0.5, 0.75, 1.0], "share", ["50.0%", "75.0%", "100.0%"]),
        ([11_000.0, 12_345.6, 14_000.0], "events", ["11,000", "12,346", "14,000"]),
        ([510.21, 510.74], "rate_per_1000", ["510.21", "510.74"]),
        ([2.0, 5.0, 8.0], "fte", ["2", "5", "8"]),
        ([5.0, 5.0], "fte", ["5", "5"]),
    ],
)
def test_labels_of_a_scale_are_told_apart(values: list[float], unit: str, told: list[str]) -> None:
    assert scale_texts(values, unit) == told


def test_a_revised_share_has_decimals_that_make_its_change_add_up() -> None:
    row = {"unit": "share", "old_value": 0.80776, "new_value": 0.80795, "change": 0.00019}
    assert revision_texts({**row, "ratio": None}) == ("80.776%", "80.795%", "+0.019 pp")
    even = {**row, "old_value": 0.8076, "new_value": 0.8079, "change": 0.0003}
    assert revision_texts({**even, "ratio": None}) == ("80.76%", "80.79%", "+0.03 pp")
    count = {"unit": "events", "old_value": 4334.0, "new_value": 4439.0, "change": 105.0}
    assert revision_texts({**count, "ratio": 0.02423}) == ("4,334", "4,439", "+2.42%")
