"""Running the command line as a user does: another process, its own home, its exit status."""

import os
import subprocess
import sys
from pathlib import Path

from warehouse.base.home import HOME_VARIABLE

PROGRAM = str(Path(sys.executable).with_name("access-recovery"))
TIMEOUT = 240


def environment(root: Path) -> dict[str, str]:
    """This process's environment with another home, and no width of a screen: pytest's workers
    set one."""
    own = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return {**own, HOME_VARIABLE: str(root), "PYTHONUTF8": "1"}


def run(root: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `access-recovery` to its end."""
    command = [PROGRAM, *map(str, arguments)]
    return subprocess.run(
        command,
        env=environment(root),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT,
        check=False,
    )


def start(root: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    """Start `access-recovery` and go on."""
    command = [PROGRAM, *map(str, arguments)]
    return subprocess.Popen(
        command,
        env=environment(root),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
