"""Errors for people: refusals with reason and remedy, and one plain message for any other
exception, whose traceback is kept for `--debug`. Not here: printing (`pipelines.cli`)."""

from __future__ import annotations

import logging
import re

from warehouse.base.exit_status import WRONG

# Shown only with `--debug`: tracebacks belong neither on the screen nor in alerts.
TRACES = logging.getLogger("access_recovery.traces")
SHOWN = "shown"

# Where a traceback of Python or DuckDB begins, or a query plan.
TRACE = re.compile(
    r"^\s*(Stack Trace:|Traceback \(most recent call last\)|Resolved plan until failure"
    r"|This error signals an assertion failure within DuckDB|#?\d+\s+\S+.*\b0x[0-9a-f]+"
    r"|\S+\(\S*\+0x[0-9a-f]+\)|File \".*\", line \d+|\S.*\[0x[0-9a-f]+\]$)",
    re.MULTILINE,
)
# How Dagster begins an error: its class, perhaps with modules.
CLASS = re.compile(r"^(?:[a-z_]\w*\.)*(?P<name>[A-Z]\w*): ")
# Classes whose messages are complete, so that naming the class adds nothing.
IN_WORDS = ("ValueError", "RuntimeError")
# Classes of programming errors: their messages are for programmers.
MISTAKES = {
    *("ArithmeticError", "ZeroDivisionError", "OverflowError", "AssertionError", "AttributeError"),
    *("IndexError", "KeyError", "NameError", "UnboundLocalError", "NotImplementedError"),
    *("RecursionError", "StopIteration", "TypeError"),
}
INTERNAL = re.compile(r"INTERNAL Error: |FATAL Error: ")
NOT_MET = "The mart does not meet its checks"  # how the failure of a mart that is built begins
AGAIN = (
    "What was published before stays published. Run again with --debug for details: "
    "access-recovery --debug refresh."
)


class Refusal(Exception):
    """A request that can't be carried out: `reason`, and `remedy`, what the person can do.

    `exit_status`: of the command that it ends.
    """

    exit_status = WRONG

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason, remedy)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.reason, self.remedy)))

    @property
    def reason(self) -> str:
        """Why not, as a sentence."""
        return str(self.args[0])

    @property
    def remedy(self) -> str:
        """What to do about it; blank if the reason includes it."""
        return str(self.args[1])


def plain(error: BaseException | str) -> str:
    """An error's message in one line, from an exception or from Dagster's text of one.

    Marks internal errors of DuckDB, and bugs in this program, as such.
    """
    words = without_trace(error)
    named = CLASS.match(f"{words} ") or CLASS.match(f"{words}: ")
    name = named["name"] if named else ""
    said = words[named.end() :].strip() if named else words
    if internal := INTERNAL.search(said):
        from importlib.metadata import version

        return (
            f"DuckDB {version('duckdb')} stopped with an internal error, a fault of DuckDB and not "
            f"of the data: {said[internal.end() :]}"
        )
    if name in MISTAKES:
        return f"A mistake in this program ({words})"
    if name and name not in IN_WORDS and isinstance(error, str):
        return words
    return said or name or words


def without_trace(error: BaseException | str) -> str:
    """An error's class and message in one line, without a traceback."""
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return " ".join(TRACE.split(text.strip(), maxsplit=1)[0].split()).rstrip(": ")


def keep_trace(trace: str) -> None:
    """Log a traceback, for `--debug`."""
    TRACES.debug("%s", trace.rstrip())


def show_traces() -> None:
    """Print tracebacks to standard error from now on."""
    hide_traces()
    shown = logging.StreamHandler()
    shown.set_name(SHOWN)
    TRACES.addHandler(shown)
    TRACES.setLevel(logging.DEBUG)
    TRACES.propagate = False


def hide_traces() -> None:
    """Stop printing tracebacks."""
    for handler in [one for one in TRACES.handlers if one.get_name() == SHOWN]:
        TRACES.removeHandler(handler)
    TRACES.setLevel(logging.NOTSET)
