"""The feed contracts: that the shipped ones hold, and that a broken one can't be loaded."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.shared import faults
from warehouse.base.text import fold, heading_key
from warehouse.base.yaml_files import read_yaml
from warehouse.contract.entries import NUMBERS
from warehouse.contract.model import (
    FEEDS_FOLDER,
    Contract,
    contracts,
    load_contract,
    reference_feeds,
)
from warehouse.contract.tidy_versions import tidy_version

FEEDS = sorted(path.parent.name for path in FEEDS_FOLDER.glob("*/contract.yaml"))


def minimal(**changes: Any) -> dict[str, Any]:
    """A sound contract of two columns, with changes."""
    count = {
        "published": ["N"],
        "type": "count",
        "unit": "things",
        "description": "How many things.",
    }
    code = {"published": ["CODE"], "type": "code", "description": "Code of a place."}
    licence = {"name": "OGL", "url": "https://example.org"}
    return {
        "feed": "toy",
        "title": "Toy",
        "description": "A toy feed.",
        "publisher": "Nobody",
        "licence": licence,
        "landing_page": "https://example.org",
        "cadence": {"frequency": "monthly", "release": "never"},
        "owner": "Tests",
        "grain": "one row per place",
        "caveats": [],
        "window_months": 1,
        "edition": {},
        "columns": {"code": code, "n": count},
        "key": ["code"],
        "reporting_unit": {"level": "sub_icb", "code": "code"},
        "measures": {"n": {"title": "N", "sum": "n", "unit": "events", "additive_over_time": True}},
    } | changes


def load(tmp_path: Path, raw: dict[str, Any], folder: str = "toy") -> Contract:
    path = tmp_path / folder / "contract.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(raw))
    return load_contract(path)


def with_column(name: str, **changes: Any) -> dict[str, Any]:
    raw = minimal()
    raw["columns"][name] = raw["columns"].get(name, {"description": "A further column."}) | changes
    return raw


def test_a_minimal_contract_is_valid(tmp_path: Path) -> None:
    assert load(tmp_path, minimal()).numbers == ["n"]


def test_every_feed_folder_has_a_valid_contract() -> None:
    assert sorted(contracts()) == FEEDS
    assert len(FEEDS) >= 6
    for feed, contract in contracts().items():
        assert contract.feed == feed == contract.folder.name


def test_every_column_is_described_and_every_count_has_a_unit() -> None:
    every = {
        f"{feed}.{name}": column
        for feed, contract in contracts().items()
        for name, column in contract.columns.items()
    }
    assert not faults(
        every,
        is_described=lambda column: len(column.description.split()) >= 3,
        ends_its_sentence=lambda column: column.description.endswith("."),
        numbers_have_units=lambda column: (column.unit is not None) == (column.type in NUMBERS),
        labels_are_listed=lambda column: (column.labels is not None) == (column.type == "label"),
        months_have_formats=lambda column: (
            bool(column.formats or column.spelled or column.financial_years)
            == (column.type in ("month", "date"))
        ),
    )


def _headings(contract: Contract) -> set[tuple[str, str]]:
    """Column and heading, folded, for every heading that the contract reads."""
    return {(n, heading_key(h)) for n, column in contract.columns.items() for h in column.published}


def test_no_heading_belongs_to_two_columns() -> None:
    assert not faults(
        contracts(),
        once=lambda one: max(Counter(heading for _, heading in _headings(one)).values()) == 1,
        known=lambda one: one.headings == {heading: name for name, heading in _headings(one)},
    )


def test_governance_can_read_what_it_needs() -> None:
    assert not faults(
        contracts(),
        licence=lambda one: one.licence.name and one.licence.url.startswith("https://"),
        landing_page=lambda one: one.landing_page.startswith("https://"),
        owner_grain_and_caveats=lambda one: one.owner and one.grain and one.caveats,
        measured_cells=lambda one: not one.measures or one.reporting_unit is not None,
    )


def test_feeds_come_after_those_they_are_judged_against() -> None:
    order = list(contracts())
    for feed, contract in contracts().items():
        for other in reference_feeds(contract):
            assert order.index(other) < order.index(feed)
    assert reference_feeds(contracts()["gp_appointments_practice"]) == [
        "gp_appointments_coverage",
        "gp_appointments_sub_icb",
    ]


@pytest.mark.parametrize("feed", FEEDS)
def test_label_spellings_are_never_ambiguous(feed: str) -> None:
    for family, labels in contracts()[feed].label_families.items():
        spellings = Counter(
            folded
            for label, others in labels.items()
            for folded in {fold(text) for text in (label, *(others or ()))}
        )
        assert max(spellings.values()) == 1, family


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (minimal(colour="red"), "colour"),
        (with_column("n", units="things"), "units"),
        (with_column("n", unit=None), "needs its unit"),
        (with_column("n", description="n"), "at least 10 characters"),
        (with_column("n", published=[]), "needs its headings"),
        (with_column("n", share=True), "are for decimals"),
        (with_column("n", made_of={"share": "n", "of": "n"}), "needs its headings"),
        (with_column("n", published=[], made_of={"share": "n", "of": "n"}), "is of a decimal"),
        (with_column("l", type="label", published=["L"]), "needs its label family"),
        (with_column("l", type="label", published=["L"], labels="moods"), "no such label family"),
        (with_column("m", type="month", published=["M"]), "needs its date formats"),
        (with_column("n", published=["code"]), "heading `code` belongs to code and to n"),
        (with_column("code", nullable=True), "`code` identifies measures"),
        (minimal(key=["kode"]), "`kode` is used but is not among the columns"),
        (minimal(month="month"), "`month` is used"),
        (minimal(feed="Toy Feed"), "string_pattern_mismatch|should match pattern"),
        (minimal(window_months=0), "greater than or equal to 1"),
        (minimal(repeated_keys="drop"), "'error' or 'sum'"),
        (with_column("d", type="date", published=["D"]), "a date column needs its date formats"),
        (with_column("n", position=2), "`position:` needs `fields:`"),
        (minimal(fields=3), "each column needs its own `position:`"),
        (with_column("n", position=4) | {"fields": 3}, "each column needs its own `position:`"),
        (minimal(organisations=[{"level": "icb", "code": "code", "since": "n"}]), "`n` is no date"),
        (
            minimal(organisations=[{"level": "icb", "code": "code", "until": "n"}]),
            "`until:` needs `since:`",
        ),
    ],
)
def test_a_broken_contract_is_refused_by_name(
    tmp_path: Path, raw: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said) as refusal:
        load(tmp_path, raw)
    assert str(tmp_path / "toy" / "contract.yaml") in str(refusal.value)


def test_a_measure_of_an_unknown_label_is_refused(tmp_path: Path) -> None:
    raw = with_column("status", type="label", published=["S"], labels="status")
    raw["label_families"] = {"status": {"Attended": None}}
    raw["measures"]["n"]["where"] = {"status": ["Attended", "Atended"]}
    with pytest.raises(ValueError, match=r"measure n: no such label \['Atended'\]"):
        load(tmp_path, raw)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"additive_over_time": True}, "decimals can't be added over months"),
        ({}, "decimals can't be added over months or counted"),
    ],
)
def test_decimals_are_stocks_of_open_publications(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    raw = with_column("n", type="decimal")
    raw["disclosure_control"] = not changes
    raw["measures"]["n"] |= {"additive_over_time": False} | changes
    with pytest.raises(ValueError, match=said):
        load(tmp_path, raw)


def test_a_measure_must_add_up_counts(tmp_path: Path) -> None:
    raw = minimal()
    raw["measures"]["n"]["sum"] = "code"
    with pytest.raises(ValueError, match="`code` is not a count"):
        load(tmp_path, raw)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reported_if": "absent", "unreported": "nothing was sent"}, "no such measure `absent`"),
        ({"reported_if": "m"}, "needs `unreported:`"),
        ({"largest": "n"}, "exactly one of"),
        ({"cumulative_from": 4}, "needs `unreported:`"),
        ({"cumulative_from": 4, "unreported": "no month before"}, "no measure has its rows"),
    ],
)
def test_a_measure_of_those_who_reported_says_who_did_and_why_others_did_not(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    raw = minimal()
    own = {"title": "M", "sum": "n", "unit": "events", "additive_over_time": True}
    raw["measures"] = {"m": own | changes}
    with pytest.raises(ValueError, match=said):
        load(tmp_path, raw)


def test_a_cumulative_figure_is_never_added_over_months(tmp_path: Path) -> None:
    raw = minimal()
    own = {"title": "M", "sum": "n", "unit": "events", "additive_over_time": True}
    month = own | {"cumulative_from": 4, "unreported": "no month before"}
    raw["measures"] = {"since": own, "month": month}
    with pytest.raises(ValueError, match="measure since is cumulative"):
        load(tmp_path, raw)
    raw["measures"] = {"since": own | {"additive_over_time": False}, "month": month}
    (folder := tmp_path / "sound").mkdir()
    assert load(folder, raw).measures["month"].may_lack_members


def test_labels_and_measures_of_an_unknown_feed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no_such_feed"):
        load(tmp_path, minimal(labels_and_measures_of="no_such_feed"))


def test_a_contract_in_the_wrong_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="`feed: toy` is not its folder's name"):
        load(tmp_path, minimal(), folder="other")


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text("columns:\n  n: 1\n  m: 2\n  n: 3\n")
    with pytest.raises(yaml.YAMLError, match="duplicate key `n`"):
        read_yaml(path)


def test_yaml_anchors_and_merges_still_work(tmp_path: Path) -> None:
    path = tmp_path / "merged.yaml"
    path.write_text("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n")
    assert read_yaml(path)["b"] == {"x": 1, "y": 3}


def feeds_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, feed: str, change: tuple[str, str]
) -> None:
    """Copy the feeds, with one text of one contract replaced, and look there from now on."""
    folder = tmp_path / "feeds"
    shutil.copytree(FEEDS_FOLDER, folder)
    path = folder / feed / "contract.yaml"
    before = path.read_text()
    assert change[0] in before
    path.write_text(before.replace(*change))
    monkeypatch.setattr("warehouse.contract.model.FEEDS_FOLDER", folder)


def test_circular_references_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    circle = "completeness:\n  expected_feed: gp_appointments_practice\nmeasures:"
    feeds_with(tmp_path, monkeypatch, "gp_appointments_coverage", ("\nmeasures:", f"\n{circle}"))
    with pytest.raises(ValueError, match="in a circle"):
        contracts.__wrapped__()


def test_a_reference_to_no_feed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = ("reconcile_feed: gp_appointments_sub_icb", "reconcile_feed: gp_appointment")
    feeds_with(tmp_path, monkeypatch, "gp_appointments_practice", change)
    with pytest.raises(ValueError, match="unknown feed `gp_appointment`"):
        contracts.__wrapped__()


def test_a_changed_contract_changes_the_version_of_its_feed_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {feed: tidy_version(feed) for feed in FEEDS}
    change = ("window_months: 30", "window_months: 31")
    feeds_with(tmp_path, monkeypatch, "gp_appointments_coverage", change)
    after = {feed: tidy_version.__wrapped__(feed) for feed in FEEDS}
    assert {feed for feed in FEEDS if before[feed] != after[feed]} == {"gp_appointments_coverage"}


@pytest.mark.parametrize("text", ["8  to 14 Days", "\ufeff8 TO 14  days", "  8 to\xa014 dAYS "])
def test_folding_forgets_case_spaces_and_bom(text: str) -> None:
    assert fold(text) == "8 to 14 days"
