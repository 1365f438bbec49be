"""Dagster's runs, events and schedules in Postgres, if ACCESS_RECOVERY_POSTGRES names a database.

Does not: the choice between Postgres and files (`sqlite`). The address contains a password, which
no file of ours stores and no message or traceback quotes.
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
# With `postgresql` SQLAlchemy uses a driver that is not installed.
DRIVER = "postgresql+psycopg2"
KINDS = ("postgres", "postgresql", DRIVER)
SHAPE = f"Write {VARIABLE} as postgresql://user:password@host:5432/database"
RECYCLED = 1800  # seconds: firewalls cut older connections
TIMEOUT = "10"  # seconds, unless the address says otherwise


class Unusable(Refusal, ValueError):
    """The database can't be used. The message quotes no password."""

    exit_status = IN_PART


class Unanswered(Unusable):
    """The database did not answer, or refused the connection."""

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
            f"{VARIABLE} is not a valid database address.",
            f"{SHAPE}, with characters such as @ : / in the password as %40 %3A %2F.",
        )
    if url.drivername not in KINDS:
        raise Unusable(f"{VARIABLE} begins with `{url.drivername}://`.", f"{SHAPE}.")
    url = url.set(drivername=DRIVER)
    return url.update_query_dict({"connect_timeout": TIMEOUT, **url.query})


def place(url: URL) -> str:
    """Describe the database without its password."""
    return f"{url.database} at {url.host or 'the local socket'}:{url.port or 5432}"


def open_postgres(url: URL, inst_data: ConfigurableClassData | None) -> DagsterPostgresStorage:
    """Open Dagster's storage in a database, and create its tables if needed. Raises Unanswered."""
    from dagster_postgres.utils import DagsterPostgresException

    from pipelines.instance.postgres_storage import PostgresStorage

    try:
        return PostgresStorage(url.render_as_string(hide_password=False), inst_data=inst_data)
    except (DagsterPostgresException, DBAPIError) as error:
        cause = error.__cause__ if isinstance(error, DagsterPostgresException) else error
        reason = str(getattr(cause, "orig", None) or cause).strip().splitlines()[0]
    raise Unanswered(
        f"The database {place(url)} can't be used: {reason}.",
        f"Check {VARIABLE}, and that the database exists and runs. If the variable is not set, "
        "Dagster's history is kept in files of the home.",
    )


def autocommitting(url: URL) -> Engine:
    """Return an engine for statements that can't run in a transaction."""
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")


def keep_connections(instance: DagsterInstance) -> None:
    """Keep connections open: a new one for each event doubled the time of a refresh."""
    kept = {"statement_timeout": 0, "pool_recycle": RECYCLED, "max_overflow": 4}
    instance.run_storage.optimize_for_webserver(**kept)
    instance.event_log_storage.optimize_for_webserver(**kept)
