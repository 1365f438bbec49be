"""Format figures and differences in words, by their unit.

Belongs here: how a value, a difference and the verdicts of a statement are written. Does not:
deciding them (`verdicts`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from warehouse.base.number_format import (
    percent,
    say_number,
    say_signed,
    signed_percent,
    signed_points,
)
from warehouse.claims.stated import FRACTIONS

# Differences of few organisations are given as a number, because a percentage would hide them.
FEW = frozenset({"organisations"})


def say_edition(edition: str, revision: int) -> str:
    """Format an edition: `2025-10`; a revised one `2025-10 revision 2`."""
    return f"{edition} revision {revision}" if revision > 1 else edition


def say_value(value: float | None, unit: str, measure: str = "value") -> str:
    """Format a value: `274,903`, `73.32%`; a change with its sign, of a share in points."""
    if value is None:
        return "-"
    changes = measure.startswith("year_on_year")
    if unit in FRACTIONS:
        if measure == "year_on_year_change":
            return signed_points(value, 2)
        return signed_percent(value, 2) if changes else percent(value, 2)
    return say_signed(value) if changes else say_number(value)


def say_difference(difference: float | None, relative: float | None, unit: str) -> str:
    """Format a difference, `+2.7%`, `+3.32 pp`, `-1`: shares and growth in percentage points, a few
    organisations as their number, all else relative to the stated value."""
    if difference is None:
        return "-"
    if unit in FRACTIONS:
        return signed_points(difference, 2)
    if unit in FEW or relative is None or abs(relative) < 0.0005:
        return say_signed(difference)
    return signed_percent(relative)


def sum_up(verdicts: Sequence[tuple[str, str, str]]) -> str:
    """Sum up the verdicts on a statement's figures: `differs by +2.7%; growth confirmed`.

    `verdicts`: aspect, label and verdict of each figure. The first figure needs no name, and growth
    refers to it; others, and repeated aspects, are named by their label.
    """
    if len({verdict for _, _, verdict in verdicts}) == 1:
        return verdicts[0][2]
    often = Counter(aspect for aspect, _, _ in verdicts)
    parts = []
    for number, (aspect, label, verdict) in enumerate(verdicts):
        if often[aspect] == 1 and aspect == "growth":
            parts.append(f"growth {verdict}")
        elif often[aspect] == 1 and number == 0 and aspect in ("value", "share", "ratio"):
            parts.append(verdict)
        else:
            parts.append(f"{label}: {verdict}")
    return "; ".join(parts)
