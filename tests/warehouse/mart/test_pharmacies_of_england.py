"""Whole months of England as the publisher lays them out: they add up to what was published, and a
contractor without a board counts for its ICB and England."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from assets.feeds.pharmacy_first import sample
from assets.feeds.pharmacy_first.testing import SERVICES, claims_again, long_claims
from assets.sample.pharmacies import MINOR_ILLNESS, PATHWAYS, URGENT_SUPPLY
from tests.shared import made_once
from tests.support import pharmacy_list, write
from tests.warehouse.support_mart import Mart, build, retrieved
from tests.warehouse.worlds_pharmacy import LEICESTER, icbs_at, on_list
from warehouse.base.home import Home
from warehouse.base.months import parse_month

ENGLAND = "E92000001"
KPI = "pharmacy_first_{}_consultations"
# England as published: consultations of the seven pathways, minor illness, urgent supply.
PUBLISHED = {
    "2024-02": (125_275, 137_396, 78_831),
    "2024-10": (198_794, 111_478, 117_325),
    "2025-03": (265_198, 117_746, 125_972),
    "2025-12": (352_319, 132_710, 146_892),
    "2026-06": (352_975, 114_353, 164_120),
}
WIDE_MONTHS, AGAIN_MONTHS = ("2024-02",), ("2024-10",)
WHERE = {"QK1": "LEICESTER CITY ", "QOC": "SHROPSHIRE"}
# Contractors of December 2025 without a board: one of Leicester's ICB, which the list places, and
# one of another ICB, which nothing places.
LISTED, UNKNOWN = "FZ001", "FZ002"


def shares(total: int, parts: int) -> list[int]:
    """A total in whole parts, as even as they can be."""
    return [total // parts + (n < total % parts) for n in range(parts)]


def contractors(month: str) -> dict[str, str]:
    """Code -> ICB: one contractor in each, and in December 2025 those without a board."""
    found = {f"F{n:04}": icb for n, icb in enumerate(icbs_at(parse_month(month)))}
    return found | ({LISTED: "QK1", UNKNOWN: "QOC"} if month == "2025-12" else {})


def claimed(month: str) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    """Code, ICB and consultations by service of each contractor."""
    every = contractors(month)
    pathways, minor, urgent = (shares(total, len(every)) for total in PUBLISHED[month])
    for n, (code, icb) in enumerate(every.items()):
        own = dict(zip(PATHWAYS, shares(pathways[n], len(PATHWAYS)), strict=True))
        yield code, icb, own | {MINOR_ILLNESS: minor[n], URGENT_SUPPLY: urgent[n]}


def a_wide_month(month: str) -> bytes:
    headings = (*sample.WIDE, *sample.OTHERS, *sample.WIDE_CPCS.values(), *sample.AFTER_CPCS)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*headings, *sample.WIDE_SERVICES.values()])
    for code, icb, counts in claimed(month):
        who = [icb, f"NHS {icb}", "Pharmacy", code, "A PHARMACY", *[""] * 4, "LE1 1AA"]
        others = [0] * (len(headings) - len(who))
        writer.writerow([*who, *others, *(counts[service] for service in sample.WIDE_SERVICES)])
    return out.getvalue().encode()


def an_again_month(month: str) -> bytes:
    rows = []
    for code, icb, counts in claimed(month):
        row: dict[str, object] = {"YEAR_MONTH": month.replace("-", ""), "AREA_TEAM_CODE": icb}
        for service, count in counts.items():
            kind = "CLINICAL_PATHWAYS_" if service in PATHWAYS else ""
            row[f"PHARMACY_FIRST_{kind}{service.upper().replace(' ', '_')}"] = count
        rows.append(row | {"CONTRACTOR_CODE": code})
    return claims_again(*rows)


def a_long_month(month: str) -> bytes:
    rows = []
    for code, icb, counts in claimed(month):
        board = "" if code in (LISTED, UNKNOWN) else WHERE.get(icb, "Kent")
        who = {"YEAR_MONTH": month, "ICB_CODE": icb, "CONTRACTOR_CODE": code, "HWB_NAME": board}
        rows += [who | {"CONTENT": SERVICES[name], "VALUE": n} for name, n in counts.items() if n]
    return long_claims(*rows)


def world(folder: Path) -> list[Path]:
    files = [
        write(
            folder / "consol_pharmacy_list_202526q3.csv",
            pharmacy_list(on_list(LISTED, "LEICESTER CITY"), on_list("F0099", "SHROPSHIRE")),
        )
    ]
    for month in PUBLISHED:
        if month in WIDE_MONTHS:
            name = f"Dispensing Data {parse_month(month):%b %y} - CSV.csv"
            files.append(write(folder / name, a_wide_month(month)))
        else:
            make = an_again_month if month in AGAIN_MONTHS else a_long_month
            files.append(write(folder / f"claims-{month}.csv", make(month)))
    return [retrieved(path, "2026-10-01") for path in files]


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    def fill(folder: Path) -> None:
        build(Home(folder / "home"), world(folder / "files"))

    return Mart(Home(made_once(tmp_path_factory, "england-pharmacies", fill) / "home").mart)


@pytest.mark.parametrize("month", PUBLISHED)
def test_england_is_what_was_published(mart: Mart, month: str) -> None:
    kinds = ("clinical_pathway", "minor_illness", "urgent_supply")
    found = tuple(mart.value(KPI.format(kind), "england", ENGLAND, month) for kind in kinds)
    assert found == PUBLISHED[month]
    total = mart.value("pharmacy_first_consultations", "england", ENGLAND, month)
    assert total == sum(PUBLISHED[month])


def test_a_contractor_without_a_board_counts_for_its_icb(mart: Mart) -> None:
    counts = {code: sum(own.values()) for code, _, own in claimed("2025-12")}
    icb = {code: icb for code, icb, _ in claimed("2025-12")}
    for place in ("QK1", "QOC"):
        own = sum(n for code, n in counts.items() if icb[code] == place)
        assert mart.value("pharmacy_first_consultations", "icb", place, "2025-12") == own


def test_an_authority_has_those_that_the_file_or_the_list_places(mart: Mart) -> None:
    counts = {code: sum(own.values()) for code, _, own in claimed("2025-12")}
    icb = {code: icb for code, icb, _ in claimed("2025-12")}

    def of(place: str) -> int:
        return sum(n for code, n in counts.items() if icb[code] == place and code != UNKNOWN)

    kpi = "pharmacy_first_consultations"
    assert mart.value(kpi, "local_authority", LEICESTER, "2025-12") == of("QK1")
    assert mart.value(kpi, "local_authority", "E06000051", "2025-12") == of("QOC")


def test_distance_selling_pharmacies_have_a_caveat_where_they_are(mart: Mart) -> None:
    rows = mart.rows(
        "SELECT DISTINCT org_level FROM governance.caveat_text "
        "WHERE caveats LIKE '%Distance-selling%'"
    )
    assert {row["org_level"] for row in rows} == {"icb", "local_authority"}
