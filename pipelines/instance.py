"""Dagster's instance of a home: where runs, events and schedules are kept.

Belongs here: making it, and pointing Dagster at it. Dagster itself is loaded on use.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.home import Home, write_text

if TYPE_CHECKING:
    import dagster as dg

PROJECT = Path(__file__).resolve().parent.parent
SETTINGS = PROJECT / "dagster.yaml"
WORKSPACE = PROJECT / "workspace.yaml"


def prepare(home: Home) -> Path:
    """Make the instance folder with the project's settings, and set `DAGSTER_HOME` to it."""
    settings = SETTINGS.read_text(encoding="utf-8")
    target = home.dagster / "dagster.yaml"
    if not target.exists() or target.read_text(encoding="utf-8") != settings:
        write_text(target, settings)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    return home.dagster


def open_instance(home: Home) -> dg.DagsterInstance:
    """The Dagster instance in this home."""
    import dagster as dg

    return dg.DagsterInstance.from_config(str(prepare(home)))
