"""What stands before the list of figures that use an edition accepted by a person: who decided,
when and why, and how many figures there are, by KPI and kind of place. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from warehouse.base.months import between, moment_words, say_months
from warehouse.base.text import and_list, plural
from warehouse.outputs.affected_figures import WIDEST_FIRST, AffectedFigures
from warehouse.reference.levels import all_of
from warehouse.site.site_page import PageTable

Row = Mapping[str, Any]


def decision_facts(decision: Row) -> list[tuple[str, str]]:
    """Headings and texts of a decision, as `page_data.overrides` gives it."""
    facts = [
        ("Who decided", decision["decided_by"]),
        ("When", moment_words(decision["decided_at"])),
        ("Why", decision["reason"]),
        ("Failed checks", "; ".join(decision["despite"]) or "none is recorded"),
    ]
    if months := (decision["released"] or "").splitlines():
        facts.append(("Held months that it accepts", f"{len(months):,}"))
    return facts


def counted_words(found: AffectedFigures) -> str:
    """How many figures there are, of what, of which months, and what their status is."""
    if not found.counts:
        return "No published figure uses it."
    kpis = len({row["kpi_id"] for row in found.counts})
    oldest = min(row["oldest"] for row in found.counts)
    disputed = sum(row["disputed"] for row in found.counts)
    use = "uses" if found.total == 1 else "use"
    return (
        f"{plural(found.total, 'published figure')} {use} it, as numerator or denominator, "
        f"themselves or through members: {plural(kpis, 'KPI')} of "
        f"{and_list([all_of(level) for level in _levels(found.counts)])}, "
        f"{say_months(between(oldest, found.newest))}. Of them {found.with_value:,} have a value, "
        f"and {disputed:,} are marked disputed."
    )


def counts_table(found: AffectedFigures) -> PageTable:
    """A row per KPI, a column per kind of place: how many figures use the edition."""
    levels = _levels(found.counts)
    kpis: dict[str, dict[str, int]] = {}
    titles: dict[str, str] = {}
    for row in found.counts:
        titles[row["kpi_id"]] = row["kpi_title"]
        kpis.setdefault(row["kpi_id"], {})[row["org_level"]] = row["figures"]
    cells = [_cells(titles[kpi_id], own, levels) for kpi_id, own in kpis.items()]
    every = {
        level: sum(row["figures"] for row in found.counts if row["org_level"] == level)
        for level in levels
    }
    cells.append(_cells("All", every, levels))
    named = (all_of(level) for level in levels)
    headings = ["KPI", *(one[:1].upper() + one[1:] for one in named), "All"]
    caption = "Figures that use it, by KPI and kind of place; a figure is of a place and a month"
    return PageTable(caption, headings, cells, frozenset(range(1, len(headings))))


def _cells(title: str, counted: Mapping[str, int], levels: Iterable[str]) -> list[str]:
    told = [f"{counted[level]:,}" if level in counted else "-" for level in levels]
    return [title, *told, f"{sum(counted.values()):,}"]


def _levels(counts: Iterable[Row]) -> list[str]:
    """The levels of figures, the widest first."""
    found = {row["org_level"] for row in counts}
    return [level for level in WIDEST_FIRST if level in found]
