"""Hand-made lists of networks, for tests: the CSV report, without headings."""

from __future__ import annotations

import csv
import io

from assets.feeds.testing import Row

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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows((NETWORK | dict(row)).values() for row in list(rows) or [{}])
    return out.getvalue().encode()


build = networks
