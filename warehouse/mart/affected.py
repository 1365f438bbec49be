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
    where that is taken from cumulative ones (`is_next`). Without WITH, which DuckDB 1.4.0 and 1.4.1
    lose from macros in a file.

    `w`: the organisations and months of which the edition has the newest figure; `r`: these and the
    places they belong to.
    """
    places = ", ".join(
        f"{{'org_level': '{level}', 'org_code': o.{column}}}"
        for level, column in KEY_COLUMNS.items()
    )
    return f"""
        SELECT m.* FROM kpi_period AS m
        SEMI JOIN (
            SELECT DISTINCT u.kpi_id, u.org_level, r.place.org_code AS org_code, r.month
            FROM (
                SELECT DISTINCT n.month, n.is_next, unnest([
                    {{'org_level': n.org_level, 'org_code': n.org_code}}, {places},
                    {{'org_level': 'england', 'org_code': '{ENGLAND}'}}]) AS place
                FROM (
                    SELECT w.org_level, w.org_code, t.is_next,
                           (w.month + to_months(t.is_next::INTEGER))::DATE AS month
                    FROM ({_OWN}) AS w, (VALUES (FALSE), (TRUE)) AS t (is_next)) AS n
                LEFT JOIN organisation AS o
                    ON o.org_level = n.org_level AND o.org_code = n.org_code AND n.month
                        BETWEEN o.valid_from AND coalesce(o.valid_to, DATE '9999-12-31')) AS r
            JOIN (
                SELECT k.kpi_id, k.org_level, c.cumulative_from FROM governance.kpi_feed AS k
                JOIN governance.measure AS c USING (feed, measure)
                WHERE k.feed = of_feed) AS u
                ON u.org_level = r.place.org_level
                AND (NOT r.is_next OR u.cumulative_from <> month(r.month))) AS a
            ON a.kpi_id = m.kpi_id AND a.org_level = m.org_level AND a.org_code = m.org_code
            AND a.month = m.month
        WHERE m.value IS NOT NULL"""
