"""From an archived source file to its tidy rows, quarantined rows and measures in the lake. All of
it can be rebuilt. Not here: rules of the feed (`assets`), verdicts (`checks`)."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
import zlib
from datetime import date
from pathlib import Path
from typing import Final

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
from warehouse.readers.tables import names_of, read_table
from warehouse.transform import unreliable
from warehouse.transform.conform import FAILED_RULE, RAW, RowRule, conform, remedy, rules_of
from warehouse.transform.corrections import correct, corrections
from warehouse.transform.lake import Broken, LakeKeys, TidyFacts, facts_of, lake_keys, version_of
from warehouse.transform.measure import measure, observe_organisations
from warehouse.transform.reshape import headings_of, is_reshaped, reshape

ROW_GROUP = 128 * 1024
COMPRESSION: Final = "zstd"
CHUNK = 1 << 20
SHOWN = 200
# Errors that `tidy` raises for an archived file that can't be read.
UNREADABLE = (PolarsError, OSError, EOFError, UnicodeError, zipfile.BadZipFile, zlib.error, Refused)


def tidy(home: Home, file: SourceFile) -> TidyFacts:
    """Tidy one source file, unless it was tidied by the same version; returns the facts.

    Writes `tidy` (one row per accepted row: the contract's columns and `source_row`), `quarantine`
    (`source_row, rule, column_name, found, expected, reason`, the published row as `row_json`),
    `measures`, `organisations`, for a file with known errors `corrected` (`Corrected.found`), and
    the facts last.
    """
    done = facts_of(home, file)
    if done is not None:
        return done
    contract, edition = contracts()[file.feed], parse_month(file.edition)
    keys = lake_keys(file)
    with home.store.scratch() as folder:
        raw = _read(Archive(home), file, contract, folder)
        own = reshape(raw, contract, edition)
        right = correct(own, contract, edition, corrections(file.feed))
        conformed = conform(right.rows, contract, edition)
        rules = rules_of(contract, headings_of(own), edition)
        rejected = _write_rows(home, conformed, contract, rules, keys)
        read = raw.select(pl.len()).collect().item() if is_reshaped(contract) else None
    if right.matched:
        with home.store.writing(keys.corrected) as part:
            right.found.write_parquet(part, compression=COMPRESSION)
    facts = _measure(home, file, contract, edition, rejected, read)
    facts = facts.model_copy(update={"corrected": right.matched})
    home.store.replace(keys.facts, facts.model_dump_json(indent=1) + "\n")
    return facts


def _read(archive: Archive, file: SourceFile, contract: Contract, scratch: Path) -> pl.LazyFrame:
    """The published rows as text: a column per heading, `source_row`, perhaps `overflow`."""
    if file.encoding == XLSX:
        copy = scratch / "content.xlsx"
        _copy_out(archive, file, copy)
        return read_table(copy, file.sheet, file.header_row, contract).lazy()
    text, lines = _extract(archive, file, scratch)
    raw = pl.scan_csv(
        text,
        infer_schema=False,
        schema_overrides=_dictionaries(contract, file),
        skip_rows_after_header=1,
        truncate_ragged_lines=True,
        encoding="utf8-lossy",
    ).with_row_index(SOURCE_ROW, offset=2)
    return _mark_swallowed(raw) if lines > file.rows + 1 else raw


def _dictionaries(contract: Contract, file: SourceFile) -> dict[str, type[pl.Categorical]]:
    """Read repeated names as dictionaries, which takes a third less time."""
    return {
        heading: pl.Categorical
        for heading in file.headings
        if (name := contract.column_of(heading)) and contract.columns[name].type == "text"
    }


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


def _write_rows(
    home: Home, conformed: pl.LazyFrame, contract: Contract, rules: list[RowRule], keys: LakeKeys
) -> pl.DataFrame:
    """Write accepted and quarantined rows in one pass; returns the latter."""
    raw_columns = [n for n in conformed.collect_schema().names() if n.startswith(RAW)]
    kept = conformed.filter(pl.col(FAILED_RULE).is_null()).select(
        SOURCE_ROW, *[pl.col(name) for name in contract.columns]
    )
    rejected = conformed.filter(pl.col(FAILED_RULE).is_not_null())
    with home.store.writing(keys.tidy) as part:
        sunk = kept.sink_parquet(part, compression=COMPRESSION, row_group_size=ROW_GROUP, lazy=True)
        _, bad = pl.collect_all([sunk, rejected], engine="streaming")
    named = _name_rules(bad, contract, rules, raw_columns)
    with home.store.writing(keys.quarantine) as part:
        named.write_parquet(part, compression=COMPRESSION)
    return named


def _name_rules(
    bad: pl.DataFrame, contract: Contract, rules: list[RowRule], raw_columns: list[str]
) -> pl.DataFrame:
    """Quarantined rows with their reasons, and the columns that identify the figures affected."""
    words = pl.DataFrame(
        {
            FAILED_RULE: range(len(rules)),
            "rule": [rule.rule for rule in rules],
            "column_name": [rule.column for rule in rules],
            "expected": [rule.expected for rule in rules],
            "heading": [_heading(rule) for rule in rules],
            "remedy": [remedy(rule.rule, contract) for rule in rules],
        },
        schema_overrides={FAILED_RULE: pl.Int16},
    )
    broke = [pl.when(pl.col(FAILED_RULE) == i) for i in range(len(rules))]
    found = pl.coalesce(w.then(pl.col(rule.source)) for w, rule in zip(broke, rules, strict=True))
    row = pl.struct(pl.col(name).alias(name.removeprefix(RAW)) for name in raw_columns)
    quoted = pl.concat_str(pl.lit("`"), "found", pl.lit("`")).fill_null("nothing")
    reason = pl.format("{}: found {}, expected {}; {}", "heading", quoted, "expected", "remedy")
    return (
        bad.with_columns(pl.col(raw_columns).cast(pl.String))
        .join(words, on=FAILED_RULE, how="left", maintain_order="left")
        .with_columns(
            found.str.head(SHOWN).alias("found"), row.struct.json_encode().alias("row_json")
        )
        .with_columns(reason.alias("reason"))
        .drop("heading", "remedy")
    )


def _heading(rule: RowRule) -> str:
    """The heading of the column that broke the rule, as in the file."""
    return "the row" if rule.source == OVERFLOW else rule.source.removeprefix(RAW)


def _measure(
    home: Home,
    file: SourceFile,
    contract: Contract,
    edition: date,
    rejected: pl.DataFrame,
    read: int | None,
) -> TidyFacts:
    """Write the file's measures (with `unreliable`) and organisations; returns the facts."""
    keys = lake_keys(file)
    tidy_rows = pl.scan_parquet(home.store.local_copy(keys.tidy))
    bearing = unreliable.count_bearing(rejected, contract)
    observed = observe_organisations(tidy_rows, contract, edition).collect(engine="streaming")
    # Threads return distinct rows in any order, and checks name the last one of an organisation.
    observed = observed.sort(observed.columns)
    cells = measure(tidy_rows, contract, edition).collect(engine="streaming")
    cells = cells.with_columns(
        unreliable.unreliable_cells(cells, observed, bearing, contract, edition)
    )
    with home.store.writing(keys.measures) as part:
        cells.write_parquet(part, compression=COMPRESSION)
    with home.store.writing(keys.organisations) as part:
        observed.write_parquet(part, compression=COMPRESSION)
    broken = rejected.group_by("rule", "column_name").len().sort("rule", "column_name")
    return TidyFacts(
        version=version_of(file.feed),
        rows=(rows := int(cells["rows"].sum())),
        quarantined=rejected.height,
        read=rows + rejected.height if read is None else read,
        broken=[Broken(rule=r, column=c, rows=n) for r, c, n in broken.iter_rows()],
        extra_headings=[h for h in file.headings if h.strip() and not contract.is_known(h)],
        cells=cells.height,
        unreliable_cells=int(cells["unreliable"].sum()),
    )
