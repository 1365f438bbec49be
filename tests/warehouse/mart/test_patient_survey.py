"""The GP Patient Survey: weighted shares of places, suppressed results, parts of England, and years
that are not of its series."""

from datetime import date
from pathlib import Path

import pytest

from assets.feeds.gp_patient_survey.testing import STEMS, answers, question, survey
from tests.support import imported, patient_list, write
from tests.warehouse.explain.exactness import assert_exact, chosen
from tests.warehouse.support_mart import Mart, bring
from tests.warehouse.support_mart import build as built
from warehouse.base.home import Home
from warehouse.explain.figure import explain
from warehouse.explain.source_rows import rows_of
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.sentence_facts import sentences_of_series
from warehouse.reference.organisations import valid_at
from warehouse.statistics.sentences import sentence

MARCH = date(2026, 3, 1)
# The publisher's own percentages of England in 2026.
ENGLAND = {
    "phone_easy": 57, "website_easy": 59, "app_easy": 55, "contact_good": 73, "overall_good": 77,
    "pharmacy_good": 89,
}  # fmt: skip
STEM_OF = {
    "phone_easy": "localgpservicesphone", "website_easy": "localgpserviceswebsite",
    "app_easy": "localgpservicesapp", "contact_good": "gpcontactoverall",
    "overall_good": "overallexp", "pharmacy_good": "pharmacyoverall",
}  # fmt: skip
NAMED = "GPPS_{}_Practice_data_(weighted)_(csv)_PUBLIC.csv"


def places() -> list[str]:
    """The sub-ICBs of England in March 2026."""
    return sorted(valid_at(MARCH).filter(org_level="sub_icb")["org_code"])


def practices() -> dict[str, str]:
    """Two practices of each sub-ICB: code -> sub-ICB."""
    both = [place for place in places() for _ in range(2)]
    return {f"A{81000 + number}": place for number, place in enumerate(both)}


def of_england(year: int, codes: list[str]) -> bytes:
    """Two kinds of practices, whose mean is ten points below the share of all who answered: a small
    one whose share is thirty points lower, and a large one whose share is ten points higher."""
    rows = []
    for number, code in enumerate(codes):
        lower, base = ((-0.3, "10.25"), (0.1, "30.75"))[number % 2]
        told = {
            heading: value
            for kpi, stem in STEM_OF.items()
            for heading, value in question(
                stem, repr(ENGLAND[kpi] / 100 + lower), base, base[:2]
            ).items()
        }
        rows.append({"ad_practicecode": code, "distributed": 200, "received": 50} | told)
    assert year
    return survey(*rows)


def listed(month: date, of: dict[str, str]) -> bytes:
    """A patient list, which says where practices are."""
    return patient_list(
        *(
            {"EXTRACT_DATE": f"{month}", "CODE": code, "SUB_ICB_LOCATION_CODE": place}
            for code, place in of.items()
        )
    )


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """2026 of all England, 2025 of one sub-ICB short, 2024 of Leicester with codes for no value."""
    folder = tmp_path_factory.mktemp("survey")
    all_of, leicester = practices(), {"C82001": "04C", "C82002": "04C", "C82003": "04C"}
    home = Home(folder / "home")
    few = [code for code, place in all_of.items() if place != "04C"]
    odd = [
        {"ad_practicecode": "C82001"} | answers(localgpservicesphone=("0.5", "40.5")),
        {"ad_practicecode": "C82002"} | answers(localgpservicesphone=("-97", "-97")),
        {"ad_practicecode": "C82003"}
        | answers(localgpservicesphone=("1", "10.123456789012345"), overallexp=("*", ":")),
    ]
    for name, content in {
        NAMED.format(2026): of_england(2026, list(all_of)),
        NAMED.format(2025): of_england(2025, few),
        NAMED.format(2024): survey(*odd),
        "list-2026.csv": listed(MARCH, all_of),
        "list-2025.csv": listed(date(2025, 3, 1), all_of),
        "list-2024.csv": listed(date(2024, 3, 1), leicester),
    }.items():
        bring(home, write(folder / name, content))
    return built(home)


def one(mart: Mart, kpi: str, label: str, level: str, code: str) -> dict[str, object]:
    [found] = mart.rows(
        "SELECT * FROM kpi_period WHERE kpi_id = $kpi AND period_label = $label "
        "AND org_level = $level AND org_code = $code",
        kpi=f"gp_patient_survey_{kpi}", label=label, level=level, code=code,
    )  # fmt: skip
    return found


@pytest.mark.parametrize(("kpi", "percentage"), ENGLAND.items())
def test_englands_percentages_are_the_publishers(mart: Mart, kpi: str, percentage: int) -> None:
    """By weighted responses: the mean of practices would be ten points lower."""
    found = one(mart, kpi, "2026", "england", "E92000001")
    assert found["value"] == pytest.approx(percentage / 100, abs=1e-12)
    assert (found["status"], found["period_type"]) == ("final", "survey")
    assert f"{found['period_start']} {found['period_end']}" == "2026-01-01 2026-03-31"
    assert found["denominator"] == 41 * len(places())


def test_all_levels_have_the_share_and_the_responses(mart: Mart) -> None:
    for level, code in (("sub_icb", "04C"), ("icb", "QK1"), ("region", "Y60")):
        assert one(mart, "phone_easy", "2026", level, code)["value"] == pytest.approx(0.57)
    assert one(mart, "phone_responses", "2026", "sub_icb", "04C")["value"] == 40
    assert one(mart, "responses", "2026", "sub_icb", "04C")["value"] == 100
    assert one(mart, "response_rate", "2026", "icb", "QK1")["value"] == 0.25


def test_a_change_of_a_sample_has_limits(mart: Mart) -> None:
    """The same share of 41 weighted answers in both years: some 18 points may be chance."""
    found = sentences_of_series(
        mart.db, catalogue(), "gp_patient_survey_overall_good", "sub_icb", "04V"
    )
    limits = found[MARCH].sample_limits
    assert limits is not None and limits[1] == pytest.approx(-limits[0])
    assert 0.15 < limits[1] < 0.2
    assert "A sample may show that much by chance" in sentence(found[MARCH])
    assert found[date(2025, 3, 1)].sample_limits is None, "no year before"


def test_a_part_of_england_is_no_england(mart: Mart) -> None:
    """Without one sub-ICB its ICB, region and country have no figure; the others have."""
    for level, code in (("icb", "QK1"), ("region", "Y60"), ("england", "E92000001")):
        found = one(mart, "overall_good", "2025", level, code)
        assert (found["value"], found["status"]) == (None, "incomplete")
    assert one(mart, "overall_good", "2025", "sub_icb", "04V")["value"] == pytest.approx(0.77)


def test_codes_for_no_value_are_no_numbers_and_weigh_nothing(mart: Mart) -> None:
    found = one(mart, "phone_easy", "2024", "sub_icb", "04C")
    assert found["numerator"] == pytest.approx(0.5 * 40.5 + 10.1234567890, abs=1e-12)
    assert found["denominator"] == pytest.approx(50.6234567890, abs=1e-12)
    none = one(mart, "phone_easy", "2024", "practice", "C82002")
    assert (none["value"], none["numerator"], none["denominator"]) == (None, None, None)
    assert "too few patients answered" in str(none["status_reason"])
    assert one(mart, "overall_good", "2024", "practice", "C82003")["value"] is None


def test_a_figure_is_explained_by_the_rows_it_was_made_of(mart: Mart) -> None:
    home = Home(mart.path.parents[1])
    told = explain(home.mart, "gp_patient_survey_phone_easy", "04C", MARCH)
    rows = rows_of(home, told.cells, MARCH)
    assert rows is not None
    top = rows.filter(part="numerator")
    assert set(top["column"]) == {"localgpservicesphone.pcteval × localgpservicesphone.baseevalw"}
    assert float(top["count"].sum()) == pytest.approx(41 * 0.57, abs=1e-9)
    assert set(top["file_name"]) == {NAMED.format(2026)}
    for figure, cells in chosen(home):
        if figure["kpi_id"] == "gp_patient_survey_phone_easy":
            assert_exact(home, figure, cells)


def test_the_series_begins_anew(mart: Mart) -> None:
    caveats = mart.rows(
        "SELECT kind FROM caveats_of('gp_patient_survey_phone_easy', 'sub_icb', '04C', "
        "DATE '2024-03-01')"
    )
    assert "series_break" in {row["kind"] for row in caveats}
    assert one(mart, "phone_easy", "2024", "sub_icb", "04C")["previous_year_value"] is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("GPPS_2023_Practice_data.csv", survey(), "surveys until 2023 are not comparable with it"),
        (
            "survey.csv",
            b"Practice_Code,Practice_Name,Q3_12pct,Q18_12pct,Q28_12pct\nC82001,A,0.5,0.6,0.7\n",
            "It is a GP Patient Survey of 2023 or earlier, whose questions are others",
        ),
        (
            "GPPS_2026_Practice_data_(unweighted)_(csv)_PUBLIC.csv",
            survey(),
            "its shares are not weighted",
        ),
        ("practices.csv", survey(), "neither its content nor its name gives the edition"),
    ],
)
def test_other_files_of_the_survey_are_refused_in_plain_words(
    home: Home, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    [outcome] = imported(home, write(tmp_path / name, content))
    assert outcome.verdict == "refused"
    assert said in outcome.message, outcome.message


def test_a_file_without_a_year_is_told_how_to_state_it(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "practices.csv", survey())
    [outcome] = imported(home, path)
    assert "a survey ends in YYYY-03" in outcome.remedy
    [outcome] = imported(home, path, edition="2026-03")
    assert outcome.verdict == "imported", outcome.message


@pytest.mark.parametrize(
    "name",
    [
        NAMED.format(2026), "gpps2026.csv", "GPPS 2026 Practice data.csv",
        "2026_gp_patient_survey_practice.csv", "GP%20Patient%20Survey%202026.csv",
    ],
)  # fmt: skip
def test_the_year_is_in_the_name(home: Home, tmp_path: Path, name: str) -> None:
    [outcome] = imported(home, write(tmp_path / name, survey()))
    assert outcome.file is not None, outcome.message
    assert outcome.file.edition == "2026-03"


def test_stems_are_found_however_they_are_spelt(home: Home, tmp_path: Path) -> None:
    spelt = {
        "localgpservicesphone": "LocalGpServicesPhone", "overallexp": "Q32_OverallExperience",
        "localgpservicesapp": "localgpservicesNHSapp", "lastgpapptwait": "lastgpappointmentwait",
    }  # fmt: skip
    text = survey().decode("utf-8-sig")
    for stem, other in spelt.items():
        text = text.replace(stem, other)
    [outcome] = imported(home, write(tmp_path / "gpps2026.csv", text.encode("utf-8-sig")))
    assert outcome.verdict == "imported", outcome.message


def test_a_question_that_is_not_there_is_named_with_what_may_be_it(
    home: Home, tmp_path: Path
) -> None:
    text = survey().replace(b"localgpservicesphone.", b"localgpservicestelephone.")
    [outcome] = imported(home, write(tmp_path / "gpps2026.csv", text))
    assert outcome.verdict == "refused"
    for suffix in ("pcteval", "baseevalw"):
        wanted, near = (f"localgpservices{word}.{suffix}" for word in ("phone", "telephone"))
        assert f"`{wanted}` (found `{near}` instead?)" in outcome.message
    assert "assets/feeds/gp_patient_survey/contract.yaml" in outcome.remedy
    assert set(STEM_OF.values()) < set(STEMS)
