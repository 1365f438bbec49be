"""An action of a plan in words."""

from datetime import date
from typing import Any

import pytest

from warehouse.contract.model import contracts
from warehouse.outputs.plan_words import ACTORS, action_words
from warehouse.plan.action_states import ACTIONS
from warehouse.plan.plan_returns import plan_feed


def action(**given: Any) -> dict[str, Any]:
    """A row of `plan.plan_action`."""
    day = date(2025, 3, 31)
    return {
        **dict.fromkeys(("source_document", "clause", "checklist_version", "commitment_no")),
        **dict.fromkeys(("area", "llr_aim", "evidence_documents", "completed_on")),
        **{"owner_role": "Head of digital", "audience": "practice", "due_moves": 0},
        **{"due_current": day, "due_original": day, "status": "in progress", "last_update": day},
        **{"self_rating": "green", "updated_by": "Plan manager", "computed_rating": "red"},
        **{"rated_on": day, "rating_reason": "It got worse"},
        **given,
    }


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        ("practice", "practices in LLR"),
        ("PCN", "networks in LLR"),
        ("ICB", "the ICB, for LLR"),
        ("NHSE", "NHS England, for LLR"),
    ],
)
def test_who_acts_is_said_beside_the_owner(audience: str, who: str) -> None:
    told = action_words(action(audience=audience), "LLR")
    assert (told["Owner"], told["Who acts"]) == ("Head of digital", who)


def test_everyone_who_may_be_named_has_words() -> None:
    assert set(contracts()[plan_feed(ACTIONS)].labels("audience")) == set(ACTORS)
