"""The command that writes data contracts: its files and output."""

from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.support import write
from warehouse.base.home import Home
from warehouse.contract.model import contracts

RUNNER = CliRunner()


def test_without_a_mart_feeds_are_written_and_the_missing_mart_is_reported(
    home: Home, tmp_path: Path
) -> None:
    done = RUNNER.invoke(app, ["contracts", "--out", str(tmp_path / "first")])
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "first").iterdir()} == {
        f"{feed}.yaml" for feed in contracts()
    }
    assert "mart.yaml was not written" in done.stderr
    again = RUNNER.invoke(app, ["contracts", "nhs_app", "--out", str(tmp_path / "again")])
    assert again.stdout.split() == [str(tmp_path / "again" / "nhs_app.yaml")]
    first, second = (tmp_path / name / "nhs_app.yaml" for name in ("first", "again"))
    assert first.read_bytes() == second.read_bytes() and b"\r" not in first.read_bytes()


def test_an_unknown_feed_or_missing_mart_is_refused(home: Home, tmp_path: Path) -> None:
    unknown = RUNNER.invoke(app, ["contracts", "nothing", "--out", str(tmp_path)])
    assert unknown.exit_code == 2 and "Unknown feed" in unknown.output
    early = RUNNER.invoke(app, ["contracts", "mart", "--out", str(tmp_path)])
    assert early.exit_code == 2 and "access-recovery refresh" in early.output
    assert list(tmp_path.glob("*.yaml")) == []


@pytest.mark.parametrize("command", ["contracts nhs_app", "template", "sample", "export"])
@pytest.mark.parametrize("below", [".", "deeper/still"])
def test_a_file_is_no_folder_to_write_to(
    home: Home, tmp_path: Path, command: str, below: str
) -> None:
    write(home.mart, b"never read")
    mine = write(tmp_path / "mine.txt", b"mine")
    done = RUNNER.invoke(app, [*command.split(), "--out", str(mine / below)])
    assert done.exit_code == 2, done.output
    assert f"{mine} is a file, not a folder. Nothing was written." in done.stderr
    assert "with --out; it is created" in done.stderr and mine.read_bytes() == b"mine"


def test_a_folder_that_cannot_be_written_is_reported_with_the_reason(
    home: Home, tmp_path: Path
) -> None:
    """A refused write is simulated, because the tests may run as root."""
    refused = PermissionError(13, "Permission denied")
    with patch("pipelines.cli.arguments.tempfile.TemporaryFile", side_effect=refused):
        done = RUNNER.invoke(app, ["contracts", "nhs_app", "--out", str(tmp_path / "closed")])
    assert done.exit_code == 2, done.output
    assert f"{tmp_path / 'closed'} can't be written to (Permission denied)" in done.stderr
