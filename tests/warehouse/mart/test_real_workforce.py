"""Real workforce: rows of the publisher to their digits, and sums that were derived from them."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support import zipped
from tests.warehouse.support_mart import Mart, build
from warehouse.base.home import Home

pytestmark = pytest.mark.acceptance

DETAILED = "gp_workforce/practice_detailed_829_columns_10_rows.csv"
DERIVED = "gp_workforce/derived_QK1_about_apr_2023.csv"
HIGH_LEVEL = "gp_workforce/practice_high_level_10_rows.csv"
KPIS = {
    "gp_workforce_all_fte": "TOTAL_GP_FTE",
    "gp_workforce_fte": "TOTAL_GP_EXTG_FTE",
    "gp_workforce_without_locums_fte": "TOTAL_GP_EXL_FTE",
    "gp_workforce_permanent_fte": "TOTAL_GP_EXTGL_FTE",
    "gp_workforce_nurses_fte": "TOTAL_NURSES_FTE",
    "gp_workforce_direct_patient_care_fte": "TOTAL_DPC_FTE",
    "gp_workforce_administrative_fte": "TOTAL_ADMIN_FTE",
}
Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [{h.upper(): text for h, text in row.items()} for row in csv.DictReader(stream)]


def written(rows: Rows, headings: list[str]) -> bytes:
    lines = [",".join(f'"{row[h]}"' for h in headings) for row in rows]
    return "\r\n".join([",".join(headings), *lines, ""]).encode()


def publishers_zip(path: Path, month: str, detailed: bytes, high_level: bytes) -> Path:
    """A zip as published: the detailed file and the long one."""
    named = f"General Practice \N{EN DASH} {month} Practice Level"
    members = {f"1 {named} - Detailed.csv": detailed, f"3 {named} - High level.csv": high_level}
    return zipped(path, members)


@pytest.fixture(scope="module")
def rows(real_more: Path) -> Rows:
    return read(real_more / DETAILED)


@pytest.fixture(scope="module")
def practices(real_more: Path, rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """The publisher's rows of two months, each in a zip as published."""
    root = tmp_path_factory.mktemp("practices")
    headings = [h for h in rows[0] if h not in ("YEAR", "MONTH")]
    assert len(headings) == 829
    long = (real_more / HIGH_LEVEL).read_bytes()
    files = []
    for number, name in (("06", "June 2025"), ("07", "July 2025")):
        content = written([row for row in rows if row["MONTH"] == number], headings)
        path = root / f"GPWPracticeCSV.{number}2025.zip"
        files.append(publishers_zip(path, name, content, long))
    return build(Home(root / "home"), files, judged=True)


def test_rows_of_the_publisher_to_their_digits(practices: Mart, rows: Rows) -> None:
    compared = 0
    for row in rows:
        month = f"{row['YEAR']}-{row['MONTH']}"
        for kpi, heading in KPIS.items():
            value = practices.value(kpi, "practice", row["PRAC_CODE"], month)
            if row[heading] == "NA":
                assert value is None, (row["PRAC_CODE"], kpi)
            else:
                assert Decimal(repr(value)) == Decimal(row[heading]), (row["PRAC_CODE"], kpi)
                compared += 1
    assert compared == 68


def test_no_column_of_the_publisher_is_new(practices: Mart) -> None:
    found = practices.rows(
        "SELECT verdict FROM governance.check_result "
        "WHERE feed = 'gp_workforce' AND rule = 'columns_expected'"
    )
    assert {one["verdict"] for one in found} == {"pass"}


@pytest.fixture(scope="module")
def leicester(real_more: Path, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """The derived file of Leicester's ICB as a file with the publisher's headings. It has no
    sub-ICBs, so that all are put in one."""
    root = tmp_path_factory.mktemp("leicester")
    names = {"PRACTICE_CODE": "PRAC_CODE", "PRACTICE_NAME": "PRAC_NAME"}
    rows = []
    for row in read(real_more / DERIVED):
        found = {names.get(h, h): text or "NA" for h, text in row.items()}
        found["TOTAL_PATIENTS"] = found["TOTAL_PATIENTS"].removesuffix(".0")
        for group in ("GP", "NURSE", "DPC", "ADMIN"):
            found[f"{group}_SOURCE"] = "Fully provided"
        rows.append(found | {"SUB_ICB_CODE": "04C", "SUB_ICB_NAME": "All of the ICB"})
    content = written(rows, list(rows[0]))
    path = publishers_zip(root / "GPWPracticeCSV.042023.zip", "April 2023", content, b"A,B\n1,2\n")
    return build(Home(root / "home"), [path], judged=True)


@pytest.mark.parametrize(
    ("kpi", "fte"), [("gp_workforce_all_fte", 711.327), ("gp_workforce_fte", 519.940)]
)
def test_gps_of_the_icb_about_april_2023(leicester: Mart, kpi: str, fte: float) -> None:
    figure = leicester.figure(kpi, "sub_icb", "04C", "2023-04")
    assert round(figure["value"], 3) == fte
    assert figure["members_present"] == 129


def test_two_practices_have_no_records_of_gps(leicester: Mart) -> None:
    share = leicester.figure("gp_workforce_practice_share", "sub_icb", "04C", "2023-04")
    assert (share["numerator"], share["denominator"]) == (127, 129)


@pytest.fixture(scope="module")
def networks(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Mart:
    home = Home(tmp_path_factory.mktemp("networks") / "home")
    return build(home, sorted((real_feeds / "pcn_workforce").glob("*.zip")), judged=True)


@pytest.mark.parametrize(("code", "fte"), [("04C", 211.8), ("03W", 183.8), ("04V", 246.5)])
def test_network_workforce_of_june_2026(networks: Mart, code: str, fte: float) -> None:
    figure = networks.figure("pcn_workforce_fte", "sub_icb", code, "2026-06")
    assert round(figure["value"], 1) == fte


def test_networks_and_sub_icbs_are_sums_of_the_same_persons(networks: Mart) -> None:
    (every,), (by_network,) = (
        tuple(row.values())
        for row in networks.rows(
            "SELECT sum(value::DECIMAL(38, 10))::VARCHAR AS fte FROM kpi_monthly "
            "WHERE kpi_id = 'pcn_workforce_fte' AND org_level IN ('sub_icb', 'pcn') "
            "GROUP BY org_level ORDER BY org_level"
        )
    )
    assert Decimal(every) == Decimal(by_network)
    england = networks.value("pcn_workforce_fte", "england", "E92000001", "2026-06")
    assert Decimal(repr(england)) == Decimal(every)


def test_every_real_role_is_listed(networks: Mart) -> None:
    found = networks.rows(
        "SELECT verdict, observed FROM governance.check_result WHERE rule = 'staff_roles_listed'"
    )
    assert [(one["verdict"], one["observed"]) for one in found] == [
        ("pass", "0.0% of the FTE, in 0 roles")
    ]
