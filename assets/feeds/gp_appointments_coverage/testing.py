"""Hand-made coverage files for tests: one valid row, unless more are given."""

from __future__ import annotations

from assets.feeds.testing import Row, table

COVERAGE: dict[str, object] = {
    "SUB_ICB_LOCATION_CODE": "04C",
    "ICB_ONS_CODE": "E54000015",
    "REGION_CODE": "E40000011",
    "Appointment_Month": "01OCT2025",
    "Included Practices": 1,
    "Open Practices": 1,
    "Patients registered at included practices": 1000,
    "Patients registered at open practices": 1000,
}


def coverage(*rows: Row, end: str = "\r\n") -> bytes:
    """Coverage file."""
    return table(COVERAGE, rows, end=end)


build = coverage
