"""The mart's tables of figures: their columns, and which of them DuckDB works out as they are read.

A column that follows from others of its row is a generated one: it takes no space, is never
restated, and can't disagree with what it is made of. Belongs here: names, types and formulas. Does
not: the rows (`figure_rows`, `revisions`), in which period an organisation is
(`organisation_periods`).
"""

from __future__ import annotations

from warehouse.kpi.units import BASE_UNITS

# How a value is calculated from its parts, by unit; over several months, from summed parts.
COUNTS = ", ".join(f"'{unit}'" for unit in BASE_UNITS)
_PER = {"rate_per_1000": "1000.0", "fte_per_10000_patients": "10000.0"}
_RATES = " ".join(
    f"WHEN unit = '{unit}' THEN {times} * {{n}} / nullif({{d}}, 0)" for unit, times in _PER.items()
)
VALUE = f"CASE {_RATES} WHEN unit IN ({COUNTS}) THEN {{n}} ELSE {{n}} / nullif({{d}}, 0) END"
# The same from columns of a table. It is planned once for each mention of a value, so it is short.
_GENERATED_VALUE = (
    "CASE WHEN value_per IS NULL THEN numerator "
    "ELSE value_per * numerator / nullif(denominator, 0) END"
)


def value_per(unit: str) -> str:
    """SQL: how many a value is of, by the column of its unit: 1,000 in a rate per 1,000 people, 1
    in other quotients, NULL in a count."""
    known = " ".join(f"WHEN {unit} = '{one}' THEN {times}" for one, times in _PER.items())
    return f"CASE {known} WHEN {unit} NOT IN ({COUNTS}) THEN 1.0 END::DOUBLE"


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
_VALUE = {
    "value": f"DOUBLE AS ({_GENERATED_VALUE})",
    "numerator": "DOUBLE",
    "denominator": "DOUBLE",
}
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
        "value_per": "DOUBLE",
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
        "value_per": "DOUBLE",
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
    return ", ".join(f"{name} {kind}" for name, kind in _COLUMNS[table].items())


def stored(table: str) -> str:
    """SQL: the columns that a table's rows are written with: all that are not generated. Of a table
    that is not one of figures, all."""
    names = [name for name, kind in _COLUMNS.get(table, {}).items() if " AS (" not in kind]
    return ", ".join(names) or "*"
