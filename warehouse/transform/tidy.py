"""From an archived source file to its tidy rows, quarantined rows and measures in the lake. All of
it can be rebuilt. Not here: rules of the feed (`assets`), verdicts (`checks`)."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.hashing import hash_file
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.contract.model import Contract, contracts
from warehouse.readers.containers import XLSX, to_utf8
from warehouse.readers.raw_rows import OVERFLOW, SOURCE_ROW
from warehouse.readers.refused import Refused
from warehouse.readers.returns import without_notes
from warehouse.readers.tables import names_of, read_table
from warehouse.readers.years_apart import with_years
from warehouse.transform import unreliable
from warehouse.transform.conform import FAILED_RULE, conform, rules_of
from warehouse.transform.corrections import correct, corrections
from warehouse.transform.lake import Broken, TidyFacts, facts_of, lake_keys, version_of
from warehouse.transform.measure import measure, observe_organisations
from warehouse.transform.one_pass import (
    COMPRESSION,
    Measured,
    in_one_pass,
    may_be_typed,
    schema_of,
    texts_of,
    write_tidy,
)
from warehouse.transform.persons import add_up, withhold
from warehouse.transform.reshape import headings_of, is_reshaped, reshape
from warehouse.transform.row_reasons import name_rules

CHUNK = 1 << 20
NONE_REJECTED = pl.DataFrame(schema={"rule": pl.String, "column_name": pl.String})
# Errors that `tidy` raises for an archived file that can't be read.
UNREADABLE = (PolarsError, OSError, EOFError, UnicodeError, zipfile.BadZipFile, zlib.error, Refused)


def tidy(home: Home, file: SourceFile) -> TidyFacts:
    """Tidy one source file, unless it was tidied by the same version; returns the facts.

    Writes `tidy` (one row per accepted row: the contract's columns and `source_row`), `measures`,
    `organisations`, if a row is broken `quarantine` (`source_row, rule, column_name, found,
    expected, reason`, the published row as `row_json`, of local returns `broken_columns`), for a
    file with known errors `corrected` (`Corrected.found`), and the facts last.
    """
    done = facts_of(home, file)
    if done is not None:
        return done
    contract, edition = contracts()[file.feed], parse_month(file.edition)
    keys = lake_keys(file)
    with home.store.scratch() as folder:
        published = _read(Archive(home), file, contract, folder)
        own = reshape(published.rows, contract, edition)
        right = correct(own, contract, edition, corrections(file.feed))
        with home.store.writing(keys.tidy) as part:
            measured, rejected = None, NONE_REJECTED
            if published.typed is not None and not right.matched:
                measured = in_one_pass(published.typed, contract, edition, part)
            if measured is None:
                measured, rejected = by_rows(right.rows, contract, edition, part)
        apart = is_reshaped(contract) or contract.persons
        read = published.rows.select(pl.len()).collect().item() if apart else None
    if rejected.is_empty():
        home.store.delete(keys.quarantine)  # of an earlier version
    else:
        with home.store.writing(keys.quarantine) as part:
            rejected.write_parquet(part, compression=COMPRESSION)
    if right.matched:
        with home.store.writing(keys.corrected) as part:
            right.found.write_parquet(part, compression=COMPRESSION)
    facts = _measure(home, file, contract, edition, measured, rejected, read)
    facts = facts.model_copy(update={"corrected": right.matched})
    home.store.replace(keys.facts, facts.model_dump_json(indent=1) + "\n")
    return facts


@dataclass(frozen=True)
class Published:
    """The rows of a file: a column per heading, `source_row`, perhaps `overflow`. `rows`: as text.
    `typed`: as read by the contract's types, for a CSV that may be taken in one pass."""

    rows: pl.LazyFrame
    typed: pl.LazyFrame | None = None


def _read(archive: Archive, file: SourceFile, contract: Contract, scratch: Path) -> Published:
    """Read a file. Only a CSV, each row on a line of its own, is typed as read (`may_be_typed`)."""
    if file.encoding == XLSX:
        copy = scratch / "content.xlsx"
        _copy_out(archive, file, copy)
        table = read_table(copy, file.sheet, file.header_row, contract).lazy()
        return Published(with_years(table, contract, file.headings))
    text, lines = _extract(archive, file, scratch)
    columns = contract.columns_in(file.headings)
    headed = file.header_row > 0
    raw = scan_rows(text, texts_of(contract, columns), headed)
    raw = with_years(raw, contract, file.headings)
    if contract.local_return:
        raw = without_notes(raw.collect(), contract).lazy()
    if lines > file.rows + headed:
        return Published(_mark_swallowed(raw))
    if not may_be_typed(contract):
        return Published(raw)
    return Published(raw, scan_rows(text, schema_of(contract, columns), headed))


def scan_rows(text: Path, kinds: dict[str, pl.DataType], headed: bool = True) -> pl.LazyFrame:
    """Scan an extracted CSV; headings without a type are texts. `headed`: whether the published
    file has a line of headings, too."""
    return pl.scan_csv(
        text,
        infer_schema=False,
        schema_overrides=kinds,
        skip_rows_after_header=int(headed),
        truncate_ragged_lines=True,
        encoding="utf8-lossy",
    ).with_row_index(SOURCE_ROW, offset=1 + headed)


def _mark_swallowed(raw: pl.LazyFrame) -> pl.LazyFrame:
    """Mark as overflow the first field of a row with a line break: an unclosed quote."""
    texts = [pl.col(name).cast(pl.String) for name in headings_of(raw)]
    long = [pl.when(text.str.contains("\n", literal=True)).then(text) for text in texts]
    return raw.with_columns(pl.coalesce(*long, OVERFLOW).alias(OVERFLOW))


def _extract(archive: Archive, file: SourceFile, scratch: Path) -> tuple[Path, int]:
    """Extract the content as UTF-8 text, below a line of headings with room for one extra field;
    returns its path and the number of published lines."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([*names_of(file.headings), OVERFLOW])
    first = line.getvalue().encode()
    target, plain = scratch / "content.csv", file.encoding == "ascii"
    lines = _copy_out(archive, file, target, first if plain else b"")
    if plain:
        return target, lines
    to_utf8(target)
    headed = scratch / "headed.csv"
    with target.open("rb") as stream, headed.open("wb") as out:
        out.write(first)
        shutil.copyfileobj(stream, out, CHUNK)
    return headed, lines


def _copy_out(archive: Archive, file: SourceFile, target: Path, first: bytes = b"") -> int:
    """Copy the content out of the archive, after `first`; returns its number of line ends.

    Raises OSError if the archive no longer has the imported bytes.
    """
    lines = 0
    with archive.open(file) as stream, target.open("wb") as out:
        out.write(first)
        while chunk := stream.read(CHUNK):
            lines += chunk.count(b"\n")
            out.write(chunk)
    # Zip and gzip have a checksum, verified on reading; bare files have none.
    bare = file.sha256 == file.container_sha256
    if bare and hash_file(archive.object_path(file.container_sha256)) != file.sha256:
        raise OSError(
            f"{file.file_name}: its bytes in the archive are not those that were imported; "
            "restore the archive from backup"
        )
    return lines


def by_rows(
    rows: pl.LazyFrame, contract: Contract, edition: date, tidy: Path
) -> tuple[Measured, pl.DataFrame]:
    """Write accepted rows to `tidy`, and group them; returns rejected ones with their reasons."""
    conformed = conform(rows, contract, edition)
    kept = conformed.filter(pl.col(FAILED_RULE).is_null()).select(
        SOURCE_ROW, *[pl.col(name) for name in contract.columns]
    )
    if contract.persons:
        kept = add_up(kept, contract)
    broken = conformed.filter(pl.col(FAILED_RULE).is_not_null())
    _, bad = pl.collect_all([write_tidy(kept, tidy), broken], engine="streaming")
    if contract.persons:
        bad = withhold(bad, contract)
    rules = rules_of(contract, headings_of(rows), edition)
    written = pl.scan_parquet(tidy)
    measured = Measured(
        measure(written, contract, edition).collect(engine="streaming"),
        observe_organisations(written, contract, edition).collect(engine="streaming"),
        written.select(pl.len()).collect().item(),
    )
    return measured, name_rules(bad, contract, rules)


def _measure(
    home: Home,
    file: SourceFile,
    contract: Contract,
    edition: date,
    measured: Measured,
    rejected: pl.DataFrame,
    read: int | None,
) -> TidyFacts:
    """Write the file's measures (with `unreliable`) and organisations; returns the facts."""
    keys = lake_keys(file)
    bearing = unreliable.count_bearing(rejected, contract)
    # Threads return distinct rows in any order, and checks name the last one of an organisation.
    observed = measured.observed.sort(measured.observed.columns)
    cells = measured.cells.with_columns(
        unreliable.unreliable_cells(measured.cells, observed, bearing, contract, edition)
    )
    with home.store.writing(keys.measures) as part:
        cells.write_parquet(part, compression=COMPRESSION)
    with home.store.writing(keys.organisations) as part:
        observed.write_parquet(part, compression=COMPRESSION)
    broken = rejected.group_by("rule", "column_name").len().sort("rule", "column_name")
    return TidyFacts(
        version=version_of(file.feed),
        rows=(rows := measured.rows),
        quarantined=rejected.height,
        read=rows + rejected.height if read is None else read,
        broken=[Broken(rule=r, column=c, rows=n) for r, c, n in broken.iter_rows()],
        extra_headings=[h for h in file.headings if h.strip() and not contract.is_known(h)],
        cells=cells.height,
        unreliable_cells=int(cells["unreliable"].sum()),
    )
