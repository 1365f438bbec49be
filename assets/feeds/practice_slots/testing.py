"""Hand-made slot reports of practices, with invented staff, and copies without them, for tests."""

from __future__ import annotations

from assets.feeds.testing import Row, table

COPY: dict[str, object] = {
    "Month": "2025-10",
    "Practice code": "C82001",
    "Row of report": "",
    "Repeated": "",
    "Total Slots": 200,
    "Unused Slots": 20,
    "Used Slots": 180,
}

REPORT: dict[str, object] = {
    "Staff": "Dr Quentin Larkspur",
    "Slot Type": "GP Urgent",
    "Total Slots": 100,
    "Unused Slots": 12,
    "Unused Slots %": "12.0",
    "Total Duration": 1000,
    "Unused Duration": 120,
    "Unused Duration %": "12.0",
}

MISSED: dict[str, object] = {
    "Staff": "Dr Quentin Larkspur",
    "Slot Type": "GP Urgent",
    "Appointment Count": 2,
    "Time Wasted": 30,
}

BY_DAY: dict[str, object] = {
    "Date": "01 Nov 2024",
    "Day": "Fri",
    "Dr Quentin Larkspur": 12,
    "Zebedee Marchbanks": 7,
}


def slots(*rows: Row) -> bytes:
    """What is kept of a report, or what a practice added up itself."""
    return table(COPY, rows)


def slot_report(*rows: Row) -> bytes:
    """The report of the practice system, with staff in it."""
    return table(REPORT, rows)


def missed_report(*rows: Row) -> bytes:
    """The report of missed appointments, which is not read."""
    return table(MISSED, rows)


def daily_report(*rows: Row) -> bytes:
    """The report of appointments by day, with staff as headings, which is not read."""
    return table(BY_DAY, rows)


build = slots
