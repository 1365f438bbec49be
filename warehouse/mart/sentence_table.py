"""`kpi_sentence`: the newest figure of each series in words, and the newest that is judged. Not
here: what sentences are made of (`sentence_facts`)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from warehouse.kpi.catalogue import Kpi
from warehouse.mart.figure_status import NOT_APPLICABLE, NOT_AVAILABLE
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.organisation_table import places_of_icb
from warehouse.mart.sentence_facts import FIGURE, SPC, Row, facts_of
from warehouse.reference.levels import SITES, sql_list
from warehouse.reference.special_services import LEVEL as PRACTICE
from warehouse.statistics.point_words import JUDGED_WITHIN
from warehouse.statistics.sentences import judgement, sentence

NETWORK = "pcn"  # the only level above sites of which there are more than people read
OF_FIGURE = ("month", "org_level", "org_code", "kpi_id", "organisation_key")
SCHEMA = pl.Schema(
    {
        "month": pl.Date,
        **dict.fromkeys(("org_level", "org_code", "kpi_id", "judgement", "sentence"), pl.String),
        "organisation_key": pl.String,
        "judged_month": pl.Date,
        **dict.fromkeys(("judged_judgement", "judged_sentence"), pl.String),
    }
)


def create_sentences(db: Connection, kpis: Mapping[str, Kpi], place: str) -> None:
    """Create `kpi_sentence` in the attached mart, which must have all tables of statistics: for
    sub-ICBs and above, local authorities, and networks and practices of the ICB `place`, the newest
    month of each KPI that has a figure, or one that is withheld, held or incomplete; and the newest
    that a chart judges, if it is no more than `JUDGED_WITHIN` months older."""
    few = (NETWORK, PRACTICE)
    others = sql_list(tuple(site for site in SITES if site != PRACTICE))
    asked = f"""SELECT kpi_id, org_level, org_code, max(month) AS month FROM {FIGURE}
        WHERE status NOT IN ('{NOT_AVAILABLE}', '{NOT_APPLICABLE}')
          AND org_level NOT IN ({others})
          AND (org_level NOT IN ({sql_list(few)}) OR (org_level, org_code) IN (
            SELECT (org_level, org_code) FROM ({places_of_icb(few)})))
        GROUP BY kpi_id, org_level, org_code"""
    judged = f"""SELECT s.kpi_id, s.org_level, s.org_code, max(s.month) AS month
        FROM {SPC} AS s JOIN ({asked}) AS a USING (kpi_id, org_level, org_code)
        WHERE s.signal IS NOT NULL AND s.month >= a.month - INTERVAL {JUDGED_WITHIN} MONTH
        GROUP BY ALL"""
    # Both at once: in many series they are the same month.
    both = facts_of(db, kpis, f"{asked} UNION {judged}", place=place)
    made: dict[tuple[str, str, str], Row] = {}
    for row, facts in both:  # the months of a series in order: the last is the newest
        own = made.setdefault((row["kpi_id"], row["org_level"], row["org_code"]), {})
        said = {"judgement": judgement(facts), "sentence": sentence(facts)}
        own |= {name: row[name] for name in OF_FIGURE} | said
        if facts.chart and facts.chart.not_judged is None:
            own |= {f"judged_{name}": text for name, text in said.items()}
            own["judged_month"] = row["month"]
    frame = pl.DataFrame(list(made.values()), schema=SCHEMA)
    create_from(db, "mart.kpi_sentence", frame, None, **ORIGINS)


_SAID = (
    *(f"{FIGURE}.{name}" for name in ("value", "previous_year_value", "status", "status_reason")),
    *(f"{SPC}.{name}" for name in ("signal", "not_judged_because", "direction")),
    *(f"{SPC}.{name}" for name in ("variation", "baseline_disputed_points", "assurance", "mean")),
    *(f"mart.kpi_target.{name}" for name in ("value", "beside", "from_month", "until_month")),
    *(f"mart.kpi.{name}" for name in ("title", "unit", "chart_basis")),
    *("mart.organisation.short_name", "mart.governance.caveat.caveat"),
    *("mart.kpi_other_period.numerator", "mart.kpi_other_period.denominator"),
    *("mart.kpi_comparison.england_value", "mart.calendar_month.working_days"),
)
ORIGINS: dict[str, str | tuple[str, ...]] = {
    **{name: f"{FIGURE}.{name}" for name in OF_FIGURE},
    "judgement": (f"{FIGURE}.value", *(f"{SPC}.{name}" for name in ("signal", "direction"))),
    "sentence": _SAID,
    "judged_month": (f"{FIGURE}.month", f"{SPC}.signal"),
    "judged_judgement": (f"{FIGURE}.value", *(f"{SPC}.{name}" for name in ("signal", "direction"))),
    "judged_sentence": _SAID,
}
