"""Organisations that are known and have no figure: the reason, and never that they are unknown."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.feeds.telephony_installed.testing import build as telephony
from pipelines.cli.main import app
from tests.support import patient_list, write
from tests.warehouse.support_mart import build
from warehouse.base.home import HOME_VARIABLE, Home

SHARE, REFERRALS = "telephony_installed_practice_share", "pharmacy_first_referrals"


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Telephony of a month that no patient list is of."""
    place: Path = tmp_path_factory.mktemp("apart")
    lists = patient_list({"EXTRACT_DATE": "2024-04-01"})
    home = Home(place / "home")
    files = {"list.csv": lists, "tel.csv": telephony({"Month": "2024-12"})}
    build(home, [write(place / name, content) for name, content in files.items()])
    return home


@pytest.mark.parametrize(
    ("kpi", "org", "why"),
    [
        (
            SHARE,
            "04C",
            "It needs both feeds in the same month: telephony_installed is of 2024-12; "
            "registered_patients is of 2024-04. Import one of the same month. It has figures of no "
            "place yet.",
        ),
        (SHARE, "C82001", "It is not calculated of practices. It has figures of no place yet."),
        (
            REFERRALS,
            "04C",
            f"The mart has no accepted edition of {REFERRALS}. It has figures of no place yet.",
        ),
    ],
)
def test_a_known_place_without_a_figure_is_told_why(
    apart: Home, monkeypatch: pytest.MonkeyPatch, kpi: str, org: str, why: str
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(apart.root))
    for command in (
        ["show", kpi, "--org", org],
        ["explain", kpi, "--org", org, "--month", "2024-12"],
    ):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 2
        said = " ".join(done.stderr.split())
        assert f"The mart has no {kpi} of {org}." in said and why in said


def test_a_place_of_which_nobody_knows_is_unknown(
    apart: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(apart.root))
    done = CliRunner().invoke(app, ["explain", SHARE, "--org", "99Z", "--month", "2024-12"])
    assert done.exit_code == 2 and "Unknown organisation" in done.stderr
