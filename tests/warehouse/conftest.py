"""The home of the real publications, which takes long to make and is made once."""

from pathlib import Path

import pytest

from tests.shared import made_once
from tests.warehouse.mart.support_mart import bring, build_aside, take_in_all
from warehouse.home import Home
from warehouse.mart.publish import publish

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
