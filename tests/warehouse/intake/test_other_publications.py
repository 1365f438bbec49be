"""A publication that no feed reads yet is named, and no other feed's contract is blamed."""

import re
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from tests.support import regional
from warehouse.contract.model import contracts
from warehouse.intake.other_publications import other_publications
from warehouse.intake.recognise import recognise
from warehouse.readers.containers import XLSX, Content
from warehouse.readers.refused import Refused

TODAY = date(2026, 11, 30)


def text(folder: Path, name: str, content: str) -> Content:
    path = folder / "spooled"
    path.write_text(content, encoding="utf-8")
    return Content(path, name, None, "0" * 64, len(content), "ascii")


def workbook(folder: Path, name: str, title: str) -> Content:
    path = folder / "spooled.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Title").write_string(3, 1, title)
        book.add_worksheet("Data").write_row(0, 0, ["Practice", "Submissions", "Patients"])
    return Content(path, name, None, "0" * 64, path.stat().st_size, XLSX)


def refused(content: Content, feed: str | None = None) -> Refused:
    with pytest.raises(Refused) as found:
        recognise(content, TODAY, feed)
    return found.value


def test_a_workbook_is_known_by_its_title(tmp_path: Path) -> None:
    title = "NHS Payments to General Practice, England, 2024/25"
    refusal = refused(workbook(tmp_path, "download (3).xlsx", title))
    assert refusal.reason == "NHS payments to general practice: no feed reads it yet."
    assert "contract" not in refusal.remedy


def test_a_file_is_known_by_its_name(tmp_path: Path) -> None:
    refusal = refused(text(tmp_path, "QOF_2324.csv", "PRACTICE_CODE,GROUP_CODE\nC82001,AF\n"))
    assert refusal.reason.startswith("Quality and Outcomes Framework: ")
    [broken] = [one for one in other_publications() if "GP Patient Survey" in one.publication]
    assert re.search(broken.files, "GPPS_2025_National_report.xlsx", re.IGNORECASE)


def test_a_file_of_a_feed_keeps_its_own_refusal(tmp_path: Path) -> None:
    spoilt = regional({}).decode().replace("APPT_MODE", "MODE_OF_APPT")
    assert "It looks like gp_appointments" in refused(text(tmp_path, "x.csv", spoilt)).reason
    unknown = refused(text(tmp_path, "x.csv", "a,b\n1,2\n"))
    assert "no feed reads it yet" not in unknown.reason
    asked = text(tmp_path, "QOF_2324.csv", "PRACTICE_CODE,GROUP_CODE\nC82001,AF\n")
    assert "no feed reads it yet" not in refused(asked, "nhs_app").reason


def test_no_entry_is_of_a_file_that_a_feed_names() -> None:
    named = [
        pattern.removeprefix("^").replace("\\", "")
        for contract in contracts().values()
        for pattern in contract.not_read
    ]
    assert named, "patterns of files beside a feed's"
    for one in other_publications():
        assert not any(re.search(one.files, name, re.IGNORECASE) for name in named)
