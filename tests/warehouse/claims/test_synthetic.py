"""The shipped register against synthetic sample data: never judged, in the tables and in words."""

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.warehouse.support_mart import Mart
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.claims.register import published_claims
from warehouse.claims.verdicts import SYNTHETIC


def test_no_claim_is_judged_on_sample_data(
    sample_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart = Mart(sample_home.mart)
    rows = mart.rows(
        "SELECT verdict, computed_value, difference, note, synthetic, count(*) AS n FROM claim "
        "GROUP BY ALL"
    )
    assert rows == [
        {
            "verdict": "not computable",
            "computed_value": None,
            "difference": None,
            "note": SYNTHETIC,
            "synthetic": True,
            "n": len(published_claims("QK1")),
        }
    ]
    tried = mart.rows(
        "SELECT count(computed_value) AS n, bool_and(synthetic) AS s FROM claim_reading"
    )
    assert tried == [{"n": 0, "s": True}]
    monkeypatch.setenv(HOME_VARIABLE, str(sample_home.root))
    result = CliRunner().invoke(app, ["claims"])
    assert result.exit_code == 0 and "SYNTHETIC" in result.stderr
    assert "274,903" not in result.stdout and "not computable" in result.stdout
    assert "Verdict: confirmed" not in result.stdout and "differs" not in result.stdout
