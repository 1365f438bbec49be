"""Rules that are defined in one module each, and nowhere else."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("warehouse", "checks", "assets", "pipelines")
# What is looked for -> the modules that may have it, each for the reason its docstring gives.
ONE_PLACE = {
    r"no mart at": {"warehouse/base/home.py"},
    r"key=lambda \w+: \w+\.order\b|sort\(~pl\.col\(\"unreliable\"\)": {
        "warehouse/editions/parts_and_revisions.py",  # which file supersedes which
        "warehouse/intake/import_words.py",  # the newest of one edition, before it is tidied
    },
    r"(?<![\w\]])\((\w+)\.feed, \1\.edition(, \1\.sha256)?\)": {
        "warehouse/base/keys.py",
        "warehouse/site/trust/page_data.py",  # SQL
    },
    r":[+,]*\.\d%\}|:\+[,.\d]|\} pp\b|,\.6g": {
        "warehouse/base/number_format.py",
    },
    r"\.year\) \* 12|\.year \* 12|% 12 \+ 1|:%Y-%m\}|:%b %Y\}\"$|relativedelta|month >= 4": {
        "warehouse/base/months.py",
    },
    r"self\.remedy = |def remedy\(self\)": {
        "warehouse/base/errors.py",  # refusals
        "warehouse/fetch/candidates.py",  # what a search tells its refusals
    },
    r"\b(duckdb|sqlite3)\.connect\(|\bcreate_engine\(|\bATTACH '": {
        "warehouse/base/sql.py",
        "pipelines/instance/sqlite.py",  # Dagster's storage in files
        "pipelines/instance/postgres.py",  # and in a database server
    },
}


@pytest.mark.parametrize("pattern", ONE_PLACE)
def test_no_other_module_writes_it_anew(pattern: str) -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    }
    assert found == ONE_PLACE[pattern]
