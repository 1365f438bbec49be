"""Builders of hand-made publications: the headings as published, one sound row unless told more.

A row is a mapping from the heading of today to a value; what it leaves out keeps its default.
`regional(...)` gives bytes (for zips), `write_regional(path, ...)` a file; likewise for the others.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from warehouse.home import Home
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
