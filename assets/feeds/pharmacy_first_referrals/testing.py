"""Hand-made local returns of referrals for tests: one valid row, unless more are given."""

from __future__ import annotations

from assets.feeds.testing import Row, table

REFERRALS: dict[str, object] = {
    "Month": "2025-10",
    "Practice code": "C82001",
    "Referring channel": "PharmRefer",
    "Referrals sent": 10,
    "Referrals accepted": 9,
    "Referrals completed": 8,
}


def referrals(*rows: Row) -> bytes:
    """Local return of referrals to Pharmacy First."""
    return table(REFERRALS, rows)


build = referrals
