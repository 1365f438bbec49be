"""The output of `access-recovery kpis --not-comparable`: what may not be compared, by kind. Not
here: which rows (`warehouse.outputs.search`)."""

from __future__ import annotations

from typing import Any

from pipelines.cli.screen import Screen

Row = dict[str, Any]
# Kinds of caveat, in this order, under what they forbid.
HEADINGS = {
    "series_break": "Months before with months since: a new series began",
    "redefinition": "Months before with months since: counted by another rule",
    "outage": "These months with any other: known to be wrong",
    "non_comparable": "With other places, or with what others publish",
    "never_together": "With what looks alike: never added up, mixed or compared",
}
NAMED = 3  # KPIs, if there are no more
NOTE = (
    "Of every KPI: a provisional figure is not compared with final ones, nor a ratio of two places "
    "added up. In SQL: FROM governance.not_comparable."
)


def show_not_comparable(screen: Screen, rows: list[Row]) -> None:
    """Print rows of `warehouse.outputs.search.not_comparable`, each caveat once."""
    for kind, heading in HEADINGS.items():
        own = [row for row in rows if row["kind"] == kind]
        if own:
            screen.say(f"{heading}")
        for row in own:
            screen.say(f"- {_months(row)}{row['caveat']} ({_of(row)})")
        if own:
            screen.say("")
    screen.say(NOTE)


def _months(row: Row) -> str:
    first, last = row["first_month"], row["last_month"]
    if first is None and last is None:
        return ""
    if first is None:
        return f"To {last:%B %Y}: "
    if first == last and row["kind"] == "outage":
        return f"{first:%B %Y}: "
    if last is None or first == last:
        return f"From {first:%B %Y}: "
    return f"{first:%B %Y} to {last:%B %Y}: "


def _of(row: Row) -> str:
    """Of which KPIs, and of which place."""
    ids = row["kpi_ids"]
    told = ", ".join(ids) if len(ids) <= NAMED else f"{len(ids)} KPIs: {', '.join(row['themes'])}"
    place = f"; {row['org_code']} alone" if row["org_code"] else ""
    return told + place
