"""What a control chart of a KPI shows, or why there is none. Not here: what people choose for
charts (`chart_choices`), charts (`warehouse.mart`)."""

from __future__ import annotations

from warehouse.base.number_format import DAILY_RATE, is_rate
from warehouse.kpi.catalogue import Kpi

AS_IT_IS, PER_WORKING_DAY, NOT_CHARTED = "as_it_is", "per_working_day", "none"
DAILY_UNIT = "rate_per_working_day"
DRIFTS = (
    "Most of it stays from month to month, so that limits made of changes between months would be "
    "too narrow, and a signal the rule."
)


def not_charted_because(kpi: Kpi) -> str | None:
    """Why it has no control chart; None if it has."""
    if not kpi.period.is_month and not kpi.no_chart:
        return f"Its figures are of a {kpi.period.words}: too few for a chart."
    return kpi.no_chart or (DRIFTS if kpi.drifts else None)


def chart_basis(kpi: Kpi) -> str:
    """What its charts show, and changes on the year compare: counts of events, and rates of them
    by patients, per working day; all else as it is. Of a share working days move both parts."""
    if not_charted_because(kpi):
        return NOT_CHARTED
    return PER_WORKING_DAY if kpi.moved_by_working_days and kpi.unit != "share" else AS_IT_IS


def charted_unit(basis: str, unit: str) -> str:
    """The unit of what a chart on this basis shows of a KPI in `unit`."""
    if basis != PER_WORKING_DAY:
        return unit
    return DAILY_RATE if is_rate(unit) else DAILY_UNIT
