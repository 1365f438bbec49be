"""What meetings agreed: shipped ones of a place, and those of returns; and what is wrong with a
returned one. Not here: the figures that answer them (`decision_answers`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import polars as pl

from warehouse.base.home import Home
from warehouse.base.strict import Strict
from warehouse.base.text import perhaps
from warehouse.base.yaml_files import read_yaml
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.kpi.catalogue import catalogue
from warehouse.kpi.chart_choices import Fault
from warehouse.mart.analyst_tables import theme_views
from warehouse.mart.describe import descriptions
from warehouse.plan.delivery_plan import TextStatus
from warehouse.plan.plan_returns import PLACE, returned_rows
from warehouse.plan.roles import not_a_role
from warehouse.plan.row_faults import Row, faults_by_row, id_key, later_days
from warehouse.readers.raw_rows import SOURCE_ROW

AGREED = Path(__file__).with_name("agreed")
DECISIONS = "decisions"  # what a contract with such rows says at `plan:`
OPEN = "open"
SHIPPED, RETURNED = "shipped", "returned"
DECISION = pl.Schema(
    {
        **dict.fromkeys(("icb_code", "decision_id", "body"), pl.String()),
        **{"met_on": pl.Date(), "agreed": pl.String(), "status": pl.String()},
        **{"answered_by": pl.List(pl.String()), "answer": pl.String()},
        **{"answered_since": pl.Date(), "not_published": pl.String(), "why_not": pl.String()},
        **dict.fromkeys(("owner_role", "minutes", "status_of_text", "set_by"), pl.String()),
        **{"edition": pl.String(), "sha256": pl.String(), SOURCE_ROW: pl.UInt32()},
        "synthetic": pl.Boolean(),
    }
)


class Agreed(Strict):
    """Something that a meeting agreed, and what answers it: KPIs, or tables of the mart."""

    agreed: str
    status: Literal["open", "answered", "answered in part"]
    answered_by: tuple[str, ...]
    answer: str
    not_published: str | None = None
    why_not: str | None = None


class AgreedItems(Strict):
    """What one body agreed, by id."""

    body: str
    minutes: str
    text: TextStatus
    decisions: dict[str, Agreed]


def agreed_files() -> list[Path]:
    """The shipped files, one for each place."""
    return sorted(AGREED.glob("*.yaml"))


def shipped_decisions(icb: str) -> pl.DataFrame:
    """The decisions that are shipped for a place, with the columns of `DECISION`."""
    rows: list[dict[str, object]] = []
    for path in agreed_files():
        if path.stem == icb:
            items = AgreedItems.model_validate(read_yaml(path))
            of_all: dict[str, object] = {
                "icb_code": icb,
                "body": items.body,
                "minutes": items.minutes,
            }
            of_all |= {"status_of_text": items.text, "set_by": SHIPPED, "synthetic": False}
            rows += [
                {**of_all, "decision_id": name, **one.model_dump()}
                for name, one in items.decisions.items()
            ]
    return pl.DataFrame(rows, schema=DECISION)


def returned_decisions(home: Home, placed: Iterable[EditionFile]) -> pl.DataFrame:
    """The last word of accepted returns on each decision, with the columns of `DECISION`."""
    frames = [
        rows.with_columns(
            pl.col("decision_id").map_elements(id_key, pl.String),
            pl.col("answered_by").map_elements(names_in, pl.List(pl.String)),
            *(pl.lit(None, pl.String).alias(name) for name in ("answer", "status_of_text")),
            pl.lit(RETURNED).alias("set_by"),
        ).select("month", *DECISION, PLACE)
        for rows in returned_rows(home, placed, DECISIONS, faults_of_decisions)
    ]
    found = pl.concat(
        [pl.DataFrame(schema={"month": pl.Date, **DECISION, PLACE: pl.Int32}), *frames]
    )
    last = found.sort("month", PLACE, SOURCE_ROW).unique(
        ["icb_code", "decision_id"], keep="last", maintain_order=True
    )
    return last.select(list(DECISION)).sort("icb_code", "decision_id")


def names_in(text: str | None) -> list[str]:
    """Ids of KPIs and tables in a cell, separated by semicolons."""
    return [one.strip().casefold() for one in re.split(r"[;\n]", text or "") if one.strip()]


def known_tables() -> dict[str, str]:
    """Name, with and without its schema -> full name, of the mart's tables and views."""
    words = descriptions()
    full = [*words["tables"], *words["views"], *theme_views(catalogue())]
    return {name: one for one in full for name in (one, one.rpartition(".")[2])}


def faults_of_decisions(
    rows: Sequence[Row], role_words: Collection[str] = ()
) -> Iterator[tuple[Row, Fault]]:
    """Each faulty row (tidy) with what is wrong with it, in the order of the rows. `role_words`:
    the home's own."""
    return faults_by_row(rows, partial(_of_row, role_words), "decision_id", "decision")


def _of_row(role_words: Collection[str], row: Row) -> Iterator[Fault]:
    known = {**dict.fromkeys(catalogue(), ""), **dict.fromkeys(known_tables(), "")}
    for name in names_in(row["answered_by"]):
        if name not in known:
            told = f"ids of KPIs and tables, and there is no `{name}`{perhaps(name, known)}"
            yield Fault("answered_by", told)
    if fault := not_a_role("owner_role", row["owner_role"], role_words):
        yield fault
    yield from later_days(row, "met_on", "answered_since")
    if row["status"] == OPEN and row["answered_since"]:
        yield Fault("answered_since", "nothing while it is open")
    if row["status"] not in (OPEN, None):
        for column, wanted in (
            ("answered_by", "what answers it"),
            ("answered_since", "since when"),
        ):
            if row[column] is None:
                yield Fault(column, f"{wanted}, because the status is {row['status']}")
    if row["not_published"] and not row["why_not"]:
        yield Fault("why_not", "why that is not published")
