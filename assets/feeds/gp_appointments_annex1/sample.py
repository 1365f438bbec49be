"""Synthetic tables of Annex 1: for each edition a CSV per table, of the edition's month, added up
from the practices' crosstab."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from assets.sample.profile import COUNT, PRACTICE
from assets.sample.world import World
from assets.sample.writer import MONTH_NAMES, csv_bytes, short

PLACE = (
    "gp_code_gp_code", "gp_name_gp_name", "supplier_supplier", "pcn_code_pcn_code",
    "pcn_name_pcn_name", "sub_icb_location_code_sub_icb_location_code",
    "sub_icb_location_name_sub_icb_location_name",
)  # fmt: skip
INTERVALS = {
    "Same Day": "same_day",
    "1 Day": "col_1_day",
    "2 to 7 Days": "col_2_to_7_days",
    "8  to 14 Days": "col_8_to_14_days",
    "15  to 21 Days": "col_15_to_21_days",
    "22  to 28 Days": "col_22_to_28_days",
    "More than 28 Days": "more_than_28_days_more_than_28_days",
    "Unknown / Data Issue": "unknown_data_quality",
}
CATEGORIES = {
    "General Consultation Acute": "general_consultation_acute",
    "General Consultation Routine": "general_consultation_routine",
    "Planned Clinics": "planned_clinics",
    "Planned Clinical Procedure": "planned_clinical_procedure",
    "Unplanned Clinical Activity": "unplanned_clinical_activity",
    "Walk-in": "walk_in_walk_in",
    "Clinical Triage": "clinical_triage",
    "Home Visit": "home_visit",
    "Care Home Visit": "care_home_visit",
    "Group Consultation and Group Education": (
        "group_consultation_and_group_education_group_consultation_and_g"
    ),
    "Structured Medication Review": "structured_medication_review",
    "Patient contact during Care Home Round": (
        "patient_contact_during_care_home_round_patient_contact_during_c"
    ),
    "Care Home Needs Assessment & Personalised Care and Support Planning": (
        "care_home_needs_assessment_personalised_care_and_support_planni"
    ),
    "Social Prescribing Service": "social_prescribing_service",
    "Service provided by organisation external to the practice": (
        "service_provided_by_organisation_external_to_the_practice_servi"
    ),
    "Non-contractual chargeable work": "non_contractual_chargeable_work",
    "Care Related Encounter but does not fit into any other category": (
        "care_related_encounter_but_does_not_fit_into_any_other_category"
    ),
    "Inconsistent Mapping": "inconsistent_mapping",
    "Unmapped": "unmapped",
}
MODES = {
    "Face-to-Face": "face_to_face_face_to_face",
    "Home Visit": "home_visit",
    "Telephone": "telephone",
    "Video Conference/Online": "video_online_video_conference_online",
    "Unknown": "unknown",
}
STAFF = {"GP": "gp", "Other Practice staff": "other_practice_staff_other_practice_staff",
         "Unknown": "unknown"}  # fmt: skip
STATUSES = {"Attended": "attended", "DNA": "dna", "Unknown": "unknown"}
# Table -> the crosstab's column, and its labels with their headings.
TABLES: dict[str, tuple[str, Mapping[str, str]]] = {
    "2a": ("TIME_BETWEEN_BOOK_AND_APPT", INTERVALS),
    "3a": ("NATIONAL_CATEGORY", CATEGORIES),
    "4": ("APPT_MODE", MODES),
    "5": ("HCP_TYPE", STAFF),
    "6": ("APPT_STATUS", STATUSES),
}


def write(world: World, out: Path) -> list[Path]:
    """Write the tables of each edition."""
    return [path for edition in world.editions for path in _write_edition(world, out, edition)]


def _write_edition(world: World, out: Path, edition: date) -> list[Path]:
    cells = world.practice_cells(edition, edition)
    month = f"{MONTH_NAMES[edition.month - 1]}-{edition.year}"
    tables = {"1": _totals(world, cells, edition, month)}
    for number, (column, labels) in TABLES.items():
        tables[number] = _split(world, cells, edition, month, (column, labels))
    paths = []
    for number, frame in tables.items():
        path = out / f"Annex1_table_{number}_{short(edition)}.csv"
        path.write_bytes(csv_bytes(frame, line_end="\n"))
        paths.append(path)
    return paths


def _places(world: World, codes: Sequence[str], month: date) -> pl.DataFrame:
    rows = [
        (one.code, one.name, one.supplier(month), *one.pcn, one.area.code, one.area.name)
        for one in world.practices
        if one.code in {*codes}
    ]
    return pl.DataFrame(rows, schema=list(PLACE), orient="row")


def _totals(world: World, cells: pl.DataFrame, edition: date, month: str) -> pl.DataFrame:
    lists = {one.code: world.patients(one, edition) for one in world.practices}
    counted = cells.group_by(PRACTICE).agg(pl.col(COUNT).sum().alias("appointments_appointments"))
    rate = "appointments_per_1_000_patients_appointments_per_1000_patients"
    return (
        _places(world, counted[PRACTICE].to_list(), edition)
        .join(counted, left_on=PLACE[0], right_on=PRACTICE, maintain_order="left")
        .with_columns(
            pl.col(PLACE[0]).replace_strict(lists, default=None).alias("list_size_list_size")
        )
        .with_columns(
            (1000 * pl.col("appointments_appointments") / pl.col("list_size_list_size")).alias(rate)
        )
        .select(pl.lit(month).alias("month_appointment_month"), pl.all())
    )


def _split(
    world: World,
    cells: pl.DataFrame,
    edition: date,
    month: str,
    by: tuple[str, Mapping[str, str]],
) -> pl.DataFrame:
    column, labels = by
    counted = cells.group_by(PRACTICE).agg(
        pl.col(COUNT).filter(pl.col(column) == label).sum().alias(heading)
        for label, heading in labels.items()
    )
    return (
        _places(world, counted[PRACTICE].to_list(), edition)
        .join(counted, left_on=PLACE[0], right_on=PRACTICE, maintain_order="left")
        .select(pl.lit(month).alias("month_appointment_month_start_date"), pl.all())
    )
