"""Personal data in local returns: which headings and texts are taken for it."""

import pytest

from tests.support import imported, referrals, write
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.intake.personal_data import is_nhs_number


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
