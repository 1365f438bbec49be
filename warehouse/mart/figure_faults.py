"""Why a figure has no value although its members are present: a list or map too old for the month,
different boundaries, pharmacies or practices without a known place. Missing members are in
`expected_members`."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.base.sql import quoted
from warehouse.kpi.catalogue import WORKING_DAYS, Source, measure_name, measure_of
from warehouse.mart.expected_members import unplaced_in
from warehouse.mart.inputs import Inputs
from warehouse.reference.levels import LEVELS, PLACE_COLUMNS

STALE = "the newest available list is too old for the month: it is of "
OLD_MAP = "the newest available map of its practices is too old for the month: it is of "
APART = "no rate: numerator and denominator are on different boundaries, by ONS code: "
UNPLACED = {
    "pharmacy": "pharmacies under an unknown local authority may belong to it",
    "practice": "practices of which no feed of the time says the sub-ICB may belong to it",
}


@dataclass(frozen=True)
class Faults:
    """SQL for figures `f`: the `joins` it needs, when a figure is valid (`sound`), otherwise the
    `reason`."""

    joins: str
    sound: str
    reason: str


def faults_of(source: Source, inputs: Inputs, level: str) -> Faults:
    """Return the faults to check in the figures of a KPI's source at a level."""
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
    unplaced = UNPLACED.get(inputs.level)
    if unplaced and level in PLACE_COLUMNS and level in LEVELS[inputs.level].parents:
        joins.append(f"LEFT JOIN ({unplaced_in(source.feeds, level)}) AS u ON u.month = f.month")
        reasons.append(f"WHEN NOT f.whole AND u.month IS NOT NULL THEN '{unplaced}'")
    top = measure_of(source.numerator)
    if top.unreported:
        name = measure_name(source.numerator)
        reasons.append(f"WHEN f.whole AND f.n_{name} IS NULL THEN {quoted(top.unreported)}")
    return Faults(" ".join(joins), " AND ".join(sound), f"CASE {' '.join(reasons)} END")
