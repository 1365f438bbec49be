"""FTE in the mart: sums of those who reported, over their own patients, and digits that re-add."""

from decimal import Decimal
from pathlib import Path

import pytest

from assets.feeds.gp_workforce.testing import workforce_zip
from assets.feeds.pcn_workforce.testing import network_zip
from tests.checks.cases_gp_workforce import NOT_GIVEN
from tests.support import list_map, patient_list, write
from tests.warehouse.support_mart import Mart, build
from warehouse.base.home import Home

MONTH, CITY = "2025-10", ("sub_icb", "04C", "2025-10")
FTE = "TOTAL_GP_EXTG_FTE"
GIVEN = ("0.1", "0.2", "4.266666667", "1.933333333", "0.3")


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Practices of one network, of which one has no record of GPs."""
    root: Path = tmp_path_factory.mktemp("workforce")
    rows: list[dict[str, object]] = [
        {"PRAC_CODE": f"C8200{n}", FTE: fte, "TOTAL_PATIENTS": 3000} for n, fte in enumerate(GIVEN)
    ]
    rows.append({"PRAC_CODE": "C82009", "TOTAL_PATIENTS": 9999, **NOT_GIVEN})
    path = write(root / "GPWPracticeCSV.102025.zip", workforce_zip(*rows))
    return build(Home(root / "home"), [path])


def test_a_sum_re_adds_to_the_digits_that_are_published(mart: Mart) -> None:
    total = sum(map(Decimal, GIVEN))
    for level, code in (("sub_icb", "04C"), ("pcn", "U12345")):
        figure = mart.figure("gp_workforce_fte", level, code, MONTH)
        assert Decimal(repr(figure["value"])) == Decimal(repr(figure["numerator"])) == total
    each = [mart.value("gp_workforce_fte", "practice", f"C8200{n}", MONTH) for n in range(5)]
    assert [Decimal(repr(one)) for one in each] == [Decimal(one) for one in GIVEN]


def test_patients_per_gp_is_of_the_practices_with_records(mart: Mart) -> None:
    ratio = mart.figure("patients_per_gp_fte", *CITY)
    assert (ratio["numerator"], ratio["denominator"]) == (15_000, 6.8)
    assert ratio["value"] == 15_000 / 6.8
    share = mart.figure("gp_workforce_practice_share", *CITY)
    assert (share["numerator"], share["denominator"]) == (5, 6)


def test_each_definition_is_a_figure_of_its_own(mart: Mart) -> None:
    kpis = ("_all_fte", "_fte", "_without_locums_fte", "_permanent_fte")
    ratios = {kpi: mart.value(f"gp_workforce{kpi}", *CITY) for kpi in kpis}
    assert len(set(ratios.values())) == 4
    assert ratios["_all_fte"] == pytest.approx(5 * 6.266666667)


def test_a_practice_without_a_record_says_why(mart: Mart) -> None:
    silent = mart.figure("gp_workforce_fte", "practice", "C82009", MONTH)
    assert (silent["value"], silent["status"]) == (None, "incomplete")
    assert "published as NA" in silent["status_reason"]


def test_fte_is_a_stock_and_not_added_over_months(mart: Mart) -> None:
    figure = mart.figure("gp_workforce_fte", *CITY)
    assert (figure["financial_ytd_value"], figure["rolling_12_month_value"]) == (None, None)


def test_a_region_and_england_need_every_sub_icb(mart: Mart) -> None:
    assert mart.value("gp_workforce_fte", "region", "Y60", MONTH) is None
    assert mart.value("gp_workforce_fte", "england", "E92000001", MONTH) is None


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Persons of two networks of a sub-ICB, and the patients of one practice of the first."""
    root = tmp_path_factory.mktemp("networks")
    rows = [{"FTE": "0.1"}, {"FTE": "0.2"}, {"PCN_CODE": "U99999", "FTE": "1.000000001"}]
    staff = write(root / "PCNWFIndividualCSV.102025.zip", network_zip(*rows))
    listed = write(root / "list.csv", patient_list({"NUMBER_OF_PATIENTS": 6000}))
    mapped = write(root / "map.csv", list_map())
    return build(Home(root / "home"), [staff, listed, mapped])


def test_persons_are_published_as_sums_of_networks_and_places(networks: Mart) -> None:
    assert networks.value("pcn_workforce_fte", "pcn", "U12345", MONTH) == 0.3
    assert networks.value("pcn_workforce_fte", "sub_icb", "04C", MONTH) == 1.300000001
    kpi = "pcn_workforce_clinical_pharmacists_fte"
    assert networks.value(kpi, "pcn", "U99999", MONTH) == 1.000000001


def test_fte_per_patients_is_of_the_places_own_list(networks: Mart) -> None:
    rate = networks.figure("pcn_workforce_fte_per_10000_patients", "pcn", "U12345", MONTH)
    assert (rate["numerator"], rate["denominator"]) == (0.3, 6000)
    assert rate["value"] == 10_000 * 0.3 / 6000
    place = networks.figure("pcn_workforce_fte_per_10000_patients", "sub_icb", "04C", MONTH)
    assert place["value"] == 10_000 * 1.300000001 / 6000
