"""What a KPI's page says beside its charts."""

from datetime import date, datetime
from typing import Any

from warehouse.site.kpi_about import (
    FILES_SHOWN,
    checks_words,
    comparison_table,
    counts_words,
    figure_files,
    other_publications,
    revision_words,
    target_said,
)
from warehouse.site.kpi_queries import KpiBackground
from warehouse.site.site_places import SitePlace

HOME = SitePlace("icb", "QK1", "LLR", "NHS LLR", {"region": "Y60"})
CITY = SitePlace("sub_icb", "04C", "Leicester City", "04C", {})
NONE = dict.fromkeys(("icb_value", "region_value", "region_name", "peer_median", "median"))


def compared(**changed: Any) -> dict[str, Any]:
    told = {"previous_month_value": 0.8, "england_value": 0.82, "rank": None, "rank_order": None}
    return {**NONE, **told, "not_ranked_because": None, **changed}


def rows_of(unit: str, row: dict[str, Any] | None) -> dict[str, tuple[str, str]]:
    values = [(HOME, 0.81), (CITY, None)]
    table = comparison_table(unit, "March 2025", values, row, {"QUE": "Norfolk"})
    assert table.caption == "March 2025, beside others"
    return {name: (text, note) for name, text, note in table.cells}


def test_a_figure_is_beside_all_it_can_be_compared_with() -> None:
    found = rows_of(
        "share",
        compared(
            region_value=0.83,
            region_name="Midlands",
            peer_median=0.84,
            peer_group="nearest by size: QUE",
            **{"p10": 0.7, "median": 0.8, "p90": 0.9},
            **{"rank": 28, "ranked_of": 42, "rank_order": "best_first"},
        ),
    )
    assert found["LLR"][0] == "81.0%" and found["LLR, the month before"][0] == "80.0%"
    assert found["Leicester City"][0] == "[x]"
    assert found["Midlands"][0] == "83.0%" and found["England"] == ("82.0%", "")
    assert found["Its peers, the one in the middle"] == ("84.0%", "nearest by size: Norfolk")
    assert found["One in ten ICBs is below"][0] == "70.0%"
    assert found["Its place among ICBs"] == ("28 of 42", "the best first")


def test_a_count_has_no_rank() -> None:
    found = rows_of("events", compared(rank=15, ranked_of=42, rank_order="largest_first"))
    assert found["Its place among ICBs"][0] == "none"


def test_a_count_of_england_is_called_a_total_and_no_rank_says_why() -> None:
    found = rows_of("events", compared(not_ranked_because="No figure."))
    assert found["England"][1] == "a total"
    assert found["Its place among ICBs"] == ("none", "No figure.")
    assert "Midlands" not in found and "Its region" not in found


def test_figures_of_years_have_no_comparators_of_months() -> None:
    assert list(rows_of("share", None)) == ["LLR", "Leicester City"]


def revised(**changed: Any) -> dict[str, Any]:
    told = {"editions_after": 1, "basis": "first release", "observations": 42}
    return {**told, "median_change": 0.00027, "p90_change": 0.00603, **changed}


def test_usual_revisions_are_in_plain_words() -> None:
    held = revised(basis="first held", median_change=0.0, observations=1218)
    newest = {"rule": "the newest month", "provisional_months": 1}
    said = revision_words([revised(), held], newest, "events")
    assert said == [
        "Of 42 figures, one edition later than first released, half had moved by 0.03% or less, "
        "nine in ten by 0.60% or less.",
        "Provisional, since it may still move: the newest month.",
    ]
    [share, _] = revision_words([held], None, "share")
    assert "first held here, half had moved by less than 0.01 percentage points" in share


def test_a_kpi_without_provisional_months_is_not_called_provisional() -> None:
    rule = {"rule": "after the newest available edition (2025-03)", "provisional_months": 0}
    [_, said] = revision_words([revised()], rule, "people")
    assert said == "None of its figures is marked provisional."


def test_what_is_not_known_of_revisions_is_said() -> None:
    said = revision_words([], None, "share")
    assert "not known yet" in said[0] and "None of its figures" in said[1]


def test_checks_are_counted_in_words() -> None:
    verdicts = [{"verdict": one} for one in ("pass", "pass", "skipped", "warn")]
    assert checks_words(verdicts) == "2 passed, 1 passed with a warning, 1 did not apply"
    assert checks_words([]) == "none is recorded"


def source(number: int, **changed: Any) -> dict[str, Any]:
    return {
        **{"feed": "f", "edition": "2025-03", "revision": 1, "sha256": f"{number:064}"},
        **{"file_name": f"{number}.csv", "container_name": "all.zip", "page": "https://a.example"},
        **{"url": None, "published_on": date(2025, 4, 1), "publisher": "P", "feed_title": "T"},
        "retrieved_at": datetime(2025, 4, 2),
        **changed,
    }


def background(files: list[dict[str, Any]]) -> KpiBackground:
    told = [{"verdict": "warn", "title": "All there", "message": "x" * 500}]
    told.append({"verdict": "pass", "title": "Readable", "message": ""})
    decided = [{"decision": "accept", "reason": "seen", "decided_at": datetime(2025, 4, 3)}]
    key = ("f", "2025-03")
    return KpiBackground({}, {}, {"k": files}, {}, {}, {}, {}, {key: told}, {key: decided})


def test_a_figure_is_explained_down_to_its_file() -> None:
    [file], more = figure_files("k", background([source(1)]))
    facts = dict(file.facts)
    assert more == 0 and file.name == "1.csv" and file.address == "https://a.example"
    assert facts["Fingerprint (SHA-256)"] == f"{1:064}" and facts["Packed in"] == "all.zip"
    assert facts["Publication"] == "T, edition 2025-03" and facts["Published"] == "1 Apr 2025"
    assert facts["Checks of the edition"] == "1 passed, 1 passed with a warning"
    assert file.problems[0].startswith("All there: xxx") and len(file.problems[0]) < 300
    assert file.decisions == ("accept on 3 Apr 2025: seen",)


def test_many_files_are_counted_and_odd_addresses_are_no_links() -> None:
    files = [source(number, url="javascript:alert(1)") for number in range(FILES_SHOWN + 3)]
    shown, more = figure_files("k", background(files))
    assert (len(shown), more) == (FILES_SHOWN, 3)
    assert {file.address for file in shown} == {None}


def test_figures_of_smaller_places_may_be_of_another_publication() -> None:
    titles = {"gp_appointments_practice": "By practice", "gp_appointments_sub_icb": "By sub-ICB"}
    said = ["Figures of practices and networks are from another publication: By practice."]
    assert other_publications("appointments_dna_share", "icb", titles) == said
    assert other_publications("appointments_dna_share", "icb", {}) == []
    assert other_publications("appointments_dna_share", "practice", titles) == []


def target(**changed: Any) -> dict[str, Any]:
    """A row of `kpi_target`."""
    return {
        **{"kpi_id": "appointments_within_two_weeks_acc08_share", "org_level": "pcn"},
        **{"org_code": None, "from_month": date(2023, 4, 1), "until_month": date(2024, 3, 1)},
        **{"value": 0.9, "set_by": "national", "source": "Of eight categories."},
        "reference": "https://a.example",
        **changed,
    }


def test_a_target_says_whose_it_is_and_how_it_is_meant() -> None:
    row, own = target(), target()["kpi_id"]
    beside = target_said(row, "appointments_within_two_weeks_share", HOME)
    assert beside.words == (
        '90.0%, national target of "Share within two weeks, ACC-08 categories", for networks in '
        "2023/24."
    )
    assert (beside.source, beside.address) == ("Of eight categories.", "https://a.example")
    assert target_said(row, own, HOME).words == (
        "90.0%, national target of this figure, for networks in 2023/24."
    )
    here = target(org_level="icb", org_code="QK1", set_by="local", until_month=None)
    said = target_said({**here, "reference": "javascript:alert(1)"}, own, HOME)
    assert said.words == "90.0%, local target of this figure, for LLR from April 2023 on."
    assert said.address is None


def test_a_share_of_many_says_its_two_numbers_and_the_others() -> None:
    kpi = {"unit": "share", "denominator": "appointments whose booking interval is known"}
    newest: dict[str, Any] = {"numerator": 541927.0, "denominator": 667887.0}
    assert counts_words(kpi, newest, "March 2025") == (
        "In numbers, March 2025: 541,927 of 667,887 (appointments whose booking interval is "
        "known); the other 125,960 (18.9%) are not among them."
    )
    for changed in ({"numerator": None}, {"numerator": 52.12}, {"denominator": 222.0}):
        assert counts_words(kpi, {**newest, **changed}, "March 2025") == ""
    assert counts_words({**kpi, "unit": "events"}, newest, "March 2025") == ""
    assert counts_words(kpi, None, "March 2025") == ""
