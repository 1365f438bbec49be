"""Run a program and measure it: clock, CPU with children, peak memory.

Only the standard library is imported here: a large parent would count towards its children's peak.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = ("-c", "from pipelines.cli.main import main; main()")


@dataclass(frozen=True)
class Cost:
    """Elapsed seconds, CPU seconds (user and system, with children) and peak memory."""

    seconds: float
    cpu: float
    peak_mb: float


class Failed(Exception):
    """A program ended with another exit status than 0."""


def run(arguments: list[str], home: Path | None = None, printed: Path | None = None) -> Cost:
    """Run Python with these arguments in a process of its own.

    `home`: that of the product; `printed`: a file for standard output. Raises Failed with the last
    lines that the program wrote to standard error.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "PYTHONUTF8": "1",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if home is not None:
        environment["ACCESS_RECOVERY_HOME"] = str(home)
    said = (printed or Path(os.devnull)).open("wb")
    with said, subprocess.Popen(
        [sys.executable, *arguments], env=environment, stdout=said, stderr=subprocess.PIPE
    ) as child:  # fmt: skip
        begun = time.perf_counter()
        assert child.stderr is not None
        complaint = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        last = complaint.decode(errors="replace")[-2000:]
        raise Failed(f"{' '.join(arguments)} ended with status {child.returncode}\n{last}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # ru_maxrss is in bytes there
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def module(name: str, *arguments: object) -> list[str]:
    """Return the arguments of Python that run a module of this folder."""
    return ["-m", f"benchmarks.{name}", *map(str, arguments)]


def command(*arguments: object) -> list[str]:
    """Return the arguments of Python that run a command of the product."""
    return [*COMMAND, *map(str, arguments)]
