"""The figures of a plan's evidence in words, for reasons and for pages: a value, and the threshold
that it is to meet. Not here: what a rating's reason says around them (`rating`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warehouse.base.number_format import scale_texts, value_text
from warehouse.plan.evidence_cell import UP

Row = Mapping[str, Any]


def threshold_and_value(one: Row) -> tuple[str | None, str | None]:
    """The threshold and the newest value of a KPI (a row of `plan.plan_evidence`), with decimals
    that tell them apart; None if unknown."""
    both = one["threshold"], one["latest_value"]
    limit, value = (None if it is None else value_text(it, one["unit"]) for it in both)
    if limit is not None and limit == value and both[0] != both[1]:
        limit, value = scale_texts(both, one["unit"])
    return limit, value


def wanted_words(one: Row) -> str:
    """Which figures meet the threshold: `at least 90.0%`; empty without one."""
    limit, _ = threshold_and_value(one)
    if limit is None:
        return ""
    return f"at least {limit}" if one["direction"] == UP else f"at most {limit}"


def with_figure(one: Row) -> str:
    """A KPI with its newest figure, and what it is to be: `Share of telephone calls answered (54.4%
    in March 2025, to be at least 90.0%)`; the KPI alone if it has no figure."""
    _, value = threshold_and_value(one)
    if value is None:
        return str(one["kpi_title"])
    wanted = wanted_words(one)
    told = f"{value} in {one['month']:%B %Y}{f', to be {wanted}' if wanted else ''}"
    return f"{one['kpi_title']} ({told})"


def with_month(one: Row) -> str:
    """A KPI with the month of its newest figure: `Share of telephone calls answered (the newest is
    of March 2025)`; the KPI alone if it has no figure."""
    newest = f" (the newest is of {one['month']:%B %Y})" if one["month"] else ""
    return f"{one['kpi_title']}{newest}"
