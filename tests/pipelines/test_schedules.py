"""When each feed is looked up: what a tick of its schedule decides."""

from datetime import UTC, datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from pipelines.definitions import build_definitions
from pipelines.resources import HomeResource
from pipelines.schedules import decide, under_way, working_days
from tests.pipelines.alerts.support_alerts import EDITION, hold_back
from tests.pipelines.records import record
from tests.support import write_text
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.rulings import hold

FEED = "gp_appointments_sub_icb"
LONDON = ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def tick(home: Home, when: str, feed: str = FEED) -> dg.RunRequest | str:
    """The run that a tick asks for, or why there is none."""
    came = decide(home, contracts()[feed], at(when))
    return came if isinstance(came, dg.RunRequest) else str(came.skip_message)


def span(due: dg.RunRequest) -> tuple[str, str]:
    """The first and the last edition of a run for several."""
    assert due.partition_key is None
    ends = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
    first, last = (due.tags[one] for one in ends)
    return first, last


def ticks(home: Home, start: datetime, end: datetime) -> list[datetime]:
    """What Dagster's own iterator makes of the schedule, in UTC."""
    schedule = build_definitions(HomeResource(root=str(home.root))).resolve_schedule_def(
        f"look_for_{FEED}"
    )
    found = schedule_execution_time_iterator(
        start.timestamp(), schedule.cron_schedule, schedule.execution_timezone
    )
    return [one.astimezone(UTC) for one in takewhile(lambda one: one < end, found)]


def test_from_the_day_it_is_due_and_each_working_day_until_it_is_in(home: Home) -> None:
    record(home, FEED, "2025-10")
    assert tick(home, "2025-12-17 09:35") == "2025-11 is due on 18 Dec 2025"
    due = tick(home, "2025-12-18 09:35")
    assert isinstance(due, dg.RunRequest)
    assert span(due) == ("2025-10", "2025-11"), "the newest held is looked at again"
    assert due.run_key == f"{FEED} 2025-11 2025-12-18 09:35"
    assert tick(home, "2025-12-25 09:35") == "25 Dec 2025 is a bank holiday: nothing is published"
    assert tick(home, "2025-12-28 09:35") == "28 Dec 2025 is a Sunday: nothing is published"
    later = tick(home, "2025-12-29 09:35")
    assert isinstance(later, dg.RunRequest) and later.run_key != due.run_key
    record(home, FEED, "2025-11")
    assert tick(home, "2025-12-30 09:35") == "2025-12 is due on 29 Jan 2026"


def test_a_held_edition_is_looked_up_again_until_it_is_decided(home: Home) -> None:
    hold_back(home)
    due = tick(home, "2025-12-03 09:35")
    assert isinstance(due, dg.RunRequest)
    assert (due.partition_key, due.run_key) == (EDITION, f"{FEED} {EDITION} 2025-12-03 09:35")
    hold(home, FEED, EDITION, "It lacks a region.", "Ann")
    assert tick(home, "2025-12-04 09:35") == "2025-11 is due on 18 Dec 2025"


def test_a_cron_of_every_day_includes_holidays(home: Home) -> None:
    assert working_days("35 9 * * 1-5") and not working_days("*/10 * * * *")
    christmas = at("2025-12-25 09:35")
    assert isinstance(decide(home, contracts()[FEED], christmas, False), dg.RunRequest)


def test_several_editions_that_are_due_are_one_run(home: Home) -> None:
    record(home, FEED, "2025-08")
    due = tick(home, "2025-12-18 09:35")
    assert isinstance(due, dg.RunRequest)
    assert due.run_key == f"{FEED} 2025-09 to 2025-11 2025-12-18 09:35"
    assert span(due) == ("2025-08", "2025-11")


def test_an_empty_home_looks_up_the_newest_edition_that_is_due(home: Home) -> None:
    due = tick(home, "2026-01-28 09:35", "pharmacy_list")
    assert isinstance(due, dg.RunRequest) and due.partition_key == "2025-12"


def test_sample_data_are_never_looked_up_but_fetched_editions_are(home: Home) -> None:
    record(home, FEED, "2025-03", synthetic=True, url=None)
    assert tick(home, "2025-12-18 09:35") == (
        "Sample data only: import or fetch a real edition first"
    )
    record(home, FEED, "2025-10", synthetic=True, url="http://127.0.0.1/file.zip")
    assert isinstance(tick(home, "2025-12-18 09:35"), dg.RunRequest)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-27 00:00", "2026-03-31 00:00", [(27, 9), (30, 8)]),
        ("2026-10-23 00:00", "2026-10-27 00:00", [(23, 8), (26, 9)]),
    ],
)
def test_one_tick_a_weekday_at_0935_in_london_whatever_the_clocks(
    home: Home, start: str, end: str, hours: list[tuple[int, int]]
) -> None:
    found = ticks(home, at(start), at(end))
    assert [(one.day, one.hour, one.minute) for one in found] == [(*one, 35) for one in hours]


@pytest.mark.parametrize(("day", "hour"), [("2026-03-29", 8), ("2026-10-25", 9)])
def test_one_tick_on_the_day_on_which_the_clocks_change(home: Home, day: str, hour: int) -> None:
    write_text(home.settings, "look: {cron: '35 9 * * *'}\n")
    found = ticks(home, at(f"{day} 00:00"), at(f"{day} 23:59"))
    assert [(one.hour, one.minute) for one in found] == [(hour, 35)]


def test_a_tick_decides_by_its_own_time_not_by_the_clock(home: Home) -> None:
    record(home, FEED, "2025-10")
    definitions = build_definitions(HomeResource(root=str(home.root)))
    schedule = definitions.resolve_schedule_def(f"look_for_{FEED}")
    with dg.build_schedule_context(
        scheduled_execution_time=at("2025-12-17 09:35").astimezone(UTC),
        repository_def=definitions.get_repository_def(),
        resources={"home": HomeResource(root=str(home.root))},
    ) as context:
        assert schedule.evaluate_tick(context).skip_message == "2025-11 is due on 18 Dec 2025"


def test_one_lookup_of_a_feed_at_a_time() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_run(dg.DagsterRun(f"fetch_{FEED}", status=dg.DagsterRunStatus.FAILURE))
        assert not under_way(instance, FEED)
        instance.add_run(dg.DagsterRun(f"fetch_{FEED}", status=dg.DagsterRunStatus.STARTED))
        assert under_way(instance, FEED) and not under_way(instance, "nhs_app")
