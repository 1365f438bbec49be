"""Serving the Dagster UI: webserver and daemon side by side, on localhost only.

Belongs here: starting and stopping the two processes. `workspace.yaml` serves plain
`dagster-webserver` and `dagster-daemon` just as well.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipelines.instance import PROJECT, WORKSPACE, prepare
from warehouse.home import Home

HOST = "127.0.0.1"


def serve(home: Home, port: int) -> int:
    """Run both until one ends or Ctrl-C; returns the exit status."""
    prepare(home)
    programs = Path(sys.executable).parent
    workspace = ["-w", str(WORKSPACE)]
    commands = [
        [str(programs / "dagster-webserver"), "-h", HOST, "-p", str(port), *workspace],
        [str(programs / "dagster-daemon"), "run", *workspace],
    ]
    running = [subprocess.Popen(command, cwd=PROJECT) for command in commands]
    try:
        return running[0].wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=20)
