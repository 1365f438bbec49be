"""A refresh without Dagster that kills itself before its Nth file comes into being.

Every durable step ends in a rename; dying before the Nth one leaves what a power cut would.
"""

import os
import signal
from pathlib import Path

from assets.ingest import pending_editions, take_in
from checks import runner
from pipelines.operations.refresh import clean_up, take_landing
from warehouse.base.home import Home
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
    # Judging is not what is tested here, and loading the judge takes seconds.
    runner.expectation_met = lambda _: True
    die_before(step)
    take_all(Home(root))
