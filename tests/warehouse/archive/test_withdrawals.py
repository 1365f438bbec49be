"""A withdrawn file leaves the mart and stays in the archive; restored, all is as before."""

from pathlib import Path

import pytest

from assets.ingest import is_judged, pending_editions
from tests.checks.support_checks import active, brought, judged
from tests.support import coverage, imported, referrals, regional, write, write_regional, zipped
from tests.warehouse.support_mart import Mart, accept_all, bring, build, retrieved
from tests.warehouse.worlds import area
from warehouse.archive.decisions import NotPossible, decisions
from warehouse.archive.source_files import Archive
from warehouse.archive.withdrawals import restore, withdraw
from warehouse.base.home import Home

FEED, OCT = "pharmacy_first_referrals", "2025-10"
PERSON = "A. Person"


def test_a_corrected_file_leaves_no_trace_in_vintages(home: Home, tmp_path: Path) -> None:
    bad = retrieved(write_regional(tmp_path / "bad.csv", area("04C", "OCT2025", 99)), "2025-11-27")
    good = retrieved(write_regional(tmp_path / "ok.csv", area("04C", "OCT2025", 10)), "2025-12-05")
    mart = build(home, [bad, good])
    assert mart.vintages("appointments", "sub_icb", "04C", "2025-10") == [
        ("2025-10", 1, 99),
        ("2025-10", 2, 10),
    ]
    [wrong] = [file for file in active(home) if file.file_name == "bad.csv"]
    withdraw(home, wrong.sha256[:8], "typed in the wrong column", PERSON)
    mart = build(home)
    assert mart.vintages("appointments", "sub_icb", "04C", "2025-10") == [("2025-10", 1, 10)]
    rows = mart.rows(
        "SELECT file_name, in_mart, withdrawn, withdrawn_reason, withdrawn_by "
        "FROM governance.source_file ORDER BY 1"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("bad.csv", False, True, "typed in the wrong column", PERSON),
        ("ok.csv", True, False, None, None),
    ]
    assert Archive(home).object_path(wrong.container_sha256).exists()


def test_the_only_file_of_an_edition_is_named_by_it(home: Home) -> None:
    [first] = brought(home, referrals())
    withdraw(home, FEED, "mistaken", PERSON, OCT)
    assert active(home) == []
    restore(home, FEED, "not mistaken", PERSON, OCT)
    assert active(home) == [first]
    with pytest.raises(NotPossible, match=f"{FEED} is a feed"):
        withdraw(home, FEED, "mistaken", PERSON)
    with pytest.raises(NotPossible, match="2025-11 has no file"):
        withdraw(home, FEED, "mistaken", PERSON, "2025-11")
    [second] = brought(home, referrals({"Referrals sent": 40}))
    with pytest.raises(NotPossible, match=rf"2 files: .*{second.short} \(file2.csv\)"):
        withdraw(home, FEED, "mistaken", PERSON, OCT)


def test_an_edition_of_which_nothing_remains_is_withdrawn(home: Home, tmp_path: Path) -> None:
    bring(home, write_regional(tmp_path / "october.csv", area("04C", "OCT2025", 1)))
    accept_all(home)
    [file] = active(home)
    withdraw(home, file.sha256, "mistaken", PERSON)
    restored = restore(home, file.sha256, "not mistaken", PERSON)
    assert "restored by A. Person" in restored.lines[0]
    assert active(home) == [file]
    brought(home, regional({"APPOINTMENT_MONTH": "NOV2025"}))
    withdraw(home, file.sha256, "mistaken after all", PERSON)
    mart: Mart = build(home)
    rows = mart.rows("SELECT edition, status FROM governance.edition ORDER BY 1")
    assert [tuple(row.values()) for row in rows] == [(OCT, "withdrawn"), ("2025-11", "accepted")]
    told = mart.rows("SELECT decision FROM governance.override ORDER BY decision_id")
    assert [row["decision"] for row in told] == ["withdraw", "restore", "withdraw"]


def test_the_edition_is_judged_anew_from_what_remains(home: Home) -> None:
    wrong, _ = brought(home, referrals({}, {}), referrals({"Practice code": "C82002"}))
    assert judged(home, FEED).status.undecided
    withdraw(home, wrong.sha256, "sent twice", PERSON)
    assert pending_editions(home, FEED) == [OCT]
    assert judged(home, FEED).status.verdict == "accepted"
    restore(home, wrong.sha256, "it was right", PERSON)
    assert not is_judged(home, FEED, OCT, active(home))


def test_importing_a_withdrawn_file_reports_the_withdrawal(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", referrals())
    [outcome] = imported(home, path)
    assert outcome.file
    withdraw(home, outcome.file.sha256, "mistaken", PERSON)
    [again] = imported(home, path)
    assert again.verdict == "known" and active(home) == []
    for words in ("archived as", "withdrawn by A. Person on 20", "mistaken", "restore"):
        assert words in again.message
    assert f"access-recovery restore {outcome.file.short}" in again.message


def test_a_container_is_withdrawn_with_all_it_brought(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "both.zip", {"r.csv": regional(), "c.csv": coverage()})
    files = [outcome.file for outcome in imported(home, path) if outcome.file]
    moved = withdraw(home, files[0].container_sha256[:10].upper(), "mistaken", PERSON)
    assert len(moved.lines) == 2 and active(home) == []
    assert [one.feed for one in decisions(home)] == sorted(file.feed for file in files)
    assert restore(home, files[0].sha256, "this one is right", PERSON).decisions
    assert active(home) == [files[0]]
    again = withdraw(home, files[1].sha256, "again", PERSON)
    assert again.decisions == [] and "Nothing recorded" in again.lines[0]


def test_one_edition_of_a_file_that_was_imported_as_two(home: Home) -> None:
    content = regional({"APPOINTMENT_MONTH": "OCT2025"})
    (file,) = brought(home, content)
    with pytest.raises(NotPossible, match="has no file"):
        withdraw(home, file.sha256, "mistaken", PERSON, edition="2025-11")
    assert withdraw(home, file.sha256, "mistaken", PERSON, edition=OCT).decisions


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1234567", "at least its first 8"),
        ("r.csv", "No file was imported"),
        ("0" * 12, "has no file"),
    ],
)
def test_what_is_no_hash_of_the_archive_is_refused(home: Home, typed: str, words: str) -> None:
    brought(home, referrals())
    with pytest.raises(NotPossible, match=words):
        withdraw(home, typed, "mistaken", PERSON)
    assert decisions(home) == []


def test_a_file_is_withdrawn_by_its_name(home: Home, tmp_path: Path) -> None:
    first, second = "SLAIP tracker.csv", "Other.csv"
    for name, code in ((first, "C82001"), (second, "C82002")):
        imported(home, write(tmp_path / name, referrals({"Practice code": code})))
    assert withdraw(home, "somewhere/slaip TRACKER.csv", "mistaken", PERSON).decisions
    assert [file.file_name for file in active(home)] == [second]
    imported(home, write(tmp_path / second, referrals({"Practice code": "C82003"})))
    with pytest.raises(NotPossible, match="2 files were imported as "):
        withdraw(home, second, "mistaken", PERSON)


def test_digits_that_fit_several_are_refused(home: Home, tmp_path: Path) -> None:
    [file] = brought(home, referrals())
    twin = file.model_copy(update={"sha256": file.sha256[:10] + "0" * 54})
    Archive(home).add(twin)
    with pytest.raises(NotPossible, match="matches 2 hashes"):
        withdraw(home, file.sha256[:9], "mistaken", PERSON)
