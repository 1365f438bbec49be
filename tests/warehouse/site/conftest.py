"""The site of the sample's mart, with every page and no drawing: those take most of the time, and
`test_draw_charts` and `make acceptance` draw."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared import made_once
from warehouse.base.home import Home
from warehouse.base.sql import Connection, open_mart
from warehouse.settings import HOME_HEADLINES
from warehouse.site import write_site as writing
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_places import SitePlaces, read_places

EMPTY = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def home_places(db: Connection) -> SitePlaces:
    """The sample's home place, and the places of its settings."""
    return read_places(db, "icb", "QK1", "LLR", HOME_HEADLINES)


@pytest.fixture(scope="module")
def figures(sample_home: Home) -> Iterator[SiteFigures]:
    """Figures of the sample's mart, for models without pages."""
    with open_mart(sample_home.mart) as db:
        yield SiteFigures(db, home_places(db))


@pytest.fixture(scope="session")
def site(sample_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample's site."""

    def fill(place: Path) -> None:
        with pytest.MonkeyPatch.context() as patch, open_mart(sample_home.mart) as db:
            patch.setattr(writing, "as_svg", lambda spec: EMPTY)
            patch.setattr(writing, "as_png", lambda svg: b"")
            writing.write_site(db, home_places(db), place / "site")

    return made_once(tmp_path_factory, "site", fill) / "site"
