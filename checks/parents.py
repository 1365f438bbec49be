"""Evidence on the hierarchy: each row's ICB against the one its sub-ICB belongs to, and whether its
local authority exists. Not here: the reference (`warehouse.reference`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl

from checks.check_evidence import MEETING, Evidence, listed, offences, skipped
from checks.edition_view import EditionView
from warehouse.base.months import month_text
from warehouse.contract.model import Contract
from warehouse.reference import local_authorities
from warehouse.reference.organisations import ods_codes, reference
from warehouse.transform.derived import read_derived
from warehouse.transform.measure import month_of

RULE = "icb_of_sub_icb"
COMPARED = ("item", "text", "expected")


def columns_of(contract: Contract) -> tuple[str, str] | None:
    """Return the columns with a row's sub-ICB and ICB; None if it does not have both."""
    for one in contract.organisations:
        sub_icb = one.code if one.level == "sub_icb" else one.parents.get("sub_icb")
        if sub_icb and "icb" in one.parents:
            return sub_icb, one.parents["icb"]
    return None


def icbs(view: EditionView) -> Evidence:
    """Check each distinct (sub-ICB, ICB, month) of the rows, where the reference has the sub-ICB.

    The reference must agree as at the row's month or the edition's, because publishers restate
    earlier months on the boundaries of the release. An ICB that it never has is wrong.
    """
    named = _named(view)
    if named.is_empty():
        return skipped(RULE, "no row has both a sub-ICB and an ICB")
    known = {*reference()["org_code"]}
    judged = named.filter(pl.col("sub_icb").is_in(known))
    wrong = judged.filter(
        ~pl.Series(
            [
                icb in (parent_at(sub_icb, month), parent_at(sub_icb, view.month))
                for sub_icb, icb, month in judged.select("sub_icb", "icb", "month").iter_rows()
            ],
            dtype=pl.Boolean,
        )
    )
    unknown = named.height - judged.height
    unchecked = f"; {unknown:,} of unknown sub-ICBs are not checked" if unknown else ""
    observed = f"{wrong.height:,} of {judged.height:,} sub-ICB-months disagree{unchecked}"
    right = judged.join(wrong, on=judged.columns, how="anti").head(MEETING)
    if wrong.is_empty():
        evidence = offences(RULE, [], "the ICB of the dated reference", observed, view.rows)
    else:
        evidence = _contradicted(view, wrong, observed)
    return replace(evidence, frame=pl.concat([_compared(wrong), _compared(right, same=True)]))


def _compared(pairs: pl.DataFrame, same: bool = False) -> pl.DataFrame:
    """Return `item, text, expected`: sub-ICB and month, its ICB, and that of the reference. `same`:
    the two agree (a row may have the ICB of its own month, or of the edition's)."""
    rows = [
        (
            f"{sub_icb} {month_text(month)}",
            icb,
            icb if same else parent_at(sub_icb, month) or "none",
        )
        for sub_icb, icb, month in pairs.select("sub_icb", "icb", "month").iter_rows()
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(COMPARED, pl.String), orient="row")


def _named(view: EditionView) -> pl.DataFrame:
    """Return `sub_icb, icb` in ODS codes, `sub_icb_said, icb_said` as published, and `month`."""
    columns = {"sub_icb": "sub_icb_code", "icb": "icb_code"}
    own = pl.when(pl.col("org_level") == "sub_icb").then("org_code").otherwise("sub_icb_code")
    seen = read_derived(view.home, "organisations", view.files)
    said = seen.with_columns(own.alias("sub_icb_code")).select(
        *[pl.col(column).alias(f"{name}_said") for name, column in columns.items()], "month"
    )
    return (
        said.drop_nulls()
        .unique(maintain_order=True)
        .with_columns(pl.col(f"{n}_said").replace(ods_codes()).alias(n) for n in columns)
    )


def parent_at(sub_icb: str, month: date) -> str | None:
    """Return the ICB of a sub-ICB in a month, None if the reference has none."""
    spans = _icbs().get(sub_icb, ())
    return next((icb for first, last, icb in spans if first <= month <= last), None)


@cache
def _icbs() -> dict[str, list[tuple[date, date, str]]]:
    """Sub-ICB -> first and last day in an ICB, and the ICB; asked for some thousand times."""
    found: dict[str, list[tuple[date, date, str]]] = {}
    rows = reference().filter(org_level="sub_icb")
    for code, *span in rows.select(
        "org_code", "effective_from", "effective_to", "parent_code"
    ).iter_rows():
        found.setdefault(code, []).append((span[0], span[1], span[2]))
    return found


def _contradicted(view: EditionView, wrong: pl.DataFrame, observed: str) -> Evidence:
    """Return evidence of the pairs that disagree, with the numbers of their rows and practices."""
    sub_icb, icb = columns_of(view.contract) or ("", "")
    unit, keys = view.contract.reporting_unit, ["sub_icb_said", "icb_said", "month"]
    rows = (
        view.scan_tidy()
        .select(
            pl.col(sub_icb).alias("sub_icb_said"),
            pl.col(icb).alias("icb_said"),
            month_of(view.contract, view.month).alias("month"),
            pl.col(unit.code if unit else sub_icb).alias("org_code"),
        )
        .join(wrong.lazy(), on=keys, how="semi")
        .collect(engine="streaming")
    )
    pairs = wrong.unique(keys[:2], maintain_order=True).sort("sub_icb", "icb")
    told = [
        f"{one['sub_icb']} has ICB {one['icb']}, the reference has "
        f"{parent_at(one['sub_icb'], one['month'])}"
        for one in pairs.iter_rows(named=True)
    ]
    months = sorted(month_text(month) for month in wrong["month"].unique())
    of_practices = unit is not None and unit.level == "practice"
    practices = f" of {rows['org_code'].n_unique():,} practice(s)" if of_practices else ""
    return offences(
        RULE,
        told,
        expected="the ICB of the dated reference",
        observed=observed,
        total=view.rows,
        message=f"{rows.height:,} row(s){practices}, {listed(months)}: {listed(told, mark='; ')}. "
        "Figures use the sub-ICB; ask the publisher which of the two is right",
        failed=rows.height,
    )


def board_column(contract: Contract) -> str | None:
    """Return the column with a row's local authority; None if there is none."""
    named = [one.code for one in contract.organisations if one.level == "local_authority"]
    return named[0] if named else None


def boards(view: EditionView) -> Evidence:
    """Find health and wellbeing boards that match no local authority."""
    column = board_column(view.contract) or ""
    named = view.newest_rows(column).select(pl.col(column).cast(pl.String).alias("board"))
    counted = named.drop_nulls().group_by("board").len().sort("board")
    known = [local_authorities.code_of(board) is not None for board in counted["board"]]
    unknown = counted.filter(~pl.Series(known, dtype=pl.Boolean))
    shown = listed([f"`{board}` ({rows:,})" for board, rows in unknown.iter_rows()])
    return Evidence(
        "boards_known",
        column,
        counted.select(pl.col("board").alias("text")),
        expected="boards that are local authorities",
        observed=f"{unknown.height:,} unknown of {counted.height:,} boards",
        failed_rows=int(unknown["len"].sum()),
        total_rows=named.height,
        message=f"pharmacies under boards that match no local authority: {shown}; if a spelling is "
        "new, add it to warehouse/reference/local_authorities.csv"
        if shown
        else "",
    )
