"""Importing: from paths to archived source files with provenance, one verdict per file.

Belongs here: walking paths, choosing the edition, recording, and the words of the outcome.
Does not: opening bytes (`containers`), matching headings (`recognise`).
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

from assets.conform import add_months, month_text, parse_month
from warehouse.archive import Archive, EditionBasis, SourceFile
from warehouse.home import Home
from warehouse.intake.containers import Refused, contents, count_members, hash_file
from warehouse.intake.recognise import (
    Recognised,
    edition_from_months,
    month_in_name,
    recognise,
)

MANIFEST = "SYNTHETIC.json"
IGNORED = {MANIFEST.casefold(), "readme.md", "readme.txt", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Request:
    """What the person said beside the paths."""

    feed: str | None = None
    edition: str | None = None
    published_on: date | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    path: Path
    name: str
    verdict: Literal["imported", "known", "refused"]
    message: str
    remedy: str = ""
    file: SourceFile | None = None


def files_under(paths: list[Path]) -> Iterator[Path]:
    """The files named, and those under the folders named, in a stable order."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for inner in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in inner.relative_to(path).parts)
            if inner.is_file() and not hidden and inner.name.casefold() not in IGNORED:
                yield inner


def import_paths(
    home: Home, paths: list[Path], request: Request, on_file: Callable[[Path], None] | None = None
) -> Iterator[Outcome]:
    """Import every file under the paths; a refused one never stops the others."""
    archive = Archive(home)
    for path in files_under(paths):
        if on_file:
            on_file(path)
        try:
            yield from _import_file(archive, path, request)
        except Refused as refusal:
            yield Outcome(path, path.name, "refused", refusal.reason, refusal.remedy)
        except FileNotFoundError:
            yield Outcome(path, path.name, "refused", "There is no such file.", "Check the path.")
        except PermissionError:
            yield Outcome(
                path, path.name, "refused", "It may not be read.", "Check its permissions."
            )


def _import_file(archive: Archive, path: Path, request: Request) -> Iterator[Outcome]:
    container_sha256 = hash_file(path)
    known = [f for f in archive.files() if f.container_sha256 == container_sha256]
    if known and _nothing_new(path, known, request):
        yield from _known(archive, path, known, request)
        return
    retrieved = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory(prefix="access-recovery-") as folder:
        recognised, refused = _open(path, Path(folder), request)
        sample = _in_manifest(path, container_sha256)
        files: list[SourceFile] = []
        editions = edition_from_months(recognised)
        for one in recognised:
            try:
                edition, basis = _edition(one, editions, path, request)
                files.append(
                    _source_file(
                        one, path, container_sha256, edition, basis, retrieved, request, sample
                    )
                )
            except Refused as refusal:
                refused.append((one.content.name, refusal))
        _refuse_sample_among_real(archive, files)
        yield from _keep(archive, path, container_sha256, files)
    for name, why in refused:
        shown = path.name if name == path.name else f"{path.name}: {name}"
        yield Outcome(path, shown, "refused", why.reason, why.remedy)
    if not files and not refused:
        raise Refused("The zip holds no data file.", "Check that it is the publisher's file.")


def _nothing_new(path: Path, known: list[SourceFile], request: Request) -> bool:
    """Whether these bytes, under this name and edition, are all in the archive already."""
    if request.edition not in (None, *(file.edition for file in known)):
        return False
    renamed = any(
        file.edition_basis != "content" and file.container_name != path.name for file in known
    )
    return not renamed and len({file.member for file in known}) >= count_members(path)


def _open(
    path: Path, scratch: Path, request: Request
) -> tuple[list[Recognised], list[tuple[str, Refused]]]:
    recognised: list[Recognised] = []
    refused: list[tuple[str, Refused]] = []
    today = datetime.now(UTC).date()
    for item in contents(path, scratch):
        if isinstance(item, tuple):
            refused.append(item)
            continue
        try:
            recognised.append(recognise(item, today, request.feed))
        except Refused as refusal:
            refused.append((item.name, refusal))
        finally:
            item.path.unlink()
    return recognised, refused


def _edition(
    one: Recognised, editions: dict[str, str], path: Path, request: Request
) -> tuple[str, EditionBasis]:
    """Edition and how it was found; content first, then siblings, name, and the argument."""
    contract = one.contract
    found = editions.get(contract.feed)
    basis: EditionBasis = "content"
    if found is None:
        sibling = [editions[feed] for feed in contract.edition.siblings if feed in editions]
        named = month_in_name(contract, one.content.name, path.name)
        if sibling:
            found, basis = max(sibling), "sibling"
        elif named:
            found, basis = month_text(named), "file_name"
    if request.edition and request.edition != found:
        _check_stated_edition(one, request.edition)
        return request.edition, "argument"
    if found is None:
        raise Refused(
            f"It is {contract.feed}, but nothing in it or its name tells the edition.",
            "Say which release it came with: --edition YYYY-MM (the latest month it covers).",
        )
    return found, basis


def _check_stated_edition(one: Recognised, stated: str) -> None:
    edition = parse_month(stated)
    if edition > datetime.now(UTC).date():
        raise Refused(f"--edition {stated} is in the future.", "Check the month.")
    if one.months and one.months[-1] > edition:
        raise Refused(
            f"--edition {stated} contradicts its content, which covers "
            f"{month_text(one.months[-1])}.",
            "An edition is named by the latest month it covers; leave --edition out.",
        )
    if one.months and one.months[-1] < add_months(edition, 1 - one.contract.window_months):
        raise Refused(
            f"--edition {stated} contradicts its content, which ends in "
            f"{month_text(one.months[-1])}; an edition of {one.contract.feed} covers "
            f"{one.contract.window_months} month(s).",
            "Leave --edition out.",
        )


def _source_file(
    one: Recognised,
    path: Path,
    container_sha256: str,
    edition: str,
    basis: EditionBasis,
    retrieved: datetime,
    request: Request,
    sample: bool,
) -> SourceFile:
    content, contract = one.content, one.contract
    return SourceFile(
        sha256=content.sha256,
        container_sha256=container_sha256,
        file_name=content.name,
        container_name=path.name,
        member=content.member,
        feed=contract.feed,
        edition=edition,
        edition_basis=basis,
        months=tuple(month_text(month) for month in one.months),
        bytes=content.bytes,
        rows=one.rows,
        headings=one.headings,
        encoding=content.encoding,
        page=contract.landing_page,
        published_on=request.published_on,
        retrieved_at=retrieved,
        imported_at=datetime.now(UTC).replace(microsecond=0),
        licence=contract.licence.name,
        synthetic=sample or one.synthetic,
    )


def _refuse_sample_among_real(archive: Archive, files: list[SourceFile]) -> None:
    if any(file.synthetic for file in files) and archive.has_real():
        raise Refused(
            "It is synthetic sample data, and this home holds real publications.",
            "Synthetic never meets real: use another ACCESS_RECOVERY_HOME for the sample.",
        )


def _keep(
    archive: Archive, path: Path, container_sha256: str, files: list[SourceFile]
) -> Iterator[Outcome]:
    """Archive the bytes first, then one record per file: a record never points at nothing."""
    if any(not archive.record_path(file).exists() for file in files):
        archive.store(path, container_sha256)
    for file in files:
        shown = path.name if file.member is None else f"{path.name}: {file.member}"
        if archive.add(file):
            yield Outcome(path, shown, "imported", _words(file), file=file)
        else:
            yield Outcome(
                path, shown, "known", f"already archived as {file.feed} {file.edition}", file=file
            )


def _known(
    archive: Archive, path: Path, known: list[SourceFile], request: Request
) -> Iterator[Outcome]:
    stated = request.published_on
    for file in known:
        shown = path.name if file.member is None else f"{path.name}: {file.member}"
        note = f"already archived as {file.feed} {file.edition}; nothing to do"
        if stated and stated != file.published_on:
            archive.restate(file, stated)
            note = f"already archived as {file.feed} {file.edition}; publication date noted"
        yield Outcome(path, shown, "known", note, file=file)


def _words(file: SourceFile) -> str:
    months = ""
    if file.months:
        span = [file.months[0], file.months[-1]]
        months = f", {span[0]}" if span[0] == span[1] else f", {span[0]} to {span[1]}"
    basis = "" if file.edition_basis == "content" else f" (edition by {file.edition_basis})"
    mark = " [SYNTHETIC]" if file.synthetic else ""
    return f"{file.feed}, edition {file.edition}{basis}, {file.rows:,} rows{months}{mark}"


@cache
def _manifest_hashes(manifest: Path, _mtime: float) -> frozenset[str]:
    listed = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    return frozenset(entry["sha256"] for entry in listed.values())


def _in_manifest(path: Path, sha256: str) -> bool:
    """Whether the sample generator's manifest beside the file, or the zip's own comment, claims it."""
    manifest = path.parent / MANIFEST
    if manifest.exists() and sha256 in _manifest_hashes(manifest, manifest.stat().st_mtime):
        return True
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as container:
            return container.comment.startswith(b"SYNTHETIC")
    return False
