"""Tools of others on a mart, as docs/connecting.md tells: dbt's own run over the exported sources,
and a page of Datasette. Each is in an environment of its own, which `make acceptance` makes."""

import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.warehouse.support_mart import Mart
from warehouse.base.home import Home
from warehouse.mart.primary_keys import PRIMARY_KEYS
from warehouse.outputs.export import DBT, export_tables

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "connecting.md").read_text(encoding="utf-8")


def tool(name: str) -> Path:
    """A program in its own environment; skips without it."""
    path = ROOT / ".venv" / name / "bin" / name
    if not path.exists():
        pytest.skip(f"needs {path}: `make acceptance` installs it")
    return path


def example(name: str) -> str:
    """A file that the page shows, under a comment with its name."""
    [text] = re.findall(rf"^```\w+\n(?:#|--) {re.escape(name)}\n(.*?)^```", GUIDE, re.M | re.S)
    return str(text)


def test_sources_name_every_table_and_column_and_test_keys(
    llr: Mart, llr_home: Home, tmp_path: Path
) -> None:
    [written] = export_tables(llr_home, "dbt", tmp_path)
    assert written.name == DBT
    sources = yaml.safe_load(written.read_text(encoding="utf-8"))["sources"]
    assert [(source["name"], source["database"], source["schema"]) for source in sources] == [
        ("access_recovery", "access_recovery", "main"),
        ("access_recovery_plan", "access_recovery", "plan"),
    ]
    told = {
        (source["schema"], table["name"], column["name"]): column
        for source in sources
        for table in source["tables"]
        for column in table["columns"]
    }
    own = llr.rows(
        """SELECT schema_name, table_name, column_name FROM duckdb_columns()
        WHERE database_name = 'mart' AND schema_name IN ('main', 'plan') AND NOT internal"""
    )
    assert set(told) == {tuple(row.values()) for row in own}
    tested = {
        (table if schema == "main" else f"{schema}.{table}", column)
        for (schema, table, column), about in told.items()
        if about.get("data_tests") == ["not_null", "unique"]
    }
    assert tested == {(table, key[0]) for table, key in PRIMARY_KEYS.items() if len(key) == 1}
    assert all(about["description"] for about in told.values())


@pytest.mark.acceptance
def test_dbt_builds_on_the_exported_sources(llr_home: Home, tmp_path: Path) -> None:
    dbt = tool("dbt")
    export_tables(llr_home, "dbt", tmp_path / "models")
    for name in ("dbt_project.yml", "profiles.yml", "models/appointments_by_place.sql"):
        text = example(name).replace(
            "/srv/access-recovery/mart/access_recovery.duckdb", str(llr_home.mart)
        )
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [dbt, "build", "--profiles-dir", ".", "--no-use-colors"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DO_NOT_TRACK": "1"},
    )
    assert done.returncode == 0 and "ERROR=0" in done.stdout, done.stdout + done.stderr


@pytest.mark.acceptance
def test_datasette_shows_names_in_place_of_keys(llr_home: Home, tmp_path: Path) -> None:
    datasette = tool("datasette")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    target, about = export_tables(llr_home, "sqlite", tmp_path)
    served = subprocess.Popen(
        [datasette, target, "-m", about, "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        page = fetched(f"http://127.0.0.1:{port}/{target.stem}/kpi_monthly?_size=5")
    finally:
        served.terminate()
        served.wait()
    assert "One row per month, organisation and KPI" in page
    assert re.search(r'<a href="[^"]*/organisation/[^"]*">[^<:]+</a>', page), "a short name"
    assert re.search(r'<a href="[^"]*/kpi/[^"]*">[A-Z][^<]+</a>', page), "a title"


def fetched(address: str) -> str:
    """A page, once the server answers."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            time.sleep(0.3)
    raise AssertionError(f"{address} does not answer")
