"""What a mart says about KPIs beside their figures: comparators, caveats, revisions, and the files
and checks behind the newest figure of a place. Each is read once, for all KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse.base.sql import Connection, rows
from warehouse.explain.counted import FIGURES, cells_of
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_places import SitePlace

Row = dict[str, Any]
_COMPARISON = """
    SELECT c.*, r.org_name AS region_name
    FROM kpi_comparison AS c
    JOIN asked AS a USING (kpi_id, org_level, org_code, month)
    LEFT JOIN organisation_current AS o
        ON o.org_level = c.org_level AND o.org_code = c.org_code
    LEFT JOIN organisation_current AS r
        ON r.org_level = 'region' AND r.org_code = o.region_code"""
_CAVEATS = """
    SELECT t.kpi_id, string_split(t.caveats, chr(10)) AS caveats
    FROM governance.caveat_text AS t
    JOIN asked AS a ON a.kpi_id = t.kpi_id AND a.org_level = t.org_level AND a.month = t.month
        AND (t.org_code IS NULL OR t.org_code = a.org_code)
    ORDER BY t.kpi_id, t.org_code NULLS LAST"""
_REVISIONS = """
    SELECT * FROM kpi_revision_typical WHERE org_level = $level
    ORDER BY kpi_id, editions_after, basis DESC"""  # `first release` before `first held`
_NAMES = """SELECT org_code, coalesce(short_name, org_name, org_code) AS name
    FROM organisation_current WHERE org_level = $level"""
_PROVISIONAL = "SELECT * FROM kpi_provisional WHERE org_level = $level ORDER BY kpi_id"
_VINTAGES = """
    SELECT v.kpi_id, v.org_level, v.org_code, v.month,
           max(replace(v.edition, '-', '')::BIGINT * 1000 + v.revision) AS vintage
    FROM kpi_vintage AS v JOIN asked AS a USING (kpi_id, org_level, org_code, month)
    GROUP BY ALL"""
_FILES = """
    SELECT DISTINCT c.kpi_id, c.feed, c.edition, c.revision, c.sha256, f.file_name,
           f.container_name, f.container_sha256, coalesce(f.page, e.landing_page) AS page, f.url,
           f.published_on, f.retrieved_at, f.rows, e.publisher, e.title AS feed_title
    FROM cells AS c
    JOIN governance.source_file AS f
        ON f.sha256 = c.sha256 AND f.feed = c.feed AND f.edition = c.edition
    JOIN governance.feed AS e ON e.feed = c.feed
    ORDER BY c.kpi_id, c.feed, c.edition DESC, f.file_name, c.sha256"""
_CHECKS = """
    SELECT feed, edition, verdict, title, message FROM governance.check_result
    QUALIFY run_id = first_value(run_id) OVER (
        PARTITION BY feed, edition ORDER BY checked_at DESC, run_id)
    ORDER BY feed, edition, rule, column_name"""
_TARGETS = """
    SELECT * FROM kpi_target
    WHERE org_code IS NULL OR (org_level = $level AND org_code = $code)
    ORDER BY from_month, set_by, target_key"""
_OVERRIDES = """
    SELECT feed, edition, decision, reason, decided_by, decided_at FROM governance.override
    ORDER BY feed, edition, decided_at"""


@dataclass(frozen=True)
class KpiBackground:
    """By KPI, of the newest figure of the home place: `comparison`, `caveats`, `files`; and of its
    level `revisions` and `provisional`, and `targets` of the KPI and those of others that people
    look for beside it. By code, `names` of the organisations of its level. By feed
    and edition, `checks` and `overrides`."""

    comparison: Mapping[str, Row]
    caveats: Mapping[str, list[str]]
    files: Mapping[str, list[Row]]
    revisions: Mapping[str, list[Row]]
    provisional: Mapping[str, Row]
    targets: Mapping[str, list[Row]]
    names: Mapping[str, str]
    checks: Mapping[tuple[str, str], list[Row]]
    overrides: Mapping[tuple[str, str], list[Row]]


def read_background(
    figures: SiteFigures, kpi_ids: Iterable[str], place: SitePlace
) -> KpiBackground:
    """Read what there is about the newest figures of these KPIs and a place."""
    db = figures.db
    newest = [
        (kpi_id, *place.key, row["month"])
        for kpi_id in kpi_ids
        if (row := figures.newest(kpi_id, place))
    ]
    types = {name: kind for name, kind in FIGURES.items() if name != "vintage"}
    db.register("asked", pl.DataFrame(newest, schema=types, orient="row"))
    try:
        comparison = rows(db, _COMPARISON)
        caveats = rows(db, _CAVEATS)
        vintages = db.sql(_VINTAGES).pl()
    finally:
        db.unregister("asked")
    return KpiBackground(
        {row["kpi_id"]: row for row in comparison},
        _caveats(caveats),
        _grouped(_files(db, vintages), "kpi_id"),
        _grouped(rows(db, _REVISIONS, level=place.level), "kpi_id"),
        {row["kpi_id"]: row for row in rows(db, _PROVISIONAL, level=place.level)},
        _targets(rows(db, _TARGETS, level=place.level, code=place.code)),
        {row["org_code"]: row["name"] for row in rows(db, _NAMES, level=place.level)},
        _by_edition(rows(db, _CHECKS)),
        _by_edition(rows(db, _OVERRIDES)),
    )


def _files(db: Connection, vintages: pl.DataFrame) -> list[Row]:
    cells = cells_of(db, vintages.with_columns(pl.col("vintage").cast(pl.Int64)))
    db.register("cells", cells)
    try:
        return rows(db, _FILES)
    finally:
        db.unregister("cells")


def _caveats(found: Iterable[Row]) -> dict[str, list[str]]:
    """Each caveat of a KPI once, those of all its organisations first."""
    texts: dict[str, dict[str, None]] = {}
    for row in found:
        texts.setdefault(row["kpi_id"], {}).update(dict.fromkeys(filter(None, row["caveats"])))
    return {kpi_id: list(those) for kpi_id, those in texts.items()}


def _targets(found: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in found:
        for kpi_id in (row["kpi_id"], *(row["beside"] or "").split()):
            groups.setdefault(kpi_id, []).append(row)
    return groups


def _grouped(found: Iterable[Row], name: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in found:
        groups.setdefault(row[name], []).append(row)
    return groups


def _by_edition(found: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        groups.setdefault((row["feed"], row["edition"]), []).append(row)
    return groups
