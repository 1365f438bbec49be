"""Months taken from figures published since April. The example is referrals to pharmacies."""

from pathlib import Path
from typing import Any

import pytest

from assets.feeds.gp_pharmacy_referrals.testing import since_april
from tests.support import patient_list, write
from tests.warehouse.explain.exactness import assert_exact, chosen
from tests.warehouse.support_mart import Mart, accept_all, bring, build_aside
from tests.warehouse.support_mart import build as built
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.explain.figure import explain
from warehouse.explain.source_rows import rows_of
from warehouse.kpi.catalogue import catalogue
from warehouse.publication.content import JOURNALS, mart_content
from warehouse.publication.publish import publish

MONTH, SINCE = "gp_pharmacy_referrals", "gp_pharmacy_referrals_since_april"

CODES = ("C82001", "C82002", "C82003")
# C82003 is new in May, June is missing, and C82002 is corrected in May and suppressed in August.
YEAR: dict[str, dict[str, Any]] = {
    "2024-04": {"C82001": 100, "C82002": 50},
    "2024-05": {"C82001": 180, "C82002": 40, "C82003": 30},
    "2024-07": {"C82001": 300, "C82002": 90, "C82003": 70},
    "2024-08": {"C82001": 350, "C82002": "*", "C82003": 75},
    "2025-03": {"C82001": 900, "C82002": 400, "C82003": 300},
}
LAST = {"04": 30, "05": 31, "06": 30, "07": 31, "08": 31, "11": 30, "03": 31}


def edition(month: str, code: str = "ACC09", **practices: object) -> bytes:
    """The file of a month: practice -> referrals since April."""
    year, number = month.split("-")
    return since_april(f"{LAST[number]}/{number}/{year}", code=code, **practices)


def add(home: Home, **files: bytes) -> None:
    for name, content in files.items():
        bring(home, write(home.root.parent / f"{name}.csv", content))


def with_lists(home: Home, *months: str) -> None:
    """Lists say where the practices are."""
    for month in months:
        rows = [{"EXTRACT_DATE": f"{month}-01", "CODE": code} for code in CODES]
        add(home, **{f"list-{month}": patient_list(*rows)})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("cumulative") / "home")
    with_lists(home, *YEAR, "2024-06", "2025-04")
    add(home, **{f"ncdes-{month}": edition(month, **some) for month, some in YEAR.items()})
    return home


@pytest.fixture(scope="module")
def mart(home: Home) -> Mart:
    return built(home)


def values(mart: Mart, kpi: str, level: str = "sub_icb", code: str = "04C") -> dict[str, Any]:
    rows = mart.rows(
        "SELECT strftime(month, '%Y-%m') AS month, value FROM kpi_monthly WHERE kpi_id = $kpi "
        "AND org_level = $level AND org_code = $code ORDER BY month",
        kpi=kpi, level=level, code=code,
    )  # fmt: skip
    return {row["month"]: row["value"] for row in rows}


def test_a_month_is_an_edition_less_the_one_before(mart: Mart) -> None:
    assert values(mart, MONTH, "practice", "C82001") == {
        "2024-04": 100, "2024-05": 80, "2024-07": None, "2024-08": 50, "2025-03": None,
    }  # fmt: skip
    assert values(mart, SINCE, "practice", "C82001") == {
        month: some["C82001"] for month, some in YEAR.items()
    }


def test_a_missing_edition_leaves_two_months_without_a_figure(mart: Mart) -> None:
    of_city, since = values(mart, MONTH), values(mart, SINCE)
    assert (of_city["2024-04"], of_city["2024-05"]) == (150, 70)
    assert (of_city["2024-06"], of_city["2024-07"]) == (None, None)
    assert (since["2024-06"], since["2024-07"]) == (None, 460)
    [row] = mart.rows(
        "SELECT status, status_reason FROM kpi_monthly WHERE kpi_id = $kpi AND org_code = '04C' "
        "AND month = DATE '2024-07-01'", kpi=MONTH,
    )  # fmt: skip
    assert row["status"] == "incomplete" and "the month before" in row["status_reason"]


def test_a_negative_month_is_shown_as_it_is(mart: Mart) -> None:
    assert values(mart, MONTH, "practice", "C82002")["2024-05"] == -10


def test_who_was_not_in_the_edition_before_has_no_month(mart: Mart) -> None:
    new = values(mart, MONTH, "practice", "C82003")
    assert (new["2024-05"], new["2024-08"]) == (None, 5)
    # The place's figure is that of the practices in both editions.
    assert values(mart, MONTH)["2024-05"] == 70
    assert values(mart, SINCE)["2024-05"] == 250


def test_a_suppressed_value_is_missing_and_not_zero(mart: Mart) -> None:
    for kpi in (MONTH, SINCE):
        assert values(mart, kpi, "practice", "C82002")["2024-08"] is None
    assert (values(mart, MONTH)["2024-08"], values(mart, SINCE)["2024-08"]) == (55, 425)
    counted = values(mart, "gp_pharmacy_referral_practices_with_figure")
    assert (counted["2024-05"], counted["2024-08"]) == (3, 2)


def test_figures_since_april_are_never_added_up(mart: Mart) -> None:
    [row] = mart.rows(
        "SELECT financial_ytd_value, rolling_12_month_value FROM kpi_monthly WHERE kpi_id = $kpi "
        "AND org_code = '04C' AND month = DATE '2024-05-01'", kpi=SINCE,
    )  # fmt: skip
    assert set(row.values()) == {None}
    [row] = mart.rows(
        "SELECT financial_ytd_value FROM kpi_monthly WHERE kpi_id = $kpi "
        "AND org_code = '04C' AND month = DATE '2024-05-01'", kpi=MONTH,
    )  # fmt: skip
    assert row["financial_ytd_value"] == 220


def test_an_explanation_subtracts_what_was_counted_before(home: Home, mart: Mart) -> None:
    figure = explain(mart.path, MONTH, "04C", parse_month("2024-05"))
    told = [(one["org_code"], one["value"], one.get("text")) for one in figure.cells]
    less = "up to the month before: subtracted"
    assert sorted(told, key=str) == [
        ("C82001", -100, less), ("C82001", 180, None), ("C82002", -50, less), ("C82002", 40, None),
    ]  # fmt: skip
    rows = rows_of(home, figure.cells, parse_month("2024-05"))
    assert rows is not None
    assert (rows["count"].sum(), rows["edition"].n_unique(), rows.height) == (70, 2, 4)
    assert {one["item"] for one in figure.lists["sources"]} == {
        "ncdes-2024-04.csv", "ncdes-2024-05.csv",
    }  # fmt: skip
    april = explain(mart.path, MONTH, "04C", parse_month("2024-04"))
    assert [one["value"] for one in april.cells] == [100, 50]


def test_an_explanation_lists_only_whom_the_month_counts(mart: Mart) -> None:
    figure = explain(mart.path, MONTH, "04C", parse_month("2024-08"))
    assert figure.figure["value"] == sum(one["value"] for one in figure.cells) == 55
    assert {one["org_code"] for one in figure.cells} == {"C82001", "C82003"}
    [out] = figure.lists["left_out"]
    assert (out["org_code"], out["item"]) == ("C82002", "no figure")
    assert out["text"] == "no value, or a suppressed one, of 2024-08"
    may = explain(mart.path, MONTH, "04C", parse_month("2024-05"))
    assert [(one["org_code"], one["text"]) for one in may.lists["left_out"]] == [
        ("C82003", "no value, or a suppressed one, of 2024-04")
    ]


def test_practices_with_a_figure_are_those_of_the_figure_since_april(mart: Mart) -> None:
    def practices(kpi: str) -> int:
        cells = explain(mart.path, kpi, "04C", parse_month("2024-05")).cells
        return len({one["org_code"] for one in cells})

    counted = values(mart, "gp_pharmacy_referral_practices_with_figure")["2024-05"]
    assert (counted, practices(SINCE), practices(MONTH)) == (3, 3, 2)
    kpi = catalogue()["gp_pharmacy_referral_practices_with_figure"]
    assert kpi.title.endswith("since April")


def test_a_month_without_a_figure_names_the_missing_edition(mart: Mart) -> None:
    for code in ("04C", "C82001"):
        july = explain(mart.path, MONTH, code, parse_month("2024-07"))
        assert july.figure["value"] is None and "text" not in july.figure
        assert [(one["item"], one["edition"]) for one in july.lists["left_out"]] == [
            ("missing edition", "2024-06")
        ]
    april = explain(mart.path, MONTH, "04C", parse_month("2024-04"))
    assert april.lists["left_out"] == []


def test_every_explanation_adds_up(home: Home, mart: Mart) -> None:
    for figure, cells in chosen(home):
        assert_exact(home, figure, cells)


def test_an_edition_affects_the_month_after_it(mart: Mart) -> None:
    rows = mart.rows(
        "SELECT DISTINCT kpi_id, strftime(month, '%Y-%m') AS month "
        "FROM figures_affected('gp_pharmacy_referrals', '2024-04') WHERE org_level = 'sub_icb'"
    )
    assert {(row["kpi_id"], row["month"]) for row in rows if row["kpi_id"] in (MONTH, SINCE)} == {
        (MONTH, "2024-04"), (SINCE, "2024-04"), (MONTH, "2024-05"),
    }  # fmt: skip


def test_a_year_begins_anew(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with_lists(home, "2024-03", "2024-04")
    add(
        home,
        march=edition("2024-03", "NCD113", C82001=900),
        april=edition("2024-04", C82001=70),
    )
    mart = built(home)
    assert values(mart, MONTH) == {"2024-03": None, "2024-04": 70}
    assert values(mart, SINCE) == {"2024-03": 900, "2024-04": 70}


def test_a_reissue_changes_two_months_in_a_mart_made_from_the_one_before(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with_lists(home, *YEAR, "2024-06", "2024-09", "2024-10", "2024-11")
    for month, some in YEAR.items():
        add(home, **{f"ncdes-{month}": edition(month, **some)})
    built(home)
    add(home, reissue=edition("2024-04", C82001=110, C82002=50))
    accept_all(home)
    patched = build_aside(home)
    assert patched.made_whole_because is None
    content = mart_content(patched.path)
    publish(home, patched)
    mart = Mart(home.mart)
    assert values(mart, MONTH)["2024-04"] == 160
    assert values(mart, MONTH)["2024-05"] == 60
    assert values(mart, SINCE)["2024-05"] == 250
    of_april = mart.rows(
        "SELECT revision, value FROM kpi_vintage WHERE kpi_id = $kpi AND org_code = '04C' "
        "AND month = DATE '2024-04-01' ORDER BY revision", kpi=MONTH,
    )  # fmt: skip
    assert [tuple(row.values()) for row in of_april] == [(1, 150), (2, 160)]
    for key in home.store.list_keys("mart/parts"):
        home.store.delete(key)
    whole = build_aside(home)
    assert whole.made_whole_because is not None
    found = mart_content(whole.path)
    assert {t for t in found if t not in JOURNALS and found[t] != content[t]} == set()


def test_the_minutes_figures_are_judged_by_figures_since_april(tmp_path: Path) -> None:
    """Invented practices: 39 of 51 of the city sent 13,257 referrals up to November 2024."""
    home = Home(tmp_path / "home")
    codes = [f"C82{number:03}" for number in range(1, 52)]
    sent = [340] * 38 + [13_257 - 38 * 340] + [0] * 12
    rows = [{"EXTRACT_DATE": "2024-11-01", "CODE": code} for code in codes]
    add(
        home,
        lists=patient_list(*rows),
        ncdes=edition("2024-11", **dict(zip(codes, sent, strict=True))),
    )
    mart = built(home)
    read = mart.rows(
        "SELECT claim_id, kpi_id, computed_value FROM claim_reading "
        "WHERE kpi_id LIKE 'gp_pharmacy%' AND computed_value IS NOT NULL ORDER BY claim_id DESC"
    )
    assert [tuple(row.values()) for row in read] == [
        ("minutes-2025-practices-referring", "gp_pharmacy_referring_practices", 39),
        ("minutes-2025-pharmacy-first-referrals", SINCE, 13_257),
    ]
    verdicts = mart.rows(
        "SELECT verdict FROM claim WHERE claim_id IN ('minutes-2025-practices-referring', "
        "'minutes-2025-pharmacy-first-referrals')"
    )
    assert [row["verdict"] for row in verdicts] == ["confirmed", "confirmed"]
    assert values(mart, "gp_pharmacy_referring_practices_share") == {"2024-11": 39 / 51}


def test_the_sample_has_the_minutes_figures(sample_home: Home) -> None:
    mart = Mart(sample_home.mart)
    assert values(mart, SINCE)["2024-11"] == 13_257
    assert values(mart, MONTH)["2024-11"] == 2_037
    assert values(mart, "gp_pharmacy_referring_practices")["2024-11"] == 39
    view = mart.rows(
        f"SELECT {SINCE}, {MONTH}_status FROM gp_pharmacy_referrals_monthly "
        "WHERE org_code = '04C' AND month = DATE '2024-11-01'"
    )
    assert [tuple(row.values()) for row in view] == [(13_257, "final")]
    negative = mart.rows(
        f"SELECT DISTINCT month FROM kpi_monthly WHERE kpi_id = '{MONTH}' AND value < 0"
    )
    assert [f"{row['month']:%Y-%m}" for row in negative] == ["2024-08"]
