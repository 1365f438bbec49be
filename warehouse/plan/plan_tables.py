"""Schema `plan` of the mart: what was promised, the actions that follow, and what the data say.

Belongs here: which tables, in which order, and where their columns come from. Does not: how each is
worked out (its own module).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from warehouse.base.home import Home
from warehouse.base.months import add_months
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.plan import delivery_plan, improvement_payment, rating
from warehouse.plan.action_states import (
    ACTIONS,
    KEY,
    OF_STATE,
    RENAMED,
    changes_of,
    latest_states,
    read_states,
)
from warehouse.plan.caip_tables import create_caip
from warehouse.plan.decision_tables import create_decisions
from warehouse.plan.decisions_agreed import agreed_files
from warehouse.plan.plan_evidence import EVIDENCE, FIGURES, evidence_of, newest_month
from warehouse.plan.plan_returns import origins, plan_feed
from warehouse.plan.reference_tables import create_reference

# Files beside modules, of which the tables are made.
SHIPPED = (delivery_plan.SHIPPED, improvement_payment.SHIPPED, rating.RULES, *agreed_files())
SIGNALS = tuple(f"mart.kpi_spc.{name}" for name in ("month", "signal", "direction"))


def create_plan(
    db: Connection, home: Home, placed: Sequence[EditionFile], icb: str, synthetic: bool
) -> None:
    """Create schema `plan` of the attached mart, which must have organisations, figures and their
    charts. `icb`: whose home it is; `synthetic`: whether all figures are."""
    db.execute("CREATE SCHEMA IF NOT EXISTS mart.plan")
    create_reference(db)
    _create_actions(db, read_states(home, placed), synthetic)
    create_caip(db, home, placed, icb, synthetic)
    create_decisions(db, home, placed, icb, synthetic)


def _create_actions(db: Connection, states: pl.DataFrame, synthetic: bool) -> None:
    actions = latest_states(states)
    on = rated_on(states, newest_month(db))
    evidence = evidence_of(db, actions, on, synthetic)
    said = origins(ACTIONS, *KEY, *OF_STATE, "last_update", "updated_by", "reason", **RENAMED)
    record = f"tidy.{plan_feed(ACTIONS)}"
    of_action = {**said, **_rated(said)}
    rated, found = rating.rate(actions, evidence, on), rating.conflicts(actions, evidence, on)
    create_from(db, "mart.plan.plan_action", rated, record, **of_action)
    create_from(db, "mart.plan.plan_conflict", found, record, **of_action)
    _create_history(db, changes_of(states), record, said)
    _create_evidence(db, evidence, said)


def _rated(said: dict[str, str]) -> dict[str, str | Sequence[str]]:
    """Where computed columns of an action come from."""
    own = tuple(said[name] for name in ("due_current", "status", "self_rating"))
    judged = (*own, said["evidence"], *FIGURES, *SIGNALS)
    words = ("computed_rating", "rating_reason", "is_by_date_alone", "conflict", "conflict_reason")
    return {
        **dict.fromkeys(words, judged),
        "is_overdue": own[:2],
        **dict.fromkeys(("rating_version", "is_early_success"), "rating.rules.version"),
        **dict.fromkeys(("rated_on", "as_of"), (said["last_update"], FIGURES[0])),
        "rating_synthetic": said["synthetic"],
        "due_moves": (said["due_current"], said["last_update"]),
    }


def rated_on(states: pl.DataFrame, newest: date | None) -> date:
    """The day on which actions are rated: the last of the newest month of which events are counted
    (`newest_month`), or that of the newest update if it is later. It follows from the data, so that
    equal files give an equal mart on every day; and it has come, so that no action is called
    overdue before it is."""
    days = [states["last_update"].max()]
    days += [add_months(newest, 1) - timedelta(days=1)] if newest else []
    return max((day for day in days if isinstance(day, date)), default=date(2023, 5, 31))


def _create_history(
    db: Connection, changes: pl.DataFrame, record: str, said: dict[str, str]
) -> None:
    values = tuple(said[name] for name in OF_STATE)
    origin = {
        **{name: said[name] for name in (*KEY, "reason")},
        **dict.fromkeys(("was", "became", "column_name", "kind"), values),
        "changed_on": said["last_update"],
        "changed_by": said["updated_by"],
        **dict.fromkeys(("change_no", "due_moves"), (said["due_current"], said["last_update"])),
    }
    create_from(db, "mart.plan.plan_action_history", changes, record, **{**said, **origin})


def _create_evidence(db: Connection, evidence: pl.DataFrame, said: dict[str, str]) -> None:
    named = said["evidence"]
    of_kpi = dict.fromkeys(("kpi_title", "unit"), "catalogue.kpi.title")
    origin = {
        **{name: said[name] for name in (*KEY, "synthetic")},
        **dict.fromkeys(("kpi_id", "direction", "threshold"), named),
        **of_kpi,
        "unit": "catalogue.kpi.unit",
        "org_level": said["scope_level"],
        "org_code": said["scope_code"],
        **dict.fromkeys(("month", "latest_value", "status"), FIGURES),
        **dict.fromkeys(("signal", "signal_month"), SIGNALS),
        "movement": (*SIGNALS, named),
        **dict.fromkeys(("is_met", "is_stale", "stale_because"), (*FIGURES, named)),
        "as_of": (said["last_update"], FIGURES[0]),
    }
    create_from(db, "mart.plan.plan_evidence", evidence.select(list(EVIDENCE)), None, **origin)
