"""Sample pharmacies: lists and claims as the publisher writes them, and figures that agree."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from assets.feeds.pharmacy_first import sample as claims_sample
from assets.feeds.pharmacy_list import sample as list_sample
from assets.sample.pharmacies import NATIONAL, PATHWAYS
from assets.sample.world import World
from warehouse.base.text import heading_key
from warehouse.contract.model import contracts

LONG = "YEAR_MONTH,ICB_CODE,ICB_NAME,HWB_CODE,HWB_NAME,LPC_CODE,LPC_NAME,PHARMACY_ACCOUNT_TYPE,CONTRACTOR_CODE,CONTRACTOR_NAME,ADDRESS_1,ADDRESS_2,ADDRESS_3,ADDRESS_4,POSTCODE,CONTENT_GROUP,CONTENT,VALUE\n"  # noqa: E501
WIDE = (
    "ICBCode,ICB,Contractor Type,ContractorCode,ContractorName,Address,,,,Postcode,NumberofForms,"
)
STRAY_SPACE = "NumberofPharmacyFirstClinicalPathwaysConsultations -AcuteSoreThroat"
CPCS = "NumberofCommunityPharmacistConsultationService(CPCS)Fees"
NEWEST_LIST, OLDEST_LIST = "consol_pharmacy_list_202425q4.csv", "consol_pharmacy_list_202324q3.csv"
NEWEST_LONG = ("202412", "202501", "202502_REISSUED", "202503")
BOM = b"\xef\xbb\xbf"
CITY = "LEICESTER CITY"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def write(world: World, out: Path) -> list[Path]:
    return [*claims_sample.write(world, out), *list_sample.write(world, out)]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pharmacies")
    write(World(), out)
    return out


def long_claims(path: Path) -> dict[tuple[str, str], int]:
    """Claims by pharmacy and service."""
    found = [row for row in rows(path) if "Pharmacy First" in row["CONTENT"]]
    assert {row["CONTENT_GROUP"] for row in found} == {"Advanced Services"}
    return {(row["CONTRACTOR_CODE"], row["CONTENT"]): int(row["VALUE"]) for row in found}


def on_list(path: Path, types: Iterable[str] = ("Community", "LPS")) -> dict[str, str]:
    """Board by code."""
    code = next(iter(rows(path)[0]))
    return {
        row[code]: row["HEALTH_AND_WELLBEING_BOARD"]
        for row in rows(path)
        if row["CONTRACT_TYPE"] in types
    }


def test_same_seed_same_bytes_and_other_seed_other_bytes(sample: Path, tmp_path: Path) -> None:
    again = write(World(), tmp_path)
    assert {path.name for path in again} == {path.name for path in sample.iterdir()}
    assert all(path.read_bytes() == (sample / path.name).read_bytes() for path in again)
    for path in claims_sample.write(World(months=1, seed=2), tmp_path):
        assert path.read_bytes() != (sample / path.name).read_bytes()


def test_every_month_of_the_window_has_its_file(sample: Path, tmp_path: Path) -> None:
    wide = {path.name for path in sample.glob("Dispensing Data *")}
    assert len(wide) == 12
    assert wide >= {
        "Dispensing Data Jan 24 - CSV v2.csv",
        "Dispensing Data Feb 24 v2 - CSV.csv",
        "Dispensing Data Mar 24 - CSV - update.csv",
        "Dispensing Data July 24 \u2013 CSV.csv",
        "Dispensing Data Nov 24 - CSV.csv",
    }
    long = {path.stem.removeprefix("DISPENSING_DATA_") for path in sample.glob("DISPENSING*")}
    assert long == {"202502", *NEWEST_LONG}
    short = {path.name for path in write(World(months=2), tmp_path)}
    assert short == {
        "DISPENSING_DATA_202502.csv",
        "DISPENSING_DATA_202502_REISSUED.csv",
        "DISPENSING_DATA_202503.csv",
        "consol_pharmacy_list_202425q3.csv",  # in force in February
        "consol_pharmacy_list_202425q4.csv",
    }


def test_headings_and_line_ends_of_claims(sample: Path) -> None:
    wide, long = sorted(sample.glob("Dispensing Data *")), sorted(sample.glob("DISPENSING*"))
    assert wide and long
    for path in wide:
        header = path.read_bytes().split(b"\r\n")[0].decode("ascii")
        assert header.startswith(WIDE) and path.read_bytes().endswith(b"\r\n")
        assert len(header.split(",")) == 45 and CPCS in header and STRAY_SPACE in header
        before = path.name.startswith(("Dispensing Data Dec 23", "Dispensing Data Jan 24"))
        for heading, told in ((CPCS, before), (STRAY_SPACE, not before)):
            assert (sum(int(row[heading]) for row in rows(path)) > 0) == told
    for path in long:
        content = path.read_bytes()
        early = path.stem.endswith(("202412", "202501"))
        headings = LONG.replace("LPC_CODE,LPC_NAME,", "") if early else LONG
        assert content.startswith(BOM + headings.encode()) and b"\r" not in content
        without = {row["CONTRACTOR_CODE"] for row in rows(path) if not row["HWB_NAME"]}
        assert without == {"ZE045"}
        assert {row["YEAR_MONTH"].replace("-", "") for row in rows(path)} == {path.stem[16:22]}


def test_every_heading_is_in_the_contract(sample: Path) -> None:
    assert list(sample.iterdir())
    for path in sample.iterdir():
        contract = contracts()["pharmacy_list" if "list" in path.name else "pharmacy_first"]
        headings = [heading for heading in rows(path)[0] if heading]
        services = contract.wide.labels if contract.wide else {}
        for heading in headings:
            read = contract.column_of(heading) or heading_key(heading) in services
            assert read or contract.is_ignored(heading), heading
        assert contract.is_wide(headings) == path.name.startswith("Dispensing Data")


@pytest.mark.parametrize("month", NEWEST_LONG)
def test_81_of_the_82_pharmacies_of_leicester_claim(sample: Path, month: str) -> None:
    city = {code for code, board in on_list(sample / NEWEST_LIST).items() if board == CITY}
    assert len(city) == 82
    claimed = long_claims(sample / f"DISPENSING_DATA_{month}.csv")
    active = {code for (code, _), value in claimed.items() if value}
    assert len(city & active) == 81
    claimants = {
        row["CONTRACTOR_CODE"]
        for row in rows(sample / f"DISPENSING_DATA_{month}.csv")
        if row["HWB_NAME"] == CITY and "Pharmacy First" in row["CONTENT"]
    }
    assert claimants == city & active


def test_sample_lists_have_openings_closures_and_the_appliance_contractor(sample: Path) -> None:
    newest = Counter(on_list(sample / NEWEST_LIST).values())
    assert newest == {
        CITY: 82,
        "LEICESTERSHIRE": 134,
        "RUTLAND": 6,
        "CAMBRIDGESHIRE": 97,
        "PETERBOROUGH": 45,
    }
    old, new = on_list(sample / OLDEST_LIST), on_list(sample / NEWEST_LIST)
    assert Counter(old.values())[CITY] == 81 and Counter(old.values())[""] == 1
    assert {"ZA081", "ZB135"} == old.keys() - new.keys()
    assert {"ZA082", "ZA083", "ZD097"} == new.keys() - old.keys()
    assert set(on_list(sample / NEWEST_LIST, ["DAC"])) == {"ZB136"}


def test_one_pharmacy_claims_and_is_on_no_list(sample: Path) -> None:
    lists = [on_list(path, ("Community", "LPS", "DAC")) for path in sample.glob("consol*")]
    claimed = long_claims(sample / "DISPENSING_DATA_202503.csv")
    assert {code for code, _ in claimed} - set().union(*lists) == {"ZB137"}


def test_the_reissue_adds_late_claims_and_is_the_later_file(sample: Path) -> None:
    first, again = (sample / f"DISPENSING_DATA_202502{s}.csv" for s in ("", "_REISSUED"))
    old, new = long_claims(first), long_claims(again)
    assert old.keys() < new.keys() and all(old[key] <= new[key] for key in old)
    changed = {code for code, service in new if old.get((code, service)) != new[code, service]}
    assert 10 < len(changed) < 40
    assert {code for code, _ in new} - {code for code, _ in old} == {"ZB017"}
    assert first.stat().st_mtime < again.stat().st_mtime - 1


def test_claims_are_a_share_of_the_national_totals(sample: Path) -> None:
    people = 2_237_000 / 57_700_000
    for path in sample.glob("DISPENSING*"):
        if path.stem == "DISPENSING_DATA_202502":
            continue
        by_service: dict[str, int] = defaultdict(int)
        for (_, service), value in long_claims(path).items():
            by_service[service] += value
        month = date(int(path.stem[16:20]), int(path.stem[20:22]), 1)
        pathways = sum(n for service, n in by_service.items() if "Pathways" in service)
        assert pathways == pytest.approx(NATIONAL[month] * people, rel=0.005)
        throat = next(n for service, n in by_service.items() if "Sore Throat" in service)
        assert throat / pathways == pytest.approx(PATHWAYS["Acute Sore Throat"], abs=0.01)
    wide = rows(sample / "Dispensing Data Nov 24 - CSV.csv")
    named = [heading for heading in wide[0] if "ClinicalPathways" in heading]
    assert len(named) == 7
    total = sum(int(row[heading]) for row in wide for heading in named)
    assert total == pytest.approx(211_386 * people, rel=0.005)


def test_every_sample_pharmacy_code_begins_with_z(sample: Path) -> None:
    for path in sample.iterdir():
        column = {"D": "ContractorCode", "c": next(iter(rows(path)[0]))}[path.name[0]]
        column = "CONTRACTOR_CODE" if path.name.startswith("DISP") else column
        codes = {row[column] for row in rows(path)}
        assert codes and all(code[0] == "Z" and len(code) == 5 for code in codes)


def test_wide_files_have_the_headings_that_were_published(sample: Path, real_more: Path) -> None:
    seen = real_more / "pharmacy_first" / "wide_headings_2024-02_to_2024-07.txt"
    told = seen.read_text().splitlines()[:-2]  # the last two are of the program that wrote it
    found = [re.fullmatch(r"(.*?) +(?:object|int64)", line) for line in told]
    published = [one[1].rstrip() for one in found if one]
    header = (sample / "Dispensing Data Nov 24 - CSV.csv").read_text().splitlines()[0]
    assert header.split(",") == published


def test_the_real_list_has_the_same_headings(sample: Path, real_feeds: Path) -> None:
    real = real_feeds / "pharmacy_list" / OLDEST_LIST
    if not real.exists():
        pytest.skip(f"needs the real {OLDEST_LIST}")
    header = real.read_bytes().split(b"\n")[0]
    assert (sample / OLDEST_LIST).read_bytes().split(b"\n")[0] == header
