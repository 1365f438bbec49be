"""Hand-made local exports of NHS App use by practice, for tests."""

from __future__ import annotations

from assets.feeds.testing import Row, table

APP_PRACTICE: dict[str, object] = {
    "Month": "2025-10",
    "Practice code": "C82001",
    "Patients aged 13 and over": 800,
    "Registered users 13+": 500,
    "Log-ins": 900,
    "Repeat prescription orders": 120,
    "Ordering users": 80,
}


def app_practice(*rows: Row) -> bytes:
    """Local export of NHS App use by practice."""
    return table(APP_PRACTICE, rows)


build = app_practice
