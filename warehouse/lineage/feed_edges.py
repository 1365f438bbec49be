"""Column lineage of a feed, from its contract: published heading -> tidy column -> measure.

Belongs here: what an edge is, and the edges that a contract with its corrections defines. Does not:
what SQL makes of the measures (`warehouse.lineage`).

Tables are named by layer: `published.<feed>` (a column per heading ever used), `tidy.<feed>`,
`measures.<feed>`, `quarantine.<feed>` (organisation and month of rejected rows), and
`organisations` (those in the files of all feeds). Column `*` is a table's rows: an edge to it shows
what decides which rows there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from warehouse.contract.entries import Measure, Organisation
from warehouse.contract.model import Contract
from warehouse.reference.levels import KEY_COLUMNS
from warehouse.transform.corrections import corrections

ROWS = "*"
# `value`: the column is made from it. `choice`: it only decides which rows or which value.
Use = Literal["value", "choice"]
COUNT_OF = "older files: the count of "
SOURCE_FILE = "archive.source_file"
READ_AS = {
    "text": "text, without surrounding spaces",
    "code": "code, without surrounding spaces",
    "label": "label, in its current spelling",
    "month": "month, as its first day",
    "date": "date",
    "count": "whole number",
    "decimal": "number, to the digit",
}


@dataclass(frozen=True, order=True)
class Edge:
    """One step of column lineage. `kpi_id`, `org_level`: the figures it applies to; None: all."""

    to_table: str
    to_column: str
    from_table: str
    from_column: str
    kpi_id: str | None = None
    org_level: str | None = None
    use: Use = "value"
    description: str | None = None


def contract_edges(contract: Contract) -> list[Edge]:
    """Return every edge that a feed's contract defines, from published headings to measures."""
    steps = (_tidy, _corrected, _quarantined, _organisations, _measures)
    return [edge for step in steps for edge in step(contract)]


def tidy_edges(contract: Contract) -> list[Edge]:
    """Return the edges into `tidy.<feed>`."""
    return [edge for edge in contract_edges(contract) if edge.to_table == f"tidy.{contract.feed}"]


def measure_edges(contract: Contract) -> list[Edge]:
    """Return the edges into `measures.<feed>`."""
    return [e for e in contract_edges(contract) if e.to_table == f"measures.{contract.feed}"]


def counted_labels(measure: Measure) -> str:
    """Describe which labels a measure counts: `appointment_mode: Telephone`; empty if all."""
    return "; ".join(f"{column}: {', '.join(some)}" for column, some in measure.where.items())


def _tidy(contract: Contract) -> Iterator[Edge]:
    tidy, published = f"tidy.{contract.feed}", f"published.{contract.feed}"
    yield Edge(tidy, ROWS, published, ROWS, use="choice", description="valid rows of the file")
    yield Edge(tidy, "source_row", published, ROWS, description="row number in the file")
    for name, column in contract.columns.items():
        read_as = f"read as {READ_AS[column.type]}"
        for heading in column.published:
            yield Edge(tidy, name, published, heading, description=read_as)
        for other in column.made_of.columns if column.made_of else ():
            for heading in contract.columns[other].published:
                made = f"made as {contract.heading(name)}"
                yield Edge(tidy, name, published, heading, description=made)
    for name, pattern in contract.row_filter.items():
        for heading in contract.columns[name].published:
            only = f"only rows that match {pattern}"
            yield Edge(tidy, ROWS, published, heading, use="choice", description=only)
    if contract.wide:
        yield from _wide(contract)


def _wide(contract: Contract) -> Iterator[Edge]:
    """Yield edges of the older layout: a heading per label gives the label and its count."""
    tidy, published = f"tidy.{contract.feed}", f"published.{contract.feed}"
    if contract.wide is None:
        return
    for label, headings in contract.wide.headings.items():
        for heading in headings:
            told = f"older files: the heading is {label}"
            yield Edge(tidy, contract.wide.label, published, heading, description=told)
            counted = f"{COUNT_OF}{label}"
            yield Edge(tidy, contract.wide.value, published, heading, description=counted)
    if contract.month in contract.wide.lacks:
        lacking = "older files have no month column: the edition's month"
        yield Edge(tidy, contract.month, SOURCE_FILE, "edition", description=lacking)


def _corrected(contract: Contract) -> Iterator[Edge]:
    """Yield edges from the cells that identify a corrected row."""
    tidy, published = f"tidy.{contract.feed}", f"published.{contract.feed}"
    for one in corrections(contract.feed):
        why = f"correction {one.correction_id}"
        headings = [name for other in one.where for name in contract.columns[other].published]
        for name in one.set:
            for heading in headings:
                yield Edge(tidy, name, published, heading, use="choice", description=why)


def _month(contract: Contract) -> tuple[str, str]:
    """Return the source of a row's month: its column, or for a feed without months the edition."""
    if contract.month:
        return f"tidy.{contract.feed}", contract.month
    return SOURCE_FILE, "edition"


def _quarantined(contract: Contract) -> Iterator[Edge]:
    """Yield edges into the organisation and month of rejected rows."""
    lost, tidy = f"quarantine.{contract.feed}", f"tidy.{contract.feed}"
    if contract.reporting_unit is None:
        return
    yield Edge(lost, ROWS, f"published.{contract.feed}", ROWS, use="choice")
    yield Edge(lost, "org_code", tidy, contract.reporting_unit.code)
    yield Edge(lost, "month", *_month(contract))
    for one in contract.organisations:
        if one.level == contract.reporting_unit.level:
            for parent, name in one.parents.items():
                yield Edge(lost, parent_column(parent), tidy, name)


def parent_column(level: str) -> str:
    """Return the column with an organisation's parent of a level."""
    return level if level == "local_authority" else f"{level}_code"


def _organisations(contract: Contract) -> Iterator[Edge]:
    for one in contract.organisations:
        named, tidy = "organisations", f"tidy.{contract.feed}"
        for column, name in _named(one).items():
            yield Edge(named, column, tidy, name, org_level=one.level)
        for day in (one.since, one.until):
            if day:
                yield Edge(named, "month", tidy, day, org_level=one.level)
        yield Edge(named, "month", *_month(contract), org_level=one.level)
        told = "a row per organisation in the file"
        yield Edge(named, "org_level", tidy, one.code, org_level=one.level, description=told)
        yield Edge(named, ROWS, tidy, ROWS, org_level=one.level, use="choice")


def _named(one: Organisation) -> dict[str, str]:
    """Return column of `organisations` -> column of the tidy table."""
    own = {"org_code": one.code, "org_name": one.name, "ons_code": one.ons_code}
    own |= {"opened_on": one.opened, "closed_on": one.closed}
    own |= {column: one.parents.get(level) for level, column in KEY_COLUMNS.items()}
    return {column: name for column, name in own.items() if name}


def _measures(contract: Contract) -> Iterator[Edge]:
    if contract.reporting_unit is None or not contract.measures:
        return
    table, tidy = f"measures.{contract.feed}", f"tidy.{contract.feed}"
    yield Edge(table, ROWS, tidy, ROWS, use="choice", description="accepted editions only")
    yield Edge(table, "org_code", tidy, contract.reporting_unit.code)
    yield Edge(table, "month", *_month(contract))
    for day in (contract.reporting_unit.since, contract.reporting_unit.until):
        if day:
            yield Edge(table, "month", tidy, day)
    yield Edge(table, "rows", tidy, ROWS, description="rows added up")
    conditions = [name for one in contract.measures.values() for name in (*one.where, *one.matches)]
    for name in dict.fromkeys((*contract.key, *contract.numbers, *conditions)):
        yield Edge(table, "digest", tidy, name, description="hashed")
    yield Edge(
        table, "unreliable", f"quarantine.{contract.feed}", ROWS, description="rows quarantined"
    )
    for name, one in contract.measures.items():
        yield from _measure(contract, name, one)


def _measure(contract: Contract, name: str, one: Measure) -> Iterator[Edge]:
    table, tidy = f"measures.{contract.feed}", f"tidy.{contract.feed}"
    unit = contract.reporting_unit.code if contract.reporting_unit else ROWS
    if one.column is None:
        yield Edge(table, name, tidy, unit, description="1 for each organisation in the file")
    else:
        how = "1 where there is a number, else 0"
        how = how if one.given else "1 where the sum is above zero, else 0"
        how = "added up" if one.sum else "the largest" if one.largest else how
        labels = f" where {counted_labels(one)}" if one.where else ""
        less = ", less that of the month before" if one.cumulative_from else ""
        yield Edge(table, name, tidy, one.column, description=f"{how}{labels}{less}")
    for column, some in one.where.items():
        only = f"only {', '.join(some)}"
        yield Edge(table, name, tidy, column, use="choice", description=only)
    if one.first_month or one.last_month:
        span = f"exists from {one.first_month or 'the start'} to {one.last_month or 'now'}"
        source, month = _month(contract)
        yield Edge(table, name, source, month, use="choice", description=span)
