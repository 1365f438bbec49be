"""Deprivation scores by practice, for tests: the extract of four columns, and the full export."""

from __future__ import annotations

from assets.feeds.testing import BOM, Row, table

EXTRACT: dict[str, object] = {
    "PRACTICE_CODE": "C82001",
    "PRACTICE_NAME": "A Surgery",
    "IMD_YEAR": 2025,
    "IMD_SCORE": "33.519",
}
EXPORT: dict[str, object] = {
    "Indicator ID": 94240, "Indicator Name": "Deprivation score (IMD 2025)",
    "Parent Code": "U12345", "Parent Name": "A PCN", "Area Code": "C82001",
    "Area Name": "A Surgery", "Area Type": "GPs", "Sex": "Not applicable", "Age": "Not applicable",
    "Category Type": "", "Category": "", "Time period": 2025, "Value": "33.519",
    "Lower CI 95.0 limit": "", "Upper CI 95.0 limit": "", "Lower CI 99.8 limit": "",
    "Upper CI 99.8 limit": "", "Count": "", "Denominator": "", "Value note": "",
    "Recent Trend": "Cannot be calculated",
    "Compared to England value or percentiles": "Not compared",
    "Compared to PCNs (v. 05/10/24) value or percentiles": "Not compared",
    "Time period Sortable": 20250000, "New data": "", "Compared to goal": "",
    "Time period range": "1y",
}  # fmt: skip
ENGLAND = {
    "Parent Code": "",
    "Area Code": "E92000001",
    "Area Name": "England",
    "Area Type": "England",
}


def build(*rows: Row) -> bytes:
    """Return an extract of these rows, or of one valid row."""
    return table(EXTRACT, rows, end="\n")


def export(*rows: Row) -> bytes:
    """Return a full export of these rows, between two of England."""
    england = ENGLAND | {"Value": "21.5"}
    return BOM + table(EXPORT, [england, *rows, england], end="\n")
