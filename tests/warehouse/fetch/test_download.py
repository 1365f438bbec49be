"""What is taken of what was found, what is doubted, and what is remembered."""

import errno
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.feed_rules import lookback_months
from pipelines.operations.purge_files import bury, editions_touched, erase, plan_purge
from tests.local_server import Answer, Published, Route, in_turn
from tests.support import imported, kept_in, list_map, patient_list, write, write_text, zipped
from tests.warehouse.fetch.publisher import LISTS, PAGES, Publisher
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.fetch.candidates import Link, NotFound
from warehouse.fetch.client import Client
from warehouse.fetch.download import Taken, Wanted, sweep, take
from warehouse.fetch.partial import Said
from warehouse.readers.refused import Refused

FEED, SEP, OCT = "registered_patients", "2025-09", "2025-10"
NAME = "gp-reg-pat-prac-all.csv"
PAGE = f"{PAGES}{LISTS}/october-2025"
RELEASED = date(2025, 10, 16)
LIST = patient_list({"EXTRACT_DATE": "2025-10-01"}, {"CODE": "C82002"})
REISSUE = patient_list({"EXTRACT_DATE": "2025-10-01"}, {"CODE": "C82002", "NUMBER_OF_PATIENTS": 9})
LOGIN = Answer(body=b"<html><head><title> Sign\n in </title></head>Who are you?</html>")


def taken(
    home: Home,
    publisher: Publisher,
    content: Route | bytes,
    edition: str = OCT,
    name: str = NAME,
    published: date | None = RELEASED,
    etag: str | None = '"v1"',
) -> Taken:
    """What is taken of a link to a file with this content, put out for this edition."""
    url = publisher.file(name, content, etag)
    wanted = Wanted(FEED, edition, PAGE, published, ("files.digital.nhs.uk",))
    with Client(home, lambda _: None) as client:
        return take(home, client, wanted, Link(url, "All", name))


def held(home: Home, edition: str = OCT) -> list[SourceFile]:
    """Archived files of the edition, the latest last."""
    return [file for file in Archive(home).files(FEED) if file.edition == edition]


def left(home: Home) -> list[str]:
    """What is left of downloads, locks aside."""
    folder = home.state / "downloads"
    return [path.name for path in folder.rglob("*") if path.suffix != ".lock"]


def verdicts(one: Taken) -> list[str]:
    return [outcome.verdict for outcome in one.outcomes]


def test_a_download_is_archived_with_its_provenance(home: Home, publisher: Publisher) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    assert verdicts(taken(home, publisher, LIST)) == ["imported"]
    [file] = held(home)
    assert file.url == f"https://files.digital.nhs.uk/0A/1B2C3D/{NAME}"
    assert (file.page, file.published_on, file.container_name) == (PAGE, RELEASED, NAME)
    assert before <= file.retrieved_at <= datetime.now(UTC)
    assert not file.synthetic and left(home) == []


def test_what_has_not_changed_is_not_sent_again(home: Home, publisher: Publisher) -> None:
    taken(home, publisher, LIST)
    again = taken(home, publisher, LIST)
    assert (again.name, again.outcomes) == (NAME, ())
    assert publisher.asked(NAME) == ["", '"v1"']


def test_a_lost_memory_costs_one_download(home: Home, publisher: Publisher) -> None:
    taken(home, publisher, LIST)
    for note in (home.state / "fetched").iterdir():
        note.write_text("{")
    assert verdicts(taken(home, publisher, LIST)) == ["known"]
    assert publisher.asked(NAME) == ["", ""] and len(held(home)) == 1
    taken(home, publisher, LIST)
    assert publisher.asked(NAME)[-1] == '"v1"'


def test_bytes_that_left_the_archive_are_fetched_anew(home: Home, publisher: Publisher) -> None:
    taken(home, publisher, LIST)
    [file] = held(home)
    Archive(home).forget(FEED, OCT, file.sha256)
    assert verdicts(taken(home, publisher, LIST)) == ["imported"]


@pytest.mark.parametrize("published", [RELEASED, None])
def test_a_file_that_is_issued_again_is_the_later_revision(
    published: date | None, home: Home, publisher: Publisher
) -> None:
    taken(home, publisher, REISSUE)
    taken(home, publisher, LIST, published=published, etag='"v2"')
    first, second = held(home)
    assert first.retrieved_at < second.retrieved_at
    assert second.rows == 2 and second.published_on == RELEASED
    taken(home, publisher, REISSUE + b"\r\n", published=published, etag='"v3"')
    assert len(held(home)) == 3 and held(home)[1] == second


def test_a_date_that_can_not_be_is_no_publication_date(home: Home, publisher: Publisher) -> None:
    taken(home, publisher, LIST, published=date(2025, 1, 16))
    assert held(home)[0].published_on is None


def test_a_date_is_noted_on_what_was_imported_by_hand(
    home: Home, publisher: Publisher, tmp_path: Path
) -> None:
    imported(home, write(tmp_path / NAME, LIST))
    taken(home, publisher, LIST)
    assert [file.published_on for file in held(home)] == [RELEASED]
    for note in (home.state / "fetched").iterdir():
        note.unlink()
    taken(home, publisher, LIST, published=RELEASED + timedelta(days=4))
    assert [file.published_on for file in held(home)] == [RELEASED]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (LOGIN, NAME, "It is a web page, not data.* Its title: Sign in"),
        (LOGIN, "gp-reg-pat-prac-all.zip", "did not give gp-reg-pat-prac-all.zip. It is a web"),
        (b'{"success": false}', NAME, 'a service\'s message, not data: {"success": false}'),
        (b"", NAME, "The file is empty"),
        (b"A,B\n1,2\n", "gp-reg-pat-prac-all.zip", "Named .zip, but its content is not zip"),
        (b"PK\x03\x04" + b"x" * 999, "gp-reg-pat-prac-all.zip", "damaged or incomplete"),
        (b"A,B\n1,2\n", NAME, "was refused"),
    ],
)
def test_what_is_no_data_is_refused(
    content: Route | bytes, name: str, words: str, home: Home, publisher: Publisher
) -> None:
    with pytest.raises(Refused, match=words) as caught:
        taken(home, publisher, content, name=name)
    assert caught.value.remedy
    assert Archive(home).files() == [] and left(home) == []
    assert not (home.archive / "objects").exists()


def test_an_error_page_that_passes_is_no_trouble(home: Home, publisher: Publisher) -> None:
    assert verdicts(taken(home, publisher, in_turn(LOGIN, Published(LIST)))) == ["imported"]


def test_a_zip_that_is_damaged_inside_is_refused(
    home: Home, publisher: Publisher, tmp_path: Path
) -> None:
    content = zipped(tmp_path / "a.zip", {NAME: LIST}).read_bytes()
    broken = content.replace(content[60:80], b"\0" * 20)
    with pytest.raises(Refused, match="damaged"):
        taken(home, publisher, broken, name="gp-reg-pat-prac-all.zip")
    assert Archive(home).files() == []


def listed(month: str, practices: int) -> bytes:
    rows = [{"EXTRACT_DATE": f"{month}-01", "CODE": f"C8{n:04}"} for n in range(practices)]
    return patient_list(*rows)


def test_a_file_that_shrinks_is_downloaded_twice_and_reported(
    home: Home, publisher: Publisher
) -> None:
    taken(home, publisher, listed(SEP, 100), SEP)
    shrunk = taken(home, publisher, listed(OCT, 39), OCT, etag='"v2"')
    assert verdicts(shrunk) == ["imported"] and len(publisher.asked(NAME)) == 3
    assert "60% smaller than the " in shrunk.note and "bytes of 2025-09" in shrunk.note
    assert shrunk.note.endswith("so it was imported")
    assert taken(home, publisher, listed(OCT, 40), OCT, etag='"v3"').note == ""


def test_a_file_that_grows_is_doubted_too(home: Home, publisher: Publisher) -> None:
    taken(home, publisher, listed(SEP, 10), SEP)
    grown = taken(home, publisher, listed(OCT, 50), OCT, etag='"v2"')
    assert "% larger than the " in grown.note


def test_a_file_that_was_cut_on_its_way_is_whole_the_second_time(
    home: Home, publisher: Publisher
) -> None:
    taken(home, publisher, listed(SEP, 100), SEP)
    whole = listed(OCT, 100)
    cut = Answer(body=whole[: len(whole) // 3], content_type="text/csv")
    once = taken(home, publisher, in_turn(cut, Published(whole)), OCT)
    assert (verdicts(once), once.note, held(home)[0].rows) == (["imported"], "", 100)


def test_a_file_that_is_odd_in_two_ways_is_being_replaced(home: Home, publisher: Publisher) -> None:
    taken(home, publisher, listed(SEP, 100), SEP)
    twice = in_turn(Published(listed(OCT, 20)), Published(listed(OCT, 30)))
    with pytest.raises(Refused, match=r"gave [\d,]+ bytes, then [\d,]+: .* smaller"):
        taken(home, publisher, twice, OCT)
    assert held(home) == []


@pytest.mark.parametrize("known", [False, True])
def test_another_months_file_is_not_taken_for_this_one(
    known: bool, home: Home, publisher: Publisher
) -> None:
    september = listed(SEP, 2)
    if known:
        taken(home, publisher, september, SEP)
    with pytest.raises(Refused, match=f"Expected {FEED} 2025-10, but {PAGE} gave a file of"):
        taken(home, publisher, september, OCT, etag='"v2"')
    assert held(home) == [] and len(held(home, SEP)) == known


def test_another_feeds_file_is_not_taken_for_this_one(home: Home, publisher: Publisher) -> None:
    with pytest.raises(Refused, match="gave a file of registered_patients_map 2025-10"):
        taken(home, publisher, list_map())
    assert Archive(home).files() == []


def test_what_was_purged_stays_out_and_is_not_sent_again(home: Home, publisher: Publisher) -> None:
    taken(home, publisher, LIST)
    plan = plan_purge(home, [held(home)[0].sha256])
    stones = bury(home, plan, "names of patients", "A. Person")
    write(home.state / "downloads" / "of a killed process" / "download.part", LIST)
    erase(home, plan, stones, editions_touched(home, stones, lookback_months))
    assert left(home) == [], "a download that was cut off may hold it, too"
    with pytest.raises(Refused, match=r"is still the file that was purged by A\. Person"):
        taken(home, publisher, LIST)
    assert publisher.asked(NAME) == ["", '"v1"']
    with pytest.raises(Refused, match=r"It was purged by A\. Person"):
        taken(home, publisher, LIST, etag='"touched"')
    assert held(home) == []


def test_a_download_resumes_after_a_full_disk(
    home: Home, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("warehouse.store.shutil.copyfile", full)
        with pytest.raises(OSError, match="No space left"):
            taken(home, publisher, LIST)
    assert Archive(home).files() == []
    assert [name for name in kept_in(home) if name.startswith("archive")] == []
    assert verdicts(taken(home, publisher, LIST)) == ["imported"]
    assert publisher.server.asked[-1].headers["range"] == f"bytes={len(LIST)}-"
    assert left(home) == []


def test_a_file_that_is_listed_and_not_there(home: Home, publisher: Publisher) -> None:
    with pytest.raises(NotFound, match="there is no such file"):
        taken(home, publisher, Answer(404))
    assert left(home) == []


def test_abandoned_downloads_are_removed(home: Home) -> None:
    under_way = home.state / "downloads"
    for name, days in {"young": 13, "old": 15, "unknown": None}.items():
        write(under_way / name / "download.part", b"x")
        at = datetime.now(UTC) - timedelta(days=days) if days else None
        write_text(under_way / name / "download.json", Said(at=at).model_dump_json())
    (under_way / "of nothing.lock").touch()
    sweep(home)
    assert sorted(path.name for path in under_way.iterdir()) == ["young", "young.lock"]
