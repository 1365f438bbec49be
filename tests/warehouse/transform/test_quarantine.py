"""Rows kept out are judged again when the contract that kept them out changes."""

import pytest

from assets.ingest import pending_editions
from pipelines.cli.status_facts import quarantined
from tests.checks.support_checks import brought, judged
from tests.support import regional
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.transform import lake
from warehouse.transform.lake import lake_paths

FEED, OCT = "gp_appointments_sub_icb", "2025-10"


def test_a_changed_contract_lets_rows_in_that_it_kept_out(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    [file] = brought(home, regional({}, {"SUB_ICB_LOCATION_CODE": "04C/1"}))
    judged(home, FEED)
    assert quarantined(home, [file]) == {"code_pattern": 1}
    assert pending_editions(home, FEED) == []

    contract = contracts()[FEED]
    column = contract.columns["sub_icb_code"].model_copy(update={"pattern": None})
    columns = {**contract.columns, "sub_icb_code": column}
    monkeypatch.setitem(contracts(), FEED, contract.model_copy(update={"columns": columns}))
    monkeypatch.setattr(lake, "tidy_version", lambda feed: f"new-{feed}")
    assert pending_editions(home, FEED) == [OCT]
    judged(home, FEED)
    assert quarantined(home, [file]) == {}
    assert not lake_paths(home, file).quarantine.exists()
