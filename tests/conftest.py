"""Fixtures that every room's tests may use: a home of their own, and the real publications."""

import gc
import os
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.e2e.command import run
from tests.shared import made_once
from tests.support import write_text
from warehouse.base.home import HOME_VARIABLE, Home

# What is loaded while tests are collected stays: garbage is not looked for in it, then or later.
gc.disable()

REAL_VARIABLE = "ACCESS_RECOVERY_REAL_FEEDS"
MORE_VARIABLE = "ACCESS_RECOVERY_REAL_MORE"
GOLDEN_VARIABLE = "ACCESS_RECOVERY_GOLDEN"
# Workers of pytest set it, and what commands print into a pipe is as wide as it says.
os.environ.pop("COLUMNS", None)
SAMPLE_MONTHS = "14"  # more than a year, for what is compared with the year before
# Monthly files of the sample with which nothing is compared.
BETWEEN = re.compile(r"(apr|may|june?|july?|aug|sep|oct|nov)[ -]24\b", re.IGNORECASE)


# Begun first: what takes longest, so that no worker is busy alone at the end. The first worker
# makes the sample, for which most of `e2e` and `docs` wait; the second has other tests until then.
FIRST = (
    "e2e/test_sample_to_mart.py",
    "checks/test_cases.py",
    "e2e/test_refresh.py",
    "checks/test_drift.py",
    "e2e",
    "docs",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files for workers that take them one by one."""
    items.sort(key=lambda item: _turn(item.path))


def pytest_collection_finish() -> None:
    """From here on garbage is collected, of what comes now; seldom, because what reads SQL and
    contracts makes hundreds of thousands of objects that all stay."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@cache
def _turn(path: Path) -> int:
    """The place in `FIRST` of a test file, or of the folder it is in; the others come after."""
    own = path.relative_to(Path(__file__).parent)
    whose = (turn for turn, one in enumerate(FIRST) if own.is_relative_to(one))
    return next(whose, len(FIRST))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home of this test alone, which commands find through the environment too."""
    root = tmp_path / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(root))
    return Home(root)


def _named_folder(variable: str, what: str) -> Path:
    """The folder that a variable names; the test is skipped where it names none."""
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"needs {what}: set {variable} to their folder")
    folder = Path(named).resolve()
    if not folder.is_dir():
        pytest.fail(f"{variable} names {folder}, which is no folder")
    return folder


@pytest.fixture(scope="session")
def real_feeds() -> Path:
    """The folder of real publications."""
    return _named_folder(REAL_VARIABLE, "real publications")


@pytest.fixture(scope="session")
def real_more() -> Path:
    """The folder of further real publications: England whole, and the feeds around access."""
    return _named_folder(MORE_VARIABLE, "further real publications")


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of what reference implementations answer on invented series and units."""
    return _named_folder(GOLDEN_VARIABLE, "answers of reference implementations")


@pytest.fixture(scope="session")
def migrations_read_once() -> Iterator[None]:
    """Dagster runs the scripts of all its migrations for each file of runs or events that it opens:
    a third of a second a refresh. From its first instance on, a process of tests runs them once."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    read, kept = ScriptDirectory.from_config, {}

    def once(config: Config) -> ScriptDirectory:
        place = config.get_main_option("script_location")
        return kept[place] if place in kept else kept.setdefault(place, read(config))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", once)
        yield


@pytest.fixture(scope="session")
def empty_instance(tmp_path_factory: pytest.TempPathFactory, migrations_read_once: None) -> Path:
    """Dagster's folder of a home in which nothing was ever run: its databases take long to make."""
    from pipelines.instance.prepare import open_instance

    def fill(place: Path) -> None:
        with open_instance(Home(place)):
            pass

    return Home(made_once(tmp_path_factory, "instance", fill)).dagster


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, empty_instance: Path) -> tuple[Home, str]:
    """A home with the synthetic sample as a new user makes it; what the refresh printed. The
    refresh is the command in this process, which has loaded the heavy libraries for other tests."""

    def fill(place: Path) -> None:
        wrote = run(place / "home", "sample", "--months", SAMPLE_MONTHS)
        assert wrote.returncode == 0, wrote.stderr
        assert "SYNTHETIC" in wrote.stdout
        between = [
            path for path in Home(place / "home").landing.iterdir() if BETWEEN.search(path.name)
        ]
        assert len(between) == 16
        for path in between:
            path.unlink()
        shutil.copytree(empty_instance, Home(place / "home").dagster)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(HOME_VARIABLE, str(place / "home"))
            refreshed = CliRunner().invoke(app, ["refresh"])
        assert refreshed.exit_code == 0, refreshed.output
        write_text(place / "printed.txt", refreshed.output)

    place = made_once(tmp_path_factory, "sample", fill)
    return Home(place / "home"), (place / "printed.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def sample_home(sample: tuple[Home, str]) -> Home:
    """The home of the synthetic sample, its mart published."""
    return sample[0]
