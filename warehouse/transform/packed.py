"""Put the derived rows of an edition of many source files into one file of each kind.

A national edition has a source file for each ICB: in files of their own, their rows would be most
of the files of a lake. Not here: reading them (`derived`), making them (`tidy`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import polars as pl

from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.base.keys import OfFile
from warehouse.transform.derived import SHA256, scan_one
from warehouse.transform.lake import (
    KINDS,
    facts_of,
    lake_keys,
    note_packed,
    pack_keys,
    packed_facts,
)
from warehouse.transform.one_pass import COMPRESSION, ROW_GROUP

FEW = 8  # source files: so many, which may be large, are not worth writing again


def pack(home: Home, files: Sequence[SourceFile], few: int = FEW) -> None:
    """Put the derived rows of an edition's files together, if all of them are tidied, they are more
    than `few`, and any has files of its own. These are deleted last: if interrupted, they count."""
    own = [lake_keys(file) for file in files]
    if len(files) <= few or not any(home.store.exists(keys.facts) for keys in own):
        return
    facts = {file.sha256: facts_of(home, file) for file in files}
    noted = {sha256: one for sha256, one in facts.items() if one is not None}
    if len(noted) < len(files):
        return
    feed, edition = files[0].feed, files[0].edition
    for kind in KINDS:
        frames = [
            scan_one(home, kind, file).with_columns(pl.lit(file.sha256).alias(SHA256))
            for file in files
        ]
        _write(home, getattr(pack_keys(feed, edition), kind), pl.concat(frames))
    note_packed(home, feed, edition, noted)
    for keys in own:
        for key in (keys.facts, keys.tidy, keys.measures, keys.organisations):
            home.store.delete(key)


def unpack(home: Home, gone: OfFile) -> None:
    """Erase the derived rows of one source file from those of its edition. These are written again,
    as new files, so that its bytes are gone."""
    keys = pack_keys(gone.feed, gone.edition)
    facts = dict(packed_facts(home, gone.feed, gone.edition))
    facts.pop(gone.sha256, None)
    if not facts:
        for key in astuple(keys):
            home.store.delete(key)
        return
    for kind in KINDS:
        key = getattr(keys, kind)
        if home.store.exists(key):
            rows = pl.scan_parquet(home.store.local_copy(key))
            _write(home, key, rows.filter(pl.col(SHA256) != gone.sha256))
    note_packed(home, gone.feed, gone.edition, facts)


def _write(home: Home, key: str, rows: pl.LazyFrame) -> None:
    with home.store.writing(key) as part:
        rows.sink_parquet(part, compression=COMPRESSION, row_group_size=ROW_GROUP)
