"""Sample NHS App workbooks and the two local returns: layout, agreement, known mistakes."""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from assets.feeds.enhanced_access import sample as enhanced_sample
from assets.feeds.nhs_app import sample as app_sample
from assets.feeds.nhs_app_practice import sample as practice_sample
from assets.feeds.pharmacy_first_referrals import sample as referrals_sample
from assets.sample.world import LAST_MONTH, World
from warehouse.contract.model import contracts
from warehouse.reference.organisations import members_at

NAME = "NHS App Management Information Statistics - {}.xlsx"
FEB, MAR = NAME.format("February 2025"), NAME.format("March 2025")
REFERRALS, PRACTICES = "pharmacy-first-referrals-2025-03.csv", "nhs-app-practice-2025-03.csv"
SHEETS = ["Title Sheet", "Data Quality", "Table 1", "Table 2", "Metric Metadata"]
HEADINGS = [
    "Month",
    "ICB ODS Code [1,2]",
    "ICB Name [1,2]",
    "NHSE Region ODS Code [1,2]",
    "NHSE Region Name [1,2]",
    "NHS App logins",
    "NHS App unique user logins",
]
MONTHS = [
    date(2024, 10, 1),
    date(2024, 11, 1),
    date(2024, 12, 1),
    *(date(2025, m, 1) for m in (1, 2, 3)),
]
Cells = list[list[object]]


def write(world: World, out: Path) -> list[Path]:
    return [
        path
        for feed in (app_sample, practice_sample, referrals_sample)
        for path in feed.write(world, out)
    ]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("app")
    write(World(), out)
    return out


def sheet(path: Path, name: str) -> Cells:
    book = CalamineWorkbook.from_path(path)
    return [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def by_icb(path: Path) -> dict[tuple[object, object], tuple[float, float]]:
    """Table 2: log-ins and people by month and ICB code."""
    body = [row for row in sheet(path, "Table 2")[3:] if isinstance(row[0], date)]
    return {(row[0], row[1]): (float(str(row[5])), float(str(row[6]))) for row in body}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_same_seed_same_bytes(sample: Path, tmp_path: Path) -> None:
    again = write(World(), tmp_path)
    assert {path.name for path in again} == {path.name for path in sample.iterdir()}
    assert all(path.read_bytes() == (sample / path.name).read_bytes() for path in again)
    for path in write(World(seed=2), tmp_path):
        assert path.read_bytes() != (sample / path.name).read_bytes()


def test_layout_of_the_workbook(sample: Path) -> None:
    for name, words in ((FEB, "February 2025"), (MAR, "March 2025")):
        assert CalamineWorkbook.from_path(sample / name).sheet_names == SHEETS
        title = str(sheet(sample / name, "Title Sheet"))
        assert "SYNTHETIC" in title and f"October 2024 to {words}" in title
        table = sheet(sample / name, "Table 2")
        assert table[2] == [*HEADINGS, *(app_sample.FURTHER if name == MAR else ())]
        assert str(table[1][0]).endswith(words)
        end = next(n for n, row in enumerate(table) if str(row[0]).startswith("Source"))
        assert len(table) == end + 4 and table[end + 1][0] == "Notes:"
        summary = sheet(sample / name, "Table 1")
        assert [row[1] for row in summary[3:5]] == HEADINGS[5:]


def test_every_icb_of_the_month_and_the_unknown(sample: Path) -> None:
    found = by_icb(sample / MAR)
    assert sorted({str(month) for month, _ in found}) == [str(month) for month in MONTHS]
    codes = {code for month, code in found if month == MONTHS[-1]}
    assert len(codes) == 43 and "Unknown" in codes
    assert all(members_at("icb", str(code), LAST_MONTH) for code in codes - {"Unknown"})
    names = {row[2] for row in sheet(sample / MAR, "Table 2")[3:] if isinstance(row[0], date)}
    assert all(str(name).endswith(" (SYNTHETIC)") for name in names - {"Unknown"})


def test_the_tables_agree_and_one_month_is_labelled_wrongly(sample: Path) -> None:
    for name, months in ((FEB, MONTHS[:-1]), (MAR, MONTHS)):
        summary = sheet(sample / name, "Table 1")
        wanted = months[::-1]
        labels = [*wanted] if name == MAR else [wanted[1], *wanted[1:]]
        assert summary[2][2:] == labels
        for column, month in enumerate(wanted, 2):
            figures = [v for (m, _), v in by_icb(sample / name).items() if m == month]
            assert summary[3][column] == sum(logins for logins, _ in figures)
            assert summary[4][column] == sum(users for _, users in figures)


def test_the_newer_edition_restates_the_newest_month_of_the_older(sample: Path) -> None:
    old, new = by_icb(sample / FEB), by_icb(sample / MAR)
    changed = {key for key in old if old[key] != new[key]}
    assert {month for month, _ in changed} == {MONTHS[-2]} and len(changed) == 11
    assert changed and all(0.99 < old[key][0] / new[key][0] < 1 for key in changed)


def test_people_who_log_in_are_fewer_than_those_registered(sample: Path) -> None:
    world = World()
    for (month, code), (logins, users) in by_icb(sample / MAR).items():
        assert users < logins
        if code in ("QK1", "QUE"):
            patients = world.patients_of(str(code), date.fromisoformat(str(month)))
            assert 0.14 < users / patients < 0.18
    lists = {
        practice.code: world.patients(practice, LAST_MONTH)
        for area in world.areas
        for practice in world.open_practices(area, LAST_MONTH)
    }
    newest = [row for row in rows(sample / PRACTICES) if row["Month"] == "2025-03"]
    assert len(newest) == 128
    for row in newest:
        patients = lists[row["Practice code"]]
        told = ("Ordering users", "Registered users 13+", "Patients aged 13 and over")
        counts = [int(row[heading]) for heading in told]
        assert counts == sorted(counts) and counts[-1] < patients
    logins = sum(int(row["Log-ins"]) for row in newest)
    assert logins == pytest.approx(by_icb(sample / MAR)[LAST_MONTH, "QK1"][0], rel=0.1)


def test_39_of_51_practices_of_leicester_refer(sample: Path) -> None:
    world = World()
    sent: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows(sample / REFERRALS):
        sent[row["Month"], row["Practice code"]] += int(row["Referrals sent"])
        if row["Referrals completed"]:
            numbers = [int(row[f"Referrals {n}"]) for n in ("sent", "accepted", "completed")]
            assert numbers == sorted(numbers, reverse=True)
    city = {practice.code for practice in world.open_practices("04C", LAST_MONTH)}
    newest = {code: n for (month, code), n in sent.items() if month == "2025-03"}
    assert len(city) == 51
    assert sum(newest.get(code, 0) > 0 for code in city) == 39
    assert 0 < sum(newest.get(code) == 0 for code in city) < 12  # some say zero, some nothing
    assert {month for month, _ in sent} == {
        f"{m:%Y-%m}" for m in world.months_since(date(2024, 2, 1))
    }
    assert any(row["Referrals accepted"] == "" for row in rows(sample / REFERRALS))


def test_five_providers_and_72_per_cent_booked_in_leicester() -> None:
    city = [one for one in enhanced_sample.lines(World(), date(2024, 12, 1)) if one[1] == "04C"]
    offered, booked, attended = (sum(int(one[n]) for one in city) for n in (2, 3, 4))
    assert (len(city), booked / offered) == (5, 0.72)
    assert 0.6 < attended / offered < 0.68


def test_shorter_windows(tmp_path: Path) -> None:
    write(World(months=1), tmp_path)
    assert {month for month, _ in by_icb(tmp_path / FEB)} == {MONTHS[-2]}
    for name in (REFERRALS, PRACTICES):
        assert {row["Month"] for row in rows(tmp_path / name)} == {"2025-03"}


@pytest.mark.parametrize("name", [REFERRALS, PRACTICES])
def test_the_template_shows_the_headings_and_would_be_accepted(sample: Path, name: str) -> None:
    feed = "pharmacy_first_referrals" if name == REFERRALS else "nhs_app_practice"
    contract = contracts()[feed]
    template = contract.folder / "template.csv"
    assert template.read_text().splitlines()[0] == (sample / name).read_text().splitlines()[0]
    shown = rows(template)
    assert len(shown) >= 2
    assert {contract.column_of(heading) for heading in shown[0]} == contract.columns.keys()
    assert all(row["Practice code"].startswith("Z999") for row in shown)


def test_the_real_workbook_has_the_same_sheets_and_headings(real_feeds: Path) -> None:
    books = sorted((real_feeds / "nhs_app").glob("*.xlsx"))
    if not books:
        pytest.skip("needs a real NHS App workbook")
    for path in books:
        assert CalamineWorkbook.from_path(path).sheet_names == SHEETS
        assert sheet(path, "Table 2")[2] == HEADINGS
        summary = sheet(path, "Table 1")
        assert [row[:2] for row in summary[3:5]] == [list(pair) for pair in app_sample.SUMMARY]
