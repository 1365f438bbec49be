"""Compare two editions of one feed: files, rows, months, organisations and measures.

Belongs here: editions of any status. Does not: printing (`pipelines.cli`), revisions of KPIs
(`warehouse.mart`). An organisation-month that only one edition has is listed separately, not as a
change from or to zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.archive.decisions import NotPossible
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.months import month_text, parse_month
from warehouse.contract.model import Contract, contracts
from warehouse.editions.figure_changes import (
    CELL,
    changes_between,
    largest_first,
    never_added,
    of_their_months,
    side_by_side,
    sums_of_both,
    totals_apart,
)
from warehouse.editions.parts_and_revisions import (
    in_force,
    latest_cells,
    place_files,
    rows_in_force,
)
from warehouse.editions.status import status_of
from warehouse.reference.organisations import reference
from warehouse.reference.special_services import is_hidden
from warehouse.transform.derived import has_rows, read_derived, scan_derived
from warehouse.transform.lake import TidyFacts
from warehouse.transform.tidy import UNREADABLE, tidy

ROWS = "rows"


@dataclass(frozen=True)
class Side:
    """One of the two editions. `revision`: the one compared, by default the newest; `words`: the
    reason for its status; `files`, `rows` and `quarantined`: of the files it uses, without those
    that later ones replaced."""

    edition: str
    revision: int
    revisions: int
    status: str
    words: str
    files: int
    rows: int
    quarantined: int
    months: tuple[date, ...]
    organisations: int
    synthetic: bool

    @property
    def name(self) -> str:
        """Return the edition's name, with its revision where there are several."""
        return f"{self.edition}.{self.revision}" if self.revisions > 1 else self.edition


@dataclass(frozen=True)
class Difference:
    """The changes from `old` to `new`.

    `appeared`, `vanished`: `org_code`, `org_name`. `measures`: a row per measure with the sums over
    the organisation-months that both have (`measure`, `title`, `cells`, `changed`, `old`, `new`,
    `change`, `ratio`). What must not be added over months is summed over the newest month of both
    (`month`, else NULL); what must not be added over organisations has no sum (`not_added`: why).
    `changes`: a row per `month`, `org_code` (`org_name`) and `measure`, the largest change first:
    `kind` (`changed`, then `only_old`, `only_new`), `old`, `new`, `change`, `ratio` (NULL unless
    changed; 0.01 is +1%), `lost_rows` (either lost a row to quarantine, so the figure is too
    small), `old_month` (that of `old`: earlier than `month` where `beside`). `apart`: the `only_`
    ones by `kind`, `month` and `measure`: `organisations`, `total` (NULL if not added). `beside`:
    the newest month of each, compared where no month is in both.
    """

    feed: str
    title: str
    level: str
    old: Side
    new: Side
    appeared: pl.DataFrame
    vanished: pl.DataFrame
    measures: pl.DataFrame
    changes: pl.DataFrame
    apart: pl.DataFrame
    beside: tuple[date, date] | None = None


def diff_editions(home: Home, feed: str, old: str, new: str, measures: list[str]) -> Difference:
    """Compare two editions, each `YYYY-MM`, or `YYYY-MM.2` as of its revision 2.

    `measures`: only these; if empty all, or the rows of a feed without measures. Files without tidy
    tables are tidied first. Raises NotPossible for an unknown edition, revision or measure, and for
    a file that can't be read.
    """
    contract = contracts()[feed]
    wanted = _wanted(contract, measures)
    old_side, old_files = _side(home, contract, old)
    new_side, new_files = _side(home, contract, new)
    before, after = (_figures(home, files, wanted) for files in (old_files, new_files))
    level = contract.reporting_unit.level if contract.reporting_unit else ""
    names = organisation_names(home, level, [*old_files, *new_files])
    codes = [frame.select("org_code").unique() for frame in (before, after)]
    before, after, beside = side_by_side(before, after)
    changes = of_their_months(changes_between(before, after), beside)
    changes = changes.join(names, on="org_code", how="left")
    shown = changes.filter(~is_hidden("org_code"))
    return Difference(
        feed=feed,
        title=contract.title,
        level=level,
        old=old_side,
        new=new_side,
        appeared=_named(codes[1].join(codes[0], on="org_code", how="anti"), names),
        vanished=_named(codes[0].join(codes[1], on="org_code", how="anti"), names),
        measures=sums_of_both(before, after, wanted, contract),
        changes=largest_first(shown),
        apart=totals_apart(changes, never_added(contract)),
        beside=beside,
    )


def _wanted(contract: Contract, measures: list[str]) -> dict[str, str]:
    there = {name: measure.title for name, measure in contract.measures.items()}
    there = there or {ROWS: "Published rows"}
    if unknown := [name for name in measures if name not in there]:
        raise NotPossible(
            f"{contract.feed} has no measure `{unknown[0]}`.", f"It has {', '.join(there)}."
        )
    return {name: title for name, title in there.items() if not measures or name in measures}


def _side(home: Home, contract: Contract, typed: str) -> tuple[Side, list[SourceFile]]:
    """Describe one edition, and return its files as of the requested revision."""
    edition, asked = _edition_typed(typed)
    files = Archive(home).active_files(contract.feed)
    own = [file for file in files if file.edition == edition]
    if not own:
        held = ", ".join(sorted({file.edition for file in files})) or "none"
        raise NotPossible(
            f"Edition {edition} of {contract.feed} is not imported, or is withdrawn.",
            f"Editions available: {held}.",
        )
    facts = [_tidied(home, file) for file in own]
    placed = place_files(home, own)
    highest = max(one.revision for one in placed)
    if asked is not None and not 1 <= asked <= highest:
        raise NotPossible(
            f"{contract.feed} {edition} has no revision {asked}.",
            f"It has 1 to {highest}: a file whose figures are those of an earlier one is none.",
        )
    used = [one for one in placed if asked is None or one.revision <= asked]
    chosen = [one.file for one in sorted(used, key=lambda one: one.position)]
    cells = pl.concat([_cells(home, file) for file in chosen])
    status = status_of(home, contract.feed, edition, files)
    kept_files = in_force(home, chosen, contract.local_return)
    kept = [facts[own.index(file)] for file in kept_files]
    side = Side(
        edition=edition,
        revision=asked or highest,
        revisions=highest,
        status=status.verdict,
        words=status.words,
        files=len(kept_files),
        rows=rows_in_force(home, chosen),
        quarantined=sum(fact.quarantined for fact in kept),
        months=tuple(cells["month"].unique().sort()),
        organisations=cells["org_code"].n_unique(),
        synthetic=all(file.synthetic for file in chosen),
    )
    return side, chosen


def _edition_typed(typed: str) -> tuple[str, int | None]:
    edition, dot, revision = typed.strip().partition(".")
    try:
        return month_text(parse_month(edition)), int(revision) if dot else None
    except ValueError:
        raise NotPossible(
            f"`{typed}` is not an edition.", "Write YYYY-MM, or YYYY-MM.2 for its second revision."
        ) from None


def _tidied(home: Home, file: SourceFile) -> TidyFacts:
    try:
        return tidy(home, file)
    except UNREADABLE as error:
        raise NotPossible(
            f"{file.file_name} can't be read: {str(error)[:300]}",
            f"Withdraw it (access-recovery withdraw {file.short}), or import an intact file.",
        ) from error


def _cells(home: Home, file: SourceFile) -> pl.DataFrame:
    return read_derived(home, "measures", [file], list(CELL))


def _figures(home: Home, files: list[SourceFile], wanted: dict[str, str]) -> pl.DataFrame:
    """Return an edition's figures, without NULLs: `month, org_code, measure, value, unreliable`."""
    columns = [*CELL, "unreliable", *wanted]
    own = contracts()[files[0].feed]
    decimals = any(own.is_decimal(name) for name in own.measures)
    kind = pl.Float64 if decimals else pl.Int64
    frames = [
        read_derived(home, "measures", [file], columns).with_columns(
            pl.col(list(wanted)).cast(kind)
        )
        for file in files
    ]
    return (
        latest_cells(pl.concat(frames))
        .unpivot(list(wanted), index=[*CELL, "unreliable"], variable_name="measure")
        .drop_nulls("value")
    )


def _named(codes: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    return codes.join(names, on="org_code", how="left").sort("org_code")


def organisation_names(home: Home, level: str, files: list[SourceFile]) -> pl.DataFrame:
    """Return `org_code`, `org_name` of a level: the newest name in these files, else in any
    imported file, else in the shipped reference (by ODS or ONS code)."""
    every = Archive(home).active_files()
    held = reference().filter(pl.col("org_level") == level)
    known = [
        _observed(home, level, files),
        _observed(home, level, every),
        held.select("org_code", "org_name"),
        held.select(pl.col("ons_code").alias("org_code"), "org_name"),
    ]
    return pl.concat(known).unique("org_code", keep="first", maintain_order=True)


def _observed(home: Home, level: str, files: list[SourceFile]) -> pl.DataFrame:
    read = [file for file in files if has_rows(home, "organisations", file)]
    if not read:
        return pl.DataFrame(schema={"org_code": pl.String, "org_name": pl.String})
    return (
        scan_derived(home, "organisations", read)
        .filter(pl.col("org_level") == level, pl.col("org_name").is_not_null())
        .sort("month", descending=True)
        .select("org_code", "org_name")
        .unique("org_code", keep="first", maintain_order=True)
        .collect()
    )
