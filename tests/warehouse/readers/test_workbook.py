"""Workbooks: cells as text, where a table begins and ends, and workbooks that are not taken."""

import io
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.feeds.slaip_actions.testing import ACTION
from tests.support import APP, app_workbook, imported, workbook, write, zipped
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.readers.refused import Refused
from warehouse.readers.tables import table_rows
from warehouse.readers.workbook import Sheet, candidates, cell_text, read_sheets


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (1e15, "1000000000000000"),
        (2.5, "2.5"),
        (True, "TRUE"),
        (date(2025, 7, 1), "2025-07-01"),
        (datetime(2025, 7, 1), "2025-07-01"),
        (datetime(2025, 7, 1, 9, 30), "2025-07-01 09:30:00"),
        ("  a name ", "a name"),
        ("", ""),
    ],
)
def test_cells_are_text_as_a_csv_would_have_it(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_sheets_are_read_in_their_order_with_blanks(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", workbook({"One": [["a", "", 1]], "Two": [[], ["", "b"]]}))
    assert list(read_sheets(path)) == [
        Sheet("One", [["a", "", "1"]]),
        Sheet("Two", [["", ""], ["", "b"]]),
    ]


def test_an_error_in_a_cell_is_text_and_does_no_harm(tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 1, "=1+1", None, 2)
    [sheet_read] = read_sheets(write(tmp_path / "a.xlsx", out.getvalue()))
    assert sheet_read.rows[1][1] == "2"


def test_headings_are_looked_for_near_the_top_of_every_sheet() -> None:
    rows = [["title", ""], ["", ""], ["a", "b"], ["1", "2"]]
    found = list(candidates([Sheet("S", rows)]))
    assert [(one.row, one.headings) for one in found] == [(3, ("a", "b")), (4, ("1", "2"))]


def test_the_body_skips_blank_rows() -> None:
    rows = [["a", "b"], ["1", "2"], ["", ""], ["3", "4"], ["", "note"]]
    [table, *_] = candidates([Sheet("S", rows)])
    assert table.body() == {2: ["1", "2"], 4: ["3", "4"], 5: ["", "note"]}


def test_notes_below_the_data_are_no_rows_and_those_within_are() -> None:
    contract = contracts()["pharmacy_first_referrals"]
    headings = [contract.columns[name].published[0] for name in contract.columns]
    sound, note = ["2025-10", "C82001", "A", "1", "1", "1"], ["Source: x", *[""] * 5]
    [table, *_] = candidates([Sheet("S", [headings, note, sound, [""] * 6, note, note])])
    assert table_rows(table, contract)["source_row"].to_list() == [2, 3]


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_that_are_no_workbook_are_refused_with_a_reason(junk: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.xlsx", junk)
        with pytest.raises((Refused, zipfile.BadZipFile)):
            list(read_sheets(path))


def refused(home: Home, path: Path) -> tuple[str, str]:
    [outcome] = imported(home, path)
    assert outcome.verdict == "refused", outcome.message
    return outcome.message, outcome.remedy


def test_a_workbook_of_no_feed_is_refused_with_the_nearest(home: Home, tmp_path: Path) -> None:
    headings = [name for name in APP if name != "NHS App logins"]
    path = write(tmp_path / "a.xlsx", workbook({"T": [["t"], headings, ["x"] * len(headings)]}))
    reason, remedy = refused(home, path)
    assert "It looks like nhs_app, but the column is missing: `NHS App logins`" in reason
    assert "assets/feeds/nhs_app/contract.yaml" in remedy


def test_a_workbook_without_any_table_is_refused(home: Home, tmp_path: Path) -> None:
    reason, _ = refused(home, write(tmp_path / "a.xlsx", workbook({"T": [["only a title"]]})))
    assert "None of its sheets has a table" in reason


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as container:
        container.writestr(name, part)
    return out.getvalue()


def test_a_cell_in_the_last_corner_does_not_take_all_memory(home: Home, tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("T")
        sheet.write_row(0, 0, list(APP))
        sheet.write(1_048_575, 16_383, "x")
    reason, remedy = refused(home, write(tmp_path / "a.xlsx", out.getvalue()))
    assert "cells" in reason and "stray cells" in remedy


def test_a_bomb_of_a_workbook_is_refused(home: Home, tmp_path: Path) -> None:
    bomb = with_part(app_workbook(), "xl/worksheets/sheet9.xml", b"")
    out = io.BytesIO(bomb)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/media/x.bin", b"\0" * (64 << 20))
    reason, _ = refused(home, write(tmp_path / "a.xlsx", out.getvalue()))
    assert "bomb" in reason


def test_a_password_or_an_old_workbook_is_refused(home: Home, tmp_path: Path) -> None:
    reason, remedy = refused(
        home, write(tmp_path / "a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    )
    assert "password" in reason and "without a password" in remedy


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"Month,ICB\r\n1,2\r\n"])
def test_a_member_named_xlsx_that_is_none_is_refused(
    content: bytes, home: Home, tmp_path: Path
) -> None:
    path = zipped(tmp_path / "a.zip", {"in.xlsx": content, "good.xlsx": app_workbook()})
    outcomes = {outcome.name: outcome for outcome in imported(home, path)}
    assert outcomes["a.zip: good.xlsx"].verdict == "imported"
    assert "not a workbook" in outcomes["a.zip: in.xlsx"].message


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/comments1.xml"])
def test_a_workbook_whose_part_is_damaged_is_refused(part: str, tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("S")
        sheet.write_comment(0, 0, "A note.")
        sheet.write_row(0, 0, list(ACTION))
        sheet.write_row(1, 0, list(ACTION.values()))
    whole = bytearray(out.getvalue())
    with zipfile.ZipFile(io.BytesIO(bytes(whole))) as book:
        info = book.getinfo(part)
    begins = info.header_offset + 30 + len(info.filename)
    whole[begins : begins + info.compress_size] = b"\xff" * info.compress_size
    [outcome] = imported(Home(tmp_path / "home"), write(tmp_path / "a.xlsx", bytes(whole)))
    assert (outcome.verdict, outcome.remedy) == (
        "refused",
        "Download it again, and let the download finish.",
    )
    assert "damaged or incomplete" in outcome.message
