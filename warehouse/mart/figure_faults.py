"""Why a figure has no value although its members are present.

Belongs here: lists and maps too old for the month, two sides on different boundaries, pharmacies
that may be anywhere: joins and words for the figures of a KPI. Does not: members that are missing
(`expected_members`), the order of statuses (`figure_status`).
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.kpi.catalogue import WORKING_DAYS, Source
from warehouse.mart.expected_members import unplaced_in
from warehouse.mart.inputs import Inputs
from warehouse.reference.levels import LEVELS

STALE = "the list that it rests on is too old for the month: it is of "
OLD_MAP = "the map of who is in it is too old for the month: it is of "
APART = "no rate: its numerator and denominator are on different boundaries, by ONS code: "
UNPLACED = "pharmacies under a local authority that nobody knows may be in it"


@dataclass(frozen=True)
class Faults:
    """SQL for figures `f`: the `joins` it needs, when a figure is valid (`sound`), else why not."""

    joins: str
    sound: str
    reason: str


def faults_of(source: Source, inputs: Inputs, level: str) -> Faults:
    """Return the faults to look for in the figures of a KPI's source at a level."""
    feeds = "', '".join(feed for feed in source.feeds if feed)
    joins = [
        f"""LEFT JOIN (SELECT month, min(edition) AS edition FROM stage.stale
            WHERE feed IN ('{feeds}') GROUP BY ALL) AS o ON o.month = f.month"""
    ]
    sound = ["f.whole", "o.month IS NULL"]
    reasons = [f"WHEN o.month IS NOT NULL THEN '{STALE}' || o.edition"]
    if source.denominator and source.denominator != WORKING_DAYS:
        sound.append("f.apart IS NULL")
        reasons.append(f"WHEN f.whole AND f.apart IS NOT NULL THEN '{APART}' || f.apart")
    if level == "pcn":
        joins.append(
            """LEFT JOIN stage.old_network AS m
            ON m.pcn_code = f.org_code AND m.month = f.month"""
        )
        reasons.append(f"WHEN m.month IS NOT NULL THEN '{OLD_MAP}' || m.edition")
    if inputs.level == "pharmacy" and level in LEVELS[inputs.level].parents:
        joins.append(f"LEFT JOIN ({unplaced_in(source.feeds, level)}) AS u ON u.month = f.month")
        reasons.append(f"WHEN NOT f.whole AND u.month IS NOT NULL THEN '{UNPLACED}'")
    return Faults(" ".join(joins), " AND ".join(sound), f"CASE {' '.join(reasons)} END")
