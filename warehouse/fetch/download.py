"""Download a file, check it, archive it with its provenance, and remember its address. Not here:
requests (`client`), whether it is the right feed and edition (`warehouse.intake`), whether its
figures are valid (`checks`)."""

from __future__ import annotations

import hashlib
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from warehouse.archive.snapshot import one_snapshot
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.archive.tombstones import tombstone_of
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.base.number_format import percent
from warehouse.base.strict import Strict
from warehouse.base.web import plain
from warehouse.fetch.candidates import Link, NotFound
from warehouse.fetch.client import Client, Downloaded, EarlierAnswer, NotModified
from warehouse.fetch.partial import NOTE, said_of
from warehouse.intake.importer import ImportOutcome, Request, import_paths
from warehouse.intake.origin import Provenance
from warehouse.readers.containers import sniff
from warehouse.readers.refused import Refused, shown
from warehouse.store import Locked

TIMES = 2.0  # larger or smaller than before: download again
ABANDONED = timedelta(days=14)
HEAD = 4096
UNDER_WAY = "state/downloads"
TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Wanted:
    """What to download. `page`, `published_on`: where and when it was published; `hosts`: where
    redirects may lead."""

    feed: str
    edition: str
    page: str
    published_on: date | None
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Taken:
    """The result of one link. `outcomes`: of its files, none if it has not changed; `note`: for a
    person."""

    name: str
    outcomes: tuple[ImportOutcome, ...] = ()
    note: str = ""


class RememberedFile(Strict):
    """The record of an archived address; losing it costs one download."""

    etag: str | None
    last_modified: str | None
    sha256: str


def take(home: Home, client: Client, wanted: Wanted, link: Link) -> Taken:
    """Download a link unless it has not changed, and archive its files.

    Raises Refused, NotFound, Unreachable; OSError for disk errors, after which the download can be
    resumed.
    """
    name = hashlib.sha256(link.url.encode()).hexdigest()[:24]
    place, note, store = f"{UNDER_WAY}/{name}", f"state/fetched/{name}.json", home.store
    with store.lock(f"{place}.lock"):
        try:
            folder = store.local_copy(place)
            taken, memory = _take(home, client, wanted, link, folder, _remembered(home, note))
        except (Refused, NotFound):
            store.delete_all(place)
            raise
        if memory:
            store.replace(note, memory.model_dump_json() + "\n")
        store.delete_all(place)
    return taken


def sweep(home: Home) -> None:
    """Remove unfinished downloads that are two weeks old, or of unknown age."""
    store = home.store
    for name in sorted({name.removesuffix(".lock") for name in store.names(UNDER_WAY)}):
        place = f"{UNDER_WAY}/{name}"
        with suppress(Locked, PermissionError), store.lock(f"{place}.lock", wait=False):
            if not _is_young(home, place):
                store.delete_all(place)
                store.delete(f"{place}.lock")


def _is_young(home: Home, place: str) -> bool:
    try:
        said = said_of(home.store.read(f"{place}/{NOTE}"))
    except FileNotFoundError:
        return False
    return bool(said and said.at and datetime.now(UTC) - said.at < ABANDONED)


def _take(
    home: Home,
    client: Client,
    wanted: Wanted,
    link: Link,
    folder: Path,
    last: RememberedFile | None,
) -> tuple[Taken, RememberedFile | None]:
    own = published_files(home, wanted.feed)
    purged = tombstone_of(home, last.sha256) if last else None
    same = [file for file in own if last and file.container_sha256 == last.sha256]
    is_held = any(file.edition == wanted.edition for file in same)
    known = EarlierAnswer(last.etag, last.last_modified) if last and (is_held or purged) else None
    got = client.download(link.url, folder, known, wanted.hosts, link.file_name)
    if isinstance(got, NotModified):
        if purged:
            raise Refused(
                f"{plain(link.url)} is still the file that was {purged.words}.",
                "It is not archived again: ask the publisher for one without what was erased.",
            )
        return Taken(link.file_name), None
    got, note = _assured(client, wanted, link, got, Usual.of(Archive(home), own, wanted, got))
    request = Request(origin=_origin(wanted, link, own), members=link.members)
    with one_snapshot():
        outcomes = tuple(import_paths(home, [got.path], request))
    if all(outcome.verdict == "refused" for outcome in outcomes):
        first = outcomes[0]
        raise Refused(f"{first.name} was refused. {first.message}", first.remedy)
    memory = RememberedFile(etag=got.etag, last_modified=got.last_modified, sha256=got.sha256)
    return Taken(got.file_name, outcomes, note), memory


def _remembered(home: Home, key: str) -> RememberedFile | None:
    try:
        return RememberedFile.model_validate_json(home.store.read(key))
    except (OSError, ValidationError):
        return None


def published_files(home: Home, feed: str) -> list[SourceFile]:
    """Archived files of a feed, without sample data."""
    files = Archive(home).files(feed)
    return [file for file in files if not (file.synthetic and file.url is None)]


def _origin(wanted: Wanted, link: Link, own: list[SourceFile]) -> Provenance:
    """The provenance of a download. It ranks as later than the edition's other files: it is a
    reissue, even if its page has the same date, or none."""
    held = [file for file in own if file.edition == wanted.edition]
    dates = [file.published_on for file in held if file.published_on]
    now = datetime.now(UTC).replace(microsecond=0)
    after = [file.retrieved_at + timedelta(seconds=1) for file in held]
    stated = wanted.published_on
    if stated and not parse_month(wanted.edition) <= stated <= now.date():
        stated = None  # implausible: an import by hand would refuse it
    return Provenance(
        wanted.feed,
        wanted.edition,
        plain(link.url),
        wanted.page,
        stated or max(dates, default=None),
        max([now, *after]),
    )


@dataclass(frozen=True)
class Usual:
    """Sizes of the archived files of an edition, or of the one before."""

    edition: str = ""
    sizes: tuple[int, ...] = ()

    @classmethod
    def of(cls, archive: Archive, own: list[SourceFile], wanted: Wanted, got: Downloaded) -> Usual:
        """Sizes as downloaded, of files of the same kind."""
        edition = max((f.edition for f in own if f.edition <= wanted.edition), default="")
        kind = Path(got.file_name).suffix.casefold()
        held = {
            file.container_sha256
            for file in own
            if file.edition == edition and Path(file.container_name).suffix.casefold() == kind
        }
        return cls(edition, tuple(archive.size(one) for one in held if archive.has_object(one)))

    def oddity(self, size: int) -> str:
        """`60% smaller than the 2,000 bytes of 2025-10`; empty for a usual size."""
        if any(one <= TIMES * size and size <= TIMES * one for one in self.sizes):
            return ""
        nearest = min(self.sizes, key=lambda one: abs(one - size), default=0)
        if not nearest:
            return ""
        change, way = size / nearest - 1, "smaller" if size < nearest else "larger"
        return f"{percent(abs(change), 0)} {way} than the {nearest:,} bytes of {self.edition}"


def _assured(
    client: Client, wanted: Wanted, link: Link, got: Downloaded, usual: Usual
) -> tuple[Downloaded, str]:
    """A download, and a note on an unusual size. An implausible one is downloaded again."""
    if not fault(got, link, wanted) and not usual.oddity(got.bytes):
        return got, ""
    beside = got.path.parent.parent / "again"
    again = client.download(link.url, beside, None, wanted.hosts, link.file_name)
    assert isinstance(again, Downloaded)  # noqa: S101 - requested without conditions
    if why := fault(again, link, wanted):
        raise why
    odd = usual.oddity(again.bytes)
    if odd and again.sha256 != got.sha256:
        raise Refused(
            f"{plain(link.url)} gave {got.bytes:,} bytes, then {again.bytes:,}: {odd}.",
            "The publisher may be replacing the file. It is looked up again.",
        )
    return again, f"{odd}; the same when downloaded again, so it was imported" if odd else ""


def fault(got: Downloaded, link: Link, wanted: Wanted) -> Refused | None:
    """Why a download is not data; None if it may be."""
    with got.path.open("rb") as stream:
        head = stream.read(HEAD)
    try:
        if head.lstrip()[:1] in (b"{", b"["):
            said = shown(head.decode("utf-8", "replace"))
            raise Refused(f"It is a service's message, not data: {said}", "")
        if sniff(got.path) == "zip":
            with zipfile.ZipFile(got.path):
                pass  # it is complete; members are read on import
    except Refused as refusal:
        why = refusal.reason
    except zipfile.BadZipFile as error:
        why = f"The zip is damaged or incomplete ({shown(str(error))})."
    else:
        return None
    title = TITLE.search(head.decode("utf-8", "replace"))
    named = f" Its title: {shown(' '.join(title[1].split()))}." if title else ""
    return Refused(
        f"{plain(link.url)} did not give {got.file_name}. {why}{named}",
        f"Open {plain(wanted.page)} in a browser and try the file there. It is looked up again.",
    )
