"""The job `refresh` asked for with config: one feed, some editions, again."""

from typing import Any

import dagster as dg
import pytest

import pipelines.operations.refresh_job as job_of_refresh
from pipelines.operations.refresh_job import refresh_job
from pipelines.operations.refresh_report import RefreshReport
from pipelines.operations.requested import NotHeld
from pipelines.resources import HomeResource
from warehouse.base.home import Home


def launched(home: Home, **config: Any) -> dg.ExecuteInProcessResult:
    return refresh_job(0).execute_in_process(
        run_config={"ops": {"refresh_home": {"config": config}}},
        resources={"home": HomeResource(root=str(home.root))},
        raise_on_error=False,
    )


def why(done: dg.ExecuteInProcessResult) -> str:
    failed = done.failure_data_for_node("refresh_home")
    assert failed and failed.user_failure_data and failed.user_failure_data.description
    return failed.user_failure_data.description


@pytest.mark.parametrize(
    ("config", "feeds", "editions", "again"),
    [
        ({}, [], [], False),
        ({"feed": "nhs_app"}, ["nhs_app"], [], False),
        ({"feed": "nhs_app", "editions": ["2025-10", "Nov 2025"], "again": True},
         ["nhs_app"], ["2025-10", "2025-11"], True),
    ],
)  # fmt: skip
def test_the_run_refreshes_what_it_is_asked_for(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    config: dict[str, Any],
    feeds: list[str],
    editions: list[str],
    again: bool,
) -> None:
    asked: list[Any] = []

    def refresh(_: Home, *args: Any, **more: Any) -> RefreshReport:
        asked.append((args[:2], more["again"], more["within"]))
        return RefreshReport()

    monkeypatch.setattr(job_of_refresh, "refresh", refresh)
    done = launched(home, **config)
    assert done.success
    assert asked == [((feeds, editions), again, done.run_id)]


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"feed": "nhs_ap"}, 'Unknown feed "nhs_ap". Did you mean nhs_app'),
        ({"feed": "nhs_app", "editions": ["soon"]}, "`editions`: `soon` is not a month"),
        ({"again": True}, "`again` needs `feed` or `editions`"),
    ],
)
def test_what_can_not_be_asked_for_is_refused_in_words(
    home: Home, config: dict[str, Any], told: str
) -> None:
    assert told in why(launched(home, **config))


def test_a_feed_without_files_is_refused_in_words(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refresh(*_: Any, **__: Any) -> RefreshReport:
        raise NotHeld("No file of nhs_app was imported.", "Import one.")

    monkeypatch.setattr(job_of_refresh, "refresh", refresh)
    assert why(launched(home, feed="nhs_app")) == "No file of nhs_app was imported. Import one."
