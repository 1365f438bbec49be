"""Decisions are kept for ever, in order, with who and why; and cannot be taken without."""

import getpass
import json
from datetime import UTC, datetime

import pytest

from warehouse.archive import decisions as module
from warehouse.archive.decisions import NotPossible, decide, decisions, newest_override, withdrawn
from warehouse.base.home import Home

FEED, OCT = "nhs_app", "2025-10"


def test_a_decision_is_a_small_file_of_the_archive(home: Home) -> None:
    made = decide(home, "accept", FEED, OCT, ["b", "a"], " It is\nsound ", "A. Person", ["rule"])
    [path] = (home.archive / "decisions").iterdir()
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert path.stem == kept["decision_id"] == made.decision_id
    assert (kept["sha256"], kept["failed_rules"]) == (["a", "b"], ["rule"])
    assert (kept["reason"], kept["decided_by"]) == ("It is sound", "A. Person")
    assert decisions(home) == [made]


@pytest.mark.parametrize("reason", ["", " \n\t", "\x07"])
def test_no_reason_no_decision(home: Home, reason: str) -> None:
    with pytest.raises(NotPossible, match="reason is blank"):
        decide(home, "hold", FEED, OCT, [], reason, "A. Person")
    assert decisions(home) == []


def test_who_decides_is_the_user_of_the_system_unless_said(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "apatel")
    assert decide(home, "hold", FEED, OCT, [], "why").decided_by == "apatel"

    def unknown() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr(getpass, "getuser", unknown)
    with pytest.raises(NotPossible, match="--by NAME"):
        decide(home, "hold", FEED, OCT, [], "why")
    with pytest.raises(NotPossible, match="blank"):
        decide(home, "hold", FEED, OCT, [], "why", " ")


def test_only_the_newest_counts_even_if_the_clock_is_set_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(home, "hold", FEED, OCT, [], "wait", "A")

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Earlier":
            return cls(2020, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(module, "datetime", Earlier)
    accepted = decide(home, "accept", FEED, OCT, [], "go", "A")
    decide(home, "hold", FEED, "2025-11", [], "another edition", "A")
    decide(home, "hold", "nhs_app_practice", OCT, [], "another feed", "A")
    assert newest_override(home, FEED, OCT) == accepted
    assert [one.decision for one in decisions(home, FEED, OCT)] == ["hold", "accept"]


def test_a_restored_file_is_withdrawn_no_more(home: Home) -> None:
    decide(home, "withdraw", FEED, OCT, ["a", "b"], "mistaken", "A")
    decide(home, "restore", FEED, OCT, ["a"], "not that one", "A")
    assert [key[2] for key in withdrawn(home)] == ["b"]


def test_a_decision_that_cannot_be_read_is_named(home: Home) -> None:
    made = decide(home, "hold", FEED, OCT, [], "why", "A")
    path = home.archive / "decisions" / f"{made.decision_id}.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=path.name):
        decisions(home)
