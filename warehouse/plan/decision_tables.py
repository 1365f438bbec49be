"""Tables of what meetings agreed in schema `plan`: the decisions, and what answers each. Not here:
how they are found (`decisions_agreed`, `decision_answers`)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.base.home import Home
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.plan.decision_answers import answers_of
from warehouse.plan.decision_status import claims_computed, with_missing
from warehouse.plan.decisions_agreed import (
    DECISION,
    DECISIONS,
    returned_decisions,
    shipped_decisions,
)
from warehouse.plan.plan_returns import SOURCE_FILE, origins
from warehouse.plan.why_none import statuses_without_value, why_none

AGREED = "reference.decisions"
OF_SHIPPED = ("answer", "status_of_text", "set_by")
CLAIMS = "mart.claim.verdict"
FIGURES = tuple(
    f"mart.{table}.{name}"
    for table in ("kpi_monthly", "kpi_other_period")
    for name in ("kpi_id", "org_level", "org_code", "month", "value")
)


def create_decisions(
    db: Connection, home: Home, placed: Sequence[EditionFile], icb: str, synthetic: bool
) -> None:
    """Create `meeting_decision` and `decision_answer` in the attached mart. A returned decision
    goes before a shipped one of the same id. `icb`: whose shipped decisions they are; `synthetic`:
    whether the figures are."""
    returned = returned_decisions(home, placed)
    shipped = shipped_decisions(icb).join(returned, on=["icb_code", "decision_id"], how="anti")
    found = pl.concat([shipped, returned]).sort("icb_code", "decision_id")
    own = [name for name in DECISION if name not in (*OF_SHIPPED, "edition", "sha256", "synthetic")]
    said = origins(DECISIONS, *own)
    told: dict[str, str | Sequence[str]] = {
        name: (tidy, f"{AGREED}.{name}") if name in own else tidy for name, tidy in said.items()
    }
    told |= {name: f"{AGREED}.{name}" for name in OF_SHIPPED}
    for name in ("status", "answered_since", "missing"):
        told[name] = (said.get(name, said["status"]), f"{AGREED}.{name}", *FIGURES, CLAIMS)
    by = told["answered_by"]
    of_figures = ("organisations", "first_month", "newest_month", "none_because")
    answers = {
        **told,
        **dict.fromkeys(("table_name", "kpi_id"), by),
        "kpi_title": "catalogue.kpi.title",
        "org_level": "catalogue.kpi.levels",
        **dict.fromkeys(of_figures, FIGURES),
        "synthetic": f"{SOURCE_FILE}.synthetic",
    }
    frame = answers_of(db, found, synthetic, why_none(home, placed, statuses_without_value(db)))
    create_from(db, "mart.plan.decision_answer", frame, None, **answers)
    judged = with_missing(found, frame, claims_computed(db))
    create_from(db, "mart.plan.meeting_decision", judged, None, **told)
