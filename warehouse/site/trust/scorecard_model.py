"""The facts of the scorecard, put together from governance's records, without HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from warehouse.base.keys import EditionKey
from warehouse.contract.model import contracts
from warehouse.editions.freshness import freshness
from warehouse.outputs.affected_figures import (
    WIDEST_FIRST,
    AffectedFigures,
    affected_figures,
    using,
)
from warehouse.outputs.headline import (
    BESIDE,
    CONFIRMS_NOTHING,
    MEANINGS,
    headlines,
    no_target_notes,
)
from warehouse.settings import HeadlinePlace
from warehouse.site.trust import page_data as records
from warehouse.site.trust.missing_figures import missing_number, missing_table
from warehouse.site.trust.page_data import Row
from warehouse.site.trust.revisions_shown import last_revisions, typical_revisions
from warehouse.site.trust.trust_root import TrustRoot

# The series of the trend of checks that were not met: what its bars mean, beside their style.
LEGEND = (("warned", "checks that warned"), ("failed", "checks that failed"))


# Parts of the page: anchor, heading, and the fact without which there is none.
PARTS = (
    ("feeds", "Publications by dimension of data quality", "feeds"),
    ("freshness", "Freshness against the release calendar", "feeds"),
    ("held", "Held editions", ""),
    ("held-months", "Held months", "held_months"),
    ("overrides", "Decisions by people", ""),
    ("trend", "Trend of failures", ""),
    ("quarantine", "Rows in quarantine", ""),
    ("missing", "Figures without a value", "missing"),
    ("revisions", "Largest revisions of the last 12 editions", ""),
    ("typical", "How much figures are usually revised", "typical"),
    ("last-revised", "Revised by the last release", "last_revised"),
    ("headlines", "Headline figures", "headlines"),
    ("caveats", "Changes of method, breaks and other caveats", ""),
)


def scorecard(
    db: duckdb.DuckDBPyConnection,
    root: TrustRoot,
    published: list[Row],
    today: date,
    affected: Mapping[EditionKey, AffectedFigures],
    places: Sequence[HeadlinePlace],
) -> dict[str, Any]:
    """Return all facts of the page. `db`: with the mart as its current database; `published`: as
    `page_data.publications` returns it, each with its `page`; `affected`: of the editions that have
    a page of figures; `places`: whose headline figures are shown."""
    decisions = _decisions(db, root, affected)
    feeds, held = _feeds(db, decisions, today), records.held(db)
    trend, missing = published[: records.TREND], records.missing(db)
    shown = headlines(db, places)
    return {
        "refresh": published[0],
        "today": today,
        "tiles": _tiles(published[0], feeds, held, decisions, records.disputed(db), missing),
        "feeds": feeds,
        "headlines": shown,
        "notes": no_target_notes(shown),
        "beside": BESIDE,
        "meanings": MEANINGS,
        "confirms_nothing": CONFIRMS_NOTHING if published[0]["synthetic"] else "",
        "trend": trend,
        "legend": LEGEND,
        "most": max((one["warned"] + one["failed"] for one in trend), default=0),
        "held": held,
        "held_months": records.held_months(db),
        "overrides": decisions,
        "quarantine": records.quarantine(db),
        "missing": missing_table(missing, WIDEST_FIRST),
        "revisions": records.revisions(db),
        "typical": typical_revisions(db, places[0].level if places else ""),
        "last_revised": last_revisions(db, places),
        "caveats": records.caveats(db),
    }


def scorecard_parts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Anchors and headings of the parts that a page of these facts has."""
    return [
        (anchor, heading)
        for anchor, heading, fact in PARTS
        if not fact or getattr(facts[fact], "cells", facts[fact])
    ]


def accepting_decisions(db: duckdb.DuckDBPyConnection) -> dict[EditionKey, Row]:
    """Return the decision by which each edition counts although checks failed."""
    newest_last = reversed(records.overrides(db))
    found = {
        EditionKey(one["feed"], one["edition"]): one for one in newest_last if one["uses_edition"]
    }
    return dict(sorted(found.items()))


def accepted_despite_checks(
    db: duckdb.DuckDBPyConnection,
) -> dict[EditionKey, AffectedFigures]:
    """Return the figures that use each edition which people accepted."""
    return {key: affected_figures(db, using(key)) for key in accepting_decisions(db)}


def _decisions(
    db: duckdb.DuckDBPyConnection, root: TrustRoot, affected: Mapping[EditionKey, AffectedFigures]
) -> list[Row]:
    """Every decision, with how many `figures` use what it let in, and their `page`."""
    decisions = records.overrides(db)
    for one in decisions:
        found = affected.get(EditionKey(one["feed"], one["edition"]))
        one["figures"] = found.total if found and one["uses_edition"] else None
        one["page"] = root.affected(one["feed"], one["edition"])
    return decisions


def _feeds(db: duckdb.DuckDBPyConnection, decisions: list[Row], today: date) -> list[Row]:
    """The feeds, each with its `freshness` and the `decisions` in force about its editions."""
    feeds = records.feeds(db)
    for feed in feeds:
        contract = contracts()[feed["feed"]]
        is_held = feed["status"] == "held" and not feed["override"]
        fresh = freshness(contract, feed["edition"], feed["sample"], today, is_held)
        feed["freshness"] = fresh
        feed["decisions"] = [
            one for one in decisions if one["feed"] == feed["feed"] and one["in_force"]
        ]
        # As at today: when it was checked, nothing was overdue yet. The sample is not dated.
        if feed["edition"] and fresh.verdict != "skipped":
            tally = feed["dimensions"].setdefault("timeliness", {})
            tally[fresh.verdict] = tally.get(fresh.verdict, 0) + 1
    return feeds


def _tiles(
    refresh: Row,
    feeds: list[Row],
    held: list[Row],
    decisions: list[Row],
    disputed: int,
    without_value: Sequence[Row],
) -> list[Row]:
    """The numbers on top of the page: each with its words, and where it leads."""
    overdue = [one["freshness"] for one in feeds if one["freshness"].state == "late"]
    missing = sum(one.missing for one in overdue)
    in_force = sum(bool(one["in_force"]) for one in decisions)
    found = [
        (refresh["editions"], "editions published", "#feeds"),
        (len(held), "editions held", "#held"),
        (refresh["failed"], "checks failed in the last refresh", refresh["page"]),
        (refresh["warned"], "checks warned in the last refresh", refresh["page"]),
        (in_force, "decisions by people in force", "#overrides"),
        (refresh["figures"], "published figures", ""),
    ]
    if any(one["edition"] and not one["sample"] for one in feeds):
        words = f"feeds overdue, {missing:,} editions missing"
        found.insert(-1, (len(overdue), words, "#freshness"))
    if disputed:
        found.append((disputed, "of them disputed", "#overrides"))
    found.append((missing_number(without_value), "figures without a value", "#missing"))
    return [{"number": number, "words": words, "link": link} for number, words, link in found]
