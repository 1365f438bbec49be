"""Fetching in Dagster: what a run reports of the editions it looked up, and when it retries."""

from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg
import pytest

from assets import fetch_assets as fetching
from assets.asset_keys import fetched_key, keys
from assets.fetch_assets import fetch_job_name, publisher, range_tags
from pipelines.definitions import build_definitions
from pipelines.instance.editions import add_editions
from pipelines.job_names import feed_job_name
from pipelines.operations.running import QUIET
from pipelines.resources import HomeResource
from tests.pipelines.records import record
from warehouse.base.home import Home
from warehouse.base.months import between, month_text, parse_month
from warehouse.contract.model import contracts
from warehouse.fetch.lookups import Lookup, note

FEED = "gp_appointments_sub_icb"
Tell = Callable[[str], dict[str, Any]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The editions that were asked for, look by look."""
    monkeypatch.setattr(fetching, "RETRIES", dg.RetryPolicy(max_retries=1, delay=0))
    return []


def run(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    tell: Tell,
    first: str,
    last: str,
    feed: str = FEED,
    asked: list[list[str]] | None = None,
) -> tuple[dg.ExecuteInProcessResult, list[dg.EventLogEntry]]:
    """Run the job of a feed for some editions; `tell` returns the result of each lookup."""

    def each_lookup(
        home: Home, feeds: list[str], editions: list[str], run_id: str
    ) -> Iterator[Lookup]:
        if asked is not None:
            asked.append(editions)
        for edition in editions:
            look = Lookup(feed=feeds[0], edition=edition, run_id=run_id, **tell(edition))
            note(home, look)
            if look.verdict == "new":
                record(home, feeds[0], edition)
            yield look

    monkeypatch.setattr("warehouse.fetch.fetch.each_lookup", each_lookup)
    job = build_definitions(HomeResource(root=str(home.root))).resolve_job_def(fetch_job_name(feed))
    with dg.DagsterInstance.ephemeral() as instance:
        months = between(parse_month(first), parse_month(last))
        add_editions(instance, feed, map(month_text, months))
        done = job.execute_in_process(
            instance=instance,
            tags=range_tags(first, last),
            run_config=QUIET,
            raise_on_error=False,
        )
        return done, instance.all_logs(done.run_id)


def found(done: dg.ExecuteInProcessResult) -> dict[str | None, dict[str, Any]]:
    """Per edition that is in: the metadata of its materialisation."""
    told = [
        event.step_materialization_data.materialization
        for event in done.get_asset_materialization_events()
    ]
    assert len({one.partition for one in told}) == len(told)
    return {
        one.partition: {name: value.value for name, value in one.metadata.items()} for one in told
    }


def why(done: dg.ExecuteInProcessResult) -> str:
    [failed] = [event.step_failure_data for event in done.all_events if event.is_step_failure]
    assert failed.user_failure_data
    return str(failed.user_failure_data.description)


def test_one_materialisation_an_edition_and_a_handful_of_lines(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, events = run(
        home, monkeypatch, lambda _: {"verdict": "new", "page": "https://digital.nhs.uk/p"},
        "2023-05", "2025-10",
    )  # fmt: skip
    assert done.success
    told = found(done)
    assert len(told) == 30
    assert told["2025-10"]["verdict"] == "new" and told["2025-10"]["bytes"] == 1000
    assert told["2025-10"]["page"] == "https://digital.nhs.uk/p"
    [file] = told["2025-10"]["files"].records
    assert len(file.data["sha256"]) == 64
    # Dagster itself notes what it plans and what is made, edition by edition.
    others = [event for event in events if "ASSET_MATERIALIZATION" not in str(event.dagster_event)]
    assert len(others) < 12


def test_what_is_not_out_yet_is_no_failure_and_nothing_is_in(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, events = run(
        home, monkeypatch,
        lambda edition: {"verdict": "unchanged" if edition < "2025-10" else "not yet"},
        "2025-09", "2025-11",
    )  # fmt: skip
    assert done.success
    assert list(found(done)) == ["2025-09"]
    assert [e.user_message for e in events if e.user_message.startswith("Not published")] == [
        "Not published yet: 2025-10 to 2025-11"
    ]


def test_a_lookup_that_needs_a_person_fails_with_what_where_and_what_to_do(
    home: Home, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    page = "https://digital.nhs.uk/november-2025"
    wrong = {"verdict": "ambiguous", "message": "Two files fit: a.zip, b.zip.", "page": page,
             "remedy": "Import the right one."}  # fmt: skip
    done, _ = run(
        home, monkeypatch, lambda edition: wrong if edition == "2025-10" else {"verdict": "new"},
        "2025-09", "2025-11", asked=asked,
    )  # fmt: skip
    assert not done.success
    assert list(found(done)) == ["2025-09", "2025-11"]
    assert why(done) == (
        f"{FEED} 2025-10 ambiguous: Two files fit: a.zip, b.zip. ({page}) Import the right one."
    )
    assert len(asked) == 1, "tried again what a person must look at"


def test_an_unreachable_publisher_is_retried_for_the_remaining_editions(
    home: Home, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    def comes_back(edition: str) -> dict[str, Any]:
        return {"verdict": "unreachable" if edition == "2025-10" and len(asked) == 1 else "new"}

    done, _ = run(home, monkeypatch, comes_back, "2025-09", "2025-10", asked=asked)
    assert done.success
    assert list(found(done)) == ["2025-09", "2025-10"]
    assert asked == [["2025-09", "2025-10"], ["2025-10"]]


def test_a_publisher_that_stays_out_of_reach_fails_in_words(
    home: Home, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    down = {"verdict": "unreachable", "message": "https://digital.nhs.uk gave no answer.",
            "remedy": "Check the proxy."}  # fmt: skip
    done, _ = run(home, monkeypatch, lambda _: down, "2025-10", "2025-10", asked=asked)
    assert len(asked) == 2
    assert why(done) == (
        f"{FEED} 2025-10 unreachable: https://digital.nhs.uk gave no answer. Check the proxy."
    )


def test_a_quarterly_list_is_looked_for_by_the_quarter(
    home: Home, monkeypatch: pytest.MonkeyPatch, asked: list[list[str]]
) -> None:
    done, _ = run(
        home, monkeypatch, lambda _: {"verdict": "not yet"}, "2025-01", "2025-09",
        feed="pharmacy_list", asked=asked,
    )  # fmt: skip
    assert done.success
    assert asked == [["2025-03", "2025-06", "2025-09"]]


def test_one_run_at_a_time_uses_a_host_and_processing_uses_none() -> None:
    definitions = build_definitions()
    graph = definitions.resolve_asset_graph()
    for feed, contract in contracts().items():
        step = definitions.resolve_job_def(feed_job_name(feed))
        assert fetched_key(feed) not in step.asset_layer.executable_asset_keys
        discovery = contract.discovery
        if discovery is None:
            assert not graph.get(keys(feed)[0]).parent_keys
            continue
        bringer = discovery.comes_with or feed
        assert graph.get(keys(feed)[0]).parent_keys == {fetched_key(bringer)}
        if discovery.looked_up:
            [pool] = graph.get(fetched_key(feed)).pools
            assert pool == publisher(contract) and "." in pool
