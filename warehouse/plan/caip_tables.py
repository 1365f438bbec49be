"""Tables of the improvement payment in schema `plan`: each network's assessment beside its figures,
all its evidence, and the history of what was declared and decided. Not here: how they are worked
out (`assessments`, `caip_evidence`)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.base.home import Home
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.other_periods import every_figure
from warehouse.plan.assessments import (
    ASSESSMENTS,
    KEY,
    RENAMED,
    STATED,
    latest_assessments,
    read_assessments,
)
from warehouse.plan.caip_evidence import AREA, evidence_of_networks, networks_of
from warehouse.plan.improvement_payment import improvement_payment
from warehouse.plan.plan_evidence import FIGURES
from warehouse.plan.plan_returns import SOURCE_FILE, origins
from warehouse.plan.why_none import statuses_without_value, why_none

NETWORK = [*AREA, "pcn_code"]
HEADLINE = (
    *("kpi_id", "kpi_title", "unit", "baseline_month", "baseline_value", "latest_month"),
    *("latest_value", "status", "change", "signal", "variation"),
)
SCHEME = "reference.improvement_payment"
NETWORKS = ("mart.organisation.org_code", "mart.organisation.icb_code")


def create_caip(
    db: Connection, home: Home, placed: Sequence[EditionFile], icb: str, synthetic: bool
) -> None:
    """Create the tables of the payment in the attached mart. `icb`: whose networks are assessed,
    returned or not; `synthetic`: whether the figures are."""
    stated = read_assessments(home, placed)
    networks = networks_of(db, icb)
    evidence = _with_reasons(db, home, placed, evidence_of_networks(db, networks))
    said = origins(ASSESSMENTS, *KEY, *STATED, **RENAMED)
    found = assessments(latest_assessments(stated), evidence, networks, icb, synthetic)
    create_from(db, "mart.plan.caip_assessment", found, None, **_origins(said))
    marked = evidence.with_columns(pl.lit(synthetic).alias("synthetic"))
    create_from(db, "mart.plan.caip_evidence", marked, None, **_origins(said))
    steps = stated.with_columns(
        pl.col("maximum_per_patient", "adjusted_population").cast(pl.Float64),
        (pl.int_range(pl.len()).over(KEY) + 1).cast(pl.Int32).alias("step"),
    )
    create_from(db, "mart.plan.caip_assessment_history", steps, None, **_origins(said))


def _with_reasons(
    db: Connection, home: Home, placed: Sequence[EditionFile], evidence: pl.DataFrame
) -> pl.DataFrame:
    """The evidence, which of a KPI without any figure of a network says why there is none."""
    table = every_figure("kpi_id, org_level, value")
    known = db.sql(
        f"SELECT DISTINCT kpi_id FROM ({table}) WHERE org_level = 'pcn' AND value IS NOT NULL"
    ).pl()["kpi_id"]
    words = why_none(home, placed, statuses_without_value(db))
    without = set(evidence["kpi_id"]) - set(known)
    reasons = {kpi: f"No figure. {words(catalogue()[kpi], 'pcn')}" for kpi in sorted(without)}
    said = pl.col("kpi_id").replace_strict(reasons, default=None, return_dtype=pl.String)
    return evidence.with_columns(pl.coalesce(said, "missing").alias("missing"))


def assessments(
    stated: pl.DataFrame,
    evidence: pl.DataFrame,
    networks: pl.DataFrame,
    icb: str,
    synthetic: bool,
) -> pl.DataFrame:
    """A row per network, year and area: of every network of the ICB, and of others that a return
    names. The figures are those of the first KPI of the area that shows a change, else that has a
    figure, else the first; `evidence_missing` says what the others lack."""
    shown = evidence.with_columns(pl.col("change").is_null().alias("_no_change")).sort(
        pl.col("_no_change"), pl.col("latest_value").is_null(), maintain_order=True
    )
    first = shown.unique(NETWORK, keep="first", maintain_order=True).select(*NETWORK, *HEADLINE)
    lacking = pl.format("{}: {}", "kpi_title", "missing").drop_nulls()
    listed = evidence.group_by(NETWORK, maintain_order=True).agg(
        pl.col("kpi_id").alias("evidence_kpis"), lacking.alias("evidence_missing")
    )
    own = listed.with_columns(pl.lit(icb).alias("icb_code"))
    every = pl.concat([own.select(KEY), stated.select(KEY)]).unique().sort(KEY)
    found = every.join(first, on=NETWORK, how="left").join(listed, on=NETWORK, how="left")
    found = found.join(networks.select("pcn_code", "pcn_name"), on="pcn_code", how="left")
    found = found.join(stated, on=KEY, how="left").join(_areas(), on=list(AREA), how="left")
    return found.with_columns(
        pl.col("maximum_per_patient", "adjusted_population").cast(pl.Float64),
        pl.col("evidence_missing").list.join(" "),
        pl.col("synthetic").fill_null(synthetic),
    ).sort(KEY)


def _areas() -> pl.DataFrame:
    rows = [
        {
            "financial_year": area.year,
            "area": name,
            "area_title": area.title,
            "beside_figures": area.beside,
        }
        for name, area in improvement_payment().areas.items()
    ]
    return pl.DataFrame(rows)


def _origins(said: dict[str, str]) -> dict[str, str | Sequence[str]]:
    """Where the columns of the three tables come from."""
    compared = ("baseline_month", "baseline_value", "latest_month", "latest_value", "status")
    money = (said["adjusted_population"], said["maximum_per_patient"], said["share_approved"])
    computed = ("maximum_amount", "amount", "amount_because")
    keys = ("pcn_code", "icb_code")
    return {
        **said,
        **{name: (said[name], *NETWORKS) for name in keys},
        **{name: (said[name], SCHEME + ".areas") for name in AREA},
        "pcn_name": "mart.organisation.org_name",
        **{name: f"{SCHEME}.{name}" for name in ("area_title", "beside_figures", "evidence_kpis")},
        **dict.fromkeys(("kpi_id", "baseline_wanted"), SCHEME + ".areas"),
        **{name: f"catalogue.kpi.{of}" for name, of in (("kpi_title", "title"), ("unit", "unit"))},
        **dict.fromkeys((*compared, "change", "missing", "evidence_missing"), FIGURES),
        **{name: f"mart.kpi_spc.{name}" for name in ("signal", "variation")},
        **dict.fromkeys(computed, (*money, f"{SCHEME}.schemes", said["decision"])),
        "step": said["stated_in"],
        "synthetic": f"{SOURCE_FILE}.synthetic",
    }
