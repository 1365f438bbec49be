"""Describe an imported file: its name, and what it was recognised as. Not here: decisions
(`importer`)."""

from __future__ import annotations

from pathlib import Path

from warehouse.archive.source_files import SourceFile
from warehouse.base.keys import EditionKey
from warehouse.base.text import plural
from warehouse.contract.model import contracts
from warehouse.intake.edition import months_said
from warehouse.readers.containers import file_name

DAY, SECOND = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S UTC"


def name_of(path: Path, file: SourceFile) -> str:
    """A file's name, preceded by its zip's: `a.zip: b.csv`."""
    return file_name(path) if file.member is None else f"{file_name(path)}: {file.member}"


def words_of(file: SourceFile) -> str:
    """`FEED, edition 2025-11, 4 rows, 2025-09 to 2025-11`."""
    months = ""
    if file.months:
        span = [file.months[0], file.months[-1]]
        months = f", {span[0]}" if span[0] == span[1] else f", {span[0]} to {span[1]}"
        months += "" if span[1] == file.edition else f"; {file.edition} is not among them"
    basis = "" if file.edition_basis == "content" else f" (edition by {file.edition_basis})"
    mark = " [SYNTHETIC]" if file.synthetic else ""
    stated = ""
    if file.stated_on and file.stated_on != file.published_on:
        stated = f"; the date on its title sheet, {file.stated_on}, is not used as publication date"
    rows = plural(file.rows, "row")
    named = _named_otherwise(file)
    return f"{file.feed}, edition {file.edition}{basis}, {rows}{months}{stated}{named}{mark}"


def _named_otherwise(file: SourceFile) -> str:
    """A warning of a file whose name says a month that its rows do not have; empty if there is no
    such month, or a person has stated the edition. A zip's name counts where each of its files has
    all months of the edition."""
    if file.edition_basis == "argument" or not file.months:
        return ""
    contract = contracts()[file.feed]
    whole = contract.window_months == 1 or len(file.months) > 1
    names = (file.file_name, file.container_name) if whole else (file.file_name,)
    said = next((found for name in names if (found := months_said(contract, name))), [])
    if not said or set(said) & {*file.months, file.edition}:
        return ""
    first, last = file.months[0], file.months[-1]
    span = first if first == last else f"{first} to {last}"
    return (
        f". WARNING: its name says {said[0]}, but its rows are of {span}, which is used. Check "
        "with the publisher which is right; if it is the name, access-recovery withdraw "
        f"{file.short}"
    )


def replaces(before: list[SourceFile], after: list[SourceFile]) -> str:
    """A note on a file that is to replace sample data, given those that were to be replaced before
    it was imported and those that are now; empty if it adds none."""
    if len(after) <= len(before):
        return ""
    feeds = {file.feed for file in after}
    which = f"SYNTHETIC sample of {feeds.pop()}" if len(feeds) == 1 else "SYNTHETIC sample"
    return f"; once it is accepted it replaces the {which} in the mart"


def older_copy(file: SourceFile, held: list[SourceFile]) -> str:
    """A note on a file that is older than an archived one of the same edition and months from
    another container; empty if there is none.

    Where both have the same organisation and month the newer one is used: by `published_on`, then
    by when it was saved.
    """
    newer = [
        one
        for one in held
        if EditionKey.of(one) == EditionKey.of(file)
        and one.synthetic is file.synthetic
        and one.container_sha256 != file.container_sha256
        and one.order > file.order
        and (set(one.months) & set(file.months) or not file.months)
    ]
    if not newer:
        return ""
    latest = max(newer, key=lambda one: one.order)
    own, other = _dated(file), _dated(latest)
    if own == other:
        own, other = _dated(file, SECOND), _dated(latest, SECOND)
    return (
        f". It is older ({own}) than {latest.container_name} ({other}): both are kept, and where "
        "they have the same organisation and month the newer one is used"
    )


def _dated(file: SourceFile, saved: str = DAY) -> str:
    """When a file was published or, if that is not known or not enough, saved."""
    when = f"saved {file.retrieved_at:{saved}}"
    if file.published_on is None:
        return f"{when}, publication date not known"
    return f"published {file.published_on}" + (f", {when}" if saved != DAY else "")
