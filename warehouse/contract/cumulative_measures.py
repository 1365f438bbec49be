"""Measures of a month alone, and the cumulative ones that they are taken from. Not here:
taking them (`warehouse.mart.cumulative`)."""

from __future__ import annotations

from warehouse.contract.entries import Measure


def cumulative_figure(measures: dict[str, Measure], measure_id: str) -> str | None:
    """The measure of the same rows as published, since its first month, of one that is of a month
    alone (`cumulative_from`); None for others. Raises ValueError if there is none."""
    wanted = measures[measure_id]
    if not wanted.cumulative_from:
        return None
    rows = (wanted.sum, wanted.where, wanted.matches)
    for name, one in measures.items():
        if (one.sum, one.where, one.matches) == rows and not one.cumulative_from:
            if one.additive_over_time:
                raise ValueError(f"measure {name} is cumulative, so not additive over time")
            return name
    raise ValueError(f"measure {measure_id}: no measure has its rows without `cumulative_from`")
