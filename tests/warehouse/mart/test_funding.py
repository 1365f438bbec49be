"""Funding: exact amounts, never added across schemes or payees unless a KPI says so, and a year is
no month; a practice's amount can't be worked out where practices are not shown."""

from pathlib import Path

import pytest

from assets.feeds.funding.testing import build as funding
from tests.support import Row, write, write_list
from tests.warehouse.mart.solving import deduced
from tests.warehouse.support_mart import Figure, Mart, build, choose
from tests.warehouse.worlds import listed
from warehouse.base.home import Home

CITY, EAST, WEST = "04C", "03W", "04V"
PRACTICES = {"C82001": CITY, "C82002": CITY, "C82101": EAST, "C82201": WEST, "C82202": WEST}
TOTAL, COVER, UNEQUAL = (
    "funding_practices_total",
    "funding_practices_transition_cover",
    "funding_practices_health_inequalities",
)
NETWORKS, IMPROVEMENT = "funding_networks_total", "funding_networks_capacity_improvement"
NOW, BEFORE = "2024/25", "2023/24"


def paid(code: str, scheme: str, amount: str, year: str = NOW) -> Row:
    """A row of the return."""
    said = {"Organisation code": code, "Scheme": scheme, "Amount": amount}
    return {"Financial year": year, **said}


ROWS = (
    paid("C82001", "Transition cover", "£13,500.10"),
    paid("C82001", "Health inequalities", "4000000.20"),
    paid("C82002", "Health inequalities", "2999999.80"),
    paid("C82002", "Other", "0.07"),
    paid("C82101", "Transition cover", "9000"),
    paid("C82201", "Transition cover", "8000.50"),
    paid("C82202", "Cloud telephony", "0.30"),
    paid("C82001", "Transition cover", "12000", BEFORE),
    paid("C82002", "Transition cover", "1000", BEFORE),
    paid("C82201", "Transition cover", "500", BEFORE),
    paid("C82202", "Transition cover", "700", BEFORE),
    paid("U12345", "CAIP", "45030.75"),
    paid("U12345", "CASP", "105000"),
    paid("u54321", "CAIP", "20000.25"),
)


def mart_of(root: Path, practice_level: bool) -> Mart:
    home = choose(Home(root / "home"), practice_level=practice_level, threshold=5)
    files = [
        write_list(
            root / f"{day}.csv",
            *(listed(code, place, day, 1000) for code, place in PRACTICES.items()),
        )
        for day in ("2024-03-01", "2025-03-01")
    ]
    return build(home, [*files, write(root / "paid.csv", funding(*ROWS))])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Practices may be seen."""
    return mart_of(tmp_path_factory.mktemp("seen"), practice_level=True)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """An owner who has chosen nothing."""
    return mart_of(tmp_path_factory.mktemp("usual"), practice_level=False)


def of_year(mart: Mart, kpi: str, level: str, code: str, year: str = NOW) -> Figure:
    [row] = mart.rows(
        "SELECT * FROM kpi_other_period WHERE kpi_id = $kpi AND org_level = $level "
        "AND org_code = $code AND period_label = $year",
        kpi=kpi,
        level=level,
        code=code,
        year=year,
    )
    return row


def test_amounts_are_exact_and_of_one_scheme(seen: Mart) -> None:
    assert of_year(seen, UNEQUAL, "sub_icb", CITY)["value"] == 7_000_000
    assert of_year(seen, COVER, "practice", "C82001")["value"] == 13_500.10
    assert of_year(seen, TOTAL, "sub_icb", CITY)["value"] == 7_013_500.17
    assert of_year(seen, COVER, "icb", "QK1")["value"] == 30_500.60
    assert of_year(seen, COVER, "practice", "C82002")["value"] == 0


def test_what_networks_are_paid_is_in_no_figure_of_practices(seen: Mart) -> None:
    assert of_year(seen, IMPROVEMENT, "pcn", "U12345")["value"] == 45_030.75
    assert of_year(seen, NETWORKS, "pcn", "U12345")["value"] == 150_030.75
    assert of_year(seen, NETWORKS, "icb", "QK1")["value"] == 170_031
    assert of_year(seen, TOTAL, "icb", "QK1")["value"] == 7_030_500.97
    levels = seen.rows(
        "SELECT kpi_id, org_level FROM kpi_other_period "
        "WHERE kpi_id IN ($practices, $networks) GROUP BY ALL ORDER BY ALL",
        practices=TOTAL,
        networks=NETWORKS,
    )
    assert [(row["kpi_id"], row["org_level"]) for row in levels] == [
        (NETWORKS, "icb"),
        (NETWORKS, "pcn"),
        (TOTAL, "icb"),
        (TOTAL, "practice"),
        (TOTAL, "sub_icb"),
    ]


def test_a_year_is_compared_with_the_year_before_and_no_month(seen: Mart) -> None:
    row = of_year(seen, COVER, "sub_icb", CITY)
    assert (row["previous_year_value"], row["unit"]) == (13_000, "pounds")
    assert row["year_on_year_change"] == pytest.approx(500.10)
    assert seen.rows("SELECT 1 FROM kpi_monthly WHERE kpi_id LIKE 'funding%'") == []
    assert seen.rows("SELECT 1 FROM funding_by_period WHERE org_code = '04C'") != []


def test_practices_are_shown_on_request_and_networks_always(usual: Mart) -> None:
    levels = usual.rows(
        "SELECT DISTINCT org_level FROM kpi_other_period WHERE kpi_id LIKE 'funding%'"
    )
    assert {row["org_level"] for row in levels} == {"pcn", "sub_icb", "icb"}
    assert of_year(usual, IMPROVEMENT, "pcn", "U54321")["value"] == 20_000.25


def test_a_place_of_one_practice_can_not_be_worked_out(usual: Mart, seen: Mart) -> None:
    """Only one practice of East Leicestershire is paid: its place is that practice."""
    assert of_year(seen, TOTAL, "sub_icb", EAST)["value"] == 9_000
    row = of_year(usual, TOTAL, "sub_icb", EAST)
    assert (row["value"], row["status"]) == (None, "suppressed")
    for kpi in (TOTAL, COVER):
        unknown, found = deduced(usual, kpi, "2025-03", "sub_icb", table="kpi_other_period")
        assert EAST in unknown and len(unknown) > 1, "another place is hidden with it"
        assert found == {}, kpi
    assert of_year(usual, COVER, "icb", "QK1", BEFORE)["status"] != "suppressed"


def test_the_minutes_seven_million_are_judged(seen: Mart) -> None:
    [row] = seen.rows(
        "SELECT * FROM claim WHERE claim_id = 'minutes-2025-advanced-practice-funding'"
    )
    assert (row["kpi_id"], row["unit"]) == (UNEQUAL, "pounds")
    assert (row["verdict"], row["computed_value"]) == ("confirmed", 7_000_000)
