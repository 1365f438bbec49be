"""The command that builds Data Docs: output and exit status. The site: tests of its room."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.support import write
from warehouse.base.home import Home
from warehouse.outputs.data_docs import build_site as module
from warehouse.outputs.data_docs.build_site import Site
from warehouse.site.trust import home_pages

RUNNER = CliRunner()


def built(left_out: list[str], earlier: int = 0) -> Callable[..., Site]:
    return lambda home, *_, **__: Site(
        home.root / "data-docs" / "index.html", 2, 4, 1, left_out, earlier
    )


def test_says_where_the_site_is_and_what_it_shows(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "build_site", built([]))
    done = RUNNER.invoke(app, ["data-docs"])
    assert done.exit_code == 0, done.output
    assert "2 suite(s) and 4 validation result(s), 1 of them with unmet expect" in done.stdout
    index = home.root / "data-docs" / "index.html"
    assert str(index) in done.stdout.splitlines()[1] and index.as_uri() in done.stdout


def test_names_what_was_left_out(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "build_site", built(["archive/validations/a.json"]))
    done = RUNNER.invoke(app, ["data-docs"])
    assert done.exit_code == 1
    assert "Left out, because it can't be read or shown: archive/validations/a.json" in done.stderr


def test_says_how_to_see_earlier_results(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "build_site", built([], earlier=3))
    done = RUNNER.invoke(app, ["data-docs"])
    assert "3 earlier result(s) of the same editions: add --all to show them." in done.stdout


def test_a_home_without_results_is_told_what_to_do(home: Home, tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["data-docs"])
    assert done.exit_code == 2
    assert "There are no validation results" in done.stderr
    assert "Run access-recovery refresh first." in done.stderr


def test_help_says_where_it_is_and_what_it_shows() -> None:
    done = RUNNER.invoke(app, ["data-docs", "--help"])
    said = " ".join(done.output.split())
    assert "data-docs/ of the home" in said and "run this command again" in said


def test_the_first_site_is_linked_from_the_scorecard_at_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Home] = []
    monkeypatch.setattr(module, "build_site", built([]))
    monkeypatch.setattr(home_pages, "build_pages", written.append)
    write(home.mart, b"never read")
    assert RUNNER.invoke(app, ["data-docs"]).exit_code == 0
    assert written == [home]
    write(home.root / "data-docs" / "index.html", b"x")
    assert RUNNER.invoke(app, ["data-docs"]).exit_code == 0
    assert written == [home]
