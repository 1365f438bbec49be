"""What `import` says of the mistakes in a local return, before a refresh says it again."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assets import foreseen
from assets.feeds.slaip_actions.testing import build as actions
from assets.ingest import take_in
from pipelines.cli.foretold import foretell
from pipelines.cli.main import app
from pipelines.cli.screen import Screen
from tests.support import imported, referrals, write, write_regional
from warehouse.base.home import Home
from warehouse.editions.check_history import read_latest, read_state
from warehouse.store import Store

FEED, OCT = "slaip_actions", "2025-10"


def run(path: Path) -> Result:
    return CliRunner().invoke(app, ["import", str(path)])


def test_mistakes_of_a_return_that_will_be_held_are_told_by_row(home: Home, tmp_path: Path) -> None:
    rows = (
        {},
        {"Action id": "A-2", "Status": "?", "Owner role": "Jane Smith"},
        {"Action id": "A-3", "Aim": "tackle 8am rushes"},
        {"Action id": "A-4", "Evidence": "", "Reason for change": ""},
    )
    result = run(write(tmp_path / "plan.csv", actions(*rows)))
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert lines[0].startswith("plan.csv, row 3: Status: found `?`, expected one of not started")
    said = f"{FEED} {OCT}, row"
    assert lines[1].startswith(f"{said} 3: Owner role: found a text that is no known role, expec")
    assert lines[2].startswith(f"{said} 4: Aim: found `tackle 8am rushes`, expected one of tackl")
    assert lines[2].endswith("(tackle_8am_rush?)")
    assert lines[3] == f"Warnings of {FEED} {OCT}, which hold nothing:"
    assert lines[4].startswith(f"{said} 5: Rating: found `green`, expected a KPI or a document")
    assert lines[5].startswith(f"{FEED} {OCT} will be held: refresh publishes nothing of it")
    assert "Jane" not in result.output
    assert "also compares it with other months and publications" in result.stdout
    assert (read_state(home, FEED, OCT), read_latest(home, FEED, OCT)) == (None, [])
    taken = take_in(home, FEED, OCT, "run")
    assert taken is not None and taken.state.verdict == "held"


def test_mistakes_are_told_in_the_order_of_the_rows(home: Home, tmp_path: Path) -> None:
    rows = (
        {"Owner role": "Jane Smith"},
        {"Action id": "A-2", "Status": "?"},
        {"Action id": "A-3", "Evidence": "no_such_kpi up"},
        {"Action id": "A-4", "Rating": "pink"},
    )
    headings, *others = actions(*rows).decode().splitlines()
    content = "\n".join([f"Mine,{headings}", *(f"x,{line}" for line in others)])
    result = run(write(tmp_path / "plan.csv", content.encode()))
    lines = result.stderr.splitlines()
    assert [re.search(r", row (\d)", line)[1] for line in lines[:4]] == list("2345")  # type: ignore[index]
    assert lines[4].startswith("Warnings of")
    assert "Found new: Mine; They are not read, which does no harm" in lines[5]
    assert "contract.yaml" not in result.output


def test_a_return_of_which_rows_are_left_out_is_no_failure(home: Home, tmp_path: Path) -> None:
    content = referrals({}, {"Referrals sent": -1, "Practice code": "C82002"})
    result = run(write(tmp_path / "return.csv", content))
    assert result.exit_code == 0
    assert "return.csv, row 3: Referrals sent: found `-1`, expected zero or more" in result.stderr
    assert "2025-10 will be used without 1 row, which refresh puts into quarantine, of 2." in (
        result.stderr
    )
    taken = take_in(home, "pharmacy_first_referrals", OCT, "run")
    assert taken is not None and taken.state.verdict == "accepted"


def test_a_sound_return_and_one_with_warnings_say_so(home: Home, tmp_path: Path) -> None:
    result = run(write(tmp_path / "plan.csv", actions()))
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"No mistake found in the rows of {FEED} {OCT}." in result.stdout
    unreasoned = {"Month": "2025-11", "Evidence": "", "Last update": "2025-11-03"}
    result = run(write(tmp_path / "nov.csv", actions(unreasoned)))
    assert result.exit_code == 0 and f"{FEED} 2025-11 will be used, with warnings." in result.stderr


def test_of_many_mistakes_the_first_are_listed(home: Home, tmp_path: Path) -> None:
    rows = [{"Action id": f"A-{number}", "Status": "?"} for number in range(2, 27)]
    result = run(write(tmp_path / "plan.csv", actions({}, *rows)))
    assert result.exit_code == 1 and result.stderr.count("Status: found") == 20
    assert f"... and 5 more mistakes in {FEED} {OCT}." in result.stderr


def test_of_many_returns_each_record_is_read_once(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = []
    for month in range(5, 10):
        row = {"Month": f"2025-{month:02}", "Last update": f"2025-{month:02}-03"}
        path = write(tmp_path / f"{month}.csv", actions({**row, "Status": "?"}))
        [one] = imported(home, path)
        files.append(one.file)
    read, once = list[str](), Store.read
    monkeypatch.setattr(Store, "read", lambda store, key: read.append(key) or once(store, key))
    assert foretell(Screen(), home, [file for file in files if file])
    records = [key for key in read if key.startswith("archive/records")]
    assert len(records) == len(set(records)) == 5


def test_of_many_sound_returns_the_number_is_said(home: Home, tmp_path: Path) -> None:
    for month in range(6, 10):
        row = {"Month": f"2025-{month:02}", "Last update": f"2025-{month:02}-03"}
        write(tmp_path / "returns" / f"{month}.csv", actions(row))
    result = run(tmp_path / "returns")
    assert result.exit_code == 0 and "No mistake found in the rows of 4 returns." in result.stdout


def test_a_file_that_can_not_be_read_again_will_be_held(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the archive is damaged")

    monkeypatch.setattr(foreseen, "tidy", broken)
    result = run(write(tmp_path / "plan.csv", actions()))
    assert result.exit_code == 1 and "the archive is damaged" in result.stderr
    assert "will be held" in result.stderr


def test_publications_and_files_that_nobody_typed_are_left_to_the_refresh(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreseen, "BY_HAND", 0)
    for path in (write_regional(tmp_path / "f.csv"), write(tmp_path / "plan.csv", actions())):
        result = run(path)
        assert result.exit_code == 0 and "mistake" not in result.output
        assert "compares" not in result.output and "Next: access-recovery refresh" in result.stdout
