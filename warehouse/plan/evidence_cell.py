"""The KPIs that a plan names as evidence, as people type them: `kpi_id up; kpi_id >= 90%`. Not
here: what their figures say (`plan_evidence`)."""

from __future__ import annotations

import re
from typing import NamedTuple

from warehouse.base.text import perhaps
from warehouse.kpi.catalogue import Kpi, catalogue

UP, DOWN = "up", "down"
BETTER = {"higher_is_better": UP, "lower_is_better": DOWN}
ENTRY = re.compile(
    r"(?P<kpi>\w+)(\s+(?P<words>up|down)|\s*(?P<sign>>=|<=|≥|≤)\s*(?P<number>[\d.,]+)\s*(?P<percent>%?))?",
    re.IGNORECASE,
)
SIGNS = {">=": UP, "≥": UP, "<=": DOWN, "≤": DOWN}
NUMBER = re.compile(r"\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?")


class NamedKpi(NamedTuple):
    """A KPI that is evidence: where it should go, and the value it should reach, in its unit."""

    kpi_id: str
    direction: str
    threshold: float | None


class UnreadableEvidence(ValueError):
    """What was expected of an entry that can't be read."""


def named_kpis(text: str | None, level: str) -> list[NamedKpi]:
    """The KPIs in a cell, of an organisation of `level`. Raises UnreadableEvidence."""
    entries = [one.strip() for one in re.split(r"[;\n]", text or "")]
    return [_named(one, level) for one in entries if one]


def _named(entry: str, level: str) -> NamedKpi:
    found = ENTRY.fullmatch(entry)
    if found is None:
        raise UnreadableEvidence(
            f"KPIs separated by semicolons, each as `kpi_id up`, `kpi_id down`, `kpi_id >= 90%` or "
            f"`kpi_id <= 0.05`, not `{entry}`"
        )
    kpi_id = found["kpi"].casefold()
    kpi = catalogue().get(kpi_id)
    if kpi is None:
        meant = perhaps(kpi_id, catalogue())
        raise UnreadableEvidence(f"the id of a KPI{meant}: access-recovery kpis finds them")
    levels = {one for source in kpi.sources for one in source.levels}
    if level not in levels:
        raise UnreadableEvidence(
            f"a KPI with figures of the action's scope level, {level}; {kpi_id} has those of "
            + ", ".join(sorted(levels))
        )
    said = (found["words"] or "").casefold() or SIGNS.get(found["sign"] or "")
    direction = said or BETTER.get(kpi.polarity)
    if direction is None:
        raise UnreadableEvidence(f"`{kpi_id} up` or `{kpi_id} down`: neither is better by itself")
    return NamedKpi(kpi_id, direction, _threshold(kpi, found["number"], found["percent"]))


def _threshold(kpi: Kpi, number: str | None, percent: str | None) -> float | None:
    if number is None:
        return None
    if not NUMBER.fullmatch(number):
        raise UnreadableEvidence(f"a number after {kpi.kpi_id}, not `{number}`")
    value = float(number.replace(",", "")) / (100 if percent else 1)
    if percent and kpi.unit != "share":
        raise UnreadableEvidence(f"a number in {kpi.unit}, not a percentage: {kpi.kpi_id}")
    if kpi.unit == "share" and value > 1:
        raise UnreadableEvidence(f"a share from 0 to 1, or a percentage: {kpi.kpi_id}")
    return value
