"""Annual files of incentive indicators, for tests."""

from __future__ import annotations

from collections.abc import Iterator

from assets.feeds.testing import Row, table

INDICATOR: dict[str, object] = {
    "ORGANISATION_TYPE": "GP practice",
    "ORGANISATION_CODE": "C82001",
    "ORGANISATION_NAME": "A SURGERY",
    "QUALITY_SERVICE": "NCD2324",
    "ACH_DATE": "31/03/2024",
    "IND_CODE": "NCD026",
    "MEASURE": "ACC-08 Denominator",
    "VALUE": 1000,
}


def build(*rows: Row) -> bytes:
    """Return a file of these rows, or of one valid row."""
    return table(INDICATOR, rows)


def acc08(code: str, numerator: int, denominator: int, **others: object) -> Iterator[Row]:
    """The two rows of a practice, the denominator first, as published."""
    for part, value in (("Denominator", denominator), ("Numerator", numerator)):
        own = {"ORGANISATION_CODE": code, "MEASURE": f"ACC-08 {part}", "VALUE": value}
        yield {**own, **others}
