"""`access-recovery alerts` and the last line of `status`: output and exit statuses."""

import json

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from tests.pipelines.alerts.support_alerts import FEED, SECRET, Inbox, inbox, look
from tests.support import write
from warehouse.base.home import Home

TITLE = f"{FEED} 2025-10: two files match where one is expected"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def troubled(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with one problem and no recipients."""
    monkeypatch.delenv("ACCESS_RECOVERY_ALERTS", raising=False)
    monkeypatch.delenv("ACCESS_RECOVERY_ALERTS_FILE", raising=False)
    look(home, "ambiguous")
    return home


def test_problems_are_listed_without_any_recipients(troubled: Home) -> None:
    done = run("alerts")
    assert done.exit_code == 1
    for part in (TITLE, "Since 27 Nov 2025, 10:00", "no mart is published yet", "To do: Look at"):
        assert part in done.stdout
    assert "ACCESS_RECOVERY_ALERTS" in done.stderr
    [told] = json.loads(run("alerts", "--json").stdout)
    assert told["key"] == f"look {FEED} 2025-10" and set(told) > {"since", "still_see", "to_do"}
    assert run("status").stdout.endswith("1 problem(s): access-recovery alerts\n")
    assert run("alerts", "--test").exit_code == 2


def test_nothing_needs_a_person(home: Home) -> None:
    done = run("alerts")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "No open problems.")
    assert "problem(s)" not in run("status").stdout


def test_sending_and_trying_out(troubled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with inbox() as box:
        monkeypatch.setenv("ACCESS_RECOVERY_ALERTS", box.url)
        assert "Recipients: json 127.0.0.1" in run("alerts").stdout
        tried = run("alerts", "--test")
        assert tried.exit_code == 0 and "json 127.0.0.1: accepted" in tried.stdout
        assert box.titles == ["access-recovery: a test message"]
        sent = [run("alerts", "--send") for _ in range(2)]
        assert [one.exit_code for one in sent] == [0, 0] and len(box.titles) == 2
        assert f"Alerted: {TITLE}" in sent[0].stdout and "Alerted" not in sent[1].stdout
        _down(box, "unchanged", troubled)


def _down(box: Inbox, verdict: str, home: Home) -> None:
    look(home, verdict, 5, remedy="")  # type: ignore[arg-type]
    box.status = 503
    failed = [run("alerts", "--test"), run("alerts", "--send")]
    assert [one.exit_code for one in failed] == [3, 3]
    assert failed and all("json 127.0.0.1" in one.stderr and "503" in one.stderr for one in failed)
    assert not any(SECRET in one.output for one in failed)


def test_a_file_of_addresses_that_is_not_there(
    troubled: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCESS_RECOVERY_ALERTS_FILE", str(troubled.root / "gone"))
    assert run("alerts", "--test").exit_code == 2
    done = run("alerts", "--send")
    assert done.exit_code == 1 and "gone, which can't be read" in done.stderr
    write(troubled.root / "gone", b"# nobody yet")
    assert "No alert recipients are set" in run("alerts", "--test").stderr
