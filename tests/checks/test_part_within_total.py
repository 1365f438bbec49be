"""Editions with a part larger than its total: held, with organisation, row and both counts."""

from assets.feeds.friends_and_family.testing import answered
from assets.feeds.gp_patient_survey.testing import build
from tests.checks.support_checks import OCT, brought, judged, one
from warehouse.base.home import Home

RULE = "part_within_total"


def test_more_questionnaires_received_than_sent_hold_the_survey(home: Home) -> None:
    too_many = {"ad_practicecode": "C82031", "received": 1100, "distributed": 400}
    brought(home, build({}, too_many), edition="2026-03")
    taken = judged(home, "gp_patient_survey", "2026-03")
    assert taken.state.verdict == "held"
    assert one(taken, RULE).message == (
        "C82031 2026-03: 1,100, but only 400 in all. received is above distributed in row 3. "
        "Check for swapped columns"
    )


def test_more_good_answers_than_responses_hold_the_friends_and_family_test(home: Home) -> None:
    too_many = {"Practice Code": "C82002", "Very Good": 190, "Good": 36}
    brought(home, answered({}, too_many), edition=OCT)
    taken = judged(home, "friends_and_family")
    assert taken.state.verdict == "held"
    found = one(taken, RULE, "positive")
    assert found.message.startswith("C82002 2025-10: 226")
    assert "but only 200 in all. positive is above Total Responses in row 3." in found.message
