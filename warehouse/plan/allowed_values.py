"""What may be typed into the columns of a local return: labels, and of a plan's returns ids of what
is shipped and words of roles, each with what it is. Not here: what is wrong with a row
(`action_faults`, `assessment_faults`, `decisions_agreed`), the template (`warehouse.outputs`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from warehouse.contract.model import Contract
from warehouse.kpi.catalogue import catalogue
from warehouse.plan.action_states import ACTIONS
from warehouse.plan.assessments import ASSESSMENTS
from warehouse.plan.decisions_agreed import DECISIONS, known_tables
from warehouse.plan.delivery_plan import delivery_plan
from warehouse.plan.improvement_payment import improvement_payment
from warehouse.plan.roles import role_words


@dataclass(frozen=True)
class Allowed:
    """The values of a column, each with what it is. `only`: a cell has one of them; otherwise it is
    made of them, or may have another text."""

    values: Mapping[str, str]
    only: bool = True


def allowed_values(
    contract: Contract, icb: str, own_roles: Collection[str] = ()
) -> dict[str, Allowed]:
    """Column -> its values, of the columns of a local return that do not take any text. `icb`:
    whose aims they are; `own_roles`: the home's own words for roles."""
    found = {
        name: Allowed({label: _also(others) for label, others in contract.labels(name).items()})
        for name, column in contract.columns.items()
        if column.labels
    }
    roles = _words_of_roles(own_roles)
    if contract.plan == ACTIONS:
        found |= _of_actions(icb) | dict.fromkeys(("owner_role", "updated_by"), roles)
    if contract.plan == ASSESSMENTS:
        found |= _of_assessments() | dict.fromkeys(("declared_by", "decided_by"), roles)
    if contract.plan == DECISIONS:
        tables = dict.fromkeys(sorted(set(known_tables().values())), "a table")
        found |= {"answered_by": Allowed({**_kpis(), **tables}, only=False), "owner_role": roles}
    return {name: found[name] for name in contract.columns if name in found and found[name].values}


def _also(others: tuple[str, ...]) -> str:
    return f"also typed {', '.join(others)}" if others else ""


def _of_actions(icb: str) -> dict[str, Allowed]:
    plan = delivery_plan()
    commitments = {
        str(number): f"{one.title} ({one.area})" for number, one in plan.commitments.items()
    }
    items = {name: f"{one.title} ({one.version})" for name, one in plan.items.items()}
    return {
        "area": Allowed(plan.areas),
        "commitment": Allowed(commitments),
        "aim": Allowed({one.aim: one.title for one in plan.aims if one.icb == icb}),
        "clause": Allowed(items, only=False),
        "evidence": Allowed(_kpis(), only=False),
    }


def _of_assessments() -> dict[str, Allowed]:
    payment = improvement_payment()
    areas = {name: f"{one.title} ({one.year})" for name, one in payment.areas.items()}
    schemes = {year: one.paid for year, one in payment.schemes.items()}
    return {"year": Allowed(schemes), "area": Allowed(areas)}


def _kpis() -> dict[str, str]:
    return {kpi.kpi_id: kpi.title for kpi in catalogue().values()}


def _words_of_roles(own: Collection[str]) -> Allowed:
    file = role_words()
    words = dict.fromkeys(own, "of this home (role_words in settings.yaml)")
    words |= dict.fromkeys(sorted(file.roles), "a word of a role")
    words |= dict.fromkeys(sorted(file.bodies - file.roles), "a word of a team or body")
    return Allowed(words, only=False)
