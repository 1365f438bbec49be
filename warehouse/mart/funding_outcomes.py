"""`kpi_funding_outcome`: what practices and networks were paid for a financial year beside how
their figures changed, point by point for a scatter. No verdict: who was paid more differs in much
else. Not here: the methods (`warehouse.statistics`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from warehouse.kpi.catalogue import Kpi
from warehouse.mart.comparisons import FUNNELS, SMALL, SMALLEST_LIST, SPECIAL, not_comparable
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.organisation_beginnings import SINCE, load_beginnings, with_since
from warehouse.mart.peers import LISTS
from warehouse.reference.levels import sql_list
from warehouse.reference.special_services import LEVEL as PRACTICE
from warehouse.statistics.association import CONFIDENCE, LEAST, VERSION, rank_correlation
from warehouse.statistics.intervals import byar, difference, wilson

MONEY = "pounds"  # the unit of what was paid
PAYEES = (PRACTICE, "pcn")
PARAMETERS = f"{VERSION}; change on pounds per patient; from {LEAST} organisations"
NO_PAYMENT = "What was paid is not known."
NO_LIST = "Its registered patients are not known."
NO_CHANGE = "No figure of this year or of the one before."
SET = ["funding_kpi_id", "kpi_id", "org_level", "month"]
VALUES = ("value", "numerator", "denominator", "lower95", "upper95")
CHANGES = ("previous_year_value", "change", "change_lower95", "change_upper95")
AGREE = ("rank_correlation", "rank_correlation_lower95", "rank_correlation_upper95")
TEXT = dict.fromkeys(("funding_kpi_id", "kpi_id", "org_level", "org_code"), pl.String)
COLUMNS = pl.Schema(
    {
        **{"month": pl.Date, "financial_year": pl.String, **TEXT},
        **dict.fromkeys(("pounds", "patients", "pounds_per_patient"), pl.Float64),
        **dict.fromkeys((*VALUES, *CHANGES), pl.Float64),
        **{"counted": pl.Boolean, "not_counted_because": pl.String, "organisations": pl.Int64},
        **{**dict.fromkeys(AGREE, pl.Float64), "parameters": pl.String},
    }
)
YEARLY, MONTHLY = "mart.kpi_other_period", "mart.kpi_monthly"
_PAID = f"{YEARLY}.value"
_PARTS = tuple(
    f"{one}.{part}" for one in (MONTHLY, YEARLY) for part in ("numerator", "denominator")
)
_COUNTED = (_PAID, *_PARTS, f"{MONTHLY}.value", "mart.organisation.special_service")
ORIGINS: dict[str, str | Sequence[str]] = {
    **{name: f"{YEARLY}.{name}" for name in ("month", "financial_year", "org_level", "org_code")},
    **{"funding_kpi_id": f"{YEARLY}.kpi_id", "kpi_id": (f"{MONTHLY}.kpi_id", f"{YEARLY}.kpi_id")},
    **{"pounds": _PAID, "patients": f"{MONTHLY}.value"},
    "pounds_per_patient": (_PAID, f"{MONTHLY}.value"),
    **dict.fromkeys((*VALUES, *CHANGES), _PARTS),
    **dict.fromkeys(("counted", "not_counted_because", "organisations", *AGREE), _COUNTED),
    "parameters": "statistics.parameter.parameters",
    SINCE: "mart.organisation.valid_from",
}


def create_funding_outcome(db: Connection, kpis: Mapping[str, Kpi]) -> None:
    """Create `kpi_funding_outcome` in the attached mart, which must have figures, organisations and
    caveats.

    All is worked out from published figures.
    """
    paid = _payments(db, [kpi.kpi_id for kpi in kpis.values() if kpi.unit == MONEY])
    rows = pl.DataFrame(schema=COLUMNS)
    if not paid.is_empty():
        apart = not_comparable(db)
        outcomes = [kpi for kpi in kpis.values() if _is_outcome(kpi) and kpi.kpi_id not in apart]
        rows = _beside(paid, _years(db, outcomes)).select(list(COLUMNS)).cast(COLUMNS)
    rows = with_since(rows.sort(*SET, "org_code"), load_beginnings(db))
    create_from(db, "mart.kpi_funding_outcome", rows, None, **ORIGINS)


def _is_outcome(kpi: Kpi) -> bool:
    """Whether it is beside payments: a rate per 1,000 patients, or a share that has a better
    direction; a share of a mode is a choice, and no outcome."""
    kind = FUNNELS.get(kpi.unit)
    return kind == "rate" or (kind == "share" and kpi.polarity != "neutral")


def _payments(db: Connection, ids: list[str]) -> pl.DataFrame:
    """What each organisation was paid: a row per `funding_kpi_id`, organisation and financial year,
    with `pounds`, its `patients` in the last month of the year, and `special_service`."""
    found: pl.DataFrame = db.sql(
        f"""SELECT p.month, p.financial_year, p.kpi_id AS funding_kpi_id, p.org_level, p.org_code,
               p.value AS pounds, l.value AS patients, o.special_service
        FROM mart.kpi_other_period AS p
        LEFT JOIN mart.kpi_monthly AS l ON l.kpi_id = '{LISTS}' AND l.org_level = p.org_level
            AND l.org_code = p.org_code AND l.month = p.month
        LEFT JOIN (SELECT org_level, org_code, max(special_service) AS special_service
                   FROM mart.organisation GROUP BY ALL) AS o
            ON o.org_level = p.org_level AND o.org_code = p.org_code
        WHERE list_contains($ids, p.kpi_id) AND p.org_level IN ({sql_list(PAYEES)})
        ORDER BY ALL""",
        params={"ids": ids},
    ).pl()
    return found


def _years(db: Connection, kpis: Sequence[Kpi]) -> pl.DataFrame:
    """The KPIs' whole financial years: `kpi_id, is_share, org_level, org_code, year` (in which it
    ends), `numerator, denominator`, null unless every month has a figure. A rate is of the mean of
    patients, as `kpi_monthly.rolling_12_month_value`."""
    kinds = pl.DataFrame(
        [(kpi.kpi_id, FUNNELS[kpi.unit] == "share", kpi.period.is_month) for kpi in kpis],
        {"kpi_id": pl.String, "is_share": pl.Boolean, "is_month": pl.Boolean},
        orient="row",
    )
    db.register("kinds", kinds.to_arrow())
    named = "kpi_id, k.is_share, org_level, org_code, year(month + INTERVAL 9 MONTH) AS year"
    paid = f"org_level IN ({sql_list(PAYEES)})"
    found: pl.DataFrame = db.sql(
        f"""SELECT {named},
            CASE WHEN count(value) = 12 THEN sum(numerator) END AS numerator,
            CASE WHEN count(value) = 12 THEN CASE WHEN bool_and(k.is_share) THEN sum(denominator)
                ELSE avg(denominator) END END AS denominator
        FROM mart.kpi_monthly JOIN kinds AS k USING (kpi_id) WHERE k.is_month AND {paid}
        GROUP BY ALL
        UNION ALL
        SELECT {named}, any_value(numerator), any_value(denominator)
        FROM mart.kpi_other_period JOIN kinds AS k USING (kpi_id)
        WHERE NOT k.is_month AND {paid} AND value IS NOT NULL
        GROUP BY ALL HAVING count(*) = 1
        ORDER BY ALL"""
    ).pl()
    db.unregister("kinds")
    return found.with_columns(pl.col("year").cast(pl.Int64))


def _beside(paid: pl.DataFrame, years: pl.DataFrame) -> pl.DataFrame:
    """The payments of organisations of which a KPI is known, each with the KPI's figure of the year
    and how it changed, and how the two go together over all that are counted."""
    told = _with_limits(years).drop_nulls("value")
    key = ["org_level", "org_code", "year"]
    before = told.select(
        *("kpi_id", "org_level", "org_code", pl.col("year") + 1),
        *(pl.col(name).alias(f"_{name}") for name in ("value", "lower95", "upper95")),
    )
    found = paid.with_columns((pl.col("month").dt.year()).cast(pl.Int64).alias("year"))
    found = found.join(told, on=key).join(before, on=["kpi_id", *key], how="left")
    names = ("value", "lower95", "upper95")
    new, old = ([pl.col(mark + name) for name in names] for mark in ("", "_"))
    low, high = difference((new[0], new[1], new[2]), (old[0], old[1], old[2]))
    found = found.with_columns(
        (pl.col("pounds") / _positive("patients")).alias("pounds_per_patient"),
        pl.col("_value").alias("previous_year_value"),
        (pl.col("value") - pl.col("_value")).alias("change"),
        *(low.alias("change_lower95"), high.alias("change_upper95")),
        _not_counted().alias("not_counted_because"),
        pl.lit(PARAMETERS).alias("parameters"),
    ).with_columns(pl.col("not_counted_because").is_null().alias("counted"))
    agreed = rank_correlation(found.filter("counted"), SET, "pounds_per_patient", "change")
    agreed = agreed.rename({"units": "organisations"})
    return found.join(agreed, on=SET, how="left").with_columns(pl.col("organisations").fill_null(0))


def _with_limits(years: pl.DataFrame) -> pl.DataFrame:
    """The years with `value`, `lower95` and `upper95`, in the KPI's unit: a share, or a rate per
    1,000."""
    top, bottom = pl.col("numerator"), _positive("denominator")
    share = (top / bottom, *wilson(top, bottom, CONFIDENCE))
    rate = (top * (1000 / bottom), *(limit * (1000 / bottom) for limit in byar(top, CONFIDENCE)))
    return years.with_columns(
        pl.when("is_share").then(one).otherwise(other).alias(name)
        for name, one, other in zip(("value", "lower95", "upper95"), share, rate, strict=True)
    )


def _positive(name: str) -> pl.Expr:
    """A number by which may be divided; null where it is none."""
    return pl.when(pl.col(name) > 0).then(pl.col(name))


def _not_counted() -> pl.Expr:
    """Why a point is in no rank correlation; null if it is."""
    practice = pl.col("org_level") == PRACTICE
    return (
        pl.when(pl.col("pounds").is_null())
        .then(pl.lit(NO_PAYMENT))
        .when(~(pl.col("patients") > 0).fill_null(False))
        .then(pl.lit(NO_LIST))
        .when(pl.col("_value").is_null())
        .then(pl.lit(NO_CHANGE))
        .when(pl.col("special_service").is_not_null())
        .then(pl.lit(SPECIAL))
        .when(practice & (pl.col("patients") < SMALLEST_LIST))
        .then(pl.lit(SMALL))
    )
