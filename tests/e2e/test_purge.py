"""Purging after a whole refresh: not a byte of the file is left under the home."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from pipelines.operations.last_refresh import remember
from pipelines.operations.purge import purge
from pipelines.operations.refresh import refresh
from tests.support import regional, write
from warehouse.archive.source_files import Archive
from warehouse.archive.tombstones import tombstones
from warehouse.base.home import Home

MARKER = "JOHNSMITH"
FEED = "gp_appointments_sub_icb"
OCT, NOV = ({"APPOINTMENT_MONTH": f"{month}2025"} for month in ("OCT", "NOV"))
# The marker as a label that is refused, a name that is taken, and a heading nobody knows.
BAD = regional({**OCT, "SUB_ICB_LOCATION_NAME": MARKER}, {**OCT, "HCP_TYPE": MARKER}).replace(
    b"COUNT_OF_APPOINTMENTS", f"COUNT_OF_APPOINTMENTS,{MARKER}".encode()
)


def say(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def traces(home: Home) -> list[str]:
    """Files under the home that contain the marker: in their name, their bytes or, for Parquet,
    their cells."""
    pattern = re.compile(MARKER.encode(), re.IGNORECASE)
    found = []
    for path in sorted(p for p in home.root.rglob("*") if p.is_file()):
        told = path.read_bytes() + path.name.encode()
        if path.suffix == ".parquet":
            told += pl.read_parquet(path).write_ndjson().encode()
        elif path.suffix == ".db":
            with closing(sqlite3.connect(path)) as db:
                told += "\n".join(db.iterdump()).encode()
        elif path == home.mart:
            told += dump(path)
        if pattern.search(told):
            found.append(path.relative_to(home.root).as_posix())
    return found


def dump(mart: Path) -> bytes:
    with duckdb.connect(str(mart), read_only=True) as db:
        tables = db.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal"
        ).fetchall()
        return "\n".join(str(db.execute(f"FROM {t}").fetchall()) for (t,) in tables).encode()


@pytest.mark.acceptance
def test_not_a_byte_is_left_whenever_it_was_killed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENLINEAGE_DISABLED")
    write(home.landing / f"{MARKER}.csv", BAD)
    write(home.landing / "november.csv", regional(NOV))
    refresh(home)
    [bad] = [file for file in Archive(home).files() if file.edition == "2025-10"]
    write(home.landing / "again.csv", BAD)
    stale = write(home.archive / "objects" / f"{bad.sha256}.12345678.part", BAD)
    remember(home, [f"found {MARKER}, expected GP"], [], published=True)
    for site in ("data-docs", "data-docs.new"):  # one that was built, and one of a killed build
        write(home.root / site / "index.html", MARKER.encode())
    before = traces(home)
    for place in ("archive/objects", "archive/records", "archive/checks", "lake/tidy", "landing",
                  "quarantine", "lake/organisations", "mart", "lineage",
                  "dagster/history/runs", "state", "data-docs", "data-docs.new"):  # fmt: skip
        assert any(path.startswith(place) for path in before), f"{place} never had it"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Archive, "forget", killed)
        with pytest.raises(KeyboardInterrupt):
            purge(home, [bad.sha256[:8]], "a name", "A. Person", lambda _: True)
    assert [one.erased_at for one in tombstones(home)] == [None]
    done = say("purge", bad.sha256, "--reason", "a name", "--by", "A. Person", "--yes")
    assert done.exit_code == 0, done.output
    assert "Not erased: backups" in done.stderr
    assert traces(home) == [] and not stale.exists()
    [stone] = tombstones(home)
    assert (stone.feed, stone.edition, stone.rows) == (FEED, "2025-10", 2)
    assert stone.erased_at is not None
    with duckdb.connect(str(home.mart), read_only=True) as db:
        assert db.execute("SELECT DISTINCT edition FROM kpi_monthly").fetchall() == [("2025-11",)]
        kept = db.execute(
            "SELECT count(*) FROM governance.check_result WHERE edition = '2025-10'"
        ).fetchone()
    assert kept and kept[0] > 0, "verdicts stay"
    again = say("purge", bad.sha256, "--reason", "to be sure", "--yes")
    assert again.exit_code == 0 and "has no data from it" in again.stdout
    assert (home.pages / "scorecard.html").exists(), "the mart stays, and so do its pages"
    status = say("refresh")
    assert status.exit_code == 0 and "Nothing new since" in status.stdout
