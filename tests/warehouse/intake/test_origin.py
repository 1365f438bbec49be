"""Provenance: where and when files were obtained and published, and the order that follows."""

import json
import os
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.support import (
    gzipped,
    imported,
    kept_in,
    regional,
    write_coverage,
    write_list,
    write_mapping,
    write_regional,
    zipped,
)
from tests.warehouse.intake.support_intake import RELEASE, kept
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home


def test_importing_an_older_revision_reports_which_is_in_force(home: Home, tmp_path: Path) -> None:
    newer = write_regional(tmp_path / "newer.csv", {"COUNT_OF_APPOINTMENTS": 2})
    older = write_regional(tmp_path / "older.csv", {"COUNT_OF_APPOINTMENTS": 1})
    [first] = imported(home, newer, published_on=date(2025, 12, 11))
    assert "older" not in first.message
    [second] = imported(home, older, published_on=date(2025, 11, 27))
    assert second.message.endswith(
        "It is older (published 2025-11-27) than newer.csv (published 2025-12-11): both are kept, "
        "and where they have the same organisation and month the newer one is used"
    )


def test_files_of_the_same_day_are_told_apart_by_the_time(home: Home, tmp_path: Path) -> None:
    newer = write_regional(tmp_path / "newer.csv", {"COUNT_OF_APPOINTMENTS": 2})
    older = write_regional(tmp_path / "older.csv", {"COUNT_OF_APPOINTMENTS": 1})
    os.utime(newer, (1_760_000_060, 1_760_000_060))
    os.utime(older, (1_760_000_000, 1_760_000_000))
    imported(home, newer)
    [second] = imported(home, older)
    assert (
        "older (saved 2025-10-09 08:53:20 UTC, publication date not known) than newer.csv "
        "(saved 2025-10-09 08:54:20 UTC, publication date not known)"
    ) in second.message


def test_files_published_on_one_day_are_told_apart_by_when_they_were_saved(
    home: Home, tmp_path: Path
) -> None:
    day = date(2025, 12, 11)
    newer = write_regional(tmp_path / "newer.csv", {"COUNT_OF_APPOINTMENTS": 2})
    older = write_regional(tmp_path / "older.csv", {"COUNT_OF_APPOINTMENTS": 1})
    os.utime(older, (1_760_000_000, 1_760_000_000))
    imported(home, newer, published_on=day)
    [second] = imported(home, older, published_on=day)
    assert "older (published 2025-12-11, saved 2025-10-09 08:53:20 UTC)" in second.message


def test_the_record_has_the_provenance_of_a_file(home: Home, tmp_path: Path) -> None:
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
