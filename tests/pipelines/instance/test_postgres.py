"""Dagster's history in Postgres: one variable, no password in any word, and purging from it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster_postgres.run_storage import PostgresRunStorage
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from pipelines.instance.postgres import VARIABLE, Unanswered, Unusable, database, place
from pipelines.instance.prepare import open_instance
from pipelines.instance.sqlite import Runs
from pipelines.operations.purge_runs import forget_runs
from pipelines.operations.running import running_instance
from tests.pipelines.instance.postgres_server import PASSWORD, QUOTED, postgres, programs
from tests.pipelines.instance.test_prepare import runs_launched_first
from warehouse.base.home import Home

SECRET = "hunter2"
AT = programs()


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (f"mysql://me:{SECRET}@db/dagster", "begins with `mysql://`"),
        (f"postgresql://me:{SECRET}@db:{SECRET}/dagster", "is not a valid database address"),
        (f"postgresql://me:{SECRET}@db", "is not a valid database address"),
        (f"me:{SECRET}@db", "is not a valid database address"),
    ],
)
def test_an_invalid_address_is_reported_without_quoting_it(written: str, found: str) -> None:
    with pytest.raises(Unusable, match=found) as raised:
        database({VARIABLE: written})
    assert SECRET not in str(raised.value)
    assert raised.value.__context__ is None, "nor does the traceback"


def test_the_driver_that_is_installed_is_used() -> None:
    url = database({VARIABLE: f"postgres://me:{QUOTED}@db/dagster?connect_timeout=3"})
    assert url is not None
    assert (url.drivername, url.password) == ("postgresql+psycopg2", PASSWORD)
    assert url.query == {"connect_timeout": "3"} and place(url) == "dagster at db:5432"
    assert database({}) is None


@dg.asset
def anything(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    context.log.info("MARKER")
    return dg.MaterializeResult(metadata={"told": "MARKER"})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if AT is None:
        pytest.skip("Postgres is not installed (Debian: apt install postgresql)")
    with postgres(AT) as url:
        monkeypatch.setenv(VARIABLE, url)
        yield url


def quoting(url: str) -> int:
    """Rows in the whole database that quote the marker."""
    engine = create_engine(url.replace("://", "+psycopg2://"), poolclass=NullPool)
    with engine.connect() as db:
        tables = db.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).scalars()
        count = "SELECT count(*) FROM {} AS t WHERE t::text LIKE '%MARKER%'"
        return sum(db.execute(text(count.format(table))).scalar_one() for table in tables)


def test_a_job_runs_on_it_is_read_back_and_is_forgotten(home: Home, server: str) -> None:
    definitions = dg.Definitions([anything], jobs=[dg.define_asset_job("publish_mart")])
    began = datetime.now(UTC) - timedelta(minutes=1)
    with running_instance(home) as instance:
        assert isinstance(instance.run_storage, PostgresRunStorage)
        done = definitions.resolve_job_def("publish_mart").execute_in_process(instance=instance)
    with open_instance(home) as instance:
        event = instance.get_latest_materialization_event(anything.key)
        assert event is not None and event.run_id == done.run_id
        assert PASSWORD not in repr(instance) + str(instance.info_dict()), "nor quoted"
        assert QUOTED not in repr(instance.get_ref().to_dict())
    kept = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept and QUOTED.encode() not in kept
    assert quoting(server) > 0
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert forget_runs(home, {done.run_id}, [], began, later) == 1
    assert quoting(server) == 0


def test_plain_dagster_launches_one_run_of_a_pool_at_first(home: Home, server: str) -> None:
    assert server and runs_launched_first(home) == 1


def test_an_unusable_database_is_reported_by_its_address(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dagster_postgres.utils.calculate_delay", lambda **_: 0.0)
    monkeypatch.setenv(VARIABLE, f"postgresql://me:{SECRET}@127.0.0.1:9/dagster")
    with (
        pytest.raises(
            Unanswered, match=r"dagster at 127.0.0.1:9 can't be used: .*refused"
        ) as raised,
        open_instance(home),
    ):
        pass
    assert SECRET not in str(raised.value) and raised.value.__context__ is None
    monkeypatch.delenv(VARIABLE)
    with open_instance(home) as instance:
        assert isinstance(instance.run_storage, Runs)
