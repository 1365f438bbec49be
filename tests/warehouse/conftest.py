"""Homes that take long to make, made once: of the real publications, and of a short sample."""

from pathlib import Path

import pytest

from assets.sample.writer import write_samples
from tests.warehouse.mart.support_mart import RUN, accept_all, bring, build_aside, take_in_all
from warehouse.home import Home
from warehouse.mart.build import build_mart
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
    made = Home(tmp_path_factory.mktemp("real"))
    bring(made, *[real_feeds / name for name in REAL_FOLDERS])
    assert set(take_in_all(made).values()) == {"accepted"}
    publish(made, build_aside(made))
    return made


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a few months of the synthetic sample, not judged, and its published mart."""
    place = tmp_path_factory.mktemp("sample")
    write_samples(place / "files", months=3)
    made = Home(place / "home")
    bring(made, place / "files")
    accept_all(made)
    publish(made, build_mart(made, RUN))
    return made
