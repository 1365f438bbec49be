"""Why a place has no published figure of a KPI at a level: not published, not imported, held, or
withheld by disclosure control. Not here: which figures there are (`decision_answers`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set

from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.editions.status import all_statuses
from warehouse.kpi.catalogue import Kpi, Source, level_of
from warehouse.mart.disclosure import NEVER, ON_REQUEST, controlled
from warehouse.mart.hierarchy import Connection
from warehouse.mart.other_periods import every_figure
from warehouse.settings import Disclosure, read_settings

NOT_AT_LEVEL = "Not published at this level."


Statuses = Mapping[tuple[str, str], Set[str]]


def statuses_without_value(db: Connection) -> Statuses:
    """KPI and level -> the statuses of its rows without a value in the attached mart."""
    found: dict[tuple[str, str], set[str]] = {}
    for kpi, level, status in db.execute(
        f"""SELECT DISTINCT kpi_id, org_level, status
        FROM ({every_figure("kpi_id, org_level, status, value")}) WHERE value IS NULL"""
    ).fetchall():
        found.setdefault((kpi, level), set()).add(status)
    return found


def why_none(
    home: Home, placed: Sequence[EditionFile], statuses: Statuses
) -> Callable[[Kpi, str], str]:
    """Return what says why there is none, in words. `placed`: the files that the mart uses;
    `statuses`: as `statuses_without_value`."""
    used = {one.file.feed for one in placed}
    held = {one.feed for one in all_statuses(home) if one.verdict == "held"}
    disclosure = read_settings(home).disclosure

    def words(kpi: Kpi, level: str) -> str:
        sources = [source for source in kpi.sources if level in source.levels]
        if not sources:
            return NOT_AT_LEVEL
        feeds = {feed for source in sources for feed in source.feeds if feed}
        returns = {one for one in feeds if contracts()[one].disclosure_control}
        lacking = sorted(feeds - used)
        if lacking:
            what = "A local return" if returns & set(lacking) else "A publication"
            state = "imported, but held" if set(lacking) & held else "not imported"
            return f"{what} that is {state}: {', '.join(lacking)}."
        if withheld := _withheld(sources, level, disclosure):
            return withheld
        own = statuses.get((kpi.kpi_id, level), set()) if returns else set()
        if "suppressed" in own:
            small = f"counts from 1 to {disclosure.threshold - 1}"
            return f"Suppressed by disclosure control: {small}, or what would disclose one."
        if "incomplete" in own:
            return "Incomplete: the return lacks organisations that belong to it."
        return "Imported, with no figure at this level."

    return words


def _withheld(sources: Sequence[Source], level: str, disclosure: Disclosure) -> str | None:
    """That disclosure control publishes no figure of a level, whatever its size; None if it may."""
    by = {level_of(one) for source in sources for one in controlled(source)}
    if level == NEVER and by - {NEVER}:
        return (
            "Withheld by disclosure control: networks cross the borders of places, so that their "
            "sums would disclose small numbers."
        )
    if level == ON_REQUEST and by and not disclosure.practice_level:
        return "Withheld by disclosure control: single practices are not published."
    return None
