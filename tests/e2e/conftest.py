"""Homes for whole refreshes: with Dagster's empty databases in place, which take long to make."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine

from pipelines.instance import open_instance
from warehouse.home import HOME_VARIABLE, Home


@pytest.fixture(scope="session", autouse=True)
def one_engine_per_file() -> Iterator[None]:
    """Dagster makes a new SQLAlchemy engine for each event, which compiles each statement anew: a
    third of a refresh's time. Tests make hundreds of refreshes' worth of events, and reuse them."""
    made: dict[str, Engine] = {}

    def engine(url: str, **options: object) -> Engine:
        if url not in made:
            made[url] = create_engine(url, **options)
        return made[url]

    with patch.object(sqlite_event_log, "create_engine", engine):
        yield


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
    shutil.copytree(empty_instance, made.dagster)
    return made
