"""Import: from paths to archived source files with provenance, one verdict per file. Not here:
opening files (`warehouse.readers.containers`), matching headings (`recognise`), choosing the
edition (`edition`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from warehouse.archive.decisions import withdrawn
from warehouse.archive.replaced_sample import is_of_plan
from warehouse.archive.source_files import Archive, EditionBasis, SourceFile
from warehouse.base.hashing import hash_file
from warehouse.base.home import Home
from warehouse.base.keys import FileKey
from warehouse.base.months import month_text
from warehouse.intake.edition import check_published, choose_edition, edition_from_months
from warehouse.intake.files_to_import import files_under, is_ours
from warehouse.intake.import_words import name_of, older_copy, replaces, words_of
from warehouse.intake.not_read import set_aside
from warehouse.intake.origin import Provenance
from warehouse.intake.purged import refuse_purged
from warehouse.intake.recognise import Recognised, recognise, recognise_beside
from warehouse.intake.staff_reports import by_source, kept_apart, refuse_twice, without_people
from warehouse.intake.synthetic import is_sample, refuse_among_real
from warehouse.readers.containers import Content, content_name, contents, count_members, file_name
from warehouse.readers.refused import Refused
from warehouse.readers.title_sheet import is_plausible
from warehouse.store import Changed, discard


@dataclass(frozen=True)
class Request:
    """What is known beside the paths: a person's options, or a download's `origin`.

    `members`: import only zip members with such names (`containers.contents`). `org`: the code of
    the organisation of a report that does not say it (`staff_reports`).
    """

    feed: str | None = None
    edition: str | None = None
    published_on: date | None = None
    origin: Provenance | None = None
    members: str | None = None
    org: str | None = None


@dataclass(frozen=True)
class ImportOutcome:
    """The result of importing one file."""

    path: Path
    name: str
    verdict: Literal["imported", "known", "refused"]
    message: str
    remedy: str = ""
    file: SourceFile | None = None


def import_paths(
    home: Home, paths: list[Path], request: Request, on_file: Callable[[Path], None] | None = None
) -> Iterator[ImportOutcome]:
    """Import every file under the paths; a refused one does not stop the others."""
    archive = Archive(home)
    for path in files_under(paths):
        if is_ours(home, path) and path not in paths:
            continue
        if on_file:
            on_file(path)
        try:
            yield from _import_file(archive, path, request)
            continue
        except Refused as refusal:
            why = refusal
        except FileNotFoundError:
            why = Refused("There is no such file.", "Check the path.")
        except PermissionError as error:
            why = Refused(f"No permission for {error.filename or path}.", "Check its permissions.")
        yield ImportOutcome(path, file_name(path), "refused", why.reason, why.remedy)


def _import_file(archive: Archive, path: Path, request: Request) -> Iterator[ImportOutcome]:
    if path.exists() and not path.is_file():
        raise Refused("It is not a regular file.", "Name a file, or a folder with files.")
    container_sha256 = hash_file(path)
    refuse_purged(archive, container_sha256)
    known = [f for f in archive.files() if f.container_sha256 == container_sha256]
    if known:
        _store(archive, path, container_sha256)  # restores a file missing from the archive
    if known and _nothing_new(path, known, request):
        if request.origin:
            request.origin.check(known)
        yield from _known(archive, path, known, request)
        return
    with archive.home.store.scratch() as folder:
        recognised, refused = _open(archive, path, folder, request)
        recognised = kept_apart(recognised, refused)
        feeds = {one.contract.feed for one in recognised}
        refused, beside = set_aside(refused, feeds)
        sample = is_sample(path, container_sha256) or any(one.synthetic for one in recognised)
        files: list[SourceFile] = []
        editions = edition_from_months(recognised)
        for one in recognised:
            try:
                dated = _edition(one, editions, path, request)
                files.append(_source_file(one, path, container_sha256, dated, request, sample))
                refuse_twice(archive, files)
            except Refused as refusal:
                refused.append((one.content.name, refusal))
        if request.origin:
            request.origin.check(files, [why for _, why in refused])
        refuse_among_real(archive, files)
        for source, own in by_source(files, path, recognised):
            yield from _keep(archive, path, source, own, request)
    for name, note in beside:
        yield ImportOutcome(path, _shown(path, name), "known", note)
    for name, why in refused:
        yield ImportOutcome(path, _shown(path, name), "refused", why.reason, why.remedy)
    if not files and not refused:
        raise Refused("The zip has no data file.", "Check that it is the publisher's file.")


def _shown(path: Path, name: str) -> str:
    return file_name(path) if name == path.name else f"{file_name(path)}: {name}"


def _edition(
    one: Recognised, editions: dict[str, str], path: Path, request: Request
) -> tuple[str, EditionBasis]:
    """The edition of a file; a download's page gives it only if nothing else does."""
    origin = request.origin
    page = origin.edition if origin and origin.feed == one.contract.feed else None
    edition, basis = choose_edition(one, editions, file_name(path), request.edition, page)
    return edition, one.basis or basis


def _saved_at(path: Path, request: Request, feed: str) -> datetime:
    """When the publisher's file was saved; of a plan's return, when it is imported."""
    if request.origin:
        return request.origin.retrieved_at
    if is_of_plan(feed):
        return datetime.now(UTC)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)


def _nothing_new(path: Path, known: list[SourceFile], request: Request) -> bool:
    """Whether these bytes, with this name and edition, are all archived already."""
    if request.edition not in (None, *(file.edition for file in known)):
        return False
    name, members = file_name(path), {file.member for file in known}
    renamed = any(f.edition_basis != "content" and f.container_name != name for f in known)
    return not renamed and len(members) >= count_members(path, request.members)


def _open(
    archive: Archive, path: Path, scratch: Path, request: Request
) -> tuple[list[Recognised], list[tuple[str, Refused]]]:
    recognised: list[Recognised] = []
    refused: list[tuple[str, Refused]] = []
    today = datetime.now(UTC).date()
    for item in contents(path, scratch, request.members):
        if isinstance(item, tuple):
            refused.append(item)
            continue
        refuse_purged(archive, item.sha256, item.member)
        try:
            recognised.append(_recognised(item, path, scratch, request, today))
            if not recognised[-1].original_sha256:
                recognised += recognise_beside(item, recognised[-1], today)
        except Refused as refusal:
            refused.append((item.name, refusal))
        finally:
            discard(item.path)
    return recognised, refused


def _recognised(
    item: Content, path: Path, scratch: Path, request: Request, today: date
) -> Recognised:
    """What a file is; of a report with people in it, what the copy without them is."""
    names = (item.name, file_name(path))
    copy = without_people(item, request.org, request.edition, names, scratch)
    if copy:
        found = recognise(copy.content, today, request.feed)
        return replace(found, original_sha256=copy.original_sha256, basis=copy.basis)
    found = recognise(item, today, request.feed)
    if request.org:
        named = f"{found.contract.feed} names its organisations, so --org has no use."
        raise Refused(named, "Omit --org.")
    return found


def _source_file(
    one: Recognised,
    path: Path,
    container_sha256: str,
    dated: tuple[str, EditionBasis],
    request: Request,
    sample: bool,
) -> SourceFile:
    content, contract, origin = one.content, one.contract, request.origin
    edition, basis = dated
    check_published(request.published_on, edition)
    return SourceFile(
        sha256=content.sha256,
        container_sha256=content.sha256 if one.original_sha256 else container_sha256,
        original_sha256=one.original_sha256,
        file_name=content.name,
        container_name=content.name if one.original_sha256 else file_name(path),
        member=content.member,
        feed=contract.feed,
        edition=edition,
        edition_basis=basis,
        months=tuple(month_text(month) for month in one.months),
        bytes=content.bytes,
        rows=one.rows,
        headings=one.headings,
        sheet=one.sheet,
        header_row=one.header_row,
        encoding=content.encoding,
        url=origin.url if origin else None,
        page=origin.page if origin else contract.landing_page,
        published_on=(origin.published_on if origin else request.published_on)
        or _believed(one, edition),
        stated_on=one.stated_on,
        retrieved_at=_saved_at(path, request, contract.feed),
        imported_at=datetime.now(UTC).replace(microsecond=0),
        licence=contract.licence.name,
        synthetic=sample or one.synthetic,
    )


def _believed(one: Recognised, edition: str) -> date | None:
    """The date on the title sheet, if it is plausible by the release calendar."""
    today, stated = datetime.now(UTC).date(), one.stated_on
    return stated if stated and is_plausible(one.contract, edition, stated, today) else None


def _keep(
    archive: Archive, path: Path, source: Path, files: list[SourceFile], request: Request
) -> Iterator[ImportOutcome]:
    """Archive the bytes of `source`, then one record per file, so that every record has its bytes.
    `path`: the file that was imported."""
    if any(archive.adds(file) for file in files):
        _store(archive, source, files[0].container_sha256)
    held, before = archive.files(), archive.replaced_sample()
    for file in files:
        if not archive.add(file):
            yield _known_one(archive, path, file, _stated(archive.read(file), request))
            continue
        words = words_of(file) + older_copy(file, held)
        words, before = words + replaces(before, after := archive.replaced_sample()), after
        yield ImportOutcome(path, name_of(path, file), "imported", words, file=file)


def _store(archive: Archive, path: Path, container_sha256: str) -> None:
    try:
        archive.store(path, container_sha256)
    except Changed as error:
        raise Refused(f"{error}.", "Let the download finish, then import it again.") from error


def _known(
    archive: Archive, path: Path, known: list[SourceFile], request: Request
) -> Iterator[ImportOutcome]:
    for file in known:
        name = content_name(path) if file.member is None else file.file_name
        again = {
            "retrieved_at": _saved_at(path, request, file.feed),
            "container_name": file_name(path),
        }
        archive.add(file.model_copy(update={**again, "file_name": name}))
        if request.edition in (None, file.edition):
            yield _known_one(archive, path, file, _stated(file, request))


def _stated(known: SourceFile, request: Request) -> date | None:
    """The publication date to record on an archived file. A person's replaces a known one; a page's
    does not, because it may be that of another file."""
    if request.origin:
        return None if known.published_on else request.origin.published_on
    return request.published_on


def _known_one(
    archive: Archive, path: Path, file: SourceFile, stated: date | None
) -> ImportOutcome:
    check_published(stated, file.edition)
    note = f"already archived as {file.feed} {file.edition}"
    out = withdrawn(archive.home).get(FileKey.of(file))
    if out:
        note += f", but {out.words}. To use it again: access-recovery restore {file.short}"
    if stated and archive.restate(file, stated):
        note += "; publication date noted"
    elif not out:
        note += "; nothing to do"
    return ImportOutcome(path, name_of(path, file), "known", note, file=archive.read(file))
