"""Hand-made lists of networks, for tests: the CSV report, without headings."""

from __future__ import annotations

from assets.feeds.testing import Row, unheaded

NETWORK: dict[str, object] = {
    "PCN Code": "U12345",
    "PCN Name": "A PCN",
    "Current Sub ICB Loc Code": "04C",
    "Sub ICB Location": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND ICB - 04C",
    "Open Date": "20191001",
    "Close Date": "",
    **{f"Address Line {n}": "A ROAD" for n in range(1, 6)},
    "Postcode": "LE1 1AA",
}


def networks(*rows: Row) -> bytes:
    """Every network, with its dates."""
    return unheaded(NETWORK, rows)


build = networks
