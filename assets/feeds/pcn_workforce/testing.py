"""Hand-made individual-level files of the network workforce, for tests: invented persons."""

from __future__ import annotations

import io
import zipfile

from assets.feeds.testing import BOM, Row, table

PERSON: dict[str, object] = {
    "Data_source": "NWRS Staff",
    "CENSUS_YEAR": 2025,
    "CENSUS_MONTH": 10,
    "PCN_CODE": "U12345",
    "PCN_NAME": "A PCN",
    "SUB_ICB_CODE": "04C",
    "SUB_ICB_NAME": "NHS Leicester, Leicestershire and Rutland ICB - 04C",
    "ICB_CODE": "QK1",
    "ICB_NAME": "NHS Leicester, Leicestershire and Rutland ICB",
    "COMM_REGION_CODE": "Y60",
    "COMM_REGION_NAME": "Midlands",
    "STAFF_GROUP": "Other Direct Patient Care staff",
    "STAFF_ROLE": "Pharmacists",
    "DETAILED_STAFF_ROLE": "Pharmacist",
    "FTE": "0.426666667",
    "UNIQUE_IDENTIFIER": 777001,
}
NAMED = "1.Primary Care Networks - October 2025 Individual Level.csv"


def network_staff(*rows: Row) -> bytes:
    """A file with a person per row."""
    return BOM + table(PERSON, rows)


def network_zip(*rows: Row) -> bytes:
    """The publisher's zip: the file, a guide and an explanation of the columns."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("0.Primary Care Network CSV overall definitions.xlsx", b"PK")
        archive.writestr(NAMED, network_staff(*rows))
        archive.writestr("0.Guide to using Pivot Tables.pdf", b"%PDF-1.7")
    return out.getvalue()


build = network_staff
