"""Pharmacies: their places as at the month, sums of claims, and who of the list takes part."""

from pathlib import Path

import pytest

from tests.shared import made_once
from tests.support import long_claims, pharmacy_list, write
from tests.warehouse.support_mart import Mart, build, retrieved
from tests.warehouse.worlds_pharmacy import (
    BIRMINGHAM,
    LEICESTER,
    LEICESTERSHIRE,
    claim,
    icbs_at,
    on_list,
)
from warehouse.base.home import Home
from warehouse.base.months import parse_month

ENGLAND = "E92000001"
CONSULTATIONS, LISTED = "pharmacy_first_consultations", "pharmacy_first_pharmacies_listed"
SHARE = "pharmacy_first_participating_pharmacy_share"
COUNT = "pharmacy_first_participating_pharmacies"
CPCS = "pharmacy_first_cpcs_consultations"


def parts(mart: Mart, kpi: str, level: str, code: str, month: str) -> tuple[object, ...]:
    row = mart.figure(kpi, level, code, month)
    return row["value"], row["members_present"], row["members_expected"]


def share(mart: Mart, level: str, code: str, month: str) -> tuple[object, ...]:
    row = mart.figure(SHARE, level, code, month)
    assert mart.value(COUNT, level, code, month) == row["numerator"]
    return row["numerator"], row["denominator"], row["value"], row["status"]


def held(mart: Mart, kpi: str, level: str, code: str) -> list[str]:
    """Months of figures, those between that are shown as absent left out."""
    return [m for m, row in mart.figures(kpi, level, code).items() if row["edition"]]


def test_claims_add_up_to_the_places_where_the_pharmacies_are(pharmacies: Mart) -> None:
    july = "2025-07"
    assert pharmacies.value(CONSULTATIONS, "pharmacy", "FA001", july) == 6 + 3 + 1
    services = {"clinical_pathway": 6, "minor_illness": 3, "urgent_supply": 1}
    for service, count in services.items():
        kpi = f"pharmacy_first_{service}_consultations"
        assert pharmacies.value(kpi, "pharmacy", "FA001", july) == count
    assert parts(pharmacies, CONSULTATIONS, "local_authority", LEICESTER, july) == (15, 3, 3)
    assert parts(pharmacies, CONSULTATIONS, "local_authority", LEICESTERSHIRE, july) == (7, 1, 1)
    assert parts(pharmacies, CONSULTATIONS, "icb", "QK1", july) == (22, 4, 4)


def test_england_and_its_regions_need_every_icb(pharmacies: Mart) -> None:
    assert parts(pharmacies, CONSULTATIONS, "england", ENGLAND, "2025-05") == (84, 42, 42)
    value, present, expected = parts(pharmacies, CONSULTATIONS, "region", "Y60", "2025-05")
    assert value == 2 * present and present == expected == 11
    assert parts(pharmacies, CONSULTATIONS, "england", ENGLAND, "2025-07") == (None, 1, 42)
    assert parts(pharmacies, CONSULTATIONS, "region", "Y60", "2025-07") == (None, 1, 11)


def test_place_that_lost_a_pharmacy_has_no_sum_others_have(pharmacies: Mart) -> None:
    september = "2025-09"
    assert "2025-09" not in held(pharmacies, CONSULTATIONS, "pharmacy", "FA002")
    assert parts(pharmacies, CONSULTATIONS, "local_authority", LEICESTER, september) == (None, 1, 2)
    assert parts(pharmacies, CONSULTATIONS, "icb", "QK1", september) == (None, 2, 3)
    county = parts(pharmacies, CONSULTATIONS, "local_authority", LEICESTERSHIRE, september)
    assert county == (2, 1, 1)


def test_authority_of_the_wide_era_is_that_of_the_list_before(pharmacies: Mart) -> None:
    february = "2024-02"
    assert parts(pharmacies, CONSULTATIONS, "local_authority", LEICESTER, february) == (45, 1, 1)
    assert parts(pharmacies, CONSULTATIONS, "icb", "QK1", february) == (90, 2, 2)


def test_no_authority_is_carried_back(pharmacies: Mart) -> None:
    known = pharmacies.rows(
        "SELECT local_authority, strftime(valid_from, '%Y-%m') AS since FROM organisation "
        "WHERE org_code = 'FA002' ORDER BY valid_from"
    )
    assert [tuple(row.values()) for row in known] == [(None, "2024-01"), (LEICESTER, "2025-06")]


def test_services_are_not_spliced(pharmacies: Mart) -> None:
    months = pharmacies.rows(
        "SELECT kpi_id, min(month) AS first, max(month) AS last FROM kpi_monthly "
        "WHERE kpi_id LIKE 'pharmacy_first_%consultations' GROUP BY kpi_id"
    )
    first_and_last = {r["kpi_id"]: (f"{r['first']:%Y-%m}", f"{r['last']:%Y-%m}") for r in months}
    assert first_and_last.pop(CPCS) == ("2024-01", "2024-01")
    assert set(first_and_last.values()) == {("2024-02", "2025-10")}
    assert pharmacies.value(CPCS, "local_authority", LEICESTER, "2024-01") == 11


def test_list_holds_until_the_next_one(pharmacies: Mart) -> None:
    rows = pharmacies.figures(LISTED, "local_authority", LEICESTER)
    assert (min(rows), max(rows)) == ("2023-12", "2025-10")
    held_lists = {m: (row["value"], row["edition"]) for m, row in rows.items() if m >= "2025-05"}
    assert held_lists == {
        "2025-05": (None, "2023-12"),  # seventeen months old
        "2025-06": (3, "2025-06"),
        "2025-07": (3, "2025-06"),
        "2025-08": (3, "2025-06"),
        "2025-09": (3, "2025-09"),
        "2025-10": (3, "2025-09"),
    }
    assert pharmacies.vintages(LISTED, "local_authority", LEICESTER, "2025-10") == [
        ("2025-09", 1, 3)
    ]
    assert {row["rolling_12_month_value"] for row in rows.values()} == {None}
    until_the_next = {month for month, row in rows.items() if row["status"] == "provisional"}
    assert until_the_next == {"2025-10"}


def test_list_that_lost_a_row_has_no_count_of_its_place(pharmacies: Mart) -> None:
    counted = {
        month: parts(pharmacies, LISTED, "local_authority", BIRMINGHAM, month)
        for month in ("2025-08", "2025-09", "2025-10")
    }
    lost = (None, 1, 2)
    assert counted == {"2025-08": (1, 1, 1), "2025-09": lost, "2025-10": lost}


def test_participation_is_a_share_of_the_pharmacies_on_the_list(pharmacies: Mart) -> None:
    """FX001 and, from October, FA003 claim without being listed; FA009 is no pharmacy."""
    city = {
        month: share(pharmacies, "local_authority", LEICESTER, month)
        for month in ("2025-07", "2025-08", "2025-10")
    }
    assert city == {
        "2025-07": (1, 3, 1 / 3, "final"),
        "2025-08": (1, 3, 1 / 3, "provisional"),
        "2025-10": (2, 3, 2 / 3, "provisional"),
    }


def test_pharmacy_lost_to_quarantine_is_not_taken_for_absent(pharmacies: Mart) -> None:
    assert share(pharmacies, "local_authority", LEICESTER, "2025-09") == (
        None,
        3,
        None,
        "incomplete",
    )
    county = share(pharmacies, "local_authority", LEICESTERSHIRE, "2025-09")
    assert county == (1, 2, 0.5, "provisional")


def test_a_place_without_claims_has_no_participation(pharmacies: Mart) -> None:
    assert pharmacies.figures(SHARE, "local_authority", BIRMINGHAM) == {}
    assert "2025-08" not in held(pharmacies, SHARE, "local_authority", LEICESTERSHIRE)
    assert held(pharmacies, SHARE, "local_authority", LEICESTER)[0] == "2024-02"


def test_icb_takes_in_pharmacies_that_never_claimed(pharmacies: Mart) -> None:
    """FA004 and FB002 are in the ICB of the others of their local authority."""
    assert share(pharmacies, "icb", "QK1", "2025-10") == (3, 5, 0.6, "provisional")
    assert share(pharmacies, "icb", "QK1", "2025-08") == (None, None, None, "incomplete")
    row = pharmacies.figure(SHARE, "icb", "QK1", "2025-08")
    assert (row["members_present"], row["members_expected"]) == (3, 5)


def test_an_authority_in_two_icbs_places_no_pharmacy(pharmacies: Mart) -> None:
    [row] = pharmacies.rows("SELECT icb_code FROM organisation WHERE org_code = 'E10000016'")
    assert row["icb_code"] is None
    [city] = pharmacies.rows(
        "SELECT org_name, icb_code, region_code, ons_code FROM organisation "
        f"WHERE org_code = '{LEICESTER}' AND valid_to IS NULL"
    )
    assert tuple(city.values()) == ("Leicester", "QK1", "Y60", LEICESTER)


def test_lists_are_visible(pharmacies: Mart) -> None:
    rows = pharmacies.rows(
        "SELECT strftime(month, '%Y-%m') AS month, list_edition, pharmacies_on_list, "
        "participating, claiming_but_not_on_list FROM pharmacy_participation "
        f"WHERE org_code = '{LEICESTER}' AND month >= DATE '2025-07-01' ORDER BY month"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("2025-07", "2025-06", 3, 1, 1),
        ("2025-08", "2025-06", 3, 1, 0),
        ("2025-09", "2025-09", 3, None, 0),
        ("2025-10", "2025-09", 3, 2, 1),
    ]


def test_newest_three_months_are_provisional(pharmacies: Mart) -> None:
    rows = pharmacies.figures(CONSULTATIONS, "local_authority", LEICESTER)
    status = {month: row["status"] for month, row in rows.items() if row["value"] is not None}
    assert status == {
        "2024-02": "final",
        "2025-07": "final",
        "2025-08": "provisional",
        "2025-10": "provisional",
    }


def test_figures_of_places_use_files_of_their_pharmacies(pharmacies: Mart) -> None:
    sources = pharmacies.rows(
        """SELECT s.feed, f.file_name, count(*) AS figures FROM governance.figure_source AS s
        JOIN governance.source_file AS f USING (sha256, feed, edition)
        WHERE s.org_level = 'pharmacy' AND s.month = DATE '2025-10-01' AND f.in_mart
        GROUP BY ALL ORDER BY ALL"""
    )
    assert [tuple(row.values()) for row in sources] == [
        ("pharmacy_first", "claims-2025-10.csv", 4),
        ("pharmacy_list", "pharmacy-list-202509.csv", 7),
    ]


@pytest.fixture(scope="module")
def august(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """81 of the 82 pharmacies of Leicester claim; two of Birmingham, whose claims are reissued."""
    root: Path = tmp_path_factory.mktemp("august")
    city = [f"FL{n:03}" for n in range(82)]
    second = [on_list(code, "BIRMINGHAM") for code in ("FA001", "FA002")]
    listed = [*[on_list(code, "Leicester City") for code in city], *second]
    first = [claim(code, "2025-08", 1) for code in city[1:]]
    first += [claimed("FA001", 1), claimed("FA002", "?")]
    files = {
        "pharmacy-list-202506.csv": (pharmacy_list(*listed), "2025-09-01"),
        "claims.csv": (long_claims(*first), "2025-11-01"),
        "reissued.csv": (long_claims(claimed("FA001", 4), claimed("FA002", 0)), "2025-12-01"),
    }
    paths = [retrieved(write(root / name, content), day) for name, (content, day) in files.items()]
    return build(Home(root / "home"), paths)


def claimed(code: str, count: object) -> dict[str, object]:
    """A row of August, of a pharmacy of Birmingham."""
    return claim(code, "2025-08", count, "BIRMINGHAM", ICB_CODE="QHL")


def test_leicester_city_of_the_minutes(august: Mart) -> None:
    assert share(august, "local_authority", LEICESTER, "2025-08")[:3] == (81, 82, 81 / 82)
    assert share(august, "icb", "QK1", "2025-08")[:2] == (81, 82)


def test_reissued_claims_replace_those_of_their_pharmacies(august: Mart) -> None:
    known = ("2025-08", 1, None), ("2025-08", 2, 4)
    assert august.vintages(CONSULTATIONS, "local_authority", BIRMINGHAM, "2025-08") == list(known)
    assert august.vintages(SHARE, "local_authority", BIRMINGHAM, "2025-08")[-1] == (
        "2025-08",
        2,
        0.5,
    )
    assert august.value(CONSULTATIONS, "local_authority", BIRMINGHAM, "2025-08") == 4
    assert august.value(CONSULTATIONS, "local_authority", LEICESTER, "2025-08") == 81


@pytest.mark.parametrize("month", ["2025-05", "2026-04"])
def test_reference_has_the_icbs_of_the_month(month: str) -> None:
    assert len(icbs_at(parse_month(month))) == {"2025-05": 42, "2026-04": 36}[month]


@pytest.fixture(scope="module")
def misspelt(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Two lists: FA002 is under an unknown board in both, FA003 in the second only."""

    def fill(place: Path) -> None:
        june = [on_list("FA001", "Leicester City Council"), on_list("FA002", "LEICESTER CTY")]
        september = [*june, on_list("FA003", "LEICESTER CTY"), on_list("FB001", "LEICESTERSHIRE")]
        before = [on_list("FA003", "LEICESTER UA"), *june[:1]]
        files = {"202503": before, "202506": june, "202509": september}
        paths = [
            write(place / "files" / f"pharmacy-list-{name}.csv", pharmacy_list(*rows))
            for name, rows in files.items()
        ]
        home = Home(place / "home")
        for path in paths:
            retrieved(path, "2025-12-01")
        claims = write(place / "files" / "c.csv", long_claims(claim("FA001", "2025-10", 3)))
        build(home, [*paths, retrieved(claims, "2025-12-01")])

    return Mart(Home(made_once(tmp_path_factory, "misspelt", fill) / "home").mart)


def test_an_unknown_authority_is_no_organisation(misspelt: Mart) -> None:
    known = misspelt.rows(
        "SELECT DISTINCT org_code FROM organisation WHERE org_level = 'local_authority'"
    )
    assert {row["org_code"] for row in known} == {LEICESTER, LEICESTERSHIRE}
    [row] = misspelt.rows(
        "SELECT count(*) AS n FROM organisation WHERE local_authority LIKE '%CTY%'"
    )
    assert row["n"] == 0


def test_its_pharmacies_may_be_anywhere_so_figures_are_incomplete(misspelt: Mart) -> None:
    assert parts(misspelt, LISTED, "local_authority", LEICESTER, "2025-03") == (2, 2, 2)
    assert parts(misspelt, LISTED, "local_authority", LEICESTER, "2025-06") == (None, 1, 2)


def test_pharmacies_are_placed_by_an_earlier_list(misspelt: Mart) -> None:
    """FA003 stays in Leicester; FA002, of which nothing else is known, may be in either."""
    assert parts(misspelt, LISTED, "local_authority", LEICESTER, "2025-09") == (None, 2, 3)
    assert parts(misspelt, LISTED, "local_authority", LEICESTERSHIRE, "2025-09") == (None, 1, 2)
    row = misspelt.figure(LISTED, "local_authority", LEICESTERSHIRE, "2025-09")
    assert row["status_reason"] == ("pharmacies under an unknown local authority may belong to it")


def test_lists_of_the_publisher_reconcile(real_more: Path, tmp_path: Path) -> None:
    """`BEDFORD BOROUGH` is Bedford; an appliance contractor is no pharmacy."""
    claims = write(tmp_path / "claims.csv", long_claims(claim("FA001", "2024-06", 3)))
    lists = real_more / "pharmacy_list/consol_pharmacy_list_202425q1.csv"
    mart = build(Home(tmp_path / "home"), [retrieved(claims, "2024-12-01"), lists])
    found = mart.rows(
        """SELECT org_code, value FROM kpi_monthly WHERE kpi_id = $kpi AND month = '2024-06-01'
        AND org_level = 'local_authority' AND org_code IN ($city, $county, 'E06000055')""",
        kpi=LISTED,
        city=LEICESTER,
        county=LEICESTERSHIRE,
    )
    assert {row["org_code"]: row["value"] for row in found} == {
        LEICESTER: 82,
        LEICESTERSHIRE: 134,
        "E06000055": 29,
    }
    [known] = mart.rows(
        "SELECT count(DISTINCT org_code) AS n FROM organisation WHERE org_level = 'local_authority'"
    )
    assert known["n"] == 153


def test_a_list_that_is_too_old_is_not_used(tmp_path: Path) -> None:
    """A quarterly list is used for its own quarter and the next, then no longer."""
    files = {"l-202503": pharmacy_list(on_list("FA001", "LEICESTER"))}
    claims = [claim("FA001", f"2025-{month:02}", 3) for month in range(3, 12)]
    files |= {f"c-{n}": long_claims(row) for n, row in enumerate(claims)}
    names = {"l-202503": "pharmacy-list-202503"}
    paths = [write(tmp_path / f"{names.get(n, n)}.csv", content) for n, content in files.items()]
    mart = build(Home(tmp_path / "home"), [retrieved(path, "2026-01-01") for path in paths])
    for kpi in (LISTED, SHARE):
        found = mart.figures(kpi, "local_authority", LEICESTER)
        assert [month for month, row in found.items() if row["value"] is not None] == [
            f"2025-{month:02}" for month in range(3, 10)
        ]
        for month in ("2025-10", "2025-11"):
            assert found[month]["status"] == "incomplete"
            assert found[month]["status_reason"] == (
                "the newest available list is too old for the month: it is of 2025-03"
            )
    assert mart.value(CONSULTATIONS, "local_authority", LEICESTER, "2025-11") == 3
