"""The KPI catalogue: what must be in it, and what it refuses."""

from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from warehouse.kpi.catalogue import (
    CATALOGUE_FILE,
    STEPS,
    UNITS,
    Kpi,
    Unit,
    catalogue,
    load_catalogue,
    measure_of,
    steps_from,
)

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
    "nhs_app_logins_per_1000_patients": {"icb"},
    "nhs_app_practice_ordering_users": {"practice"},
    "nhs_app_practice_logins": RETURNED,
    "nhs_app_practice_registered_users": RETURNED,
    "nhs_app_practice_prescription_orders": RETURNED,
}
BY_THEME = {"pharmacy_first": PHARMACY_LEVELS, "nhs_app": {"icb", "region", "england"}}
EVERY = [pytest.param(kpi, id=kpi.kpi_id) for kpi in catalogue().values()]


def test_every_kpi_that_users_rely_on_is_there() -> None:
    assert set(catalogue()) >= NAMED


@pytest.mark.parametrize("kpi", EVERY)
def test_kpi_says_what_it_means_and_who_looks_after_it(kpi: Kpi) -> None:
    assert len(kpi.title) > 10 and len(kpi.description) > 40 and kpi.description.endswith(".")
    assert kpi.owner and kpi.caveats and all(len(one.text) > 20 for one in kpi.caveats)
    assert kpi.reviewed_on < kpi.next_review
    assert (kpi.denominator is None) == (kpi.unit in {"events", "people", "organisations"})
    dividing = {bool(source.denominator) for source in kpi.sources}
    assert dividing == {kpi.denominator is not None}


@pytest.mark.parametrize("kpi", EVERY)
def test_kpi_reaches_every_level_it_can(kpi: Kpi) -> None:
    reached = {level for source in kpi.sources for level in source.levels}
    assert reached == LEVELS.get(kpi.kpi_id, BY_THEME.get(kpi.theme, ALL_LEVELS))


@pytest.mark.parametrize("kpi", EVERY)
def test_sub_icb_and_above_come_from_the_sub_icb_feed(kpi: Kpi) -> None:
    top = next((source for source in kpi.sources if "sub_icb" in source.levels), kpi.sources[0])
    only_by_practice = {
        "appointments_within_two_weeks_acc08_share",
        "appointments_unmapped_share",
    }
    if kpi.theme == "appointments" and kpi.kpi_id.startswith("appointments"):
        feed = "gp_appointments_" + (
            "practice"
            if kpi.kpi_id in only_by_practice
            else "coverage"
            if kpi.kpi_id == "appointments_patient_coverage_share"
            else "sub_icb"
        )
        assert top.numerator.startswith(f"{feed}.")


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


@pytest.mark.parametrize("kpi", EVERY)
def test_kpi_that_must_not_be_added_says_why(kpi: Kpi) -> None:
    may_be_added = kpi.is_additive and not kpi.is_stock
    reason = kpi.not_additive_because
    assert (reason is None) == may_be_added
    assert reason is None or reason.endswith(".")


def test_every_unit_follows_from_its_parts_and_from_no_others() -> None:
    assert set(UNITS) == set(get_args(Unit))
    shares = {("fte", "fte"), ("minutes", "minutes"), ("people", "people")}
    assert UNITS["share"] >= shares
    made = [(unit, parts) for unit, both in UNITS.items() for parts in both]
    twice = {parts for _, parts in made if len([1 for _, p in made if p == parts]) > 1}
    assert twice == {("events", "people")}


@pytest.mark.parametrize("level", STEPS)
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


def changed(tmp_path: Path, kpi: str, **fields: Any) -> Path:
    raw = yaml.safe_load(CATALOGUE_FILE.read_text(encoding="utf-8"))
    raw[kpi].update(fields)
    path = tmp_path / "kpis.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    return path


def parts(top: str, bottom: str | None, *levels: str) -> dict[str, Any]:
    return {"sources": [{"levels": list(levels), "numerator": top, "denominator": bottom}]}


def asking(**fields: Any) -> dict[str, Any]:
    asked = {"levels": ["sub_icb"], "numerator": EVENTS, "absent_is_zero": True}
    return {"sources": [asked | fields]}


ONE_PERSON = "nhs_app.unique_users is counted by icb and can't be added up to england: One person"
EVENTS, BY_PRACTICE = "gp_appointments_sub_icb.appointments", "gp_appointments_practice"
PEOPLE = "gp_appointments_coverage.patients_included"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            parts(PEOPLE, EVENTS, "sub_icb"),
            "people divided by events is a rate_per_event, not a `share`",
        ),
        (
            parts(EVENTS, PEOPLE, "sub_icb"),
            "events divided by people is a rate_per_1000 or rate_per_person, not a `share`",
        ),
        (parts(EVENTS, None, "sub_icb"), "events divided by nothing is a count of events, not"),
        (
            parts(EVENTS, "calendar.working_days", "icb"),
            "events divided by working_days is a rate_per_working_day, not a `share`",
        ),
        (
            parts(PEOPLE, "calendar.working_days", "icb"),
            "people divided by working_days is no unit that is known, not a `share`",
        ),
        (parts(EVENTS, "gp_appointments_sub_icb.nonsense", "icb"), "is no measure of any feed"),
        (parts("nonsense.appointments", EVENTS, "icb"), "is no measure of any feed"),
        (
            parts(f"{BY_PRACTICE}.appointments", EVENTS, "practice"),
            "gp_appointments_sub_icb.appointments does not reach practice",
        ),
        (parts("nhs_app.unique_users", "nhs_app.unique_users", "icb", "england"), ONE_PERSON),
        (parts("nhs_app.logins", "pharmacy_list.listed_pharmacies", "icb"), "is no unit"),
        (asking(), "`absent_is_zero` is among a `denominator:`, or else `members:`"),
        (asking(members=PEOPLE, denominator=PEOPLE), "`absent_is_zero` is among"),
        (asking(denominator="calendar.working_days"), "`absent_is_zero` is among"),
        (asking(members=PEOPLE, absent_is_zero=False), "`members:` says nothing without"),
        (asking(denominator="nhs_app.logins", levels=["icb"]), "asks members of two levels"),
        (parts(EVENTS, EVENTS, "practice"), "does not reach practice"),
        ({"unit": "percent"}, "Input should be"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"next_review": None}, "valid date"),
    ],
)
def test_wrong_definitions_are_refused(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load_catalogue(changed(tmp_path, "appointments_dna_share", **fields))


def test_two_sources_for_one_level_are_refused(tmp_path: Path) -> None:
    twice = parts(EVENTS, EVENTS, "icb")["sources"] * 2
    with pytest.raises(ValueError, match="two sources for icb"):
        load_catalogue(changed(tmp_path, "appointments_dna_share", sources=twice))


def test_dates_of_review_are_dates() -> None:
    assert all(isinstance(kpi.next_review, date) for kpi in catalogue().values())
