"""Evidence on practices that people typed into a local return: unknown ones, closed ones, and those
of another ICB, by the patient lists. Not here: reading the lists (`checks.patient_lists`)."""

from __future__ import annotations

from datetime import date

import polars as pl

from checks import patient_lists
from checks.check_evidence import SHOWN, Evidence, skipped
from checks.edition_view import EditionView
from warehouse.base.months import month_text
from warehouse.contract.model import Contract
from warehouse.editions.check_history import nearest_list
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.reference.organisations import valid_at
from warehouse.transform.derived import scan_one
from warehouse.transform.measure import month_of

RULE = "practices_known"
FILE = "file_name"


def practices_are_judged(contract: Contract) -> bool:
    """Whether practice codes were entered by hand, and a list can show wrong ones."""
    unit = contract.reporting_unit
    named = unit is not None and unit.level == "practice"
    return bool(contract.local_return and contract.completeness.population_feed and named)


def practices(view: EditionView) -> Evidence:
    """Find rows of practices that are on no patient list, that had closed by the row's month, or
    that are in another ICB than most of the return."""
    unit, known = view.contract.reporting_unit, view.known_practices()
    if unit is None or not known:
        feed = view.contract.completeness.population_feed
        return skipped(RULE, f"no {feed} is available, so no practice is known")
    named = _named(view, unit.code)
    faults = _faults(view, named.select("code", "month").unique(), known)
    wrong = named.join(faults, on=["code", "month"]).sort(FILE, SOURCE_ROW)
    unknown = wrong.filter(~pl.col("code").is_in(list(known)))
    return Evidence(
        RULE,
        unit.code,
        named.select(
            pl.col("code").alias("item"),
            (~pl.col("code").is_in(wrong["code"].to_list())).cast(pl.Float64).alias("number"),
        ).unique(maintain_order=True),
        expected="codes that are on a patient list",
        observed=f"{unknown['code'].n_unique():,} unknown of "
        f"{named['code'].n_unique():,} practices"
        + (f", {others:,} row(s) of others" if (others := wrong.height - unknown.height) else ""),
        failed_rows=wrong.height,
        total_rows=named.height,
        message=_words(wrong, len(view.files) > 1),
    )


def _named(view: EditionView, code: str) -> pl.DataFrame:
    """Return `source_row, file_name, code, month` of every accepted row."""
    return pl.concat(
        scan_one(view.home, "tidy", file).select(
            SOURCE_ROW,
            pl.lit(file.file_name).alias(FILE),
            pl.col(code).alias("code"),
            month_of(view.contract, view.month).alias("month"),
        )
        for file in view.files
    ).collect()


def _faults(view: EditionView, asked: pl.DataFrame, known: frozenset[str]) -> pl.DataFrame:
    """Return `code, month, fault` of practices and months that are not as the lists have them."""
    editions = sorted({file.edition for file in view.lists})
    lists = {
        one: patient_lists.read_list(view.home, [f for f in view.lists if f.edition == one])
        for one in editions
    }
    on = {one: set(frame["org_code"]) for one, frame in lists.items()}
    boards = _boards(patient_lists.places_of(view.home, view.lists), asked)
    usual = boards["icb"].drop_nulls().mode().sort().to_list()
    found = []
    for code, month, icb in boards.rows():
        fault: str | None = None
        if code not in known:
            fault = ""
        elif len(usual) == 1 and icb not in (None, usual[0]):
            fault = f"of {icb}, while most rows are of {usual[0]}; leave it to that ICB's return"
        else:
            fault = _closed(code, month, on)
        if fault is not None:
            found.append((code, month, fault))
    schema = {"code": pl.String, "month": pl.Date, "fault": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row")


def _closed(code: str, month: date, on: dict[str, set[str]]) -> str | None:
    """Say that a practice had closed by a month, None if it had not: the list of the month lacks
    it, as does every later one."""
    nearest = nearest_list(on, month_text(month))
    had = [one for one, codes in on.items() if code in codes]
    if nearest is None or nearest > month_text(month) or max(had) >= nearest:
        return None
    return f"closed: on no patient list after {max(had)}; check the month, and who took it over"


def _boards(places: dict[str, str], asked: pl.DataFrame) -> pl.DataFrame:
    """Return `code, month, icb`: the ICB of each practice's sub-ICB on its last list."""
    parts = [asked.head(0).with_columns(pl.lit(None, pl.String).alias("icb"))]
    for (month,), rows in asked.group_by("month"):
        members = valid_at(month).filter(org_level="sub_icb")
        of = dict(members.select("org_code", "parent_code").iter_rows())
        icbs = [of.get(places.get(code) or "") for code in rows["code"]]
        parts.append(rows.with_columns(pl.Series("icb", icbs, pl.String)))
    return pl.concat(parts).sort("code", "month")


def _words(wrong: pl.DataFrame, several: bool) -> str:
    """Name the rows: first those of unknown practices, then the others with what is wrong."""
    if wrong.is_empty():
        return ""
    rows = wrong.select(SOURCE_ROW, FILE, "code", "fault").rows()
    told = [
        (f"row {row}{f' of {file}' if several else ''}: {code}", fault)
        for row, file, code, fault in rows
    ]
    unknown, others = [t for t, fault in told if not fault], [t for t in told if t[1]]
    parts = []
    if unknown:
        more = f" and {len(unknown) - SHOWN:,} more row(s)" if len(unknown) > SHOWN else ""
        parts.append(
            f"{', '.join(unknown[:SHOWN])}{more}: on no patient list, so not in figures above "
            "practice level; check the code"
        )
    parts += [f"{row} is {fault}" for row, fault in others[:SHOWN]]
    parts += [f"and {len(others) - SHOWN:,} more row(s)"] if len(others) > SHOWN else []
    return "; ".join(parts)
