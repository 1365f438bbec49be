"""A mart made from the one before equals the whole mart, after whatever happened in between."""

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from types import ModuleType
from uuid import uuid4

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pipelines.operations import refresh
from pipelines.operations.housekeeping_files import find_waste
from tests.support import regional
from tests.warehouse.patched_world import FILES, PatchedWorld, differing, judge
from tests.warehouse.support_mart import Mart
from tests.warehouse.worlds import area
from warehouse.archive.source_files import Archive
from warehouse.base.home import MART, Home
from warehouse.base.sql import open_builder, open_file
from warehouse.editions.parts_and_revisions import place_files
from warehouse.editions.rulings import accept
from warehouse.editions.status import all_statuses
from warehouse.kpi.catalogue import catalogue
from warehouse.mart import batches, comparisons, kept_figures, spc
from warehouse.mart.figures import published_sources
from warehouse.mart.held_months import load_held
from warehouse.mart.load import load
from warehouse.mart.organisation_table import create_names
from warehouse.publication import build, patch
from warehouse.publication.build import accepted_files, build_mart
from warehouse.publication.patch import Whole, facts_of, plan_patch
from warehouse.publication.publish import publish, take_down
from warehouse.publication.remembered import forget, remembered_keys
from warehouse.settings import read_settings

SEED = st.integers(0, 2**16)
COUNTED = ("regional-{n}.csv", "practice-{n}.csv", "coverage-{n}.csv", "list-{n}.csv")
OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)
FIGURES = {f"main.{one}" for one in ("kpi_monthly", "kpi_vintage", "kpi_revision", "figure_member")}
# Whatever share of the months is made anew: in small worlds it is mostly a large one.
ANY_SHARE = 99.0
# In small worlds all series would be in one batch.
FEW_ROWS = 100


class Anything(RuleBasedStateMachine):
    """Any order of happenings; each mart is compared with the whole one."""

    kinds: tuple[str, ...] = tuple(FILES)

    def __init__(self) -> None:
        super().__init__()
        self.share, patch.MOST_MONTHS = patch.MOST_MONTHS, ANY_SHARE
        self.rows, batches.ROWS = batches.ROWS, FEW_ROWS
        folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"patched-{uuid4().hex}"
        folder.mkdir()
        self.world = PatchedWorld(folder)

    def teardown(self) -> None:
        patch.MOST_MONTHS, batches.ROWS = self.share, self.rows
        shutil.rmtree(self.world.folder)

    @initialize(seed=SEED)
    def begin(self, seed: int) -> None:
        random = Random(seed)
        for kind in self.kinds:
            self.world.arrive(random, kind, OCTOBER)
        self.world.publish()

    @rule(seed=SEED, many=st.integers(1, 3))
    def arrive(self, seed: int, many: int) -> None:
        for one in range(many):
            self.world.arrive(Random(seed + one), Random(seed).choice(self.kinds))
        self.world.publish()

    @rule(seed=SEED)
    def map_again(self, seed: int) -> None:
        self.world.map_again(Random(seed))
        self.world.publish()

    @rule(
        seed=SEED,
        what=st.sampled_from(["correct", "hold_month", "decide", "chart", "reissue_held"]),
    )
    def judge_again(self, seed: int, what: str) -> None:
        getattr(self.world, what)(Random(seed))
        self.world.publish()

    @precondition(lambda self: self.kinds == tuple(FILES))
    @rule(seed=SEED, what=st.sampled_from(["withdraw", "purge", "fail", "choose"]))
    def start_again(self, seed: int, what: str) -> None:
        """What has the whole mart made, so that less is compared."""
        getattr(self.world, what)(Random(seed))
        self.world.publish()


class Appointments(Anything):
    """The feeds that count most, which take the least time."""

    kinds = COUNTED


def some_of(machine: type[Anything], examples: int, steps: int) -> None:
    """Run a machine without shrinking, which would take hours: the seeds show what happened."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        ),
    )


def test_a_patched_mart_equals_the_whole_one() -> None:
    some_of(Appointments, examples=1, steps=2)


@pytest.mark.acceptance
def test_a_patched_mart_of_decimals_equals_the_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patch, "MOST_MONTHS", ANY_SHARE)
    world = PatchedWorld(tmp_path)
    for seed, month in enumerate((date(2024, 10, 1), OCTOBER, NOVEMBER)):
        for kind in ("GPWPracticeCSV.{month:%m%Y}.csv", "network-{n}.csv"):
            world.arrive(Random(seed), kind, month)
        if month != date(2024, 10, 1):
            world.publish()
    assert world.steps[-1] is None, "the last one is patched"


@pytest.mark.acceptance
def test_a_patched_mart_equals_the_whole_one_after_anything() -> None:
    some_of(Anything, examples=4, steps=8)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PatchedWorld:
    """A published mart of three feeds, two of them with two editions."""
    world = PatchedWorld(tmp_path_factory.mktemp("published"))
    for month in (date(2024, 10, 1), OCTOBER):
        for kind in ("regional-{n}.csv", "coverage-{n}.csv"):
            world.arrive(Random(month.year), kind, month)
    world.arrive(Random(1), "returns-{n}.csv", OCTOBER)
    world.publish()
    return world


@pytest.fixture
def world(published: PatchedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PatchedWorld:
    """A copy of it."""
    monkeypatch.setattr(patch, "MOST_MONTHS", ANY_SHARE)
    shutil.copytree(published.home.root, tmp_path / "home")
    world = PatchedWorld(tmp_path)
    world.files = published.files
    return world


def made(world: PatchedWorld) -> dict[str, set[date]] | str:
    """The months that a build would make anew, by inputs; or why the whole mart."""
    judge(world)
    placed = place_files(world.home, accepted_files(world.home))
    with open_builder({}) as db:
        load(db, world.home, placed)
        load_held(db, all_statuses(world.home))
        create_names(db)
        wanted = published_sources(db, catalogue())
        rules, version = read_settings(world.home).disclosure, f"{build.mart_version()} v1.0.0"
        facts = facts_of(db, version, wanted, rules, synthetic=False)
        try:
            kept = plan_patch(db, world.home, placed, wanted, facts).kept
        except Whole as why:
            return str(why)
    return {one.name: set(months) for one, months in kept.made}


def test_an_edition_makes_its_months_alone(world: PatchedWorld) -> None:
    assert not any(dict(made(world)).values()), "nothing changed"
    world.arrive(Random(3), "regional-{n}.csv", NOVEMBER)
    months = made(world)
    assert isinstance(months, dict)
    counted = months["gp_appointments_sub_icb"]
    assert NOVEMBER in counted and not any(month.year == 2024 for month in counted)
    assert not months["gp_appointments_coverage"] & {date(2024, 10, 1)}


@pytest.mark.acceptance  # each mart is made twice
def test_a_held_reissue_changes_no_figure_and_its_acceptance_does(world: PatchedWorld) -> None:
    before = world.build().path
    key = ("gp_appointments_sub_icb", "2025-10")
    world.failing.add(key)
    world.arrive(Random(9), "regional-{n}.csv", OCTOBER)
    held = world.build()
    assert (held.made_whole_because, held.publication["held_editions"]) == (None, 1)
    changed = differing(before, held.path)
    assert "governance.edition" in changed and not changed & FIGURES
    assert len([f for f in accepted_files(world.home) if (f.feed, f.edition) == key]) == 1
    accept(world.home, *key, "it is what we have", "A. Person")
    assert differing(held.path, world.build().path) >= {"main.kpi_vintage", "main.kpi_monthly"}


@pytest.mark.parametrize(
    ("missing", "table"), [("add_members", "figure_member"), ("add_statistics", "kpi_spc")]
)
def test_a_fault_in_what_is_kept_is_found(
    world: PatchedWorld, monkeypatch: pytest.MonkeyPatch, missing: str, table: str
) -> None:
    monkeypatch.setattr(kept_figures.KeptFigures, missing, lambda *_: None)
    world.arrive(Random(3), "regional-{n}.csv", NOVEMBER)
    with pytest.raises(AssertionError, match=table):
        world.build()


def test_statistics_are_made_of_what_changed_alone(
    world: PatchedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, pl.DataFrame] = {}

    def watch(module: ModuleType, name: str) -> None:
        work: Callable[..., pl.DataFrame] = getattr(module, name)

        def noted(points: pl.DataFrame, *given: object) -> pl.DataFrame:
            found = work(points, *given)
            if name not in made:  # of the patched mart, before the whole one
                made[name] = found
            return found

        monkeypatch.setattr(module, name, noted)

    watch(spc, "_charted")
    watch(comparisons, "_compared")
    world.arrive(Random(3), "regional-{n}.csv", NOVEMBER)
    world.build()
    assert world.steps[-1] is None, "it is patched, and equal to the whole one"
    charted = set(made["_charted"]["kpi_id"])
    assert "appointments_dna_share" in charted and not any("coverage" in one for one in charted)
    compared = made["_compared"].filter(pl.col("kpi_id") == "appointments")
    assert compared.height and date(2024, 10, 1) not in compared["month"].to_list()


def test_a_patch_leaves_the_published_file_and_makes_views_and_comments_again(
    world: PatchedWorld,
) -> None:
    reader = world.folder / "reader"
    os.link(world.home.mart, reader)
    before, whole = reader.read_bytes(), _shown(world.home.mart)
    world.arrive(Random(3), "regional-{n}.csv", NOVEMBER)
    built = build_mart(world.home, "another-run")
    assert built.made_whole_because is None
    assert reader.read_bytes() == before
    assert differing(built.path, reader) >= {"main.kpi_monthly", "main.kpi_vintage"}
    assert _shown(built.path) == whole and len(whole) > 100


def _shown(mart: Path) -> set[tuple[str, str]]:
    with open_file(mart, read_only=True) as db:
        return set(
            db.execute(
                """SELECT view_name, comment FROM duckdb_views() WHERE NOT internal
                UNION SELECT function_name, macro_definition FROM duckdb_functions()
                WHERE NOT internal
                UNION SELECT table_name || '.' || column_name, comment FROM duckdb_columns()
                WHERE NOT internal"""
            ).fetchall()
        )


@pytest.mark.parametrize(
    ("what", "why"), [("withdraw", "not used any more"), ("purge", "was purged")]
)
def test_what_takes_figures_away_makes_the_whole_mart(
    world: PatchedWorld, what: str, why: str
) -> None:
    getattr(world, what)(Random(1))
    assert why in made(world)


def test_settings_code_and_patches_make_the_whole_mart(
    world: PatchedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patch, "MOST_PATCHES", 0)
    assert "patched 0 times" in made(world)
    monkeypatch.setattr(build, "mart_version", lambda: "another")
    assert "code, settings" in made(world)
    monkeypatch.undo()
    assert isinstance(made(world), dict)
    world.choose(Random(1))
    assert "code, settings" in made(world)


def test_local_returns_and_most_months_make_the_whole_mart(
    world: PatchedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patch, "MOST_MONTHS", 0.1)
    world.arrive(Random(3), "regional-{n}.csv", NOVEMBER)
    assert made(world) == "most months changed"
    world.arrive(Random(2), "returns-{n}.csv", NOVEMBER)
    assert "local returns" in made(world)


def test_a_mart_or_memory_that_cannot_be_read_makes_the_whole_mart(world: PatchedWorld) -> None:
    [kept] = remembered_keys(world.home)
    world.home.store.replace(kept, b"no database")
    assert f"{Path(kept).name} can't be read" in made(world)
    forget(world.home)
    assert "nothing is known" in made(world)
    world.home.store.replace(MART, b"no database")
    assert "mart can't be read" in made(world)
    take_down(world.home)
    assert made(world) == "no mart is published"


@pytest.mark.acceptance
def test_a_purge_leaves_no_trace_of_what_patches_replaced(world: PatchedWorld) -> None:
    name = "A PLACE OF NO OTHER FILE"
    row = area("06H", "NOV2025", 5, SUB_ICB_LOCATION_NAME=name)
    other = area("06H", "DEC2025", 5, SUB_ICB_LOCATION_NAME="ITS LATER NAME")
    world.bring(regional(row))
    publish(world.home, build_mart(world.home, "named"))
    [file] = [one for one in Archive(world.home).active_files() if one.edition == "2025-11"]
    world.bring(regional(other))
    renamed = build_mart(world.home, "renamed")
    publish(world.home, renamed)
    assert renamed.made_whole_because is None
    assert not Mart(world.home.mart).rows(f"FROM organisation WHERE org_name = '{name}'")
    assert _traces(world.home, name), "else there is nothing to remove"
    world.purge(Random(1), file)
    assert not remembered_keys(world.home)
    judge(world)
    publish(world.home, build_mart(world.home, "purged"))
    assert not _traces(world.home, name)


def _traces(home: Home, text: str) -> list[str]:
    """The files of marts that have a text anywhere, in free blocks too."""
    found = (home.root / "mart").rglob("*")
    return [one.name for one in found if one.is_file() and text.encode() in one.read_bytes()]


def test_housekeeping_forgets_what_is_outlived_or_loose(
    world: PatchedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    [kept] = remembered_keys(world.home)
    world.home.store.replace(f"{Path(kept).parent}/other.duckdb", b"of another mart")

    def unwanted() -> list[str]:
        return [one.key for one in find_waste(world.home) if one.key.startswith("mart/parts")]

    assert unwanted() == ["mart/parts/other.duckdb"]
    monkeypatch.setattr("warehouse.publication.publish.LOOSE", -1)
    assert kept in unwanted()


def test_a_full_refresh_forgets_and_builds_although_nothing_changed(
    world: PatchedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[bool] = []
    monkeypatch.setattr(
        refresh, "_run", lambda home, batches, report, say, full, within: ran.append(full)
    )
    monkeypatch.setattr(refresh, "plan", lambda *_: [])
    monkeypatch.setattr(refresh, "are_whole", lambda _: True)
    refresh.bring_up_to_date(world.home, refresh.RefreshReport(), print)
    assert not ran and remembered_keys(world.home)
    refresh.bring_up_to_date(world.home, refresh.RefreshReport(), print, full=True)
    assert ran == [True] and not remembered_keys(world.home)
