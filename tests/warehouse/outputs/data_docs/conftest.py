"""A checked home, and its site, made once for all of these tests."""

import shutil
from pathlib import Path

import pytest

from tests.shared import made_once
from tests.warehouse.outputs.data_docs.checked_home import check_everything
from warehouse.base.home import Home
from warehouse.outputs.data_docs.build_site import Site, build_site


@pytest.fixture(scope="session")
def with_site(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A checked home with its site. Not to be changed."""

    def fill(place: Path) -> None:
        home = Home(place / "home")
        check_everything(home)
        build_site(home)

    return Home(made_once(tmp_path_factory, "with_site", fill) / "home")


@pytest.fixture
def checked(home: Home, with_site: Home) -> Home:
    """A checked home of this test alone, without a site."""
    for folder in ("gx", "archive"):
        shutil.copytree(with_site.root / folder, home.root / folder)
    return home


@pytest.fixture
def site(checked: Home) -> Site:
    return build_site(checked)
