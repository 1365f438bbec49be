"""`kpi_comparison`: a figure beside those of the places it is in, where it stands among others of
its level, its peers, and whether it differs from the average by more than chance. Not here: the
methods (`warehouse.statistics`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl

from warehouse.kpi.catalogue import Kpi
from warehouse.mart.hierarchy import Connection, create_from_frames
from warehouse.mart.kept import Kept
from warehouse.mart.kpi_batches import batches_of
from warehouse.mart.made_since import NEWEST, note_input, note_newest, note_rows
from warehouse.mart.peers import MONTHS, load_traits, peer_groups, with_peers
from warehouse.reference.levels import DATED, KEY_COLUMNS, NO_PLACE, SITES, sql_list
from warehouse.reference.special_services import LEVEL as PRACTICE
from warehouse.statistics.funnel import VERSION, funnel
from warehouse.statistics.ranking import QUANTILES, rank_units

SMALLEST_LIST = 1000
PARAMETERS = f"{VERSION}; lists from {SMALLEST_LIST}; overdispersion where over 20% are outside"
SPECIAL = "A special service: its patients are not those of other practices."
SMALL = f"A list of fewer than {SMALLEST_LIST:,} patients: chance moves its figures most."
NO_FIGURE = "No figure."
NOWHERE = "No place: what the publisher could place nowhere."
SAME = "More than half of its level have one and the same value: a rank says nothing."
ONLY_ONE = "The only one of its level with a figure."
# Of fewer a rank is a coin: the best of two is best by chance alone.
FEWEST = 5
# Normal limits hold where chance alone gives at least so many with, and so many without.
FEWEST_EXPECTED = 5
# Figures compared together: they take some 500 bytes each.
TOGETHER = 250_000
FIGURE, PLACES = "mart.kpi_monthly", "mart.organisation"
SET = ["kpi_id", "org_level", "month"]
# Level of a comparator, and the column of an organisation that names its place of that level.
WITHIN = {level: KEY_COLUMNS[level] for level in DATED if level in KEY_COLUMNS}
FUNNELS: Mapping[str, Literal["share", "rate"]] = {"share": "share", "rate_per_1000": "rate"}
COLUMNS = (
    *("month", "org_level", "org_code", "kpi_id", "value", "previous_month_value"),
    *("england_value", *(f"{level}_value" for level in WITHIN)),
    *("rank", "ranked_of", "percentile", "decile", "rank_order", "ranked", "not_ranked_because"),
    *(*QUANTILES, "peer_group", "peer_median", "funnel", "funnel_method", "parameters"),
    *("organisation_since", "status"),
)
_PARTS = (f"{FIGURE}.numerator", f"{FIGURE}.denominator")
_RANKED = (f"{FIGURE}.value", f"{PLACES}.special_service", "mart.governance.caveat.caveat")
# Columns by those from which they are worked out; all others come from figures alone.
ORIGINS: dict[str, str | Sequence[str]] = {
    **{
        name: f"{FIGURE}.{name}"
        for name in ("month", "org_level", "org_code", "kpi_id", "organisation_since", "status")
    },
    **{
        f"{level}_value": (f"{FIGURE}.value", f"{PLACES}.{column}")
        for level, column in WITHIN.items()
    },
    **dict.fromkeys(
        ("rank", "percentile", "decile"),
        (*_RANKED, "mart.kpi.polarity"),
    ),
    "rank_order": "mart.kpi.polarity",
    **dict.fromkeys(("ranked", "ranked_of", "not_ranked_because", *QUANTILES), _RANKED),
    **dict.fromkeys(("peer_group", "peer_median"), (*_RANKED, f"{PLACES}.imd_quintile")),
    **dict.fromkeys(("funnel", "funnel_method"), (*_PARTS, *_RANKED)),
    "parameters": "statistics.parameter.parameters",
}


def create_comparison(
    db: Connection, kpis: Mapping[str, Kpi], place: str, kept: Kept | None = None
) -> None:
    """Create `kpi_comparison` in the attached mart, which must have figures and organisations.

    Ranks and peers are of all organisations in the mart; stored are networks and above, and the
    practices of the ICB `place`. `kept`: the months that are not compared anew.
    """
    kept = kept or Kept()
    traits = load_traits(db)
    groups, apart = peer_groups(traits), not_comparable(db)
    _note_inputs(db, traits, groups, apart, place)
    since = kept.since(db, "kpi_comparison")
    made = since.drop_nulls("since")
    anew = set(made["kpi_id"])
    rows = db.execute("SELECT kpi_id, count(*) FROM mart.kpi_monthly GROUP BY kpi_id").fetchall()
    monthly = (kpi for kpi in kpis.values() if kpi.period.is_month and kpi.kpi_id in anew)
    frames = (
        _compared(
            _points(db, [kpi.kpi_id for kpi in some], made),
            _facts(some, apart),
            traits,
            groups,
            place,
        )
        for some in batches_of(monthly, dict(rows), TOGETHER)
    )
    create_from_frames(db, "mart.kpi_comparison", frames, ORIGINS, others=f"{FIGURE}.value")
    kept.add_statistics(db, "kpi_comparison", since)


def _note_inputs(
    db: Connection,
    traits: pl.DataFrame,
    groups: pl.DataFrame,
    apart: Mapping[str, str],
    place: str,
) -> None:
    """Keep digests of all that decides on comparisons besides figures."""
    # A new organisation that is neither special nor small changes no earlier month.
    traits_told = traits.select("org_level", "org_code", "special_service", _is_small())
    own = traits_told.filter(pl.col("is_small") | pl.col("special_service").is_not_null())
    home = pl.DataFrame({"org_level": [PRACTICE], "place": [place]})
    why = pl.DataFrame(list(apart.items()), {"kpi_id": pl.String, "why": pl.String}, orient="row")
    note_input(db, "traits", own, "org_level")
    note_input(db, "home", home, "org_level")
    note_input(db, "peers", groups, "org_level")
    note_input(db, "not comparable", why, "kpi_id")
    note_newest(db, NEWEST)
    note_rows(
        db,
        "places",
        f"""SELECT o.org_level, o.org_code, m.month, {", ".join(f"o.{c}" for c in WITHIN.values())}
        FROM mart.organisation AS o JOIN (SELECT DISTINCT month FROM mart.kpi_monthly) AS m
            ON m.month BETWEEN o.valid_from AND coalesce(o.valid_to, m.month)""",
        "org_level",
        "month",
    )


def _points(db: Connection, ids: list[str], made: pl.DataFrame) -> pl.DataFrame:
    """Figures of these KPIs in the newest months that are made, and of the month before, with the
    places in which their organisations were. `is_new`: whether its row is made."""
    places = ", ".join(f"o.{column}" for column in WITHIN.values())
    others = sql_list(tuple(site for site in SITES if site != PRACTICE))
    db.register("made_since", made.to_arrow())
    found: pl.DataFrame = db.sql(
        f"""SELECT k.kpi_id, k.org_level, k.org_code, k.month, k.value, k.numerator, k.denominator,
               k.status, k.organisation_since, {places},
               coalesce(k.month > n.newest - INTERVAL {MONTHS} MONTH
                   AND k.month >= s.since, FALSE) AS is_new
        FROM mart.kpi_monthly AS k
        JOIN (SELECT kpi_id, max(month) AS newest FROM mart.kpi_monthly GROUP BY kpi_id) AS n
            ON n.kpi_id = k.kpi_id
        JOIN (SELECT kpi_id, min(since) AS first FROM made_since GROUP BY kpi_id) AS f
            ON f.kpi_id = k.kpi_id AND k.month >= f.first - INTERVAL 1 MONTH
        LEFT JOIN made_since AS s ON s.kpi_id = k.kpi_id AND s.org_level = k.org_level
        LEFT JOIN mart.organisation AS o ON o.org_level = k.org_level AND o.org_code = k.org_code
            AND k.month BETWEEN o.valid_from AND coalesce(o.valid_to, k.month)
        WHERE list_contains($ids, k.kpi_id) AND k.org_level NOT IN ({others})
          AND k.month >= n.newest - INTERVAL {MONTHS} MONTH
        ORDER BY ALL""",
        params={"ids": ids},
    ).pl()
    db.unregister("made_since")
    return found


def not_comparable(db: Connection) -> dict[str, str]:
    """KPI -> why it is compared with nobody: a caveat that its practices are not comparable with
    one another. Their sums aren't, either."""
    return dict(
        db.execute(
            f"""SELECT s.kpi_id, min(c.caveat)
            FROM mart.governance.caveat_scope AS s JOIN mart.governance.caveat AS c
                ON c.caveat_id = s.caveat_id
            WHERE c.kind = 'non_comparable' AND c.org_level IN ({sql_list(SITES)})
            GROUP BY s.kpi_id"""
        ).fetchall()
    )


def _facts(kpis: Sequence[Kpi], apart: Mapping[str, str]) -> pl.DataFrame:
    """`kpi_id, polarity, measure` (of the funnel; null without one), `apart` (why not compared)."""
    rows = [
        (kpi.kpi_id, kpi.polarity, FUNNELS.get(kpi.unit), apart.get(kpi.kpi_id)) for kpi in kpis
    ]
    names = ("kpi_id", "polarity", "measure", "apart")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _compared(
    points: pl.DataFrame,
    facts: pl.DataFrame,
    traits: pl.DataFrame,
    groups: pl.DataFrame,
    place: str,
) -> pl.DataFrame:
    """The rows of `kpi_comparison` of these figures."""
    beside = _beside(points).filter("is_new").join(facts, on="kpi_id", maintain_order="left")
    known = traits.select("org_level", "org_code", "patients", "special_service")
    beside = beside.join(known, on=["org_level", "org_code"], how="left", maintain_order="left")
    beside = beside.with_columns(_not_ranked().alias("not_ranked_because"))
    because = pl.coalesce("not_ranked_because", _too_few())
    beside = beside.with_columns(
        because.alias("not_ranked_because"), because.is_null().alias("ranked")
    )
    ranked = _without_ties(_with_funnel(with_peers(rank_units(beside, SET), groups)))
    home = (pl.col("org_level") != PRACTICE) | (pl.col(KEY_COLUMNS["icb"]) == place).fill_null(
        False
    )
    others = [f"{level}_value" for level in ("england", *WITHIN)] + ["peer_group"]
    stored = ranked.filter(home).with_columns(
        pl.when(pl.col("apart").is_null()).then(pl.col(others)),
        pl.lit(PARAMETERS).alias("parameters"),
    )
    # Values of wholes and of ranks repeat within a month: side by side they take a third.
    return stored.select(COLUMNS).sort("kpi_id", "org_level", "month", "org_code")


def _beside(points: pl.DataFrame) -> pl.DataFrame:
    """The figures with those of the month before and of the places they are in."""
    own = ["kpi_id", "org_level", "org_code", "month"]
    before = points.select(
        *own[:3], pl.col("month").dt.offset_by("1mo"), pl.col("value").alias("previous_month_value")
    )
    found = points.join(before, on=own, how="left", maintain_order="left")
    for level, column in {"england": None, **WITHIN}.items():
        name = f"{level}_value"
        values = points.filter(pl.col("org_level") == level)
        if column is None:
            of = values.select("kpi_id", "month", pl.col("value").alias(name))
            found = found.join(of, on=["kpi_id", "month"], how="left", maintain_order="left")
        else:
            of = values.select(
                "kpi_id", "month", pl.col("org_code").alias(column), pl.col("value").alias(name)
            )
            on = ["kpi_id", "month", column]
            found = found.join(of, on=on, how="left", maintain_order="left")
    return found


def _not_ranked() -> pl.Expr:
    """Why a figure is in no rank; null if it is."""
    return (
        pl.when(pl.col("value").is_null())
        .then(pl.lit(NO_FIGURE))
        .when(pl.col("org_code") == NO_PLACE)
        .then(pl.lit(NOWHERE))
        .when(pl.col("apart").is_not_null())
        .then(pl.col("apart"))
        .when(pl.col("special_service").is_not_null())
        .then(pl.lit(SPECIAL))
        .when(_is_small())
        .then(pl.lit(SMALL))
    )


def _too_few() -> pl.Expr:
    """Why those that could be ranked are in no rank: they are too few; null if they are enough."""
    number = pl.col("not_ranked_because").is_null().sum().over(SET)
    few = pl.format(f"Only {{}} of its level have a figure: a rank needs {FEWEST}.", number)
    only = pl.when(number == 1).then(pl.lit(ONLY_ONE)).otherwise(few)
    return pl.when(number < FEWEST).then(only)


def _is_small() -> pl.Expr:
    """Whether chance moves an organisation's figures most."""
    small = ~(pl.col("patients") >= SMALLEST_LIST).fill_null(True)
    return ((pl.col("org_level") == PRACTICE) & small).alias("is_small")


def _with_funnel(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with `funnel` and `funnel_method`, null for what is no share or rate, in no rank, or
    a share of which too few are expected with or without for normal limits."""
    shares, rates = (
        funnel(frame.filter(pl.col("ranked"), pl.col("measure") == kind), SET, "auto", kind)
        for kind in FUNNELS.values()
    )
    average, judged = pl.col("average"), ("funnel", "funnel_method")
    expected = pl.min_horizontal(average, 1 - average) * pl.col("denominator")
    shares = shares.with_columns(pl.when(expected >= FEWEST_EXPECTED).then(pl.col(judged)))
    own = [*SET, "org_code"]
    found = pl.concat([part.select(*own, *judged) for part in (shares, rates)])
    return frame.join(found, on=own, how="left", maintain_order="left")


def _without_ties(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows without ranks where more than half of those ranked have one and the same value: all
    of these would be first, or last. Spread and funnel stay."""
    frame = frame.with_columns(pl.col("ranked").sum().over([*SET, "value"]).alias("_alike"))
    tied = 2 * pl.col("_alike").max().over(SET) > pl.col("ranked_of")
    out = tied & pl.col("ranked")
    return frame.with_columns(
        pl.when(~tied).then(pl.col("rank", "percentile", "decile")),
        pl.when(tied).then(0).otherwise(pl.col("ranked_of")).alias("ranked_of"),
        pl.when(out).then(pl.lit(SAME)).otherwise("not_ranked_because").alias("not_ranked_because"),
        (pl.col("ranked") & ~tied).alias("ranked"),
    )
