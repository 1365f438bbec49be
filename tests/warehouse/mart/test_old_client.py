"""Analysts' DuckDB clients, of 2024 and since, open the mart read-only, read all of it and call its
macros."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warehouse.support_mart import Mart

VENV = Path(__file__).resolve().parents[3] / ".venv"
OLDEST, CLIENTS = VENV / "old-duckdb", VENV / "duckdb-clients"
CALLS = (
    "kpi_as_known_on(DATE '2099-01-01')",
    "kpi_as_first_reported()",
    "caveats_of('appointments', 'icb', 'QK1', DATE '2025-10-01')",
    "explain('appointments', 'QK1', DATE '2025-10-01')",
    "explain('appointments', 'QK1', 'newest')",
    "explain('appointments', 'QK1', DATE '2025-10-01', as_of := '2025-10')",
    "explain('it''s none', 'QK1', DATE '2025-10-01')",
    "figures_affected('gp_appointments_sub_icb', '2025-10')",
    "figures_resting_on('gp_appointments_sub_icb', '2025-10')",
    "lineage_of('kpi_monthly', 'value', of_kpi := 'appointments')",
    "practices_in('04C', '2025-10')",
)
EMPTY = "explain('it''s none', 'QK1', DATE '2025-10-01')", "practices_in('04C', '2025-10')"
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
    "wide": one("SELECT appointments FROM appointments_monthly "
                "WHERE organisation_key = 'icb:QK1' AND month = DATE '2025-10-01'"),
    "macros": {call: one(f"SELECT count(*) FROM {call}") for call in json.loads(sys.argv[2])},
    "silent": one("SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"),
}))
"""


def asked(folder: Path, mart: Mart) -> dict[str, object]:
    """What the client in this folder says of the mart."""
    if not folder.is_dir():
        pytest.skip(f"needs the client in {folder}: `make test` and `make acceptance` install it")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(mart.path), json.dumps(CALLS)],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # On a slow machine old clients show progress on the same stream.
    [line] = [line for line in done.stdout.splitlines() if line.startswith("{")]
    answer: dict[str, object] = json.loads(line)
    return answer


@pytest.fixture(scope="module")
def told(llr: Mart) -> dict[str, object]:
    return asked(OLDEST, llr)


@pytest.fixture(scope="module")
def expected(llr: Mart) -> dict[str, int]:
    """Rows that each macro has today."""
    return {call: llr.rows(f"SELECT count(*) AS n FROM {call}")[0]["n"] for call in CALLS}


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


def test_old_client_calls_the_macros(told: dict[str, object], expected: dict[str, int]) -> None:
    assert told["macros"] == expected
    assert {call for call, rows in expected.items() if not rows} == set(EMPTY)


@pytest.mark.parametrize(
    "version",
    [
        "1.4.1",
        *(
            pytest.param(version, marks=pytest.mark.acceptance)
            for version in ("1.2.2", "1.3.2", "1.4.0", "1.4.5", "1.5.6")
        ),
    ],
)
def test_newer_client_reads_and_calls_all_of_it(
    version: str, told: dict[str, object], llr: Mart
) -> None:
    assert asked(CLIENTS / version, llr) == {**told, "version": version}
