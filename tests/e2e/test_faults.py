"""A step that breaks: one plain message on the screen and in the alert, the trace for --debug."""

import sys
from collections.abc import Callable

import duckdb
import pytest

from checks import runner
from pipelines.alerts.find_problems import problems
from pipelines.cli.main import main
from tests.checks.support_gx import met
from tests.support import write_regional
from warehouse.base.errors import hide_traces
from warehouse.base.home import Home

CPP = "\n\nStack Trace:\n\n/x/_duckdb.so(_ZN6duckdb9ExceptionC2E+0x4b) [0x7ff88ba1e56b]\n" * 30
INTERNAL = duckdb.InternalException(f"INTERNAL Error: narrowed column 12{CPP}")
TRACED = ("Traceback (most recent call last)", "_ZN6duckdb", "Stack Trace", 'File "')


@pytest.fixture
def refreshes(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """`access-recovery ARGUMENTS` on a home of one edition whose mart breaks on `error`; returns
    what is on the screen."""
    monkeypatch.setattr(runner, "evaluate", met)
    write_regional(home.landing / "oct.csv", {"APPOINTMENT_MONTH": "OCT2025"})

    def called(error: Exception, *arguments: str) -> str:
        def breaks(*_: object) -> None:
            raise error

        monkeypatch.setattr("warehouse.publication.build.create_revisions", breaks)
        monkeypatch.setattr(sys, "argv", ["access-recovery", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 1
        shown = capfd.readouterr()
        return shown.out + shown.err

    return called


@pytest.fixture(autouse=True)
def silent_again() -> object:
    """`--debug` is for one process, and this one has more tests."""
    yield
    hide_traces()


def test_a_trace_is_neither_on_the_screen_nor_in_the_alert_but_for_debug(
    home: Home, refreshes: Callable[..., str]
) -> None:
    for error, words in (
        (INTERNAL, "stopped with an internal error, a fault of DuckDB"),
        (KeyError("month"), "A mistake in this program (KeyError: 'month')"),
    ):
        shown = refreshes(error, "refresh")
        assert words in shown and "access-recovery --debug refresh" in shown
        assert not [trace for trace in TRACED if trace in shown]
        [problem] = [one for one in problems(home) if one.key == "refresh"]
        assert words in problem.what and len(problem.what) < 300
        assert not [trace for trace in TRACED if trace in problem.what]
    shown = refreshes(INTERNAL, "refresh", "--debug")
    assert "a fault of DuckDB" in shown and "_ZN6duckdb" in shown and 'File "' in shown
