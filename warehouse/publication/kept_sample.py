"""The sample's files that the mart keeps, although own imports are to replace them: a mistake in
the first own edition must not take away what was published (decision 70).

Belongs here: which files these are, and whether figures are SYNTHETIC. Does not: what replaces what
(`warehouse.archive.replaced_sample`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse.archive.replaced_sample import is_of_plan, replaced_by
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.keys import FileKey
from warehouse.base.sql import open_mart
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.editions.status import all_statuses


def kept_sample(home: Home) -> list[SourceFile]:
    """Return the sample files in the published mart that stay in use, because no edition of those
    that are to replace them is accepted."""
    archive = Archive(home)
    replaced = archive.replaced_sample()
    if not replaced or not home.has_mart:
        return []
    own = {file.feed for file in archive.active_files() if not file.synthetic}
    accepted = {one.feed for one in all_statuses(home) if one.in_use}
    is_replaced = replaced_by(own & accepted)
    waiting = [file for file in replaced if not is_replaced(file)]
    shown = _shown(home) if waiting else set()
    return [file for file in waiting if FileKey.of(file) in shown]


def figures_are_synthetic(placed: Sequence[EditionFile]) -> bool:
    """Whether a mart of these files is SYNTHETIC: all that figures are made of is sample data. An
    own plan beside the sample's figures does not make them real."""
    of_figures = [one for one in placed if not is_of_plan(one.file.feed)]
    return all(one.file.synthetic for one in of_figures or placed)


def _shown(home: Home) -> set[FileKey]:
    """Return the sample files that the published mart shows; none if it can't be read."""
    shown = """SELECT feed, edition, sha256 FROM mart.governance.source_file
        WHERE in_mart AND synthetic"""
    try:
        with open_mart(home.mart) as db:
            return {FileKey(*row) for row in db.execute(shown).fetchall()}
    except duckdb.Error:
        return set()
