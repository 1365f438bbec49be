"""Homes and marts that are built once and read by many tests."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.shared import made_once
from tests.warehouse.support_mart import Mart, bring, build, build_aside, choose, take_in_all
from tests.warehouse.worlds import llr_world, years_world
from tests.warehouse.worlds_pharmacy import app_world, pharmacy_world
from warehouse.base.home import Home
from warehouse.publication.publish import publish

REAL_FOLDERS = (
    "gp_appointments_sub_icb",
    "gp_appointments_practice",
    "gp_appointments_coverage",
    "registered_patients",
    "nhs_app",
    "pharmacy_list",
)


@pytest.fixture(scope="session")
def real_home(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with every real publication that is at hand, judged, and its published mart."""

    def fill(root: Path) -> None:
        home = Home(root)
        bring(home, *[real_feeds / name for name in REAL_FOLDERS])
        assert set(take_in_all(home).values()) == {"accepted"}
        publish(home, build_aside(home))

    return Home(made_once(tmp_path_factory, "real", fill))


@pytest.fixture(scope="session")
def llr_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return _made(tmp_path_factory, "llr", llr_world)


@pytest.fixture(scope="session")
def llr(llr_home: Home) -> Mart:
    """The world of organisations."""
    return Mart(llr_home.mart)


@pytest.fixture(scope="session")
def years_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return _made(tmp_path_factory, "years", years_world)


@pytest.fixture(scope="session")
def years(years_home: Home) -> Mart:
    """The world of time."""
    return Mart(years_home.mart)


@pytest.fixture(scope="session")
def pharmacies(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """The world of pharmacies."""
    return Mart(_made(tmp_path_factory, "pharmacies", pharmacy_world).mart)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """The world of the NHS App and of practices' returns, of which everything may be seen."""
    chosen = partial(choose, practice_level=True, threshold=1)
    return Mart(_made(tmp_path_factory, "app", app_world, chosen).mart)


def _made(
    factory: pytest.TempPathFactory,
    name: str,
    world: Callable[[Path], list[Path]],
    settled: Callable[[Home], Home] = lambda home: home,
) -> Home:
    """The home of a world, with its published mart."""

    def fill(place: Path) -> None:
        build(settled(Home(place / "home")), world(place / "files"))

    return Home(made_once(factory, name, fill) / "home")


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """DuckDB with one thread: the marts here are of tiny files, and more threads wait for each
    other and for the other of pytest's workers. Whole refreshes elsewhere run with all of them."""
    connect = duckdb.connect

    def alone(*where: Any, config: dict[str, Any] | None = None, **how: Any) -> Any:
        return connect(*where, config={"threads": 1} | (config or {}), **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", alone)
        yield
