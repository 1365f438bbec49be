"""Targets and declared baselines: the shipped ones hold, and what a home's files may say."""

import pytest

from tests.support import write_text
from warehouse.base.home import Home
from warehouse.kpi.catalogue import catalogue
from warehouse.kpi.chart_choices import (
    UnreadableChoices,
    choices_digest,
    home_baselines,
    home_targets,
    shipped_targets,
)
from warehouse.publication.build import mart_fingerprint

TARGET = (
    '- {kpi: appointments_dna_share, level: icb, from: "2025-04", value: 0.05, source: Board paper}'
)
BASELINE = """- kpi: appointments_dna_share
  level: sub_icb
  organisation: 04C
  month: "2025-04"
  reason: Reminders are sent by text.
  who: A. Person
"""


def test_shipped_targets_name_their_source_and_a_unit_that_is_possible() -> None:
    shipped = shipped_targets()
    assert shipped
    for one in shipped:
        assert one.reference and one.reference.startswith("https://")
        assert catalogue()[one.kpi].unit != "share" or 0 <= one.value <= 1


def test_the_two_week_target_is_told_from_what_has_its_name() -> None:
    named = [one for one in shipped_targets() if "two-week target" in one.source]
    assert {one.kpi for one in named} == {
        *("appointments_within_two_weeks_acc08_share", "iif_acc08_share"),
    }
    for one in named:
        assert "all categories, which is a figure of its own and has no target" in one.source
        assert "ambition of September 2022" in one.source


def test_a_home_without_files_has_no_choices(home: Home) -> None:
    assert home_targets(home) == () and home_baselines(home) == ()


def test_choices_are_read_and_make_another_mart(home: Home) -> None:
    before, mart = choices_digest(home), mart_fingerprint(home)
    write_text(home.root / "targets.yaml", TARGET)
    assert home_targets(home)[0].value == 0.05
    assert choices_digest(home) != before and mart_fingerprint(home) != mart
    between = choices_digest(home)
    write_text(home.root / "baselines.yaml", BASELINE)
    [found] = home_baselines(home)
    assert (found.organisation, found.who) == ("04C", "A. Person")
    assert choices_digest(home) != between


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TARGET.replace("dna_share", "dna"), 'Unknown KPI "appointments_dna"'),
        (TARGET.replace("level: icb", "level: pharmacy"), "`level`: expected one of which"),
        (TARGET.replace("value: 0.05", "value: few"), "value"),
        (TARGET.replace("value: 0.05, ", ""), "value` is missing"),
        (
            TARGET.replace("}", ', until: "2025-03"}'),
            "`until`: expected no month before the first, 2025-04",
        ),
        (TARGET.replace("}", ", colour: red}"), "colour"),
        (TARGET.replace("}", ", beside: [appointment]}"), 'Unknown KPI "appointment"'),
        ("- [", "not readable as YAML"),
    ],
)
def test_a_fault_names_the_file_and_the_key(text: str, said: str, home: Home) -> None:
    write_text(home.root / "targets.yaml", text)
    with pytest.raises(UnreadableChoices) as refused:
        home_targets(home)
    assert said in str(refused.value) and "targets.yaml" in str(refused.value)
    assert "kpi, level, organisation, from, until" in refused.value.remedy


def test_a_baseline_needs_a_reason_and_a_person(home: Home) -> None:
    write_text(home.root / "baselines.yaml", BASELINE.replace("  who: A. Person\n", ""))
    with pytest.raises(UnreadableChoices, match=r"who` is missing"):
        home_baselines(home)
