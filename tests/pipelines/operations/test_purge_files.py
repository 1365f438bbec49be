"""Purging: what has to go, what may not go unasked, and what stays."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from checks.feed_rules import lookback_months
from pipelines.operations import purge as pipeline
from pipelines.operations import purge_runs as forget
from pipelines.operations.purge_files import bury, editions_touched, erase, plan_purge
from pipelines.operations.purge_runs import InUse
from pipelines.operations.refresh_report import RefreshReport
from tests.checks.support_checks import active, brought, judged
from tests.support import coverage, gzipped, imported, referrals, regional, write, zipped
from tests.warehouse.support_mart import build
from warehouse.archive.decisions import NotPossible, decisions
from warehouse.archive.source_files import Archive
from warehouse.archive.tombstones import tombstones
from warehouse.base.home import Home
from warehouse.editions.check_history import read_history, read_state
from warehouse.publication.publish import shows_any

FEED, OCT = "pharmacy_first_referrals", "2025-10"
PERSON = "A. Person"


def purged(home: Home, *typed: str) -> None:
    """Erase without Dagster and without a new mart."""
    plan = plan_purge(home, typed)
    stones = bury(home, plan, "names of patients", PERSON)
    erase(home, plan, stones, editions_touched(home, stones, lookback_months))


def test_a_purge_leaves_a_tombstone_without_content(home: Home) -> None:
    [file] = brought(home, referrals())
    judged(home, FEED)
    purged(home, file.sha256[:8])
    [path] = (home.archive / "tombstones").iterdir()
    told = path.read_text(encoding="utf-8")
    assert path.name == f"{file.sha256}.json"
    assert not any(word in told for word in (file.file_name, "Practice code", "months"))
    [stone] = tombstones(home)
    assert (stone.container_sha256, stone.bytes, stone.rows) == (file.sha256, file.bytes, 1)
    assert [(one.decision, one.reason) for one in decisions(home)] == [
        ("purge", "names of patients")
    ]
    assert Archive(home).files() == [] and read_state(home, FEED, OCT) is None
    assert not Archive(home).object_path(file.sha256).exists()


def test_a_purged_file_is_refused_in_any_container(home: Home, tmp_path: Path) -> None:
    content = referrals()
    [file] = brought(home, content)
    purged(home, file.sha256)
    for path in (
        write(tmp_path / "again.csv", content),
        gzipped(tmp_path / "again.csv.gz", content),
        zipped(tmp_path / "again.zip", {"a.csv": coverage(), "b.csv": content}),
    ):
        [outcome] = imported(home, path)
        assert outcome.verdict == "refused"
        assert "purged by A. Person on 20" in outcome.message
        assert "names of patients" in outcome.message
    assert Archive(home).files() == []


def test_words_of_verdicts_that_may_quote_it_are_blanked_and_others_kept(home: Home) -> None:
    [file] = brought(home, referrals({}, {}))
    judged(home, FEED)
    other, _ = brought(home, regional(), referrals({"Month": "2025-09"}))
    judged(home, other.feed)
    judged(home, FEED, "2025-09")
    purged(home, file.sha256)
    rows = read_history(home)
    own = rows.filter(pl.col("feed") == FEED, pl.col("edition") == OCT)
    for word in ("observed", "expected", "message"):
        assert own[word].unique().to_list() == ["purged"]
    assert "fail" in own["verdict"].to_list()
    kept = rows.filter((pl.col("feed") != FEED) | (pl.col("edition") != OCT))
    assert kept.height and "purged" not in kept["observed"].to_list()


def test_later_editions_that_were_compared_with_it_are_touched_too(home: Home) -> None:
    first, *_ = brought(home, *[referrals({"Month": f"2025-{m:02}"}) for m in (1, 2, 12)])
    stones = bury(home, plan_purge(home, [first.sha256]), "why", PERSON)
    touched = editions_touched(home, stones, lambda _: 3)
    assert sorted(touched) == [(FEED, "2025-01"), (FEED, "2025-02")]
    assert max(touched.values()) <= datetime.now(UTC)


def test_a_file_in_a_zip_with_others_is_purged_only_with_the_zip(
    home: Home, tmp_path: Path
) -> None:
    path = zipped(tmp_path / "both.zip", {"r.csv": referrals(), "c.csv": coverage()})
    mine, other = sorted(
        (one.file for one in imported(home, path) if one.file), key=lambda file: file.feed != FEED
    )
    with pytest.raises(NotPossible, match=r"with c\.csv") as refusal:
        plan_purge(home, [mine.sha256])
    assert mine.container_sha256 in refusal.value.remedy
    assert tombstones(home) == [] and len(active(home)) == 2
    purged(home, mine.container_sha256[:12])
    assert {stone.sha256 for stone in tombstones(home)} == {mine.sha256, other.sha256}
    assert active(home) == [] and not Archive(home).object_path(mine.container_sha256).exists()


def test_a_copy_inside_a_container_kept_for_another_file_is_found(
    home: Home, tmp_path: Path
) -> None:
    [file] = brought(home, referrals())
    later = zipped(tmp_path / "later.zip", {"r.csv": referrals(), "c.csv": coverage()})
    [beside] = [o.file for o in imported(home, later) if o.verdict == "imported" and o.file]
    with pytest.raises(NotPossible, match=r"later\.zip with c\.csv") as refusal:
        plan_purge(home, [file.sha256])
    assert file.sha256 in refusal.value.remedy
    purged(home, file.sha256, beside.container_sha256)
    assert list((home.archive / "objects").rglob("*.*")) == []


def test_copies_in_the_landing_folder_are_removed_and_mixed_zips_reported(home: Home) -> None:
    [file] = brought(home, referrals())
    copy = write(home.landing / "x" / "copy.csv", referrals())
    packed = gzipped(home.landing / "copy.csv.gz", referrals())
    alone = zipped(home.landing / "one.zip", {"r.csv": referrals()})
    mixed = zipped(home.landing / "two.zip", {"r.csv": referrals(), "c.csv": coverage()})
    plan = plan_purge(home, [file.sha256])
    assert sorted(plan.landing) == sorted([copy, packed, alone])
    assert plan.beside == [mixed]
    purged(home, file.sha256)
    assert [path for path in home.landing.rglob("*") if path.is_file()] == [mixed]


def test_the_sample_stays_retired_after_a_real_file_is_purged(home: Home) -> None:
    [real] = brought(home, regional())
    purged(home, real.sha256)
    assert Archive(home).has_real()


def test_the_mart_goes_if_nothing_is_left_to_publish(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    [file] = brought(home, regional())
    build(home)
    page = write(home.pages / "scorecard.html", b"names")
    monkeypatch.setattr(pipeline, "bring_up_to_date", lambda *_: None)
    asked = pipeline.purge(home, [file.sha256], "why", PERSON, lambda _: False)
    assert asked is None and shows_any(home, {file.sha256}) and decisions(home) == []
    done = pipeline.purge(home, [file.sha256], "why", PERSON, lambda _: True)
    assert done is not None and done.taken_down and not home.mart.exists()
    assert not page.exists() and done.report == RefreshReport() and tombstones(home)[0].erased_at
    again = pipeline.purge(home, [file.sha256[:9]], "why", PERSON, lambda _: True)
    assert again is not None and len(decisions(home)) == 1, "it is recorded once"


def test_a_purge_is_reported_unfinished_while_dagster_is_in_use(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    [file] = brought(home, referrals())
    monkeypatch.setattr(pipeline, "bring_up_to_date", lambda *_: None)
    monkeypatch.setattr(forget, "TIMEOUT", 0)
    dagsters = "dagster._core.storage.event_log.sqlite.sqlite_event_log"
    monkeypatch.setattr(f"{dagsters}.SQLITE_BUSY_TIMEOUT_SECONDS", 0)  # instead of half a minute
    index = home.dagster / "history" / "runs" / "index.db"
    index.parent.mkdir(parents=True)
    with closing(sqlite3.connect(index, isolation_level=None)) as db:
        db.execute("CREATE TABLE asset_check_executions (run_id TEXT)")
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InUse, match="Stop `make ui`"):
            pipeline.purge(home, [file.sha256], "why", PERSON, lambda _: True)
    assert tombstones(home)[0].erased_at is None
