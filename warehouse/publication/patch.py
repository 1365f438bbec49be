"""Whether a mart can be made from the published one, and the copy in which it is.

Belongs here: what must be the same, and preparing the copy. Does not: finding what changed
(`warehouse.mart.input_digests`), replacing it (`warehouse.mart.kept_figures`).

When in doubt the whole mart is made: a patched one must equal it, by content hash.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.keys import FileKey
from warehouse.base.sql import attach, unlogged
from warehouse.contract.model import contracts
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.mart.disclosure import controlled_feeds
from warehouse.mart.figures import Wanted
from warehouse.mart.hierarchy import Connection
from warehouse.mart.input_digests import (
    differing,
    feeds_behind,
    load_digests,
    months_reported,
    months_to_make,
    read_digests,
)
from warehouse.mart.inputs import Inputs, feeds_of, inputs_of
from warehouse.mart.kept_figures import KEPT, KeptFigures
from warehouse.mart.renamed_and_moved import BEFORE
from warehouse.publication.remembered import remembered
from warehouse.settings import Disclosure

PUBLISHED = "published"
# After so many patches the whole mart is made, which leaves nothing of replaced rows in the file.
MOST_PATCHES = 12
# With more than this share of months to make, making the whole mart costs less.
MOST_MONTHS = 0.5


class Whole(Exception):
    """Why the whole mart must be made."""


@dataclass(frozen=True)
class Patch:
    """What a patched mart keeps of the published one. `patches`: patched builds since the whole
    mart was made, this one included; `fingerprint`: of the published mart."""

    kept: KeptFigures
    patches: int
    fingerprint: str


def facts_of(
    db: Connection, version: str, wanted: Wanted, disclosure: Disclosure, synthetic: bool
) -> str:
    """Return what must be the same in a build for any figure to be kept, as JSON: code, settings,
    which KPIs have figures, and what was accepted despite failed checks."""
    disputes = db.execute("SELECT * EXCLUDE (number) FROM stage.dispute ORDER BY number").fetchall()
    sources = [[kpi.kpi_id, list(source.levels), *source.measures] for kpi, source in wanted]
    libraries = (duckdb.__version__, pl.__version__)  # sums and ranks may differ in another one
    return json.dumps(
        [version, *libraries, disclosure.model_dump_json(), synthetic, sources, disputes],
        default=str,
    )


def plan_patch(
    db: Connection, home: Home, placed: list[EditionFile], wanted: Wanted, facts: str
) -> Patch:
    """Compare with the build of the published mart, and create `stage.touched` and
    `stage.touched_inputs`. What that build remembered stays attached.

    Raises Whole if the whole mart must be made.
    """
    load_digests(db)
    if not home.has_mart:
        raise Whole("no mart is published")
    try:
        attach(db, home.mart, PUBLISHED)
        fingerprint = _fingerprint(db)
        _check_files(db, home, placed)
    except duckdb.Error as error:
        raise Whole(f"the published mart can't be read ({error})") from error
    finally:
        db.execute(f"DETACH DATABASE IF EXISTS {PUBLISHED}")
    path = remembered(home, fingerprint)
    if path is None:
        raise Whole("nothing is known of how the published mart was made")
    try:
        return _planned(db, path, wanted, facts, fingerprint)
    except Whole:
        db.execute(f"DETACH DATABASE IF EXISTS {BEFORE}")
        raise
    except duckdb.Error as error:
        db.execute(f"DETACH DATABASE IF EXISTS {BEFORE}")
        raise Whole(f"{path.name} can't be read ({error})") from error


def _fingerprint(db: Connection) -> str:
    [(found,)] = db.execute(
        f"SELECT arg_max(fingerprint, rowid) FROM {PUBLISHED}.governance.publication"
    ).fetchall()
    return str(found)


def _check_files(db: Connection, home: Home, placed: list[EditionFile]) -> None:
    """Raise Whole if the published mart shows a file that was purged, or figures of one that was
    withdrawn, replaced or held: a file keeps the bytes of replaced rows."""
    rows = db.execute(
        f"SELECT feed, edition, sha256, in_mart FROM {PUBLISHED}.governance.source_file"
    ).fetchall()
    archived = {tuple(FileKey.of(file)) for file in Archive(home).files()}
    used = {tuple(FileKey.of(one.file)) for one in placed}
    for *key, in_mart in rows:
        if tuple(key) not in archived:
            raise Whole("a file of the published mart was purged")
        if in_mart and tuple(key) not in used:
            raise Whole("a file of the published mart is not used any more")


def _planned(db: Connection, path: Path, wanted: Wanted, facts: str, fingerprint: str) -> Patch:
    attach(db, path, BEFORE)
    [(facts_before, patches)] = db.execute(f"FROM {BEFORE}.about").fetchall()
    if facts_before != facts:
        raise Whole("code, settings, or what was accepted despite failed checks changed")
    if patches >= MOST_PATCHES:
        raise Whole(f"the published mart was patched {patches} times")
    now = read_digests(db, "stage.input_digest")
    before = read_digests(db, f"{BEFORE}.input_digest")
    changed = differing(now, before)
    known = months_reported([now, before])
    made, to_make, most, behind = [], 0, 0, set()
    for one in inputs_of(source for _, source in wanted):
        months = known[one.feed]
        differ = months_to_make(db, one, changed) & months
        behind |= set(feeds_behind(db, one)) if differ else set()
        # Figures of longer periods are few, and are always made anew.
        monthly = contracts()[one.feed].period.is_month
        made.append((one, frozenset(differ if monthly else months)))
        to_make, most = to_make + len(differ), most + len(months)
    if local := sorted(behind & set(controlled_feeds())):
        raise Whole(f"local returns changed ({', '.join(local)}), and with them what is suppressed")
    if to_make > MOST_MONTHS * most:
        raise Whole("most months changed")
    _load_touched(db, wanted, made)
    return Patch(KeptFigures(made, changed), patches + 1, fingerprint)


def _load_touched(
    db: Connection, wanted: Wanted, made: Sequence[tuple[Inputs, frozenset[date]]]
) -> None:
    """Create `stage.touched` (`kpi_id, org_level, month`) and `stage.touched_inputs` (`summed_as,
    month`): what is made anew."""
    months = {(one.feed, one.other, one.asks_members): some for one, some in made}
    touched = [
        (kpi.kpi_id, level, month)
        for kpi, source in wanted
        for level in source.levels
        for month in months[feeds_of(source)]
    ]
    unlogged(db, "CREATE TABLE stage.touched (kpi_id VARCHAR, org_level VARCHAR, month DATE)")
    inputs = [(one.name, month) for one, some in made for month in some]
    unlogged(db, "CREATE TABLE stage.touched_inputs (summed_as VARCHAR, month DATE)")
    for table, rows in (("touched", touched), ("touched_inputs", inputs)):
        if rows:
            columns = ", ".join(f"unnest(${n}) " for n in range(1, len(rows[0]) + 1))
            values = [list(column) for column in zip(*rows, strict=True)]
            unlogged(db, f"INSERT INTO stage.{table} SELECT {columns}", values)


def prepare(db: Connection) -> None:
    """Leave in the attached copy of the published mart only the tables that are kept, renamed."""
    shown = "database_name = 'mart' AND NOT internal"
    for view, schema in db.execute(
        f"SELECT view_name, schema_name FROM duckdb_views() WHERE {shown}"
    ).fetchall():
        unlogged(db, f"DROP VIEW mart.{schema}.{view}")
    for macro, schema in db.execute(
        f"""SELECT DISTINCT function_name, schema_name FROM duckdb_functions()
        WHERE {shown} AND function_type = 'table_macro'"""
    ).fetchall():
        unlogged(db, f"DROP MACRO TABLE mart.{schema}.{macro}")
    for table, schema in db.execute(
        f"SELECT table_name, schema_name FROM duckdb_tables() WHERE {shown}"
    ).fetchall():
        if KEPT.get(table) == schema:
            unlogged(db, f"ALTER TABLE mart.{schema}.{table} RENAME TO kept_{table}")
        else:
            unlogged(db, f"DROP TABLE mart.{schema}.{table}")
    # Makes the blocks of what was dropped free, to be used by what is made.
    unlogged(db, "CHECKPOINT mart")
