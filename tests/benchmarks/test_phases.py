"""The clocks around the product's functions, and the guides' queries on a mart of other months."""

import importlib
import json
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import phases
from benchmarks.phases import PHASES, STEPS, Recorder
from benchmarks.queries import WIDE, guide_queries, moved, percentile_95

CLOCKS = [*PHASES.values(), *STEPS.values()]
NAMED = [pytest.param(*one, id=one[1]) for several in CLOCKS for one in several]


@pytest.mark.parametrize(("module", "function"), NAMED)
def test_every_function_is_called_by_the_name_that_is_measured(module: str, function: str) -> None:
    code = Path(str(importlib.import_module(module).__file__)).read_text(encoding="utf-8")
    assert callable(getattr(importlib.import_module(module), function))
    assert f"{function}(" in code.replace(f"def {function}(", "")


def test_a_phase_within_another_is_part_of_it() -> None:
    recorder = Recorder()
    inner = recorder.wrap("inner", lambda: "done")
    outer = recorder.wrap("outer", inner)
    assert (outer(), outer(), inner()) == ("done", "done", "done")
    calls = {name: phase.calls for name, phase in recorder.phases.items()}
    assert calls == {"outer": 2, "inner": 1}


@pytest.mark.skipif(not phases.CLEAR.exists(), reason="peaks of phases need Linux")
def test_steps_leave_cost_and_peak_of_their_phase_as_they_are() -> None:
    recorder = Recorder()
    steps = Recorder(around=recorder)
    small = steps.wrap("small", lambda: None)
    large = steps.wrap("large", lambda: len(bytearray(b"x" * 200_000_000)))
    recorder.wrap("build", lambda: (large(), small()))()
    assert (set(recorder.phases), set(steps.phases)) == ({"build"}, {"large", "small"})
    build, most = recorder.phases["build"].peak_mb, steps.phases["large"].peak_mb
    least = steps.phases["small"].peak_mb
    assert build and most and least and build >= most > least + 150
    assert recorder.phases["build"].seconds >= steps.phases["large"].seconds


def test_a_phase_that_fails_is_measured_and_over() -> None:
    recorder = Recorder()

    def fail() -> None:
        raise ValueError("not today")

    with pytest.raises(ValueError, match="not today"):
        recorder.wrap("first", fail)()
    recorder.wrap("second", lambda: None)()
    assert set(recorder.phases) == {"first", "second"}


@pytest.mark.skipif(not phases.CLEAR.exists(), reason="peaks of phases need Linux")
def test_each_phase_has_its_own_peak() -> None:
    recorder = Recorder()
    recorder.wrap("large", lambda: len(bytearray(b"x" * 200_000_000)))()
    recorder.wrap("small", lambda: None)()
    large, small = recorder.phases["large"].peak_mb, recorder.phases["small"].peak_mb
    assert large and small and large > small + 150
    whole = recorder.as_json()["peak_mb"]
    assert whole >= large


def test_cpu_of_a_phase_is_counted() -> None:
    recorder = Recorder()
    recorder.wrap("busy", lambda: sum(range(3_000_000)))()
    busy = recorder.phases["busy"]
    assert min(busy.cpu, busy.seconds) > 0


def test_a_command_keeps_its_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "phases.json"

    def command() -> None:
        assert sys.argv == ["access-recovery", "refresh"]
        raise SystemExit(3)

    monkeypatch.setattr(sys, "argv", ["phases", str(out), "refresh"])
    monkeypatch.setattr(phases, "watch", lambda one, _: one.wrap("a", lambda: None)())
    monkeypatch.setitem(sys.modules, "pipelines.cli.main", SimpleNamespace(main=command))
    with pytest.raises(SystemExit) as ended:
        phases.main()
    assert ended.value.code == 3
    written = json.loads(out.read_text())
    assert written["phases"]["a"]["calls"] == written["steps"]["a"]["calls"] == 1


FIRST, NEWEST, TODAY = date(2023, 4, 1), date(2023, 9, 1), date(2026, 11, 29)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("DATE '2025-03-01'", "DATE '2023-09-01'"),
        ("'2025-02'", "'2023-08'"),
        ("DATE '2024-10-01'", "DATE '2023-04-01'"),
        ("DATE '2024-09-01'", "DATE '2023-04-01'"),
        ("DATE '2026-11-01'", "DATE '2026-11-01'"),
        ("DATE '9999-12-31'", "DATE '9999-12-31'"),
    ],
    ids=["newest", "edition", "five before", "before the first", "refresh", "forever"],
)
def test_months_of_the_guides_are_moved_to_those_of_the_mart(sql: str, expected: str) -> None:
    assert moved(sql, FIRST, NEWEST, TODAY) == expected


def test_all_queries_of_the_guides_are_timed() -> None:
    queries = guide_queries()
    assert len(queries) > 40
    assert {name.partition(",")[0] for name in queries} == {"analyst guide", "governance guide"}
    assert len([name for name in WIDE if name.startswith("explain")]) >= 3


def test_of_a_hundred_times_five_are_longer() -> None:
    assert 94 < percentile_95([float(n) for n in range(100)]) < 96
    assert percentile_95([7.0]) == 7.0
