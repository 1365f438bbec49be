"""A figure as it was written: its value, and how far off it may be because of its rounding.

Belongs here: reading `267,552`, `1.8 million`, `16 %`, `around 70 %`, `1 in 5`. Does not: what the
figure is compared with (`judge`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

APPROXIMATE = ("around", "about", "approximately", "approx.", "approx", "some", "~")
SCALES = {
    "": 0,
    "k": 3,
    "thousand": 3,
    "m": 6,
    "million": 6,
    "bn": 9,
    "billion": 9,
    "%": -2,
    "per cent": -2,
    "percent": -2,
}
WRITTEN = re.compile(
    rf"""^(?:(?P<about>{"|".join(map(re.escape, APPROXIMATE))})\s*)?£?
    (?P<number>-?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)\s*
    (?P<scale>{"|".join(re.escape(one) for one in SCALES if one)})?$""",
    re.VERBOSE | re.IGNORECASE,
)
PARTS = re.compile(r"^(?P<part>\d+)\s+in\s+(?P<whole>[1-9]\d*)$", re.IGNORECASE)
# What is counted one by one: written in full, it is exact.
COUNTED = frozenset({"events", "people", "organisations"})


@dataclass(frozen=True)
class Written:
    """A stated figure: percentages as fractions, `tolerance` in the same unit, and why so much."""

    value: float
    tolerance: float
    because: str


def read_figure(text: str, unit: str) -> Written:
    """What a figure says, and its tolerance: half a unit of the last digit that was written.

    A count written in full is exact. One that is said to be approximate is good to half a unit of
    its last digit that isn't zero: `around 70 %` is 65 to 75 %. Raises ValueError if it can't be
    read.
    """
    if parts := PARTS.match(text.strip()):
        part, whole = int(parts["part"]), int(parts["whole"])
        nearest = part / (whole + 0.5)
        return Written(part / whole, part / whole - nearest, f"the {whole} is rounded, too")
    found = WRITTEN.match(text.strip())
    if found is None:
        raise ValueError(
            f"`{text}` is no figure that can be read: write it like 267,552, 1.8 million, 16 %, "
            "around 70 % or 1 in 5"
        )
    number = Decimal(found["number"].replace(",", ""))
    scale = SCALES[(found["scale"] or "").lower()]
    value = float(number.scaleb(scale))
    if found["about"]:
        step = _last_digit(number.normalize(), scale)
        return Written(value, step / 2, f"said to be approximate ({found['about'].lower()})")
    if unit in COUNTED and scale == 0 and number == number.to_integral_value():
        return Written(value, 0.0, "written in full, so exact")
    return Written(value, _last_digit(number, scale) / 2, "half of its last digit")


def _last_digit(number: Decimal, scale: int) -> float:
    """What one unit of the last digit is worth."""
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"`{number}` is no number")
    return float(Decimal(1).scaleb(exponent + scale))


def within(computed: float, stated: float, tolerance: float) -> bool:
    """Whether a computed figure rounds to the stated one; both ends of the tolerance do."""
    return abs(computed - stated) <= tolerance + 1e-9 * max(1.0, abs(stated), abs(computed))
