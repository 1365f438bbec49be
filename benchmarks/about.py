"""On what a run was measured: machine, versions, code."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("duckdb", "polars", "pandas", "pyarrow", "dagster", "great-expectations")
ROOMS = ("pipelines", "assets", "checks", "warehouse")


def machine() -> dict[str, Any]:
    """Return processor, cores, memory and system."""
    return {
        "processor": _processor(),
        "cores": _cores(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
    }  # fmt: skip


def _cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def versions() -> dict[str, str]:
    """Return Python, the libraries that matter, and the commit (with `+` if files were changed)."""
    found = {"Python": platform.python_version()}
    found |= {name: version(name) for name in LIBRARIES}
    commit = _git("rev-parse", "--short=10", "HEAD")
    return found | {"commit": commit + ("+" if _git("status", "--porcelain") else "")}


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def code_hash() -> str:
    """Return a short hash of product and locked libraries: a run goes on only with the same."""
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".yaml", ".csv"}:
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:10]
