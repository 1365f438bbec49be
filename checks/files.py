"""Evidence on files: their type, encoding, size and number, and the edition they belong to. Not
here: columns and rows (`checks.suite`, `checks.rows`), their figures (`checks.drift`)."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from checks.check_evidence import (
    Evidence,
    about_as_many,
    limited,
    listed,
    numbers,
    offences,
    skipped,
    values,
)
from checks.comparison import near
from checks.edition_view import EditionView
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.readers.containers import UTF16_STARTS, XLSX, sniff
from warehouse.readers.refused import Refused
from warehouse.readers.title_sheet import expected_days
from warehouse.transform.conform import source_columns

# Checks that run even if a file can't be read.
FILE_RULES = (
    "file_type",
    "file_size",
    "download_whole",
    "members_as_before",
    "encoding_expected",
    "edition_from_content",
    "edition_month_there",
    "title_date_plausible",
)
FROM_CONTENT = ("content", "sibling")  # of the same zip
SOUND_ENCODINGS = ("ascii", "utf-8", XLSX)
HEAD = 4096
WORDS = {"zip": "a zip or workbook (PK)", "gzip": "gzip (1f 8b)", "bare": "plain text"}
DATED = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|\d+", re.IGNORECASE)


def readable(view: EditionView) -> Evidence:
    """Compare rows read with rows imported, file by file."""
    read = pl.DataFrame(
        {
            "file_name": [file.file_name for file in view.files],
            "imported": [file.rows for file in view.files],
            "read": [fact.read for fact in view.facts],
        }
    )
    short = read.filter(pl.col("imported") != pl.col("read"))
    return Evidence(
        "file_readable",
        None,
        read.select(
            pl.col("file_name").alias("item"),
            pl.col("read").cast(pl.Float64).alias("now"),
            pl.col("imported").cast(pl.Float64).alias("before"),
        ),
        expected=f"{read['imported'].sum():,} rows, as imported",
        observed=f"{read['read'].sum():,} rows in {read.height} file(s)",
        failed_rows=int((short["imported"] - short["read"]).abs().sum()),
        total_rows=int(read["imported"].sum()),
        message=f"rows differ in {', '.join(short['file_name'])}: import the file again"
        if short.height
        else "",
    )


def type_of(view: EditionView) -> Evidence:
    """Compare the first bytes of each archived container with its recorded type."""
    archive = Archive(view.home)
    containers = {file.container_sha256: file for file in view.files}
    kinds = [WORDS[_taken_for(file)] for file in containers.values()]
    faults = [_mistaken(archive, file) for file in containers.values()]
    names = [file.container_name for file in containers.values()]
    found = [f"{name}: {fault}" for name, fault in zip(names, faults, strict=True) if fault]
    return values(
        "file_type",
        [(name, fault or k) for name, fault, k in zip(names, faults, kinds, strict=True)],
        kinds,
        failed=len(found),
        expected=", ".join(sorted(set(kinds))),
        observed=listed(found, mark="; ") or f"{len(containers)} file(s), as expected",
        total=len(containers),
        message="the archived bytes are not those imported: restore the archive from backup, or "
        "withdraw the file and import the publisher's again",
    )


def _taken_for(file: SourceFile) -> str:
    if file.member is not None or file.encoding == XLSX:
        return "zip"
    return "bare" if file.container_sha256 == file.sha256 else "gzip"


def _mistaken(archive: Archive, file: SourceFile) -> str | None:
    """Return the actual type of an archived container; None if it is as recorded."""
    path, wanted = archive.object_path(file.container_sha256), _taken_for(file)
    if not archive.has_object(file.container_sha256):
        return f"not found in the archive, expected {WORDS[wanted]}"
    try:
        kind = sniff(path)
    except Refused as refusal:
        return f"{refusal.reason} Expected {WORDS[wanted]}"
    if kind != wanted:
        return f"found {WORDS[kind]}, expected {WORDS[wanted]}"
    with archive.home.store.open(archive.object_key(file.container_sha256)) as stream:
        head = stream.read(HEAD)
    if kind == "bare" and b"\0" in head and not head.startswith(UTF16_STARTS):
        return f"found binary data, expected {WORDS[wanted]}"
    return None


def size(view: EditionView) -> Evidence:
    """Compare bytes with the earlier edition's, if it has as many files of the same layout."""
    rule = "file_size"
    before, why = near(view)
    if before is None:
        return skipped(rule, why)
    if len(view.files) != len(before.files):
        why = f"{len(view.files)} file(s), but {len(before.files)} in {before.edition}"
        return skipped(rule, why)
    if _layouts(view) != _layouts(before):
        return skipped(rule, f"the files of {before.edition} have another layout")
    now, then = (sum(file.bytes for file in one.files) for one in (view, before))
    asks = ": check whether the file is cut short or has duplicated rows"
    return about_as_many(rule, "bytes", now, then, view.check(rule).limit, before.edition, asks)


def download(view: EditionView) -> Evidence:
    """Compare the largest download's bytes with the earlier edition's largest.

    Imported files may be parts, with more to follow. A download is everything that the publisher
    has issued: one that is much smaller lacks data.
    """
    rule = "download_whole"
    if not all(file.url for file in view.files):
        return skipped(rule, "not downloaded: more parts may follow")
    before, why = near(view)
    if before is None:
        return skipped(rule, why)
    if _layouts(view) != _layouts(before):
        return skipped(rule, f"the files of {before.edition} have another layout")
    now, then = _largest(view), _largest(before)
    told = f"{now:,} bytes, {then:,} in {before.edition}"
    least = view.check(rule).limit * then
    return numbers(
        rule,
        [("bytes", now, then)],
        failed=int(now < least),
        expected=f"at least {least:,.0f} bytes, of {then:,} in {before.edition}",
        observed=f"{now:,} bytes",
        total=1,
        message=f"{told}: the publisher's file is cut short, or lacks a part. Check the "
        "publisher's page, and fetch the file again once it is corrected",
    )


def _largest(view: EditionView) -> int:
    """Return bytes of the largest container, unpacked, so that a reissue does not count twice."""
    containers = {file.container_sha256 for file in view.files}
    return max(
        sum(file.bytes for file in view.files if file.container_sha256 == one) for one in containers
    )


def _layouts(view: EditionView) -> set[tuple[bool, bool]]:
    """Return whether files are workbooks, and whether they have a column per label."""
    return {(file.encoding == XLSX, view.contract.is_wide(file.headings)) for file in view.files}


def members(view: EditionView) -> Evidence:
    """Check for as many files as the earlier edition, revisions aside; a missing part only
    warns."""
    rule = "members_as_before"
    before, why = near(view)
    if before is None:
        return skipped(rule, why)
    here, there = view.parts, before.parts
    lacking = max(len(there) - len(here), 0)
    kept = {_undated(file) for file in view.files}
    gone = [file.file_name for file in there if _undated(file) not in kept]
    named = f" No file matches {listed(gone)}." if gone else ""
    return numbers(
        rule,
        [("files", len(here), len(there))],
        failed=lacking,
        expected=f"at least the {len(there)} file(s) of {before.edition}",
        observed=f"{len(here)} file(s)",
        total=len(there),
        message=f"{lacking} file(s) fewer than in {before.edition}.{named} Import what is missing.",
    )


def _undated(file: SourceFile) -> str:
    """Return a file's name without months and numbers, to match it in another edition."""
    return DATED.sub("", file.file_name).casefold()


def encoding(view: EditionView) -> Evidence:
    """Find text files in another encoding than UTF-8: it is guessed, and may be wrong."""
    odd = [f"{f.file_name} ({f.encoding})" for f in view.files if f.encoding not in SOUND_ENCODINGS]
    return values(
        "encoding_expected",
        [(file.file_name, file.encoding) for file in view.files],
        failed=len(odd),
        expected="UTF-8, or a workbook",
        observed=listed(odd) or ", ".join(sorted({file.encoding for file in view.files})),
        total=len(view.files),
        message="accented letters may have been read wrongly: check the names, and ask for the "
        "file as CSV in UTF-8",
    )


def basis(view: EditionView) -> Evidence:
    """Find files that contain months, but whose edition is from their name or the command."""
    content = view.contract.edition.content
    telling = [
        file
        for file in view.files
        if content and content in source_columns(view.contract, list(file.headings))
    ]
    if not telling:
        said = ", ".join(sorted({file.edition_basis for file in view.files}))
        why = f"the files contain no month to read it from (edition by {said})"
        return skipped("edition_from_content", why)
    stated = [file for file in telling if file.edition_basis in ("file_name", "argument")]
    names = ", ".join(sorted(file.file_name for file in stated))
    return Evidence(
        "edition_from_content",
        None,
        pl.DataFrame(
            {
                "item": [file.file_name for file in telling],
                "text": [file.edition_basis for file in telling],
            }
        ),
        expected="content, or a sibling in the same zip",
        observed=", ".join(sorted({file.edition_basis for file in telling})),
        failed_rows=len(stated),
        total_rows=len(telling),
        message=f"edition from the file name or the command, not from the data: {names}"
        if stated
        else "",
    )


def own_month(view: EditionView) -> Evidence:
    """Check that a file contains the month that its name, or the person who imported it, gave as
    the edition."""
    months = sorted({month for file in view.files for month in file.months})
    if not months:
        return skipped("edition_month_there", "the files contain no month")
    there = view.edition in months
    names = ", ".join(sorted(file.file_name for file in view.files))
    return values(
        "edition_month_there",
        [(names, view.edition if there else months[-1])],
        [view.edition],
        failed=int(not there),
        expected=f"figures of {view.edition}",
        observed=f"{months[0]} to {months[-1]}" if len(months) > 1 else months[0],
        total=1,
        message=f"{names}: the last month is {months[-1]}. Either the release repeats that month, "
        "or the file belongs to another edition: check the publisher's page, and import it again "
        "if so",
    )


def title_date(view: EditionView) -> Evidence:
    """Find title-sheet days outside the release calendar."""
    stated = {file.file_name: file.stated_on for file in view.files if file.stated_on}
    if not stated:
        return skipped("title_date_plausible", "no title sheet states a day")
    first, last = expected_days(view.contract, view.edition)
    until = "later" if last == date.max else f"{last}"
    outside = [f"{name}: {day}" for name, day in stated.items() if not first <= day <= last]
    evidence = offences(
        "title_date_plausible",
        outside,
        expected=f"{first} to {until}",
        observed=", ".join(sorted({str(day) for day in stated.values()})),
        total=len(stated),
        message="the day on the title sheet was not used as the publication date; give the right "
        "one with access-recovery import FILE --published YYYY-MM-DD",
    )
    most = (last - first).days
    days = [(f"{name}: {day}", (day - first).days, 0, most) for name, day in stated.items()]
    return limited(evidence, days)
