"""Content of the pages of figures affected: one per edition that people accepted although checks
failed, with every published figure that uses it."""

from __future__ import annotations

from typing import Any, NamedTuple

import duckdb

from warehouse.base.keys import EditionKey
from warehouse.base.sql import rows
from warehouse.reference.levels import LEVELS, below

Row = dict[str, Any]
MOST = 2000  # figures in a page; a browser takes long to show more


class AffectedFigures(NamedTuple):
    """The figures that use an edition: `total`, and the first `MOST` of them as `figures`, the
    widest places and newest months first, each with `kpi_title, unit, org_level, org_code,
    org_name, month, value, edition, status`."""

    total: int
    figures: list[Row]


def affected_figures(db: duckdb.DuckDBPyConnection, key: EditionKey) -> AffectedFigures:
    """Return the published figures that use an edition; `db` has the mart as its current
    database."""
    found = rows(
        db,
        f"""SELECT k.title AS kpi_title, k.unit, a.kpi_id, a.org_level, a.org_code, a.org_name,
                   a.month, a.value, a.edition, a.status, count(*) OVER () AS total
            FROM figures_affected($feed, $edition) AS a JOIN kpi AS k USING (kpi_id)
            ORDER BY list_position($levels, a.org_level), a.month DESC, k.title, a.org_code
            LIMIT {MOST}""",
        feed=key.feed,
        edition=key.edition,
        levels=sorted(LEVELS, key=lambda level: -len(below(level))),
    )
    return AffectedFigures(found[0]["total"] if found else 0, found)
