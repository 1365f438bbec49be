"""Hand-made tables of Annex 1, for tests: table 3a."""

from __future__ import annotations

from assets.feeds.gp_appointments_annex1.testing import PLACE
from assets.feeds.testing import Row, table

CATEGORIES: dict[str, object] = {
    **PLACE,
    "general_consultation_acute": 10,
    "general_consultation_routine": 0,
    "planned_clinics": 0,
    "planned_clinical_procedure": 0,
    "unplanned_clinical_activity": 0,
    "walk_in_walk_in": 0,
    "clinical_triage": 0,
    "home_visit": 0,
    "care_home_visit": 0,
    "group_consultation_and_group_education_group_consultation_and_g": 0,
    "structured_medication_review": 0,
    "patient_contact_during_care_home_round_patient_contact_during_c": 0,
    "care_home_needs_assessment_personalised_care_and_support_planni": 0,
    "social_prescribing_service": 0,
    "service_provided_by_organisation_external_to_the_practice_servi": 0,
    "non_contractual_chargeable_work": 0,
    "care_related_encounter_but_does_not_fit_into_any_other_category": 0,
    "inconsistent_mapping": 0,
    "unmapped": 0,
}


def rows_of(*rows: Row) -> bytes:
    """Table 3a."""
    return table(CATEGORIES, rows, end="\n")


build = rows_of
