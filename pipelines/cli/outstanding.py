"""What the published figures do not reflect yet, in a line of `status`."""

from __future__ import annotations

from warehouse.base.home import Home
from warehouse.base.text import plural

SHOWN = 3  # decisions in a line


def outstanding(home: Home, editions: int) -> str:
    """Decisions and files that are not in the mart yet, and the command that applies them; empty if
    there are none. `editions`: how many have not been checked."""
    from pipelines.alerts.problem import published_summary
    from pipelines.operations.refresh import mart_is_current
    from warehouse.archive.decisions import decisions

    if not editions and mart_is_current(home):
        return ""
    at = published_summary(home).published_at
    decided = [one for one in decisions(home) if at is None or one.decided_at > at]
    what = [f"{plural(editions, 'edition')} to be checked"] if editions else []
    what += [f"{one.decision} {one.feed} {one.edition}" for one in decided[:SHOWN]]
    what += [plural(len(decided) - SHOWN, "further decision")] if len(decided) > SHOWN else []
    so_far = ", ".join(what) or "files, settings or the program have changed"
    return f"Not in the mart yet: {so_far}. Next: access-recovery refresh"
