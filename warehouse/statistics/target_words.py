"""What is said of a target: whether it is met, or why none applies. Pure; not here: which target
applies to a figure (`warehouse.mart.targets`)."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.base.number_format import value_text

ASSURED = {
    "passing": "met, whatever chance does",
    "failing": "not met as things are",
    "hit_or_miss": "chance decides whether a month meets it",
}


@dataclass(frozen=True)
class TargetElsewhere:
    """A target that is not the figure's: of other organisations (`whom`, such as `networks`) or
    months, or of another KPI (`title`). `when`: its months, with a preposition or without;
    `ended`: whether it has a last one."""

    value: str
    set_by: str
    whom: str
    when: str
    ended: bool
    title: str | None = None


def target_words(target: float, unit: str, assurance: str | None) -> str:
    """A target, and whether it is met by what the chart shows."""
    met = f": {ASSURED[assurance]}" if assurance in ASSURED else ""
    return value_text(target, unit) + met


def no_target_words(other: TargetElsewhere) -> str:
    """That no target applies, and whose the one is of which people think."""
    of = f' of "{other.title}"' if other.title else ""
    is_for = "was for" if other.ended else "is for"
    return (
        f"No target applies: the {other.set_by} target{of}, {other.value}, {is_for} {other.whom} "
        f"{other.when}"
    )
