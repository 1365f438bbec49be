"""Dagster's instance of a home: where runs, events and schedules are kept.

Belongs here: making it, and pointing Dagster at it. Dagster itself is loaded on use.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.home import Home, write_text

if TYPE_CHECKING:
    import dagster as dg

PROJECT = Path(__file__).resolve().parent.parent
SETTINGS = PROJECT / "dagster.yaml"
WORKSPACE = PROJECT / "workspace.yaml"
SHARED = ("history/runs.db", "history/runs/index.db")


def prepare(home: Home) -> Path:
    """Make the instance folder with the project's settings, and set `DAGSTER_HOME` to it."""
    settings = SETTINGS.read_text(encoding="utf-8")
    target = home.dagster / "dagster.yaml"
    if not target.exists() or target.read_text(encoding="utf-8") != settings:
        write_text(target, settings)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    return home.dagster


@contextmanager
def kept_open(home: Home) -> Iterator[None]:
    """Hold a connection to the SQLite files that all runs share while many events are written.

    Dagster opens and closes one or more connections per event. The last one to close has SQLite
    write the whole log back into the file and delete it; with one that stays open none is the
    last, which saves about a third of the time.
    """
    with ExitStack() as stack:
        for path in [home.dagster / name for name in SHARED if (home.dagster / name).exists()]:
            held = stack.enter_context(closing(sqlite3.connect(path)))
            held.execute("SELECT count(*) FROM sqlite_master").fetchall()
        yield


def _write_swiftly(connection: object, _: object) -> None:
    """Let SQLite wait for the disk only when it folds its log into the file, not at every event.

    With a log (WAL) that is safe: a power cut may cost the last events, never the file.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = NORMAL")


def open_instance(home: Home) -> dg.DagsterInstance:
    """The Dagster instance in this home."""
    import dagster as dg
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    if not event.contains(Engine, "connect", _write_swiftly):
        event.listen(Engine, "connect", _write_swiftly)
    return dg.DagsterInstance.from_config(str(prepare(home)))
