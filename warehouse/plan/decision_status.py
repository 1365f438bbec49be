"""How far a decision is answered by what the mart has, and since when. Not here: what answers it
(`decision_answers`), the decisions (`decisions_agreed`).

What the product ships says at most how far something can be answered; what is missing lowers that.
The word of a return is its author's, and stays; what is missing stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from warehouse.base.text import plural
from warehouse.mart.hierarchy import Connection
from warehouse.plan.decisions_agreed import OPEN, SHIPPED
from warehouse.plan.why_none import NOT_AT_LEVEL
from warehouse.reference.levels import LEVELS

ANSWERED, PART = "answered", "answered in part"
OF_CLAIMS, NOT_COMPUTABLE = "claim", "not computable"
Row = dict[str, Any]


class Computed(NamedTuple):
    """How many figures of published statements there are, how many the mart can compute, and the
    first month of one that it can."""

    every: int
    computable: int
    first: date | None


def claims_computed(db: Connection) -> dict[str, Computed]:
    """Count the claims of the attached mart, by the body whose paper makes them."""
    found = db.execute(
        """SELECT source_body, count(*), count(*) FILTER (verdict <> $lacking),
                  min(first_month) FILTER (verdict <> $lacking)
           FROM mart.claim GROUP BY source_body ORDER BY source_body""",
        {"lacking": NOT_COMPUTABLE},
    ).fetchall()
    return {body: Computed(*told) for body, *told in found}


def claims_before(body: str, claims: Mapping[str, Computed]) -> Computed:
    """The claims that a body had before it: those of its own papers, or of the council whose
    commission it is (`Council, Commission`)."""
    return claims.get(body) or claims.get(body.partition(",")[0]) or Computed(0, 0, None)


def with_missing(
    decisions: pl.DataFrame, answers: pl.DataFrame, claims: Mapping[str, Computed]
) -> pl.DataFrame:
    """The decisions with `missing`: of what answers them, what is not there, and why; None if
    nothing. `claims`: by body. Of shipped ones also `status`, and `answered_since`: the first month
    of which there is an answering figure, None without one."""
    rows = []
    for one in decisions.iter_rows(named=True):
        own = answers.filter(
            (pl.col("icb_code") == one["icb_code"]) & (pl.col("decision_id") == one["decision_id"])
        )
        is_of_claims = OF_CLAIMS in (one["answered_by"] or [])
        rows.append(_judged(one, own, claims_before(one["body"], claims) if is_of_claims else None))
    schema = {**decisions.schema, "missing": pl.String()}
    return pl.DataFrame(rows, schema=schema)


def _judged(one: Row, answers: pl.DataFrame, claims: Computed | None) -> Row:
    of_kpis = answers.filter(pl.col("kpi_id").is_not_null())
    there = of_kpis.filter(pl.col("first_month").is_not_null())
    lacking = of_kpis.join(there, on="kpi_id", how="anti")
    missing = [_without_figures(lacking)] if lacking.height else []
    missing += _at_no_level(of_kpis.join(there, on="kpi_id", how="semi"))
    months = [month for month in (there["first_month"].min(), claims and claims.first) if month]
    is_whole, is_none = not missing, there.is_empty()
    if claims is not None:
        is_none = is_none and not claims.computable
        if claims.computable < claims.every:
            is_whole = False
            missing.append(_uncomputed(claims))
    told = one | {"missing": " ".join(missing) or None}
    if one["set_by"] != SHIPPED:
        return told
    status = OPEN if is_none else one["status"] if is_whole else PART
    return told | {"status": status, "answered_since": min(months, default=None)}


def _without_figures(lacking: pl.DataFrame) -> str:
    """KPIs without any figure, by reason."""
    reasons: dict[str, list[str]] = {}
    for title in lacking["kpi_title"].unique(maintain_order=True):
        own = lacking.filter(pl.col("kpi_title") == title)["none_because"]
        said = [one for one in own.unique(maintain_order=True) if one != NOT_AT_LEVEL]
        reasons.setdefault(said[0] if said else own[0], []).append(title)
    return " ".join(f"No figure of {', '.join(those)}: {why}" for why, those in reasons.items())


def _at_no_level(partly: pl.DataFrame) -> list[str]:
    """Levels of which nobody has a figure of KPIs that others have figures of, by reason; not those
    at which a KPI is published for nobody."""
    found: dict[tuple[str, str], list[str]] = {}
    short = partly.filter(pl.col("none_because") != NOT_AT_LEVEL)
    for level, why, title in short.select("org_level", "none_because", "kpi_title").rows():
        found.setdefault((level, why), []).append(title)
    return [
        f"By {LEVELS[level].singular} no figure of {', '.join(titles)}: {why}"
        for (level, why), titles in found.items()
    ]


def _uncomputed(claims: Computed) -> str:
    return (
        f"{claims.every - claims.computable} of {plural(claims.every, 'figure')} of the report "
        "can't be computed from what is imported: access-recovery claims says why of each."
    )
