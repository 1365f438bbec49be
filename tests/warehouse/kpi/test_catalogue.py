"""The KPI catalogue: what must be in it, and what follows from it."""

from datetime import date
from typing import Any, get_args

import pytest

from warehouse.contract.figure_period import FigurePeriod
from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import catalogue, check_periods, measure_of
from warehouse.kpi.units import BASE_UNITS, UNITS, Unit
from warehouse.reference.levels import ADDING_UP, steps_from

NAMED = {
    "appointments", "appointments_attended", "appointments_dna_share",
    "appointments_face_to_face_share", "appointments_telephone_share",
    "appointments_video_share", "appointments_home_visit_share", "appointments_same_day_share",
    "appointments_within_two_weeks_share", "appointments_within_two_weeks_acc08_share",
    "appointments_gp_share", "appointments_mode_unknown_share", "appointments_unmapped_share",
    "appointments_per_working_day", "appointments_per_1000_patients",
    "appointments_patient_coverage_share", "registered_patients",
    "pharmacy_first_consultations", "pharmacy_first_clinical_pathway_consultations",
    "pharmacy_first_minor_illness_consultations", "pharmacy_first_urgent_supply_consultations",
    "pharmacy_first_cpcs_consultations", "pharmacy_first_participating_pharmacies",
    "pharmacy_first_participating_pharmacy_share", "pharmacy_first_pharmacies_listed",
    "pharmacy_first_referrals", "pharmacy_first_referrals_completed",
    "pharmacy_first_referring_practices", "pharmacy_first_referring_practice_share",
    "nhs_app_logins", "nhs_app_unique_users", "nhs_app_logins_per_1000_patients",
    "nhs_app_prescription_orders", "nhs_app_registrations", "nhs_app_unique_users_12_months",
    "nhs_app_prescription_users", "nhs_app_practice_logins", "nhs_app_practice_registered_users",
    "nhs_app_practice_prescription_orders", "nhs_app_practice_ordering_users",
}  # fmt: skip
ALL_LEVELS = {"practice", "pcn", "sub_icb", "icb", "region", "england"}
PHARMACY_LEVELS = {"pharmacy", "local_authority", "icb", "region", "england"}
RETURNED = {"practice", "pcn", "sub_icb", "icb"}
LEVELS = {
    "appointments_patient_coverage_share": ALL_LEVELS - {"practice", "pcn"},
    "included_practices": ALL_LEVELS - {"practice", "pcn"},
    "open_practices": ALL_LEVELS - {"practice", "pcn"},
    "pharmacy_first_participating_pharmacies": {"local_authority", "icb"},
    "pharmacy_first_participating_pharmacy_share": {"local_authority", "icb"},
    "pharmacy_first_pharmacies_listed": {"local_authority", "icb"},
    "pharmacy_first_referrals": RETURNED,
    "pharmacy_first_referrals_completed": RETURNED,
    "pharmacy_first_referring_practices": RETURNED - {"practice"},
    "pharmacy_first_referring_practice_share": RETURNED - {"practice"},
    "nhs_app_unique_users": {"icb"},
    "nhs_app_unique_users_12_months": {"icb"},
    "nhs_app_prescription_users": {"icb"},
    "nhs_app_logins_per_1000_patients": {"icb", "region", "england"},
    "nhs_app_practice_ordering_users": {"practice"},
    "nhs_app_ordering_share_of_users": {"icb"},
    "nhs_app_ordering_share_of_users_12_months": {"icb"},
    "nhs_app_ordering_share_of_patients": {"icb"},
    "nhs_app_practice_ordering_share_of_accounts": {"practice"},
    "nhs_app_practice_ordering_share_of_eligible": {"practice"},
    "nhs_app_practice_registered_share": RETURNED,
    "nhs_app_practice_logins": RETURNED,
    "nhs_app_practice_registered_users": RETURNED,
    "nhs_app_practice_prescription_orders": RETURNED,
}
# The feed that a KPI's sub-ICBs and above are counted in: by the KPI's name, the first that fits.
FEED_OF = {
    "appointments_within_two_weeks_acc08_share": "gp_appointments_practice",
    "appointments_unmapped_share": "gp_appointments_practice",
    "appointments_category_unmapped_share": "gp_appointments_practice",
    "appointments_category_inconsistent_share": "gp_appointments_practice",
    "appointments_patient_coverage_share": "gp_appointments_coverage",
    "included_practices": "gp_appointments_coverage",
    "open_practices": "gp_appointments_coverage",
    "registered_patients": "registered_patients",
    "pharmacy_first_pharmacies_listed": "pharmacy_list",
}
BY_NAME = {
    "appointments": "gp_appointments_sub_icb",
    "pharmacy_first_referr": "pharmacy_first_referrals",
    "pharmacy_first": "pharmacy_first",
    "nhs_app_practice": "nhs_app_practice",
    "nhs_app": "nhs_app",
}
BY_THEME = {
    "appointments": ALL_LEVELS,
    "pharmacy_first": PHARMACY_LEVELS,
    "nhs_app": {"icb", "region", "england"},
}


def test_every_kpi_that_users_rely_on_is_there() -> None:
    assert set(catalogue()) >= NAMED


def test_kpis_have_a_description_and_an_owner() -> None:
    for kpi_id, kpi in catalogue().items():
        assert len(kpi.title) > 10 and len(kpi.description) > 40, kpi_id
        assert kpi.description.endswith("."), kpi_id
        assert kpi.owner and kpi.caveats and all(len(one.text) > 20 for one in kpi.caveats), kpi_id
        assert isinstance(kpi.next_review, date) and kpi.reviewed_on < kpi.next_review, kpi_id
        counted = kpi.unit in BASE_UNITS
        assert (kpi.denominator is None) == counted, kpi_id
        assert {bool(source.denominator) for source in kpi.sources} == {not counted}, kpi_id


def test_kpis_reach_every_level_they_can() -> None:
    reached = {
        kpi_id: {level for source in kpi.sources for level in source.levels}
        for kpi_id, kpi in catalogue().items()
        if kpi.theme in BY_THEME or kpi_id in LEVELS
    }
    assert len(reached) > 40
    assert reached == {
        kpi_id: LEVELS.get(kpi_id, BY_THEME.get(catalogue()[kpi_id].theme)) for kpi_id in reached
    }


def feed_of(kpi_id: str) -> str | None:
    """The expected feed; None for a KPI that is not in these lists."""
    begun = (feed for start, feed in BY_NAME.items() if kpi_id.startswith(start))
    return FEED_OF.get(kpi_id) or next(begun, None)


def test_sub_icb_and_above_come_from_the_feed_that_counts_them_whole() -> None:
    """Where there are no sub-ICBs, whatever is counted first."""
    tops = {
        kpi_id: next((one for one in kpi.sources if "sub_icb" in one.levels), kpi.sources[0])
        for kpi_id, kpi in catalogue().items()
        if feed_of(kpi_id)
    }
    assert len(tops) > 40
    assert {kpi_id: top.feeds[0] for kpi_id, top in tops.items()} == {
        kpi_id: feed_of(kpi_id) for kpi_id in tops
    }


def test_shares_of_appointments_divide_by_all_appointments_but_for_three() -> None:
    denominators = {
        kpi.kpi_id: {(s.denominator or "").partition(".")[2] for s in kpi.sources}
        for kpi in catalogue().values()
        if kpi.unit == "share" and kpi.theme == "appointments"
    }
    special = {
        "appointments_within_two_weeks_share": {"appointments_interval_known"},
        "appointments_within_two_weeks_acc08_share": {"appointments_acc08_interval_known"},
        "appointments_patient_coverage_share": {"patients_open"},
    }
    assert denominators == {kpi: special.get(kpi, {"appointments"}) for kpi in denominators}


def test_additivity_is_two_flags() -> None:
    kpis = catalogue()
    flags = {k: (kpis[k].is_additive, kpis[k].is_stock) for k in kpis}
    assert flags["appointments"] == (True, False)
    assert flags["registered_patients"] == (True, True)
    assert flags["appointments_patient_coverage_share"] == (False, True)
    assert flags["appointments_dna_share"] == (False, False)
    assert flags["appointments_per_1000_patients"] == (False, False)
    assert flags["nhs_app_logins"] == (True, False)
    assert flags["nhs_app_unique_users"] == (False, True)
    assert flags["pharmacy_first_participating_pharmacies"] == (True, True)
    assert flags["pharmacy_first_participating_pharmacy_share"] == (False, True)


def test_referrals_coded_and_returned_are_never_in_one_kpi() -> None:
    """Practices' records and the ICB's return count the same referrals otherwise."""
    both = {"gp_pharmacy_referrals", "pharmacy_first_referrals"}
    of = {
        kpi_id: {feed for source in kpi.sources for feed in source.feeds}
        for kpi_id, kpi in catalogue().items()
    }
    for feed in both:
        assert any(feed in feeds for feeds in of.values())
    assert [kpi_id for kpi_id, feeds in of.items() if both <= feeds] == []


def test_kpis_that_must_not_be_added_have_a_reason() -> None:
    for kpi_id, kpi in catalogue().items():
        reason = kpi.not_additive_because
        assert (reason is None) == (kpi.is_additive and not kpi.is_stock), kpi_id
        assert reason is None or reason.endswith("."), kpi_id


def test_every_unit_follows_from_its_parts_and_from_no_others() -> None:
    assert set(UNITS) == set(get_args(Unit))
    shares = {("fte", "fte"), ("minutes", "minutes"), ("people", "people")}
    assert UNITS["share"] >= shares
    made = [(unit, parts) for unit, both in UNITS.items() for parts in both]
    twice = {parts for _, parts in made if len([1 for _, p in made if p == parts]) > 1}
    assert twice == {("events", "people")}


@pytest.mark.parametrize("level", ADDING_UP)
def test_each_level_is_added_up_once(level: Any) -> None:
    reached = [whole for _, whole in steps_from(level)]
    assert len(set(reached)) == len(reached) and level not in reached
    assert {"region", "england"} <= set(reached)


def test_acc08_is_eight_categories() -> None:
    measure = measure_of("gp_appointments_practice.appointments_acc08_within_two_weeks")
    assert set(measure.where["national_category"]) == {
        "General Consultation Acute",
        "General Consultation Routine",
        "Unplanned Clinical Activity",
        "Clinical Triage",
        "Walk-in",
        "Home Visit",
        "Care Home Visit",
        "Care Related Encounter but does not fit into any other category",
    }
    assert measure.where["booking_interval"] == (
        "Same Day",
        "1 Day",
        "2 to 7 Days",
        "8 to 14 Days",
    )


YEARLY = "gp_appointments_sub_icb"


@pytest.mark.parametrize(
    ("kpi_id", "said"),
    [
        (
            "appointments",
            "gp_appointments_practice.appointments is of a month, expected a financial",
        ),
        ("appointments_per_1000_patients", "is of a month, expected a financial year"),
    ],
)
def test_measures_of_different_periods_are_not_divided(
    kpi_id: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = {"period": FigurePeriod(type="financial_year")}
    changed = {**contracts(), YEARLY: contracts()[YEARLY].model_copy(update=year)}
    monkeypatch.setattr("warehouse.kpi.catalogue.contracts", lambda: changed)
    with pytest.raises(ValueError, match=said):
        check_periods(catalogue()[kpi_id])


def test_longer_periods_are_no_headlines_and_have_no_working_days(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    year = {"period": FigurePeriod(type="financial_year")}
    changed = {feed: one.model_copy(update=year) for feed, one in contracts().items()}
    monkeypatch.setattr("warehouse.kpi.catalogue.contracts", lambda: changed)
    for kpi_id, said in (
        ("appointments", "`headline` needs monthly figures, not those of a financial year"),
        ("appointments_per_working_day", "are of a month, not a financial year"),
    ):
        with pytest.raises(ValueError, match=said):
            check_periods(catalogue()[kpi_id])
    assert not catalogue()["appointments"].moved_by_working_days


def test_a_rate_exists_wherever_its_parts_are_published() -> None:
    shown: dict[str, set[str]] = {}
    for kpi in catalogue().values():
        for source in kpi.sources:
            for measure in source.measures:
                shown.setdefault(measure, set()).update(source.levels)
    lacking = {
        kpi.kpi_id: sorted(both - levels)
        for kpi in catalogue().values()
        if kpi.denominator
        for levels in [{level for source in kpi.sources for level in source.levels}]
        for source in kpi.sources
        for both in [set.intersection(*(shown[measure] for measure in source.measures))]
        if both - levels
    }
    assert lacking == {}
