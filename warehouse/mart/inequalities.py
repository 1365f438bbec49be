"""`kpi_by_deprivation` and `kpi_inequality`: shares and rates by national quintile of the
deprivation of practices' patients, for England and each ICB, and how unequal they are. Not here:
the methods (`warehouse.statistics`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import Kpi
from warehouse.mart.comparisons import FUNNELS, not_comparable
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.kept import Kept
from warehouse.mart.kpi_batches import batches_of
from warehouse.mart.made_since import NEWEST_OF_PRACTICES, note_input, note_newest, note_rows
from warehouse.mart.organisation_beginnings import SINCE, load_beginnings, with_since
from warehouse.mart.peers import MONTHS, load_traits
from warehouse.reference.levels import KEY_COLUMNS
from warehouse.reference.organisations import ENGLAND
from warehouse.reference.special_services import LEVEL as PRACTICE
from warehouse.statistics.inequality import VERSION, Kind, by_group, gaps, slope_index
from warehouse.statistics.resampling import DRAWS, INTERVALS, SEED, bootstrap

# Below this part of a place's patients, the practices with figures do not stand for it.
ENOUGH = 0.9
PARAMETERS = f"{VERSION}; {DRAWS} draws of practices within quintiles, seed {SEED}"
# A rate is shown per so many patients; its practices' events are divided by patients.
TIMES: Mapping[Kind, int] = {"share": 1, "rate": 1000}
TOGETHER = 500_000  # figures of practices that are worked out at once
PLACE = ["kpi_id", "org_level", "org_code", "month"]
NO_INDEX = "The deprivation of its practices is not known: no index of it is held."
INCOMPLETE = "Its practices with figures have less than 90% of its patients."
VALUES = ("value", "lower95", "upper95", "lower83", "upper83")
SCALED = ("most_deprived", "least_deprived", "absolute_gap", "sii")
MEASURES = ("most_deprived", "least_deprived", *INTERVALS)
LIMITS = {name: (f"{name}_lower", f"{name}_upper") for name in INTERVALS}
BY_QUINTILE = pl.Schema(
    {
        **dict.fromkeys(PLACE[:3], pl.String),
        **{"month": pl.Date, "quintile": pl.Int64},
        **dict.fromkeys(("numerator", "denominator", "patients"), pl.Float64),
        **{"practices": pl.Int64, **dict.fromkeys((*VALUES, "patients_covered"), pl.Float64)},
    }
)
COLUMNS = pl.Schema(
    {
        **dict.fromkeys(PLACE[:3], pl.String),
        **{"month": pl.Date, **dict.fromkeys(MEASURES, pl.Float64)},
        **{limit: pl.Float64 for both in LIMITS.values() for limit in both},
        **{"groups": pl.Int64, "most_deprived_missing": pl.Boolean, "reason": pl.String},
        **{"patients_covered": pl.Float64, "parameters": pl.String},
    }
)
FIGURE, PLACES = "mart.kpi_monthly", "mart.organisation"
_MADE: Sequence[str] = (
    *(f"{FIGURE}.{part}" for part in ("numerator", "denominator", "value")),
    *(f"{PLACES}.{column}" for column in ("imd_quintile", KEY_COLUMNS["icb"])),
)


def create_inequality(db: Connection, kpis: Mapping[str, Kpi], kept: Kept | None = None) -> None:
    """Create `kpi_by_deprivation` and `kpi_inequality` in the attached mart, which must have
    figures, organisations and caveats. KPIs that are compared with nobody are in neither, nor are
    those of deprivation itself. `kept`: the months that are not made anew."""
    kept = kept or Kept()
    apart, traits, beginnings = not_comparable(db), load_traits(db), load_beginnings(db)
    _note_inputs(db, apart, traits)
    since = kept.since(db, "kpi_inequality")
    made = dict(since.drop_nulls("since").group_by("kpi_id").agg(pl.min("since")).iter_rows())
    quintiles = [pl.DataFrame(schema=BY_QUINTILE)]
    unequal = [pl.DataFrame(schema=COLUMNS)]
    for kind, some in _together(db, kpis, set(apart), set(made)):
        practices = _practices(db, {kpi.kpi_id: made[kpi.kpi_id] for kpi in some}, traits)
        if practices.is_empty():
            continue
        covered = _covered(practices, traits)
        groups = _groups(practices, covered, kind)
        quintiles.append(groups.select(list(BY_QUINTILE)).cast(BY_QUINTILE))
        unequal.append(_inequality(practices, groups, covered, kind).cast(COLUMNS))
    origins = {name: f"{FIGURE}.{name}" for name in PLACE}
    for table, parts, schema in (
        ("mart.kpi_by_deprivation", quintiles, BY_QUINTILE),
        ("mart.kpi_inequality", unequal, COLUMNS),
    ):
        own: dict[str, str | Sequence[str]] = {**dict.fromkeys(schema, _MADE), **origins}
        if "parameters" in schema:
            own["parameters"] = "statistics.parameter.parameters"
        own[SINCE] = f"{PLACES}.valid_from"
        rows = with_since(pl.concat(parts).sort(PLACE), beginnings)
        create_from(db, table, rows, None, **own)
        kept.add_statistics(db, table.removeprefix("mart."), since)


def _note_inputs(db: Connection, apart: Mapping[str, str], traits: pl.DataFrame) -> None:
    """Keep digests of all that decides on these tables besides figures."""
    icb, told = KEY_COLUMNS["icb"], ("practice", "icb", "england")
    why = pl.DataFrame(list(apart.items()), {"kpi_id": pl.String, "why": pl.String}, orient="row")
    own = traits.filter(pl.col("org_level").is_in(told))
    note_input(db, "compared with nobody", why, "kpi_id")
    note_input(
        db, "lists and quintiles", own.select("org_level", "org_code", "quintile", "patients")
    )
    published = f"org_level = '{PRACTICE}' AND value IS NOT NULL"
    note_newest(db, NEWEST_OF_PRACTICES, published)
    note_rows(
        db,
        "places of practices",
        f"""SELECT o.org_code, m.month, o.{icb}
        FROM mart.organisation AS o JOIN (SELECT DISTINCT month FROM mart.kpi_monthly) AS m
            ON m.month BETWEEN o.valid_from AND coalesce(o.valid_to, m.month)
        WHERE o.org_level = '{PRACTICE}'""",
        "month",
    )


def _together(
    db: Connection, kpis: Mapping[str, Kpi], apart: set[str], made: set[str]
) -> Iterator[tuple[Kind, list[Kpi]]]:
    """The KPIs that are told by deprivation and have figures of practices, by kind, so many at a
    time as fit in memory."""
    counted = db.execute(
        f"""SELECT kpi_id, count(*) FROM {FIGURE}
        WHERE org_level = '{PRACTICE}' AND value IS NOT NULL GROUP BY kpi_id"""
    ).fetchall()
    rows = {kpi_id: number for kpi_id, number in counted if kpi_id in made - apart}
    told = [k for k in kpis.values() if k.kpi_id in rows and k.period.is_month and not _is_index(k)]
    for kind in TIMES:
        for some in batches_of((k for k in told if FUNNELS.get(k.unit) == kind), rows, TOGETHER):
            if some:
                yield kind, some


def _is_index(kpi: Kpi) -> bool:
    """Whether a KPI is of the index by which practices are grouped."""
    measures = contracts()[kpi.feed].measures.values()
    return any("imd_quintile" in one.describes for one in measures)


def _practices(db: Connection, since: Mapping[str, date], traits: pl.DataFrame) -> pl.DataFrame:
    """KPIs' published figures of practices in their newest months, from the month `since` on, once
    under England and once under their ICB: `PLACE, practice, numerator, denominator, quintile,
    patients`."""
    icb = KEY_COLUMNS["icb"]
    begun = pl.DataFrame(list(since.items()), {"kpi_id": pl.String, "since": pl.Date}, orient="row")
    db.register("begun", begun.to_arrow())
    found: pl.DataFrame = db.sql(
        f"""WITH own AS (
            SELECT kpi_id, org_code AS practice, month, numerator, denominator, since
            FROM {FIGURE} JOIN begun USING (kpi_id)
            WHERE org_level = '{PRACTICE}' AND value IS NOT NULL
            QUALIFY month > max(month) OVER (PARTITION BY kpi_id) - INTERVAL {MONTHS} MONTH)
        SELECT w.* EXCLUDE (since), o.{icb} FROM own AS w
        LEFT JOIN {PLACES} AS o ON o.org_level = '{PRACTICE}' AND o.org_code = w.practice
            AND w.month BETWEEN o.valid_from AND coalesce(o.valid_to, w.month)
        WHERE w.month >= w.since
        ORDER BY kpi_id, month, practice"""
    ).pl()
    db.unregister("begun")
    known = traits.filter(pl.col("org_level") == PRACTICE).select(
        pl.col("org_code").alias("practice"), pl.col("quintile").cast(pl.Int64), "patients"
    )
    found = found.join(known, on="practice", how="left", maintain_order="left")
    england = found.with_columns(org_level=pl.lit("england"), org_code=pl.lit(ENGLAND))
    places = found.drop_nulls(icb).with_columns(org_level=pl.lit("icb"), org_code=pl.col(icb))
    return pl.concat([england, places]).drop(icb)


def _covered(practices: pl.DataFrame, traits: pl.DataFrame) -> pl.DataFrame:
    """`PLACE`, `patients_covered` (the part of a place's patients whose practices have figures) and
    `reason` why nothing is told of it; both by the newest lists."""
    whole = traits.select("org_level", "org_code", pl.col("patients").alias("_whole"))
    sums = practices.group_by(PLACE).agg(
        pl.col("patients").sum(), pl.col("quintile").is_not_null().any().alias("_known")
    )
    sums = sums.join(whole, on=["org_level", "org_code"], how="left")
    part = pl.col("patients") / pl.col("_whole")
    reason = (
        pl.when(~pl.col("_known"))
        .then(pl.lit(NO_INDEX))
        .when(~(part >= ENOUGH).fill_null(False))
        .then(pl.lit(INCOMPLETE))
    )
    return sums.select(*PLACE, part.alias("patients_covered"), reason.alias("reason"))


def _groups(practices: pl.DataFrame, covered: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """The quintiles of each place; without values where `reason` says why."""
    found = by_group(practices, PLACE, kind).join(covered, on=PLACE, how="left")
    told = pl.when(pl.col("reason").is_null())
    return found.with_columns(told.then(pl.col(name) * TIMES[kind]).alias(name) for name in VALUES)


def _inequality(
    practices: pl.DataFrame, groups: pl.DataFrame, covered: pl.DataFrame, kind: Kind
) -> pl.DataFrame:
    """The rows of `kpi_inequality`."""
    known = groups.filter(pl.col("reason").is_null())
    ends = gaps(known.select(*PLACE, "quintile", "value"), PLACE)
    slopes = slope_index(known.with_columns(pl.col("patients").alias("population")), PLACE)
    found = covered.join(ends, on=PLACE, how="left").join(slopes, on=PLACE, how="left")
    drawn = _intervals(practices, covered, kind)
    found = found.join(drawn, on=PLACE, how="left").sort(PLACE)
    return found.with_columns(pl.lit(PARAMETERS).alias("parameters")).select(list(COLUMNS))


def _intervals(practices: pl.DataFrame, covered: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """`PLACE` and `LIMITS`, of each KPI's newest month alone: a thousand draws for each place."""
    newest = practices.filter(pl.col("month") == pl.col("month").max().over("kpi_id"))
    told = newest.join(covered.filter(pl.col("reason").is_null()), on=PLACE, how="semi")
    rows = []
    for key, some in told.group_by(PLACE, maintain_order=True):
        place = dict(zip(PLACE, key, strict=True))
        limits = bootstrap(some, f"{place['org_level']} {place['org_code']}")
        for name in set(SCALED) & set(LIMITS):
            for limit in LIMITS[name]:
                limits[limit] = None if limits[limit] is None else TIMES[kind] * limits[limit]  # type: ignore[operator]
        rows.append(place | limits)
    names = [*PLACE, *(limit for both in LIMITS.values() for limit in both)]
    return pl.DataFrame(rows, schema={name: COLUMNS[name] for name in names})
