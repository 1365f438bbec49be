"""What `warnings` prints of the checks that editions did not meet."""

import json

from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.pipelines.alerts.support_alerts import EDITION, FEED, hold_back
from tests.pipelines.records import record
from warehouse.base.home import Home


def told(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["warnings", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_each_check_that_was_not_met_with_what_was_found_and_expected(home: Home) -> None:
    hold_back(home)
    lines = [line.strip() for line in told().splitlines() if line]
    assert lines == [
        f"{FEED} {EDITION}",
        "fail: Total is plausible",
        "found 10; expected 25 million",
        "1 check(s) not met.",
    ]
    [one] = json.loads(told(FEED, "Oct 2025", "--json"))
    assert (one["rule"], one["verdict"], one["expected"]) == ("total", "fail", "25 million")


def test_of_another_edition_nothing_is_told(home: Home) -> None:
    hold_back(home)
    record(home, FEED, "2025-09")
    assert told(FEED, "2025-09").strip() == f"Every check that ran was met by {FEED} 2025-09."


def test_a_misspelt_feed_is_reported_with_those_like_it(home: Home) -> None:
    done = CliRunner().invoke(app, ["warnings", "gp_appointments_subicb"])
    assert done.exit_code == 2 and "gp_appointments_sub_icb" in done.output
