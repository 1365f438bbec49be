"""Homes for whole refreshes: with Dagster's empty databases in place, which take long to make."""

import shutil
from pathlib import Path

import pytest

from pipelines.instance.prepare import open_instance
from warehouse.base.home import HOME_VARIABLE, Home


@pytest.fixture(scope="session")
def empty_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dagster's folder of a home in which nothing was ever run."""
    home = Home(tmp_path_factory.mktemp("instance") / "home")
    with open_instance(home):
        return home.dagster


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_instance: Path) -> Home:
    """An empty home of this test alone, which commands find through the environment too."""
    made = Home(tmp_path / "home")
    monkeypatch.setenv(HOME_VARIABLE, str(made.root))
    # A third of a second per refresh; tests that read lineage events turn them on.
    monkeypatch.setenv("OPENLINEAGE_DISABLED", "true")
    shutil.copytree(empty_instance, made.dagster)
    return made
