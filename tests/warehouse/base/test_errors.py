"""Unexpected errors as one plain message; traces only on request."""

import pickle

import duckdb
import polars as pl
import pytest

from warehouse.base.errors import Refusal, hide_traces, keep_trace, plain, show_traces

# As DuckDB 2.0.0 and 1.x word it, C++ trace and all.
TRACE = """INTERNAL Error: dict-surviving join: narrowed column 12 received a non-dictionary chunk

Stack Trace:

/x/_duckdb.cpython-311-x86_64-linux-gnu.so(_ZN6duckdb9ExceptionC2ENS_13ExceptionTypeE+0x4b) [0x7f]
0  _duckdb.cpython-311-darwin.so  0x0000000118f2a1c4 duckdb::Exception::Exception + 80

This error signals an assertion failure within DuckDB. This usually occurs due to ...
For more information, see https://duckdb.org/docs/stable/dev/internal_errors"""


@pytest.mark.parametrize(
    "error", [duckdb.InternalException(TRACE), f"_duckdb.InternalException: {TRACE}\n"]
)
def test_an_internal_error_of_duckdb_is_reported_without_its_trace(
    error: Exception | str,
) -> None:
    told = plain(error)
    assert told.startswith(f"DuckDB {duckdb.__version__} stopped with an internal error")
    assert told.endswith("narrowed column 12 received a non-dictionary chunk")
    assert "not of the data" in told and "\n" not in told


def test_what_an_engine_wrapped_is_cut_too() -> None:
    assert "0x" not in plain(RuntimeError(f"X could not be evaluated: {TRACE}"))


@pytest.mark.parametrize("error", [KeyError("month"), "KeyError: 'month'\n"])
def test_a_programming_error_is_reported_as_one(error: Exception | str) -> None:
    assert plain(error) == "A mistake in this program (KeyError: 'month')"


def test_a_traceback_within_the_words_is_cut() -> None:
    trace = 'child failed\nTraceback (most recent call last):\n  File "x.py", line 3, in f\n'
    assert plain(RuntimeError(trace)) == "child failed"
    assert plain(f"subprocess.SubprocessError: {trace}") == (
        "subprocess.SubprocessError: child failed"
    )


def test_words_written_for_people_stay_as_they_are() -> None:
    assert plain(ValueError("settings.yaml: no such key")) == "settings.yaml: no such key"
    assert plain("ValueError: settings.yaml: no such key\n") == "settings.yaml: no such key"
    assert plain(OSError(28, "No space left on device")).endswith("No space left on device")
    assert plain(TimeoutError()) == "TimeoutError"


def test_a_plan_of_polars_is_cut() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError) as error:
        pl.LazyFrame({"a": [1]}).select("b").filter(pl.col("c") > 1).collect()
    assert "plan" not in plain(error.value).casefold()


def test_traces_are_shown_only_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        keep_trace("Stack Trace: unseen")
        show_traces()
        keep_trace("Stack Trace: seen")
    finally:
        hide_traces()
    assert capsys.readouterr().err == "Stack Trace: seen\n"


def test_a_refusal_says_why_and_what_to_do() -> None:
    refusal = Refusal("No file of nhs_app was imported.", "Import one.")
    assert str(refusal) == plain(refusal) == f"{refusal.reason} {refusal.remedy}"
    assert str(Refusal("No.")) == "No."
    assert pickle.loads(pickle.dumps(refusal)).remedy == "Import one."
