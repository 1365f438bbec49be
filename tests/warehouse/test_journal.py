"""Journals: entries in order, and those of earlier releases, a file of lines each."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import warehouse.journal
from warehouse.journal import Journal
from warehouse.store import Store

OLD = "archive/looks.jsonl"


def entry(number: int, at: str = "2025-11-06T09:30:00Z", feed: str = "a") -> str:
    return json.dumps({"at": at, "feed": feed, "number": number})


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(Store(tmp_path), "archive/looks", "at", lambda one: str(one["feed"]))


def numbers(journal: Journal) -> list[int]:
    return [json.loads(text)["number"] for text in journal.entries()]


def lines(*entries: str) -> bytes:
    return "".join(f"{one}\n" for one in entries).encode()


def test_entries_are_objects_in_the_order_in_which_they_were_added(journal: Journal) -> None:
    assert numbers(journal) == []
    for number in (3, 1, 2):
        journal.add(entry(number))
    assert numbers(journal) == [3, 1, 2]
    keys = journal.store.list_keys("archive/looks")
    assert len(keys) == 3 and all("-a-" in key for key in keys)


def test_an_entry_sorts_last_though_the_clock_was_set_back(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2020, 1, 1, tzinfo=UTC)

    journal.add(entry(1))
    monkeypatch.setattr(warehouse.journal, "datetime", Clock)
    for number in (2, 3):
        journal.add(entry(number))
    assert numbers(journal) == [1, 2, 3]


# The same moment twice, a clock that was set back, and a line that a killed process cut short.
WRITTEN = lines(
    entry(5),
    entry(4),
    entry(4),
    entry(6, "2025-11-05T09:30:00+01:00"),
    '{"at": "2025-11-06T09',
    entry(7, "2025-11-07T00:00:00"),
)


def test_an_old_journal_is_read_as_it_is_and_becomes_objects_with_the_next_entry(
    journal: Journal,
) -> None:
    journal.store.replace(OLD, WRITTEN)
    assert numbers(journal) == [5, 4, 4, 6, 7]
    assert journal.store.list_keys("archive") == [OLD]  # reading changes nothing
    journal.add(entry(8))
    assert numbers(journal) == [5, 4, 4, 6, 7, 8]
    assert not journal.store.exists(OLD)


@pytest.mark.parametrize("after", range(6))
def test_an_upgrade_may_be_cut_short_anywhere(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    journal.store.replace(OLD, WRITTEN)
    write_once, written = Store.write_once, []

    def killed(store: Store, key: str, content: bytes) -> bool:
        if len(written) == after:
            raise KeyboardInterrupt
        written.append(key)
        return write_once(store, key, content)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "write_once", killed)
        with pytest.raises(KeyboardInterrupt):
            journal.add(entry(8))
    assert numbers(journal) == [5, 4, 4, 6, 7]
    journal.add(entry(9))
    assert numbers(journal) == [5, 4, 4, 6, 7, 9]
    assert not journal.store.exists(OLD)
