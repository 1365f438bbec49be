"""Loading the KPI catalogue: which definitions it refuses, and how a row is added."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from warehouse.base.yaml_files import read_yaml
from warehouse.kpi.catalogue import KPIS, catalogue, load_catalogue, theme_files
from warehouse.mart.analyst_tables import theme_views

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
    assert f" AS {added},\n" in now["appointments_monthly"]


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
