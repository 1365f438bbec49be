"""An edition's status follows its checks, unless somebody decided otherwise."""

import pytest

from assets.ingest import is_judged
from tests.checks.support_checks import active, brought, judged
from tests.support import all_services, long_claims, referrals
from warehouse.archive.decisions import NotPossible, decisions
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.editions.rulings import accept, hold, revoke
from warehouse.editions.status import EditionStatus, status_of
from warehouse.publication.build import accepted_files, mart_fingerprint

FEED, OCT = "pharmacy_first_referrals", "2025-10"
OTHER = {"Practice code": "C82002"}
TWICE = referrals({}, OTHER, {})
PERSON = "A. Person"


def now(home: Home) -> EditionStatus:
    return status_of(home, FEED, OCT)


def held_edition(home: Home) -> None:
    brought(home, TWICE)
    assert judged(home, FEED).status.undecided


def test_a_held_edition_is_let_in_by_decision(home: Home) -> None:
    held_edition(home)
    before = mart_fingerprint(home)
    ruling = accept(home, FEED, OCT, "Both rows are true", PERSON)
    assert "despite keys_unique" in ruling.message and "quarantine" not in ruling.message
    assert now(home).verdict == "accepted" and not now(home).undecided
    assert [file.feed for file in accepted_files(home)] == [FEED]
    assert mart_fingerprint(home) != before
    [kept] = decisions(home)
    assert kept.sha256 == tuple(file.sha256 for file in active(home))
    assert "accepted by A. Person" in now(home).words and "despite" in now(home).words


def test_an_edition_decided_on_is_judged_again_and_keeps_its_checks_verdict(home: Home) -> None:
    held_edition(home)
    assert is_judged(home, FEED, OCT, active(home))
    accept(home, FEED, OCT, "Both rows are true", PERSON)
    assert not is_judged(home, FEED, OCT, active(home))
    taken = judged(home, FEED)
    assert (taken.state.verdict, taken.status.verdict) == ("held", "accepted")
    assert is_judged(home, FEED, OCT, active(home))


def test_an_acceptance_lapses_with_other_files(home: Home) -> None:
    held_edition(home)
    accept(home, FEED, OCT, "Both rows are true", PERSON)
    brought(home, referrals({"Practice code": "C82003"}))
    judged(home, FEED)
    assert now(home).verdict == "held" and now(home).undecided
    assert now(home).lapsed == "its files have changed: 1 new, 0 gone since"
    assert ". Stays published: file1.csv, accepted by A. Person on 20" in now(home).words
    accept(home, FEED, OCT, "These, too", PERSON)
    assert now(home).verdict == "accepted" and now(home).lapsed is None


def test_an_acceptance_lapses_with_a_check_that_had_not_failed(home: Home) -> None:
    held_edition(home)
    accept(home, FEED, OCT, "Both rows are true", PERSON)
    state = now(home).state
    assert state is not None
    worse = state.model_copy(update={"failed_rules": [*state.failed_rules, "cells_whole"]})
    path = home.root / f"lake/editions/{FEED}/{OCT}.json"
    path.write_text(worse.model_dump_json(), encoding="utf-8")
    assert now(home).undecided
    assert now(home).lapsed == "it fails checks that it had not failed then: cells_whole"


def test_a_hold_survives_corrected_files_until_the_edition_is_accepted(home: Home) -> None:
    brought(home, referrals())
    judged(home, FEED)
    hold(home, FEED, OCT, "The surgery asked us to wait", PERSON)
    assert now(home).verdict == "held" and not now(home).undecided
    brought(home, referrals({}, OTHER))
    taken = judged(home, FEED)
    assert (taken.state.verdict, taken.status.verdict) == ("accepted", "held")
    assert accepted_files(home) == []
    accept(home, FEED, OCT, "They agreed", PERSON)
    assert now(home).verdict == "accepted"
    assert [one.decision for one in decisions(home)] == ["hold", "accept"]


def test_a_revoked_hold_or_acceptance_leaves_the_edition_to_its_checks(home: Home) -> None:
    brought(home, referrals())
    judged(home, FEED)
    before = now(home).verdict, now(home).words
    hold(home, FEED, OCT, "wait", PERSON)
    told = revoke(home, FEED, OCT, "The wrong edition", "B. Person").message
    assert "is held is revoked by B. Person on 20" in told and "it passed its checks" in told
    assert (before[0], now(home).override) == (now(home).verdict, None)
    assert before[1] == "" and now(home).words.startswith("no longer held by A. Person on 20")
    assert now(home).words.endswith(": The wrong edition")
    assert not is_judged(home, FEED, OCT, active(home)), "Dagster and the history show it"
    judged(home, FEED)
    assert is_judged(home, FEED, OCT, active(home))
    hold(home, FEED, OCT, "wait after all", PERSON)
    assert now(home).verdict == "held" and now(home).lapsed is None


def test_a_revoked_acceptance_leaves_an_edition_that_failed_held(home: Home) -> None:
    held_edition(home)
    accept(home, FEED, OCT, "Both rows are true", PERSON)
    assert "it failed its checks" in revoke(home, FEED, OCT, "They are not", PERSON).message
    assert now(home).undecided and (now(home).lapsed or "").startswith("revoked by A. Person")
    assert accepted_files(home) == []
    assert revoke(home, FEED, OCT, "again", PERSON).decision is None
    assert [one.decision for one in decisions(home)] == ["accept", "revoke"]
    accept(home, FEED, OCT, "They are", PERSON)
    assert now(home).verdict == "accepted"


def test_what_nobody_decided_cannot_be_revoked(home: Home) -> None:
    held_edition(home)
    with pytest.raises(NotPossible, match="Nobody has accepted or held"):
        revoke(home, FEED, OCT, "why", PERSON)
    with pytest.raises(NotPossible, match="no edition 2024-01"):
        revoke(home, FEED, "2024-01", "why", PERSON)
    hold(home, FEED, OCT, "wait", PERSON)
    with pytest.raises(NotPossible, match="reason is blank"):
        revoke(home, FEED, OCT, " ", PERSON)
    assert [one.decision for one in decisions(home)] == ["hold"]


def test_what_is_compared_with_an_edition_held_by_hand_is_judged_again(home: Home) -> None:
    feed, nov = "pharmacy_first", "2025-11"
    brought(home, *[long_claims(*all_services(YEAR_MONTH=month)) for month in (OCT, nov)])
    for edition in (OCT, nov):
        judged(home, feed, edition)
    assert is_judged(home, feed, nov, active(home))
    hold(home, feed, OCT, "wrong", PERSON)
    assert not is_judged(home, feed, nov, active(home))
    judged(home, feed, nov)
    assert is_judged(home, feed, nov, active(home))


def test_deciding_what_is_decided_records_nothing(home: Home) -> None:
    brought(home, referrals())
    judged(home, FEED)
    assert "accepted by its checks" in accept(home, FEED, OCT, "why", PERSON).message
    hold(home, FEED, OCT, "why", PERSON)
    assert hold(home, FEED, OCT, "again", PERSON).decision is None
    assert len(decisions(home)) == 1


def test_an_unchecked_edition_cannot_be_accepted(home: Home) -> None:
    brought(home, TWICE)
    with pytest.raises(NotPossible, match=r"not been checked.*refresh --feed"):
        accept(home, FEED, OCT, "why", PERSON)
    judged(home, FEED)
    brought(home, referrals(OTHER))
    with pytest.raises(NotPossible, match="has not been checked"):
        accept(home, FEED, OCT, "why", PERSON)
    with pytest.raises(NotPossible, match=r"no edition 2024-01 .* Editions available: 2025-10"):
        accept(home, FEED, "2024-01", "why", PERSON)


def test_what_cannot_be_read_cannot_be_accepted(home: Home) -> None:
    [file] = brought(home, TWICE)
    Archive(home).object_path(file.container_sha256).write_bytes(b"rotten")
    assert judged(home, FEED).status.undecided
    with pytest.raises(NotPossible, match="can't be accepted"):
        accept(home, FEED, OCT, "why", PERSON)
    assert hold(home, FEED, OCT, "wait", PERSON).decision is not None


def test_accepting_lists_what_remains_excluded(home: Home) -> None:
    rows = [{"Practice code": f"C82{n:03}", "Referrals sent": "many"} for n in range(30)]
    brought(home, referrals({}, *rows, *[{"Practice code": "C82000"}]))
    assert judged(home, FEED).status.undecided
    message = accept(home, FEED, OCT, "it is what we have", PERSON).message
    assert "are unreliable and keep their last good figure" in message


def test_many_failures_are_told_of_in_a_line_with_how_to_list_them(home: Home) -> None:
    held_edition(home)
    state = now(home).state
    assert state is not None
    many = state.model_copy(update={"reasons": [f"Check {number}" for number in range(1, 24)]})
    assert EditionStatus(FEED, OCT, many).words == (
        f"Check 1; Check 2; Check 3; and 20 more (access-recovery warnings {FEED} {OCT} lists them)"
    )
    rows = "; ".join(f"row {number}: no owner; say who" for number in range(1, 10))
    long = state.model_copy(update={"reasons": [f"{rows}. Correct the rows"]})
    assert EditionStatus(FEED, OCT, long).words.endswith(
        f"row 6: no owner; say who; and 3 more (access-recovery warnings {FEED} {OCT} lists them)"
    )
    few = state.model_copy(update={"reasons": ["Check 1", "Check 2", "Check 3"]})
    assert EditionStatus(FEED, OCT, few).words == "Check 1; Check 2; Check 3"
