"""Personal data in local returns: which headings and texts are taken for it."""

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter

from tests.support import imported, referrals, write
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.intake.personal_data import is_nhs_number
from warehouse.readers import tables


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("9434765919", True),
        ("9434765918", False),  # a wrong check digit
        ("4010232137", True),
        ("0000000000", True),
        ("1234567890", False),  # no number has the check digit ten
    ],
)
def test_an_nhs_number_has_a_check_digit(digits: str, expected: bool) -> None:
    assert is_nhs_number(digits) is expected


@pytest.mark.parametrize(
    "heading", ["NHS No.", "nhs_number", "Patient ID", "Forename", "Date of birth", "DOB", "Email"]
)
def test_a_column_of_persons_is_refused_by_its_heading(heading: str, home: Home) -> None:
    content = referrals().replace(b"Referrals sent,", f"Referrals sent,{heading},".encode())
    content = content.replace(b",10,9,", b",10,x,9,")
    [outcome] = imported(home, write(home.root.parent / "return.csv", content))
    assert outcome.verdict == "refused" and f"`{heading}`" in outcome.message
    assert Archive(home).files() == []


@pytest.mark.parametrize("heading", ["Practice name", "Remarks", "Provider", "Patients"])
def test_other_columns_are_not(heading: str, home: Home) -> None:
    content = referrals().replace(b"Referrals sent,", f"Referrals sent,{heading},".encode())
    content = content.replace(b",10,9,", b",10,1234567890 12345678901,9,")
    [outcome] = imported(home, write(home.root.parent / "return.csv", content))
    assert outcome.verdict == "imported", outcome.message


def workbook(path: Path, note: str = "", sheet: str = "", comment: str = "") -> Path:
    """A return as a workbook, with a text below its table, on a sheet of its own, or in a
    comment."""
    rows = list(csv.reader(io.StringIO(referrals().decode())))
    with xlsxwriter.Workbook(path) as book:
        first = book.add_worksheet("Return")
        for number, row in enumerate(rows):
            first.write_row(number, 0, row)
        if note:
            first.write(len(rows) + 2, 0, note)
        if comment:
            first.write_comment(1, 1, comment)
        if sheet:
            book.add_worksheet("Contacts").write(3, 2, sheet)
    return path


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("note", "of sheet `Return` has an e-mail address"),
        ("sheet", "Row 4 of sheet `Contacts` has an e-mail address"),
        ("comment", "A comment has an e-mail address"),
    ],
)
def test_persons_outside_the_table_of_a_workbook_are_refused(
    place: str, expected: str, home: Home
) -> None:
    path = home.root.parent / "return.xlsx"
    [outcome] = imported(home, workbook(path, **{place: "Ask j.smith@example.org"}))
    assert outcome.verdict == "refused" and expected in outcome.message, outcome.message
    assert "smith" not in outcome.message and Archive(home).files() == []


def test_a_workbook_with_other_notes_and_comments_is_imported(home: Home) -> None:
    path, text = home.root.parent / "return.xlsx", "Ask the practice; as agreed on 4010232136."
    [outcome] = imported(home, workbook(path, text, text, text))
    assert outcome.verdict == "imported", outcome.message


def test_a_workbook_is_not_read_again_for_persons(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    original = tables.read_sheets
    monkeypatch.setattr(tables, "read_sheets", lambda path: read.append(path) or original(path))
    [outcome] = imported(home, workbook(home.root.parent / "return.xlsx", "A note"))
    assert outcome.verdict == "imported" and len(read) == 1


def test_a_person_in_a_note_below_a_csv_is_refused(home: Home) -> None:
    content = referrals() + b"\nNote: NHS number 401 023 2137\n"
    [outcome] = imported(home, write(home.root.parent / "return.csv", content))
    assert outcome.verdict == "refused" and "has an NHS number" in outcome.message
    assert "2137" not in outcome.message and Archive(home).files() == []
