"""The derived rows of an edition of many source files are in one file of each kind."""

from dataclasses import astuple
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from assets import ingest
from assets.ingest import pending_editions, take_in
from pipelines.operations.housekeeping_files import find_waste
from pipelines.operations.purge_files import bury, editions_touched, erase, plan_purge
from tests.support import write_regional
from tests.warehouse.support_mart import RUN, bring
from tests.warehouse.worlds import area
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.archive.withdrawals import withdraw
from warehouse.base.home import Home
from warehouse.explain.source_rows import rows_of
from warehouse.store import Store
from warehouse.transform import packed
from warehouse.transform.derived import has_rows, read_derived, scan_derived, scan_one, where
from warehouse.transform.lake import (
    KINDS,
    TidyFacts,
    facts_of,
    is_tidied,
    lake_keys,
    pack_keys,
    read_again,
)
from warehouse.transform.tidy import tidy

FEED, OCT, NOV = "gp_appointments_sub_icb", "2025-10", "2025-11"
PLACES = {"04C": 700, "03W": 500, "04V": 900}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of an edition of three parts and one of a single file; three files are many."""
    monkeypatch.setattr(ingest, "pack", partial(packed.pack, few=2))
    made = Home(tmp_path / "home")
    for code, count in PLACES.items():
        bring(made, write_regional(tmp_path / f"{code}.csv", area(code, "OCT2025", count)))
    bring(made, write_regional(tmp_path / "nov.csv", area("04C", "NOV2025", 11)))
    return made


def files(home: Home, edition: str = OCT) -> list[SourceFile]:
    return [file for file in Archive(home).active_files(FEED) if file.edition == edition]


def lake(home: Home, edition: str = OCT) -> set[str]:
    found = (home.store.list_keys(f"lake/{kind}/{FEED}/{edition}") for kind in KINDS)
    return {key for keys in found for key in keys}


def rows(home: Home) -> dict[str, pl.DataFrame]:
    """What readers see of the edition, by kind and file."""
    return {
        f"{kind} {file.sha256}": scan_one(home, kind, file).collect()
        for kind in KINDS
        for file in files(home)
    }


def same(before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame]) -> bool:
    return before.keys() == after.keys() and all(before[key].equals(after[key]) for key in before)


def test_an_edition_of_many_files_has_one_of_each_kind_with_the_same_rows(home: Home) -> None:
    facts = [tidy(home, file) for file in files(home)]
    before = rows(home)
    whole = {kind: read_derived(home, kind, files(home)) for kind in KINDS}
    assert len(lake(home)) == 12
    for edition in (OCT, NOV):
        assert take_in(home, FEED, edition, RUN)
    assert lake(home) == set(astuple(pack_keys(FEED, OCT)))
    assert lake(home, NOV) == {
        key for key in astuple(lake_keys(files(home, NOV)[0])) if home.store.exists(key)
    }, "one file is not worth it"
    assert same(before, rows(home))
    assert [facts_of(home, file) for file in files(home)] == facts
    for kind in KINDS:
        assert read_derived(home, kind, files(home)).equals(whole[kind])
        back = read_derived(home, kind, files(home)[::-1])
        assert back.sort(pl.all()).equals(whole[kind].sort(pl.all()))
        if kind == "measures":
            assert back["org_code"].to_list() == whole[kind]["org_code"].to_list()[::-1]
    assert pending_editions(home, FEED) == []
    assert find_waste(home) == []


def test_editions_of_both_kinds_are_read_together(home: Home) -> None:
    for edition in (OCT, NOV):
        take_in(home, FEED, edition, RUN)
    every = files(home) + files(home, NOV)
    named = {where(home, "measures", file)[1]: file for file in every}
    found = scan_derived(home, "measures", every).collect()
    assert len(named) == 4
    for name, month, count in found.select("rows_of", "month", "appointments").iter_rows():
        assert named[name].edition == f"{month:%Y-%m}"
        assert count in (*PLACES.values(), 11)


@pytest.mark.parametrize(("step", "calls"), [("replace", 0), ("delete", 0), ("delete", 2)])
def test_nothing_is_lost_when_packing_is_killed(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str, calls: int
) -> None:
    for file in files(home):
        tidy(home, file)
    before, times, does = rows(home), list[str](), getattr(Store, step)

    def killed(store: Store, key: str, *content: object) -> None:
        times.append(key)
        if len(times) > calls:
            raise KeyboardInterrupt
        does(store, key, *content)

    with monkeypatch.context() as patched:
        patched.setattr(Store, step, killed)
        with pytest.raises(KeyboardInterrupt):
            packed.pack(home, files(home), few=2)
    assert same(before, rows(home)) and all(facts_of(home, file) for file in files(home))
    packed.pack(home, files(home), few=2)
    assert same(before, rows(home))
    assert set(astuple(pack_keys(FEED, OCT))) <= lake(home)


def test_a_part_that_comes_later_is_added(home: Home, tmp_path: Path) -> None:
    take_in(home, FEED, OCT, RUN)
    bring(home, write_regional(tmp_path / "again.csv", area("04C", "OCT2025", 701)))
    assert pending_editions(home, FEED)
    before = take_in(home, FEED, OCT, RUN)
    assert before and len(before.files) == 4
    assert lake(home) == set(astuple(pack_keys(FEED, OCT)))
    counts = read_derived(home, "measures", files(home))["appointments"]
    assert sorted(counts) == [500, 700, 701, 900]


def test_a_file_that_is_to_be_read_again_keeps_its_rows_until_then(home: Home) -> None:
    take_in(home, FEED, OCT, RUN)
    before, one = rows(home), files(home)[0]
    read_again(home, one)
    assert facts_of(home, one) is None and is_tidied(home, one)
    assert [facts_of(home, file) is None for file in files(home)] == [True, False, False]
    assert same(before, rows(home))
    assert isinstance(tidy(home, one), TidyFacts)
    assert same(before, rows(home))
    take_in(home, FEED, OCT, RUN)
    assert same(before, rows(home)) and facts_of(home, one)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_file_is_made_anew(home: Home, kind: str) -> None:
    take_in(home, FEED, OCT, RUN)
    before = rows(home)
    home.store.delete(getattr(pack_keys(FEED, OCT), kind))
    assert pending_editions(home, FEED) == [OCT, NOV]
    take_in(home, FEED, OCT, RUN)
    assert same(before, rows(home))


def test_an_erased_file_leaves_no_byte_and_takes_none_of_the_others(home: Home) -> None:
    take_in(home, FEED, OCT, RUN)
    before = rows(home)
    gone, *others = files(home)
    packed.unpack(home, gone)
    packed.unpack(home, gone)
    assert not has_rows(home, "tidy", gone) and not is_tidied(home, gone)
    kept = {key: rows for key, rows in before.items() if not key.endswith(gone.sha256)}
    found = rows(home)
    assert all(found[key].equals(kept[key]) for key in kept)
    assert all(facts_of(home, file) for file in others)
    said = b"".join(home.store.read(key) for key in lake(home))
    assert gone.sha256.encode() not in said and others[0].sha256.encode() in said
    for file in others:
        packed.unpack(home, file)
    assert lake(home) == set()


def test_a_purge_erases_a_part_from_the_files_of_its_edition(home: Home) -> None:
    take_in(home, FEED, OCT, RUN)
    gone, *others = files(home)
    before = rows(home)
    plan = plan_purge(home, [gone.sha256])
    stones = bury(home, plan, "names a person", "A. Person")
    erase(home, plan, stones, editions_touched(home, stones, lambda _: 1))
    found = rows(home)
    assert [file.sha256 for file in files(home)] == [file.sha256 for file in others]
    assert found and all(found[key].equals(before[key]) for key in found)
    said = b"".join(home.store.read(key) for key in home.store.list_keys("lake"))
    assert gone.sha256.encode() not in said and others[0].sha256.encode() in said


def test_a_figure_is_explained_by_the_rows_of_its_part(home: Home) -> None:
    take_in(home, FEED, OCT, RUN)
    file = files(home)[1]
    [code] = read_derived(home, "measures", [file])["org_code"]
    cell = {"part": "numerator", "feed": FEED, "edition": OCT, "sha256": file.sha256}
    [month] = read_derived(home, "measures", [file])["month"]
    found = rows_of(home, [{**cell, "measure": "appointments", "org_code": code}], month)
    assert found is not None and set(found["sha256"]) == {file.sha256}
    assert found["count"].sum() == PLACES[code]


def test_what_no_source_file_in_use_needs_is_waste(home: Home) -> None:
    take_in(home, FEED, OCT, RUN)
    for file in files(home):
        assert find_waste(home) == []
        read_again(home, file)
        withdraw(home, file.sha256, "wrong", "a person")
    assert {one.key for one in find_waste(home)} >= set(astuple(pack_keys(FEED, OCT)))
