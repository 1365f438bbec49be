"""What `status` shows of the release calendar and of the newest lookup of a feed."""

import re
from datetime import UTC, datetime

import pytest

from pipelines.cli.screen import Screen
from pipelines.cli.status import feed_statuses, show_status
from tests.pipelines.records import record
from warehouse.base.home import Home
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
