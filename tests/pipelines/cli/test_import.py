"""`access-recovery import`: what it prints, and its exit status."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from tests.support import (
    coverage,
    crosstab,
    kept_in,
    mapping,
    write,
    write_crosstab,
    write_mapping,
    write_regional,
    zipped,
)
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.store import Store

PAGE = b"<html>not found</html>"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["import", *map(str, arguments)])


def test_a_valid_file_is_imported_with_status_0(home: Home, tmp_path: Path) -> None:
    result = run(write_regional(tmp_path / "f.csv", {}, {"APPOINTMENT_MONTH": "SEP2025"}))
    assert result.exit_code == 0
    assert "imported" in result.stdout and "f.csv" in result.stdout
    said = "gp_appointments_sub_icb, edition 2025-10, 2 rows, 2025-09 to 2025-10"
    assert said in result.stdout
    assert "Next: access-recovery refresh" in result.stdout
    assert "refused" not in result.output
    assert len(kept_in(home)) == 2


def test_importing_again_is_status_0_and_reported(home: Home, tmp_path: Path) -> None:
    path = write_regional(tmp_path / "f.csv")
    run(path)
    again = run(path)
    assert again.exit_code == 0
    assert "known" in again.stdout and "already archived" in again.stdout
    assert "Next:" not in again.stdout


def test_some_refused_is_status_1(home: Home, tmp_path: Path) -> None:
    result = run(write(tmp_path / "page.csv", PAGE), write_regional(tmp_path / "f.csv"))
    assert result.exit_code == 1
    assert "Error: page.csv was refused. It is a web page" in result.stderr
    assert "Download it again" in result.stderr
    assert "f.csv" in result.stdout and "page.csv" not in result.stdout
    assert len(Archive(home).files()) == 1


def test_a_refused_member_is_status_1(home: Home, tmp_path: Path) -> None:
    result = run(zipped(tmp_path / "r.zip", {"c.csv": coverage(), "Mapping.csv": mapping()}))
    assert result.exit_code == 1
    assert (
        "r.zip: Mapping.csv was refused" in result.stderr and "--edition YYYY-MM" in result.stderr
    )


@pytest.mark.parametrize("content", [PAGE, b"", b"A,B\n1,2\n"])
def test_all_refused_is_status_2(content: bytes, home: Home, tmp_path: Path) -> None:
    paths = [write(tmp_path / name, content) for name in ("a.csv", "b.csv")]
    result = run(*paths)
    assert result.exit_code == 2
    assert "a.csv was refused" in result.stderr and "b.csv was refused" in result.stderr
    assert result.stdout == "" and kept_in(home) == []
    assert "Traceback" not in result.output


def test_a_path_that_is_not_there_is_status_2(home: Home, tmp_path: Path) -> None:
    result = run(tmp_path / "no.csv")
    assert result.exit_code == 2
    assert "no.csv was refused. There is no such file." in result.stderr


def test_an_empty_folder_is_status_2(home: Home, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(tmp_path / "empty")
    assert result.exit_code == 2 and "No files found under that path" in result.stderr


def test_a_name_with_markup_is_printed_as_it_is(home: Home, tmp_path: Path) -> None:
    name = "[red]Oct [v2] [bold.csv"
    assert name in run(write_regional(tmp_path / name)).stdout
    assert f"[x] {name} was refused" in run(write(tmp_path / f"[x] {name}", PAGE)).stderr


@pytest.mark.parametrize("day", ["2025-11-27", "27/11/2025", "27 Nov 2025"])
def test_edition_and_publication_date_are_recorded(day: str, home: Home, tmp_path: Path) -> None:
    path = write_mapping(tmp_path / "Mapping.csv")
    result = run(path, "--edition", "2025-10", "--published", day)
    assert result.exit_code == 0 and "(edition by argument)" in result.stdout
    (file,) = Archive(home).files()
    assert (file.edition, file.edition_basis) == ("2025-10", "argument")
    assert str(file.published_on) == "2025-11-27"


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--edition", "2025-13", "write YYYY-MM"),
        ("--edition", "Octember 2025", "write YYYY-MM"),
        ("--edition", "2025-1", "write YYYY-MM"),
        ("--feed", "nonsense", "Unknown feed"),
        ("--published", "11/27/2025", "is no day: type it as 2025-10-31 or 31/10/2025, the day"),
    ],
)
def test_wrong_options_are_status_2(
    option: str, value: str, words: str, home: Home, tmp_path: Path
) -> None:
    result = run(write_regional(tmp_path / "f.csv"), option, value)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", "").split())
    assert kept_in(home) == []


def test_no_path_is_status_2(home: Home) -> None:
    assert run().exit_code == 2


def test_feed_restricts_the_choice(home: Home, tmp_path: Path) -> None:
    result = run(write_crosstab(tmp_path / "f.csv"), "--feed", "gp_appointments_sub_icb")
    assert result.exit_code == 2 and "looks like gp_appointments_sub_icb, but" in result.stderr


def test_the_sample_is_marked_in_what_is_printed(home: Home, tmp_path: Path) -> None:
    result = run(write_crosstab(tmp_path / "f.csv", {"GP_CODE": "Z00001"}))
    assert "[SYNTHETIC]" in result.stdout


def test_long_names_do_not_hide_what_a_file_is(home: Home, tmp_path: Path) -> None:
    member = "Practice_Level_Crosstab_London_East_South_Oct_25_reconstructed_" + "x" * 80 + ".csv"
    result = run(zipped(tmp_path / ("y" * 100 + ".zip"), {member: crosstab()}))
    assert "gp_appointments_practice" in "".join(result.stdout.split())


def test_an_import_reads_each_record_once(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(write_regional(tmp_path / "a.csv")).exit_code == 0
    read, once = list[str](), Store.read

    def noted(store: Store, key: str) -> bytes:
        read.append(key)
        return once(store, key)

    monkeypatch.setattr(Store, "read", noted)
    more = write_regional(tmp_path / "b.csv", {}, {"APPOINTMENT_MONTH": "SEP2025"})
    assert run(more).exit_code == 0
    records = [key for key in read if key.startswith("archive/records")]
    assert records and len(records) == len(set(records))


def test_help_loads_nothing_heavy() -> None:
    heavy = ("polars", "dagster", "great_expectations", "duckdb", "pandas", "pyarrow")
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from pipelines.cli.main import app\n"
        "for arguments in (['--help'], ['import', '--help'], ['data-docs', '--help']):\n"
        "    result = CliRunner().invoke(app, arguments)\n"
        "    assert result.exit_code == 0 and 'Usage' in result.output\n"
        f"print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
