"""What meetings agreed, and whether what answers it is there: the commission's four items, and
those of returns."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.feeds.meeting_decisions.testing import build as returned
from tests.support import write, write_regional
from tests.warehouse.support_mart import Mart, build, retrieved
from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.kpi.catalogue import Kpi, catalogue
from warehouse.plan.decision_answers import ANSWER
from warehouse.plan.decision_status import Computed, with_missing
from warehouse.plan.decisions_agreed import known_tables, shipped_decisions
from warehouse.plan.why_none import NOT_AT_LEVEL, why_none


def test_the_commissions_four_items_are_answered_by_what_exists(llr: Mart) -> None:
    rows = llr.rows("SELECT * FROM plan.meeting_decision WHERE set_by = 'shipped'")
    assert [row["decision_id"] for row in rows] == ["LC-1", "LC-2", "LC-3", "LC-4"]
    tables = known_tables()
    for row in rows:
        assert row["answered_by"] and row["answer"]
        for name in row["answered_by"]:
            assert name in catalogue() or name in tables, name
            if name in tables:
                llr.rows(f"FROM {tables[name]} LIMIT 1")
        assert row["status"] != "answered" or row["not_published"] is row["missing"] is None
        assert (row["status"] == "open") == (row["answered_since"] is None)
        assert bool(row["not_published"]) == bool(row["why_not"])


def test_appointments_and_hubs_are_broken_down_as_far_as_is_published(llr: Mart) -> None:
    rows = llr.rows("SELECT * FROM plan.decision_answer WHERE decision_id = 'LC-3'")
    found = {(row["kpi_id"], row["org_level"]): row for row in rows}
    practices = found["appointments", "practice"]
    [counted] = llr.rows(
        """SELECT count(DISTINCT m.org_code) AS practices, max(m.month) AS newest
        FROM kpi_monthly AS m JOIN organisation AS o USING (organisation_key)
        WHERE m.kpi_id = 'appointments' AND m.org_level = 'practice' AND o.icb_code = 'QK1'
          AND m.value IS NOT NULL"""
    )
    assert practices["organisations"] == counted["practices"] > 0
    assert practices["newest_month"] == counted["newest"]
    assert practices["none_because"] is None
    hubs = found["enhanced_access_offered", "practice"]
    assert (hubs["organisations"], hubs["none_because"]) == (0, "Not published at this level.")
    hubs = found["enhanced_access_offered", "provider"]
    assert hubs["none_because"] == "A local return that is not imported: enhanced_access."
    assert found[None, None]["table_name"] == "plan.recording_accuracy"


def test_a_status_is_no_better_than_what_is_there(llr: Mart) -> None:
    rows = {row["decision_id"]: row for row in llr.rows("FROM plan.meeting_decision")}
    assert (rows["LC-1"]["status"], rows["LC-1"]["answered_since"]) == ("open", None)
    assert "figures of the report can't be computed" in rows["LC-1"]["missing"]
    [first] = llr.rows(
        "SELECT min(first_month) AS first FROM plan.decision_answer WHERE decision_id = 'LC-3'"
    )
    assert rows["LC-3"]["answered_since"] == first["first"] is not None
    assert "A local return that is not imported: enhanced_access." in rows["LC-3"]["missing"]


@pytest.mark.parametrize(
    ("computable", "status", "since"),
    [
        (0, "open", None),
        (4, "answered in part", date(2024, 10, 1)),
        (9, "answered", date(2024, 10, 1)),
    ],
)
def test_a_report_is_answered_as_far_as_its_figures_are_computed(
    computable: int, status: str, since: date | None
) -> None:
    others = {"Leicestershire County Council": Computed(50, 0, None)}
    claims = {"Leicester City Council": Computed(9, computable, since), **others}
    rows = with_missing(shipped_decisions("QK1"), pl.DataFrame(schema=ANSWER), claims)
    one = rows.row(by_predicate=pl.col("decision_id") == "LC-1", named=True)
    assert (one["status"], one["answered_since"]) == (status, since)
    told = None if computable == 9 else f"{9 - computable} of 9 figures of the report can't be"
    assert one["missing"] is None if told is None else one["missing"].startswith(told)


def test_what_disclosure_control_withholds_is_missing() -> None:
    """By ICB there are figures, so the item is answered in part: not by practice, and why."""
    of_kpi = {"icb_code": "QK1", "decision_id": "LC-2", "kpi_id": "nhs_app_logins"}
    of_kpi |= {"kpi_title": "Log-ins", "table_name": "kpi_monthly", "synthetic": False}
    month, withheld = date(2022, 9, 1), "Withheld by disclosure control: single practices are not."
    answers = pl.DataFrame(
        [
            of_kpi | {"org_level": "icb", "first_month": month, "organisations": 1},
            of_kpi | {"org_level": "practice", "none_because": withheld, "organisations": 0},
            of_kpi | {"org_level": "provider", "none_because": NOT_AT_LEVEL, "organisations": 0},
        ],
        schema=ANSWER,
    )
    rows = with_missing(shipped_decisions("QK1"), answers, {})
    one = rows.row(by_predicate=pl.col("decision_id") == "LC-2", named=True)
    assert one["missing"] == f"By practice no figure of Log-ins: {withheld}"
    assert (one["status"], one["answered_since"]) == ("answered in part", month)


def test_what_nothing_answers_is_open(home: Home, tmp_path: Path) -> None:
    mart = build(home, [write_regional(tmp_path / "oct.csv")])
    rows = {row["decision_id"]: row for row in mart.rows("FROM plan.meeting_decision")}
    assert (rows["LC-4"]["status"], rows["LC-4"]["answered_since"]) == ("open", None)
    assert "A publication that is not imported: pcn_workforce" in rows["LC-4"]["missing"]


def test_the_app_is_not_published_by_practice_and_why_is_said(llr: Mart) -> None:
    rows = llr.rows(
        "SELECT none_because FROM plan.decision_answer WHERE decision_id = 'LC-2' "
        "AND kpi_id = 'nhs_app_logins' AND org_level = 'practice'"
    )
    assert [row["none_because"] for row in rows] == ["Not published at this level."]


def test_a_returned_decision_goes_before_a_shipped_one_and_a_later_return_before_it(
    home: Home, tmp_path: Path
) -> None:
    first = returned({"Decision id": "LC-2", "Status": "open", "Answered since": ""}, {})
    second = returned({"Decision id": "lc - 2", "Month": "2025-11"})
    files = [
        write_regional(tmp_path / "oct.csv"),
        retrieved(write(tmp_path / "1.csv", first), "2025-10-20"),
        retrieved(write(tmp_path / "2.csv", second), "2025-11-20"),
    ]
    mart = build(home, files)
    rows = {row["decision_id"]: row for row in mart.rows("SELECT * FROM plan.meeting_decision")}
    assert sorted(rows) == ["D-1", "LC-1", "LC-2", "LC-3", "LC-4"]
    assert (rows["LC-2"]["set_by"], rows["LC-2"]["status"]) == ("returned", "answered")
    assert rows["LC-2"]["answered_since"] == date(2025, 10, 1)
    assert rows["LC-2"]["answered_by"] == ["appointments_dna_share", "kpi_monthly"]
    answers = mart.rows("SELECT * FROM plan.decision_answer WHERE decision_id = 'LC-2'")
    assert {row["kpi_id"] for row in answers} == {"appointments_dna_share", None}


@pytest.mark.parametrize(("icb", "number"), [("QK1", 4), ("QNC", 0)])
def test_only_the_places_own_decisions_are_shipped(icb: str, number: int) -> None:
    assert shipped_decisions(icb).height == number


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("suppressed", "Suppressed by disclosure control: counts from 1 to 4, or what would"),
        ("incomplete", "Incomplete: the return lacks organisations"),
        ("not_available", "Imported, with no figure at this level."),
    ],
)
def test_why_a_place_has_no_figure_follows_from_its_status(
    home: Home, status: str, told: str
) -> None:
    kpi = catalogue()["nhs_app_practice_logins"]
    words = why_none(home, returned_for(kpi), {(kpi.kpi_id, "sub_icb"): {status}})
    assert words(kpi, "sub_icb").startswith(told)


def test_networks_of_a_return_by_practice_are_never_published(home: Home) -> None:
    kpi = catalogue()["nhs_app_practice_logins"]
    words = why_none(home, returned_for(kpi), {})
    assert words(kpi, "pcn").startswith(
        "Withheld by disclosure control: networks cross the borders"
    )
    assert words(kpi, "practice").startswith("Withheld by disclosure control: single practices")
    paid = catalogue()["funding_networks_total"]
    told = why_none(home, returned_for(paid), {})(paid, "pcn")
    assert told == "Imported, with no figure at this level.", "it is paid to networks themselves"


def returned_for(kpi: Kpi) -> list[EditionFile]:
    """A file of each feed of a KPI."""
    feeds = {feed for one in kpi.sources for feed in one.feeds if feed}
    return [EditionFile(SourceFile.model_construct(feed=feed), 1, 0) for feed in sorted(feeds)]
