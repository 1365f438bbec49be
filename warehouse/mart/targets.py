"""`kpi_target`: the targets of KPIs, national and of the home, and which applies to a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from warehouse.base.home import Home
from warehouse.base.months import add_months, between, parse_month, say_months
from warehouse.base.number_format import value_text
from warehouse.contract.figure_period import FigurePeriod
from warehouse.contract.model import contracts
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.kpi.catalogue import Kpi
from warehouse.kpi.chart_choices import Target
from warehouse.kpi.returned_targets import target_of_row
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.organisation_beginnings import SINCE, load_beginnings, with_since
from warehouse.reference.levels import LEVELS
from warehouse.statistics.target_words import TargetElsewhere
from warehouse.transform.derived import read_derived

NATIONAL, LOCAL = "national", "local"
SCHEMA = {
    "target_key": pl.String,
    "kpi_id": pl.String,
    "org_level": pl.String,
    "org_code": pl.String,
    "from_month": pl.Date,
    "until_month": pl.Date,
    "value": pl.Float64,
    "set_by": pl.String,
    "source": pl.String,
    "reference": pl.String,
    "beside": pl.String,
    "sha256": pl.String,
}
Row = dict[str, Any]
YEAR_ENDS = 3  # a financial year, in March


def create_targets(
    db: Connection,
    national: Iterable[Target],
    own: Iterable[Target],
    returned: Iterable[tuple[Target, str]] = (),
) -> None:
    """Create `kpi_target` in the attached mart. `own`: those of `targets.yaml`; `returned`: those
    of local returns, each with the hash of its file, which replace others of the same KPI,
    organisations and first month."""
    local = {one.key: _row(one, LOCAL) for one in own}
    local |= {one.key: _row(one, LOCAL, sha256) for one, sha256 in returned}
    rows = [*(_row(one, NATIONAL) for one in national), *local.values()]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").sort(list(SCHEMA)[1:], nulls_last=True)
    frame = with_since(frame, load_beginnings(db), "from_month")
    since = {SINCE: "mart.organisation.valid_from", "sha256": "archive.source_file.sha256"}
    create_from(db, "mart.kpi_target", frame, "catalogue.target", **since)


def returned_targets(home: Home, placed: Iterable[EditionFile]) -> list[tuple[Target, str]]:
    """The targets in accepted local returns, each with the hash of its file: of each ICB those of
    the newest month that it returned, as a whole."""
    files = [one for one in placed if contracts()[one.file.feed].targets]
    newest: dict[str, tuple[tuple[object, ...], list[tuple[Target, str]]]] = {}
    for one in files:
        rows = read_derived(home, "tidy", [one.file])
        for (icb,), own in rows.group_by("icb_code"):
            order = (own["month"].max(), one.vintage, one.position)
            if str(icb) not in newest or order > newest[str(icb)][0]:
                last = own.filter(pl.col("month") == pl.col("month").max())
                found = [target_of_row(row) for row in last.iter_rows(named=True)]
                newest[str(icb)] = (order, [(it, one.file.sha256) for it in found if it])
    return [target for _, found in newest.values() for target in found]


def _row(target: Target, set_by: str, sha256: str | None = None) -> tuple[object, ...]:
    return (
        f"{target.key} {set_by}",
        target.kpi,
        target.level,
        target.organisation,
        parse_month(target.first),
        target.last and parse_month(target.last),
        target.value,
        set_by,
        target.source,
        target.reference,
        " ".join(target.beside) or None,
        sha256,
    )


def add_targets(db: Connection, figures: list[Row], kpis: Mapping[str, Kpi]) -> None:
    """Add to figures (`kpi_id, org_level, org_code, month`) of the mart attached as `mart`:
    `target`, which applies whatever their chart shows, or None; and `elsewhere`, if none does: the
    newest target of every organisation of another level, of other months, or of a KPI beside which
    people look for it."""
    # Named, so that a mart of an earlier version, without `beside`, is told of as one.
    targets = db.sql(f"SELECT {', '.join(SCHEMA)} FROM mart.kpi_target").pl()
    keys = ("kpi_id", "org_level", "org_code", "month")
    schema = {**dict.fromkeys(keys[:3], pl.String), "month": pl.Date}
    points = pl.DataFrame([{key: one[key] for key in keys} for one in figures], schema=schema)
    found = with_target(points, targets)["target"].to_list()
    general = targets.filter(pl.col("org_code").is_null()).sort("from_month", "set_by")
    others = [one for one in general.to_dicts() if one["kpi_id"] in kpis]
    for figure, target in zip(figures, found, strict=True):
        kpi_id = figure["kpi_id"]
        own = [one for one in others if one["kpi_id"] == kpi_id]
        near = [one for one in others if kpi_id in (one["beside"] or "").split()]
        figure["target"] = target
        newest = (own or near)[-1:] if target is None else []
        figure["elsewhere"] = target_of_others(newest[0], kpis, kpi_id) if newest else None


def target_of_others(target: Row, kpis: Mapping[str, Kpi], kpi_id: str) -> TargetElsewhere:
    """A row of `kpi_target` beside a figure of a KPI that it is not of: its value, organisations
    and months in words, and its own KPI's title, if that is another."""
    kpi, first, last = kpis[target["kpi_id"]], target["from_month"], target["until_month"]
    if last is None:
        when = f"from {first:%B %Y} on"
    elif first == add_months(last, -11) and last.month == YEAR_ENDS:
        when = f"in {FigurePeriod(type='financial_year').label(last)}"
    else:
        when = say_months(between(first, last))
    return TargetElsewhere(
        value=value_text(target["value"], kpi.unit),
        set_by=target["set_by"],
        whom=LEVELS[target["org_level"]].plural,
        when=when,
        ended=last is not None,
        title=None if kpi.kpi_id == kpi_id else kpi.title,
    )


def with_target(points: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """The points (`kpi_id, org_level, org_code, month`) with `target`, null without one.

    Of several that apply one of the organisation itself goes before one of its level, a local one
    before a national one, and the newest before older ones.
    """
    keys = ["kpi_id", "org_level", "org_code", "month"]
    some = targets.rename({"org_code": "of_code", "value": "target"})
    found = points.select(keys).join(some, on=["kpi_id", "org_level"])
    month, of_code = pl.col("month"), pl.col("of_code")
    found = found.filter(
        of_code.is_null() | (of_code == pl.col("org_code")),
        month >= pl.col("from_month"),
        pl.col("until_month").is_null() | (month <= pl.col("until_month")),
    )
    found = found.with_columns(of_code.is_not_null().alias("own"), local=pl.col("set_by") == LOCAL)
    found = found.sort("own", "local", "from_month", "target")
    found = found.group_by(keys).agg(pl.col("target").last())
    return points.join(found, on=keys, how="left", maintain_order="left")
