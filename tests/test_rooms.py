"""The rooms of the house: imports run downwards only, and no modules are a circle."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
LINT = str(Path(sys.executable).with_name("lint-imports"))


def linted(project: Path) -> subprocess.CompletedProcess[str]:
    """The import rule of `pyproject.toml` on the packages of a checkout."""
    return subprocess.run(
        [LINT, "--no-cache"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "PYTHONUTF8": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_imports_run_downwards() -> None:
    done = linted(PROJECT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line", "said"),
    [
        (
            "warehouse/base/months.py",
            "def late() -> None:\n    import checks.rows",
            "warehouse is not allowed to import checks",
        ),
        (
            "warehouse/readers/tables.py",
            "if TYPE_CHECKING:\n    from warehouse.mart import load",
            "warehouse.readers is not allowed to import warehouse.mart",
        ),
        (
            "checks/rows.py",
            "def circle() -> None:\n    from checks import suite",
            "No circles BROKEN",
        ),
    ],
    ids=["up, inside a function", "up, for types", "a circle"],
)
def test_an_import_that_runs_up_is_found(tmp_path: Path, module: str, line: str, said: str) -> None:
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    for package in ("pipelines", "assets", "checks", "warehouse"):
        shutil.copytree(
            PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n\nfrom typing import TYPE_CHECKING\n{line}\n")
    done = linted(tmp_path)
    assert done.returncode == 1
    assert said in " ".join(done.stdout.split())


LONGEST_MODULE, LONGEST_FUNCTION = 300, 40
# Functions that are longer, by the reason.
MAY_BE_LONG = {
    "one SQL statement, which reads from top to bottom": {
        "warehouse/mart/disclosure.py: suppress",
        "warehouse/mart/organisation_periods.py: create_organisation_periods",
        "warehouse/mart/organisation_table.py: create_organisation",
        "warehouse/mart/participation.py: create_members_table",
        "warehouse/mart/provisional.py: _create_rule",
        "warehouse/mart/rollup.py: _places_to_whole",
        "warehouse/mart/rollup.py: _practices_to_pcn",
    },
    "one record, a line for each of its columns or keys": {
        "assets/feed_assets.py: _specs",
        "pipelines/cli/status.py: _feed_status",
        "warehouse/mart/governance.py: _editions",
    },
    "every case in order, each with its own words": {
        "checks/completeness.py: sums",
        "warehouse/editions/rulings.py: accept",
        "warehouse/intake/edition.py: choose_edition",
        "warehouse/readers/zip_safety.py: distrust",
    },
    "a list of what is done or looked at, in order": {
        "checks/suite.py: _rules",
        "warehouse/publication/build.py: _build",
    },
    "mostly its options and the help that people read": {
        "pipelines/cli/main.py: import_",
        "pipelines/cli/charts.py: spc",
        "pipelines/cli/claims.py: claims",
        "pipelines/cli/explain.py: explain",
        "pipelines/cli/fetch.py: fetch",
        "pipelines/cli/funnels.py: funnel",
        "warehouse/fetch/fetch.py: each_lookup",
    },
    "a Dagster asset has its step within": {
        "assets/feed_assets.py: feed_assets",
    },
}


def product() -> dict[str, str]:
    """Every module of the product, by its path."""
    return {
        path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8")
        for package in ("pipelines", "assets", "checks", "warehouse")
        for path in (PROJECT / package).rglob("*.py")
    }


def long_functions(path: str, code: str) -> set[str]:
    """Functions of a module that have more lines than they should, docstring included."""
    return {
        f"{path}: {node.name}"
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }


def test_no_module_is_too_long_to_read_at_once() -> None:
    lines = {path: len(code.splitlines()) for path, code in product().items()}
    assert {path: n for path, n in lines.items() if n > LONGEST_MODULE} == {}, "split, or simplify"


def test_only_functions_with_a_reason_are_long() -> None:
    may = {name for names in MAY_BE_LONG.values() for name in names}
    long = set().union(*(long_functions(path, code) for path, code in product().items()))
    assert sorted(long - may) == [], "split or simplify it, or say why it is long"
    assert sorted(may - long) == [], "need not be named any more"


@pytest.mark.parametrize(
    ("lines", "is_long"), [(LONGEST_FUNCTION, False), (LONGEST_FUNCTION + 1, True)]
)
def test_a_long_function_is_found(lines: int, is_long: bool) -> None:
    code = "\n".join(["def long():", *["    pass"] * (lines - 1)])
    assert long_functions("a.py", code) == ({"a.py: long"} if is_long else set())
