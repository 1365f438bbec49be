"""An analyst's DuckDB client of 2024 opens the mart read-only and reads all of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warehouse.support_mart import Mart

OLD = Path(__file__).resolve().parents[3] / ".venv" / "old-duckdb"
SCRIPT = """
import json, sys, duckdb
db = duckdb.connect(sys.argv[1], read_only=True)
def one(sql):
    return db.execute(sql).fetchone()[0]
tables = db.execute(
    "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
views = db.execute(
    "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal").fetchall()
print(json.dumps({
    "version": duckdb.__version__,
    "rows": {name: one(f"SELECT count(*) FROM {name}") for (name,) in tables + views},
    "value": one("SELECT value FROM kpi_monthly WHERE kpi_id = 'appointments' "
                 "AND org_level = 'icb' AND org_code = 'QK1' AND month = DATE '2025-10-01'"),
    "wide": one("SELECT appointments FROM appointments_monthly WHERE org_level = 'icb' "
                "AND org_code = 'QK1' AND month = DATE '2025-10-01'"),
    "macros": [
        one("SELECT count(*) FROM kpi_as_known_on(DATE '2099-01-01')"),
        one("SELECT count(*) FROM kpi_as_first_reported()"),
        one("SELECT count(*) FROM caveats_of('appointments', 'icb', 'QK1', DATE '2025-10-01')"),
        one("SELECT count(*) FROM explain('appointments', 'QK1', DATE '2025-10-01')"),
        one("SELECT count(*) FROM lineage_of('kpi_monthly', 'value', of_kpi := 'appointments')"),
    ],
    "silent": one("SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"),
}))
"""


@pytest.fixture(scope="module")
def told(llr: Mart) -> dict[str, object]:
    if not OLD.is_dir():
        pytest.skip(f"needs the old client in {OLD}: `make test` installs it")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(llr.path)],
        env={**os.environ, "PYTHONPATH": str(OLD)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_client_is_the_old_one(told: dict[str, object]) -> None:
    assert told["version"] == "1.1.3"


def test_old_client_reads_every_table_and_view(told: dict[str, object], llr: Mart) -> None:
    rows = told["rows"]
    assert isinstance(rows, dict)
    expected = {name: llr.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in rows}
    assert rows == expected
    assert {"main.kpi_monthly", "main.appointments_monthly", "governance.check_result"} <= set(rows)


def test_old_client_reads_the_same_figures_and_comments(told: dict[str, object]) -> None:
    assert (told["value"], told["wide"], told["silent"]) == (62, 62, 0)


def test_old_client_calls_the_macros(told: dict[str, object], llr: Mart) -> None:
    calls = (
        "kpi_as_known_on(DATE '2099-01-01')",
        "kpi_as_first_reported()",
        "caveats_of('appointments', 'icb', 'QK1', DATE '2025-10-01')",
        "explain('appointments', 'QK1', DATE '2025-10-01')",
        "lineage_of('kpi_monthly', 'value', of_kpi := 'appointments')",
    )
    expected = [llr.rows(f"SELECT count(*) AS n FROM {call}")[0]["n"] for call in calls]
    assert told["macros"] == expected
    assert min(expected) > 0
