"""The benchmark on small files, as `make bench QUICK=1` runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.phases import PHASES

pytestmark = pytest.mark.acceptance
COMMAND = ("-m", "benchmarks", "--quick")


def test_a_quick_run_measures_everything_and_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    arguments = [*COMMAND, "--work", str(tmp_path / "work"), "--out", str(out)]
    first = subprocess.run(
        [sys.executable, *arguments], cwd=report.ROOT, capture_output=True, text=True, check=False
    )
    assert first.returncode == 0, first.stdout + first.stderr
    results = json.loads(out.read_text())
    assert [one["held"] for one in results["held"]] == [1, 2]
    for held in results["held"]:
        for verified in held["verified"].values():
            assert verified["rows"] > 10_000 and verified["differing"] == 0
        assert all(held["sizes"][part]["bytes"] > 0 for part in ("archive", "lake", "mart"))
        assert len(held["queries"]) > 50
    refreshed = [one for one in results["steps"] if one["step"] == "product"]
    assert [set(one["phases"]) for one in refreshed] == [set(PHASES)] * 2
    assert "## Growth with history" in report.page(results)
    again = subprocess.run(
        [sys.executable, *arguments], cwd=report.ROOT, capture_output=True, text=True, check=True
    )
    assert "round" not in again.stdout
    assert json.loads(out.read_text())["steps"] == results["steps"]
