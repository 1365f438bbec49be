"""The schema of a caveat, in a feed's contract or under a KPI. Not here: which KPIs a feed's caveat
applies to, and the register in the mart (`warehouse.mart`)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from warehouse.base.months import MONTH
from warehouse.base.strict import Strict
from warehouse.reference.levels import OrgLevel

CaveatKind = Literal[
    "general",
    "series_break",
    "coverage_growth",
    "redefinition",
    "non_comparable",
    "outage",
    "working_days",
    "never_together",
]


class Caveat(Strict):
    """One caveat. Written as plain text it is general, and applies to its whole feed or KPI.

    It applies to figures of `kpis` (of those that use the feed), of `first_month` to
    `last_month` (YYYY-MM; a series break has at least one), of `org_level` and `organisations`
    (codes). Months of an `outage` (a supplier's figures are missing) are known to be wrong: they
    are not checked, nor compared with new months. `never_together`: with other figures that look
    alike it must not be added up, mixed or compared. `reference`: the publisher's statement.
    """

    text: str = Field(min_length=10)
    kind: CaveatKind = "general"
    kpis: tuple[str, ...] = ()
    first_month: str | None = Field(default=None, pattern=MONTH)
    last_month: str | None = Field(default=None, pattern=MONTH)
    org_level: OrgLevel | None = None
    organisations: tuple[str, ...] = ()
    reference: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, data: object) -> object:
        return {"text": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _months_make_sense(self) -> Caveat:
        first, last = self.first_month, self.last_month
        if first and last and first > last:
            raise ValueError(f"`first_month: {first}` is after `last_month: {last}`")
        if self.kind in ("series_break", "redefinition", "outage") and not (first or last):
            raise ValueError(
                f"a caveat of kind `{self.kind}` needs `first_month:` or `last_month:`"
            )
        return self
