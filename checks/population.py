"""Evidence from the patient lists: people against registered patients, and unknown practices. Not
here: reading the lists (`checks.patient_lists`)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checks.check_evidence import SHOWN, Evidence, compared, listed, skipped
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import Declared, at_most
from warehouse.base.months import month_text
from warehouse.contract.model import Contract
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.reference.levels import ADDING_UP, above
from warehouse.transform.lake import lake_paths


def people_are_judged(contract: Contract) -> bool:
    """Whether the feed has figures of people that can be compared with a patient list."""
    unit = contract.reporting_unit
    return bool(
        contract.completeness.population_feed
        and unit
        and unit.level in {"practice", *above("practice")}.intersection(ADDING_UP)
        and _people_measures(contract)
    )


def practices_are_judged(contract: Contract) -> bool:
    """Whether practice codes were entered by hand, and a list can show wrong ones."""
    unit = contract.reporting_unit
    named = unit is not None and unit.level == "practice"
    return bool(contract.local_return and contract.completeness.population_feed and named)


def _people_measures(contract: Contract) -> list[str]:
    return [name for name, measure in contract.measures.items() if measure.unit == "people"]


def people_expected(contract: Contract, _check: Check) -> Declared:
    """Declare the expectation of each measure of people."""
    return dict.fromkeys(_people_measures(contract), at_most())


def people(view: EditionView) -> Iterator[Evidence]:
    """Compare figures of people with registered patients of the same organisation, by measure."""
    patients, cells = view.population(), view.measures()
    given = [n for n in _people_measures(view.contract) if cells is not None and cells[n].count()]
    if cells is None or not given:
        yield skipped("people_within_population", "the edition has no figure of people")
        return
    if patients.is_empty():
        feed = view.contract.completeness.population_feed
        why = f"no {feed} near {view.edition} covers any of its organisations"
        yield skipped("people_within_population", why)
        return
    both = cells.join(patients, on=["org_code", "month"], how="left")
    for name in given:
        figures = both.select("org_code", "month", pl.col(name).alias("people"), "patients")
        yield _people(view, name, figures.drop_nulls("people"))


def _people(view: EditionView, name: str, given: pl.DataFrame) -> Evidence:
    judged = given.drop_nulls("patients")
    if judged.is_empty():
        why = "no organisation with a figure is on a patient list"
        return skipped("people_within_population", why, name)
    over = judged.filter(pl.col("people") > pl.col("patients")).sort("month", "org_code")
    shown = [
        f"{code} {month_text(month)}: {counted:,} people, but only {patients:,} registered patients"
        for code, month, counted, patients in over.iter_rows()
    ]
    left = given.height - judged.height
    unchecked = f"; {left:,} more are on no patient list" if left else ""
    return Evidence(
        "people_within_population",
        name,
        compared(judged, "org_code", "people", "patients"),
        expected="no more people than registered patients",
        observed=f"{over.height:,} of {judged.height:,} organisation-months have more{unchecked}",
        failed_rows=over.height,
        total_rows=judged.height,
        message=f"{listed(shown, mark='; ')}: sessions or log-ins were probably counted as people "
        f"in {view.contract.measures[name].title}"
        if shown
        else "",
    )


def practices(view: EditionView) -> Evidence:
    """Find rows of practices that are on no patient list."""
    unit, known = view.contract.reporting_unit, view.known_practices()
    if unit is None or not known:
        feed = view.contract.completeness.population_feed
        return skipped("practices_known", f"no {feed} is available, so no practice is known")
    named = pl.concat(
        pl.read_parquet(
            lake_paths(view.home, file).tidy, columns=[SOURCE_ROW, unit.code]
        ).with_columns(pl.lit(file.file_name).alias("file_name"))
        for file in view.files
    )
    unknown = named.filter(~pl.col(unit.code).is_in(list(known))).sort("file_name", SOURCE_ROW)
    several = len(view.files) > 1
    shown = [
        f"row {row}{f' of {file}' if several else ''}: {code}"
        for row, code, file in unknown.head(SHOWN).iter_rows()
    ]
    more = f" and {unknown.height - SHOWN:,} more row(s)" if unknown.height > SHOWN else ""
    return Evidence(
        "practices_known",
        unit.code,
        named.select(
            pl.col(unit.code).alias("item"),
            pl.col(unit.code).is_in(list(known)).cast(pl.Float64).alias("number"),
        ).unique(maintain_order=True),
        expected="codes that are on a patient list",
        observed=f"{unknown[unit.code].n_unique():,} unknown of "
        f"{named[unit.code].n_unique():,} practices",
        failed_rows=unknown.height,
        total_rows=named.height,
        message=f"{', '.join(shown)}{more}: on no patient list, so not in figures above practice "
        "level; check the code"
        if shown
        else "",
    )
