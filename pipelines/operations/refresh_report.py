"""The result of a refresh.

Does not: refreshing (`refresh`), telling people of it (`pipelines.cli`, `refresh_job`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from warehouse.archive.tombstones import Tombstone
from warehouse.editions.status import EditionStatus
from warehouse.intake.importer import ImportOutcome

if TYPE_CHECKING:
    from warehouse.outputs.headline import Row, Series


@dataclass
class RefreshReport:
    """The result of a refresh.

    `taken_in`: editions processed; `held`: undecided editions that failed their checks; `decided`:
    editions with a decision, valid or lapsed; `unfinished`: files whose purge was interrupted;
    `pages`: missing pages about the mart were written; `taken_down`: the mart was removed, because
    no accepted edition remains; `retired`: number of sample editions that own ones replaced now;
    `kept_sample`: feeds of which the mart keeps the sample, as no own edition is accepted yet;
    `held_months`: accepted editions with held months; `lineage`: why lineage events could not be
    delivered, if so; `before`: the headline figures of the mart that was replaced, empty if there
    was none. What makes a refresh incomplete: `held`, `held_months`, `failures`,
    `unfinished` and refused files.
    """

    imported: list[ImportOutcome] = field(default_factory=list)
    taken_in: list[EditionStatus] = field(default_factory=list)
    held: list[EditionStatus] = field(default_factory=list)
    decided: list[EditionStatus] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unfinished: list[Tombstone] = field(default_factory=list)
    published: bool = False
    pages: bool = False
    taken_down: bool = False
    retired: int = 0
    kept_sample: list[str] = field(default_factory=list)
    held_months: list[EditionStatus] = field(default_factory=list)
    lineage: str | None = None
    before: dict[Series, Row] = field(default_factory=dict)
    nothing_to_do: bool = False

    @property
    def refused(self) -> list[ImportOutcome]:
        """Return files of the landing folder that were refused."""
        return [outcome for outcome in self.imported if outcome.verdict == "refused"]

    @property
    def faults(self) -> list[str]:
        """Return why its run fails. Not for refused files, which have an alert each, nor for
        editions that were held before."""
        held = [one for one in self.taken_in if one.undecided]
        return [
            *self.failures,
            *(f"{one.feed} {one.edition} is held: {one.words}" for one in held),
        ]
