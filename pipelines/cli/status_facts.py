"""What `access-recovery status` says of a feed's files beside the status of its editions: what
stays published, what was replaced or withdrawn, quarantined rows, decisions.

Belongs here: asking the archive and the lake. Does not: the rows of the status (`status`), tables
(`status_tables`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from warehouse.base.home import Home
from warehouse.base.keys import EditionKey, of_edition

if TYPE_CHECKING:
    from warehouse.archive.source_files import SourceFile
    from warehouse.editions.status import EditionStatus


def withdrawn_editions(
    home: Home, feed: str, everything: list[SourceFile], files: list[SourceFile]
) -> list[str]:
    """Return editions of which every file is withdrawn."""
    from warehouse.archive.decisions import withdrawn

    out = {(one, edition) for one, edition, _ in withdrawn(home)}
    remaining = {EditionKey.of(file) for file in files}
    gone = {EditionKey.of(f) for f in everything if f.feed == feed} - remaining
    return sorted(edition for one, edition in gone & out)


def stays_published(
    home: Home, statuses: list[EditionStatus], feed: str, sample: bool
) -> dict[str, str]:
    """Return what stays published of each held edition of a feed: its own earlier files, or the
    feed's other editions. `sample`: the mart keeps the sample of the feed."""
    own = [one for one in statuses if one.feed == feed]
    used = [one.edition for one in own if one.in_use]
    others = f"accepted editions, the newest {used[-1]}" if used else f"nothing of {feed}"
    if not used and sample:
        others = "the SYNTHETIC sample"
    return {
        one.edition: (one.stays_words or others) if home.has_mart else "nothing yet"
        for one in own
        if one.verdict == "held"
    }


def replaced_files(
    home: Home, statuses: list[EditionStatus], own: list[SourceFile]
) -> list[SourceFile]:
    """Return files with quarantined rows that later ones of their edition replaced. What is held
    replaces nothing."""
    from warehouse.editions.parts_and_revisions import not_replaced

    found = []
    for one in statuses:
        files = of_edition(own, one.feed, one.edition)
        if len(files) > 1 and quarantined(home, files):
            used = [file for file in files if one.uses(file)]
            waiting = [file for file in files if file not in used]
            kept = [*not_replaced(home, used), *not_replaced(home, waiting)]
            found += [file for file in files if file not in kept]
    return found


def decision_facts(one: EditionStatus) -> dict[str, Any]:
    """Return the decision about an edition, for JSON."""
    decision = one.decision
    assert decision is not None  # noqa: S101 - the caller asked for those with a decision
    return {
        "edition": one.edition,
        "status": one.verdict,
        "override": decision.decision,
        "reason": decision.reason,
        "by": decision.decided_by,
        "at": decision.decided_at.isoformat(),
        "lapsed": one.lapsed,
    }


def quarantined(home: Home, files: list[SourceFile]) -> dict[str, int]:
    """Return numbers of quarantined rows of these files per rule, largest first."""
    from warehouse.transform.lake import facts_of

    counts: Counter[str] = Counter()
    for file in files:
        if facts := facts_of(home, file):
            for broken in facts.broken:
                counts[broken.rule] += broken.rows
    return dict(counts.most_common())
