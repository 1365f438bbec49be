"""From paths to provenance: editions, repeats, publication dates, sample data, and reading back."""

import json
import os
import random
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assets.partitions import FIRST_EDITION as FIRST_PARTITION
from tests.support import (
    coverage,
    crosstab,
    gzipped,
    imported,
    kept_in,
    list_map,
    mapping,
    patient_list,
    regional,
    write,
    write_coverage,
    write_crosstab,
    write_list,
    write_list_map,
    write_mapping,
    write_regional,
    zipped,
)
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.intake.edition import FIRST_EDITION

MONTH = "APPOINTMENT_MONTH_START_DATE"
LATER = 4_000_000_000  # a copy saved after all others: what came first tells where it is from
AUGUST, SEPTEMBER, OCTOBER = ({MONTH: f"01{name}2025"} for name in ("AUG", "SEP", "OCT"))
RELEASE = {
    "Practice_Level_Crosstab_Aug_25.csv": crosstab(AUGUST),
    "Practice_Level_Crosstab_London_East_South_Oct_25.csv": crosstab(OCTOBER),
    "Practice_Level_Crosstab_Midlands_North_Oct_25.csv": crosstab(OCTOBER | {"GP_CODE": "C82002"}),
    "Practice_Level_Crosstab_Sep_25.csv": crosstab(SEPTEMBER),
    "Mapping.csv": mapping(),
}
COMMENT = b"SYNTHETIC DATA - invented figures, not NHS statistics"


def kept(home: Home) -> list[SourceFile]:
    return Archive(home).files()


def editions(home: Home) -> set[tuple[str, str, str]]:
    return {(file.feed, file.edition, file.edition_basis) for file in kept(home)}


# Editions ---------------------------------------------------------------------------------------


def test_all_members_of_a_zip_belong_to_the_latest_month(home: Home, tmp_path: Path) -> None:
    outcomes = imported(home, zipped(tmp_path / "release.zip", RELEASE))
    assert {one.verdict for one in outcomes} == {"imported"} and len(outcomes) == 5
    assert editions(home) == {
        ("gp_appointments_practice", "2025-10", "content"),
        ("gp_appointments_mapping", "2025-10", "sibling"),
    }
    months = {file.member: file.months for file in kept(home)}
    assert months["Practice_Level_Crosstab_Aug_25.csv"] == ("2025-08",)
    assert months["Mapping.csv"] == ()


def test_files_of_other_editions_in_one_zip_keep_their_own(home: Home, tmp_path: Path) -> None:
    dates = ("2025-08-01", "2025-09-01", "2025-10-01")
    members = {f"{day}.csv": patient_list({"EXTRACT_DATE": day}) for day in dates}
    imported(home, zipped(tmp_path / "lists.zip", members))
    assert [file.edition for file in kept(home)] == ["2025-08", "2025-09", "2025-10"]


def test_a_loose_months_edition_is_that_month(home: Home, tmp_path: Path) -> None:
    imported(home, write_crosstab(tmp_path / "Crosstab_Oct_25.csv", AUGUST))
    assert editions(home) == {("gp_appointments_practice", "2025-08", "content")}


def test_the_argument_puts_an_earlier_month_into_its_edition(home: Home, tmp_path: Path) -> None:
    imported(home, write_crosstab(tmp_path / "f.csv", AUGUST), edition="2025-10")
    assert editions(home) == {("gp_appointments_practice", "2025-10", "argument")}


def test_an_edition_that_does_not_hold_its_own_month_says_so(home: Home, tmp_path: Path) -> None:
    path = write_crosstab(tmp_path / "Practice_Level_Crosstab_Nov_25.csv")
    [outcome] = imported(home, path, edition="2025-11")
    assert outcome.message.endswith(
        "(edition by argument), 1 rows, 2025-10; it does not hold 2025-11"
    )


def test_an_older_copy_after_a_newer_one_says_which_is_in_force(home: Home, tmp_path: Path) -> None:
    newer = write_regional(tmp_path / "newer.csv", {"COUNT_OF_APPOINTMENTS": 2})
    older = write_regional(tmp_path / "older.csv", {"COUNT_OF_APPOINTMENTS": 1})
    [first] = imported(home, newer, published_on=date(2025, 12, 11))
    assert "older" not in first.message
    [second] = imported(home, older, published_on=date(2025, 11, 27))
    assert second.message.endswith(
        "It is older (published 2025-11-27) than newer.csv (published 2025-12-11): both are kept, "
        "and where they have the same organisation and month the newer one is in force"
    )


def test_the_argument_that_says_the_same_changes_nothing(home: Home, tmp_path: Path) -> None:
    imported(home, zipped(tmp_path / "release.zip", RELEASE), edition="2025-10")
    assert {basis for _, _, basis in editions(home)} == {"content", "sibling"}


@pytest.mark.parametrize("name", ["Mapping_Oct_25.csv", "Mapping_Oct25_England.csv"])
def test_edition_of_a_mapping_by_its_name(name: str, home: Home, tmp_path: Path) -> None:
    (outcome,) = imported(home, write_mapping(tmp_path / name))
    assert editions(home) == {("gp_appointments_mapping", "2025-10", "file_name")}
    assert "edition 2025-10 (edition by file_name), 1 rows" in outcome.message


def test_edition_of_a_mapping_by_its_zips_name(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "Practice_Level_Crosstab_Oct_25.zip", {"Mapping.csv": mapping()})
    imported(home, path)
    assert editions(home) == {("gp_appointments_mapping", "2025-10", "file_name")}


def test_a_sibling_tells_before_the_name(home: Home, tmp_path: Path) -> None:
    members = {"Crosstab.csv": crosstab(OCTOBER), "Mapping_Aug_25.csv": mapping()}
    imported(home, zipped(tmp_path / "release.zip", members))
    assert ("gp_appointments_mapping", "2025-10", "sibling") in editions(home)


def test_other_feeds_in_the_zip_are_no_siblings(home: Home, tmp_path: Path) -> None:
    members = {"Coverage.csv": coverage(), "Mapping.csv": mapping()}
    outcomes = imported(home, zipped(tmp_path / "release.zip", members))
    assert [(one.name, one.verdict) for one in outcomes] == [
        ("release.zip: Coverage.csv", "imported"),
        ("release.zip: Mapping.csv", "refused"),
    ]


def test_a_mapping_alone_asks_for_its_edition(home: Home, tmp_path: Path) -> None:
    path = write_mapping(tmp_path / "Mapping.csv")
    (outcome,) = imported(home, path)
    assert outcome.verdict == "refused" and kept_in(home) == []
    assert "gp_appointments_mapping" in outcome.message and "--edition YYYY-MM" in outcome.remedy
    imported(home, path, edition="2025-10")
    assert editions(home) == {("gp_appointments_mapping", "2025-10", "argument")}


@pytest.mark.parametrize(
    ("content", "stated", "why"),
    [
        (regional(), "2025-09", "covers 2025-10"),
        (crosstab(OCTOBER), "2026-01", "ends in 2025-10"),
        (patient_list(), "2025-11", "ends in 2025-10"),
        (patient_list(), "2025-09", "covers 2025-10"),
    ],
)
def test_an_argument_that_contradicts_the_content_is_refused(
    content: bytes, stated: str, why: str, home: Home, tmp_path: Path
) -> None:
    (outcome,) = imported(home, write(tmp_path / "f.csv", content), edition=stated)
    assert outcome.verdict == "refused" and kept_in(home) == []
    assert f"--edition {stated} contradicts its content" in outcome.message
    assert why in outcome.message and "leave --edition out" in outcome.remedy.lower()


def test_an_argument_that_contradicts_the_siblings_is_refused(home: Home, tmp_path: Path) -> None:
    members = {"Crosstab.csv": crosstab(OCTOBER), "Mapping.csv": mapping()}
    outcomes = imported(home, zipped(tmp_path / "r.zip", members), edition="2025-08")
    assert {one.verdict for one in outcomes} == {"refused"} and kept_in(home) == []
    said = {one.name: one.message for one in outcomes}
    assert "contradicts the files beside it, which cover 2025-10" in said["r.zip: Mapping.csv"]


def test_no_edition_lies_in_the_future(home: Home, tmp_path: Path) -> None:
    later = f"{date.today() + timedelta(days=40):%Y-%m}"
    path = write_mapping(tmp_path / "Mapping.csv")
    named = write_mapping(tmp_path / "Mapping_Dec_99.csv")
    outcomes = [*imported(home, path, edition=later), *imported(home, named)]
    assert [one.verdict for one in outcomes] == ["refused", "refused"] and kept_in(home) == []
    assert f"edition {later} (by argument) is in the future" in outcomes[0].message
    assert "edition 2099-12 (by file_name) is in the future" in outcomes[1].message
    assert outcomes and all("--edition" in one.remedy for one in outcomes)


def test_no_edition_lies_before_the_first_partition(home: Home, tmp_path: Path) -> None:
    assert f"{FIRST_EDITION:%Y-%m}" == FIRST_PARTITION
    path = write_mapping(tmp_path / "Mapping.csv")
    (outcome,) = imported(home, path, edition="2014-12")
    assert outcome.verdict == "refused" and "before 2015-01" in outcome.message
    assert imported(home, path, edition="2015-01")[0].verdict == "imported"


def test_future_months_beside_past_ones_do_not_name_the_edition(home: Home, tmp_path: Path) -> None:
    later = f"{date.today() + timedelta(days=40):%b%Y}".upper()
    rows = [{"APPOINTMENT_MONTH": "OCT2025"}, {"APPOINTMENT_MONTH": later}]
    imported(home, write_regional(tmp_path / "f.csv", *rows))
    assert [(file.edition, file.months) for file in kept(home)] == [("2025-10", ("2025-10",))]


def test_feed_argument_refuses_what_is_another_feed(home: Home, tmp_path: Path) -> None:
    path = write_regional(tmp_path / "f.csv")
    (outcome,) = imported(home, path, feed="registered_patients")
    assert outcome.verdict == "refused" and kept_in(home) == []
    assert imported(home, path, feed="gp_appointments_sub_icb")[0].verdict == "imported"


# Paths ------------------------------------------------------------------------------------------


def test_names_do_not_matter_and_folders_are_walked(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    write_regional(folder / "one.csv")
    gzipped(folder / "deep" / "er" / "two.CSV.GZ", crosstab())
    zipped(folder / "deep" / "three.ZIP", {"x.csv": coverage(), "Mapping_Oct_25.csv": mapping()})
    write_list(folder / "Mapping.csv")
    write_list_map(folder / "no suffix")
    write(folder / ".hidden.csv", b"nothing")
    write(folder / ".git" / "x.csv", b"nothing")
    write(folder / "README.md", b"# Files")
    write(folder / "Thumbs.db", b"\xd0\xcf\x11\xe0")
    outcomes = imported(home, folder)
    assert {one.verdict for one in outcomes} == {"imported"}
    assert {(file.file_name, file.feed) for file in kept(home)} == {
        ("one.csv", "gp_appointments_sub_icb"),
        ("two.CSV", "gp_appointments_practice"),
        ("x.csv", "gp_appointments_coverage"),
        ("Mapping_Oct_25.csv", "gp_appointments_mapping"),
        ("Mapping.csv", "registered_patients"),
        ("no suffix", "registered_patients_map"),
    }


def test_a_path_that_is_not_there_does_not_stop_the_others(home: Home, tmp_path: Path) -> None:
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    sound = write_regional(tmp_path / "sound.csv")
    outcomes = imported(home, tmp_path / "no.csv", tmp_path / "dangling.csv", sound)
    assert [one.verdict for one in outcomes] == ["refused", "refused", "imported"]
    assert outcomes[0].message == "There is no such file." and outcomes[0].remedy


def test_what_is_no_regular_file_is_refused(home: Home, tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "pipe.csv")
    (outcome,) = imported(home, tmp_path / "pipe.csv")
    assert outcome.verdict == "refused" and "no regular file" in outcome.message


def test_a_file_that_may_not_be_read_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = write_regional(tmp_path / "locked.csv")

    def deny(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("warehouse.intake.importer.hash_file", deny)  # root may read everything
    (outcome,) = imported(home, locked)
    assert outcome.verdict == "refused" and outcome.remedy == "Check its permissions."
    assert str(locked) in outcome.message


def test_a_home_inside_the_folder_is_not_imported_back(home: Home, tmp_path: Path) -> None:
    write_regional(tmp_path / "f.csv")
    assert len(imported(home, tmp_path)) == 1
    write_list(home.landing / "g.csv")
    write(home.lake / "x.csv", b"rows")
    names = [one.name for one in imported(home, tmp_path)]
    assert names == ["f.csv", "g.csv"]


def test_a_file_still_being_written_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_regional(tmp_path / "f.csv")
    copy = shutil.copyfile

    def grown(source: Path, target: Path) -> None:
        copy(source, target)
        with Path(target).open("ab") as stream:
            stream.write(b"more")

    monkeypatch.setattr("warehouse.store.shutil.copyfile", grown)
    (outcome,) = imported(home, path)
    assert outcome.verdict == "refused" and "changed while it was being read" in outcome.message
    assert "download" in outcome.remedy and kept_in(home) == []


def test_a_full_disk_leaves_nothing_half_written(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.store.shutil.copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        imported(home, write_regional(tmp_path / "f.csv"))
    assert kept_in(home) == []


# Repeats ----------------------------------------------------------------------------------------


def test_the_same_bytes_again_change_nothing_and_say_so(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "release.zip", RELEASE)
    imported(home, path)
    before = {name: (home.root / name).read_bytes() for name in kept_in(home)}
    renamed = Path(shutil.copy(path, tmp_path / "another name.zip"))
    os.utime(renamed, (LATER, LATER))
    for again in (path, renamed):
        outcomes = imported(home, again)
        assert {one.verdict for one in outcomes} == {"known"} and len(outcomes) == 5
        assert outcomes and all("already archived" in one.message for one in outcomes)
        assert all("nothing to do" in one.message for one in outcomes)
    assert {name: (home.root / name).read_bytes() for name in kept_in(home)} == before


def test_the_same_member_in_another_zip_is_known(home: Home, tmp_path: Path) -> None:
    imported(home, zipped(tmp_path / "one.zip", {"a.csv": regional()}))
    again = write_regional(tmp_path / "a.csv")
    os.utime(again, (LATER, LATER))
    (outcome,) = imported(home, again)
    assert outcome.verdict == "known" and len(kept(home)) == 1 and len(kept_in(home)) == 2


def test_members_refused_before_are_tried_again(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "r.zip", {"a.csv": coverage(), "Mapping.csv": mapping()})
    imported(home, path)
    outcomes = imported(home, path, edition="2025-10")
    assert {one.name: one.verdict for one in outcomes} == {
        "r.zip: a.csv": "known",
        "r.zip: Mapping.csv": "imported",
    }


def test_one_mapping_for_two_editions_is_two_records(home: Home, tmp_path: Path) -> None:
    path = write_mapping(tmp_path / "Mapping.csv")
    for edition in ("2025-08", "2025-10"):
        assert imported(home, path, edition=edition)[0].verdict == "imported"
    named = write_mapping(tmp_path / "Mapping_Nov_25.csv")
    assert imported(home, named)[0].verdict == "imported"
    assert [file.edition for file in kept(home)] == ["2025-08", "2025-10", "2025-11"]
    assert len({file.sha256 for file in kept(home)}) == 1
    assert len(list((home.archive / "objects").rglob("*/*"))) == 1
    again = imported(home, path, edition="2025-10")
    assert [(one.verdict, one.message) for one in again] == [
        ("known", "already archived as gp_appointments_mapping 2025-10; nothing to do")
    ]


def test_lost_bytes_are_healed_by_importing_again(home: Home, tmp_path: Path) -> None:
    path = write_regional(tmp_path / "f.csv")
    imported(home, path)
    (file,) = kept(home)
    Archive(home).object_path(file.container_sha256).unlink()
    with (
        pytest.raises(FileNotFoundError, match=r"f\.csv: its bytes are missing.*import the"),
        Archive(home).open(file),
    ):
        pass
    assert imported(home, path)[0].verdict == "known"
    with Archive(home).open(file) as stream:
        assert stream.read() == regional()


# Provenance -------------------------------------------------------------------------------------


def test_the_record_tells_where_the_bytes_came_from(home: Home, tmp_path: Path) -> None:
    path = gzipped(tmp_path / "Regional.csv.gz", regional({}, {"APPOINTMENT_MONTH": "SEP2025"}))
    os.utime(path, (1_760_000_000, 1_760_000_000.5))
    before = datetime.now(UTC).replace(microsecond=0)
    imported(home, path)
    (file,) = kept(home)
    assert (file.file_name, file.container_name) == ("Regional.csv", "Regional.csv.gz")
    assert (file.member, file.rows, file.months) == (None, 2, ("2025-09", "2025-10"))
    assert file.retrieved_at == datetime.fromtimestamp(1_760_000_000, UTC)
    assert before <= file.imported_at <= datetime.now(UTC)
    assert file.licence == "Open Government Licence v3.0" and "digital.nhs.uk" in file.page
    assert (file.published_on, file.synthetic) == (None, False)
    record = json.loads(home.store.read(Archive(home).record_key(file)))
    assert record["sha256"] == file.sha256 != record["container_sha256"]


def test_a_publication_date_is_recorded_and_may_be_restated(home: Home, tmp_path: Path) -> None:
    path = write_regional(tmp_path / "f.csv")
    imported(home, path, published_on=date(2025, 11, 27))
    record = home.store.read(Archive(home).record_key(kept(home)[0]))
    for stated in (date(2025, 12, 4), date(2025, 11, 28)):
        (outcome,) = imported(home, path, published_on=stated)
        assert outcome.verdict == "known" and "publication date noted" in outcome.message
        assert outcome.file is not None and outcome.file.published_on == stated
        assert [file.published_on for file in kept(home)] == [stated]
    assert "nothing to do" in imported(home, path, published_on=stated)[0].message
    assert imported(home, path)[0].file == kept(home)[0]
    assert home.store.read(Archive(home).record_key(kept(home)[0])) == record
    assert len(list(home.archive.rglob("*.restated"))) == 2


def test_a_publication_date_reaches_content_known_from_another_container(
    home: Home, tmp_path: Path
) -> None:
    imported(home, write_regional(tmp_path / "f.csv"))
    path = zipped(tmp_path / "f.zip", {"f.csv": regional()})
    (outcome,) = imported(home, path, published_on=date(2025, 11, 27))
    assert outcome.verdict == "known" and "publication date noted" in outcome.message
    assert [file.published_on for file in kept(home)] == [date(2025, 11, 27)]


def test_a_publication_date_is_noted_for_the_edition_named_only(home: Home, tmp_path: Path) -> None:
    path = write_mapping(tmp_path / "Mapping.csv")
    for edition in ("2025-08", "2025-10"):
        imported(home, path, edition=edition)
    imported(home, path, edition="2025-10", published_on=date(2025, 11, 27))
    assert [file.published_on for file in kept(home)] == [None, date(2025, 11, 27)]


@pytest.mark.parametrize("days", [-60, 2])
def test_an_impossible_publication_date_is_refused(days: int, home: Home, tmp_path: Path) -> None:
    path = write_regional(tmp_path / "f.csv")
    start = date(2025, 10, 1) if days < 0 else date.today()
    (outcome,) = imported(home, path, published_on=start + timedelta(days=days))
    assert outcome.verdict == "refused" and kept_in(home) == []
    assert "--published" in outcome.message and "edition 2025-10" in outcome.message
    imported(home, path)
    (outcome,) = imported(home, path, published_on=start + timedelta(days=days))
    assert outcome.verdict == "refused" and kept(home)[0].published_on is None


def test_the_listing_does_not_depend_on_the_order_of_import(tmp_path: Path) -> None:
    rows = [{"COUNT_OF_APPOINTMENTS": n} for n in range(4)]
    paths = [write_regional(tmp_path / f"regional {n}.csv", row) for n, row in enumerate(rows)]
    paths += [zipped(tmp_path / "release.zip", RELEASE), write_list(tmp_path / "list.csv")]
    paths += [write_coverage(tmp_path / "coverage.csv")]
    for n, path in enumerate(paths):
        os.utime(path, (1_764_000_000 + n % 3, 1_764_000_000 + n % 3))
    listings = []
    for turn in range(3):
        random.Random(turn).shuffle(paths)
        home = Home(tmp_path / f"home {turn}")
        for path in paths:
            dated = {"published_on": date(2025, 12, 1)} if "regional 0" in path.name else {}
            imported(home, path, **dated)
        listings.append([file.model_dump(exclude={"imported_at"}) for file in kept(home)])
    assert listings[0] == listings[1] == listings[2] and len(listings[0]) == 11
    regionals = [one for one in listings[0] if one["feed"] == "gp_appointments_sub_icb"]
    assert regionals[-1]["container_name"] == "regional 0.csv"  # a stated date outranks none
    assert [one["retrieved_at"] for one in regionals[:-1]] == sorted(
        one["retrieved_at"] for one in regionals[:-1]
    )


@pytest.mark.parametrize("packing", ["bare", "zip"])
def test_copies_of_one_content_sort_by_the_earliest(packing: str, tmp_path: Path) -> None:
    copy = write_regional(tmp_path / "copy.csv")
    if packing == "zip":
        copy = zipped(tmp_path / "copy.zip", {"copy.csv": regional()})
    paths = [write_regional(tmp_path / "first.csv"), copy]
    paths.insert(1, write_regional(tmp_path / "reissued.csv", {"COUNT_OF_APPOINTMENTS": 3}))
    for n, path in enumerate(paths):
        os.utime(path, (1_764_000_000 + n, 1_764_000_000 + n))
    for turn, order in enumerate((paths, paths[::-1], paths + paths[::-1])):
        home = Home(tmp_path / f"home {turn}")
        for path in order:
            imported(home, path)
        assert [file.file_name for file in kept(home)] == ["first.csv", "reissued.csv"]
        with Archive(home).open(kept(home)[0]) as stream:
            assert stream.read() == regional()
        before = kept_in(home)
        imported(home, *paths)
        assert kept_in(home) == before


# Reading back -----------------------------------------------------------------------------------


def test_archived_bytes_are_those_published(home: Home, tmp_path: Path) -> None:
    marked = b"\xef\xbb\xbf" + regional({"REGION_NAME": "Ynys Môn"})
    imported(home, write(tmp_path / "bare.csv", marked))
    imported(home, gzipped(tmp_path / "packed.csv.gz", crosstab()))
    imported(home, zipped(tmp_path / "r.zip", {"in/a.csv": coverage(), "b.csv": list_map()}))
    wanted = {"bare.csv": marked, "packed.csv": crosstab(), "a.csv": coverage()}
    wanted["b.csv"] = list_map()
    archive = Archive(home)
    assert {file.file_name for file in archive.files()} == wanted.keys()
    for file in archive.files():
        with archive.open(file) as stream:
            assert stream.read() == wanted[file.file_name]
        assert file.bytes == len(wanted[file.file_name])
    assert {file.file_name for file in archive.files("registered_patients_map")} == {"b.csv"}


# Sample data ------------------------------------------------------------------------------------


def test_a_zips_comment_marks_all_that_is_in_it(home: Home, tmp_path: Path) -> None:
    (outcome,) = imported(home, zipped(tmp_path / "f.zip", {"c.csv": coverage()}, COMMENT))
    assert outcome.file is not None and outcome.file.synthetic
    assert "[SYNTHETIC]" in outcome.message


def test_one_marked_member_marks_the_others(home: Home, tmp_path: Path) -> None:
    invented = crosstab({"GP_CODE": "Z00001"})
    imported(home, zipped(tmp_path / "f.zip", {"c.csv": coverage(), "p.csv": invented}))
    assert [file.synthetic for file in kept(home)] == [True, True]


@pytest.mark.parametrize("place", ["beside", "unpacked beside", "unpacked in a folder"])
def test_the_manifest_marks_files_and_their_members(place: str, home: Home, tmp_path: Path) -> None:
    from assets.sample.writer import fingerprint

    out = tmp_path / "sample"
    path = zipped(out / "f.zip", {"c.csv": coverage()})
    manifest = {"files": {"f.zip": fingerprint(path)}}
    write(out / "SYNTHETIC.json", json.dumps(manifest).encode())
    if place == "unpacked beside":
        path = write_coverage(out / "c.csv")
    elif place == "unpacked in a folder":
        path = write_coverage(out / "f" / "c.csv")
    imported(home, path)
    assert [file.synthetic for file in kept(home)] == [True]
    other = write_coverage(out / "other.csv", {"Open Practices": 7})
    imported(Home(tmp_path / "other home"), other)
    assert [file.synthetic for file in kept(Home(tmp_path / "other home"))] == [False]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"files": {"a": 1}}', b"\xff"])
def test_a_broken_manifest_is_said(content: bytes, home: Home, tmp_path: Path) -> None:
    write(tmp_path / "SYNTHETIC.json", content)
    (outcome,) = imported(home, write_coverage(tmp_path / "c.csv"))
    assert outcome.verdict == "refused" and kept_in(home) == []
    assert "SYNTHETIC.json" in outcome.message and "Delete" in outcome.remedy


def test_sample_data_are_refused_among_real_ones(home: Home, tmp_path: Path) -> None:
    imported(home, write_regional(tmp_path / "real.csv"))
    before = kept_in(home)
    path = write_regional(tmp_path / "s.csv", {"SUB_ICB_LOCATION_NAME": "NHS A (SYNTHETIC)"})
    (outcome,) = imported(home, path)
    assert outcome.verdict == "refused" and kept_in(home) == before
    assert "synthetic" in outcome.message and "ACCESS_RECOVERY_HOME" in outcome.remedy


def test_the_first_real_import_retires_the_sample_and_says_so(home: Home, tmp_path: Path) -> None:
    imported(home, write_crosstab(tmp_path / "s.csv", {"GP_CODE": "Z00001"}))
    assert [file.synthetic for file in Archive(home).active_files()] == [True]
    first, second = (
        imported(home, write_crosstab(tmp_path / f"{n}.csv", {"GP_CODE": f"C8200{n}"}))[0]
        for n in (1, 2)
    )
    assert "synthetic sample is retired" in first.message
    assert "retired" not in second.message
    assert [file.synthetic for file in Archive(home).active_files()] == [False, False]
    assert len(kept(home)) == 3 and Archive(home).has_real()


# Real publications ------------------------------------------------------------------------------

REAL = {
    "gp_appointments_sub_icb": {
        "Regional_CSV_LeicesterLeicsRut_Aug21_release.csv": "2021-08",
        "Regional_CSV_Northamptonshire_Aug21_release.csv": "2021-08",
        "Regional_CSV_ShropsTelfordWrekin_Aug21_release.csv": "2021-08",
        "Regional_CSV_LeicesterLshire_Oct25_release.reconstructed.csv": "2025-10",
        "Regional_CSV_LeicesterLshire_Nov25_release.reconstructed.csv": "2025-11",
    },
    "gp_appointments_coverage": {
        "APPOINTMENTS_GP_COVERAGE_Oct25_England.reconstructed.csv": "2025-10",
        "APPOINTMENTS_GP_COVERAGE_Nov25_England.reconstructed.csv": "2025-11",
    },
    "gp_appointments_practice": {
        "Practice_Level_Crosstab_Aug_25_NewBankOnly.csv": "2025-08",
        "Practice_Level_Crosstab_London_East_South_Oct_25.reconstructed.csv.gz": "2025-10",
        "Mapping_Aug_25.csv": "2025-08",
        "Mapping_Oct25_England.reconstructed.csv": "2025-10",
        "Mapping_Nov25_England.reconstructed.csv": "2025-11",
    },
    "registered_patients": {
        "gp-reg-pat-prac-all_2021_bristolpeteredwards.csv": "2021-01",
        "PracPopOct.csv": "2025-10",
        "PracPopNov.csv": "2025-11",
        "PracPopDec.csv": "2025-12",
        "gp-reg-pat-prac-map.zip": "2026-07",
    },
}


@pytest.fixture(scope="module")
def real_home(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("real"))
    outcomes = imported(home, *[real_feeds / folder for folder in REAL])
    assert {one.verdict for one in outcomes} == {"imported"}, outcomes
    return home


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder, names in REAL.items() for name in names]
)
def test_a_real_publication_is_recognised(folder: str, name: str, real_home: Home) -> None:
    (file,) = [file for file in kept(real_home) if file.container_name == name]
    special = {"Mapping": "gp_appointments_mapping", "gp-reg-pat-prac-map": f"{folder}_map"}
    feed = next((feed for start, feed in special.items() if name.startswith(start)), folder)
    assert (file.feed, file.edition, file.synthetic) == (feed, REAL[folder][name], False)
    assert file.edition_basis == ("file_name" if feed == "gp_appointments_mapping" else "content")


def test_real_rows_and_months(real_home: Home) -> None:
    files = {file.container_name: file for file in kept(real_home)}
    half = files["Practice_Level_Crosstab_London_East_South_Oct_25.reconstructed.csv.gz"]
    assert (half.rows, half.months) == (392_709, ("2025-10",))
    nov = files["Regional_CSV_LeicesterLshire_Nov25_release.reconstructed.csv"]
    assert (len(nov.months), nov.months[0], nov.months[-1]) == (30, "2023-06", "2025-11")
    assert files.keys() == {name for names in REAL.values() for name in names}
