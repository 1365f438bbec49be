"""The rooms of the house: imports run downwards only, and no modules are a circle."""

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
