"""Business rule of funding: schemes that are paid to networks stand beside a practice's code."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, listed, offences
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from warehouse.readers.raw_rows import SOURCE_ROW

OF_NETWORKS = (
    "Capacity and Access Support Payment",
    "Capacity and Access Improvement Payment",
    "Additional roles",
    "Investment and Impact Fund",
)


def payee(view: EditionView) -> Evidence:
    """Find rows in which a practice is paid under a scheme for networks."""
    rows = view.scan_tidy().select(SOURCE_ROW, "practice_code", pl.col("scheme").cast(pl.String))
    every = rows.collect().sort(SOURCE_ROW)
    wrong = every.filter(pl.col("scheme").is_in(OF_NETWORKS))
    found = [f"row {row}: {code}, {scheme}" for row, code, scheme in wrong.iter_rows()]
    return offences(
        "funding_payee",
        found,
        expected="schemes of practices beside codes of practices",
        observed=f"{len(found):,} of {every.height:,} rows have a scheme of networks",
        total=every.height,
        message=f"{listed(found, mark='; ')}: paid to networks; check the code, or the scheme",
        column="scheme",
    )


RULES = {"funding_payee": Rule(payee)}
