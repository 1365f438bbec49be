"""An action of a plan in words."""

from datetime import date
from typing import Any

import pytest

from warehouse.contract.model import contracts
from warehouse.outputs.plan_words import ACTORS, action_words, held_words
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


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        (
            "Every required value is present (owner_role): found nothing, expected a value; 1 "
            "row(s) quarantined: row 6 of plan.xlsx: Owner role: found nothing\nAnother",
            "Row 6 of plan.xlsx: Owner role: found nothing. 1 other check is not met. ",
        ),
        (
            "Every action has an id: found 2 faults; row 5: Aim: found `x`; row 8: Aim: found `y`",
            "Row 5: Aim: found `x`; row 8: Aim: found `y`. access-recovery warnings",
        ),
        ("Not agreed yet", "Not agreed yet. access-recovery warnings"),
    ],
)
def test_a_held_return_is_told_from_its_first_row_on(reasons: str, told: str) -> None:
    one = {"since": None, "feed": "slaip_actions", "edition": "2026-12", "reasons": reasons}
    words = held_words(one, "what was accepted before it")
    assert words.startswith(
        f"Your return slaip_actions 2026-12 is held, and not shown here. {told}"
    )
