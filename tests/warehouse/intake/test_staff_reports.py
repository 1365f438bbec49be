"""Slot reports of practices with staff in them: a copy without people is kept, and nothing of the
report but its SHA-256, whatever becomes of it."""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from assets.feeds.practice_slots.testing import (
    REPORT,
    daily_report,
    missed_report,
    slot_report,
    slots,
)
from tests.support import imported, regional, write
from warehouse.archive.decisions import withdrawn
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.keys import FileKey
from warehouse.intake.importer import ImportOutcome
from warehouse.transform.lake import lake_paths
from warehouse.transform.tidy import tidy

NAMES = ("Larkspur", "Quentin", "Marchbanks", "Zebedee", "Featherway")
DOCTOR = {"Staff": "Dr Quentin Larkspur"}
NURSE = {"Staff": "Zebedee Marchbanks", "Slot Type": "Marchbanks' clinic", "Total Slots": 40}
SAID = {"org": "C82001", "edition": "2025-10"}


def brought(home: Home, content: bytes, name: str = "Unused.csv", **said: str) -> ImportOutcome:
    [outcome] = imported(home, write(home.root.parent / name, content), **(said or SAID))
    return outcome


def bytes_of(folder: Path) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in folder.rglob("*") if path.is_file())


def assert_nobody(home: Home, *outcomes: ImportOutcome) -> None:
    said = " ".join(f"{o.name} {o.message} {o.remedy} {o.file}" for o in outcomes).encode()
    for content in (*bytes_of(home.root), said):
        for name in NAMES:
            assert name.encode() not in content and name.upper().encode() not in content


def rows_of(home: Home, outcome: ImportOutcome) -> pl.DataFrame:
    assert outcome.file is not None, outcome.message + outcome.remedy
    tidy(home, outcome.file)
    return pl.read_parquet(lake_paths(home, outcome.file).tidy)


def test_a_copy_without_people_is_kept_and_the_hash_of_the_report(home: Home) -> None:
    report = slot_report(DOCTOR, NURSE, {**DOCTOR, "Slot Type": "Embargo", "Unused Slots": 100})
    outcome = brought(home, report)
    file = outcome.file
    assert file is not None
    assert file.original_sha256 == hashlib.sha256(report).hexdigest()
    assert file.sha256 == file.container_sha256 != file.original_sha256
    assert (file.file_name, file.edition_basis) == ("practice-slots-C82001-2025-10.csv", "argument")
    with Archive(home).open(file) as stream:
        content = stream.read()
    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert content.decode().splitlines() == [
        "Month,Practice code,Row of report,Total Slots,Unused Slots,Used Slots,Repeated",
        "2025-10,C82001,2,100,12,88,0",
        "2025-10,C82001,3,40,12,28,0",
        "2025-10,C82001,4,100,100,0,0",
    ]
    rows = rows_of(home, outcome)
    assert rows.select(pl.col("slots", "unused", "used").sum()).row(0) == (240, 124, 116)
    assert_nobody(home, outcome)
    assert report not in list(bytes_of(home.root))


@pytest.mark.parametrize(
    "name", ["practice-slots-C82001-2025-10.csv", "Unused c82001 Oct 25.csv", "C82001_202510.csv"]
)
def test_the_name_of_a_file_may_say_practice_and_month(name: str, home: Home) -> None:
    [outcome] = imported(home, write(home.root.parent / name, slot_report()))
    assert outcome.file is not None, outcome.message
    assert outcome.file.file_name == "practice-slots-C82001-2025-10.csv"
    assert outcome.file.edition_basis == "file_name"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"edition": "2025-10"}, "neither of which practice nor of which month"),
        ({"org": "C82001"}, "neither of which practice nor of which month"),
        ({"org": "Dr Quentin", "edition": "2025-10"}, "is not the ODS code of a practice"),
        ({"org": "U12345", "edition": "2025-10"}, "is not the ODS code of a practice"),
        ({"org": "C82001", "edition": "2031-01"}, "no month that is not in the future"),
    ],
)
def test_a_report_of_nobody_knows_whom_is_refused(
    said: dict[str, str], words: str, home: Home
) -> None:
    outcome = brought(home, slot_report(), **said)
    assert outcome.verdict == "refused" and words in outcome.message
    assert not Archive(home).files() and not list(home.root.rglob("objects/*/*"))


REFUSED = {
    "by day": (daily_report(), "with a column for each member of staff"),
    "by day, a title above": (b"Larkspur's report\r\n" + daily_report(), "no known feed"),
    "by day, no day": (daily_report().replace(b"Day", b"Weekday", 1), "no known feed"),
    "missed": (missed_report(), "missed appointments by member of staff"),
    "no headings": (slot_report().split(b"\r\n", 1)[1], "no known feed"),
    "a column lost": (slot_report().replace(b"Unused Slots,", b"Left,", 1), "`Unused Slots`"),
    "all lost": (slot_report().replace(b"Total Slots", b"Sum", 1), "no known feed"),
    "semicolons": (slot_report().replace(b",", b";"), "separated by semicolons"),
    "no rows": (slot_report().split(b"\r\n")[0] + b"\r\n", "headings but no rows"),
    "binary": (b"Dr Larkspur\0" + slot_report(), "binary data"),
    "a page": (b"<html>Dr Larkspur</html>", "a web page"),
    "nothing": (b"", "empty"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_leaves_no_name_behind(what: str, home: Home) -> None:
    content, words = REFUSED[what]
    outcome = brought(home, content)
    assert outcome.verdict == "refused", outcome
    assert words in outcome.message, outcome.message
    assert outcome.remedy
    assert_nobody(home, outcome)


BROKEN = {
    "a comma unescaped": b"Larkspur, Quentin,GP Urgent,100,12,12.0,1000,120,12.0\r\n",
    "a name in place of a number": b"Locum,GP Urgent,Larkspur,12,12.0,1000,120,12.0\r\n",
    "a quote that is not closed": b'"Larkspur,GP Urgent,100,12,12.0,1000,120\r\nQuentin,x,1\r\n',
    "a number and a name": b"Locum,GP Urgent,12 (Larkspur),12,12.0,1000,120,12.0\r\n",
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_row_goes_to_quarantine_without_its_texts(what: str, home: Home) -> None:
    outcome = brought(home, slot_report({}) + BROKEN[what])
    rows = rows_of(home, outcome)
    assert rows["slots"].to_list() == [100]
    assert outcome.file is not None
    told = pl.read_parquet(lake_paths(home, outcome.file).quarantine)
    assert told["rule"].to_list() == ["count_whole"]
    assert told["reason"][0].startswith("Total Slots: found `withheld`, expected a whole number")
    assert_nobody(home, outcome)


def test_totals_and_notes_are_no_slots(home: Home) -> None:
    total = {"Staff": "Total", "Slot Type": "", "Total Slots": 100}
    unnamed = {"Staff": "", "Slot Type": "", "Total Slots": 100}
    note = b"Run by Dr Quentin Larkspur on 1 November\r\n"
    outcome = brought(home, slot_report({}, total, unnamed) + b",,,,,,,\r\n" + note)
    assert rows_of(home, outcome)["slots"].to_list() == [100]
    assert outcome.file is not None
    told = pl.read_parquet(lake_paths(home, outcome.file).quarantine)
    assert told["rule"].to_list() == ["total_row", "total_row"]
    assert_nobody(home, outcome)


def test_rows_that_repeat_staff_and_slot_type_are_marked(home: Home) -> None:
    again = {"Staff": "DR QUENTIN  LARKSPUR", "Total Slots": 70}
    outcome = brought(home, slot_report({}, NURSE, again))
    assert rows_of(home, outcome)["repeated"].to_list() == [0, 0, 1]


def test_percentages_are_not_taken_for_counts_in_any_order(home: Home) -> None:
    order = ["Unused Slots %", "Unused Slots", "Total Slots", "Slot Type", "Staff"]
    cells = [str(REPORT[heading]) for heading in order]
    content = "\n".join([",".join(order), ",".join(cells)]).encode("utf-16")
    rows = rows_of(home, brought(home, content))
    assert rows.select("slots", "unused", "used").rows() == [(100, 12, 88)]


def test_a_workbook_of_the_report_is_read_too(home: Home) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Slots")
        sheet.write(0, 0, "Unused slots, Dr Larkspur's practice")
        sheet.write_row(2, 0, list(REPORT))
        sheet.write_row(3, 0, list(REPORT.values()))
    outcome = brought(home, out.getvalue(), "Unused.xlsx")
    rows = rows_of(home, outcome)
    assert rows.select("report_row", "slots", "unused").rows() == [(4, 100, 12)]
    assert_nobody(home, outcome)


def zipped(path: Path, **members: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.csv", content)
    return path


@pytest.mark.parametrize("other", ["missed", "by day", "a column lost"])
def test_a_zip_with_names_is_not_kept_for_the_sake_of_its_other_files(
    other: str, home: Home
) -> None:
    path = zipped(home.root.parent / "a.zip", regional=regional(), other=REFUSED[other][0])
    outcomes = imported(home, path)
    assert {one.verdict for one in outcomes} == {"refused"}
    assert "names people, so the zip is not kept" in " ".join(one.message for one in outcomes)
    assert not Archive(home).files()
    assert_nobody(home, *outcomes)


def test_of_a_zip_with_reports_only_the_copies_are_kept(home: Home) -> None:
    members = {f"C8200{n} 2025-10": slot_report({"Total Slots": 100 + n}) for n in (1, 2)}
    outcomes = imported(home, zipped(home.root.parent / "a.zip", regional=regional(), **members))
    assert sorted(one.verdict for one in outcomes) == ["imported", "imported", "refused"]
    kept = [path.name for path in home.root.rglob("objects/*/*")]
    assert sorted(kept) == sorted(file.sha256 for file in Archive(home).files())
    assert_nobody(home, *outcomes)


def test_two_reports_of_one_practice_and_month_in_a_zip_are_refused(home: Home) -> None:
    members = {name: slot_report({"Total Slots": n}) for n, name in enumerate("ab", 50)}
    outcomes = imported(home, zipped(home.root.parent / "a.zip", **members), **SAID)
    assert "several reports of the same practice and month" in outcomes[0].message
    assert not Archive(home).files()


def test_the_same_report_again_is_known_and_as_anothers_refused(home: Home) -> None:
    first = brought(home, slot_report())
    assert brought(home, slot_report()).verdict == "known"
    other = brought(home, slot_report(), org="C82002", edition="2025-10")
    assert other.verdict == "refused"
    assert "was imported as practice-slots-C82001-2025-10.csv" in other.message
    assert first.file is not None and f"withdraw {first.file.short}" in other.remedy
    assert not withdrawn(home).get(FileKey.of(first.file))


def test_a_corrected_report_replaces_the_first(home: Home) -> None:
    from warehouse.editions.parts_and_revisions import place_files

    for number, report in enumerate((slot_report({}), slot_report({"Total Slots": 90}))):
        path = write(home.root.parent / f"{number}.csv", report)
        os.utime(path, (1_760_000_000 + number, 1_760_000_000 + number))
        [outcome] = imported(home, path, **SAID)
        assert outcome.file is not None
        tidy(home, outcome.file)
    placed = place_files(home, Archive(home).files())
    assert [one.revision for one in placed] == [1, 2]


def test_what_a_practice_added_up_itself_is_read_as_it_is(home: Home) -> None:
    [outcome] = imported(
        home, write(home.root.parent / "mine.csv", slots({}, {"Practice code": "C82002"}))
    )
    assert rows_of(home, outcome)["used"].to_list() == [180, 180]
    assert outcome.file is not None and outcome.file.original_sha256 is None


def test_org_is_of_reports_alone(home: Home) -> None:
    outcome = brought(home, regional(), **SAID)
    assert outcome.verdict == "refused" and "--org has no use" in outcome.message


def test_the_practice_systems_own_report_goes_in(home: Home, real_more: Path) -> None:
    folder = real_more / "local_exports"
    content = (folder / "Unused.csv").read_bytes()
    outcome = brought(home, content)
    rows = rows_of(home, outcome)
    published = pl.read_csv(content)
    assert rows["slots"].sum() == published["Total Slots"].sum()
    assert rows["unused"].sum() == published["Unused Slots"].sum()
    refused = [
        brought(home, (folder / f"{n}.csv").read_bytes()) for n in ("DNA", "AppointmentReport")
    ]
    assert {one.verdict for one in refused} == {"refused"}
    staff = set(published["Staff"])
    said = str([outcome, *refused])
    kept = b"".join(bytes_of(home.root)).decode(errors="replace")
    assert not [name for name in staff if name in kept or name in said]
