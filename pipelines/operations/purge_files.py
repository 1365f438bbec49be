"""Purge: erase a file that must not be kept, and everything made from it in the home.

Does not: Dagster's runs (`purge_runs`), the mart (`purge`). Tombstones are written first and
contain all that the other steps need, so that an interrupted purge can be run again.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

import polars as pl

from checks.gx_project import forget_validations
from warehouse.archive.decisions import NotPossible, decide, reason_given, who
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.archive.tombstones import Tombstone, tombstones, write
from warehouse.archive.withdrawals import FIND, matches, prefix_of, unambiguous
from warehouse.base.hashing import hash_file, hash_stream
from warehouse.base.home import PAGES, SITE, WRITTEN, Home
from warehouse.base.keys import EditionKey, FileKey
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.editions.check_history import edition_files, state_key, verdicts
from warehouse.editions.last_accepted import forget_accepted
from warehouse.outputs.data_docs.replace_site import remove_site
from warehouse.outputs.openlineage.keep import forget_files
from warehouse.publication.previous_marts import remove_previous
from warehouse.publication.remembered import forget
from warehouse.readers.containers import sniff
from warehouse.store import discard
from warehouse.transform.lake import lake_keys
from warehouse.transform.packed import unpack
from warehouse.transform.tidy import UNREADABLE

PURGED = "purged"
WORDS = ("observed", "expected", "message")
RESULT = ("validation_result", "unexpected")  # an earlier release's verdicts have none
MART = "mart"
# What shows values of files, and what killed processes left of them.
SHOWING = (*PAGES, f"{SITE}.new", f"{SITE}.old", "state/downloads", "mart/spill")


@dataclass(frozen=True)
class Plan:
    """What a purge is to erase. `files`: their records; `containers`: hashes of their stored
    containers; `buried`: tombstones of an earlier purge, which may be incomplete; `landing`: copies
    in the landing folder; `beside`: files there that contain a copy and other files."""

    files: list[SourceFile]
    containers: list[str]
    buried: list[Tombstone]
    landing: list[Path]
    beside: list[Path]


def plan_purge(home: Home, typed: Iterable[str]) -> Plan:
    """Return what to erase, by hashes of files or containers, or their first digits.

    Raises NotPossible if a hash matches none or several, or if a container has other files, too.
    """
    files, buried = _meant(home, [prefix_of(one) for one in typed])
    gone = {file.sha256 for file in files} | {one.sha256 for one in buried}
    archive = Archive(home)
    every = archive.files()
    files = [file for file in every if file.sha256 in gone]
    known = {c for file in files for c in archive.containers_of(file)}
    known |= {container for one in buried for container in one.containers}
    sizes = {file.bytes for file in files} | {one.bytes for one in buried}
    containers = sorted(known | set(_other_containers(archive, every, known, gone, sizes)))
    _refuse_others(every, containers, gone, archive)
    landing, beside = _in_landing(home, gone, set(containers), sizes)
    return Plan(files, containers, buried, landing, beside)


def _meant(home: Home, prefixes: list[str]) -> tuple[list[SourceFile], list[Tombstone]]:
    every, buried = Archive(home).files(), tombstones(home)
    files: list[SourceFile] = []
    stones: list[Tombstone] = []
    for prefix in prefixes:
        own = [f for f in every if matches(prefix, f.sha256, f.container_sha256)]
        before = [t for t in buried if matches(prefix, t.sha256, *t.containers)]
        hashes = {h for f in own for h in (f.sha256, f.container_sha256)}
        unambiguous(prefix, hashes | {h for t in before for h in (t.sha256, *t.containers)})
        if not own and not before:
            raise NotPossible(f"The archive has no file {prefix}.", FIND)
        files += own
        stones += before
    return files, stones


def _other_containers(
    archive: Archive, every: list[SourceFile], known: set[str], gone: set[str], sizes: set[int]
) -> Iterator[str]:
    """Yield containers archived for other files that contain the same content."""
    others = {c for file in every for c in archive.containers_of(file)} - known
    for container in sorted(others):
        if archive.has_object(container):
            path = archive.object_path(container)
            if any(sha in gone for sha in _content_hashes(path, sizes)):
                yield container


def _content_hashes(path: Path, sizes: set[int]) -> Iterator[str]:
    """Yield SHA-256 hashes of a file and its members, if of one of these sizes."""
    if path.stat().st_size in sizes:
        yield hash_file(path)
    try:
        kind = sniff(path)
        if kind == "zip":
            with zipfile.ZipFile(path) as container:
                for info in container.infolist():
                    if info.file_size in sizes:
                        with container.open(info) as stream:
                            yield hash_stream(stream)
        elif kind == "gzip":
            with gzip.open(path) as unpacked:
                yield hash_stream(cast("IO[bytes]", unpacked))
    except (*UNREADABLE, RuntimeError, ValueError):
        return  # a file that can't be unpacked was never imported


def _refuse_others(
    every: list[SourceFile], containers: list[str], gone: set[str], archive: Archive
) -> None:
    """Raise NotPossible if a container has other files, which would be erased with it."""
    for container in containers:
        others = [
            f for f in every if container in archive.containers_of(f) and f.sha256 not in gone
        ]
        if others:
            named = ", ".join(f"{f.file_name} ({f.feed} {f.edition})" for f in others)
            raise NotPossible(
                f"It came in {others[0].container_name} with {named}, which would be erased, too.",
                f"To erase all of it: access-recovery purge {' '.join(containers)}. To keep the "
                "others, import them on their own afterwards.",
            )


def _in_landing(
    home: Home, gone: set[str], containers: set[str], sizes: set[int]
) -> tuple[list[Path], list[Path]]:
    """Return copies in the landing folder, and files there with such a copy beside others."""
    copies: list[Path] = []
    beside: list[Path] = []
    for path in sorted(home.landing.rglob("*")) if home.landing.exists() else []:
        if not path.is_file():
            continue
        if hash_file(path) in gone | containers:
            copies.append(path)
        elif any(sha in gone for sha in _content_hashes(path, sizes)):
            members = len(zipfile.ZipFile(path).namelist()) if zipfile.is_zipfile(path) else 1
            (copies if members == 1 else beside).append(path)
    return copies, beside


def bury(home: Home, plan: Plan, reason: str, by: str | None) -> list[Tombstone]:
    """Record the decisions, and write and return the tombstones.

    Those of an earlier purge are unchanged. Raises NotPossible for a blank reason.
    """
    reason, person = reason_given(reason), who(by)
    stones = list(plan.buried)
    buried = {FileKey.of(one) for one in plan.buried}
    for file in plan.files:
        if FileKey.of(file) in buried:
            continue
        stone = Tombstone(
            sha256=file.sha256,
            container_sha256=file.container_sha256,
            containers=tuple(plan.containers),
            feed=file.feed,
            edition=file.edition,
            bytes=file.bytes,
            rows=file.rows,
            synthetic=file.synthetic,
            imported_at=file.imported_at,
            reason=reason,
            decided_by=person,
            decided_at=datetime.now(UTC).replace(microsecond=0),
        )
        write(home, stone)
        decide(home, "purge", file.feed, file.edition, [file.sha256], reason, person)
        stones.append(stone)
    return stones


def editions_touched(
    home: Home, stones: list[Tombstone], lookback_months: Callable[[str], int]
) -> dict[EditionKey, datetime]:
    """Return editions whose check results may quote a purged file, and since when: its own, and
    those checked with it or compared with it."""
    files = Archive(home).files()
    editions = {EditionKey.of(file) for file in files}
    touched: dict[EditionKey, datetime] = {}
    for stone in stones:
        ghost = SourceFile.model_construct(
            sha256=stone.sha256, feed=stone.feed, edition=stone.edition, months=()
        )
        until = month_text(add_months(parse_month(stone.edition), lookback_months(stone.feed)))
        affected = {
            one
            for one in editions
            if (one.feed == stone.feed and stone.edition < one.edition <= until)
            or ghost in edition_files([*files, ghost], *one)
        }
        for key in affected | {EditionKey.of(stone)}:
            touched[key] = min(touched.get(key, stone.imported_at), stone.imported_at)
    return touched


def erase(
    home: Home, plan: Plan, stones: list[Tombstone], touched: dict[EditionKey, datetime]
) -> None:
    """Erase the files from landing folder, lake, checks, lineage events, archive and Data Docs."""
    for path in plan.landing:
        discard(path)
    store = home.store
    for stone in stones:
        ghost = SourceFile.model_construct(
            sha256=stone.sha256, feed=stone.feed, edition=stone.edition
        )
        for key in astuple(lake_keys(ghost)):
            store.delete(key)
        unpack(home, stone)
    forget_accepted(home, {stone.sha256 for stone in stones}, touched)
    for feed, edition in touched:
        store.delete(state_key(feed, edition))
        forget_validations(home, feed, edition)
    forget_validations(home, MART)  # results of failed checks quote figures
    _blank_words(home, touched)
    forget_files(home, [stone.sha256 for stone in stones])
    for name in store.names("state"):
        if name.endswith(".json"):  # may quote the file, and can be rebuilt
            store.delete(f"state/{name}")
    for prefix in SHOWING:
        store.delete_all(prefix)
    forget(home)  # so that the next mart is a new file, without the blocks of replaced rows
    for prefix in WRITTEN:
        store.sweep(prefix)
    remove_previous(home)
    archive = Archive(home)
    for container in plan.containers:
        store.delete(archive.object_key(container))
    for stone in stones:
        archive.forget(stone.feed, stone.edition, stone.sha256)
    remove_site(home)


def _blank_words(home: Home, touched: dict[EditionKey, datetime]) -> None:
    """Blank the texts of check results of these editions and of the mart since the file arrived,
    which may quote its cells, and links to validation results that are gone. The verdicts stay."""
    since = min(touched.values(), default=None)
    of_mart = (pl.col("feed") == MART) & (pl.col("checked_at") >= since)
    for key in verdicts(home):
        rows = pl.read_parquet(home.store.local_copy(key))
        of_edition = [
            (pl.col("feed") == feed) & (pl.col("edition") == edition) for feed, edition in touched
        ]
        quoting = pl.any_horizontal(
            [
                its & (pl.col("checked_at") >= came)
                for its, came in zip(of_edition, touched.values(), strict=True)
            ]
            + [of_mart & (pl.col("verdict") != "pass")]
        )
        texts = [
            pl.when(quoting).then(pl.lit(PURGED)).otherwise(pl.col(word)).alias(word)
            for word in WORDS
        ]
        kept = ~pl.any_horizontal([*of_edition, pl.col("feed") == MART])
        links = [pl.when(kept).then(name).alias(name) for name in RESULT if name in rows.columns]
        blanked = rows.with_columns(*texts, *links)
        if not blanked.equals(rows):
            with home.store.writing(key) as path:
                blanked.write_parquet(path)


def runs_touched(home: Home, touched: dict[EditionKey, datetime]) -> set[str]:
    """Return runs that checked these editions since the purged file arrived."""
    runs: set[str] = set()
    for edition, since in touched.items():
        for key in verdicts(home, *edition):
            rows = pl.read_parquet(home.store.local_copy(key), columns=["run_id", "checked_at"])
            runs |= set(rows.filter(pl.col("checked_at") >= since)["run_id"])
    return runs


def finish(home: Home, stones: list[Tombstone]) -> None:
    """Record on the tombstones that everything is erased."""
    now = datetime.now(UTC).replace(microsecond=0)
    for stone in stones:
        write(home, stone.model_copy(update={"erased_at": stone.erased_at or now}))
