"""What `warnings` prints of the checks that editions did not meet."""

import json

from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.pipelines.alerts.support_alerts import EDITION, FEED, hold_back
from tests.pipelines.records import record
from warehouse.base.home import Home
from warehouse.editions.check_history import read_latest
from warehouse.editions.check_history import record as note_checks


def told(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["warnings", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_each_check_that_was_not_met_with_what_was_found_and_expected(home: Home) -> None:
    hold_back(home)
    full = [
        f"{FEED} {EDITION}",
        "fail: Total is plausible",
        "found 10; expected 25 million",
        "1 check(s) not met",
    ]
    for asked, about in (("--full", ""), (FEED, f" by {FEED}")):
        lines = [line.strip() for line in told(asked).splitlines() if line]
        assert lines == [*full[:3], f"{full[3]}{about}."]
    [one] = json.loads(told(FEED, "Oct 2025", "--json"))
    assert (one["rule"], one["verdict"], one["expected"]) == ("total", "fail", "25 million")


def test_without_a_feed_each_check_takes_a_line(home: Home) -> None:
    hold_back(home)
    lines = [line for line in told().splitlines() if line]
    assert lines == [
        f"fail: {FEED} {EDITION}: Total is plausible: 10",
        "In full: access-recovery warnings FEED, or --full for all",
        "1 check(s) not met.",
    ]


def test_what_failed_is_listed_before_what_warned(home: Home) -> None:
    hold_back(home)
    [failed] = read_latest(home, FEED, EDITION)
    warned = failed.model_copy(update={"verdict": "warn", "rule": "a", "title": "A warning"})
    note_checks(home, FEED, EDITION, "fingerprint", [warned, failed], "run")
    for asked in ((), ("--full",), (FEED,)):
        said = told(*asked)
        assert -1 < said.index("Total is plausible") < said.index("A warning"), asked
    assert [one["verdict"] for one in json.loads(told("--json"))] == ["fail", "warn"]


def test_a_check_of_several_editions_takes_one_line_with_the_first_of_what_was_found(
    home: Home,
) -> None:
    hold_back(home)
    record(home, FEED, "2025-11")
    [one] = read_latest(home, FEED, EDITION)
    found = "; ".join(f"place {number}" for number in range(9))
    later = one.model_copy(update={"edition": "2025-11", "verdict": "warn", "observed": found})
    note_checks(home, FEED, "2025-11", "fingerprint", [later], "run")
    [line, *_] = told().splitlines()
    assert line.startswith(f"fail: {FEED} 2025-11 and 1 edition before: Total is plausible: ")
    assert line.endswith("place 0; place 1; place 2; and 6 more")


def test_of_another_edition_nothing_is_told(home: Home) -> None:
    hold_back(home)
    record(home, FEED, "2025-09")
    assert told(FEED, "2025-09").strip() == f"Every check that ran was met by {FEED} 2025-09."


def test_a_misspelt_feed_is_reported_with_those_like_it(home: Home) -> None:
    done = CliRunner().invoke(app, ["warnings", "gp_appointments_subicb"])
    assert done.exit_code == 2 and "gp_appointments_sub_icb" in done.output
