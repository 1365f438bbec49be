"""Re-adding the rows that an explanation names gives the value, for every KPI there is."""

import pytest

from tests.warehouse.explain.added_up import contradicted
from tests.warehouse.explain.exactness import assert_exact, chosen
from warehouse.base.home import Home
from warehouse.kpi.catalogue import catalogue

# In the catalogue, and in none of the short sample's months, or not published of practices.
NOT_IN_SAMPLE = {
    "funding_networks_impact_fund",
    "funding_networks_other",
    "funding_practices_other",
    "nhs_app_practice_ordering_share_of_accounts",
    "nhs_app_practice_ordering_share_of_eligible",
    "practice_slots",
    "practice_slots_unused",
    "practice_slots_used_share",
    "iif_acc08_share",
    "nhs_app_practice_ordering_users",
    "pharmacy_first_cpcs_consultations",
    "nhs_app_prescription_orders",
    "nhs_app_prescription_users",
    "nhs_app_registrations",
    "nhs_app_unique_users_12_months",
}


def test_every_figure_of_every_edition_is_the_sum_of_its_cells(sample_home: Home) -> None:
    assert contradicted(sample_home).to_dicts() == []


@pytest.mark.acceptance  # as the sample's, of real files
def test_every_real_figure_of_every_edition_is_the_sum_of_its_cells(real_home: Home) -> None:
    assert contradicted(real_home).to_dicts() == []


@pytest.mark.acceptance  # takes a quarter of a minute; every figure of it is added up above
def test_every_kpi_of_the_sample(sample_home: Home) -> None:
    kpis = set()
    for figure, cells in chosen(sample_home):
        assert_exact(sample_home, figure, cells)
        kpis.add(figure["kpi_id"])
    assert kpis >= set(catalogue()) - NOT_IN_SAMPLE


@pytest.mark.acceptance
def test_every_kpi_of_the_real_files(real_home: Home) -> None:
    kpis = set()
    for figure, cells in chosen(real_home):
        assert_exact(real_home, figure, cells)
        kpis.add(figure["kpi_id"])
    assert kpis >= {kpi_id for kpi_id in catalogue() if kpi_id.startswith("appointments")} | {
        "registered_patients",
        "nhs_app_logins",
        "nhs_app_unique_users",
    }
