"""Which KPI values use an edition: the feeds and measures behind each KPI, the figures affected by
an edition, and the refresh in which a check was made."""

from __future__ import annotations

import polars as pl

from warehouse.base.months import parse_month
from warehouse.contract.cumulative_measures import cumulative_figure
from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import Kpi
from warehouse.mart.disclosure import may_be_named
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.inputs import summed_as
from warehouse.mart.other_periods import period_figures
from warehouse.reference.levels import KEY_COLUMNS
from warehouse.reference.organisations import ENGLAND
from warehouse.settings import Disclosure
from warehouse.transform.measure import definition

# The organisations and months of which an edition has the newest figure.
_OWN = """SELECT DISTINCT s.org_level, s.org_code, s.month FROM governance.figure_source AS s
        ANTI JOIN (FROM governance.figure_source
                   WHERE feed = of_feed AND edition > of_edition) AS later
            ON later.month = s.month AND later.org_level = s.org_level
            AND later.org_code = s.org_code
        WHERE s.feed = of_feed AND s.edition = of_edition"""

_USING = """SELECT k.kpi_id, k.org_level, c.cumulative_from
            FROM governance.kpi_feed AS k JOIN governance.measure AS c USING (feed, measure)
            WHERE k.feed = of_feed"""


def create_kpi_feed(db: Connection, kpis: dict[str, Kpi]) -> None:
    """Create `governance.kpi_feed` in the attached mart: one row per KPI, level and measure."""
    rows = [
        {
            "kpi_id": kpi.kpi_id,
            "org_level": level,
            "part": part,
            "feed": feed,
            "measure": measure,
            "summed_as": summed[named],
        }
        for kpi in kpis.values()
        for source in kpi.sources
        for summed in [summed_as(source)]
        for level in source.levels
        for part, named in (
            ("numerator", source.numerator),
            ("denominator", source.beside if source.denominator else None),
            ("members", source.members),
        )
        if named
        for feed, _, measure in [named.partition(".")]
    ]
    create_from(db, "mart.governance.kpi_feed", pl.DataFrame(rows), "catalogue.kpi")


def create_measures(db: Connection, disclosure: Disclosure) -> None:
    """Create `governance.measure` in the attached mart: what each measure counts, and whether the
    organisations it counts may be named."""
    rows = [
        {
            "feed": feed,
            "measure": name,
            "title": measure.title,
            "definition": definition(contract, name),
            "unit": measure.unit,
            "org_level": contract.reporting_unit.level,
            "organisations_named": may_be_named(feed, contract.reporting_unit.level, disclosure),
            "additive_over_organisations": measure.additive_over_organisations,
            "additive_over_time": measure.additive_over_time,
            "not_additive_because": measure.not_additive_because,
            "weighted": measure.weighted,
            "first_month": measure.first_month and parse_month(measure.first_month),
            "last_month": measure.last_month and parse_month(measure.last_month),
            "cumulative_from": measure.cumulative_from,
            "cumulative_measure": cumulative_figure(contract.measures, name),
        }
        for feed, contract in contracts().items()
        if contract.reporting_unit
        for name, measure in contract.measures.items()
    ]
    text, days = ("not_additive_because", "cumulative_measure"), ("first_month", "last_month")
    known: dict[str, type[pl.DataType]] = {"cumulative_from": pl.Int32}
    known |= dict.fromkeys(text, pl.String) | dict.fromkeys(days, pl.Date)
    frame = pl.DataFrame(rows, schema_overrides=known, infer_schema_length=None)
    named = "disclosure.*"
    create_from(db, "mart.governance.measure", frame, "contract.measure", organisations_named=named)


def affected_views() -> dict[str, str]:
    """Return views, name -> SQL, for a mart opened on its own."""
    return {
        # Checks of a mart run once it is built, so they belong to the publication of their run;
        # if that mart was not published, to the next publication.
        "governance.refresh_check": """CREATE VIEW governance.refresh_check AS
            SELECT p.published_at AS refreshed_at, c.*
            FROM governance.check_result AS c
            ASOF JOIN governance.publication AS p ON c.checked_at <= p.published_at
            WHERE c.feed <> 'mart'
            UNION ALL
            SELECT coalesce(o.published_at, p.published_at), c.*
            FROM governance.check_result AS c
            ASOF LEFT JOIN governance.publication AS o
                ON o.run_id = c.run_id AND c.checked_at >= o.published_at
            ASOF LEFT JOIN governance.publication AS p ON c.checked_at <= p.published_at
            WHERE c.feed = 'mart'""",
    }


def affected_macros() -> dict[str, str]:
    """Return table macros, signature -> SQL, for a mart opened on its own."""
    # `figures_resting_on` is the name in earlier releases.
    names = ("figures_affected", "figures_resting_on")
    return {f"{name}(of_feed, of_edition)": _figures_affected() for name in names}


def _figures_affected() -> str:
    """SQL: figures that use an edition's newest figures, of the same month, or of the next month
    where that is taken from cumulative ones. Without WITH, which DuckDB 1.4.0 and 1.4.1 lose from
    macros in a file.

    KPIs and places are looked up apart: together they are as many as the figures. `u`: the KPIs and
    levels that use the feed; `r`: the places in the month, `n`: those in the month after.
    """
    own = "r.org_level = m.org_level AND r.org_code = m.org_code AND r.month = m.month"
    same_month = f"""
        SEMI JOIN ({_USING}) AS u ON u.kpi_id = m.kpi_id AND u.org_level = m.org_level
        SEMI JOIN ({_reached("w.month")}) AS r ON {own}
        WHERE m.value IS NOT NULL"""
    month_after = f"""
        SEMI JOIN ({_USING} AND c.cumulative_from IS NOT NULL) AS u
            ON u.kpi_id = m.kpi_id AND u.org_level = m.org_level
            AND u.cumulative_from <> month(m.month)
        SEMI JOIN ({_reached("(w.month + INTERVAL 1 MONTH)::DATE")}) AS n
            ON n.org_level = m.org_level AND n.org_code = m.org_code AND n.month = m.month
        ANTI JOIN ({_reached("w.month")}) AS r ON {own}
        WHERE m.value IS NOT NULL"""
    return f"{period_figures(same_month)} UNION ALL BY NAME {period_figures(month_after)}"


def _reached(month: str) -> str:
    """SQL: the organisations of which the edition has the newest figure, and the places to which
    they belong in a month (an expression of `w.month`): `org_level, org_code, month`."""
    places = ", ".join(
        f"{{'org_level': '{level}', 'org_code': o.{column}}}"
        for level, column in KEY_COLUMNS.items()
    )
    return f"""SELECT DISTINCT place.org_level AS org_level, place.org_code AS org_code, month
            FROM (
                SELECT w.month, unnest([
                    {{'org_level': w.org_level, 'org_code': w.org_code}}, {places},
                    {{'org_level': 'england', 'org_code': '{ENGLAND}'}}]) AS place
                FROM (SELECT w.* REPLACE ({month} AS month) FROM ({_OWN}) AS w) AS w
                LEFT JOIN organisation AS o
                    ON o.org_level = w.org_level AND o.org_code = w.org_code AND w.month
                        BETWEEN o.valid_from AND coalesce(o.valid_to, DATE '9999-12-31'))"""
