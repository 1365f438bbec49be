"""The mart's tables of figures: their columns, and which of them DuckDB works out as they are read.

A column that follows from others of its row is a generated one: it takes no space, is never
restated, and can't disagree with what it is made of. Belongs here: names, types and formulas. Does
not: the rows (`figure_rows`, `revisions`), in which period an organisation is
(`organisation_periods`).
"""

from __future__ import annotations

from functools import cache
from typing import get_args

from warehouse.base.hashing import number_of
from warehouse.kpi.catalogue import catalogue
from warehouse.kpi.units import BASE_UNITS, Unit

# How a value is calculated from its parts, by unit; over several months, from summed parts.
COUNTS = ", ".join(f"'{unit}'" for unit in BASE_UNITS)
_PER = {"rate_per_1000": "1000.0", "fte_per_10000_patients": "10000.0"}
_RATES = " ".join(
    f"WHEN unit = '{unit}' THEN {times} * {{n}} / nullif({{d}}, 0)" for unit, times in _PER.items()
)
VALUE = f"CASE {_RATES} WHEN unit IN ({COUNTS}) THEN {{n}} ELSE {{n}} / nullif({{d}}, 0) END"


@cache
def _value() -> str:
    """SQL: `VALUE` from the columns of a table of figures; as one has no unit, KPIs are told by
    number. Rows with a denominator, which are most, come first: they need the shortest lists."""
    times = " ".join(f"WHEN {_has_unit({unit})} THEN {times}" for unit, times in _PER.items())
    return f"""CASE
        WHEN denominator IS NOT NULL
            THEN CASE {times} ELSE 1.0 END * numerator / nullif(denominator, 0)
        WHEN NOT {_has_unit(set(get_args(Unit)) - set(BASE_UNITS))} THEN numerator END"""


def _has_unit(units: set[str]) -> str:
    keys = [str(number_of(kpi.kpi_id)) for kpi in catalogue().values() if kpi.unit in units]
    return f"(kpi_key IN ({', '.join(keys)}))" if keys else "FALSE"


def organisation_key(organisation: str = "", since: str = "") -> str:
    """SQL: the key of an organisation in a period, `sub_icb:04C`, or `practice:C82001@2025-04-01`
    since its parents changed. From the columns `org_level` and `org_code`, and
    `organisation_since`, each with its table's alias and a dot."""
    code = f"{organisation}org_level || ':' || {organisation}org_code"
    return f"{code} || coalesce('@' || {since}organisation_since::VARCHAR, '')"


_GENERATED = f"VARCHAR AS ({organisation_key()})"
# SQL: the key as a column that follows from the others of its table.
GENERATED_KEY = f"organisation_key {_GENERATED}"
_KEYS = {
    "organisation_key": _GENERATED,
    "organisation_since": "DATE",
    "kpi_key": "INTEGER",
}
_VALUE = {"value": "DOUBLE AS ({value})", "numerator": "DOUBLE", "denominator": "DOUBLE"}
_COLUMNS = {
    "kpi_monthly": {
        "month": "DATE",
        **dict.fromkeys(("org_level", "org_code", "org_name", "kpi_id", "kpi_title"), "VARCHAR"),
        "unit": "VARCHAR",
        "financial_year": "VARCHAR",
        **_VALUE,
        "previous_month_value": "DOUBLE",
        "previous_month_change": "DOUBLE AS (value - previous_month_value)",
        "previous_year_value": "DOUBLE",
        "year_on_year_change": "DOUBLE AS (value - previous_year_value)",
        "year_on_year_ratio": "DOUBLE AS (value / nullif(previous_year_value, 0) - 1)",
        "financial_ytd_value": "DOUBLE",
        "rolling_12_month_value": "DOUBLE",
        "first_reported_value": "DOUBLE",
        **dict.fromkeys(("edition", "status", "status_reason", "previous_year_status"), "VARCHAR"),
        "members_present": "BIGINT",
        "members_expected": "BIGINT",
        **_KEYS,
        "synthetic": "BOOLEAN",
    },
    "kpi_vintage": {
        "month": "DATE",
        **dict.fromkeys(("org_level", "org_code", "kpi_id", "edition"), "VARCHAR"),
        "revision": "INTEGER",
        "published_on": "DATE",
        **_VALUE,
        "known_from": "DATE",
        "known_until": "DATE",
        "disputed": "BOOLEAN",
        **_KEYS,
    },
    "kpi_revision": {
        **dict.fromkeys(("kpi_id", "org_level", "org_code", "org_name"), "VARCHAR"),
        "month": "DATE",
        "from_edition": "VARCHAR",
        "from_revision": "INTEGER",
        "edition": "VARCHAR",
        "revision": "INTEGER",
        "known_from": "DATE",
        "kind": "VARCHAR",
        "old_value": "DOUBLE",
        "new_value": "DOUBLE",
        "change": "DOUBLE AS (new_value - old_value)",
        "ratio": "DOUBLE AS (new_value / nullif(old_value, 0) - 1)",
        "editions_after": "BIGINT",
        "editions_ago": "BIGINT",
        **_KEYS,
        "synthetic": "BOOLEAN",
    },
}


def columns_of(table: str) -> str:
    """SQL: the columns of a table of figures, as in CREATE TABLE."""
    named = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS[table].items())
    return named.replace("{value}", _value())


def stored(table: str) -> str:
    """SQL: the columns that a table's rows are written with: all that are not generated. Of a table
    that is not one of figures, all."""
    names = [name for name, kind in _COLUMNS.get(table, {}).items() if " AS (" not in kind]
    return ", ".join(names) or "*"
