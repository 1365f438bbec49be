"""`sample --practice`: which home it fills, and which it refuses."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assets.sample.to_practise import PractiseFile
from pipelines.cli.main import app
from pipelines.operations import practising
from warehouse.base.home import HOME_VARIABLE, Home


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Home, int, int]]:
    """The homes that were filled, in which nothing is written."""
    homes: list[tuple[Home, int, int]] = []

    def fill(home: Home, months: int, seed: int, _: object) -> list[PractiseFile]:
        homes.append((home, months, seed))
        return [PractiseFile(home.root, date(2025, 4, 10), "any_feed", "2025-04", "a held edition")]

    monkeypatch.setattr(practising, "fill_to_practise", fill)
    return homes


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sample", "--practice", *arguments])


def test_it_fills_the_home_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filled: list[tuple[Home, int, int]]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "own"))
    done = run("--months", "14", "--seed", "2")
    assert done.exit_code == 0 and filled == [(Home(tmp_path / "own"), 14, 2)]
    assert "SYNTHETIC" in done.stdout and "a held edition: any_feed 2025-04" in done.stdout
    assert "To use it" not in done.stdout


def test_without_a_name_it_fills_practice_and_never_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filled: list[tuple[Home, int, int]]
) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    done = run()
    assert [home for home, *_ in filled] == [Home(tmp_path / "practice")]
    told = " ".join(done.stdout.split())
    assert f"To use it: export {HOME_VARIABLE}={tmp_path / 'practice'}" in told
    assert not (tmp_path / "data").exists()


def test_a_home_with_anything_in_it_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filled: list[tuple[Home, int, int]]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    (tmp_path / "settings.yaml").write_text("place: QK1\n", encoding="utf-8")
    refused = run()
    assert refused.exit_code == 2 and filled == []
    assert "is not empty" in refused.stderr and "sample --practice" in refused.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["settings.yaml"]


@pytest.mark.parametrize("other", [("--out", "folder"), ("--if-empty",)])
def test_options_of_the_clean_sample_do_not_fit(
    other: tuple[str, ...], filled: list[tuple[Home, int, int]]
) -> None:
    refused = run(*other)
    assert refused.exit_code == 2 and filled == []
