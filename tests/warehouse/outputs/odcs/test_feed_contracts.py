"""Feeds' contracts in the Open Data Contract Standard, as its official model and schema have it."""

from functools import cache
from typing import Any

import polars as pl
from open_data_contract_standard.model import OpenDataContractStandard

from checks.check_register import check_table, checks_of
from tests.warehouse.outputs.odcs.standard import faults, loaded
from warehouse.contract.model import contracts
from warehouse.outputs.odcs.contract_parts import API_VERSION
from warehouse.outputs.odcs.feeds import feed_contract


@cache
def made(feed: str) -> OpenDataContractStandard:
    return feed_contract(contracts()[feed], check_table())


def read(feed: str) -> dict[str, Any]:
    return made(feed).model_dump(by_alias=True, exclude_none=True)


def properties(feed: str) -> dict[str, dict[str, Any]]:
    """Columns of the published table."""
    return {one["name"]: one for one in read(feed)["schema"][0]["properties"]}


def beside(one: dict[str, Any]) -> dict[str, Any]:
    return {fact["property"]: fact["value"] for fact in one.get("customProperties", [])}


def test_a_feeds_contract_is_valid_and_loads_back() -> None:
    for feed, contract in contracts().items():
        text = made(feed).to_yaml()
        back = loaded(text)
        assert back == made(feed) and back.apiVersion == API_VERSION
        assert faults(back) == []
        assert "&id" not in text, "tools differ in how they read anchors"
        published, *measured = back.schema_ or []
        assert [one.name for one in published.properties or []] == list(contract.columns)
        assert bool(measured) == bool(contract.measures)


def test_every_check_of_a_feed_is_a_quality_entry() -> None:
    for feed in contracts():
        entries = {one["id"]: one for one in read(feed)["schema"][0]["quality"]}
        checks = {check.rule: check for check in checks_of(feed)}
        assert set(entries) - {"key_once"} == set(checks) != set()
        for rule, check in checks.items():
            entry = entries[rule]
            assert entry["severity"] == {"ERROR": "error", "WARN": "warning"}[check.severity]
            assert entry["dimension"] == check.dimension.replace("validity", "conformity")
            assert beside(entry) == {"action": check.action, "owner": check.owner}
            assert entry["implementation"].get("threshold") == check.threshold, (feed, rule)


def test_columns_have_headings_keys_units_and_labels() -> None:
    feed = "gp_appointments_sub_icb"
    columns = properties(feed)
    area = columns["sub_icb_code"]
    assert area["physicalName"] == "SUB_ICB_LOCATION_CODE"
    assert beside(area)["publishedHeadings"] == ["SUB_ICB_LOCATION_CODE", "CCG_CODE"]
    assert (area["logicalType"], area["required"], area["primaryKeyPosition"]) == (
        "string",
        True,
        2,
    )
    assert columns["icb_name"]["required"] is False and "primaryKey" not in columns["icb_name"]
    assert beside(columns["appointments"])["unit"] == "appointments"
    [labels] = columns["appointment_status"]["quality"]
    assert labels["arguments"]["validValues"] == ["Attended", "DNA", "Unknown"]
    assert (labels["metric"], labels["mustBe"]) == ("invalidValues", 0)
    assert {one["classification"] for one in columns.values()} == {"public"}
    assert "key_once" not in {one["id"] for one in read(feed)["schema"][0]["quality"]}


def test_a_column_of_labels_lists_the_headings_of_the_older_shape() -> None:
    told = beside(properties("pharmacy_first")["service"])["headingsOfOlderShape"]
    wide = contracts()["pharmacy_first"].wide
    assert wide and told == {label: list(names) for label, names in wide.headings.items()}


def test_measures_name_their_sources() -> None:
    [_, measures] = read("gp_appointments_sub_icb")["schema"]
    made = {one["name"]: one for one in measures["properties"]}["appointments_dna"]
    feed = "gp_appointments_sub_icb"
    assert made["transformSourceObjects"] == [f"{feed}.appointments", f"{feed}.appointment_status"]
    assert made["transformDescription"] == (
        "Sum of appointments, of rows where appointment_status is DNA."
    )


def test_what_is_under_disclosure_control_is_restricted() -> None:
    told = read("pharmacy_first_referrals")
    assert {one["classification"] for table in told["schema"] for one in table["properties"]} == {
        "restricted"
    }
    assert "disclosure-control" in told["tags"] and "small numbers" in told["description"]["usage"]
    [once] = [one for one in told["schema"][0]["quality"] if one["id"] == "key_once"]
    assert once["arguments"]["properties"] == ["month", "practice_code", "channel"]


def test_a_contract_has_owner_pages_caveats_and_calendar() -> None:
    contract, told = contracts()["gp_appointments_sub_icb"], read("gp_appointments_sub_icb")
    assert told["team"]["name"] == told["support"][0]["channel"] == contract.owner
    assert [one["url"] for one in told["authoritativeDefinitions"]] == [
        contract.landing_page,
        contract.licence.url,
    ]
    assert all(one.text in told["description"]["limitations"] for one in contract.caveats)
    levels = {one["property"]: (one["value"], one.get("unit")) for one in told["slaProperties"]}
    assert levels == {
        "frequency": (1, "month"),
        "latency": (1, "month"),
        "retention": (30, "month"),
        "provisional": (1, "month"),
    }


def test_a_changed_contract_changes_the_file_and_its_version() -> None:
    contract, register = contracts()["nhs_app"], check_table()
    other = feed_contract(contract.model_copy(update={"owner": "Somebody else"}), register)
    assert feed_contract(contract, register).version == made("nhs_app").version != other.version
    checks = register.with_columns(title=pl.lit("Another title"))
    assert feed_contract(contract, checks).version not in (made("nhs_app").version, other.version)
