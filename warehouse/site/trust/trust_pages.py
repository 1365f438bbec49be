"""The pages of trust before they are laid out, the same for the report and for the home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from warehouse.archive.decisions import PARTICIPLES
from warehouse.base.keys import EditionKey
from warehouse.base.months import moment_words
from warehouse.base.sql import Connection
from warehouse.contract.model import contracts
from warehouse.outputs.affected_figures import AffectedFigures
from warehouse.settings import HeadlinePlace
from warehouse.site.claims_page import sample_note
from warehouse.site.figure_line import theme_title
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import SitePage
from warehouse.site.trust import page_data as records
from warehouse.site.trust.affected_summary import counted_words, counts_table, decision_facts
from warehouse.site.trust.lineage_page import lineage
from warehouse.site.trust.refresh_summary import checked_feeds, in_editions, shortened
from warehouse.site.trust.scorecard_model import (
    accepted_despite_checks,
    accepting_decisions,
    scorecard,
    scorecard_parts,
)
from warehouse.site.trust.trust_root import (
    IN_SITE,
    LINEAGE_TITLE,
    SCORECARD_TITLE,
    TrustRoot,
)

Row = dict[str, Any]
# What every template of these pages needs.
WORDS = {"dimensions": records.DIMENSIONS, "words": records.WORDS, "participles": PARTICIPLES}

# What follows where a check is not met, by its action.
FOLLOWS = {
    "hold": "The edition is held.",
    "hold_month": "The month is held.",
    "quarantine": "The rows are left out.",
    "warn": "It is recorded.",
}


def trust_pages(figures: SiteFigures) -> Iterable[SitePage]:
    """All pages of trust of the report, as at the day of its mart's publication; of refreshes the
    newest, which the trend lists."""
    db, own = figures.db, (figures.places.home, *figures.places.at("sub_icb"))
    shown = [HeadlinePlace(level=one.level, code=one.code, name=one.name) for one in own]
    published = published_with_pages(db, IN_SITE)[: records.TREND]
    affected = accepted_despite_checks(db)
    page = scorecard_page(db, IN_SITE, published, figures.as_at, affected, shown)
    yield replace(page, content={**page.content, "confirms_nothing": sample_note(figures)})
    yield from lineage_pages(db, IN_SITE)
    yield from (refresh_page(db, IN_SITE, one) for one in published)
    decided = accepting_decisions(db)
    yield from (affected_page(IN_SITE, key, it, decided[key]) for key, it in affected.items())


def published_with_pages(db: Connection, root: TrustRoot) -> list[Row]:
    """Every publication, the newest first, with the address of its `page`."""
    return [row | {"page": root.refresh(row)} for row in records.publications(db)]


def scorecard_page(
    db: Connection,
    root: TrustRoot,
    published: list[Row],
    today: date,
    affected: Mapping[EditionKey, AffectedFigures],
    shown: Sequence[HeadlinePlace],
    data_docs: str = "",
) -> SitePage:
    """The scorecard. `shown`: places of the headline figures; `data_docs`: where those are."""
    facts = scorecard(db, root, published, today, affected, shown)
    content = {**facts, **WORDS, "lineage": root.lineage, "data_docs": data_docs}
    parts = scorecard_parts(facts)
    template = "trust_scorecard.html.j2"
    return SitePage(root.scorecard, template, SCORECARD_TITLE, content, (), parts, root.trail)


def lineage_pages(db: Connection, root: TrustRoot) -> Iterable[SitePage]:
    """Where every column comes from: the list of KPIs and tables, a page per theme with the path of
    each of its KPIs, and a page per table."""
    facts = lineage(db)
    themes, tables = facts["themes"], facts["tables"]
    parts = [(f"theme-{one}", theme_title(one)) for one in themes]
    parts += [("tables", "Tables and views of the mart"), ("layers", "Layers and records")]
    content = {**facts, "title_of": theme_title, "root": root}
    template = "trust_lineage.html.j2"
    yield SitePage(root.lineage, template, LINEAGE_TITLE, content, (), parts, root.below)
    trail = (*root.below, (root.lineage, LINEAGE_TITLE))
    for theme, kpis in themes.items():
        path, template = root.theme_lineage(theme), "trust_lineage_theme.html.j2"
        title = f"Where figures come from: {theme_title(theme)}"
        parts = [(f"kpi-{one['kpi_id']}", one["title"]) for one in kpis]
        yield SitePage(path, template, title, {"kpis": kpis}, (), parts, trail)
    for table in tables:
        path, template = root.table_lineage(table["table"]), "trust_lineage_table.html.j2"
        title = f"Where the columns of {table['table']} come from"
        content = {"table": table, "index": root.lineage}
        yield SitePage(path, template, title, content, trail=trail)


def refresh_page(db: Connection, root: TrustRoot, refresh: Row) -> SitePage:
    """What was checked in a refresh. `refresh`: as `published_with_pages` gives it."""
    editions = records.checks_of_refresh(db, refresh["published_at"])
    content = {
        **WORDS,
        "refresh": refresh,
        "feeds": checked_feeds(editions),
        "troubled": [
            one
            for one in editions
            if one["override"] or one["tally"]["fail"] + one["tally"]["warn"]
        ],
        "in_editions": in_editions,
        "shortened": shortened,
        "follows": FOLLOWS,
    }
    title = f"What was checked in the refresh of {moment_words(refresh['published_at'])}"
    template = "trust_refresh.html.j2"
    return SitePage(refresh["page"], template, title, content, trail=root.below)


def affected_page(
    root: TrustRoot, key: EditionKey, found: AffectedFigures, decision: Row
) -> SitePage:
    """The figures that use an edition which people accepted although checks failed. `decision`: of
    `accepting_decisions`."""
    title = f"Figures that use {contracts()[key.feed].title}, {key.edition}"
    content = {
        "edition": key,
        "affected": found,
        "decision": decision_facts(decision),
        "counted": counted_words(found),
        "counts": counts_table(found) if found.counts else None,
        "csv": root.affected_file(*key),
    }
    path, template = root.affected(*key), "trust_affected.html.j2"
    parts = [("decision", "The decision"), ("counts", "By KPI and kind of place")]
    parts.append(("figures", "The figures"))
    parts = parts if found.counts else []
    return SitePage(path, template, title, content, (), parts, root.below)
