"""One archived source file -> its tidy Parquet, its quarantined rows, and its measures.

Belongs here: streaming bytes out of the archive through the feed's parser into the lake.
Does not: the parsing rules (`assets`), verdicts (`checks`). Everything here can be rebuilt.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from pydantic import BaseModel

from assets.conform import FAILED_RULE, RAW, SOURCE_ROW, RowRule, parse_month, rules_of
from assets.contract import Contract, contracts, fold, parser, tidy_version
from assets.measure import measure, month_of, observe_organisations
from warehouse.archive import Archive, SourceFile
from warehouse.home import Home, whole_file, write_text
from warehouse.intake.containers import to_utf8

ROW_GROUP = 128 * 1024
COMPRESSION = "zstd"
POLARS_VERSION = pl.__version__


class Broken(BaseModel):
    """How many rows of a file broke one row rule in one column."""

    rule: str
    column: str
    rows: int


class TidyFacts(BaseModel):
    """What tidying one file found; its presence with the current version means: done."""

    version: str
    rows: int
    quarantined: int
    broken: list[Broken]
    extra_headings: list[str]
    cells: int
    tainted_cells: int


@dataclass(frozen=True)
class LakePaths:
    """Where the derived files of one source file lie."""

    tidy: Path
    quarantine: Path
    measures: Path
    organisations: Path
    facts: Path


def lake_paths(home: Home, file: SourceFile) -> LakePaths:
    """Paths of a source file's derived files, by feed, edition and hash."""
    place = Path(file.feed) / file.edition
    return LakePaths(
        tidy=home.lake / "tidy" / place / f"{file.short}.parquet",
        quarantine=home.quarantine / place / f"{file.short}.parquet",
        measures=home.lake / "measures" / place / f"{file.short}.parquet",
        organisations=home.lake / "organisations" / place / f"{file.short}.parquet",
        facts=home.lake / "tidy" / place / f"{file.short}.json",
    )


def version_of(feed: str) -> str:
    """Version of a feed's tidy tables: its own rules, and the engine that hashes cells."""
    return f"{tidy_version(feed)}-polars{POLARS_VERSION}"


def facts_of(home: Home, file: SourceFile) -> TidyFacts | None:
    """The facts of a tidied file, None if it must be tidied (again)."""
    path = lake_paths(home, file).facts
    if not path.exists():
        return None
    facts = TidyFacts.model_validate_json(path.read_text(encoding="utf-8"))
    return facts if facts.version == version_of(file.feed) else None


def tidy(home: Home, file: SourceFile) -> TidyFacts:
    """Tidy one source file, unless it was tidied by the same version; returns the facts.

    Writes `tidy` (one row per accepted published row, the contract's columns and `source_row`),
    `quarantine` (rejected rows: `source_row, rule, column_name, found, expected, reason`, the
    published row as `row_json`), `measures` and `organisations`, each whole, the facts last.
    """
    done = facts_of(home, file)
    if done is not None:
        return done
    contract, edition = contracts()[file.feed], parse_month(file.edition)
    paths = lake_paths(home, file)
    with tempfile.TemporaryDirectory(prefix="access-recovery-") as folder:
        text = _extract(Archive(home), file, Path(folder))
        raw = pl.scan_csv(
            text, infer_schema=False, truncate_ragged_lines=True, encoding="utf8-lossy"
        ).with_row_index(SOURCE_ROW, offset=2)
        conformed = parser(file.feed).parse(raw, contract, edition)
        rules = rules_of(contract, list(file.headings), edition)
        rejected = _write_rows(conformed, contract, rules, paths)
    facts = _measure(home, file, contract, edition, rejected)
    write_text(paths.facts, facts.model_dump_json(indent=1) + "\n")
    return facts


def _extract(archive: Archive, file: SourceFile, scratch: Path) -> Path:
    target = scratch / "content.csv"
    with archive.open(file) as stream, target.open("wb") as out:
        shutil.copyfileobj(stream, out, 1 << 20)
    if file.encoding != "ascii":
        to_utf8(target)
    return target


def _write_rows(
    conformed: pl.LazyFrame, contract: Contract, rules: list[RowRule], paths: LakePaths
) -> pl.DataFrame:
    """Write accepted rows and quarantined rows in one pass over the text; returns the latter."""
    raw_columns = [n for n in conformed.collect_schema().names() if n.startswith(RAW)]
    kept = conformed.filter(pl.col(FAILED_RULE).is_null()).select(
        SOURCE_ROW, *[pl.col(name) for name in contract.columns]
    )
    rejected = conformed.filter(pl.col(FAILED_RULE).is_not_null())
    with whole_file(paths.tidy) as part:
        sunk = kept.sink_parquet(part, compression=COMPRESSION, row_group_size=ROW_GROUP, lazy=True)
        _, bad = pl.collect_all([sunk, rejected], engine="streaming")
    named = _name_rules(bad, rules, raw_columns)
    with whole_file(paths.quarantine) as part:
        named.write_parquet(part, compression=COMPRESSION)
    return named


def _name_rules(bad: pl.DataFrame, rules: list[RowRule], raw_columns: list[str]) -> pl.DataFrame:
    """Quarantined rows in words, with the typed columns that tell whose figures they touch."""

    def by_rule(texts: list[pl.Expr]) -> pl.Expr:
        cases = [pl.when(pl.col(FAILED_RULE) == i).then(text) for i, text in enumerate(texts)]
        return pl.coalesce(cases)

    return bad.with_columns(
        by_rule([pl.lit(rule.rule) for rule in rules]).alias("rule"),
        by_rule([pl.lit(rule.column) for rule in rules]).alias("column_name"),
        by_rule([pl.col(rule.source) for rule in rules]).alias("found"),
        by_rule([pl.lit(rule.expected) for rule in rules]).alias("expected"),
        pl.struct(pl.col(name).alias(name.removeprefix(RAW)) for name in raw_columns)
        .struct.json_encode()
        .alias("row_json"),
    ).with_columns(
        pl.format(
            "{}: found {}, expected {}",
            "column_name",
            pl.concat_str(pl.lit("`"), "found", pl.lit("`")).fill_null("nothing"),
            "expected",
        ).alias("reason")
    )


def _measure(
    home: Home, file: SourceFile, contract: Contract, edition: date, rejected: pl.DataFrame
) -> TidyFacts:
    """Write the file's measures (with `tainted`) and organisations; returns the facts."""
    paths = lake_paths(home, file)
    tidy_rows = pl.scan_parquet(paths.tidy)
    bearing = _count_bearing(rejected, contract)
    cells = measure(tidy_rows, contract, edition).collect(engine="streaming")
    cells = cells.with_columns(_tainted(cells, bearing, contract, edition).alias("tainted"))
    with whole_file(paths.measures) as part:
        cells.write_parquet(part, compression=COMPRESSION)
    with whole_file(paths.organisations) as part:
        observe_organisations(tidy_rows, contract, edition).collect(
            engine="streaming"
        ).write_parquet(part, compression=COMPRESSION)
    broken = rejected.group_by("rule", "column_name").len().sort("rule", "column_name")
    return TidyFacts(
        version=version_of(file.feed),
        rows=int(cells["rows"].sum()),
        quarantined=rejected.height,
        broken=[Broken(rule=r, column=c, rows=n) for r, c, n in broken.iter_rows()],
        extra_headings=[h for h in file.headings if fold(h) not in contract.headings],
        cells=cells.height,
        tainted_cells=int(cells["tainted"].sum()),
    )


def _count_bearing(rejected: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Quarantined rows whose loss makes a figure smaller: a count that is not a plain zero."""
    if not contract.counts:
        return rejected.clear()
    zero = pl.all_horizontal(pl.col(name).eq(0).fill_null(False) for name in contract.counts)
    return rejected.filter(~zero)


def _tainted(
    cells: pl.DataFrame, bearing: pl.DataFrame, contract: Contract, edition: date
) -> pl.Series:
    """Which cells lost a count-bearing row. A row without a month touches all its organisation's."""
    if contract.cell is None or bearing.is_empty():
        return pl.repeat(False, cells.height, eager=True)
    lost = bearing.select(
        pl.col(contract.cell.code).alias("org_code"),
        month_of(contract, edition).alias("month"),
    ).unique()
    everywhere = lost.filter(pl.col("month").is_null())["org_code"].drop_nulls()
    exact = cells.join(lost.with_columns(hit=True), on=["org_code", "month"], how="left")
    return exact["hit"].fill_null(False) | cells["org_code"].is_in(everywhere.to_list())
