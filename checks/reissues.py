"""Files that were issued again, and whom they leave out. Not here: which file's figures count
(`warehouse.editions.parts_and_revisions`)."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, listed, skipped
from checks.edition_view import EditionView
from warehouse.archive.source_files import SourceFile
from warehouse.base.text import plural
from warehouse.editions.parts_and_revisions import Cells, cells_of, number_revisions

RULE = "reissue_has_everyone"


def everyone(view: EditionView) -> Evidence:
    """Find organisations of an earlier file that the file issued in its place does not have. Their
    earlier figures stay, month by month, because a file may also be issued again in part."""
    if view.contract.local_return:
        return skipped(RULE, "a return may be of some organisations alone")
    alone = "no file of the edition was issued again, or those that were count no more"
    if len(view.files) == 1:
        return skipped(RULE, alone)
    cells = {file.sha256: cells_of(view.home, file) for file in view.files}
    placed = number_revisions((file, cells[file.sha256]) for file in view.files)
    again = [one.file for one in placed if one.revision > 1]
    if not again:
        return skipped(RULE, alone)
    ordered = [one.file for one in placed]
    gone = {file.sha256: _gone(file, ordered, cells) for file in again}
    named = [
        f"{file.file_name} lacks {plural(len(some), 'organisation')} of the file before it "
        f"({listed(some)})"
        for file in again
        if (some := gone[file.sha256])
    ]
    names, counts = [f.file_name for f in again], [len(gone[f.sha256]) for f in again]
    stays = "Their earlier figures stay in the sums; if they should go, withdraw the file before"
    return Evidence(
        RULE,
        None,
        pl.DataFrame({"item": names, "number": counts}),
        "every organisation of the file before it",
        f"{plural(len(again), 'file')} issued again",
        sum(counts),
        sum(len({code for code, _ in cells[file.sha256]}) for file in again) + sum(counts),
        f"{'; '.join(named)}. {stays} (`access-recovery withdraw`)" if named else "",
    )


def _gone(file: SourceFile, ordered: list[SourceFile], cells: dict[str, Cells]) -> list[str]:
    """Return organisations of earlier files of the same cells, in months of this one, that neither
    this file nor a later one has."""
    place = ordered.index(file)
    own = cells[file.sha256].keys()
    months = {month for _, month in own}
    still = {cell for later in ordered[place:] for cell in cells[later.sha256]}
    before = [cells[one.sha256].keys() for one in ordered[:place]]
    lacking = {cell for some in before if some & own for cell in some - still}
    return sorted({code for code, month in lacking if month in months})
