"""Withdraw a file from the mart, or restore it; it stays in the archive.

Belongs here: finding files by the first digits of a hash, by name or by edition; withdrawing and
restoring.
Does not: erasing (`pipelines.operations.purge_files`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath

from warehouse.archive.decisions import (
    Decision,
    Kind,
    NotPossible,
    decide,
    reason_given,
    who,
    withdrawn,
)
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey, FileKey
from warehouse.contract.model import contracts

LEAST_DIGITS = 8
FIND = "The hashes are in governance.source_file of the mart, and in archive/records."


@dataclass(frozen=True)
class Moved:
    """The decisions made by withdrawing or restoring, and a line per file."""

    decisions: list[Decision]
    lines: list[str]


def matches(prefix: str, *hashes: str) -> bool:
    """Whether one of the hashes begins with the text entered."""
    return any(one.startswith(prefix) for one in hashes)


def prefix_of(typed: str) -> str:
    """Return the text entered in lower case. Raises NotPossible if it can't be part of a hash."""
    prefix = typed.strip().lower()
    if not re.fullmatch(rf"[0-9a-f]{{{LEAST_DIGITS},64}}", prefix):
        raise NotPossible(
            f"`{typed}` is not a SHA-256: expected at least its first {LEAST_DIGITS} digits "
            "(0-9, a-f).",
            FIND,
        )
    return prefix


def unambiguous(prefix: str, hashes: set[str]) -> None:
    """Raise NotPossible if the prefix matches several hashes."""
    if len(fitting := sorted(one for one in hashes if one.startswith(prefix))) > 1:
        raise NotPossible(
            f"`{prefix}` matches {len(fitting)} hashes: {', '.join(fitting)}.", "Type more digits."
        )


def files_named(home: Home, typed: str, edition: str | None = None) -> list[SourceFile]:
    """Return the archived files with this hash, or these first digits of it: one file, or all that
    came in one container; of a feed's name, with an edition, its only file; or the only file that
    was imported under this name.

    Raises NotPossible if it is neither, or matches none or several.
    """
    if typed in contracts():
        return [_only_file(home, typed, edition)]
    if found := _of_name(home, typed, edition):
        return found
    if not re.fullmatch("[0-9a-fA-F]*", typed.strip()):
        digits = f"at least the first {LEAST_DIGITS} digits of its SHA-256"
        raise NotPossible(f"No file was imported as `{typed}`.", f"Type its name, or {digits}.")
    prefix = prefix_of(typed)
    found = [
        file
        for file in Archive(home).files()
        if edition in (None, file.edition) and matches(prefix, file.sha256, file.container_sha256)
    ]
    unambiguous(prefix, {h for file in found for h in (file.sha256, file.container_sha256)})
    if not found:
        of = f" of edition {edition}" if edition else ""
        raise NotPossible(f"The archive has no file {prefix}{of}.", FIND)
    return found


def _only_file(home: Home, feed: str, edition: str | None) -> SourceFile:
    """Return the file of an edition that has one. Raises NotPossible that names them otherwise."""
    own = [file for file in Archive(home).files(feed) if file.edition == edition]
    if len(own) == 1:
        return own[0]
    if edition is None:
        raise NotPossible(f"{feed} is a feed.", "Name its edition, too: --edition YYYY-MM.")
    named = ", ".join(f"{file.short} ({file.file_name})" for file in own)
    told = f"{len(own)} files: {named}" if own else "no file"
    raise NotPossible(f"{feed} {edition} has {told}.", "Type the hash of a file.")


def _of_name(home: Home, typed: str, edition: str | None) -> list[SourceFile]:
    """Return what was imported from the one file of this name (`tracker.xlsx`, or a path that ends
    so); nothing if there is none. Raises NotPossible that names them if there are several."""
    name = PurePath(typed.strip()).name.casefold()
    found = [
        file
        for file in Archive(home).files()
        if file.file_name.casefold() == name and edition in (None, file.edition)
    ]
    if len({file.sha256 for file in found}) > 1:
        named = ", ".join(
            f"{file.short} (edition {file.edition}, imported {file.imported_at:%d %b %Y %H:%M} UTC)"
            for file in found
        )
        raise NotPossible(
            f"{len(found)} files were imported as {name}: {named}.",
            "Type the digits of one of them in place of the name.",
        )
    return found


def withdraw(
    home: Home, typed: str, reason: str, by: str | None = None, edition: str | None = None
) -> Moved:
    """Take files out of the mart, but not out of the archive. Raises NotPossible."""
    return _move(home, "withdraw", files_named(home, typed, edition), reason, by)


def restore(
    home: Home, typed: str, reason: str, by: str | None = None, edition: str | None = None
) -> Moved:
    """Take withdrawn files back into use. Raises NotPossible."""
    return _move(home, "restore", files_named(home, typed, edition), reason, by)


def _move(home: Home, kind: Kind, files: list[SourceFile], reason: str, by: str | None) -> Moved:
    reason_given(reason), who(by)
    out, made, lines = withdrawn(home), [], []
    due: list[SourceFile] = []
    for file in files:
        before = out.get(FileKey.of(file))
        if (before is not None) == (kind == "withdraw"):
            status = before.words if before else "not withdrawn"
            lines.append(f"{_name(file)} is {status}. Nothing recorded.")
        else:
            due.append(file)

    for (feed, edition), group in groupby(sorted(due, key=EditionKey.of), key=EditionKey.of):
        own = list(group)
        made.append(decide(home, kind, feed, edition, [f.sha256 for f in own], reason, by))
        lines += [f"{_name(file)} is {made[-1].words}." for file in own]
    return Moved(made, lines)


def _name(file: SourceFile) -> str:
    return f"{file.file_name} ({file.short}, {file.feed} {file.edition})"
