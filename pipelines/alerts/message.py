"""The wording of messages. A blank line separates paragraphs: Teams joins consecutive lines.

Does not: sending (`send`).
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import datetime

from pipelines.alerts.problem import Problem, moment
from warehouse.base.home import Home

MOST = 12
RULE = "\N{WARNING SIGN}"
NAME = "access-recovery"


def alert(home: Home, found: Sequence[Problem], now: datetime) -> tuple[str, str]:
    """Return title and body for new problems, most severe first; at most MOST in full."""
    first, more = found[0].title, len(found) - 1
    title = f"{NAME}: {first}" + (f", and {more} more" if more else "")
    shown = [section(one) for one in found[:MOST]]
    if left := found[MOST:]:
        shown.append(f"And {len(left)} more: access-recovery alerts lists them.")
    return title, "\n\n".join([*shown, _from(home, now)])


def cleared(home: Home, gone: Sequence[tuple[str, datetime]], now: datetime) -> tuple[str, str]:
    """Return title and body for resolved problems, given as title and start."""
    more = len(gone) - 1
    title = f"{NAME}: resolved: {gone[0][0]}" + (f", and {more} more" if more else "")
    shown = [f"Resolved: {one} (open since {moment(since)})." for one, since in gone[:MOST]]
    if left := gone[MOST:]:
        shown.append(f"And {len(left)} more.")
    return title, "\n\n".join([*shown, "No further action is needed.", _from(home, now)])


def alert_for_testing(home: Home, now: datetime) -> tuple[str, str]:
    """Return title and body of a test message."""
    text = "Alerts arrive here: one message when a problem is found, and one when it is resolved."
    return f"{NAME}: a test message", f"{text}\n\n{_from(home, now)}"


def section(one: Problem) -> str:
    """Describe a problem in paragraphs."""
    return (
        f"{RULE} {one.title}\n\nWhat: {one.what}\n\nSince: {moment(one.since)}\n\n"
        f"Analysts still see: {one.still_see}\n\nTo do: {one.to_do}"
    )


def _from(home: Home, now: datetime) -> str:
    place = platform.node() or "this computer"
    return f"From {NAME} on {place}, {home.root}, {moment(now)} (London time)."
