"""Run Dagster's web server and daemon side by side, on localhost only."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipelines.instance.editions import know_editions
from pipelines.instance.prepare import PROJECT, WORKSPACE, open_instance
from warehouse.base.exit_status import DONE
from warehouse.base.home import Home

HOST = "127.0.0.1"
TIMEOUT = 20.0  # seconds for a process to end by itself


def serve(home: Home, port: int, say: Callable[[str], None]) -> int:
    """Run both until Ctrl-C (status 0), or until one of them ends (its own); returns the status."""
    try:
        return _serve(home, port, say)
    except KeyboardInterrupt:
        say("Stopped.")
        return DONE


def _serve(home: Home, port: int, say: Callable[[str], None]) -> int:
    with open_instance(home) as instance:  # folder, tables and pool limits before anything runs
        know_editions(instance, home)
    # A service manager sends SIGTERM, which must stop both processes as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    programs = Path(sys.executable).parent
    workspace = ["-w", str(WORKSPACE)]
    commands = {
        "webserver": [str(programs / "dagster-webserver"), "-h", HOST, "-p", str(port), *workspace],
        "daemon": [str(programs / "dagster-daemon"), "run", *workspace],
    }
    running = {name: subprocess.Popen(command, cwd=PROJECT) for name, command in commands.items()}
    try:
        while True:
            for name, process in running.items():
                status = process.poll()
                if status is not None:
                    say(f"The Dagster {name} ended with status {status}; stopping the other")
                    return status
            time.sleep(0.5)
    finally:
        # Ctrl-C again, or make's own signal, would leave one of them running.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for process in running.values():
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
