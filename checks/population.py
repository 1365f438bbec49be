"""Evidence from the patient lists: people against registered patients. Not here: reading the lists
(`checks.patient_lists`), which practices they have (`checks.practices_named`)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checks.check_catalogue import feed_words
from checks.check_evidence import Evidence, compared, listed, skipped
from checks.check_model import Check
from checks.edition_view import EditionView
from checks.expectations import Declared, at_most
from warehouse.base.months import month_text
from warehouse.contract.model import Contract
from warehouse.reference.levels import ADDING_UP, above


def people_are_judged(contract: Contract) -> bool:
    """Whether the feed has figures of people that can be compared with a patient list."""
    unit = contract.reporting_unit
    return bool(
        contract.completeness.population_feed
        and unit
        and unit.level in {"practice", *above("practice")}.intersection(ADDING_UP)
        and _people_measures(contract)
    )


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
        message=f"{listed(shown, mark='; ')}: {_what_to_check(view.contract, name)}"
        if shown
        else "",
    )


def _what_to_check(contract: Contract, name: str) -> str:
    """Return what was probably counted in place of people, where the feed's checks say so."""
    probably, title = feed_words(contract.feed).counted_as_people, contract.measures[name].title
    return (
        f"{probably} were probably counted as people in {title}" if probably else f"check {title}"
    )
