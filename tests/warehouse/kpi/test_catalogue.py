"""The KPI catalogue: what must be in it, what it refuses, and how a row is added."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from warehouse.base.yaml_files import read_yaml
from warehouse.kpi.catalogue import (
    KPIS,
    catalogue,
    load_catalogue,
    measure_of,
    theme_files,
)
from warehouse.kpi.units import UNITS, Unit
from warehouse.mart.analyst_tables import theme_views
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
    "nhs_app_logins_per_1000_patients": {"icb"},
    "nhs_app_practice_ordering_users": {"practice"},
    "nhs_app_practice_logins": RETURNED,
    "nhs_app_practice_registered_users": RETURNED,
    "nhs_app_practice_prescription_orders": RETURNED,
}
# The feed that a KPI's sub-ICBs and above are counted in: by the KPI's name, the first that fits.
FEED_OF = {
    "appointments_within_two_weeks_acc08_share": "gp_appointments_practice",
    "appointments_unmapped_share": "gp_appointments_practice",
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
        counted = kpi.unit in {"events", "people", "organisations"}
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


Theme = dict[str, Any]
PAGE = Path(__file__).resolve().parents[3] / "docs" / "adding-a-kpi.md"
APPOINTMENTS = "appointments"
DNA = "appointments_dna_share"


def written(theme: str) -> Theme:
    raw: Theme = read_yaml(KPIS / f"{theme}.yaml")
    return raw


def changed(folder: Path, change: Callable[[Theme], object], theme: str = APPOINTMENTS) -> Path:
    """A catalogue of one shipped theme, changed."""
    raw = written(theme)
    change(raw)
    (folder / f"{theme}.yaml").write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    return folder


def with_sources(sources: object, **fields: Any) -> Callable[[Theme], object]:
    """The share of appointments not attended, worked out from other sources."""

    def change(raw: Theme) -> None:
        raw["kpis"][DNA] |= {"unit": "share", "sources": sources, **fields}
        del raw["kpis"][DNA]["share"]

    return change


def parts(top: str, bottom: str | None, *levels: str) -> dict[str, Any]:
    return {"sources": [{"levels": list(levels), "numerator": top, "denominator": bottom}]}


def asking(**fields: Any) -> dict[str, Any]:
    asked = {"levels": ["sub_icb"], "numerator": EVENTS, "absent_is_zero": True}
    return {"sources": [asked | fields]}


ONE_PERSON = "nhs_app.unique_users is reported by icb and can't be added up to england: One person"
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
        (parts(EVENTS, None, "sub_icb"), "events without a denominator is a count of events, not"),
        (
            parts(EVENTS, "calendar.working_days", "icb"),
            "events divided by working_days is a rate_per_working_day, not a `share`",
        ),
        (
            parts(PEOPLE, "calendar.working_days", "icb"),
            "people divided by working_days is not a known unit, not a `share`",
        ),
        (
            parts(EVENTS, "gp_appointments_sub_icb.appointment", "icb"),
            r"sub_icb\.appointment`: no such measure of the feed, expected `appointments`",
        ),
        (
            parts("registered_patient.patients", EVENTS, "icb"),
            r"`registered_patient\.patients`: no such feed, expected `registered_patients`",
        ),
        (
            parts(f"{BY_PRACTICE}.appointments", EVENTS, "practice"),
            "gp_appointments_sub_icb.appointments does not reach practice",
        ),
        (parts("nhs_app.unique_users", "nhs_app.unique_users", "icb", "england"), ONE_PERSON),
        (parts("nhs_app.logins", "pharmacy_list.listed_pharmacies", "icb"), "is not a known unit"),
        (asking(), r"`sources\.0`: `absent_is_zero` needs either `denominator:` or `members:`"),
        (asking(members=PEOPLE, denominator=PEOPLE), "`absent_is_zero` needs either"),
        (asking(denominator="calendar.working_days"), "`absent_is_zero` needs either"),
        (asking(members=PEOPLE, absent_is_zero=False), "`members:` needs `absent_is_zero"),
        (asking(denominator="nhs_app.logins", levels=["icb"]), "needs measures of one level"),
        (parts(EVENTS, EVENTS, "practice"), "does not reach practice"),
        ({"unit": "percent"}, "`unit`: found `percent`, expected one of 'events', 'people'"),
        ({"next_review": None}, "`next_review`: found nothing, expected"),
    ],
)
def test_wrong_definitions_are_refused(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    change = with_sources(**{**parts(EVENTS, EVENTS, "icb"), **fields})
    with pytest.raises(ValueError, match=rf"^appointments\.yaml: {DNA}: .*{said}"):
        load_catalogue(changed(tmp_path, change))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("kpi", {}, "`kpi`: no such key, expected `kpis`"),
        ("kpis", {}, "`kpis`: found no keys, expected at least 1"),
        (
            "caveats.activity",
            {"kindd": "x"},
            r"`caveats\.activity\.kindd`: no such key, expected `kind`",
        ),
        ("defaults.ownr", "x", r"`defaults\.ownr`: no such key, expected `owner`"),
        ("families.share.sources", [], r"`families\.share\.sources`: no such key"),
        ("defaults.feeds", [], "found no `feeds` in its family or the file's `defaults`"),
        ("families.title", {}, r"`families\.title`: expected a name that is no field of a KPI"),
        ("families.share.feeds", [{"feed": "x"}], r"kpis\.appointments_dna_share\.share`.*`0\.lev"),
        (f"kpis.{DNA}.shre", "x", rf"`kpis\.{DNA}\.shre`: no such key, expected `share`"),
        (f"kpis.{DNA}.kpi_id", "x", rf"`kpis\.{DNA}\.kpi_id`: no such key"),
        (f"kpis.{DNA}.mode", "x", "found `share` and `mode`, expected one family"),
        (
            f"kpis.{DNA}",
            {"title": "Told"},
            r"found neither, expected one family \(`count`, `share`",
        ),
        (f"kpis.{DNA}.share", "dna per 1000", "found `dna per 1000`, expected `measure` or"),
        (f"kpis.{DNA}.share", 7, "found the number `7`, expected `measure` or `measure / measure`"),
        (f"kpis.{DNA}.share", "nonsense / appointments", r"practice\.nonsense`: no such measure"),
        (f"kpis.{DNA}.caveats", ["actvity"], r"found `actvity`, expected a name \(activity, stock"),
        (f"kpis.{DNA}.caveats", ["Cut at", "a comma."], r"put it in quotes"),
        (f"kpis.{DNA}.caveats", {"text": "Told.", "kind": "x"}, r"`caveats\.0\.kind`: found `x`"),
        (f"kpis.{DNA}.numerator", None, "`numerator`: found nothing, expected text"),
    ],
)
def test_an_invalid_key_of_a_file_is_refused_by_name(
    tmp_path: Path, key: str, value: object, said: str
) -> None:
    def change(raw: Theme) -> None:
        *above, last = key.split(".")
        for step in above:
            raw = raw[step]
        raw[last] = value

    with pytest.raises(ValueError, match=rf"^appointments\.yaml: .*{said}.*Correct it in /"):
        load_catalogue(changed(tmp_path, change))


def test_a_share_of_members_has_the_number_of_members_as_denominator(tmp_path: Path) -> None:
    def change(raw: Theme) -> None:
        row = raw["kpis"]["pharmacy_first_participating_pharmacy_share"]
        row["participating"] = "active_pharmacies / active_pharmacies"

    with pytest.raises(ValueError, match=r"expected one by `pharmacy_list\.listed_pharmacies`"):
        load_catalogue(changed(tmp_path, change, "pharmacy_first"))


def test_a_kpi_in_two_files_is_refused(tmp_path: Path) -> None:
    changed(tmp_path, lambda raw: None)
    twice = {**written("nhs_app")["kpis"]["nhs_app_logins"]}
    folder = changed(tmp_path, lambda raw: raw["kpis"].update({DNA: twice}), "nhs_app")
    said = rf"^nhs_app\.yaml: `kpis\.{DNA}`: found in appointments\.yaml, too; expected once"
    with pytest.raises(ValueError, match=said):
        load_catalogue(folder)


def test_two_sources_for_one_level_are_refused(tmp_path: Path) -> None:
    twice = parts(EVENTS, EVENTS, "icb")["sources"] * 2
    with pytest.raises(ValueError, match="two sources for icb"):
        load_catalogue(changed(tmp_path, with_sources(twice)))


def test_a_repeated_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "twice.yaml").write_text("kpis: {}\nkpis: {}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"twice\.yaml: duplicate key `kpis`"):
        load_catalogue(tmp_path)


def test_the_page_adds_a_kpi_with_one_row_and_touches_nothing_else(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    [block] = re.findall(r"^```yaml\nkpis:\n(.*?)^```$", page, re.M | re.S)
    folder = tmp_path / "kpis"
    shutil.copytree(KPIS, folder)
    with (folder / "appointments.yaml").open("a", encoding="utf-8") as file:
        file.write("\n" + block)
    before, after = catalogue(), load_catalogue(folder)
    [added] = after.keys() - before.keys()
    assert {kpi_id: after[kpi_id] for kpi_id in before} == before
    kpi, like = after[added], before[DNA]
    assert (kpi.unit, kpi.polarity, kpi.theme) == ("share", "neutral", "appointments")
    assert (kpi.denominator, kpi.owner, kpi.next_review) == (
        like.denominator,
        like.owner,
        like.next_review,
    )
    assert [source.levels for source in kpi.sources] == [source.levels for source in like.sources]
    assert [source.numerator for source in kpi.sources] == [
        "gp_appointments_practice.appointments_attended",
        "gp_appointments_sub_icb.appointments_attended",
    ]
    was, now = theme_views(before), theme_views(after)
    assert [view for view in now if now[view] != was.get(view)] == ["appointments_monthly"]
    assert f" AS {added}, " in now["appointments_monthly"]


def test_nothing_shared_is_written_twice_or_unused() -> None:
    for path in theme_files():
        content, raw = path.read_text(encoding="utf-8"), written(path.stem)
        texts = [
            one.get("text") if isinstance(one, dict) else one
            for one in raw.get("caveats", {}).values()
        ]
        assert all(content.count(text) == 1 for text in texts), path
        rows, said = list(raw["kpis"].values()), str([raw["kpis"], raw.get("families")])
        assert all(any(name in row for row in rows) for name in raw.get("families", {})), path
        assert all(f"'{name}'" in said for name in raw.get("caveats", {})), path
