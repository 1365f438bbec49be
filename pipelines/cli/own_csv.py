"""CSV files that a person made for a command: columns as text, and every cell that can't be used by
row and column. Not here: what the figures are for (`charts`, `funnels`)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from warehouse.base.errors import Refusal
from warehouse.base.months import typed_month
from warehouse.base.text import fold, plural

ROW = "_row"
ONLY = "1"  # the case of a file without that column
# What R and spreadsheets write for a number that is not known.
BLANK = ("", "NA", "N/A", "#N/A", "NaN", "NULL")
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
FAULTS_SHOWN = 5
NUMBER = "a number, such as 1234.5 or 0.731"
MONTH = "a month, such as 2025-11 or 2025-11-01"
AS_CSV = "Save it as CSV (UTF-8, with commas) and run the command again."


@dataclass(frozen=True)
class OwnCsv:
    """A file. `rows`: its columns as text, blank cells null, with `ROW`, the row in the file
    (headings are row 1). `ignored`: headings of columns that the command does not use."""

    path: Path
    rows: pl.DataFrame
    ignored: tuple[str, ...]

    def numbers(
        self, column: str, expected: str = NUMBER, fits: pl.Expr | None = None
    ) -> pl.Series:
        """A column as numbers, null where blank. Raises Refusal naming the cells that are none, or
        that `fits` (of the column) rejects."""
        text = pl.col(column)
        number = text.cast(pl.Float64, strict=False)
        parsed = self.rows.with_columns(number.alias(column))
        fitting = pl.col(column).is_finite() & (pl.lit(True) if fits is None else fits)
        sound = parsed.select(fitting.fill_null(False)).to_series() | self.rows[column].is_null()
        self._refuse_cells(column, ~sound, expected)
        return parsed[column]

    def parsed(
        self, column: str, parse: Callable[[str], object], expected: str, dtype: pl.DataType
    ) -> pl.Series:
        """A column of few different texts, each read by `parse`; null where blank. Raises Refusal
        naming the cells for which `parse` raises ValueError."""
        values: dict[str, object] = {}
        for text in self.rows[column].drop_nulls().unique().to_list():
            try:
                values[text] = parse(text)
            except ValueError:
                continue
        known = self.rows[column].is_in(list(values)) | self.rows[column].is_null()
        self._refuse_cells(column, ~known, expected)
        return self.rows[column].replace_strict(
            list(values), list(values.values()), default=None, return_dtype=dtype
        )

    def required(self, column: str, expected: str) -> None:
        """Raise Refusal naming the rows in which a column is blank."""
        self._refuse_cells(column, self.rows[column].is_null(), expected)

    def once(self, columns: list[str], what: str) -> None:
        """Raise Refusal naming the rows that repeat another's columns: `what`, in words."""
        first = pl.col(ROW).first().over(columns)
        seen = self.rows.select(ROW, *columns, first.alias("_first"))
        again = seen.filter(pl.col(ROW) != pl.col("_first")).sort(ROW)
        self.refuse(
            [
                f"row {row}: found {what} {' '.join(map(str, cells))} again, as in row {before}, "
                "expected once"
                for row, *cells, before in again.head(FAULTS_SHOWN).iter_rows()
            ],
            again.height,
        )

    def not_more(self, column: str, part: pl.Series, whole: pl.Series, of: str) -> None:
        """Raise Refusal naming the rows in which a part is more than its whole: `of`, in words."""
        above = (part > whole).fill_null(False)
        self._refuse_cells(column, above, f"no more than {of}")

    def refuse(self, faults: list[str], found: int) -> None:
        """Raise Refusal with these faults, of so many found; not if there are none."""
        if faults:
            more = f"\n  and {found - len(faults):,} more" if found > len(faults) else ""
            lines = "".join(f"\n  {fault}" for fault in faults)
            raise Refusal(
                f"{self.path.name}: {plural(found, 'row')} can't be used:{lines}{more}",
                "Nothing was written. Correct the file and run the command again.",
            )

    def _refuse_cells(self, column: str, wrong: pl.Series, expected: str) -> None:
        rows = self.rows.select(ROW, column).filter(wrong)
        self.refuse(
            [
                f"row {row}, column {column}: "
                f"{'blank' if text is None else f'found `{text}`'}, expected {expected}"
                for row, text in rows.head(FAULTS_SHOWN).iter_rows()
            ],
            rows.height,
        )


def read_own_csv(path: Path, required: Iterable[str], optional: Collection[str] = ()) -> OwnCsv:
    """Read a CSV (or .csv.gz) with these columns, in any order and case. Optional ones that it
    lacks are blank. Raises Refusal if it can't be read, or lacks a column."""
    needed = list(required)
    cells = _text_of(path)
    headings = [fold(text or "") for text in cells.row(0)] if cells.height else []
    _check_headings(path, headings, needed, optional)
    rows = cells.slice(1)
    rows.columns = [heading or f"_{n}" for n, heading in enumerate(headings)]
    stripped = pl.all().str.strip_chars()
    rows = rows.with_columns(
        pl.when(~stripped.is_in(BLANK)).then(stripped).name.keep(),
    ).with_columns(pl.int_range(2, pl.len() + 2).alias(ROW))
    told = [name for name in rows.columns if name != ROW]
    rows = rows.filter(~pl.all_horizontal(pl.col(told).is_null()))
    lacking = [name for name in optional if name not in headings]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
    if rows.is_empty():
        raise Refusal(f"{path.name} has headings and no rows.", "Add a row per figure.")
    known = {*needed, *optional}
    return OwnCsv(path, rows, tuple(one for one in headings if one and one not in known))


def month_in(text: str) -> date:
    """The first day of the month that a cell names: as people type months, or any day of it.
    Raises ValueError."""
    for form in DATES:
        try:
            return datetime.strptime(text, form).date().replace(day=1)
        except ValueError:
            continue
    return typed_month(text)


def _text_of(path: Path) -> pl.DataFrame:
    """All cells of a file, headings too."""
    if not path.is_file():
        raise Refusal(f"There is no file {path}.", "Name a CSV file.")
    try:
        return pl.read_csv(path, has_header=False, infer_schema=False, quote_char='"')
    except pl.exceptions.NoDataError:
        raise Refusal(f"{path.name} is empty.", "The first row must have the headings.") from None
    except pl.exceptions.ComputeError as error:
        raise Refusal(f"{path.name} can't be read as CSV{_uneven(path)}.", AS_CSV) from error
    except OSError as error:
        reason = error.strerror or error
        raise Refusal(f"{path.name} can't be read ({reason}).", "Check its rights.") from error


def _uneven(path: Path) -> str:
    """The first row that has more cells than the headings, in words; blank if that is not it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            cells = len(next(reader, []))
            for row in reader:
                if len(row) > cells:
                    line = reader.line_num
                    return f": row {line} has {len(row)} cells, expected {cells} as in row 1"
    except (UnicodeDecodeError, csv.Error):
        return ": it is not text in UTF-8"
    return ""


def _check_headings(
    path: Path, headings: list[str], needed: list[str], optional: Collection[str]
) -> None:
    found = ", ".join(filter(None, headings)) or "none"
    lacking = [name for name in needed if name not in headings]
    if lacking:
        also = f" ({', '.join(optional)} may be there, too)" if optional else ""
        raise Refusal(
            f"{path.name}, row 1: no column {', '.join(lacking)}. Found: {found}.",
            f"Expected headings: {', '.join(needed)}{also}, with commas between.",
        )
    twice = sorted({one for one in headings if one and headings.count(one) > 1})
    if twice:
        raise Refusal(
            f"{path.name}, row 1: column {', '.join(twice)} is there twice.",
            "Leave one of them out.",
        )
