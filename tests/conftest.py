"""Fixtures that every room's tests may use: a home of their own, and the real publications."""

import os
from pathlib import Path

import pytest

from warehouse.home import HOME_VARIABLE, Home

REAL_VARIABLE = "ACCESS_RECOVERY_REAL_FEEDS"


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
