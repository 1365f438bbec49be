"""Files that publishers might have written, put on disk, zipped and imported.

`regional(...)` gives bytes (for zips), `write_regional(path, ...)` a file; likewise for the others.
The builders themselves lie beside the feeds (`assets/feeds/<feed>/testing.py`).
"""

# ruff: noqa: F401 - tests find the builders of all feeds here

import gzip
import importlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assets.feeds.gp_appointments_coverage.testing import COVERAGE, coverage
from assets.feeds.gp_appointments_mapping.testing import MAPPING, mapping
from assets.feeds.gp_appointments_practice.testing import CROSSTAB, crosstab
from assets.feeds.gp_appointments_sub_icb.testing import REGIONAL, REGIONAL_2021, regional
from assets.feeds.nhs_app.testing import APP, NOTES, app_csv, app_workbook
from assets.feeds.nhs_app_practice.testing import APP_PRACTICE, app_practice
from assets.feeds.pharmacy_first.testing import (
    CPCS_FEES,
    LONG,
    SERVICES,
    WIDE,
    all_services,
    long_claims,
    wide_claims,
)
from assets.feeds.pharmacy_first_referrals.testing import REFERRALS, referrals
from assets.feeds.pharmacy_list.testing import BOARD, pharmacy_list
from assets.feeds.registered_patients.testing import LIST, LIST_2021, patient_list
from assets.feeds.registered_patients_map.testing import LIST_MAP, list_map
from assets.feeds.testing import BOM, Row, table, workbook
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.intake.importer import ImportOutcome, Request, import_paths

# Feed -> what builds a file of it, of the rows it is told.
BUILDERS: dict[str, Callable[..., bytes]] = {
    feed: importlib.import_module(f"assets.feeds.{feed}.testing").build for feed in contracts()
}


def write(path: Path, content: bytes) -> Path:
    """Write bytes, making the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8, making the folder."""
    return write(path, text.encode())


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


def imported(home: Home, *paths: Path, **said: Any) -> list[ImportOutcome]:
    """The outcomes of importing the paths; `said` as in `Request`."""
    return list(import_paths(home, list(paths), Request(**said)))


def kept_in(home: Home) -> list[str]:
    """Every file under the home, relative to it."""
    return sorted(p.relative_to(home.root).as_posix() for p in home.root.rglob("*") if p.is_file())
