"""Data Docs of the sample: a page for every suite and every edition's result, custom expectations
in sentences, and nothing loaded from elsewhere."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.warehouse.outputs.data_docs.loaded import is_elsewhere, lost, of_page
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.outputs.data_docs.readable_results import RESULTS, SUITES


@pytest.mark.acceptance  # hundreds of pages
def test_the_sample_is_shown_whole(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    for folder in ("gx", "archive"):
        shutil.copytree(sample_home.root / folder, home.root / folder)
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    done = CliRunner().invoke(app, ["data-docs"])
    assert done.exit_code == 0, done.output
    suites, results = (home.store.list_keys(one, ".json") for one in (SUITES, RESULTS))
    site = home.root / "data-docs"
    pages = {path: of_page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert len(suites) > 10 < len(results) and len(pages) == 1 + len(suites) + len(results)
    faults = [one for page in pages.values() for one in page.loads if is_elsewhere(one)]
    for path, page in pages.items():
        faults += lost(path, [*page.loads, *(one for one in page.links if not is_elsewhere(one))])
        faults += [f"{path.name}: not marked"] if "SYNTHETIC" not in page.text else []
        faults += [f"{path.name}: no text"] if "expect_numbers" in page.text else []
    assert faults == []
    said = " ".join(pages[site / "expectations" / "pharmacy_first.html"].text.split())
    assert "is between 1/2 and 2 times" in said and "is at least 90% of" in said
