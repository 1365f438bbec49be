"""Targets of a local return: what a row says, and what is wrong with it. Not here: those of
`targets.yaml` and the rules of a target (`chart_choices`), its table (`warehouse.mart.targets`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from warehouse.base.months import month_text
from warehouse.kpi.catalogue import catalogue
from warehouse.kpi.chart_choices import SAID, Fault, Target, fault_of

# Columns of the tidy rows of a return with `targets: true`.
COLUMNS = ("kpi", "level", "organisation", "first", "last", "value", "source", "reference")
NUMBER = re.compile(r"(?P<number>-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?) ?(?P<percent>%?)")


def fault_of_row(row: Mapping[str, Any]) -> Fault | None:
    """What is wrong with a tidy row of a return; None if it is a target."""
    kpi, value = row["kpi"].strip().casefold(), value_of(row)
    if kpi in catalogue() and value is None:
        percent = " or 90%" if catalogue()[kpi].unit == "share" else ""
        return Fault("value", f"a number in {catalogue()[kpi].unit}, such as 0.9{percent}")
    if len(row["source"]) < SAID:
        return Fault("source", f"who set it, and how it is meant, in {SAID} characters or more")
    last = month_text(row["last"]) if row["last"] else None
    return fault_of(kpi, row["level"], value or 0.0, month_text(row["first"]), last)


def value_of(row: Mapping[str, Any]) -> float | None:
    """The number that a row says, in the KPI's unit: `0.9`, `1,234`, and of a share `90%`; None if
    it is none."""
    found = NUMBER.fullmatch(row["value"].strip())
    if found is None:
        return None
    number = float(found["number"].replace(",", ""))
    if not found["percent"]:
        return number
    kpi = catalogue().get(row["kpi"].strip().casefold())
    return number / 100 if kpi and kpi.unit == "share" else None


def target_of_row(row: Mapping[str, Any]) -> Target | None:
    """The target that a tidy row is; None for a row with a fault. A return with one is held, and if
    a person accepts it all the same its other rows apply."""
    if fault_of_row(row):
        return None
    return Target.model_validate(
        {
            **{name: row[name] for name in ("level", "organisation", "source", "reference")},
            "kpi": row["kpi"].strip().casefold(),
            "from": month_text(row["first"]),
            "until": month_text(row["last"]) if row["last"] else None,
            "value": value_of(row),
        }
    )
