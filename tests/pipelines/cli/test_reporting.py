"""`access-recovery report`: whose, of which mart, and where to."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.foreign_mart import of_home
from pipelines.cli.main import app
from warehouse.base.home import Home
from warehouse.site import write_site as writing


def run(*arguments: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(app, ["report", *arguments])


@pytest.fixture
def own(home: Home, sample_home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """This test's home with the sample's mart; of pages the first alone is written."""
    home.mart.parent.mkdir(parents=True)
    shutil.copy(sample_home.mart, home.mart)
    monkeypatch.setattr(writing, "PAGE_KINDS", writing.PAGE_KINDS[:1])
    return home


def title(page: Path) -> str:
    """The heading of a page."""
    text = page.read_text(encoding="utf-8")
    return text.partition("<h1>")[2].partition("</h1>")[0]


def test_the_report_is_about_the_home_unless_another_place_is_named(own: Home) -> None:
    done = run()
    assert done.exit_code == 0, done.stderr
    assert "2 pages" in done.stdout  # with that of downloads
    assert title(own.site / "index.html") == "Is access to general practice improving in LLR?"
    assert run("--org", "leicester city").exit_code == 0
    city = own.root / "reports/04C/index.html"
    assert title(city) == "Is access to general practice improving in Leicester City?"


def test_a_mart_elsewhere_is_read_and_a_folder_that_is_named_written(
    own: Home, tmp_path: Path
) -> None:
    elsewhere = shutil.move(own.mart, tmp_path / "elsewhere.duckdb")
    missing = run()
    assert missing.exit_code == 2
    assert "There is no mart" in missing.stderr
    out = tmp_path / "out"
    done = run("--mart", str(elsewhere), "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert (out / "index.html").is_file()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a text", "is no DuckDB file, so no mart"),
        ("another kind of database", "is no DuckDB file, so no mart"),
        ("a database", "is a DuckDB file, but no mart"),
        ("another release", "was made by another release of the program"),
    ],
)
def test_a_file_that_is_no_mart_of_this_release_is_told_of_as_that(
    own: Home, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "other.duckdb"
    if content == "a text":
        file.write_text("month,value\n" * 2_000, encoding="utf-8")
    elif content == "another kind of database":
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TABLE t (a)")
    else:
        if content == "another release":
            shutil.copy(own.mart, file)
        with duckdb.connect(str(file)) as db:
            if content == "another release":
                db.execute("ALTER TABLE kpi RENAME COLUMN title TO heading")
                db.execute("UPDATE governance.publication SET code_version = 'older'")
    done = run("--mart", str(file), "--out", str(tmp_path / "out"))
    words = " ".join(done.stderr.split())
    assert done.exit_code == 2 and said in words and str(file) in words.replace(" ", "")
    assert "Binder" not in words and "IO Error" not in words
    assert "--mart" in words or "Use the release that made it" in words


def test_a_mart_of_the_home_that_is_no_database_is_to_be_moved(own: Home) -> None:
    own.mart.write_text("month,value\n" * 2_000, encoding="utf-8")
    done = run("--org", "04C")
    assert done.exit_code == 2
    assert "is no DuckDB file" in done.stderr and "Move it to another folder" in done.stderr


def test_a_mart_of_another_duckdb_is_told_of_as_that(own: Home) -> None:
    error = duckdb.IOException(
        "IO Error: Trying to read a database file with storage version number 99, but we can only "
        "read storage versions between 64 and 70."
    )
    told = of_home(error, own)
    assert told is not None and told[0].endswith(
        "a version of DuckDB that this program can't read."
    )
    assert of_home(duckdb.IOException("IO Error: something else"), own) is None


def test_an_unknown_place_is_answered_with_similar_ones(own: Home) -> None:
    done = run("--org", "Leicester Citty")
    assert done.exit_code == 2
    assert "Leicester City" in done.stderr
