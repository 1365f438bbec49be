"""Fixtures that every room's tests may use: a home of their own, and the real publications."""

import os
from pathlib import Path

import pytest

from tests.e2e.command import run
from tests.shared import made_once
from warehouse.home import HOME_VARIABLE, Home, write_text

REAL_VARIABLE = "ACCESS_RECOVERY_REAL_FEEDS"
SAMPLE_MONTHS = "14"  # more than a year, for what is compared with the year before


# Whole refreshes take longest: begun first, they do not keep one worker busy at the end.
LONGEST = ("e2e", "docs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files by how long they take, for workers that take them one by one."""
    rooms = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(rooms).parts[0] not in LONGEST)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home of this test alone, which commands find through the environment too."""
    root = tmp_path / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(root))
    return Home(root)


@pytest.fixture(scope="session")
def real_feeds() -> Path:
    """The folder of real publications; the test is skipped where there is none."""
    named = os.environ.get(REAL_VARIABLE)
    if not named:
        pytest.skip(f"needs real publications: set {REAL_VARIABLE} to their folder")
    folder = Path(named).resolve()
    if not folder.is_dir():
        pytest.fail(f"{REAL_VARIABLE} names {folder}, which is no folder")
    return folder


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """A home with the synthetic sample as a new user makes it; what the refresh printed."""

    def fill(place: Path) -> None:
        wrote = run(place / "home", "sample", "--months", SAMPLE_MONTHS)
        assert wrote.returncode == 0, wrote.stderr
        assert "SYNTHETIC" in wrote.stdout
        refreshed = run(place / "home", "refresh")
        assert refreshed.returncode == 0, refreshed.stdout + refreshed.stderr
        write_text(place / "printed.txt", refreshed.stdout + refreshed.stderr)

    place = made_once(tmp_path_factory, "sample", fill)
    return Home(place / "home"), (place / "printed.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def sample_home(sample: tuple[Home, str]) -> Home:
    """The home of the synthetic sample, its mart published."""
    return sample[0]
