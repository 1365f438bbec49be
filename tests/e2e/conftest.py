"""Homes for whole refreshes: with Dagster's empty databases in place, which take long to make;
and one that was refreshed before, of which each test takes a copy."""

import multiprocessing
import shutil
from multiprocessing.context import BaseContext
from pathlib import Path

import pytest

from pipelines.operations.refresh import refresh
from tests.e2e import killed
from tests.shared import made_once
from tests.support import write_regional
from warehouse.base.home import HOME_VARIABLE, Home

# What a refresh imports only when it gets there.
LOADED_ON_THE_WAY = (
    "holidays.countries",
    "pipelines.instance.sqlite",
    "pipelines.jobs",
    "warehouse.lineage.compose",
)


@pytest.fixture(scope="session")
def october_home(tmp_path_factory: pytest.TempPathFactory, empty_instance: Path) -> Home:
    """A home after its first refresh, in which October is published."""

    def fill(place: Path) -> None:
        made = Home(place)
        shutil.copytree(empty_instance, made.dagster)
        write_regional(made.landing / "october.csv", {"APPOINTMENT_MONTH": "OCT2025"})
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(HOME_VARIABLE, str(made.root))
            patch.setenv("OPENLINEAGE_DISABLED", "true")
            assert refresh(made).published

    return Home(made_once(tmp_path_factory, "october", fill))


@pytest.fixture
def october(home: Home, october_home: Home) -> Home:
    """This test's own home, in which October is published."""
    shutil.copytree(october_home.root, home.root, dirs_exist_ok=True)
    return home


@pytest.fixture(scope="session")
def fresh() -> BaseContext:
    """Makes processes that have loaded what a refresh needs, where that is possible once for all
    of them, and done nothing yet."""
    can_fork = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if can_fork else "spawn")
    context.set_forkserver_preload([killed.__name__, *LOADED_ON_THE_WAY])
    return context


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_instance: Path) -> Home:
    """An empty home of this test alone, which commands find through the environment too."""
    made = Home(tmp_path / "home")
    monkeypatch.setenv(HOME_VARIABLE, str(made.root))
    # A third of a second per refresh; tests that read lineage events turn them on.
    monkeypatch.setenv("OPENLINEAGE_DISABLED", "true")
    shutil.copytree(empty_instance, made.dagster)
    return made
