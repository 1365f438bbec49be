"""Monthly files of referrals to community pharmacies since April, for tests."""

from __future__ import annotations

from assets.feeds.testing import Row, table

REFERRALS: dict[str, object] = {
    "PRACTICE_CODE": "C82001",
    "PRACTICE_NAME": "A SURGERY",
    "QUALITY_SERVICE": "NCD2425",
    "ACH_DATE": "31/10/2025",
    "IND_CODE": "ACC09",
    "MEASURE": "Count",
    "VALUE": 120,
}


def build(*rows: Row) -> bytes:
    """Return a file of these rows, or of one valid row."""
    return table(REFERRALS, rows)


def since_april(last_day: str, *, code: str = "ACC09", **practices: object) -> bytes:
    """A file of practices' referrals up to a day (`30/04/2024`): practice -> value."""
    return build(
        *(
            {"PRACTICE_CODE": practice, "ACH_DATE": last_day, "IND_CODE": code, "VALUE": value}
            for practice, value in practices.items()
        )
    )
