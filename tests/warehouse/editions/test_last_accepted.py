"""What an edition was accepted with stays in use while its checks hold newer files."""

import pytest

from tests.checks.support_checks import active, brought, judged
from tests.support import referrals, write
from tests.warehouse.support_mart import bring, retrieved
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.archive.withdrawals import withdraw
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey
from warehouse.editions.last_accepted import PLACE, forget_accepted
from warehouse.editions.rulings import accept, hold, revoke
from warehouse.editions.status import EditionStatus, status_of
from warehouse.publication.build import accepted_files, mart_fingerprint

FEED, OCT = "pharmacy_first_referrals", "2025-10"
KEY = (FEED, OCT)
OTHER = {"Practice code": "C82002"}
GOOD, TWICE = referrals({}, OTHER), referrals({}, {}, OTHER)
WHY = ("why", "A. Person")


def now(home: Home) -> EditionStatus:
    return status_of(home, *KEY)


def used(home: Home) -> list[str]:
    return [file.file_name for file in accepted_files(home)]


def arrives(home: Home, name: str, content: bytes, day: str = "2026-01-01") -> SourceFile:
    """Import a file saved on a day and judge the edition with it."""
    [outcome] = bring(home, retrieved(write(home.root.parent / "in" / name, content), day))
    assert outcome.file is not None
    judged(home, FEED)
    return outcome.file


@pytest.fixture
def reissued(home: Home) -> Home:
    """An accepted edition, issued anew with a row twice."""
    arrives(home, "first.csv", GOOD)
    arrives(
        home,
        "second.csv",
        referrals({"Referrals sent": 30}, {"Referrals sent": 30}, OTHER),
        "2026-02-01",
    )
    return home


def test_the_accepted_revision_stays_while_the_next_is_held(reissued: Home) -> None:
    status = now(reissued)
    assert (status.verdict, status.undecided) == ("held", True)
    assert used(reissued) == ["first.csv"]
    assert status.words.startswith("second.csv (revision 2): ")
    kept = (
        f"first.csv (revision 1), accepted by its checks on {status.stays.state.judged_at:%Y-%m-%d}"
    )
    assert status.words.endswith(f". Stays published: {kept}") and status.stays_words == kept
    assert status.in_use is status.stays and not status.held_months


def test_the_next_accepted_revision_takes_its_place(reissued: Home) -> None:
    before = mart_fingerprint(reissued)
    arrives(reissued, "third.csv", referrals({"Referrals sent": 40}, OTHER), "2026-03-01")
    assert now(reissued).verdict == "accepted", now(reissued).words
    assert now(reissued).stays_words is None
    assert "third.csv" in used(reissued) and mart_fingerprint(reissued) != before
    arrives(reissued, "fourth.csv", TWICE, "2026-04-01")
    assert used(reissued)[-1] == "third.csv" and "fourth.csv" not in used(reissued)
    stays = now(reissued).stays_words
    assert stays and stays.startswith("third.csv (revision 3, in place of 2 earlier files), ")


def test_accepting_the_held_revision_or_withdrawing_it_ends_the_matter(reissued: Home) -> None:
    assert accept(reissued, *KEY, *WHY).decision
    assert used(reissued) == ["first.csv", "second.csv"]
    revoke(reissued, *KEY, *WHY)
    assert used(reissued) == ["first.csv"], "the checks alone decide, as before"
    [second] = [file for file in active(reissued) if file.file_name == "second.csv"]
    withdraw(reissued, second.sha256, *WHY)
    judged(reissued, FEED)
    assert (now(reissued).verdict, now(reissued).stays) == ("accepted", None)


def test_a_persons_hold_hides_the_earlier_revision_too(reissued: Home) -> None:
    hold(reissued, *KEY, *WHY)
    assert (used(reissued), now(reissued).stays) == ([], None)
    revoke(reissued, *KEY, *WHY)
    assert used(reissued) == ["first.csv"]


def test_a_withdrawn_file_does_not_stay(reissued: Home) -> None:
    [first] = [file for file in active(reissued) if file.file_name == "first.csv"]
    withdraw(reissued, first.sha256, *WHY)
    judged(reissued, FEED)
    assert (used(reissued), now(reissued).undecided) == ([], True)


def test_what_a_person_accepted_stays_until_that_is_revoked(home: Home) -> None:
    arrives(home, "first.csv", TWICE)
    assert used(home) == []
    accept(home, *KEY, "Both rows are true", "A. Person")
    arrives(home, "second.csv", referrals({}, {}, {}, OTHER), "2026-02-01")
    status = now(home)
    assert used(home) == ["first.csv"] and status.lapsed
    assert "first.csv (revision 1), accepted by A. Person on 20" in status.words
    assert "no longer" not in status.words, "it is said once"
    assert status.in_use and status.in_use.override, "so that its figures are disputed"
    revoke(home, *KEY, *WHY)
    assert used(home) == []


def test_files_that_fail_a_check_of_today_do_not_stay_for_having_passed(home: Home) -> None:
    arrives(home, "first.csv", GOOD)
    arrives(home, "second.csv", TWICE, "2026-02-01")
    [second] = [file for file in active(home) if file.file_name == "second.csv"]
    withdraw(home, second.sha256, *WHY)
    state = judged(home, FEED).state
    fails = state.model_copy(update={"verdict": "held", "failed_rules": ["another"]})
    home.store.replace(f"lake/editions/{FEED}/{OCT}.json", fails.model_dump_json())
    assert used(home) == [], "without other files there is nothing to stay"
    arrives(home, "third.csv", referrals({}, {}, {}, OTHER), "2026-03-01")
    assert used(home) == []


def test_a_part_that_cannot_be_read_leaves_the_accepted_ones(home: Home) -> None:
    arrives(home, "first.csv", GOOD)
    [part] = brought(home, referrals({"Practice code": "C82003"}))
    Archive(home).object_path(part.container_sha256).write_bytes(b"rotten")
    judged(home, FEED)
    assert used(home) == ["first.csv"]
    assert "(revision" not in now(home).words, "a part restates nothing"


def test_it_is_kept_in_the_archive_and_purged_with_its_file(reissued: Home) -> None:
    reissued.store.delete_all("lake")
    judged(reissued, FEED)
    assert used(reissued) == ["first.csv"]
    [key] = reissued.store.list_keys(PLACE)
    forget_accepted(reissued, {"another"}, [EditionKey(*KEY)])
    assert used(reissued) == ["first.csv"]
    kept = now(reissued).stays
    assert kept and kept.state
    forget_accepted(reissued, set(kept.state.files), [EditionKey(*KEY)])
    assert (reissued.store.list_keys(PLACE), used(reissued)) == ([], [])
    reissued.store.replace(key, b"torn")
    with pytest.raises(ValueError, match="restore it from backup"):
        now(reissued)


def test_the_next_edition_is_compared_with_what_is_in_use(reissued: Home) -> None:
    status = now(reissued)
    assert [status.uses(file) for file in active(reissued)] == [True, False]
    november = referrals({"Month": "2025-11"}, OTHER | {"Month": "2025-11"})
    brought(reissued, november)
    taken = judged(reissued, FEED, "2025-11")
    assert not any("no edition of the" in one.message for one in taken.results)
