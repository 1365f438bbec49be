"""A figure as written, such as `267,552`, `1.8 million`, `16 %`, `around 70 %` or `1 in 5`.

Belongs here: its value, and its tolerance because of rounding. Does not: what it is compared with
(`verdicts`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from warehouse.base.number_format import points_text

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
    rf"""^(?:(?P<about>{"|".join(map(re.escape, APPROXIMATE))})\s*)?(?P<pounds>£)?
    (?P<number>-?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)\s*
    (?P<scale>{"|".join(re.escape(one) for one in SCALES if one)})?$""",
    re.VERBOSE | re.IGNORECASE,
)
PARTS = re.compile(r"^(?P<part>\d+)\s+in\s+(?P<whole>[1-9]\d*)$", re.IGNORECASE)
# Counts: exact if written in full.
COUNTED = frozenset({"events", "people", "organisations"})
# Parts of a whole, or changes relative to one: in percent, or a fraction such as 0.73.
FRACTIONS = frozenset({"share", "growth"})
# Relative tolerance for floating-point error, far less than any written digit.
NOISE = 1e-12


@dataclass(frozen=True)
class Written:
    """A stated figure: percentages as fractions, `tolerance` in the same unit, and its reason."""

    value: float
    tolerance: float
    because: str


def read_figure(text: str, unit: str) -> Written:
    """Return a figure's value and its tolerance: half a unit of the last digit that was written.

    A count written in full is exact. The tolerance of an approximate figure is half a unit of its
    last digit that isn't zero: `around 70 %` is 65 to 75 %. Raises ValueError with what was found
    and expected if it can't be read, or is not written in `unit` (a share in percent).
    """
    if parts := PARTS.match(text.strip()):
        if unit not in FRACTIONS:
            raise ValueError(_of_another_unit(text, unit))
        part, whole = int(parts["part"]), int(parts["whole"])
        nearest = part / (whole + 0.5)
        return Written(part / whole, part / whole - nearest, f"the {whole} may be rounded too")
    found = WRITTEN.match(text.strip())
    if found is None:
        raise ValueError(
            f"found `{text}`, expected a figure written like 267,552, 1.8 million, 16 %, "
            "around 70 % or 1 in 5"
        )
    if not _is_of(unit, found):
        raise ValueError(_of_another_unit(text, unit))
    number = Decimal(found["number"].replace(",", ""))
    scale = SCALES[(found["scale"] or "").lower()]
    value = float(number.scaleb(scale))
    if found["about"]:
        step = _last_digit(number.normalize(), scale)
        return Written(value, step / 2, f"said to be approximate ({found['about'].lower()})")
    if unit in COUNTED and scale == 0 and number == number.to_integral_value():
        return Written(value, 0.0, "written in full, so exact")
    tolerance = _last_digit(number, scale) / 2
    allowed = points_text(tolerance) if unit in FRACTIONS else f"{tolerance:,g}"
    return Written(value, tolerance, f"allowing for rounding (±{allowed})")


def _is_of(unit: str, found: re.Match[str]) -> bool:
    """Whether a figure is written in this unit. A fraction needs a decimal point: a share of 73 is
    73 % without the sign, not 7,300 %."""
    in_percent = SCALES[(found["scale"] or "").lower()] < 0
    if unit in FRACTIONS:
        bare = not found["scale"] and "." in found["number"] and abs(float(found["number"])) <= 1
        return not found["pounds"] and (in_percent or bare)
    return not in_percent and (unit == "pounds" or not found["pounds"])


def _of_another_unit(text: str, unit: str) -> str:
    if unit in FRACTIONS:
        return f"found `{text}`, expected a {unit} in percent, such as 16 %, or a fraction of 1"
    example = "£3.5bn" if unit == "pounds" else "267,552 or 1.8 million"
    return f"found `{text}`, expected a number of {unit}, such as {example}"


def _last_digit(number: Decimal, scale: int) -> float:
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"`{number}` is not a number")
    return float(Decimal(1).scaleb(exponent + scale))


def within(computed: float, stated: float, tolerance: float) -> bool:
    """Whether a calculated figure is within the tolerance of the stated one, both ends included."""
    return abs(computed - stated) <= tolerance + NOISE * max(1.0, abs(stated), abs(computed))
