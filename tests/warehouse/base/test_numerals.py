"""One style of percentages and points, and no minus before nothing."""

import pytest

from warehouse.base.numerals import signed_percent, signed_points


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
