"""Practices open by the register: counted at the place of their time, as the newest edition says;
and where practices of other feeds are."""

from pathlib import Path

import pytest

from assets.feeds.ods_pcns.testing import networks_workbook
from assets.feeds.ods_practices.testing import practices
from tests.support import patient_list, write
from tests.warehouse.support_mart import Mart, bring, build
from warehouse.base.home import Home
from warehouse.intake.importer import Request, import_paths

OPEN = "practices_open"
CODE, CLOSED, STATUS, ROLE = "Organisation Code", "Close Date", "Status Code", "Prescribing Setting"
PLACE, SINCE = "Commissioner", "Join Provider/Purchaser Date"
MOVED = {CODE: "C82004", PLACE: "04V", SINCE: "20250401"}


def register(home: Home, edition: str, *rows: dict[str, object]) -> None:
    path = write(home.root.parent / f"epraccur_{edition}.csv", practices(*rows))
    assert [one.verdict for one in import_paths(home, [path], Request())] == ["imported"]


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Two editions: by the later one a practice closed before the earlier one was made, and another
    one moved; a patient list has a practice that the register lists as something else."""
    root = tmp_path_factory.mktemp("practices")
    home = Home(root / "home")
    register(home, "2025-03", {}, {CODE: "C82002"}, MOVED | {PLACE: "04C", SINCE: "20130401"})
    register(
        home,
        "2025-09",
        *({}, MOVED, {CODE: "C82002", STATUS: "C", CLOSED: "20250131"}),
        *({CODE: "Y00361", ROLE: "0", PLACE: "03W"}, {CODE: "Y00362", ROLE: "14"}),
    )
    patients = patient_list({"EXTRACT_DATE": "2025-05-01", "CODE": "Y00361"})
    bring(home, write(root / "list.csv", patients))
    return build(home)


def counted(mart: Mart, code: str, month: str) -> float | None:
    return mart.value(OPEN, "sub_icb", code, month)


def test_a_practice_that_moved_is_counted_where_it_was(mart: Mart) -> None:
    assert (counted(mart, "04C", "2025-03"), counted(mart, "04C", "2025-04")) == (2, 1)
    assert counted(mart, "04V", "2025-04") == 1
    found = mart.figures(OPEN, "sub_icb", "04V")
    assert "2025-03" not in found, "the later edition does not say where it was before"


def test_a_closure_recorded_late_changes_the_months_before(mart: Mart) -> None:
    assert (counted(mart, "04C", "2025-01"), counted(mart, "04C", "2025-02")) == (3, 2)
    assert mart.figure(OPEN, "sub_icb", "04C", "2025-02")["edition"] == "2025-09"


def test_months_before_the_newest_editions_are_of_the_one_before(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    register(home, "2022-09", {}, {CODE: "C82002"})
    register(home, "2026-10", {})
    mart = build(home)
    assert (counted(mart, "04C", "2022-08"), counted(mart, "04C", "2022-11")) == (2, 1)
    assert mart.figure(OPEN, "sub_icb", "04C", "2022-08")["edition"] == "2022-09"


def test_whatever_is_no_practice_is_placed_and_not_listed(mart: Mart) -> None:
    """Y00361 is no GP practice in the register, but another publication has it as one."""
    listed = mart.rows(
        "SELECT DISTINCT org_code FROM organisation WHERE org_level = 'practice' ORDER BY 1"
    )
    assert [row["org_code"] for row in listed] == ["C82001", "C82002", "C82004", "Y00361"]
    [place] = mart.rows(
        "SELECT sub_icb_code FROM organisation WHERE org_code = 'Y00361' AND org_level = 'practice'"
    )
    assert place["sub_icb_code"] == "04C", "where the patient list of its month has it"


MEMBER, NETWORK, JOINED, LEFT = (
    "Partner\nOrganisation\nCode",
    "PCN Code",
    "Practice to PCN\nRelationship\nStart Date",
    "Practice to PCN\nRelationship\nEnd Date",
)


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """One practice stays, one changes, one leaves and one changes twice on a day."""
    root = tmp_path_factory.mktemp("networks")
    home = Home(root / "home")
    register(home, "2025-09", *({CODE: f"C8200{n}"} for n in range(1, 5)))
    members = [
        {MEMBER: "C82001"},
        {MEMBER: "C82002", LEFT: "20240331"},
        {MEMBER: "C82002", NETWORK: "U22222", JOINED: "20240401"},
        {MEMBER: "C82003", LEFT: "20240630"},
        {MEMBER: "C82004", LEFT: "20240630"},
        {MEMBER: "C82004", NETWORK: "U33333", JOINED: "20240701", LEFT: "20240701"},
        {MEMBER: "C82004", JOINED: "20240701"},
    ]
    workbook = networks_workbook(members, [{}, {NETWORK: "U22222", "PCN Name": "ANOTHER"}])
    path = write(root / "ePCN_2025-09.xlsx", workbook)
    found = import_paths(home, [path], Request())
    assert {one.file.feed for one in found if one.file} == {"ods_pcns", "ods_pcn_details"}
    return build(home)


def test_a_practice_is_in_the_network_of_its_time(networks: Mart) -> None:
    def members(code: str, month: str) -> float | None:
        return networks.value("practices_in_networks", "pcn", code, month)

    assert (members("U12345", "2024-03"), members("U12345", "2024-04")) == (4, 3)
    assert (members("U22222", "2024-04"), members("U22222", "2025-09")) == (1, 1)
    assert (members("U12345", "2024-06"), members("U12345", "2024-07")) == (3, 2)
    assert "2024-07" not in networks.figures("practices_in_networks", "pcn", "U33333")


def test_a_practice_that_left_is_in_no_network(networks: Mart) -> None:
    rows = networks.rows(
        "SELECT pcn_code, valid_from FROM organisation WHERE org_code = 'C82003' ORDER BY 2"
    )
    assert [(r["pcn_code"], f"{r['valid_from']:%Y-%m}") for r in rows] == [
        ("U12345", "2022-07"),
        (None, "2024-07"),
    ]
