"""Figures of financial years beside months: where they are published, with what they are compared,
and by which places practices are added up. The example is the incentive indicators."""

from pathlib import Path

import pytest

from assets.feeds.iif.testing import acc08, build
from tests.support import patient_list, write
from tests.warehouse.support_mart import Mart, accept_all, bring, build_aside
from tests.warehouse.support_mart import build as built
from warehouse.base.home import Home
from warehouse.explain.figure import explain
from warehouse.outputs.search import find_kpis, series
from warehouse.publication.content import JOURNALS, mart_content
from warehouse.publication.publish import publish

SHARE, CITY = "iif_acc08_share", ("sub_icb", "04C")
# A network has indicators of its own, and its row before those of practices.
NETWORK = {
    "ORGANISATION_TYPE": "PCN",
    "ORGANISATION_CODE": "U00070",
    "IND_CODE": "NCDMI191",
    "MEASURE": "ACC-10b non-standardised numerator",
    "VALUE": 220,
}


def year(end: int, **practices: tuple[int, int]) -> bytes:
    """A year's file: practice -> numerator and denominator."""
    rows = [
        row
        for code, (top, bottom) in practices.items()
        for row in acc08(code, top, bottom, ACH_DATE=f"31/03/{end}")
    ]
    return build(NETWORK | {"ACH_DATE": f"31/03/{end}"}, *rows)


def lists(*days: str, codes: tuple[str, ...] = ("C82001", "C82002")) -> bytes:
    """Patient lists, which say where practices are."""
    return patient_list(*[{"EXTRACT_DATE": day, "CODE": code} for day in days for code in codes])


def add(home: Home, **files: bytes) -> None:
    for name, content in files.items():
        bring(home, write(home.root.parent / f"{name}.csv", content))


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Two years apart by one of which there is no file; lists of some months."""
    home = Home(tmp_path_factory.mktemp("periods") / "home")
    add(
        home,
        early=year(2022, C82001=(700, 1000), C82002=(800, 1000)),
        before=year(2023, C82001=(700, 1000), C82002=(800, 1000)),
        now=year(2024, C82001=(800, 1000), C82002=(0, 0)),
    )
    for day in ("2022-03-01", "2023-03-01", "2024-03-01", "2024-04-01"):
        add(home, **{f"list-{day}": lists(day)})
    return built(home)


def one(mart: Mart, label: str, level: str = "sub_icb", code: str = "04C") -> dict[str, object]:
    [found] = mart.rows(
        "SELECT * FROM kpi_other_period WHERE kpi_id = $kpi AND period_label = $label "
        "AND org_level = $level AND org_code = $code",
        kpi=SHARE,
        label=label,
        level=level,
        code=code,
    )
    return found


def test_a_year_is_one_row_apart_from_months(mart: Mart) -> None:
    found = one(mart, "2023/24")
    assert (found["value"], found["numerator"], found["denominator"]) == (0.8, 800, 1000)
    assert f"{found['period_start']} {found['period_end']}" == "2023-04-01 2024-03-31"
    assert (found["period_type"], found["status"]) == ("financial_year", "final")
    for monthly in ("kpi_monthly", "kpi_monthly_with_caveats"):
        assert mart.rows(f"SELECT 1 FROM {monthly} WHERE kpi_id = '{SHARE}'") == []
    of_city = mart.rows(
        f"SELECT period_label FROM kpi_other_period WHERE kpi_id = '{SHARE}' AND org_code = '04C'"
    )
    assert [row["period_label"] for row in of_city] == ["2021/22", "2022/23", "2023/24"]


def test_a_year_is_compared_with_the_year_before_and_never_added_up(mart: Mart) -> None:
    found = one(mart, "2023/24")
    assert found["previous_year_value"] == 0.75
    assert found["year_on_year_change"] == pytest.approx(0.05)
    assert not {"financial_ytd_value", "rolling_12_month_value"} & set(found)
    [both] = mart.rows(
        f"SELECT * FROM kpi_period WHERE kpi_id = '{SHARE}' AND period_label = '2023/24' "
        "AND org_code = '04C'"
    )
    assert (both["financial_ytd_value"], both["rolling_12_month_value"]) == (None, None)


def test_all_periods_are_in_one_view(mart: Mart) -> None:
    kinds = mart.rows(
        "SELECT period_type, count(*) AS figures FROM kpi_period GROUP BY ALL ORDER BY ALL"
    )
    [months], [years] = (
        mart.rows(f"SELECT count(*) AS n FROM {t}") for t in ("kpi_monthly", "kpi_other_period")
    )
    assert {row["period_type"]: row["figures"] for row in kinds} == {
        "month": months["n"],
        "financial_year": years["n"],
    }
    [month] = mart.rows(
        "SELECT * FROM kpi_period WHERE kpi_id = 'registered_patients' AND org_code = '04C' "
        "AND period_label = '2024-03' AND org_level = 'sub_icb'"
    )
    assert f"{month['period_start']} {month['period_end']}" == "2024-03-01 2024-03-31"


def test_the_theme_has_a_wide_view_by_period(mart: Mart) -> None:
    rows = mart.rows(
        "SELECT period_label, iif_acc08_share, iif_acc08_share_status "
        "FROM incentive_scheme_by_period WHERE org_code = '04C' ORDER BY period_start"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("2021/22", 0.75, "final"),
        ("2022/23", 0.75, "final"),
        ("2023/24", 0.8, "final"),
    ]
    views = mart.rows("SELECT view_name FROM duckdb_views() WHERE view_name LIKE 'incentive%'")
    assert [row["view_name"] for row in views] == ["incentive_scheme_by_period"]


def test_a_denominator_of_zero_has_no_share_and_counts_in_its_place(mart: Mart) -> None:
    found = one(mart, "2023/24", "practice", "C82002")
    assert (found["value"], found["status_reason"]) == (None, "the denominator is 0")
    assert one(mart, "2023/24")["members_present"] == 2


def test_networks_in_the_file_are_never_added(mart: Mart) -> None:
    assert mart.rows("SELECT 1 FROM organisation WHERE org_code = 'U00070'") == []
    [kept] = mart.rows("SELECT rows_accepted FROM governance.edition WHERE edition = '2024-03' "
                       "AND feed = 'iif'")  # fmt: skip
    assert kept == {"rows_accepted": 4}


def test_a_year_is_explained_by_its_label(mart: Mart) -> None:
    figure = explain(mart.path, SHARE, "04C", mart.rows("SELECT DATE '2024-03-01' AS d")[0]["d"])
    assert figure.figure["period_label"] == "2023/24"
    rows = mart.rows(f"FROM explain('{SHARE}', '04C', '2023/24')")
    by_month = mart.rows(f"FROM explain('{SHARE}', '04C', DATE '2024-03-01')")
    assert rows == by_month and rows
    assert [row["value"] for row in rows if row["section"] == "part"] == [800, 1000]
    assert {row["item"] for row in rows if row["section"] == "source"} == {"now.csv"}
    caveats = [row["text"] for row in rows if row["section"] == "caveat"]
    assert any("A figure of the whole financial year" in text for text in caveats)


def test_years_are_found_and_listed_by_label(mart: Mart) -> None:
    [kpi] = find_kpis(mart.db, ["incentive"])
    assert (kpi["first_period"], kpi["newest_period"]) == ("2021/22", "2023/24")
    assert kpi["period_type"] == "financial_year"
    rows = series(mart.db, SHARE, *CITY)
    assert [(row["period_label"], row["value"]) for row in rows] == [
        ("2021/22", 0.75),
        ("2022/23", 0.75),
        ("2023/24", 0.8),
    ]


def test_an_edition_affects_its_years(mart: Mart) -> None:
    rows = mart.rows("FROM figures_affected('iif', '2023-03') WHERE org_level = 'sub_icb'")
    assert [row["period_label"] for row in rows] == ["2022/23"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_year_without_a_file_is_a_gap_of_one_row(home: Home) -> None:
    add(home, first=year(2022, C82001=(7, 10)), last=year(2024, C82001=(8, 10)))
    for day in ("2022-03-01", "2024-03-01"):
        add(home, **{f"list-{day}": lists(day, codes=("C82001",))})
    mart = built(home)
    rows = mart.rows(
        f"SELECT period_label, value, status_reason FROM kpi_other_period "
        f"WHERE kpi_id = '{SHARE}' AND org_code = '04C' ORDER BY period_start"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("2021/22", 0.7, None),
        ("2022/23", None, "no accepted edition covers this period"),
        ("2023/24", 0.8, None),
    ]


def test_a_place_is_incomplete_while_a_practice_has_no_place_of_the_time(home: Home) -> None:
    """A list of October 2025 says where practices are then, not where they were in 2023/24."""
    add(home, now=year(2024, C82001=(800, 1000), C82002=(100, 1000)), later=lists("2025-10-01"))
    mart = built(home)
    assert mart.rows("SELECT 1 FROM kpi_other_period WHERE org_level <> 'practice'") == []
    add(home, then=lists("2024-03-01", codes=("C82001",)))
    found = one(built(home), "2023/24")
    assert (found["value"], found["members_present"], found["members_expected"]) == (None, 1, 2)
    assert "no feed of the time says the sub-ICB" in str(found["status_reason"])
    add(home, both=lists("2024-02-01", codes=("C82002",)))
    assert one(built(home), "2023/24")["value"] == 0.45


def test_a_practice_of_another_region_leaves_a_place_complete(home: Home) -> None:
    """Where it was is not known, but it has always been in the North East and Yorkshire."""
    elsewhere = {"EXTRACT_DATE": "2025-10-01", "CODE": "B82002", "SUB_ICB_LOCATION_CODE": "42D"}
    add(
        home,
        now=year(2024, C82001=(800, 1000), B82002=(100, 1000)),
        then=lists("2024-03-01", codes=("C82001",)),
        later=patient_list(elsewhere),
    )
    mart = built(home)
    assert one(mart, "2023/24")["value"] == 0.8
    assert mart.rows("SELECT 1 FROM kpi_other_period WHERE org_code = 'E92000001'"
                     " AND value IS NOT NULL") == []  # fmt: skip


@pytest.mark.acceptance
def test_a_month_more_keeps_months_and_makes_years_anew(home: Home) -> None:
    """A mart made from the one before equals the whole one."""
    add(home, before=year(2023, C82001=(700, 1000)), now=year(2024, C82001=(800, 1000)))
    for day in ("2023-03-01", "2024-03-01", *(f"2025-0{month}-01" for month in range(1, 8))):
        add(home, **{f"list-{day}": lists(day)})
    built(home)
    add(home, more=lists("2025-08-01"))
    accept_all(home)
    patched = build_aside(home)
    assert patched.made_whole_because is None
    content = mart_content(patched.path)
    publish(home, patched)
    for key in home.store.list_keys("mart/parts"):
        home.store.delete(key)
    whole = build_aside(home)
    assert whole.made_whole_because is not None
    found = mart_content(whole.path)
    assert {t for t in found if t not in JOURNALS and found[t] != content[t]} == set()
