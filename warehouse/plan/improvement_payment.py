"""The Capacity and Access Improvement Payment (CAIP) as shipped: areas by year, the KPIs that are
evidence, and the parameters of the payment. Not here: what networks returned."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from pydantic import Field, model_validator

from warehouse.base.months import MONTH
from warehouse.base.strict import Strict
from warehouse.base.yaml_files import read_yaml
from warehouse.kpi.catalogue import catalogue
from warehouse.plan.delivery_plan import Sourced, TextStatus

SHIPPED = Path(__file__).with_name("improvement_payment.yaml")
YEAR = r"^20\d\d/\d\d$"


class Scheme(Strict):
    """The payment of a financial year. `maximum_per_patient`: pounds for each adjusted patient,
    None if not known; `baseline_month`, `last_month`: between which improvement is looked for."""

    maximum_per_patient: float | None = Field(default=None, gt=0)
    population_on: date
    baseline_month: str = Field(pattern=MONTH)
    last_month: str = Field(pattern=MONTH)
    paid: str
    source: str
    text: TextStatus


class PaymentArea(Sourced):
    """An area (2023/24) or component (2024/25) of a scheme. `kpis`: evidence, in order; `beside`:
    what no figure shows; `share`: of the maximum (`1/3`), None if the ICB decides."""

    year: str = Field(pattern=YEAR)
    kpis: tuple[str, ...]
    beside: str
    share: str | None = Field(default=None, pattern=r"^\d/\d$")

    @property
    def part(self) -> float | None:
        """The share as a number."""
        return None if self.share is None else float(Fraction(self.share))


class IncentiveThreshold(Strict):
    """Thresholds of an indicator of the Investment and Impact Fund: shares from which payment
    begins (`lower`) and is full (`upper`)."""

    indicator: str
    year: str = Field(pattern=YEAR)
    kpi: str
    lower: float
    upper: float
    points: int
    source: str
    text: TextStatus


class ImprovementPayment(Strict):
    """The whole file. `schemes`: by financial year."""

    schemes: dict[str, Scheme]
    areas: dict[str, PaymentArea]
    thresholds: tuple[IncentiveThreshold, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> ImprovementPayment:
        used = [(name, kpi) for name, area in self.areas.items() for kpi in area.kpis]
        used += [(one.indicator, one.kpi) for one in self.thresholds]
        for name, kpi in used:
            if kpi not in catalogue():
                raise ValueError(f"{name}: unknown KPI `{kpi}`")
        for name, area in self.areas.items():
            if area.year not in self.schemes:
                raise ValueError(f"{name}: no scheme of {area.year}")
        return self


@cache
def improvement_payment() -> ImprovementPayment:
    """The shipped schemes."""
    return ImprovementPayment.model_validate(read_yaml(SHIPPED))
