"""Rounds are interleaved, and a run that was stopped goes on where it was."""

from pathlib import Path

import pytest

from benchmarks.journal import Journal, due, rotated
from benchmarks.processes import Failed, run
from benchmarks.sizes import part_of, sizes
from tests.support import write

STEPS = ("floor", "polars", "pandas", "product")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "runs" / "journal.jsonl")


def test_every_step_of_a_round_comes_before_the_next_round(journal: Journal) -> None:
    todo = due(journal, [1, 2], 3, STEPS)
    assert len(todo) == len(set(todo)) == 2 * 3 * 4
    assert [(held, turn) for held, turn, _ in todo] == sorted((h, t) for h, t, _ in todo)
    for number in range(0, len(todo), 4):
        assert sorted(name for *_, name in todo[number : number + 4]) == sorted(STEPS)


def test_another_step_is_first_in_each_round() -> None:
    firsts = [rotated(STEPS, turn)[0] for turn in range(5)]
    assert firsts == ["floor", "polars", "pandas", "product", "floor"]


def test_what_was_measured_is_not_measured_again(journal: Journal) -> None:
    first, second, *others = due(journal, [1, 2], 2, STEPS)
    for held, turn, name in (first, second):
        journal.add(kind="step", held=held, round=turn, step=name)
    journal.add(kind="backfill", held=1, round=0, step="pandas")
    assert due(journal, [1, 2], 2, STEPS) == others
    assert journal.has(kind="step", held=1, step="floor")
    assert not journal.has(kind="step", held=2, step="floor")


def test_a_line_that_was_cut_off_is_measured_again(journal: Journal) -> None:
    journal.add(kind="step", held=1, round=0, step="floor")
    with journal.path.open("a") as file:
        file.write('{"kind": "step", "held": 1, "rou')
    assert len(journal.records()) == 1
    journal.add(kind="step", held=1, round=0, step="polars")
    assert [one["step"] for one in journal.records("step")] == ["floor", "polars"]


def test_a_process_is_measured_with_its_children() -> None:
    burn = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**7))'])"
    cost = run(["-c", burn])
    alone = run(["-c", "pass"])
    assert cost.cpu > alone.cpu
    assert cost.peak_mb > 1 and cost.seconds > 0


def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"status 3\nno such luck"):
        run(["-c", "import sys; sys.stderr.write('no such luck'); sys.exit(3)"])
    run(["-c", "print('said')"], printed=tmp_path / "said")
    assert (tmp_path / "said").read_text() == "said\n"


def test_the_parent_is_small(tmp_path: Path) -> None:
    """What the parent holds in memory counts towards the peak of its children."""
    code = "import sys, benchmarks.__main__; print(*{n.partition('.')[0] for n in sys.modules})"
    large = {"polars", "pandas", "duckdb", "numpy", "dagster", "jinja2", "pydantic"}
    run(["-c", code], printed=tmp_path / "modules")
    modules = set((tmp_path / "modules").read_text().split())
    assert "benchmarks" in modules and not large & modules


def test_bytes_and_files_are_counted_by_part(tmp_path: Path) -> None:
    write(tmp_path / "archive" / "objects" / "ab", b"12345")
    write(tmp_path / "lake" / "tidy" / "x.parquet", b"123")
    write(tmp_path / "lake" / "measures" / "x.parquet", b"1")
    write(tmp_path / "mart" / "access_recovery.duckdb", b"12")
    write(tmp_path / "refresh.lock", b"")
    found = sizes(tmp_path)
    assert found["archive"] == {"bytes": 5, "files": 1}
    assert found["lake"] == {"bytes": 4, "files": 2}
    assert found["mart"] == {"bytes": 2, "files": 1}
    assert found["other"] == {"bytes": 0, "files": 1}
    assert part_of("mart/previous/1.duckdb") == "previous marts"
    assert part_of("archived") == part_of("mart/publish.lock") == "other"
