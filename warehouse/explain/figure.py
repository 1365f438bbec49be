"""One figure as the mart explains it, as an object to print or to write as JSON.

Belongs here: querying macro `explain`, and the errors for figures it does not have. Does not: the
rows of files (`source_rows`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.base.errors import Refusal
from warehouse.base.months import month_text
from warehouse.base.sql import open_mart
from warehouse.base.text import unknown
from warehouse.kpi.catalogue import catalogue

Record = dict[str, Any]
# Sections of macro `explain` that may have several rows -> their names in the result.
LISTS = {
    "part": "parts",
    "organisation": "organisations",
    "source": "sources",
    "check": "checks",
    "correction": "corrections",
    "override": "overrides",
    "caveat": "caveats",
    "left_out": "left_out",
    "vintage": "vintages",
}


class Unanswerable(Refusal):
    """The mart does not have the requested figure; why, and what it has instead."""


@dataclass(frozen=True)
class Explanation:
    """One figure: `figure` and `formula` as records, and lists of records by name, with the columns
    of macro `explain` that are not NULL. `cells`: the organisations one by one, also those of a
    local return, which are not named in `lists`."""

    kpi_id: str
    figure: Record
    formula: Record
    lists: dict[str, list[Record]]
    cells: list[Record]

    def as_json(self) -> Record:
        """Return all but the cells, for programs."""
        return {"kpi_id": self.kpi_id, **self.figure, "formula": self.formula, **self.lists}


def explain(
    mart: Path, kpi_id: str, org_code: str, month: date, edition: str | None = None
) -> Explanation:
    """Explain one figure of a published mart; `edition`: as known with that edition.

    Raises Unanswerable if the mart has no such figure, naming what it has instead.
    """
    with open_mart(mart) as db:
        try:
            found = db.execute(
                "FROM explain($kpi, $code, $month, as_of := $edition)",
                {"kpi": kpi_id, "code": org_code, "month": month, "edition": edition},
            )
        except duckdb.CatalogException:
            raise Unanswerable(
                "The mart was built by a version that could not explain figures.",
                "Run access-recovery refresh to rebuild it.",
            ) from None
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        if not rows:
            raise _why_not(db, kpi_id, org_code, month, edition)
        sections: dict[str, list[Record]] = {name: [] for name in ("figure", "formula", *LISTS)}
        for row in rows:
            kept = {name: value for name, value in row.items() if value is not None}
            sections[kept.pop("section")].append(kept)
        [figure], [formula] = sections["figure"], sections["formula"]
        figure = dict.fromkeys(("value", "numerator", "denominator")) | figure
        lists = {name: sections[section] for section, name in LISTS.items()}
        cells = lists["organisations"]
        if not all("org_code" in one for one in cells):
            cells = _cells(db, kpi_id, figure, month)
    return Explanation(kpi_id, figure, formula, lists, cells)


def _cells(db: duckdb.DuckDBPyConnection, kpi_id: str, figure: Record, month: date) -> list[Record]:
    import polars as pl

    from warehouse.editions.parts_and_revisions import vintage_of
    from warehouse.explain.counted import FIGURES, cells_of

    vintage = vintage_of(figure["edition"], figure["revision"])
    asked = [(kpi_id, figure["org_level"], figure["org_code"], month, vintage)]
    cells = cells_of(db, pl.DataFrame(asked, schema=FIGURES, orient="row"))
    return cells.drop("org_code").rename({"cell_code": "org_code"}).to_dicts()


def _why_not(
    db: duckdb.DuckDBPyConnection, kpi_id: str, code: str, month: date, edition: str | None
) -> Unanswerable:
    """Return why there is no such figure: by KPI, organisation, month, then edition."""
    known = [one for (one,) in db.execute("SELECT kpi_id FROM kpi ORDER BY ALL").fetchall()]
    if kpi_id not in known:
        return Unanswerable(*unknown("KPI", kpi_id, known))
    names = db.execute(
        """SELECT org_code, max(org_name) FROM kpi_period WHERE kpi_id = $kpi
           GROUP BY ALL ORDER BY ALL""",
        {"kpi": kpi_id},
    ).fetchall()
    if code not in dict(names):
        return _no_place(db, kpi_id, code, dict(names))
    [(first, last, here)] = db.execute(
        """SELECT min(period_label), max(period_label), bool_or(month = $month) FROM kpi_period
           WHERE kpi_id = $kpi AND org_code = $code AND (value IS NOT NULL OR month = $month)""",
        {"kpi": kpi_id, "code": code, "month": month},
    ).fetchall()
    kind, label = _period(kpi_id, month)
    about = f"{kpi_id} of {code} for {label}"
    out = _left_out(db, kpi_id, month)
    if not here:
        return Unanswerable(f"The mart has no {about}.", out or f"It has {first} to {last}.")
    editions = db.execute(
        """SELECT DISTINCT edition || CASE WHEN revision > 1 THEN '.' || revision ELSE '' END
           FROM kpi_vintage WHERE kpi_id = $kpi AND org_code = $code AND month = $month
           ORDER BY ALL""",
        {"kpi": kpi_id, "code": code, "month": month},
    ).fetchall()
    if not editions:
        return Unanswerable(
            f"{about} is not available: no accepted edition covers this {kind}.",
            out or "Import the edition that covers it; access-recovery status lists the editions.",
        )
    return Unanswerable(
        f"No edition up to {edition} has {about}.",
        f"It is in {', '.join(one for (one,) in editions)}.",
    )


def _no_place(
    db: duckdb.DuckDBPyConnection, kpi_id: str, code: str, names: dict[str, str]
) -> Unanswerable:
    from warehouse.explain.no_figures import levels_of, no_figures
    from warehouse.reference.special_services import not_shown_alone

    known = code in not_shown_alone() or levels_of(db, code)
    return Unanswerable(
        *(no_figures(db, kpi_id, code) if known else unknown("organisation", code, names))
    )


def _period(kpi_id: str, month: date) -> tuple[str, str]:
    """Return the kind of a KPI's period, and the label of the one that ends in this month."""
    kpi = catalogue().get(kpi_id)  # an older mart may have another
    return (kpi.period.words, kpi.period.label(month)) if kpi else ("month", month_text(month))


def _left_out(db: duckdb.DuckDBPyConnection, kpi_id: str, month: date) -> str:
    """Describe editions of the KPI's feeds that cover the month but are not in the mart."""
    rows = db.execute(
        """SELECT e.feed, e.edition, e.status,
                  coalesce(CASE WHEN e.override_lapsed IS NULL THEN e.override_reason END,
                           e.reasons, '')
                  || coalesce('. Stays published: ' || e.stays_published, '')
           FROM governance.edition AS e
           WHERE e.feed IN (SELECT feed FROM governance.kpi_feed WHERE kpi_id = $kpi)
             AND strftime($month::DATE, '%Y-%m') BETWEEN e.first_month AND e.last_month
             AND e.status IN ('held', 'pending', 'withdrawn')
           ORDER BY ALL""",
        {"kpi": kpi_id, "month": month},
    ).fetchall()
    return "; ".join(
        f"edition {edition} of {feed} is {status}{f': {why}' if why else ''}"
        for feed, edition, status, why in rows
    )
