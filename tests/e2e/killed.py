"""Refreshes in processes of their own, some of which kill themselves before their Nth file comes
into being.

Every durable step ends in a rename; dying before the Nth one leaves what a power cut would.
"""

import os
import signal
from multiprocessing.queues import Queue
from pathlib import Path

from typer.testing import CliRunner

from assets.ingest import pending_editions, take_in
from checks import runner
from pipelines.cli.main import app
from pipelines.operations.refresh import clean_up, refresh, take_landing
from tests.checks.support_gx import met
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.contract.model import contracts
from warehouse.publication.build import build_mart
from warehouse.publication.publish import is_current, publish

KILLED = -signal.SIGKILL


def take_all(home: Home) -> None:
    """Landing to published mart, step by step as the refresh does it."""
    clean_up(home)
    for _ in take_landing(home, lambda _: None):
        pass
    for feed in contracts():
        for edition in pending_editions(home, feed):
            take_in(home, feed, edition, "run")
    if not is_current(home):
        publish(home, build_mart(home, "run-of-a-test"))


def die_before(step: int) -> None:
    """Arrange for this process to die instead of making its Nth rename."""
    replace, renames = os.replace, 0

    def dying(source: str | Path, target: str | Path) -> None:
        nonlocal renames
        renames += 1
        if renames == step:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)

    os.replace = dying  # type: ignore[assignment]


def take_all_and_die(root: Path, step: int) -> None:
    """What a process does that is killed before its Nth rename."""
    _judge_nothing()
    die_before(step)
    take_all(Home(root))


def refresh_and_die(root: Path, step: int) -> None:
    """A whole refresh, Dagster's runs and all, that is killed before its Nth rename."""
    _judge_nothing()
    die_before(step)
    refresh(Home(root))


def refresh_and_tell(root: Path, told: "Queue[tuple[int, str]]") -> None:
    """The command: its exit status, and what it printed."""
    _judge_nothing()
    os.environ[HOME_VARIABLE] = str(root)
    done = CliRunner().invoke(app, ["refresh"])
    told.put((done.exit_code, done.output))


def _judge_nothing() -> None:
    """Judging is not what is tested here, and loading the judge takes seconds."""
    runner.evaluate = met
