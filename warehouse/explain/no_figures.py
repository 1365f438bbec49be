"""Why an organisation that is known has no figure of a KPI. Not here: months that it lacks
(`figure`)."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import Kpi, Source, catalogue
from warehouse.mart.disclosure import NEVER, ON_REQUEST, controlled
from warehouse.reference.levels import LEVELS
from warehouse.reference.special_services import NOT_SHOWN, not_shown_alone

SHOWN = 3  # months of a feed


def levels_of(db: duckdb.DuckDBPyConnection, code: str) -> list[str]:
    """Return the levels at which the mart knows an organisation; none if it does not."""
    known = "SELECT DISTINCT org_level FROM organisation_current WHERE org_code = $code"
    found = {level for (level,) in db.execute(known, {"code": code}).fetchall()}
    return [level for level in LEVELS if level in found]


def no_figures(
    db: duckdb.DuckDBPyConnection, kpi_id: str, code: str, lost: Sequence[str] = ()
) -> tuple[str, str]:
    """Return that the mart has no figure of a KPI of an organisation, and why as far as that is
    known, with the levels that have figures. `lost`: editions that lost figures, in words."""
    if code in not_shown_alone():
        return NOT_SHOWN
    has = "SELECT DISTINCT org_level FROM kpi_period WHERE kpi_id = $kpi AND value IS NOT NULL"
    given = {level for (level,) in db.execute(has, {"kpi": kpi_id}).fetchall()}
    named = ", ".join(one.plural for level, one in LEVELS.items() if level in given)
    kpi = catalogue().get(kpi_id)  # an older mart may have another
    why = _why(db, kpi, levels_of(db, code)) if kpi else ""
    told = f"It has figures of {named or 'no place yet'}."
    return f"The mart has no {kpi_id} of {code}.", " ".join(filter(None, (why, told, *lost)))


def _why(db: duckdb.DuckDBPyConnection, kpi: Kpi, levels: list[str]) -> str:
    sources = [one for one in kpi.sources if set(levels).intersection(one.levels)]
    if not sources:
        of = " or ".join(LEVELS[level].plural for level in levels)
        return f"It is not calculated of {of}." if of else ""
    [*_, source] = sources
    return _lacking(db, source) or _withheld(db, source, levels) or _in_part(source, levels)


def _withheld(db: duckdb.DuckDBPyConnection, source: Source, levels: list[str]) -> str:
    """Say whether figures of local returns are not published at any of these levels."""
    if not controlled(source) or not {NEVER, ON_REQUEST}.issuperset(levels):
        return ""
    if ON_REQUEST not in levels:
        return "Networks' figures of local returns are not published."
    [rules] = db.execute("SELECT last(disclosure) FROM governance.publication").fetchall()[0]
    if str(rules).startswith("practices too"):
        return ""
    return (
        "Single practices' figures of local returns are published only with `practice_level: true` "
        "under `disclosure:` in settings.yaml."
    )


def _lacking(db: duckdb.DuckDBPyConnection, source: Source) -> str:
    """Name a feed of which the mart has no edition, or two that have no month in common."""
    feeds = [feed for feed in source.feeds if feed]
    found = {}
    for feed in feeds:
        months = "SELECT DISTINCT month FROM governance.figure_source WHERE feed = $feed ORDER BY 1"
        found[feed] = [month for (month,) in db.execute(months, {"feed": feed}).fetchall()]
    if without := [feed for feed in feeds if not found[feed]]:
        return f"The mart has no accepted edition of {' and of '.join(without)}."
    if set.intersection(*(set(months) for months in found.values())):
        return ""
    each = "; ".join(f"{feed} is of {_listed(months)}" for feed, months in found.items())
    return f"It needs both feeds in the same month: {each}. Import one of the same month."


def _in_part(source: Source, levels: list[str]) -> str:
    """Say what a place needs of a feed that counts by practice."""
    unit = contracts()[source.feeds[0]].reporting_unit
    if unit is None or unit.level in levels:
        return ""
    return (
        f"A place needs a month in which a list names its {LEVELS[unit.level].plural}, and the "
        "feed has their figures."
    )


def _listed(months: list[object]) -> str:
    more = f" and {len(months) - SHOWN:,} more" if len(months) > SHOWN else ""
    return ", ".join(str(month)[:7] for month in months[:SHOWN]) + more
