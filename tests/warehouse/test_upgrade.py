"""A home made by the release before opens, refreshes, and has the same content."""

import json
import shutil
import tarfile
from pathlib import Path

import duckdb
import pytest

from assets.ingest import take_in
from pipelines.operations.refresh import plan
from tests.warehouse.support_mart import RUN
from warehouse.archive.decisions import decisions
from warehouse.archive.snapshot import one_snapshot
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.sql import attach
from warehouse.editions.status import status_of
from warehouse.fetch.lookups import Lookup, lookups, newest_lookups, note
from warehouse.mart.governance import read_publications
from warehouse.publication import content
from warehouse.publication.build import build_mart
from warehouse.publication.publish import publish
from warehouse.store import Store

DATA = Path(__file__).parents[1] / "data"
JOURNALS = {"looks": 3, "publications": 3}
# What figures are and where they came from. The rest also quotes names and titles of the program.
FIGURES = (
    "governance.figure_lost",
    "governance.figure_member",
    "governance.figure_source",
    "governance.held_month",
    "governance.quarantine",
    "main.calendar_month",
)
# Tables that have changed since, by their columns of then: those of the first two no longer have a
# special service too small to be shown alone. Without columns that quote the program, or tell since
# when a file is known, which follows the release calendar now.
SINCE = {
    "kpi_vintage": {"Z10030"},
    "kpi_monthly": {"Z10030"},
    "organisation": set(),
    "kpi_provisional": set(),
    "kpi_revision": set(),
    "governance.source_file": set(),
}
LEFT_OUT = ("status_reason", "rule", "known_from", "known_until")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    with tarfile.open(DATA / "home_before.tar.xz") as packed:
        packed.extractall(tmp_path / "home", filter="data")
    return Home(tmp_path / "home")


def changed(before: Path, after: Path) -> dict[str, set[str]]:
    """Table -> the organisations, KPIs or feeds of rows that the later mart does not have. It may
    have more: KPIs that came since."""
    found = {}
    with duckdb.connect() as db:
        for name, path in (("old", before), ("new", after)):
            attach(db, path, name)
        for table in SINCE:
            described = db.execute(f"DESCRIBE old.{table}").fetchall()
            columns = ", ".join(name for name, *_ in described if name not in LEFT_OUT)
            names = [name for name, *_ in described]
            whose = next(one for one in ("org_code", "kpi_id", "feed") if one in names)
            old, new = (f"SELECT {columns} FROM {mart}.{table}" for mart in ("old", "new"))
            rows = db.execute(f"SELECT DISTINCT {whose} FROM ({old} EXCEPT ALL {new})").fetchall()
            found[table] = {code for (code,) in rows}
    return found


def told(home: Home) -> dict[str, list[str]]:
    """The entries of the journals."""
    return {
        "looks": [f"{one.at:%d} {one.feed} {one.edition} {one.verdict}" for one in lookups(home)],
        "publications": read_publications(home)["run_id"].to_list(),
    }


def test_an_old_home_opens_with_the_same_content(home: Home) -> None:
    assert len(Archive(home).active_files()) == 17
    assert status_of(home, "pharmacy_list", "2024-12").verdict == "held"
    assert [one.decision for one in decisions(home)] == ["hold", "withdraw", "restore"]
    lines = (home.archive / "publications.jsonl").read_text(encoding="utf-8").splitlines()
    assert told(home) == {
        "looks": [
            "24 nhs_app 2025-04 not yet",
            "24 pharmacy_list 2025-06 unreachable",
            "25 nhs_app 2025-04 not found",
        ],
        "publications": [json.loads(line)["run_id"] for line in lines],
    }
    assert newest_lookups(home)[("nhs_app", "2025-04")].verdict == "not found"
    recorded = json.loads((DATA / "home_before.json").read_text(encoding="utf-8"))
    found = content.mart_content(home.mart)
    assert {table: [one.rows, one.content] for table, one in found.items()} == recorded


@pytest.mark.acceptance
def test_it_refreshes_to_the_same_figures_though_its_upgrade_is_killed_half_way(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, old = told(home), shutil.copy(home.mart, home.root / "old.duckdb")
    new = Lookup(feed="nhs_app", edition="2025-04", verdict="new")
    write_once, written = Store.write_once, []

    def killed(store: Store, key: str, content: bytes) -> bool:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(key)
        return write_once(store, key, content)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "write_once", killed)
        with pytest.raises(KeyboardInterrupt):
            note(home, new)
    assert told(home) == before and home.store.exists("archive/looks.jsonl")
    with one_snapshot():
        for batch in plan(home):
            for edition in batch.editions:
                take_in(home, batch.feed, edition, RUN)
        publish(home, build_mart(home, RUN))
    note(home, new)
    after = told(home)
    assert after["looks"][:-1] == before["looks"]
    assert after["publications"] == [*before["publications"], RUN]
    assert not [key for key in home.store.list_keys("archive") if key.endswith(".jsonl")]
    recorded = json.loads((DATA / "home_before.json").read_text(encoding="utf-8"))
    found = content.mart_content(home.mart)
    now = {table: [found[table].rows, found[table].content] for table in FIGURES}
    assert now == {table: recorded[table] for table in FIGURES}
    assert changed(Path(old), home.mart) == SINCE
