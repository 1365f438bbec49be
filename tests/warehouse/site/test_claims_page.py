"""Claims tested: documents, statements, verdicts, and what the data say, without HTML."""

from typing import Any

import pytest

from warehouse.site.claims_page import (
    area_names,
    claim_sources,
    claims_page,
    common_note,
    counts,
    meanings,
    of_places,
    verdict_tag,
)
from warehouse.site.site_figures import SiteFigures


def claim(number: int, **changed: Any) -> dict[str, Any]:
    """A claim about Leicester City that the figures confirm."""
    return {
        "claim_id": f"claim-{number}",
        "statement_id": "minutes/october",
        "source": "Minutes",
        "source_body": "A council",
        "source_date": "early 2025",
        "source_url": "https://council.example/minutes",
        "statement": "267552 appointments, 16% more.",
        "label": "appointments in October 2024",
        "org_level": "sub_icb",
        "org_code": "04C",
        "stated": "267,552",
        "unit": "events",
        "computed_value": 274903.0,
        "difference": 7351.0,
        "relative_difference": 0.02747,
        "edition": "2025-10",
        "revision": 1,
        "verdict": "differs",
        "verdict_in_short": "differs by +2.7%",
        "statement_verdict": "differs by +2.7%; growth confirmed",
        "note": "Later editions are revised.",
        **changed,
    }


def reading(**changed: Any) -> dict[str, Any]:
    """The reading of `claim`."""
    return {
        "claim_id": "claim-1",
        "reading": "GP appointments, 04C: October 2024",
        "org_code": "04C",
        "measure": "value",
        "unit": "events",
        "computed_value": 274903.0,
        "difference": 7351.0,
        "relative_difference": 0.02747,
        "edition": "2025-10",
        "revision": 2,
        "within_tolerance": False,
        "only_shown": None,
        "missing": None,
        **changed,
    }


GROWTH = {
    "label": "growth",
    "stated": "16 %",
    "unit": "growth",
    "computed_value": 0.161,
    "difference": 0.001,
    "verdict": "confirmed",
    "verdict_in_short": "confirmed",
    "note": None,
}


def test_a_statement_has_the_gravest_verdict_of_its_figures_and_each_its_own() -> None:
    [source] = claim_sources([claim(1), claim(2, **GROWTH)], {"claim-1": [reading()]}, {})
    [said] = source.statements
    assert said.verdict == ("orange", "≠", "Differs by +2.7%; growth confirmed")
    first, second = said.figures
    assert first.verdict[2] == "Differs by +2.7%"
    assert first.say == ("274,903 (difference +2.7%, edition 2025-10). Later editions are revised.")
    assert second.verdict == ("green", "✔", "Confirmed") and second.readings is None


def test_readings_have_names_of_places_for_codes() -> None:
    [source] = claim_sources([claim(1)], {"claim-1": [reading()]}, {"04C": "Leicester City"})
    table = source.statements[0].figures[0].readings
    assert table is not None
    assert list(table.cells[0]) == [
        *("GP appointments, Leicester City: October 2024", "274,903", "+2.7%"),
        *("2025-10 revision 2", "no"),
    ]


def test_readings_of_england_and_regions_have_names_and_other_words_stay() -> None:
    names = {"E92000001": "England", "Y60": "Midlands", "04C": "Leicester City"}
    said = reading(reading="GP appointments (ACC-08), E92000001: 2023/24, less Y60")
    [source] = claim_sources([claim(1, kpi_id="appointments")], {"claim-1": [said]}, names)
    [figure] = source.statements[0].figures
    assert figure.kpi_id == "appointments" and figure.readings
    assert (
        figure.readings.cells[0][0] == "GP appointments (ACC-08), England: 2023/24, less Midlands"
    )


def test_the_sample_is_no_lack_of_files() -> None:
    assert "files imported" in dict(meanings(False))["Not computable"]
    assert "not evaluated on sample data" in dict(meanings(True))["Not computable"]
    assert [name for name, _ in meanings(True)] == [name for name, _ in meanings(False)]


def test_areas_have_names(figures: SiteFigures) -> None:
    names = area_names(figures.db)
    assert {"E92000001", "Y60", "QK1", "04C"} <= set(names) and "Z10002" not in names
    [page] = claims_page(figures)
    tables = [
        figure.readings
        for source in page.content["sources"]
        for one in source.statements
        for figure in one.figures
        if figure.readings
    ]
    assert len(tables) > 10
    told = " ".join(row[0] for table in tables for row in table.cells)
    assert "LLR" in told and not [code for code in names if f", {code}:" in told]


@pytest.mark.parametrize(
    ("verdicts", "colour"),
    [
        (["confirmed", "confirmed"], "green"),
        (["confirmed", "confirmed in edition 2024-10, since revised"], "blue"),
        (["confirmed", "not computable"], "yellow"),
        (["not computable"], "white"),
        (["not computable", "differs, edition of the time not available"], "orange"),
        (["confirmed", "cannot be true", "differs"], "red"),
    ],
)
def test_no_look_is_better_than_what_is_known(verdicts: list[str], colour: str) -> None:
    assert verdict_tag(verdicts, "words")[0] == colour


def test_one_reason_for_all_is_said_once() -> None:
    missing = {"computed_value": None, "verdict": "not computable", "note": "No real files."}
    every = [claim(1, **missing), claim(2, **missing, statement_id="minutes/other")]
    assert common_note(every) == "No real files."
    sources = list(claim_sources(every, {}, {}, "No real files."))
    assert {figure.say for one in sources[0].statements for figure in one.figures} == {""}
    assert counts(sources) == [(("white", "○", "not computable"), 2)]
    assert common_note([claim(1), *every]) == ""
    assert common_note([every[0], claim(2, **missing | {"note": "Another."})]) == ""


def test_claims_are_those_of_the_place() -> None:
    city, other = claim(1), claim(2, source="Other", org_code="15N")
    assert of_places([city, other], {("sub_icb", "04C")}) == [city]
    whole = claim(3, source="Third", org_level="icb", org_code="QK1")
    assert of_places([city, other, whole], {("icb", "QK1")}) == [city, other, whole]
    assert of_places([city], {("icb", "QHM")}) == []
