"""Dagster's list of editions follows the home, and stays sorted."""

from collections.abc import Iterator

import dagster as dg
import pytest

import pipelines.instance.editions as of_dagster
from assets.partitions import editions_name
from pipelines.instance.editions import add_editions, know_editions
from tests.pipelines.records import record
from warehouse.base.home import Home

FEED = "gp_appointments_sub_icb"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def shown(instance: dg.DagsterInstance, feed: str = FEED) -> list[str]:
    return list(instance.get_dynamic_partitions(editions_name(feed)))


def test_an_older_edition_comes_before_the_others(instance: dg.DagsterInstance) -> None:
    add_editions(instance, FEED, ["2025-10", "2025-11"])
    add_editions(instance, FEED, ["2025-08"])
    assert shown(instance) == ["2025-08", "2025-10", "2025-11"]
    add_editions(instance, FEED, ["2025-12"], gone=["2025-10"])
    assert shown(instance) == ["2025-08", "2025-11", "2025-12"]


def test_an_unchanged_list_is_not_written(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_editions(instance, FEED, ["2025-10"])
    for name in ("add_dynamic_partitions", "delete_dynamic_partition"):
        monkeypatch.setattr(instance, name, lambda *_: pytest.fail("written"))
    add_editions(instance, FEED, ["2025-10"], gone=["2020-01"])


def test_what_is_held_or_expected_is_shown_and_what_a_person_added_stays(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(home, FEED, "2025-01", synthetic=True, url=None)
    know_editions(instance, home)
    assert shown(instance) == ["2025-01"]
    add_editions(instance, FEED, ["2019-01"])
    record(home, FEED, "2025-10")  # the first real file retires the sample
    held = {FEED: ["2025-10", "2025-11"]}
    monkeypatch.setattr(of_dagster, "known_editions", lambda _, today: held if today else {})
    know_editions(instance, home)
    assert shown(instance) == ["2019-01", "2025-10", "2025-11"]
