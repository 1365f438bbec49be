"""Marts that are built once and read by many tests."""

from pathlib import Path

import pytest

from tests.warehouse.mart.support_mart import Mart, build, choose
from tests.warehouse.mart.worlds import llr_world, years_world
from tests.warehouse.mart.worlds_pharmacy import app_world, pharmacy_world
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


@pytest.fixture(scope="session")
def pharmacies(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """The world of pharmacies."""
    root: Path = tmp_path_factory.mktemp("pharmacies")
    return build(Home(root / "home"), pharmacy_world(root / "files"))


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """The world of the NHS App and of practices' returns, of which everything may be seen."""
    root: Path = tmp_path_factory.mktemp("app")
    home = choose(Home(root / "home"), practice_level=True, threshold=1)
    return build(home, app_world(root / "files"))
