"""The command that writes data contracts: which files, and what is said."""

from pathlib import Path

from typer.testing import CliRunner

from assets.contract import contracts
from pipelines.cli.main import app
from warehouse.home import Home

RUNNER = CliRunner()


def test_without_a_mart_every_feed_is_written_and_the_rest_is_said(
    home: Home, tmp_path: Path
) -> None:
    done = RUNNER.invoke(app, ["contracts", "--out", str(tmp_path / "first")])
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "first").iterdir()} == {
        f"{feed}.yaml" for feed in contracts()
    }
    assert "mart.yaml is left out" in done.stderr
    again = RUNNER.invoke(app, ["contracts", "nhs_app", "--out", str(tmp_path / "again")])
    assert again.stdout.split() == [str(tmp_path / "again" / "nhs_app.yaml")]
    first, second = (tmp_path / name / "nhs_app.yaml" for name in ("first", "again"))
    assert first.read_bytes() == second.read_bytes() and b"\r" not in first.read_bytes()


def test_what_there_is_not_is_told(home: Home, tmp_path: Path) -> None:
    unknown = RUNNER.invoke(app, ["contracts", "nothing", "--out", str(tmp_path)])
    assert unknown.exit_code == 2 and "is no feed" in unknown.output
    early = RUNNER.invoke(app, ["contracts", "mart", "--out", str(tmp_path)])
    assert early.exit_code == 2 and "access-recovery refresh" in early.output
    assert list(tmp_path.glob("*.yaml")) == []
