"""The units of KPIs, and which unit each division gives."""

from __future__ import annotations

from typing import Literal, get_args

from warehouse.contract.entries import BaseUnit

Unit = Literal[
    "events",
    "people",
    "organisations",
    "fte",
    "minutes",
    "score",
    "pounds",
    "share",
    "rate_per_1000",
    "rate_per_working_day",
    "rate_per_event",
    "rate_per_person",
    "patients_per_fte",
    "fte_per_10000_patients",
    "mean_score",
]
BASE_UNITS: tuple[BaseUnit, ...] = get_args(BaseUnit)

# Unit of a KPI -> possible units of (numerator, denominator).
UNITS: dict[Unit, set[tuple[str, str | None]]] = {
    **{unit: {(unit, None)} for unit in BASE_UNITS},
    "share": {(unit, unit) for unit in BASE_UNITS},
    "rate_per_1000": {("events", "people")},
    "rate_per_working_day": {("events", "working_days")},
    "rate_per_event": {("people", "events"), ("minutes", "events")},
    "rate_per_person": {("events", "people"), ("minutes", "people")},
    "patients_per_fte": {("people", "fte")},
    "fte_per_10000_patients": {("fte", "people")},
    "mean_score": {("score", "people")},
}


def say_units(numerator: str, denominator: str | None) -> str:
    """`people divided by events is a rate_per_event`: the unit that a division gives."""
    if denominator is None:
        return f"{numerator} without a denominator is a count of {numerator}"
    follow = [unit for unit, parts in UNITS.items() if (numerator, denominator) in parts]
    made = f"a {' or '.join(follow)}" if follow else "not a known unit"
    return f"{numerator} divided by {denominator} is {made}"
