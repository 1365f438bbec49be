"""Rules in a feed's folder."""

import pytest

from checks import check_catalogue as catalogue
from checks.check_catalogue import all_checks, feed_checks, shared_checks
from checks.runner import check_version
from tests.checks.support_checks import (
    CLAIMS,
    MAPPING,
    SUB_ICB,
)


def test_a_feed_may_have_rules_of_its_own() -> None:
    own = {check.rule for check in feed_checks(CLAIMS)}
    assert own and own.isdisjoint(shared_checks())
    assert own < all_checks().keys()
    assert feed_checks(SUB_ICB) == ()


def test_two_checks_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = feed_checks(CLAIMS)[0].model_copy(update={"rule": "keys_unique"})
    monkeypatch.setattr(catalogue, "feed_checks", lambda feed: (taken,) if feed == CLAIMS else ())
    with pytest.raises(ValueError, match="more than one check has the id keys_unique"):
        all_checks.__wrapped__()


def test_a_feeds_rules_count_among_what_it_is_judged_by() -> None:
    assert check_version(MAPPING) == check_version()
    assert check_version(CLAIMS) != check_version()
