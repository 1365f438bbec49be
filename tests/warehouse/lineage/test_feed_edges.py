"""Column lineage of the feeds: that of their contracts against what reading really does."""

from collections.abc import Iterable

import polars as pl

from tests.checks.support_checks import OCT, published
from tests.support import CROSSTAB, WIDE, crosstab, wide_claims
from warehouse.base.months import parse_month
from warehouse.contract.model import contracts
from warehouse.lineage.feed_edges import ROWS, Edge, contract_edges
from warehouse.readers.raw_rows import OVERFLOW
from warehouse.transform.conform import FAILED_RULE, RAW, conform
from warehouse.transform.measure import measure
from warehouse.transform.reshape import reshape

# A sound value, other than the default, for every heading of the practice-level crosstab.
OTHER = {
    "APPOINTMENT_MONTH_START_DATE": "01SEP2025",
    "GP_CODE": "C82002",
    "GP_NAME": "ANOTHER SURGERY",
    "SUPPLIER": "EMIS",
    "PCN_CODE": "U54321",
    "PCN_NAME": "ANOTHER PCN",
    "SUB_ICB_LOCATION_CODE": "03W",
    "SUB_ICB_LOCATION_NAME": "ANOTHER SUB-ICB",
    "HCP_TYPE": "Other Practice staff",
    "APPT_MODE": "Telephone",
    "NATIONAL_CATEGORY": "Inconsistent Mapping",
    "TIME_BETWEEN_BOOK_AND_APPT": "Unknown / Data Issue",
    "COUNT_OF_APPOINTMENTS": 11,
    "APPT_STATUS": "DNA",
}
WIDE_COUNTS = [name for name in WIDE if name.startswith("NumberofPharmacyFirst")]


def changed(before: pl.DataFrame, after: pl.DataFrame) -> set[str]:
    """Columns that are not the same in both."""
    return {name for name in before.columns if not before[name].equals(after[name])}


def tidy_and_measures(feed: str, content: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    contract = contracts()[feed]
    edition = parse_month(OCT)
    raw = reshape(published(content), contract, edition)
    rows = conform(raw, contract, edition).collect()
    assert rows[FAILED_RULE].null_count() == rows.height
    tidy = rows.drop(FAILED_RULE, OVERFLOW).select(pl.exclude(f"^{RAW}.*$"))
    return tidy, measure(tidy.lazy(), contract, edition).collect()


def led_to(edges: Iterable[Edge], layer: str, source: str, columns: set[str]) -> set[str]:
    """Columns of a layer with an edge, of either use, from one of these columns."""
    return {
        edge.to_column
        for edge in edges
        if edge.to_table.startswith(layer)
        and edge.from_table.startswith(source)
        and edge.from_column in columns
        and edge.to_column != ROWS
    }


def test_a_published_value_changes_just_what_has_an_edge_to_it() -> None:
    feed = "gp_appointments_practice"
    edges = contract_edges(contracts()[feed])
    tidy, counted = tidy_and_measures(feed, crosstab({}))
    for heading in CROSSTAB:
        other_tidy, recounted = tidy_and_measures(feed, crosstab({heading: OTHER[heading]}))
        read = changed(tidy, other_tidy)
        assert read == led_to(edges, "tidy.", "published.", {heading}) != set(), heading
        assert changed(counted, recounted) <= led_to(edges, "measures.", "tidy.", read), heading


def test_so_does_a_column_per_label_of_older_files() -> None:
    feed = "pharmacy_first"
    edges = contract_edges(contracts()[feed])
    tidy, _ = tidy_and_measures(feed, wide_claims({}))
    assert len(WIDE_COUNTS) == 9
    for heading in WIDE_COUNTS:
        more, _ = tidy_and_measures(feed, wide_claims({heading: 77}))
        known = next(one for one in _headings(edges) if _bare(one) == _bare(heading))
        assert changed(tidy, more) == {"consultations"}, heading
        assert "consultations" in led_to(edges, "tidy.", "published.", {known}), heading


def _headings(edges: Iterable[Edge]) -> set[str]:
    return {edge.from_column for edge in edges if edge.from_table.startswith("published.")}


def _bare(heading: str) -> str:
    return heading.replace(" ", "")


def test_every_column_and_measure_reaches_a_published_heading_or_the_edition() -> None:
    for feed, contract in contracts().items():
        edges = contract_edges(contract)
        told = {(edge.to_table, edge.to_column) for edge in edges if edge.use == "value"}
        assert {(f"tidy.{feed}", name) for name in contract.columns} <= told
        assert {(f"measures.{feed}", name) for name in contract.measures} <= told
        untold = [edge for edge in edges if (edge.from_table, edge.from_column) not in told]
        ends = {edge.from_table for edge in untold}
        assert {end for end in ends if not end.startswith(("tidy.", "quarantine."))} <= {
            f"published.{feed}",
            "archive.source_file",
        }
        every = {heading for column in contract.columns.values() for heading in column.published}
        assert every <= _headings(edges), feed
