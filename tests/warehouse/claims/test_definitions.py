"""A claim that does not say its definition is judged by every one."""

from typing import Any

import pytest

from assets.feeds.gp_workforce.testing import NAMED, workforce_zip
from pipelines.cli.claims import read_claims
from tests.support import write
from tests.warehouse.support_mart import build
from warehouse.base.home import Home

DEFINITIONS = {
    "patients_per_gp_fte",
    "patients_per_gp_fte_all",
    "patients_per_gp_fte_without_locums",
    "patients_per_gp_fte_permanent",
}
HEADINGS = {"TOTAL_GP_FTE": 3, "TOTAL_GP_EXTG_FTE": 2, "TOTAL_GP_EXL_FTE": 2.5}


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Claims beside a city with 3,262 patients per permanent GP."""
    root = tmp_path_factory.mktemp("claims")
    row = {"TOTAL_PATIENTS": 3262, "TOTAL_GP_EXTGL_FTE": 1, **HEADINGS}
    december = workforce_zip(row, named=NAMED.replace("October 2025", "December 2024"))
    home = Home(root / "home")
    build(home, [write(root / "GPWPracticeCSV.122024.zip", december)])
    return {one["claim_id"]: one for one in read_claims(home) or []}


def test_each_definition_is_a_reading(claims: dict[str, dict[str, Any]]) -> None:
    claim = claims["minutes-2025-patients-per-gp-december"]
    found = {row["kpi_id"]: row["computed_value"] for row in claim["readings"] if row["is_latest"]}
    assert found.keys() == DEFINITIONS
    assert found["patients_per_gp_fte_permanent"] == 3262
    assert found["patients_per_gp_fte"] == 1631


def test_the_claim_is_confirmed_by_one_definition(claims: dict[str, dict[str, Any]]) -> None:
    claim = claims["minutes-2025-patients-per-gp-december"]
    assert claim["verdict"] == "confirmed"


def test_a_month_without_an_edition_is_not_computable(claims: dict[str, dict[str, Any]]) -> None:
    assert claims["minutes-2025-patients-per-gp-january"]["verdict"] == "not computable"
