"""The KPI catalogue: what must be in it, and what it refuses."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from warehouse.catalogue import CATALOGUE_FILE, Kpi, catalogue, load_catalogue, measure_of

NAMED = {
    "appointments", "appointments_attended", "appointments_dna_share",
    "appointments_face_to_face_share", "appointments_telephone_share",
    "appointments_video_share", "appointments_home_visit_share", "appointments_same_day_share",
    "appointments_within_two_weeks_share", "appointments_within_two_weeks_acc08_share",
    "appointments_gp_share", "appointments_mode_unknown_share", "appointments_unmapped_share",
    "appointments_per_working_day", "appointments_per_1000_patients",
    "appointments_patient_coverage_share", "registered_patients",
}  # fmt: skip
ALL_LEVELS = {"practice", "pcn", "sub_icb", "icb", "region", "england"}
EVERY = [pytest.param(kpi, id=kpi.kpi_id) for kpi in catalogue().values()]


def test_every_kpi_that_users_rely_on_is_there() -> None:
    assert set(catalogue()) >= NAMED


@pytest.mark.parametrize("kpi", EVERY)
def test_kpi_says_what_it_means_and_who_looks_after_it(kpi: Kpi) -> None:
    assert len(kpi.title) > 10 and len(kpi.description) > 40 and kpi.description.endswith(".")
    assert kpi.owner and kpi.caveats and all(len(text) > 20 for text in kpi.caveats)
    assert kpi.reviewed_on < kpi.next_review
    assert (kpi.denominator is None) == (kpi.unit in {"events", "people", "organisations"})


@pytest.mark.parametrize("kpi", EVERY)
def test_kpi_reaches_every_level_it_can(kpi: Kpi) -> None:
    reached = {level for source in kpi.sources for level in source.levels}
    below = {"practice", "pcn"} if kpi.kpi_id == "appointments_patient_coverage_share" else set()
    assert reached == ALL_LEVELS - below


@pytest.mark.parametrize("kpi", EVERY)
def test_sub_icb_and_above_come_from_the_sub_icb_feed(kpi: Kpi) -> None:
    top = next(source for source in kpi.sources if "sub_icb" in source.levels)
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
        if kpi.unit == "share"
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


EVENTS, BY_PRACTICE = "gp_appointments_sub_icb.appointments", "gp_appointments_practice"
PEOPLE = "gp_appointments_coverage.patients_included"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (parts(PEOPLE, EVENTS, "sub_icb"), "people divided by events is not a `share`"),
        (parts(EVENTS, PEOPLE, "sub_icb"), "events divided by people is not a `share`"),
        (parts(EVENTS, None, "sub_icb"), "events divided by nothing is not a `share`"),
        (parts(EVENTS, "calendar.working_days", "icb"), "events divided by working_days"),
        (parts(EVENTS, "gp_appointments_sub_icb.nonsense", "icb"), "is no measure of any feed"),
        (parts("nonsense.appointments", EVENTS, "icb"), "is no measure of any feed"),
        (parts(EVENTS, f"{BY_PRACTICE}.appointments", "icb"), "is counted by sub_icb"),
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
