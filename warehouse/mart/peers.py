"""With whom an organisation is compared: practices with those of the same deprivation and size,
places with the nearest ones by both. By the newest list and index in the mart."""

from __future__ import annotations

import math

import polars as pl

from warehouse.mart.hierarchy import Connection
from warehouse.reference.special_services import LEVEL as PRACTICE
from warehouse.statistics.ranking import nearest

MONTHS = 24  # that are compared
NEAREST = 5
PLACES = ("sub_icb", "icb")
# Lists from so many patients on, in bands.
BANDS = {
    0: "under 5,000",
    5000: "5,000 to 9,999",
    10_000: "10,000 to 14,999",
    15_000: "15,000 or more",
}
LISTS, INDEX = "registered_patients", "imd_2025_score"


def load_traits(db: Connection) -> pl.DataFrame:
    """`org_level, org_code, patients, imd_score, quintile, special_service, is_lasting` of every
    organisation, each as newest known; null where it is not. `is_lasting`: it was there throughout
    the months that are compared, and so can be a peer in each."""
    newest = " ".join(
        f"""LEFT JOIN (
            SELECT org_level, org_code, arg_max(value, month) AS value FROM mart.kpi_monthly
            WHERE kpi_id = '{kpi}' AND value IS NOT NULL GROUP BY ALL) AS {name}
            ON {name}.org_level = o.org_level AND {name}.org_code = o.org_code"""
        for kpi, name in ((LISTS, "l"), (INDEX, "i"))
    )
    found: pl.DataFrame = db.sql(
        f"""SELECT o.org_level, o.org_code, l.value AS patients, i.value AS imd_score,
               o.quintile, o.special_service,
               coalesce(o.first <= n.month - INTERVAL {MONTHS - 1} MONTH AND o.last >= n.month,
                        FALSE) AS is_lasting
        FROM (SELECT org_level, org_code, max(imd_quintile) AS quintile,
                     max(special_service) AS special_service, min(valid_from) AS first,
                     max(coalesce(valid_to, DATE '9999-12-31')) AS last
              FROM mart.organisation GROUP BY ALL) AS o
        CROSS JOIN (SELECT max(month) AS month FROM mart.kpi_monthly) AS n {newest}
        ORDER BY ALL"""
    ).pl()
    return found


def peer_groups(traits: pl.DataFrame) -> pl.DataFrame:
    """`org_level, org_code, peer_group` (in words), `peer`: a row per peer of a place; for
    practices `peer` is null, and those of the same words are peers. No group, no row."""
    size = pl.col("patients")
    band = pl.lit(None, pl.String)
    for least, patients in BANDS.items():
        band = pl.when(size >= least).then(pl.lit(patients)).otherwise(band)
    words = pl.format("practices of quintile {} with {} patients", "quintile", band)
    practices = traits.filter(
        pl.col("org_level") == PRACTICE, pl.col("special_service").is_null()
    ).select(
        "org_level", "org_code", words.alias("peer_group"), pl.lit(None, pl.String).alias("peer")
    )
    return pl.concat([practices, *(_places(traits, level) for level in PLACES)]).drop_nulls(
        "peer_group"
    )


def _places(traits: pl.DataFrame, level: str) -> pl.DataFrame:
    units = traits.filter(pl.col("org_level") == level, pl.col("is_lasting")).select(
        pl.col("org_code").alias("unit"),
        "imd_score",
        # Twice the size is as far from it as half the size.
        pl.col("patients").log(math.e).alias("size"),
    )
    pairs = nearest(units, ["imd_score", "size"], NEAREST)
    named = pairs.group_by("unit").agg(pl.col("peer").sort().str.join(", "))
    words = pl.format("nearest by deprivation and list size: {}", "peer").alias("peer_group")
    return pairs.join(named.select("unit", words), on="unit", maintain_order="left").select(
        pl.lit(level).alias("org_level"), pl.col("unit").alias("org_code"), "peer_group", "peer"
    )


def with_peers(points: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """The points (`kpi_id, month, org_level, org_code, value, ranked`) with `peer_group` and
    `peer_median`, of those that are ranked; of places null unless all peers are."""
    own = groups.select("org_level", "org_code", "peer_group").unique()
    named = points.join(own, on=["org_level", "org_code"], how="left", maintain_order="left")
    alike = (
        named.filter(pl.col("org_level") == PRACTICE, pl.col("ranked"))
        .drop_nulls("peer_group")
        .group_by("kpi_id", "month", "peer_group")
        .agg(pl.col("value").median().alias("peer_median"))
    )
    values = points.filter("ranked").select(
        "kpi_id", "month", "org_level", pl.col("org_code").alias("peer"), "value"
    )
    near = (
        groups.drop_nulls("peer")
        .unique(["org_level", "peer_group", "peer"])
        .join(values, on=["org_level", "peer"])
        .group_by("kpi_id", "month", "peer_group")
        .agg(pl.col("value").median().alias("peer_median"), pl.col("value").count().alias("n"))
        .filter(pl.col("n") >= NEAREST)
        .drop("n")
    )
    medians = pl.concat([alike, near]).unique(["kpi_id", "month", "peer_group"])
    return named.join(
        medians, on=["kpi_id", "month", "peer_group"], how="left", maintain_order="left"
    )
