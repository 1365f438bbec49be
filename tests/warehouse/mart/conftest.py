"""Marts that are built once and read by many tests."""

from pathlib import Path

import pytest

from tests.warehouse.mart.support_mart import Mart, build
from tests.warehouse.mart.worlds import llr_world, years_world
from warehouse.home import Home


@pytest.fixture(scope="session")
def llr_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root: Path = tmp_path_factory.mktemp("llr")
    home = Home(root / "home")
    build(home, llr_world(root / "files"))
    return home


@pytest.fixture(scope="session")
def llr(llr_home: Home) -> Mart:
    """The world of organisations."""
    return Mart(llr_home.mart)


@pytest.fixture(scope="session")
def years_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root: Path = tmp_path_factory.mktemp("years")
    home = Home(root / "home")
    build(home, years_world(root / "files"))
    return home


@pytest.fixture(scope="session")
def years(years_home: Home) -> Mart:
    """The world of time."""
    return Mart(years_home.mart)
