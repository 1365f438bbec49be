"""What `status` shows of the release calendar, the newest lookup of a feed, and held editions."""

import json
import re
from datetime import UTC, datetime

import pytest

from pipelines.cli.screen import Screen
from pipelines.cli.status import feed_statuses, show_status
from pipelines.operations.last_refresh import remember
from tests.checks.support_checks import brought, judged
from tests.pipelines.alerts.support_alerts import EDITION as HELD_EDITION
from tests.pipelines.alerts.support_alerts import FEED as HELD_FEED
from tests.pipelines.alerts.support_alerts import hold_back, publish
from tests.pipelines.records import record
from tests.support import referrals, write
from warehouse.base.home import Home
from warehouse.editions.check_history import EditionState, state_key
from warehouse.fetch.lookups import Lookup, note

FEED = "gp_appointments_sub_icb"


def test_an_overdue_edition_is_shown_with_its_newest_lookup(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    record(home, FEED, "2020-01")
    day = datetime(2026, 7, 1, 8, 35, tzinfo=UTC)
    note(home, Lookup(feed=FEED, edition="2020-01", verdict="new", at=day))
    found = Lookup(
        feed=FEED,
        edition="2020-02",
        verdict="ambiguous",
        message="Two files fit: a.zip, b.zip.",
        remedy="Import the right one.",
        at=day,
    )
    note(home, found)
    told = {row["feed"]: row for row in feed_statuses(home)}
    row = told[FEED]
    assert (row["state"], row["next_edition"]) == ("late", "2020-02")
    assert re.match(
        r"\d+ editions missing; 2020-02 was due by 26 Mar 2020: overdue by ", row["next"]
    )
    assert row["timeliness"] == {"verdict": "fail", "message": row["next"]}
    assert (row["last_look"]["edition"], row["last_look"]["verdict"]) == ("2020-02", "ambiguous")
    assert told["nhs_app"]["last_look"] is None
    show_status(Screen(), home, as_json=False)
    shown = " ".join(capsys.readouterr().out.split())
    assert "01 Jul 2026 09:35 ambiguous: Two files fit: a.zip, b.zip. Import the right one" in shown


def test_the_sample_has_no_age_and_checks_are_those_of_its_edition(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether the next edition is in time is no check of the newest: counts are equal elsewhere."""
    record(home, FEED, "2020-01", synthetic=True, url=None)
    state = EditionState(
        feed=FEED,
        edition="2020-01",
        fingerprint="f",
        verdict="accepted",
        passed=3,
        warned=0,
        failed=0,
        skipped=2,
        run_id="r",
        judged_at=datetime(2025, 1, 1, tzinfo=UTC),
        reasons=[],
    )
    home.store.replace(state_key(FEED, "2020-01"), state.model_dump_json())
    [row] = [one for one in feed_statuses(home) if one["feed"] == FEED]
    assert row["age_days"] is None and row["timeliness"]["verdict"] == "skipped"
    show_status(Screen(), home, as_json=False)
    said = capsys.readouterr()
    assert "3 pass, 2 skipped" in said.out and "3 skipped" not in said.out
    assert "Editions of the sample are not dated" in said.err


def test_a_narrow_terminal_shows_what_is_held_and_why(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    hold_back(home)
    show_status(Screen(), home, as_json=False)
    said = capsys.readouterr().out
    table, _, below = said.partition("Left out for want of width: ")
    assert "Held" in table.splitlines()[0] and "Held" not in below.splitlines()[0]
    [line] = [line for line in table.splitlines() if line.startswith(HELD_FEED)]
    assert line.split()[1:3] == [HELD_EDITION, HELD_EDITION], "the newest, and held"
    [why] = [line for line in below.splitlines() if line.startswith(HELD_FEED)]
    assert HELD_EDITION in why and "Total is plausible" in why
    assert "Stays published: nothing yet" in " ".join(below.split())
    [row] = [row for row in feed_statuses(home) if row["held"]]
    assert list(row["held_because"]) == [HELD_EDITION]


def test_what_stays_published_of_a_held_edition_are_the_accepted_ones(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    hold_back(home)
    publish(home)
    nothing = {HELD_EDITION: f"nothing of {HELD_FEED}"}
    [row] = [row for row in feed_statuses(home) if row["held"]]
    assert row["stays_published"] == nothing
    record(home, HELD_FEED, "2025-09")
    accepted = EditionState.model_validate_json(
        home.store.read(state_key(HELD_FEED, HELD_EDITION))
    ).model_copy(update={"edition": "2025-09", "verdict": "accepted", "reasons": []})
    home.store.replace(state_key(HELD_FEED, "2025-09"), accepted.model_dump_json())
    show_status(Screen(), home, as_json=False)
    assert "Stays published: accepted editions, the newest 2025-09" in capsys.readouterr().out


def test_refused_files_are_listed_while_they_are_in_the_landing_folder(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(home.landing / "odd.csv", b"x")
    remember(home, [], [("odd.csv", "odd.csv", "No feed fits.", "Name it with --feed.")], False)
    show_status(Screen(), home, as_json=False)
    said = capsys.readouterr().out
    assert "Refused, still in the landing folder: nothing of it is used" in said
    assert "No feed fits. Name it with --feed." in said
    show_status(Screen(), home, as_json=True)
    [one] = json.loads(capsys.readouterr().out)["refused"]
    assert (one["file"], one["reason"]) == ("odd.csv", "No feed fits.")
    file.unlink()
    show_status(Screen(), home, as_json=False)
    assert "Refused" not in capsys.readouterr().out


def test_quarantined_rows_of_a_replaced_file_are_counted_apart(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"Practice code": f"C8200{number}"} for number in range(1, 4)]
    brought(home, referrals(*rows, {"Month": "25-Oct"}), referrals(*rows))
    judged(home, "pharmacy_first_referrals")
    [row] = [one for one in feed_statuses(home) if one["feed"] == "pharmacy_first_referrals"]
    assert (row["quarantined"], row["quarantined_in_replaced_files"]) == ({}, 1)
    show_status(Screen(), home, as_json=False)
    assert "(in files that later ones replaced)" in capsys.readouterr().out
