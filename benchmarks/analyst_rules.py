"""What an analyst's script has to know: labels, KPIs and working days. Nothing of the product's.

A script is given a folder with `crosstab/*.csv`, `Mapping.csv`, `regional/*.csv`, `coverage/*.csv`
and `lists/*.csv` of one release, and a Parquet file to write: a row per month, organisation and
KPI, with the columns of `OUTPUT`.
"""

from __future__ import annotations

from datetime import date, timedelta

OUTPUT = ["month", "org_level", "org_code", "kpi_id", "numerator", "denominator", "value"]
ENGLAND = "E92000001"

COUNT = "COUNT_OF_APPOINTMENTS"
LABELS = ["HCP_TYPE", "APPT_MODE", "TIME_BETWEEN_BOOK_AND_APPT", "APPT_STATUS"]
CATEGORY = "NATIONAL_CATEGORY"
TWO_WEEKS = ["Same Day", "1 Day", "2 to 7 Days", "8  to 14 Days", "8 to 14 Days"]
INTERVAL_UNKNOWN = ["Unknown / Data Issue", "Unknown / Data Quality"]
VIDEO = ["Video Conference/Online", "Video/Online"]
UNMAPPED = ["Unmapped", "Inconsistent Mapping"]
ACC08 = [
    "General Consultation Acute",
    "General Consultation Routine",
    "Unplanned Clinical Activity",
    "Clinical Triage",
    "Walk-in",
    "Home Visit",
    "Care Home Visit",
    "Care Related Encounter but does not fit into any other category",
]

# Measure -> the labels whose appointments it counts, by column; `not` before a column: all others.
MEASURES: dict[str, dict[str, list[str]]] = {
    "appointments": {},
    "attended": {"APPT_STATUS": ["Attended"]},
    "dna": {"APPT_STATUS": ["DNA"]},
    "face_to_face": {"APPT_MODE": ["Face-to-Face"]},
    "telephone": {"APPT_MODE": ["Telephone"]},
    "video": {"APPT_MODE": VIDEO},
    "home_visit": {"APPT_MODE": ["Home Visit"]},
    "mode_unknown": {"APPT_MODE": ["Unknown"]},
    "same_day": {"TIME_BETWEEN_BOOK_AND_APPT": ["Same Day"]},
    "two_weeks": {"TIME_BETWEEN_BOOK_AND_APPT": TWO_WEEKS},
    "interval_known": {"not TIME_BETWEEN_BOOK_AND_APPT": INTERVAL_UNKNOWN},
    "gp": {"HCP_TYPE": ["GP"]},
    "status_unknown": {"APPT_STATUS": ["Unknown"]},
}
CATEGORY_MEASURES: dict[str, dict[str, list[str]]] = {
    "unmapped": {CATEGORY: UNMAPPED},
    "category_unmapped": {CATEGORY: UNMAPPED[:1]},
    "category_inconsistent": {CATEGORY: UNMAPPED[1:]},
    "acc08_two_weeks": {CATEGORY: ACC08, "TIME_BETWEEN_BOOK_AND_APPT": TWO_WEEKS},
    "acc08_known": {CATEGORY: ACC08, "not TIME_BETWEEN_BOOK_AND_APPT": INTERVAL_UNKNOWN},
}

# KPI -> numerator, denominator.
KPIS: dict[str, tuple[str, str | None]] = {
    "appointments": ("appointments", None),
    "appointments_attended": ("attended", None),
    "appointments_dna_share": ("dna", "appointments"),
    "appointments_face_to_face_share": ("face_to_face", "appointments"),
    "appointments_telephone_share": ("telephone", "appointments"),
    "appointments_video_share": ("video", "appointments"),
    "appointments_home_visit_share": ("home_visit", "appointments"),
    "appointments_mode_unknown_share": ("mode_unknown", "appointments"),
    "appointments_same_day_share": ("same_day", "appointments"),
    "appointments_within_two_weeks_share": ("two_weeks", "interval_known"),
    "appointments_gp_share": ("gp", "appointments"),
    "appointments_status_unknown_share": ("status_unknown", "appointments"),
    "appointments_per_working_day": ("appointments", "working_days"),
}
CATEGORY_KPIS: dict[str, tuple[str, str | None]] = {
    "appointments_unmapped_share": ("unmapped", "appointments"),
    "appointments_category_unmapped_share": ("category_unmapped", "appointments"),
    "appointments_category_inconsistent_share": ("category_inconsistent", "appointments"),
    "appointments_within_two_weeks_acc08_share": ("acc08_two_weeks", "acc08_known"),
}
LIST_KPIS: dict[str, tuple[str, str | None]] = {"registered_patients": ("patients", None)}
RATE_KPIS: dict[str, tuple[str, str | None]] = {
    "appointments_per_1000_patients": ("appointments", "patients")
}
COVERAGE_KPIS: dict[str, tuple[str, str | None]] = {
    "included_practices": ("practices_included", None),
    "open_practices": ("practices_open", None),
    "appointments_patient_coverage_share": ("patients", "patients_open"),
}
COVERAGE = {
    "Included Practices": "practices_included",
    "Open Practices": "practices_open",
    "Patients registered at included practices": "patients",
    "Patients registered at open practices": "patients_open",
}
# From sub-ICB upwards, with the column of the mapping.
PLACES = {"sub_icb": "SUB_ICB_LOCATION_CODE", "icb": "ICB_CODE", "region": "REGION_CODE"}


def working_days(month: date) -> int:
    """Return the Mondays to Fridays of a month that are no bank holiday in England."""
    import holidays

    closed = holidays.country_holidays("GB", subdiv="ENG", years=month.year)
    days = [month + timedelta(days=n) for n in range(31)]
    own = [day for day in days if day.month == month.month]
    return sum(day.weekday() < 5 and day not in closed for day in own)
