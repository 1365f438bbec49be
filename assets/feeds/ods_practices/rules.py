"""Business rule of the register of practices: whether the publisher's ICB is the commissioner's."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import Evidence, listed, offences
from checks.edition_view import EditionView
from checks.feed_rules import Rule
from checks.parents import parent_at
from warehouse.transform.measure import matching

OPEN, SHOWN = "open_practices", 10


def icbs(view: EditionView) -> Evidence:
    """Compare the ICB of each practice that is not closed with that of its commissioner."""
    measure = view.contract.measures[OPEN]
    rows = (
        view.scan_tidy()
        .filter(matching(measure), pl.col("closed_on").is_null())
        .select("practice_code", "practice_name", "commissioner_code", "icb_code")
        .drop_nulls()
        .sort("practice_code")
        .collect()
    )
    icb = [parent_at(code, view.month) for code in rows["commissioner_code"]]
    judged = rows.with_columns(pl.Series("wanted", icb, pl.String)).drop_nulls("wanted")
    wrong = judged.filter(pl.col("icb_code") != pl.col("wanted"))
    told = [
        f"{one['practice_code']} {one['practice_name']} has ICB {one['icb_code']}, its "
        f"commissioner {one['commissioner_code']} is in {one['wanted']}"
        for one in wrong.iter_rows(named=True)
    ]
    return offences(
        "icb_of_commissioner",
        told,
        expected="the ICB of the commissioner by the dated reference",
        observed=f"{wrong.height:,} of {judged.height:,} open practices disagree",
        total=judged.height,
        message=f"{listed(told, SHOWN, '; ')}; figures use the commissioner",
    )


RULES = {"icb_of_commissioner": Rule(icbs)}
