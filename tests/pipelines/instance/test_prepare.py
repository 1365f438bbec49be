"""Dagster's instance of a home: its settings, its pools, Dagster's own tools in the checkout."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    InProcessCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

from assets.feed_assets import POOL
from pipelines.cli.screen import Screen
from pipelines.cli.status import show_status
from pipelines.instance.pools import pools
from pipelines.instance.prepare import (
    PROJECT,
    SETTINGS,
    SHIPPED,
    differences,
    open_instance,
    prepare,
)
from pipelines.storage import Storage
from tests.support import write_text
from warehouse.base.home import HOME_VARIABLE, Home

ORIGIN = RemoteJobOrigin(
    RemoteRepositoryOrigin(
        InProcessCodeLocationOrigin(LoadableTargetOrigin(module_name="a")), "a_repository"
    ),
    "writing",
)
OWN = """
storage: {custom: {module: pipelines.storage, class: Storage}}
telemetry: {enabled: true}
concurrency:
  runs: {max_concurrent_runs: 4}
  pools: {granularity: op}
run_monitoring: {enabled: false, poll_interval_seconds: 60}
"""


@dg.op(pool=POOL)
def writes() -> None:
    """What takes the pool."""


@dg.job
def writing() -> None:
    writes()


def test_the_hash_of_the_shipped_settings_is_listed() -> None:
    assert hashlib.sha256(SETTINGS.read_bytes()).hexdigest() in SHIPPED


def test_edited_settings_are_kept_and_their_differences_listed(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    target = home.dagster / "dagster.yaml"
    write_text(target, OWN)
    prepare(home)
    assert target.read_text(encoding="utf-8") == OWN
    told = {one.setting: one.words for one in differences(home)}
    assert told["concurrency.pools.granularity"].endswith("`op`, shipped `run`")
    assert told["concurrency.pools.default_limit"].endswith("not set, shipped `1`")
    assert told["run_monitoring.enabled"].endswith("`False`, shipped `True`")
    assert not [name for name in told if name.startswith(("telemetry", "storage", "nux"))]
    show_status(Screen(), home, as_json=False)
    shown = capsys.readouterr().out
    assert (
        "differs from the shipped settings" in shown
        and "concurrency.pools.granularity: `op`" in shown
    )
    show_status(Screen(), home, as_json=True)
    [pools_of] = [
        one
        for one in json.loads(capsys.readouterr().out)["dagster_settings"]
        if one["setting"] == "concurrency.pools.granularity"
    ]
    assert (pools_of["found"], pools_of["shipped"]) == ("op", "run")


def test_unedited_settings_are_replaced(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    target = home.dagster / "dagster.yaml"
    earlier = "telemetry: {enabled: false}\n"
    known = SHIPPED | {hashlib.sha256(earlier.encode()).hexdigest()}
    monkeypatch.setattr("pipelines.instance.prepare.SHIPPED", known)
    write_text(target, earlier)
    assert differences(home) == []
    prepare(home)
    assert target.read_bytes() == SETTINGS.read_bytes()


@pytest.mark.parametrize("broken", ["a: [", "just words"])
def test_unreadable_settings_are_reported(home: Home, broken: str) -> None:
    write_text(home.dagster / "dagster.yaml", broken)
    [told] = differences(home)
    assert told.setting == "whole file" and "settings as YAML" in told.words


@pytest.mark.parametrize("opened_before", [True, False], ids=["prepared", "plain Dagster"])
def test_the_first_round_of_a_fresh_instance_launches_one_run_of_a_pool(
    home: Home, opened_before: bool
) -> None:
    """Not prepared: as `dagster dev` opens it, on the settings in the checkout alone."""
    if opened_before:
        with open_instance(home):
            pass
    assert runs_launched_first(home) == 1


def runs_launched_first(home: Home) -> int:
    """How many of four queued runs of one pool the daemon launches in its first round."""
    prepare(home)
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        for _ in range(4):
            run = instance.create_run_for_job(
                writing, status=dg.DagsterRunStatus.QUEUED, remote_job_origin=ORIGIN
            )
            assert run.run_op_concurrency
        daemon = QueuedRunCoordinatorDaemon(interval_seconds=1)
        chosen = daemon._get_runs_to_dequeue(instance, instance.get_concurrency_config(), None)
        limits = {one.name: one.limit for one in instance.event_log_storage.get_pool_limits()}
    assert limits == dict.fromkeys(pools(), 1)
    return len(chosen)


def test_a_limit_that_a_person_has_set_stays(home: Home) -> None:
    with open_instance(home) as instance:
        instance.event_log_storage.set_concurrency_slots("digital.nhs.uk", 3)
    with open_instance(home) as instance:
        limits = {one.name: one.limit for one in instance.event_log_storage.get_pool_limits()}
    assert (limits["digital.nhs.uk"], limits[POOL]) == (3, 1)


def test_the_storage_is_in_the_home_by_default(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    assert Storage.from_config_value(None, {}).base_dir == str(home.dagster)  # type: ignore[attr-defined]
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "own"))
    assert Storage.from_config_value(None, {}).base_dir == str(tmp_path / "own")  # type: ignore[attr-defined]


@pytest.mark.acceptance
def test_dagsters_own_tools_load_the_checkout_with_nothing_set(tmp_path: Path) -> None:
    """In a copy of the settings beside the code, so that the checkout gets no home of its own."""
    for name in ("dagster.yaml", "workspace.yaml", "pyproject.toml"):
        (tmp_path / name).write_bytes((PROJECT / name).read_bytes())
    own = {k: v for k, v in os.environ.items() if k not in ("DAGSTER_HOME", HOME_VARIABLE)}
    program = Path(sys.executable).with_name("dagster")
    done = subprocess.run(
        [program, "definitions", "validate", "-w", "workspace.yaml"],
        cwd=tmp_path,
        env={**own, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "All code locations passed validation" in done.stdout + done.stderr
    assert (tmp_path / "data" / "dagster" / "history").is_dir()
