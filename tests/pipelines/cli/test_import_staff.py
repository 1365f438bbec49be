"""`import` of reports that name staff: what it prints, whatever goes wrong on the way."""

from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assets.feeds.practice_slots.testing import daily_report, missed_report, slot_report
from pipelines.cli.main import app
from tests.support import write
from warehouse.archive.source_files import Archive
from warehouse.base.errors import hide_traces
from warehouse.base.home import Home
from warehouse.store import Store

RUNNER = CliRunner()
NAMES = ("Larkspur", "Quentin", "Marchbanks", "Zebedee")
STATED = ("--org", "C82001", "--edition", "Oct 2025")


def bring(home: Home, content: bytes, *said: str, debug: bool = True) -> Result:
    path = write(home.root.parent / "report.csv", content)
    result = RUNNER.invoke(app, [*(["--debug"] if debug else []), "import", str(path), *said])
    hide_traces()  # `--debug` is for one process, and this one has more tests
    kept = [one.read_bytes() for one in home.root.rglob("*") if one.is_file()]
    said_too = [result.output.encode(), result.stderr.encode(), str(result.exception).encode()]
    for name in NAMES:
        assert not any(name.encode() in content for content in (*kept, *said_too)), name
    return result


def test_a_report_goes_in_and_nobody_is_named(home: Home) -> None:
    result = bring(home, slot_report({}, {"Staff": "Zebedee Marchbanks"}), *STATED)
    assert result.exit_code == 0, result.output
    assert "practice_slots, edition 2025-10 (edition by argument), 2 rows" in result.output
    [file] = Archive(home).files()
    assert file.file_name == "practice-slots-C82001-2025-10.csv"


@pytest.mark.parametrize("content", [slot_report(), missed_report(), daily_report()])
def test_a_refusal_names_nobody(content: bytes, home: Home) -> None:
    result = bring(home, content)
    assert result.exit_code == 2 and "was refused" in result.stderr


@pytest.mark.parametrize("fault", ["bring", "replace"])
@pytest.mark.parametrize("debug", [True, False])
def test_a_command_that_fails_on_the_way_names_nobody(
    fault: str, debug: bool, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Store, fault, fail)
    result = bring(home, slot_report(), *STATED, debug=debug)
    assert result.exit_code != 0
    assert not Archive(home).files()


def test_org_is_of_one_file(home: Home, tmp_path: Path) -> None:
    paths = [str(write(tmp_path / f"{n}.csv", slot_report())) for n in (1, 2)]
    for named in (paths, [str(tmp_path)]):
        result = RUNNER.invoke(app, ["import", *named, *STATED])
        assert result.exit_code == 2 and "import each report by itself" in result.output
