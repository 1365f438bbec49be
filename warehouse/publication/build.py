"""Build the mart from accepted editions, as a complete, commented DuckDB file beside the old one.

Belongs here: the order of the steps, and the fingerprint that shows whether a build is needed.
Does not: replacing the published file (`publish`).
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel

from warehouse.archive.decisions import decisions
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import MART, Home
from warehouse.base.imports import modules_behind
from warehouse.base.keys import EditionKey, FileKey
from warehouse.base.sql import attach_to_write, open_builder
from warehouse.claims.claim_tables import create_claims
from warehouse.claims.home_register import claims_of, own_claims_digest
from warehouse.claims.register import register_files
from warehouse.contract import series_breaks
from warehouse.contract.model import contracts
from warehouse.contract.tidy_versions import hash_files
from warehouse.editions.check_history import REGISTER_SCHEMA
from warehouse.editions.parts_and_revisions import EditionFile, place_files
from warehouse.editions.status import all_statuses
from warehouse.kpi import chart_choices
from warehouse.kpi.catalogue import catalogue, theme_files
from warehouse.lineage.edge_table import (
    lineage_frame,
    record_statements,
    recorded_statements,
)
from warehouse.mart.affected import (
    create_kpi_feed,
    create_measures,
)
from warehouse.mart.analyst_tables import create_analyst_tables
from warehouse.mart.comparisons import create_comparison
from warehouse.mart.describe import DESCRIPTIONS
from warehouse.mart.figures import Wanted, build_figures, published_sources
from warehouse.mart.funding_outcomes import create_funding_outcome
from warehouse.mart.governance import PUBLICATION_SCHEMA, create_governance, read_publications
from warehouse.mart.held_months import load_held
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.inequalities import create_inequality
from warehouse.mart.kept import Kept
from warehouse.mart.load import load
from warehouse.mart.membership import publish_members
from warehouse.mart.organisation_periods import create_organisation_periods
from warehouse.mart.organisation_table import create_names
from warehouse.mart.other_periods import every_figure
from warehouse.mart.provisional import add_rule_to_kpis
from warehouse.mart.revisions import create_revisions
from warehouse.mart.sentence_table import create_sentences
from warehouse.mart.spc import create_spc
from warehouse.mart.targets import create_targets, returned_targets
from warehouse.plan import plan_tables
from warehouse.publication.kept_sample import figures_are_synthetic, kept_sample
from warehouse.publication.mart_views import finish, mart_tables, mart_views
from warehouse.publication.memory_limits import SPILL, limits_of, suit_few_rows
from warehouse.publication.patch import Patch, Whole, facts_of, plan_patch, prepare
from warehouse.publication.remembered import forget, remember
from warehouse.reference import local_authorities, organisations, short_names, special_services
from warehouse.settings import read_settings
from warehouse.store import discard

# Analysts' DuckDB clients are often older: those of 2024 can open this storage version.
STORAGE_VERSION = "v1.0.0"


class Built(BaseModel):
    """A mart that is not yet checked or published. `built_over`: the run that built the mart
    published at that time; `made_whole_because`: why no figures were kept of it, None if they
    were."""

    path: Path
    fingerprint: str
    built_over: str | None = None
    publication: dict[str, Any]
    synthetic: bool
    figures: int
    made_whole_because: str | None = None


@cache
def mart_version() -> str:
    """Return a short hash of all that turns measures into the mart: the modules that a build runs,
    and the tables that they read."""
    files = [*modules_behind(__name__), DESCRIPTIONS, *theme_files(), *register_files()]
    tables = (organisations, local_authorities, special_services, short_names, series_breaks)
    files += [chart_choices.SHIPPED, *plan_tables.SHIPPED, *(one.TABLE for one in tables)]
    files += [contract.folder / "contract.yaml" for contract in contracts().values()]
    return hash_files(files)


def accepted_files(home: Home) -> list[SourceFile]:
    """Return the active files of editions accepted by checks or by decision; while newer files of
    an edition are held, those that it was accepted with before; and what is kept of the sample
    until an edition takes its place."""
    files = Archive(home).active_files()
    statuses = {EditionKey.of(one): one for one in all_statuses(home, files)}
    return [file for file in files if statuses[EditionKey.of(file)].uses(file)] + kept_sample(home)


def mart_fingerprint(home: Home) -> str:
    """Return the fingerprint of the mart's inputs: every edition's status and files, every
    decision, and the code that builds it."""
    settings = read_settings(home)
    parts = [mart_version(), STORAGE_VERSION, settings.disclosure.model_dump_json(), settings.place]
    parts += [one.model_dump_json() for one in settings.short_names]
    parts += [chart_choices.choices_digest(home), own_claims_digest(home)]
    in_use = Archive(home).active_files()
    active = {FileKey.of(file) for file in (*in_use, *kept_sample(home))}
    for one in all_statuses(home, in_use):
        basis = one.state.fingerprint if one.state else ""
        parts.append(f"{one.feed} {one.edition} {one.verdict} {basis}")
        if one.stays and one.stays.state:
            parts.append(f"{one.stays_words} {one.stays.state.files}")
    parts += [decision.decision_id for decision in decisions(home)]
    parts += [
        f"{file.sha256} {file.edition} {FileKey.of(file) in active} {file.sighting}"
        for file in Archive(home).files()
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def build_mart(home: Home, run_id: str, register: pl.DataFrame | None = None) -> Built:
    """Build the mart beside the published one, of which it keeps the figures of unchanged months.
    `register`: the checks that apply, with the columns of
    `warehouse.editions.check_history.REGISTER_SCHEMA`.

    Raises ValueError if no edition is accepted; the last good mart then stays published.
    """
    placed = place_files(home, accepted_files(home))
    if not placed:
        raise ValueError(
            "No edition is accepted, so there is nothing to publish. "
            "`access-recovery status` shows which editions are held, and why."
        )
    target = home.store.part(f"mart/building-{run_id}.duckdb")
    home.store.delete_all(SPILL)
    try:
        return _build(home, run_id, register, placed, target)
    except BaseException:  # a full disk, for example: free its space at once
        for leftover in (target, target.with_name(target.name + ".wal")):
            discard(leftover)
        home.store.delete_all(SPILL)
        raise


def _build(
    home: Home, run_id: str, register: pl.DataFrame | None, placed: list[EditionFile], target: Path
) -> Built:
    synthetic = figures_are_synthetic(placed)
    fingerprint = mart_fingerprint(home)
    settings = read_settings(home)
    disclosure = settings.disclosure
    limits = limits_of(home)
    with open_builder(limits) as db:
        record_statements(db)
        load(db, home, placed)
        suit_few_rows(db)
        load_held(db, all_statuses(home))
        create_names(db)
        create_organisation_periods(db)
        wanted = published_sources(db, catalogue())
        facts = facts_of(db, f"{mart_version()} {STORAGE_VERSION}", wanted, disclosure, synthetic)
        patch, why = _patch(db, home, placed, wanted, facts)
        _attach(db, home, target, patch)
        kept = patch.kept if patch else Kept()
        build_figures(db, wanted, synthetic, disclosure, kept)
        create_analyst_tables(db, catalogue(), settings.names_chosen)
        create_revisions(db, synthetic, kept)
        add_rule_to_kpis(db)
        publication = _publication(db, home, placed, fingerprint, run_id, synthetic)
        newest = pl.DataFrame([publication], schema=PUBLICATION_SCHEMA)
        journal = pl.concat([read_publications(home), newest])
        create_governance(db, home, placed, journal)
        returned = returned_targets(home, placed)
        own_targets = chart_choices.home_targets(home)
        create_targets(db, chart_choices.shipped_targets(), own_targets, returned)
        create_spc(db, catalogue(), settings.place, chart_choices.home_baselines(home), kept)
        create_comparison(db, catalogue(), settings.place, kept)
        create_inequality(db, catalogue(), kept)
        create_sentences(db, catalogue(), settings.place)
        create_funding_outcome(db, catalogue())
        create_kpi_feed(db, catalogue())
        create_claims(db, claims_of(home), catalogue(), synthetic)
        plan_tables.create_plan(db, home, placed, settings.place, synthetic)
        create_measures(db, disclosure)
        publish_members(db, disclosure, kept)
        checks = pl.DataFrame(schema=REGISTER_SCHEMA) if register is None else register
        create_from(db, "mart.governance.check_register", checks, "checks.catalogue")
        statements = [*recorded_statements(db), *mart_views().values()]
        edges = lineage_frame(home, statements, catalogue())
        create_from(db, "mart.governance.lineage_edge", edges, "lineage")
        forget(home, but=patch.fingerprint if patch else None)
        remember(db, home, fingerprint, facts, patch.patches if patch else 0, patch is not None)
        tables = mart_tables(db)
        db.execute("DETACH mart")
    finish(target, tables, synthetic, limits)
    return Built(
        path=target,
        fingerprint=fingerprint,
        publication={**publication, "published_at": publication["published_at"].isoformat()},
        synthetic=synthetic,
        figures=publication["figures"],
        made_whole_because=why,
    )


def _patch(
    db: Connection, home: Home, placed: list[EditionFile], wanted: Wanted, facts: str
) -> tuple[Patch | None, str | None]:
    """Return what to keep of the published mart, or why nothing."""
    try:
        return plan_patch(db, home, placed, wanted, facts), None
    except Whole as why:
        return None, str(why)


def _attach(db: Connection, home: Home, target: Path, patch: Patch | None) -> None:
    """Attach the file to build: a new one, or a copy of the published one with what is kept."""
    if patch:
        home.store.copy_out(MART, target)
    attach_to_write(db, target, "mart", STORAGE_VERSION)
    if patch:
        prepare(db)


def _publication(
    db: Connection,
    home: Home,
    placed: list[EditionFile],
    fingerprint: str,
    run_id: str,
    synthetic: bool,
) -> dict[str, Any]:
    [(figures,)] = db.execute(f"SELECT count(value) FROM ({every_figure('value')})").fetchall()
    editions = {(one.file.feed, one.file.edition) for one in placed}
    used = {FileKey.of(one.file) for one in placed}
    held = {EditionKey.of(f) for f in Archive(home).active_files() if FileKey.of(f) not in used}
    newest = {feed: max(e for f, e in editions if f == feed) for feed, _ in sorted(editions)}
    return {
        "published_at": datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        "run_id": run_id,
        "fingerprint": fingerprint,
        "editions": len(editions),
        "held_editions": len(held),
        "figures": figures,
        "newest_editions": json.dumps(newest),
        "disclosure": read_settings(home).disclosure.words,
        "code_version": mart_version(),
        "synthetic": synthetic,
    }
