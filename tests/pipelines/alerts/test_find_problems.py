"""What needs a person: each problem with its key, since when, what analysts see, what to do."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.alerts.find_problems import Problem, problems
from pipelines.alerts.problem import PublishedMart, moment
from pipelines.operations.last_refresh import remember
from tests.pipelines.alerts.support_alerts import (
    EDITION,
    FEED,
    NOW,
    archive,
    hold_back,
    look,
    publish,
)
from tests.support import crosstab, imported, mapping, write, write_text
from warehouse.archive.source_files import Archive
from warehouse.archive.tombstones import Tombstone
from warehouse.archive.tombstones import write as bury
from warehouse.base.home import Home
from warehouse.editions.check_history import record
from warehouse.editions.rulings import hold
from warehouse.fetch.lookups import Lookup, Verdict, note


def found_in(home: Home, now: datetime = NOW) -> list[Problem]:
    """All problems but late editions, of which there are more with every day that tests are run."""
    return [one for one in problems(home, now) if not one.key.startswith("late")]


def only(home: Home, now: datetime = NOW) -> Problem:
    [found] = found_in(home, now)
    return found


def keys(home: Home, now: datetime = NOW) -> list[str]:
    return [one.key for one in found_in(home, now)]


def test_an_empty_home_has_none(home: Home) -> None:
    assert problems(home, NOW) == []


@pytest.mark.parametrize("verdict", ["not found", "ambiguous", "refused"])
def test_a_failed_lookup_is_a_problem_until_it_succeeds(home: Home, verdict: Verdict) -> None:
    publish(home)
    look(home, "not yet", -1500)
    look(home, verdict, -60)
    look(home, verdict)
    found = only(home)
    assert (found.key, found.since) == (f"look {FEED} {EDITION}", NOW - timedelta(hours=1))
    assert f"It was {verdict}." in found.what and "digital.example/appointments" in found.what
    assert "hunter2" not in str(found), "an address is shown without its password"
    assert found.still_see == f"{FEED} up to edition 2025-09, in the mart of 30 Oct 2025"
    assert "Look at the page." in found.to_do and f"--feed {FEED}" in found.to_do
    look(home, "new", 5, remedy="")
    assert keys(home) == []


def test_what_is_older_than_the_newest_held_is_no_problem_of_today(home: Home) -> None:
    archive(home)
    record(home, FEED, EDITION, "fingerprint", [], "run")
    publish(home)
    look(home, "not found", edition="2019-01")
    assert keys(home) == []
    look(home, "not found", edition="2025-11")
    assert keys(home) == [f"look {FEED} 2025-11"]


def test_a_feed_in_another_feeds_zip_is_overdue_with_that_feed(home: Home) -> None:
    for content in (crosstab(), mapping()):
        path = write(home.root.parent / "october.csv", content)
        imported(home, path, feed=None, edition="2025-10")
    late = [one.key for one in problems(home, NOW + timedelta(days=60)) if "late" in one.key]
    assert late == ["late gp_appointments_practice 2025-11"]


def test_a_refused_part_is_a_problem_and_an_unpublished_edition_is_not(home: Home) -> None:
    look(home, "new")
    look(home, "not yet", edition="2025-11", remedy="")
    assert "part of the download" in only(home).title


def test_what_somebody_imported_since_is_no_problem(home: Home) -> None:
    look(home, "not found")
    archive(home)
    assert keys(home) == []


def test_a_publisher_that_can_not_be_reached_is_one_problem_until_it_is(home: Home) -> None:
    look(home, "unreachable", -30)
    look(home, "unreachable", -20)
    look(home, "unreachable", -20, feed="nhs_app")
    found = only(home)
    assert (found.key, found.since) == ("unreachable digital.example", NOW - timedelta(minutes=30))
    assert f"{FEED} {EDITION}, nhs_app {EDITION}" in found.what
    assert found.alert_from == NOW - timedelta(minutes=20), "it may pass by itself"
    assert found.still_see == "no mart is published yet"
    look(home, "unchanged", 0, feed="registered_patients", remedy="")
    assert keys(home) == []


def test_of_many_lookups_that_failed_the_first_are_named(home: Home) -> None:
    for edition in ("2025-07", "2025-08", "2025-09", "2025-10", "2025-11"):
        look(home, "unreachable", edition=edition)
    listed = f"Looked up: {FEED} 2025-07, {FEED} 2025-08, {FEED} 2025-09 and 2 more ("
    assert listed in only(home).what


def test_what_analysts_still_see_is_named_by_edition() -> None:
    at = datetime(2025, 3, 30, 8, 30, tzinfo=UTC)
    assert PublishedMart(at, {"b": "2025-02", "a": "2025-02"}).mart.endswith(
        "with editions up to 2025-02"
    )
    several = PublishedMart(at, {"c": "2025-01", "b": "2025-02", "a": "2025-02"}, synthetic=True)
    assert several.mart == (
        "the mart of 30 Mar 2025 of SYNTHETIC sample data, with editions up to 2025-01 (c), "
        "2025-02 (a, b)"
    )
    many = PublishedMart(at, {f"feed_{n:02}": f"2025-{n % 4 + 1:02}" for n in range(40)})
    assert many.mart == (
        "the mart of 30 Mar 2025, with 40 feeds: feed_03 2025-04, feed_07 2025-04, feed_11 2025-04 "
        "and 37 more (access-recovery status lists them)"
    )
    assert several.of("d").startswith("no edition of d, in the mart of 30 Mar 2025")
    assert moment(at) == "30 Mar 2025, 09:30", "the clocks of London went forward that night"


def test_late_by_the_release_calendar(home: Home) -> None:
    archive(home)
    record(home, FEED, EDITION, "fingerprint", [], "run")
    publish(home, synthetic=True)
    day_after = datetime(2025, 12, 19, 8, tzinfo=UTC)
    note(
        home, Lookup(at=day_after, feed=FEED, edition="2025-11", verdict="not yet", message="404.")
    )
    [found] = [one for one in problems(home, day_after) if one.key.startswith("late")]
    assert (found.key, found.title) == (
        f"late {FEED} 2025-11",
        f"{FEED} 2025-11 is overdue by 1 day",
    )
    assert (
        "was due by 18 Dec 2025" in found.what and "19 Dec 2025, 08:00: not yet. 404." in found.what
    )
    assert found.alert_from is not None and found.alert_from > day_after
    assert "SYNTHETIC" in found.still_see
    assert problems(home, day_after - timedelta(days=1)) == []
    look(home, "not found", edition="2025-11")
    assert [one.key for one in problems(home, day_after)] == [f"look {FEED} 2025-11"], "once"


def test_a_held_edition_is_a_problem_until_it_is_decided(home: Home) -> None:
    hold_back(home)
    found = only(home, datetime.now(UTC))
    assert found.key == f"held {FEED} {EDITION}"
    assert "Total is plausible: found 10, expected 25 million" in found.what
    assert f"access-recovery accept {FEED} {EDITION} --reason" in found.to_do
    hold(home, FEED, EDITION, "it is wrong", "A. Person")
    assert keys(home, datetime.now(UTC)) == []


def test_refused_files_and_a_refresh_that_failed(home: Home) -> None:
    file = write(home.landing / "notes" / "a.csv", b"x")
    refused = [("notes/a.csv", "a.csv", "It is no feed that is known.", "Remove it.")]
    remember(home, [f"failure {number}" for number in range(7)], refused, False, NOW)
    failed, landing = problems(home, NOW + timedelta(days=1))
    assert (failed.key, failed.since) == ("refresh", NOW)
    assert "failure 4; and 2 more (last tried: 27 Nov 2025, 10:00)" in failed.what
    assert (landing.key, landing.since) == ("landing a.csv", NOW)
    assert landing.what == "It is no feed that is known." and "Remove it." in landing.to_do
    file.unlink()
    remember(home, [], refused, True, NOW)
    assert keys(home) == []


def test_what_is_accepted_and_not_in_the_mart_for_an_hour(home: Home) -> None:
    archive(home)
    came = datetime.now(UTC)
    assert keys(home, came + timedelta(minutes=50)) == []
    found = only(home, came + timedelta(minutes=70))
    assert found.key == "unpublished" and "access-recovery refresh" in found.to_do
    assert abs(found.since - came) < timedelta(minutes=1)
    publish(home, at=f"{came + timedelta(minutes=30):%Y-%m-%d %H:%M:%S}")
    assert keys(home, came + timedelta(minutes=70)) == [], "it was published meanwhile"


def test_a_purge_cut_short_and_one_under_way(home: Home) -> None:
    of = {"feed": FEED, "edition": EDITION, "bytes": 1, "rows": 1, "synthetic": False}
    stone = Tombstone(
        sha256="ab" * 32,
        container_sha256="cd" * 32,
        containers=(),
        imported_at=NOW,
        reason="a name",
        decided_by="A. Person",
        decided_at=NOW,
        **of,  # type: ignore[arg-type]
    )
    bury(home, stone)
    assert keys(home, NOW + timedelta(minutes=1)) == []
    found = only(home, NOW + timedelta(hours=1))
    assert found.title == "Purging abababababab was interrupted"
    assert "access-recovery purge abababababab" in found.to_do


def test_a_disk_with_less_room_than_a_refresh_needs(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive(home)
    [file] = Archive(home).files()
    needed = 0.2e9 + 1.5 * file.bytes

    def left(free: float) -> None:
        usage = shutil._ntuple_diskusage(1e12, 1e12 - free, free)  # type: ignore[attr-defined]
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    left(needed)
    assert keys(home) == []
    left(needed - 1)
    found = only(home)
    assert found.key == "disk" and "0.2 GB free" in found.what and "may need 0.2 GB" in found.what
    assert "housekeeping" in found.to_do


def test_settings_that_the_daemon_can_not_use_are_the_problem(home: Home) -> None:
    write_text(home.settings, 'look: {cron: "61 25 * * *"}\n')
    found = only(home)
    assert found.key == "unreadable" and "`look.cron`" in found.what and "bad minute" in found.what


def test_a_state_that_can_not_be_read_is_the_problem(home: Home) -> None:
    hold_back(home)
    write_text(home.archive / "decisions" / f"x-hold-{FEED}-{EDITION}-1.json", "half a")
    found = only(home)
    assert found.key == "unreadable" and "restore it from backup" in found.what


def test_the_gravest_first_and_the_same_key_tomorrow(home: Home, tmp_path: Path) -> None:
    hold_back(home)
    look(home, "ambiguous", edition="2025-11")
    remember(home, ["mart: a check failed"], [], False, NOW)
    today, tomorrow = keys(home), keys(home, NOW + timedelta(hours=12))
    assert today == tomorrow == ["refresh", f"held {FEED} {EDITION}", f"look {FEED} 2025-11"]
