"""Refreshes beside each other and beside readers, and killed ones: nothing lost, nothing half."""

import multiprocessing
import shutil
import time
from collections.abc import Callable
from multiprocessing.context import BaseContext
from multiprocessing.queues import Queue
from typing import Any

import duckdb
import pytest

from pipelines.operations.refresh import clean_up, refresh
from tests.e2e.killed import KILLED, refresh_and_die, refresh_and_tell, take_all, take_all_and_die
from tests.e2e.reading import figures, read_on
from tests.support import write_coverage, write_regional
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.publication.publish import Built, publish

OCTOBER = {("2025-10", "2025-10"): 10.0}


@pytest.fixture
def landed(home: Home) -> Home:
    """A home with October in its landing folder."""
    write_regional(home.landing / "october.csv", {"APPOINTMENT_MONTH": "OCT2025"})
    return home


@pytest.mark.acceptance
def test_two_refreshes_at_once_wait_for_each_other(landed: Home, fresh: BaseContext) -> None:
    told: Queue[tuple[int, str]] = fresh.Queue()
    both = [fresh.Process(target=refresh_and_tell, args=(landed.root, told)) for _ in range(2)]
    for process in both:
        process.start()
    ended = [told.get(timeout=240) for _ in both]
    for process in both:
        process.join(timeout=60)
    assert [status for status, _ in ended] == [0, 0], ended
    assert sum("mart published" in text for _, text in ended) == 1
    assert sum("Nothing new since" in text for _, text in ended) == 1
    assert figures(landed.mart) == OCTOBER


def died(context: BaseContext, work: Callable[..., Any], home: Home, step: int) -> None:
    """Have a process killed before its Nth rename."""
    child = context.Process(target=work, args=(home.root, step))
    child.start()
    child.join(timeout=120)
    assert child.exitcode == KILLED


@pytest.mark.acceptance
def test_a_killed_refresh_can_be_run_again(landed: Home, fresh: BaseContext) -> None:
    died(fresh, refresh_and_die, landed, 9)
    assert refresh(landed).failures == []
    assert figures(landed.mart) == OCTOBER


@pytest.mark.acceptance
@pytest.mark.parametrize(
    "step", [1, 8, 13, *(pytest.param(n, marks=pytest.mark.acceptance) for n in (2, 3, 5))]
)
def test_killed_at_any_step_nothing_is_lost_or_half_visible(
    landed: Home, fresh: BaseContext, step: int
) -> None:
    write_coverage(landed.landing / "coverage.csv", {})
    died(fresh, take_all_and_die, landed, step)
    if landed.mart.exists():
        assert figures(landed.mart) == OCTOBER
    take_all(landed)
    assert figures(landed.mart) == OCTOBER
    assert len(Archive(landed).files()) == 2
    assert list(landed.landing.iterdir()) == []


def test_what_a_killed_process_left_is_swept_but_nothing_in_the_making(home: Home) -> None:
    for folder in (home.root / "lake" / "tidy", home.mart.parent, home.archive / "objects"):
        folder.mkdir(parents=True)
        new = home.store.part(f"{folder.relative_to(home.root).as_posix()}/new")
        for path in (folder / "old.20250101T000000-0123abcd.part", new):
            path.write_bytes(b"half")
    clean_up(home)
    left = [path.name for path in home.root.rglob("*.part")]
    assert len(left) == 3 and all(name.startswith("new.") for name in left)


@pytest.mark.acceptance
def test_readers_query_through_five_publishes(october: Home) -> None:
    home = october
    kept = shutil.copy(home.mart, home.root / "kept.duckdb")
    part = home.mart.with_name("building-one.duckdb.part")
    built = Built(path=part, fingerprint="one", publication={}, synthetic=False, figures=1)
    context = multiprocessing.get_context("spawn")
    stop, told = context.Event(), context.Queue()
    readers = [context.Process(target=read_on, args=(str(home.mart), stop, told)) for _ in range(4)]
    for reader in readers:
        reader.start()
    time.sleep(2)
    with duckdb.connect(str(home.mart), read_only=True) as held_open:
        for _ in range(5):
            shutil.copy(kept, part)
            publish(home, built)
            [(rows,)] = held_open.execute("SELECT count(*) FROM kpi_monthly").fetchall()
            assert rows > 0, "a connection opened before still answers"
    stop.set()
    results = [told.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join(timeout=30)
    assert [error for _, errors in results for error in errors] == []
    assert all(queries > 0 for queries, _ in results)
