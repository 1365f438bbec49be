"""Say in plain words what a file is that can't be read as a mart: no DuckDB file, no mart of this
program, or one of another release.

Belongs here: words. Does not: other errors (`unforeseen`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.base.errors import Refusal, plain
from warehouse.base.home import Home

# DuckDB's errors for a table, function or column that does not exist; by name, because commands
# that read no mart do not load it.
LACKS = ("CatalogException", "BinderException")
NO_DATABASE, OTHER_STORAGE = "is no DuckDB file, so no mart", "Trying to read a database file with"
WHICH = (
    "Name a mart with --mart: mart/access_recovery.duckdb in the home of the installation that "
    "made it."
)
ELSEWHERE = (
    "Use the release that made it, or have its mart made anew with this one: access-recovery "
    "refresh in its home."
)
OWN = "Run access-recovery refresh to rebuild it, then the same command again."
ASIDE = "Move it to another folder; access-recovery refresh then makes the mart anew."


class ForeignMart(Refusal):
    """A file that is no mart, or a mart of another release."""


@contextmanager
def reading(mart: Path) -> Iterator[None]:
    """Read a mart that a person named. Raises ForeignMart if it is none, or lacks what is read
    because another release made it."""
    import duckdb

    if not _is_database(mart):  # asked first: DuckDB would look for a program that reads it
        raise ForeignMart(f"{mart} {NO_DATABASE}.", WHICH)
    try:
        if _made_by(mart) is None:
            lacks = "it has no record of its publication (governance.publication)"
            raise ForeignMart(f"{mart} is a DuckDB file, but no mart: {lacks}.", WHICH)
        yield
    except duckdb.Error as error:
        told = _of_another_duckdb(error, mart, WHICH) or _of_another_release(error, mart, ELSEWHERE)
        if told is None:
            raise
        raise ForeignMart(*told) from error


def of_home(error: BaseException, home: Home) -> tuple[str, str] | None:
    """Return an error in reading the home's mart as (reason, remedy), if the file is no mart or was
    made by another release; None for any other error."""
    if type(error).__module__.strip("_") != "duckdb" or not home.has_mart:
        return None
    if not _is_database(home.mart):
        return f"{home.mart} {NO_DATABASE}.", ASIDE
    return _of_another_duckdb(error, home.mart, ASIDE) or _of_another_release(error, home.mart, OWN)


def _is_database(mart: Path) -> bool:
    """Whether a file begins as those of DuckDB do."""
    with mart.open("rb") as file:
        return file.read(12)[8:] == b"DUCK"


def _of_another_duckdb(error: BaseException, mart: Path, remedy: str) -> tuple[str, str] | None:
    """Words for a file that this version of DuckDB can't open."""
    if OTHER_STORAGE not in plain(error):
        return None
    return f"{mart} was written by a version of DuckDB that this program can't read.", remedy


def _of_another_release(error: BaseException, mart: Path, remedy: str) -> tuple[str, str] | None:
    """Words for a mart that lacks what is read, because it was made before or after that."""
    from importlib.metadata import version

    from warehouse.publication.build import mart_version

    if type(error).__name__ not in LACKS or (made := _made_by(mart)) is None:
        return None
    day, code = made
    if code == mart_version():
        return None  # a mistake of this program, not of the file
    return (
        f"The mart {mart} was made by another release of the program, and lacks what this command "
        f"reads (published on {day}, code {code}; this is release {version('access-recovery')}, "
        f"code {mart_version()}).",
        remedy,
    )


def _made_by(mart: Path) -> tuple[str, str] | None:
    """Return the day on which a mart was last published, and the code that made it; None if the
    file has no record of it."""
    import duckdb

    from warehouse.base.months import day_words
    from warehouse.base.sql import open_mart

    with open_mart(mart) as db:
        try:
            found = db.execute(
                "SELECT published_at, code_version FROM governance.publication "
                "ORDER BY published_at DESC, rowid DESC LIMIT 1"
            ).fetchone()
        except (duckdb.CatalogException, duckdb.BinderException):
            return None
    return (day_words(found[0]), str(found[1])) if found else None
