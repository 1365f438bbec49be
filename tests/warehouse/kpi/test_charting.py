"""Which KPIs have a control chart, and why others have none."""

import random

import polars as pl

from warehouse.base.months import add_months, parse_month
from warehouse.kpi.catalogue import catalogue
from warehouse.kpi.charting import DRIFTS, NOT_CHARTED, chart_basis, not_charted_because
from warehouse.statistics.control_chart import control_chart

STAYS = ("fte", "patients_per_fte", "fte_per_10000_patients")


def test_what_stays_from_month_to_month_has_no_chart_and_says_why() -> None:
    kpis = catalogue().values()
    assert {kpi.kpi_id for kpi in kpis if kpi.unit in STAYS and kpi.period.is_month} <= {
        kpi.kpi_id for kpi in kpis if kpi.drifts
    }
    for kpi in kpis:
        assert (chart_basis(kpi) == NOT_CHARTED) == (not_charted_because(kpi) is not None)
        if kpi.drifts:
            assert kpi.is_stock and not_charted_because(kpi) == DRIFTS, kpi.kpi_id
    drifting = ("registered_patients", "practices_open", "included_practices")
    assert all(catalogue()[name].drifts for name in drifting)
    anew = ("appointments", "nhs_app_unique_users", "pharmacy_first_participating_pharmacy_share")
    assert all(not_charted_because(catalogue()[name]) is None for name in anew)


def test_a_chart_of_what_drifts_would_signal_in_most_months() -> None:
    """The reason: a stock that gains or loses a little each month leaves its own limits."""
    chance = random.Random(1)
    rows = []
    for place in range(20):
        stock = 100_000.0
        for n in range(36):
            stock += chance.gauss(0, 100)
            rows.append((place, add_months(parse_month("2022-01"), n), stock))
    points = pl.DataFrame(rows, schema=["place", "month", "value"], orient="row")
    chart = control_chart(points, ["place"])
    assert (chart["signal"] != "none").mean() > 0.5
