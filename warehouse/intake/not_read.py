"""Files that publishers put beside a feed's, in the same zip, and that are known and not read. Not
here: which those are (`not_read:` in a contract)."""

from __future__ import annotations

import re
from collections.abc import Collection

from warehouse.contract.model import contracts
from warehouse.readers.refused import Refused

Refusals = list[tuple[str, Refused]]


def set_aside(refused: Refusals, feeds: Collection[str]) -> tuple[Refusals, list[tuple[str, str]]]:
    """Split refusals into those that stand, and names of files that are known beside a file of one
    of the `feeds`, each with why it is not read. One without such a file is refused for that."""
    stand: Refusals = []
    known: list[tuple[str, str]] = []
    for name, refusal in refused:
        told = _why(name)
        if not told:
            stand.append((name, refusal))
            continue
        feed, why = next((one for one in told.items() if one[0] in feeds), next(iter(told.items())))
        if feed in feeds:
            known.append((name, f"comes with {feed}, and is not read: {why}"))
        else:
            words = f"It is a file that comes with {feed}, and is not read: {why}."
            stand.append((name, Refused(words, "Import the publisher's zip.")))
    return stand, known


def _why(name: str) -> dict[str, str]:
    """The feeds that a file may come with, each with why it is not read."""
    return {
        feed: why
        for feed, contract in contracts().items()
        for pattern, why in contract.not_read.items()
        if re.search(pattern, name, re.IGNORECASE)
    }
