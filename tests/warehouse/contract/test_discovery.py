"""Where feeds are published: names and months, hosts, and what a contract may not say."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from warehouse.contract import model as contract_module
from warehouse.contract.discovery import Ckan, Discovery, Pattern, Publication, at_hosts
from warehouse.contract.edition_rule import EditionRule
from warehouse.contract.model import contracts
from warehouse.contract.names_of_editions import compiled, edition_of, editions_in
from warehouse.contract.tidy_versions import tidy_version
from warehouse.intake.edition import month_in_name

SITE = "https://example.org"
SERIES = f"{SITE}/statistics"
DATA_SET = {
    "kind": "ckan",
    "portal": "https://data.example.org",
    "dataset": "a",
    "label": "a",
    "patterns": ["{edition}"],
}
# Exports that a person makes, or files that a site gives on choosing: no page has a link to them.
MADE_ON_REQUEST = {"deprivation", "gp_patient_survey"}
FILES = [{"label": "a file", "patterns": [r"\.zip$"]}]


def test_published_feeds_have_a_discovery_and_local_returns_have_none() -> None:
    for feed, contract in contracts().items():
        asked = contract.disclosure_control or contract.local_return or feed in MADE_ON_REQUEST
        assert (contract.discovery is not None) == (not asked), feed
    mapping = contracts()["gp_appointments_mapping"].discovery
    assert mapping and mapping.comes_with == "gp_appointments_practice"


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("Practice_Level_Crosstab_Nov_25.zip", "2025-11"),
        ("Appointments_GP_Daily_Oct21.zip", "2021-10"),
        ("NHS App Management Information Statistics - August 2025.xlsx", "2025-08"),
        ("november-2025", "2025-11"),
        ("Dispensing Data Sept 24 - CSV", "2024-09"),
        ("dispensing_data_202504.csv", "2025-04"),
        ("gp-reg-pat-prac-map-03-2026.csv", "2026-03"),
        ("lists 2025-11", "2025-11"),
    ],
)
def test_a_month_is_read_in_every_form_that_publishers_write(text: str, edition: str) -> None:
    assert list(editions_in(text)) == [edition]
    found = compiled("{edition}").search(text)
    assert found and edition_of(found) == edition


@pytest.mark.parametrize("text", ["market 25", "2023-24", "Summer 2025", "0012025", "Mapping.csv"])
def test_what_is_no_month_is_read_as_none(text: str) -> None:
    assert not list(editions_in(text))


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("consol_pharmacy_list_202324q3.csv", "2023-12"),
        ("consol_pharmacy_list_202324q4.csv", "2024-03"),
        ("CONSOL_PHARMACY_LIST_202526Q1FINAL", "2025-06"),
        ("consol_pharmacy_list_202606q1.csv", "2026-06"),
        ("consol_pharmacy_list_202703q4.csv", "2027-03"),
    ],
)
def test_a_quarter_is_its_last_month_for_finding_and_for_importing(name: str, edition: str) -> None:
    found = compiled("{quarter}").search(name)
    assert found and edition_of(found) == edition
    assert f"{month_in_name(contracts()['pharmacy_list'], name):%Y-%m}" == edition


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("IIF_indicators_annual_pub_2023_24.csv", "2024-03"),
        ("figures 2023-24.csv", "2024-03"),
        ("figures_202324_v2.csv", "2024-03"),
        ("figures 2023/2024.csv", "2024-03"),
    ],
)
def test_a_financial_year_is_its_last_month(name: str, edition: str) -> None:
    found = compiled("{financial_year}").search(name)
    assert found and edition_of(found) == edition
    rule = EditionRule(file_name=(r"(?P<financial_year>20\d\d)[^0-9]?(?:20)?\d\d(?!\d)",))
    contract = contracts()["pharmacy_list"].model_copy(update={"edition": rule})
    assert f"{month_in_name(contract, name):%Y-%m}" == edition


def test_a_page_is_named_by_its_financial_year() -> None:
    source = Publication(
        kind="publication",
        series=f"{SERIES}/a-series",
        pages=("{financial_year}-figures",),
        files=FILES,  # type: ignore[arg-type]
    )
    assert source.addresses("2024-03") == (f"{SERIES}/a-series/2023-24-figures",)
    assert source.addresses("2000-01") == (f"{SERIES}/a-series/1999-00-figures",)


def test_pages_are_named_in_words_of_the_edition_in_their_order() -> None:
    source = Publication(
        kind="publication",
        series=f"{SERIES}/a-series",
        pages=("{month}-{year}", "{mon}-{yy}", "series-{mm}-{year}"),
        files=FILES,  # type: ignore[arg-type]
    )
    base = f"{SERIES}/a-series"
    assert source.addresses("2025-09") == (
        f"{base}/september-2025",
        f"{base}/sep-25",
        f"{base}/series-09-2025",
    )


def test_sources_are_used_in_order_and_for_their_editions_only() -> None:
    discovery = contracts()["pharmacy_first"].discovery
    assert discovery
    asked = ("2024-11", "2025-04", "2025-07")
    kinds = {one: [source.kind for source in discovery.sources_of(one)] for one in asked}
    assert kinds == {
        "2024-11": ["listing", "ckan"],
        "2025-04": ["ckan", "listing"],
        "2025-07": ["ckan"],
    }


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://files.digital.nhs.uk/AB/123456/a.zip", True),
        ("https://files.digital.nhs.uk.evil.example/a.zip", False),
        ("https://evil.example/files.digital.nhs.uk/a.zip", False),
        ("https://files.digital.nhs.uk@evil.example/a.zip", False),
        ("https://bucket.example/ours/a.zip", True),
        ("https://bucket.example/ours-not/a.zip", False),
        ("https://bucket.example/ours/../a.zip", False),
        ("ftp://files.digital.nhs.uk/a.zip", False),
    ],
)
def test_links_may_lead_to_the_hosts_that_are_named_and_nowhere_else(url: str, may: bool) -> None:
    assert at_hosts(url, ("files.digital.nhs.uk", "bucket.example/ours")) is may


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "either `sources:` or `with:`"),
        (
            {
                "with": "nhs_app",
                "sources": [{"kind": "report", "service": SITE, "report": "epraccur"}],
            },
            "either `sources:` or `with:`",
        ),
        ({"sources": [{"kind": "gopher"}]}, "gopher"),
        (
            {
                "sources": [
                    {"kind": "publication", "series": SERIES, "pages": ["latest"], "files": FILES}
                ]
            },
            "page `latest`",
        ),
        (
            {"sources": [DATA_SET | {"patterns": [r"\.csv$"]}]},
            "a pattern for a list needs",
        ),
    ],
)
def test_an_incomplete_discovery_is_refused(said: object, message: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)):
        Discovery.model_validate(said)


@pytest.mark.parametrize("said", ["(", {}, {"name": "{edition}{edition}"}])
def test_a_pattern_that_can_not_be_searched_for_is_refused(said: object) -> None:
    with pytest.raises(ValidationError):
        Pattern.model_validate(said)


def test_hosts_are_those_of_all_sources() -> None:
    report = {"kind": "report", "service": SITE, "report": "epraccur"}
    discovery = Discovery.model_validate({"sources": [report, DATA_SET | {"hosts": ["b"]}]})
    assert discovery.hosts_of("2025-11") == ("b", "data.example.org", "example.org")
    assert isinstance(discovery.sources[1], Ckan) and discovery.looked_up


@pytest.fixture
def copied_feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The contracts in a folder of their own, where a test may change them."""
    for path in contract_module.FEEDS_FOLDER.glob("*/*.*"):
        copy = tmp_path / path.parent.name / path.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(contract_module, "FEEDS_FOLDER", tmp_path)
    return tmp_path


def _change(feeds: Path, feed: str, old: str, new: str) -> None:
    path = feeds / feed / "contract.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_change_of_discovery_does_not_change_the_version(copied_feeds: Path) -> None:
    before = {feed: tidy_version.__wrapped__(feed) for feed in ("nhs_app", "registered_patients")}
    _change(copied_feeds, "nhs_app", "series: https://", "series: https://www.")
    _change(copied_feeds, "nhs_app", "  due: {months_after: 1", "  due: {months_after: 2")
    path = copied_feeds / "registered_patients" / "contract.yaml"
    before_it, _, rest = path.read_text(encoding="utf-8").partition("discovery:")
    path.write_text(f"{before_it}owner:{rest.partition('owner:')[2]}", encoding="utf-8")
    assert contract_module.load_contract(path).discovery is None
    assert before == {feed: tidy_version.__wrapped__(feed) for feed in before}


@pytest.mark.parametrize("other", ["nhs_app_practice", "gp_appointments_mapping", "no_feed"])
def test_a_feed_comes_with_one_that_is_looked_for(copied_feeds: Path, other: str) -> None:
    carried = "gp_appointments_mapping"
    _change(copied_feeds, carried, "with: gp_appointments_practice", f"with: {other}")
    with pytest.raises(ValueError, match=f"gp_appointments_mapping: `with: {other}`"):
        contracts.__wrapped__()
