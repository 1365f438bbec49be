"""Numbers as people read them: the one style of percentages, points and values.

Belongs here: `-9.7%`, `+0.2 pp`, `274,903`. Does not: sentences.
"""

from __future__ import annotations


def signed_percent(ratio: float, digits: int = 1) -> str:
    """A relative change: 0.16 is `+16.0%`; one that rounds to nothing has no sign: `0.0%`."""
    return _signed(100 * ratio, digits) + "%"


def signed_points(change: float, digits: int = 1) -> str:
    """A change of a share: 0.002 is `+0.2 pp`; one that rounds to nothing is `0.0 pp`."""
    return _signed(100 * change, digits) + " pp"


def _signed(number: float, digits: int) -> str:
    text = f"{number:+,.{digits}f}"
    return text if any(digit in "123456789" for digit in text) else text[1:]


def value_text(value: float, unit: str) -> str:
    """A value as people read it: counts whole, shares in per cent, rates with one decimal."""
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:,.1f}" if unit.startswith("rate") else f"{value:,.0f}"
