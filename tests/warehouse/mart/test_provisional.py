"""A month is provisional until its figures are no longer revised by much."""

from datetime import date
from pathlib import Path

import pytest

from tests.support import write_regional
from tests.warehouse.support_mart import Mart, build, retrieved
from tests.warehouse.worlds import area, stamp
from warehouse.base.home import Home
from warehouse.base.months import add_months
from warehouse.contract.model import contracts

NEWEST = date(2025, 11, 1)
MONTHS = [add_months(NEWEST, -n) for n in range(22, -1, -1)]
CODES = ("04C", "03W", "04V")
SAME_DAY, FACE = "appointments_same_day_share", "appointments_face_to_face_share"
LATE = 5  # from this age on same-day appointments are as they stay


def of_edition(edition: date) -> list[dict[str, object]]:
    """100 appointments of each sub-ICB and month: 40 on the same day in 2024 and 50 in 2025, but 3
    fewer as long as the month is younger than `LATE`. Nothing else is ever revised."""
    rows = []
    for month in (m for m in MONTHS if m <= edition):
        age = (edition.year - month.year) * 12 + edition.month - month.month
        early = (40 if month.year == 2024 else 50) - (3 if age < LATE else 0)
        for code in CODES:
            same_day = {"TIME_BETWEEN_BOOK_AND_APPT": "Same Day"}
            rows.append(area(code, stamp(month), early, **same_day))
            later = {"TIME_BETWEEN_BOOK_AND_APPT": "2 to 7 Days"}
            rows.append(area(code, stamp(month), 100 - early, **later))
    return rows


def made(folder: Path, editions: int) -> Mart:
    paths = []
    for edition in MONTHS[-editions:]:
        path = write_regional(folder / f"{edition:%Y-%m}.csv", *of_edition(edition))
        paths.append(retrieved(path, "2025-12-20"))
    return build(Home(folder / "home"), paths)


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Four editions: three can be compared with later ones."""
    return made(tmp_path_factory.mktemp("four"), 4)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Two editions: one can be compared."""
    return made(tmp_path_factory.mktemp("two"), 2)


def rule(mart: Mart, kpi: str, level: str = "sub_icb") -> dict[str, object]:
    [found] = mart.rows(
        "SELECT * FROM kpi_provisional WHERE kpi_id = $kpi AND org_level = $level",
        kpi=kpi,
        level=level,
    )
    return found


def provisional(mart: Mart, kpi: str, level: str = "sub_icb", code: str = "04C") -> list[str]:
    found = mart.figures(kpi, level, code)
    return [month for month, row in found.items() if row["status"] == "provisional"]


def test_by_age_the_median_over_organisations_and_editions(four: Mart) -> None:
    """Of age 4 all nine figures rose by 3 points since, of age 3 six, of age 2 three."""
    rows = four.rows(
        "SELECT age_months, editions, figures, round(median_change, 9) AS change, is_settled "
        "FROM kpi_revision_by_age WHERE kpi_id = $kpi AND org_level = 'sub_icb' "
        "AND age_months <= 5 ORDER BY age_months",
        kpi=SAME_DAY,
    )
    told = [(r["age_months"], r["editions"], r["figures"], r["change"]) for r in rows]
    quiet, loud = [(age, 3, 9, 0) for age in (0, 1, 2)], [(age, 3, 9, 0.03) for age in (3, 4)]
    assert told == [*quiet, *loud, (5, 3, 9, 0)]
    assert [r["is_settled"] for r in rows] == [True, True, True, False, False, True]


def test_months_are_provisional_until_no_later_age_is_unsettled(four: Mart) -> None:
    """Though figures of age 2 were mostly left alone, those of age 4 were not."""
    told = rule(four, SAME_DAY)
    assert (told["provisional_months"], told["basis"], told["contract_months"]) == (
        5,
        "measured",
        1,
    )
    assert told["provisional_from"] == date(2025, 7, 1)
    assert told["typical_later_revision"] == pytest.approx(0.03)
    assert told["typical_year_on_year_change"] == pytest.approx(0.1)
    assert provisional(four, SAME_DAY) == ["2025-07", "2025-08", "2025-09", "2025-10", "2025-11"]
    why = four.figure(SAME_DAY, "sub_icb", "04C", "2025-08")["status_reason"]
    assert why.startswith("among the newest 5 months: later editions")
    assert "up to 3.00 pp, compared with a typical change on the year of 10.00 pp" in why


def test_enough_quiet_editions_shorten_what_the_contract_says(four: Mart) -> None:
    assert contracts()["gp_appointments_sub_icb"].provisional_months == 1
    for kpi in ("appointments", FACE):
        assert rule(four, kpi)["provisional_months"] == 0
        assert rule(four, kpi)["basis"] == "measured"
        assert provisional(four, kpi) == []


def test_one_edition_may_lengthen_it_but_not_shorten(two: Mart) -> None:
    told = rule(two, SAME_DAY)
    assert (told["provisional_months"], told["editions_compared"]) == (5, 1)
    assert told["basis"] == "measured"
    assert rule(two, "appointments")["provisional_months"] == 1
    assert provisional(two, "appointments") == ["2025-11"]
    assert rule(two, FACE)["provisional_months"] == 19
    why = two.figure(FACE, "sub_icb", "04C", "2024-06")["status_reason"]
    assert "1 of its editions can be compared with a later one, and 3 are needed" in why


def test_too_few_figures_give_no_median(two: Mart) -> None:
    """LLR is one ICB: one figure of each age is no measure."""
    told = rule(two, SAME_DAY, "icb")
    assert (told["basis"], told["measured_months"]) == ("contract", None)
    assert provisional(two, SAME_DAY, "icb", "QK1") == ["2025-11"]


def test_the_catalogue_has_the_rule_of_each_level(two: Mart) -> None:
    [row] = two.rows(
        "SELECT provisional_months, provisional_rule FROM kpi WHERE kpi_id = $kpi", kpi=SAME_DAY
    )
    assert row["provisional_months"] == 5
    assert "sub_icb: among the newest 5 months: later editions" in row["provisional_rule"]
    assert "icb: the newest month, by the rule for this publication" in row["provisional_rule"]


def test_a_release_alone_falls_back_on_the_contract(years: Mart) -> None:
    """What the publisher chooses by mode it restates further back than all else."""
    assert provisional(years, FACE)[0] == "2024-05" and len(provisional(years, FACE)) == 18
    assert provisional(years, "appointments") == ["2025-11"]
