"""Builders of hand-made publications: the headings as published, one sound row unless told more.

A row is a mapping from the heading of today to a value; what it leaves out keeps its default.
`regional(...)` gives bytes (for zips), `write_regional(path, ...)` a file; likewise for the others.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from warehouse.base.home import Home
from warehouse.intake.importer import Outcome, Request, import_paths

Row = Mapping[str, object]

REGIONAL: dict[str, object] = {
    "SUB_ICB_LOCATION_CODE": "04C",
    "SUB_ICB_LOCATION_ONS_CODE": "E38000097",
    "SUB_ICB_LOCATION_NAME": "NHS Leicester Leicestershire and Rutland ICB - 04C",
    "ICB_ONS_CODE": "E54000015",
    "ICB_NAME": "NHS Leicester, Leicestershire and Rutland Integrated Care Board",
    "REGION_ONS_CODE": "E40000011",
    "REGION_NAME": "Midlands",
    "APPOINTMENT_MONTH": "OCT2025",
    "APPT_STATUS": "Attended",
    "HCP_TYPE": "GP",
    "APPT_MODE": "Face-to-Face",
    "TIME_BETWEEN_BOOK_AND_APPT": "Same Day",
    "COUNT_OF_APPOINTMENTS": 10,
}
REGIONAL_2021 = (
    "CCG_CODE", "CCG_ONS_CODE", "CCG_NAME", "STP_ONS", "STPNM", "REGION_ONS_CODE", "REGION_NAME",
    "Appointment_Month", "APPT_STATUS", "HCP_TYPE", "APPT_MODE", "TIME_BETWEEN_BOOK_AND_APPT",
    "COUNT_OF_APPOINTMENTS",
)  # fmt: skip
CROSSTAB: dict[str, object] = {
    "APPOINTMENT_MONTH_START_DATE": "01OCT2025",
    "GP_CODE": "C82001",
    "GP_NAME": "A SURGERY",
    "SUPPLIER": "TPP",
    "PCN_CODE": "U12345",
    "PCN_NAME": "A PCN",
    "SUB_ICB_LOCATION_CODE": "04C",
    "SUB_ICB_LOCATION_NAME": "NHS Leicester, Leicestershire and Rutland ICB - 04C",
    "HCP_TYPE": "GP",
    "APPT_MODE": "Face-to-Face",
    "NATIONAL_CATEGORY": "General Consultation Acute",
    "TIME_BETWEEN_BOOK_AND_APPT": "Same Day",
    "COUNT_OF_APPOINTMENTS": 10,
    "APPT_STATUS": "Attended",
}
MAPPING: dict[str, object] = {
    "GP_CODE": "C82001",
    "GP_NAME": "A SURGERY",
    "SUPPLIER": "TPP",
    "PCN_CODE": "U12345",
    "PCN_NAME": "A PCN",
    "SUB_ICB_LOCATION_CODE": "04C",
    "SUB_ICB_LOCATION_NAME": "NHS Leicester, Leicestershire and Rutland ICB - 04C",
    "ICB_CODE": "QK1",
    "ICB_NAME": "NHS Leicester, Leicestershire and Rutland Integrated Care Board",
    "REGION_CODE": "Y60",
    "REGION_NAME": "Midlands",
}
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
LIST: dict[str, object] = {
    "PUBLICATION": "GP_PRAC_PAT_LIST",
    "EXTRACT_DATE": "2025-10-01",
    "TYPE": "GP",
    "SUB_ICB_LOCATION_CODE": "04C",
    "ONS_SUB_ICB_LOCATION_CODE": "E38000097",
    "CODE": "C82001",
    "POSTCODE": "LE1 1AA",
    "SEX": "ALL",
    "AGE": "ALL",
    "NUMBER_OF_PATIENTS": 1000,
}
LIST_2021 = (
    "PUBLICATION", "EXTRACT_DATE", "TYPE", "CCG_CODE", "ONS_CCG_CODE", "CODE", "POSTCODE", "SEX",
    "AGE", "NUMBER_OF_PATIENTS",
)  # fmt: skip
LIST_MAP: dict[str, object] = {
    "PUBLICATION": "GP_PRAC_PAT_LIST",
    "EXTRACT_DATE": "01Oct2025",
    "PRACTICE_CODE": "C82001",
    "PRACTICE_NAME": "A SURGERY",
    "PRACTICE_POSTCODE": "LE1 1AA",
    "PCN_CODE": "U12345",
    "PCN_NAME": "A PCN",
    "ONS_SUB_ICB_LOCATION_CODE": "E38000097",
    "SUB_ICB_LOCATION_CODE": "04C",
    "SUB_ICB_LOCATION_NAME": "NHS Leicester, Leicestershire and Rutland ICB - 04C",
    "ONS_ICB_CODE": "E54000015",
    "ICB_CODE": "QK1",
    "ICB_NAME": "NHS Leicester, Leicestershire and Rutland Integrated Care Board",
    "ONS_COMM_REGION_CODE": "E40000011",
    "COMM_REGION_CODE": "Y60",
    "COMM_REGION_NAME": "Midlands",
    "SUPPLIER_NAME": "TPP",
}


def table(
    defaults: Row, rows: Iterable[Row], headings: Iterable[str] | None = None, end: str = "\r\n"
) -> bytes:
    """A CSV as publishers write it. `headings` rename those of `defaults`, one by one."""
    given = list(rows) or [{}]
    unknown = {name for row in given for name in row} - set(defaults)
    if unknown:
        raise KeyError(f"no such heading: {sorted(unknown)}")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(headings or defaults)
    writer.writerows((defaults | dict(row)).values() for row in given)
    return out.getvalue().encode()


def regional(*rows: Row, ccg_era: bool = False, end: str = "\r\n") -> bytes:
    """Sub-ICB file ("Regional CSV"); in the CCG era under the headings of 2021."""
    return table(REGIONAL, rows, REGIONAL_2021 if ccg_era else None, end)


def crosstab(*rows: Row, end: str = "\r\n") -> bytes:
    """Practice-level crosstab."""
    return table(CROSSTAB, rows, end=end)


def mapping(*rows: Row, end: str = "\r\n") -> bytes:
    """Mapping.csv, which carries no month."""
    return table(MAPPING, rows, end=end)


def coverage(*rows: Row, end: str = "\r\n") -> bytes:
    """Coverage file."""
    return table(COVERAGE, rows, end=end)


def patient_list(*rows: Row, ccg_era: bool = False, end: str = "\n") -> bytes:
    """Registered patients by practice; in the CCG era under the headings of 2021."""
    return table(LIST, rows, LIST_2021 if ccg_era else None, end)


def list_map(*rows: Row, end: str = "\r\n") -> bytes:
    """Map of practices on the patient lists."""
    return table(LIST_MAP, rows, end=end)


def write(path: Path, content: bytes) -> Path:
    """Write bytes, making the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def write_regional(path: Path, *rows: Row, ccg_era: bool = False) -> Path:
    """Write a sub-ICB file."""
    return write(path, regional(*rows, ccg_era=ccg_era))


def write_crosstab(path: Path, *rows: Row) -> Path:
    """Write a practice-level crosstab."""
    return write(path, crosstab(*rows))


def write_mapping(path: Path, *rows: Row) -> Path:
    """Write a Mapping.csv."""
    return write(path, mapping(*rows))


def write_coverage(path: Path, *rows: Row) -> Path:
    """Write a coverage file."""
    return write(path, coverage(*rows))


def write_list(path: Path, *rows: Row, ccg_era: bool = False) -> Path:
    """Write a list of registered patients."""
    return write(path, patient_list(*rows, ccg_era=ccg_era))


def write_list_map(path: Path, *rows: Row) -> Path:
    """Write a map of practices on the patient lists."""
    return write(path, list_map(*rows))


def zipped(path: Path, members: Mapping[str, bytes], comment: bytes = b"") -> Path:
    """Write a zip of the members, in their order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        container.comment = comment
        for name, content in members.items():
            container.writestr(name, content)
    return path


def gzipped(path: Path, content: bytes) -> Path:
    """Write a gzip; the same bytes every time."""
    return write(path, gzip.compress(content, mtime=0))


def imported(home: Home, *paths: Path, **said: Any) -> list[Outcome]:
    """The outcomes of importing the paths; `said` as in `Request`."""
    return list(import_paths(home, list(paths), Request(**said)))


def kept_in(home: Home) -> list[str]:
    """Every file under the home, relative to it."""
    return sorted(p.relative_to(home.root).as_posix() for p in home.root.rglob("*") if p.is_file())


LONG: dict[str, object] = {
    "YEAR_MONTH": "2025-10",
    "ICB_CODE": "QK1",
    "ICB_NAME": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE BOARD",
    "HWB_CODE": "E06000016",
    "HWB_NAME": "LEICESTER CITY",
    "LPC_CODE": "L01",
    "LPC_NAME": "AN LPC",
    "PHARMACY_ACCOUNT_TYPE": "Pharmacy",
    "CONTRACTOR_CODE": "FA001",
    "CONTRACTOR_NAME": "A PHARMACY",
    "ADDRESS_1": "1 SECRET STREET",
    "ADDRESS_2": "",
    "ADDRESS_3": "LEICESTER",
    "ADDRESS_4": "",
    "POSTCODE": "LE1 1AA",
    "CONTENT_GROUP": "Advanced Services",
    "CONTENT": "Pharmacy First Clinical Pathways Consultations - Sinusitis",
    "VALUE": 10,
}
SERVICES = {
    "Acute Otitis Media": "Pharmacy First Clinical Pathways Consultations - Acute Otitis Media",
    "Acute Sore Throat": "Pharmacy First Clinical Pathways Consultations - Acute Sore Throat",
    "Impetigo": "Pharmacy First Clinical Pathways Consultations - Impetigo",
    "Infected Insect Bites": "Pharmacy First Clinical Pathways Consultations - "
    "Infected Insect Bites",
    "Shingles": "Pharmacy First Clinical Pathways Consultations - Shingles",
    "Sinusitis": "Pharmacy First Clinical Pathways Consultations - Sinusitis",
    "Uncomplicated UTI": "Pharmacy First Clinical Pathways Consultations - Uncomplicated UTI",
    "Minor Illness Referral": "Pharmacy First Minor Illness Referral Consultations",
    "Urgent Medicine Supply": "Pharmacy First Urgent Medicine Supply Consultations",
}
WIDE: dict[str, object] = {
    "ICBCode": "QK1",
    "ICB": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE BOARD",
    "Contractor Type": "Pharmacy",
    "ContractorCode": "FA001",
    "ContractorName": "A PHARMACY",
    "Address": "1 SECRET STREET",
    " ": "",
    "  ": "LEICESTER",
    "   ": "",
    "Postcode": "LE1 1AA",
    "NumberofItems": 900,
    "NumberofCommunityPharmacistConsultationService(CPCS)Fees": "",
    "NumberofPharmacyFirstClinicalPathwaysConsultations-AcuteOtitisMedia": 1,
    "NumberofPharmacyFirstClinicalPathwaysConsultations -AcuteSoreThroat": 2,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-Impetigo": 3,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-InfectedInsectBites": 4,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-Shingles": 5,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-Sinusitis": 6,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-UncomplicatedUTI": 7,
    "NumberofPharmacyFirstUrgentMedicineSupplyConsultations": 8,
    "NumberofPharmacyFirstMinorIllnessReferralConsultations": 9,
}
CPCS_FEES = "NumberofCommunityPharmacistConsultationService(CPCS)Fees"
BOARD: dict[str, object] = {
    "PHARMACY_ODS_CODE_(F-CODE)": "FA001",
    "HEALTH_AND_WELLBEING_BOARD": "LEICESTER CITY",
    "PHARMACY_TRADING_NAME": "A PHARMACY",
    "ORGANISATION_NAME": "A PHARMACY LTD",
    "ADDRESS_FIELD1": "1 SECRET STREET",
    "POST_CODE": "LE1 1AA",
    "PHARMACY_OPENING_HOURS_MONDAY": "09:00-13:00,14:00-17:30",
    "MON_TOTAL": 7.5,
    "WEEKLY_TOTAL": 37.5,
    "CONTRACT_TYPE": "Community",
}
APP: dict[str, object] = {
    "Month": "2025-10-01",
    "ICB ODS Code [1,2]": "QK1",
    "ICB Name [1,2]": "NHS Leicester, Leicestershire and Rutland Integrated Care Board",
    "NHSE Region ODS Code [1,2]": "Y60",
    "NHSE Region Name [1,2]": "Midlands",
    "NHS App logins": 1000,
    "NHS App unique user logins": 200,
}
REFERRALS: dict[str, object] = {
    "Month": "2025-10",
    "Practice code": "C82001",
    "Referring channel": "PharmRefer",
    "Referrals sent": 10,
    "Referrals accepted": 9,
    "Referrals completed": 8,
}
APP_PRACTICE: dict[str, object] = {
    "Month": "2025-10",
    "Practice code": "C82001",
    "Registered users 13+": 500,
    "Log-ins": 900,
    "Repeat prescription orders": 120,
    "Ordering users": 80,
}
BOM = "\ufeff".encode()


def long_claims(*rows: Row) -> bytes:
    """Dispensing contractors' data of today: a row per pharmacy and content, with a BOM."""
    return BOM + table(LONG, rows)


def all_services(**of: object) -> list[dict[str, object]]:
    """Rows of `long_claims` for the nine services of a pharmacy, other values as told."""
    return [{"CONTENT": content, **of} for content in SERVICES.values()]


def wide_claims(*rows: Row, lacking: Iterable[str] = ()) -> bytes:
    """Dispensing contractors' data of the wide era; three columns of the address have no name."""
    kept = {name: value for name, value in WIDE.items() if name not in set(lacking)}
    return table(kept, rows, [name.strip() for name in kept])


def pharmacy_list(*rows: Row) -> bytes:
    """Consolidated pharmaceutical list, which carries no month."""
    return BOM + table(BOARD, rows)


def referrals(*rows: Row) -> bytes:
    """Local return of referrals to Pharmacy First."""
    return table(REFERRALS, rows)


def app_practice(*rows: Row) -> bytes:
    """Local export of NHS App use by practice."""
    return table(APP_PRACTICE, rows)


def app_csv(*rows: Row) -> bytes:
    """The ICB table of the NHS App publication as a CSV."""
    return table(APP, rows)


NOTES = (
    ("Source: NHS England",),
    ("Notes:", "  1   A small proportion of usage data are unable to be mapped to an ICB."),
    ("", "  2   Geographical information is correct at the time of publication"),
    ("Copyright \N{COPYRIGHT SIGN} 2025 NHS England",),
)


def workbook(sheets: Mapping[str, Iterable[Iterable[object]]]) -> bytes:
    """An Excel workbook of these sheets, row by row; dates become date cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        dated = book.add_format({"num_format": "mmm-yy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, place, datetime(*cell.timetuple()[:3]), dated)
                    else:
                        sheet.write(number, place, cell)
    return out.getvalue()


def app_workbook(
    *rows: Row,
    national: Iterable[Iterable[object]] = (),
    headings: Iterable[str] | None = None,
    stated: object = "",
) -> bytes:
    """The NHS App workbook as published: titles above, notes below, the ICB table in `Table 2`.
    `stated`: what its title sheet says of its publication."""
    given = [APP | dict(row) for row in list(rows) or [{}]]
    cells = [
        [date.fromisoformat(str(v)) if k == "Month" else v for k, v in row.items()] for row in given
    ]
    return workbook(
        {
            "Title Sheet": [
                ["NHS App Management Information Statistics"],
                ["March 2025 onwards"],
                [stated],
            ],
            "Table 1": [["Return to Title Sheet"], ["Table 1: National Summary"], *national],
            "Table 2": [
                ["Return to Title Sheet"],
                ["Table 2: ICB level NHS App usage and registration statistics"],
                list(headings or APP),
                *cells,
                *NOTES,
            ],
            "Metric Metadata": [["Metric", "CSV Column Name"], ["NHS App logins", "LatestLogins"]],
        }
    )
