"""Old runs go, with every byte of theirs; none that holds what is newest of an asset or a check."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from pipelines.operations.housekeeping import delete_runs, housekeep, old_runs
from pipelines.operations.purge_runs import run_files
from pipelines.operations.running import running_instance
from tests.support import kept_in, write, write_text
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.base.lock import Busy, alone

EDITIONS = dg.StaticPartitionsDefinition(["2025-10", "2025-11"])
CHECK = dg.AssetCheckSpec("sound", asset="thing")
NOW, YEAR = datetime.now(UTC), timedelta(days=365)


@dg.asset(partitions_def=EDITIONS, check_specs=[CHECK])
def thing(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    if context.run.tags.get("breaks"):
        raise dg.Failure("It broke.", allow_retries=False)
    yield dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


@dg.op
def nothing() -> None: ...


@dg.job
def look() -> None:
    nothing()


def run(instance: dg.DagsterInstance, edition: str | None, breaks: bool = False) -> str:
    if edition is None:
        return look.execute_in_process(instance=instance).run_id
    done = dg.materialize(
        [thing],
        instance=instance,
        partition_key=edition,
        tags={"breaks": "yes"} if breaks else {},
        raise_on_error=False,
    )
    return done.run_id


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    return Home(tmp_path)


def test_old_runs_go_but_what_is_newest_stays(home: Home) -> None:
    much_later = NOW + 2 * YEAR
    with running_instance(home) as instance:
        first = run(instance, "2025-10")
        broken = run(instance, "2025-11", breaks=True)
        stays = [run(instance, "2025-10"), run(instance, "2025-11")]
        empty = run(instance, None)
        begun = instance.create_run_for_job(look, status=dg.DagsterRunStatus.STARTED).run_id
        assert old_runs(instance, NOW, YEAR) == []
        fortnight = NOW + timedelta(days=15)
        assert old_runs(instance, fortnight, YEAR) == [empty], "it did well and made nothing"
        would = housekeep(home, dry_run=True, now=much_later)
        go = old_runs(instance, much_later, YEAR)
        assert go == [broken, empty, first] and would.runs == 3
        assert would.bytes == sum(map(home.store.size, run_files(home, go))) > 0
        delete_runs(home, instance, go)
        assert run_files(home, go) == []
        assert {one.run_id for one in instance.get_runs()} == {*stays, begun}
        assert instance.get_materialized_partitions(thing.key) == {"2025-10", "2025-11"}
        newest = instance.get_latest_materialization_event(thing.key)
        assert newest is not None and newest.run_id == stays[1]
        assert old_runs(instance, much_later, YEAR) == []


def test_the_command_lists_what_is_removed_and_its_size(home: Home) -> None:
    stray = write(home.root / "quarantine/nhs_app/2019-01/abc.parquet", b"12345")
    would = CliRunner().invoke(app, ["housekeeping", "--dry-run"])
    assert would.exit_code == 0 and "Would be removed: 5 bytes" in would.stdout
    assert stray.exists() and kept_in(home) == ["quarantine/nhs_app/2019-01/abc.parquet"]
    done = CliRunner().invoke(app, ["housekeeping"])
    assert done.exit_code == 0 and "1 file(s)" in done.stdout and "Removed: 5" in done.stdout
    assert not stray.exists()
    again = CliRunner().invoke(app, ["housekeeping"])
    assert again.exit_code == 0 and "Nothing to remove" in again.stdout


def test_housekeeping_needs_the_lock_and_valid_settings(home: Home) -> None:
    with alone(home, print, wait=False), pytest.raises(Busy):
        housekeep(home, wait=False)
    write_text(home.settings, "keep_runs_days: none\n")
    with pytest.raises(ValueError, match=r"keep_marts:.*keep_runs_days"):
        housekeep(home)
