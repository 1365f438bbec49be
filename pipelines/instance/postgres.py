"""Dagster's runs, events and schedules in Postgres, where an environment variable names a database.

Belongs here: reading that address, and messages about what is wrong with it. Does not: the choice
between Postgres and files (`storage`).

The address contains a password. No file of ours stores it, and no message or traceback quotes it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from warehouse.base.errors import Refusal
from warehouse.base.exit_status import IN_PART, UNREACHABLE

if TYPE_CHECKING:
    from dagster import DagsterInstance
    from dagster._serdes import ConfigurableClassData
    from dagster_postgres.storage import DagsterPostgresStorage

VARIABLE = "ACCESS_RECOVERY_POSTGRES"
# SQLAlchemy would take `postgresql` for another driver than the one that is installed.
DRIVER = "postgresql+psycopg2"
KINDS = ("postgres", "postgresql", DRIVER)
SHAPE = f"{VARIABLE} is written postgresql://user:password@host:5432/database"
RECYCLED = 1800  # seconds: firewalls cut older connections
TIMEOUT = "10"  # seconds, unless the address says otherwise


class Unusable(Refusal, ValueError):
    """The database can't be used: what is wrong, and what to do. Quotes no password."""

    exit_status = IN_PART


class Unanswered(Unusable):
    """The database did not answer, or refused the connection: a service that can't be reached."""

    exit_status = UNREACHABLE


def database(environment: Mapping[str, str] | None = None) -> URL | None:
    """Return the database that the environment names; None if it names none.

    Raises Unusable if the address can't be read.
    """
    text = (os.environ if environment is None else environment).get(VARIABLE, "").strip()
    if not text:
        return None
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or not url.database:  # outside `except`: its text may contain the address
        raise Unusable(
            f"{VARIABLE} can't be read as an address of a database.",
            f"{SHAPE}; characters such as @ : / in the password are written %40 %3A %2F.",
        )
    if url.drivername not in KINDS:
        raise Unusable(f"{VARIABLE} begins with `{url.drivername}://`.", f"{SHAPE}.")
    url = url.set(drivername=DRIVER)
    return url.update_query_dict({"connect_timeout": TIMEOUT, **url.query})


def place(url: URL) -> str:
    """Describe the database without its password."""
    return f"{url.database} at {url.host or 'the local socket'}:{url.port or 5432}"


def open_postgres(url: URL, inst_data: ConfigurableClassData | None) -> DagsterPostgresStorage:
    """Open Dagster's own storage in that database; its tables are made if there are none.

    Raises Unanswered if the database can't be reached or refuses the connection.
    """
    from dagster_postgres.utils import DagsterPostgresException

    from pipelines.instance.postgres_storage import PostgresStorage

    told = ""
    try:
        return PostgresStorage(url.render_as_string(hide_password=False), inst_data=inst_data)
    except (DagsterPostgresException, DBAPIError) as error:
        cause = error.__cause__ if isinstance(error, DagsterPostgresException) else error
        told = str(getattr(cause, "orig", None) or cause).strip().splitlines()[0]
    raise Unanswered(
        f"The database {place(url)} can't be used: {told}.",
        f"Check {VARIABLE} and that the database exists and runs; without the variable Dagster's "
        "history is kept in files of the home.",
    )


def autocommitting(url: URL) -> Engine:
    """Return an engine of our own, for statements that can't run in a transaction."""
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")


def keep_connections(instance: DagsterInstance) -> None:
    """Keep connections open, as the web server does, for a process that writes many events: a
    connection for each event doubled a refresh's time."""
    kept = {"statement_timeout": 0, "pool_recycle": RECYCLED, "max_overflow": 4}
    instance.run_storage.optimize_for_webserver(**kept)
    instance.event_log_storage.optimize_for_webserver(**kept)
