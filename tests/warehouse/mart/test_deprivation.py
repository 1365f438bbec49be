"""Deprivation by practice: which rows of an export are read, what an area's figure is, and what the
table of organisations has of it."""

from pathlib import Path

import pytest

from assets.feeds.deprivation.testing import build, export
from tests.support import imported, patient_list, write
from tests.warehouse.support_mart import Mart, bring
from tests.warehouse.support_mart import build as built
from warehouse.base.home import Home
from warehouse.publication.content import mart_content

SCORE = "imd_2025_score"
MOST, LEAST = (f"imd_2025_quintile_{n}_patient_share" for n in (1, 5))
SCORES = {"C82001": "40", "C82002": "10.5", "C82003": "31.289", "C82009": "20"}
PATIENTS = {"C82001": 1000, "C82002": 3000, "C82003": 4000, "C82004": 500}


def lists(*days: str) -> bytes:
    return patient_list(
        *[
            {"EXTRACT_DATE": day, "CODE": code, "NUMBER_OF_PATIENTS": number}
            for day in days
            for code, number in PATIENTS.items()
        ]
    )


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Four practices, one of them without a score; a score of a practice that has closed."""
    root = tmp_path_factory.mktemp("deprivation")
    home = Home(root / "home")
    extract = build(*[{"PRACTICE_CODE": c, "IMD_SCORE": s} for c, s in SCORES.items()])
    bring(home, write(root / "imd.csv", extract))
    for day in ("2024-12-01", "2025-10-01", "2025-11-01"):
        bring(home, write(root / f"{day}.csv", lists(day)))
    return built(home)


def test_an_areas_score_is_the_mean_over_patients_not_over_practices(mart: Mart) -> None:
    found = mart.figure(SCORE, "sub_icb", "04C", "2025-10")
    over_patients = (40 * 1000 + 10.5 * 3000 + 31.289 * 4000) / 8000
    assert found["value"] == pytest.approx(over_patients)
    assert found["value"] != pytest.approx((40 + 10.5 + 31.289) / 3)
    assert (found["numerator"], found["denominator"]) == (196_656, 8000)
    assert (found["status"], found["status_reason"]) == ("final", None)


def test_the_patients_of_a_practice_without_a_score_are_in_no_quintile(mart: Mart) -> None:
    shares = [
        mart.figure(f"imd_2025_quintile_{n}_patient_share", "sub_icb", "04C", "2025-10")
        for n in range(1, 6)
    ]
    assert [one["numerator"] for one in shares] == [5000, 0, 0, 0, 3000]
    assert {one["denominator"] for one in shares} == {8000}
    assert sum(one["value"] for one in shares) == 1


def test_one_version_is_used_from_january_of_its_year(mart: Mart) -> None:
    assert list(mart.figures(SCORE, "sub_icb", "04C")) == [
        "2025-01",
        *(f"2025-{month:02}" for month in range(2, 12)),
    ]
    assert mart.value(SCORE, "sub_icb", "04C", "2025-11") is not None
    assert mart.value(SCORE, "sub_icb", "04C", "2025-02") is None, "no patient list"


def test_organisations_have_score_and_national_quintile(mart: Mart) -> None:
    rows = mart.rows(
        "SELECT DISTINCT org_code, imd_score, imd_quintile, imd_2025_score FROM organisation "
        "WHERE org_level = 'practice' ORDER BY org_code"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("C82001", 40, 1, 40),
        ("C82002", 10.5, 5, 10.5),
        ("C82003", 31.289, 1, 31.289),
        ("C82004", None, None, None),
        ("C82009", 20, 3, 20),
    ]
    places = mart.rows("SELECT 1 FROM organisation WHERE org_level <> 'practice' "
                       "AND imd_score IS NOT NULL")  # fmt: skip
    assert places == []


def test_a_score_is_explained_with_its_weight(mart: Mart) -> None:
    rows = mart.rows(f"FROM explain('{SCORE}', '04C', DATE '2025-10-01')")
    parts = {row["part"]: (row["value"], row["text"]) for row in rows if row["section"] == "part"}
    assert parts["numerator"] == (
        196_656,
        "IMD_SCORE added up; in sums multiplied by the denominator",
    )
    assert parts["denominator"][0] == 8000
    caveats = " ".join(row["text"] for row in rows if row["section"] == "caveat")
    assert "not of the persons who attended" in caveats


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_the_full_export_gives_what_the_extract_does(home: Home, mart: Mart) -> None:
    """England is there twice, and other areas, indicators and versions beside it."""
    every = [{"Area Code": code, "Value": score} for code, score in SCORES.items()]
    others = [
        {"Area Code": "E38000097", "Area Name": "04C", "Area Type": "Sub-ICB", "Value": "30"},
        {"Area Code": "U12345", "Area Name": "A PCN", "Area Type": "PCNs (v. 05/10/24)"},
        {"Indicator Name": "Income deprivation, older people (IDAOPI)", "Value": "12"},
        {"Time period": 2019, "Value": "50"},
    ]
    bring(home, write(home.root.parent / "export.csv", export(*every, *others)))
    for day in ("2024-12-01", "2025-10-01", "2025-11-01"):
        bring(home, write(home.root.parent / f"{day}.csv", lists(day)))
    found, before = mart_content(built(home).path), mart_content(mart.path)
    assert found["main.kpi_monthly"] == before["main.kpi_monthly"]
    [file] = Mart(home.mart).rows(
        "SELECT rows_accepted, rows_quarantined FROM governance.edition WHERE feed = 'deprivation'"
    )
    assert file == {"rows_accepted": 4, "rows_quarantined": 0}


def test_another_version_is_refused(home: Home) -> None:
    path = write(home.root.parent / "old.csv", build({"IMD_YEAR": 2019}))
    [refused] = imported(home, path)
    assert refused.verdict == "refused"
    assert "`PRACTICE_CODE`" not in refused.message
    assert "found: 2019; expected for example 2025" in refused.message
