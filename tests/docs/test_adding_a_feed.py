"""The page on adding a feed is true: a copy of the project follows it, step by step."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import yaml

from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.contract.discovery import Discovery
from warehouse.contract.model import contracts

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "adding-a-feed.md"
PACKAGES = ("assets", "checks", "docs", "pipelines", "tests", "warehouse")
FILES = ("CONTRIBUTING.md", "README.md", "dagster.yaml", "pyproject.toml", "workspace.yaml")
# The tests that read all feeds: each contract, check and KPI, and a file of each. No others: what a
# broken definition is answered with, and judging, do not depend on the feeds there are.
OF_ALL_FEEDS = (
    "tests/assets/test_feed_folders.py",
    "tests/checks/test_check_catalogue.py::test_the_table_has_a_row_per_feed_and_check",
    "tests/warehouse/contract",
    "tests/warehouse/fetch/test_fetch.py::test_which_feeds_are_looked_up",
    "tests/warehouse/intake/test_recognise.py",
    "tests/warehouse/kpi/test_catalogue.py",
    "tests/warehouse/kpi/test_load_catalogue.py::test_nothing_shared_is_written_twice_or_unused",
)
# Runs lines of a shell in one process, which loads the libraries once; prints what each printed.
RUN = """
import json, sys
from typer.testing import CliRunner
from pipelines.cli.main import app
printed = {}
for line in sys.argv[1:]:
    done = CliRunner().invoke(app, line.split()[1:])
    assert done.exit_code == 0, done.output
    printed[line] = done.stdout
print(json.dumps(printed))
"""
FEED = "home_visits"


def blocks() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, block in re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.M | re.S):
        found.setdefault(kind, []).append(block)
    return found


@pytest.fixture(scope="module")
def followed(
    tmp_path_factory: pytest.TempPathFactory, empty_instance: Path
) -> tuple[Path, dict[str, str]]:
    """A copy of the project that follows the page; its home; what commands printed."""
    place = tmp_path_factory.mktemp("adding")
    project, home = place / "project", place / "home"
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, project / package)
    for name in FILES:
        shutil.copy(PROJECT / name, project)
    page = blocks()
    folder = project / "assets" / "feeds" / FEED
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "contract.yaml").write_text(page["yaml"][0])
    (folder / "testing.py").write_text(page["python"][0])
    (folder / "checks.yaml").write_text(page["yaml"][1])
    (folder / "expectations.json").write_text(page["json"][0])
    (project / "warehouse" / "kpi" / "kpis" / f"{FEED}.yaml").write_text(page["yaml"][2])
    (place / "home-visits.csv").write_text(page["csv"][0])
    shutil.copytree(empty_instance, Home(home).dagster)
    done = subprocess.run(
        [sys.executable, "-c", RUN, *page["sh"][0].splitlines()],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(project), HOME_VARIABLE: str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return home, json.loads(done.stdout)


def listed_files() -> dict[str, str]:
    """The files of a new feed, as the table at the top of the page has them: file -> when."""
    table = PAGE.read_text().partition("| file | when |\n|---|---|\n")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", table, re.M))


def test_the_page_says_how_many_files_a_feed_has_and_which_it_must_have() -> None:
    listed = listed_files()
    always = {file for file, when in listed.items() if when.startswith("always")}
    beside = {file for file in listed if "/" not in file} - always
    elsewhere = {file for file in listed if "/" in file}
    numbers = re.search(
        r"\*\*How many files\?\*\* (\d+) .*? (\d+) more there.*? (\d+) elsewhere", PAGE.read_text()
    )
    assert numbers and [*map(int, numbers.groups())] == [len(always), len(beside), len(elsewhere)]
    folders = [PROJECT / "assets" / "feeds" / feed for feed in contracts()]
    had = [{path.name for path in folder.iterdir() if path.is_file()} for folder in folders]
    assert len(had) > 10 and set.intersection(*had) == always
    data = {name for own in had for name in own if name.endswith((".csv", ".txt"))}
    assert set.union(*had) - data <= always | beside
    assert beside - set.union(*had) <= {"expectations.json"}, "which the example alone has"


def test_each_file_is_where_the_page_says() -> None:
    listed = listed_files()
    for file in ("tests/checks/cases_<feed>.py", "tests/assets/mistakes_<feed>.py"):
        assert file in listed
        assert any((PROJECT / file.replace("<feed>", feed)).is_file() for feed in contracts())
    returns = [feed for feed, one in contracts().items() if one.local_return and not one.beside]
    assert returns
    for feed in returns:
        assert (PROJECT / "assets" / "feeds" / feed / "template.csv").is_file()
        assert (PROJECT / "tests" / "assets" / f"mistakes_{feed}.py").is_file()


def test_the_example_has_as_many_files_as_the_page_says() -> None:
    page = blocks()
    definitions = [*page["yaml"], *page["python"], *page["json"]]
    said = re.search(r"The example on this page comes to (\d+)\.", PAGE.read_text())
    assert said and int(said[1]) == len(definitions) + 1, "and `__init__.py`"


@pytest.mark.acceptance
def test_the_tests_of_all_feeds_are_green_with_the_new_one(
    followed: tuple[Path, dict[str, str]],
) -> None:
    project = followed[0].parent / "project"
    options = ("-q", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *OF_ALL_FEEDS],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) > 200


def test_the_discovery_shown_is_one() -> None:
    said = yaml.safe_load(blocks()["yml"][0])["discovery"]
    [source] = Discovery.model_validate(said).sources_of("2023-04")
    assert source.kind == "publication" and source.addresses("2023-04")[0].endswith("/april-2023")


def test_the_rule_shown_judges_its_evidence() -> None:
    said: dict[str, Any] = {}
    exec(blocks()["py"][0], said)
    ((name, rule),) = said["RULES"].items()
    expectation = rule.expects(None, None)[None]
    view = SimpleNamespace(facts=[SimpleNamespace(rows=2), SimpleNamespace(rows=0)])
    found = rule.gather(view)
    assert (found.rule, found.failed_rows, found.frame["number"][0]) == (name, 1, 2)
    assert expectation.arguments == {"column": "number", "min_value": 3}


@pytest.mark.acceptance
def test_the_import_recognises_the_new_feed(followed: tuple[Path, dict[str, str]]) -> None:
    printed = next(text for line, text in followed[1].items() if "import" in line)
    assert f"{FEED}, edition 2025-03, 4 rows" in " ".join(printed.split())


@pytest.mark.acceptance
def test_the_mart_has_the_new_kpi_at_every_level(followed: tuple[Path, dict[str, str]]) -> None:
    with duckdb.connect(str(followed[0] / "mart" / "access_recovery.duckdb"), read_only=True) as db:
        rows = db.execute(blocks()["sql"][0]).fetchall()
        view = db.execute(
            f"SELECT home_visits_made_share FROM {FEED}_monthly WHERE org_code = '04V'"
        ).fetchall()
        verdicts = db.execute(
            f"SELECT DISTINCT rule, verdict FROM governance.check_result WHERE feed = '{FEED}'"
        ).fetchall()
    found = {
        (str(month)[:7], code): (value, status) for month, _, code, value, _, _, status in rows
    }
    assert found["2025-02", "04C"] == (pytest.approx(3650 / 4200), "final")
    assert found["2025-02", "QK1"] == (None, "incomplete")
    whole = (3790 + 3120 + 2260) / (4510 + 3900 + 2875)
    assert found["2025-03", "QK1"] == (pytest.approx(whole), "provisional")
    assert view == [(pytest.approx(3120 / 3900),)]
    assert {verdict for _, verdict in verdicts} == {"pass", "skipped"}, "no edition before it"
    assert dict(verdicts)["part_within_total"] == "pass"
    assert dict(verdicts)["own_expectations"] == "pass"
