"""The journal of lookups: nothing is lost, and an interrupted entry does no harm."""

from datetime import UTC, datetime

from warehouse.base.home import Home
from warehouse.fetch.lookups import Lookup, lookups, newest_lookups, note

FEED = "nhs_app"


def test_every_lookup_is_recorded_and_the_newest_counts(home: Home) -> None:
    assert newest_lookups(home) == {}
    first = Lookup(feed=FEED, edition="2025-10", verdict="not yet")
    second = Lookup(
        feed=FEED,
        edition="2025-10",
        verdict="new",
        message="1 file(s)\nthen more é",
        page="https://a/b",
        files=("a.xlsx",),
        run_id="r",
    )
    other = Lookup(feed=FEED, edition="2025-11", verdict="refused", remedy="Ask.")
    for look in (first, second, other):
        note(home, look)
    assert lookups(home) == [first, second, other]
    assert newest_lookups(home) == {(FEED, "2025-10"): second, (FEED, "2025-11"): other}
    assert second.at.tzinfo == UTC and second.at <= datetime.now(UTC)


def test_an_earlier_releases_journal_is_read_but_for_a_line_cut_short(home: Home) -> None:
    look = Lookup(feed=FEED, edition="2025-10", verdict="new")
    line = look.model_dump_json()
    home.store.replace("archive/looks.jsonl", f'{line}\n{line}\n{{"at": "2025-')
    assert lookups(home) == [look, look]
    note(home, look)
    assert lookups(home) == [look, look, look]
    assert newest_lookups(home) == {(FEED, "2025-10"): look}


def test_which_lookups_need_a_person() -> None:
    def wants(**said: str) -> bool:
        return Lookup(feed=FEED, edition="2025-10", **said).wants_a_person  # type: ignore[arg-type]

    calm = [wants(verdict=one) for one in ("new", "unchanged", "not yet")]
    assert not any(calm)
    assert wants(verdict="not found") and wants(verdict="new", remedy="A member was refused.")
