"""Hand-made practice-level files of the general practice workforce, for tests, with some of the
publisher's columns."""

from __future__ import annotations

import io
import zipfile

from assets.feeds.testing import Row, table

PRACTICE: dict[str, object] = {
    "PRAC_CODE": "C82001",
    "PRAC_NAME": "A SURGERY",
    "PCN_CODE": "U12345",
    "PCN_NAME": "A PCN",
    "SUB_ICB_CODE": "04C",
    "SUB_ICB_NAME": "NHS Leicester, Leicestershire and Rutland ICB - 04C",
    "ICB_CODE": "QK1",
    "ICB_NAME": "NHS Leicester, Leicestershire and Rutland ICB",
    "REGION_CODE": "Y60",
    "TOTAL_PATIENTS": 8000,
    "MALE_PATIENTS_0TO4": 200,
    "GP_SOURCE": "Fully provided",
    "NURSE_SOURCE": "Fully provided",
    "DPC_SOURCE": "Fully provided",
    "ADMIN_SOURCE": "Fully provided",
    "TOTAL_GP_HC": 9,
    "TOTAL_GP_FTE": "6.266666667",
    "TOTAL_GP_EXTG_FTE": "4.266666667",
    "TOTAL_GP_EXL_FTE": "5.333333334",
    "TOTAL_GP_EXTGL_FTE": "3.333333334",
    "TOTAL_NURSES_FTE": "2.5",
    "TOTAL_DPC_FTE": "1",
    "TOTAL_ADMIN_FTE": "8.946666667",
    "TOTAL_GP_HC_UNDER30": 1,
}
NAMED = "General Practice \N{EN DASH} October 2025 Practice Level"


def practice_workforce(*rows: Row) -> bytes:
    """The detailed file."""
    return table(PRACTICE, rows)


def workforce_zip(*rows: Row, named: str = NAMED) -> bytes:
    """The publisher's zip: the detailed file, the long one, and explanations of the first."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("0 General Practice Detailed Practice-Level CSV. Definitions.xlsx", b"PK")
        archive.writestr(f"1 {named} - Detailed.csv", practice_workforce(*rows))
        long = "PRAC_CODE,PRAC_NAME,STAFF_GROUP,DETAILED_STAFF_ROLE,MEASURE,VALUE\r\n"
        long += "C82001,A SURGERY,GP,Total,FTE,6.266666667\r\n"
        archive.writestr(f"3 {named} - High level.csv", long)
    return out.getvalue()


build = practice_workforce
