"""Schema `governance` of the mart: what was imported, checked, held, corrected and published."""

from __future__ import annotations

import json

import polars as pl

from warehouse.archive.decisions import Decision, newest_override, revocation, withdrawn
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.keys import EditionKey, FileKey, of_edition
from warehouse.contract.model import contracts
from warehouse.editions.check_history import read_history
from warehouse.editions.parts_and_revisions import EditionFile, rows_in_force
from warehouse.editions.status import EditionStatus, all_statuses, status_of
from warehouse.journal import Journal
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.caveats import create_caveats
from warehouse.mart.corrected_cells import FILE_KEY, correction_table, file_columns
from warehouse.mart.disclosure import withhold
from warehouse.mart.held_months import held_rows
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.overrides import (
    OVERRIDE_SCHEMA,
    WITHDRAWN_SCHEMA,
    override_columns,
    override_table,
    published_status,
    withdrawn_columns,
)
from warehouse.mart.timeliness import AWAITED, awaited_columns
from warehouse.transform.lake import facts_of, lake_keys

_CHECKS = ("checks_passed", "checks_warned", "checks_failed", "checks_skipped")
_FINDING = ("rule", "column_name", "found", "expected", "reason", "row_json")
QUARANTINE_SCHEMA = {
    **dict.fromkeys(FILE_KEY, pl.String),
    "source_row": pl.Int64,
    **dict.fromkeys(_FINDING, pl.String),
}

# The records that a frame's columns come from, where they are not the table's own.
PROVENANCE, DECISIONS = "archive.source_file", "archive.decision"
_FILE_COLUMNS = {name: f"{PROVENANCE}.{name}" for name in FILE_KEY}
_EDITION_COLUMNS = {
    **{name: f"{DECISIONS}.{name}" for name in OVERRIDE_SCHEMA},
    **{name: f"tidy.facts.{name}" for name in ("rows_accepted", "rows_quarantined")},
    **{name: f"checks.result.{name}" for name in ("status", "reasons", *_CHECKS)},
}

# Columns shown as in the archive's record.
OF_FILE = (
    *("sha256", "container_sha256", "original_sha256", "file_name", "container_name", "member"),
    *("sheet", "header_row", "feed", "edition", "edition_basis"),
    *("bytes", "rows", "encoding", "url", "page"),
    *("published_on", "retrieved_at", "imported_at", "licence", "synthetic"),
)


def create_governance(
    db: Connection, home: Home, placed: list[EditionFile], publications: pl.DataFrame
) -> None:
    """Create schema `governance` of the attached mart: imports, checks, decisions, publications."""
    db.execute("CREATE SCHEMA IF NOT EXISTS mart.governance")
    archive = Archive(home)
    everything, active = archive.files(), archive.active_files()
    known = {FileKey.of(file) for file in active}  # without what is kept of the sample
    active += [one.file for one in placed if FileKey.of(one.file) not in known]
    create_from(db, "mart.governance.feed", _feeds(active), "contract", **AWAITED)
    editions = withhold(_editions(home, everything, active, placed), "reasons")
    create_from(db, "mart.governance.edition", editions, PROVENANCE, **_EDITION_COLUMNS)
    files = _source_files(everything, placed, withdrawn(home))
    decided = {name: f"{DECISIONS}.{name}" for name in WITHDRAWN_SCHEMA}
    create_from(db, "mart.governance.source_file", files, PROVENANCE, **decided)
    results = withhold(read_history(home), "observed", "message", "unexpected").with_columns(
        pl.col("checked_at").dt.replace_time_zone(None)
    )
    create_from(db, "mart.governance.check_result", results, "checks.result")
    rejected = withhold(_quarantine(home, active), "found", "reason", "row_json")
    create_from(db, "mart.governance.quarantine", rejected, "quarantine.row", **_FILE_COLUMNS)
    create_from(db, "mart.governance.override", override_table(home), DECISIONS)
    held = held_rows(all_statuses(home, active))
    create_from(db, "mart.governance.held_month", held, "checks.result")
    corrected = withhold(correction_table(home, active), "published", "corrected")
    create_from(db, "mart.governance.correction", corrected, "contract.correction", **_FILE_COLUMNS)
    create_from(db, "mart.governance.publication", publications, "archive.publication")
    create_caveats(db, contracts(), catalogue())


def _feeds(active: list[SourceFile]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "feed": c.feed,
                "title": c.title,
                "description": c.description,
                "publisher": c.publisher,
                "licence": c.licence.name,
                "licence_url": c.licence.url,
                "landing_page": c.landing_page,
                "cadence": c.cadence.frequency,
                "release": c.cadence.release,
                "owner": c.owner,
                "grain": c.grain,
                "window_months": c.window_months,
                "provisional_months": c.provisional_months,
                "caveats": "\n".join(caveat.text for caveat in c.caveats),
                **awaited_columns(c, active),
            }
            for c in contracts().values()
        ],
        schema_overrides={
            **dict.fromkeys(("newest_edition", "next_edition"), pl.String),
            **dict.fromkeys(("next_due", "following_due"), pl.Date),
        },
    )


def _editions(
    home: Home, files: list[SourceFile], active: list[SourceFile], placed: list[EditionFile]
) -> pl.DataFrame:
    in_use, out = {EditionKey.of(file) for file in active}, withdrawn(home)
    taken = {FileKey.of(file) for file in active}
    rows = []
    for feed, edition in sorted({EditionKey.of(file) for file in files}):
        own = of_edition(files, feed, edition)
        used = [p for p in placed if EditionKey.of(p.file) == (feed, edition)]
        is_active = (feed, edition) in in_use
        status = _status(home, feed, edition, active, is_active)
        state = status.state
        months = sorted({month for file in own for month in file.months}) or [edition]
        counted = [f for f in own if FileKey.of(f) in taken]
        read = {file: fact for file in counted if (fact := facts_of(home, file))}
        rows.append(
            {
                "feed": feed,
                "edition": edition,
                "status": published_status(
                    status, is_active, all(FileKey.of(f) in out for f in own)
                ),
                "files": len(own),
                "revisions": max((p.revision for p in used), default=None),
                "published_on": max((f.published_on for f in own if f.published_on), default=None),
                "first_month": months[0],
                "last_month": months[-1],
                "rows_accepted": rows_in_force(home, list(read)),
                "rows_quarantined": sum(fact.quarantined for fact in read.values()),
                "checks_passed": state.passed if state else None,
                "checks_warned": state.warned if state else None,
                "checks_failed": state.failed if state else None,
                "checks_skipped": state.skipped if state else None,
                "reasons": "\n".join(state.reasons) if state else None,
                **override_columns(status),
                "synthetic": all(file.synthetic for file in own),
            }
        )
    text = ("feed", "edition", "status", "first_month", "last_month", "reasons")
    known = {"published_on": pl.Date, "revisions": pl.Int64, **dict.fromkeys(text, pl.String)}
    return pl.DataFrame(
        rows, schema_overrides={**known, **OVERRIDE_SCHEMA}, infer_schema_length=None
    )


def _status(
    home: Home, feed: str, edition: str, active: list[SourceFile], in_use: bool
) -> EditionStatus:
    """Return an edition's status. Anything the lake still has of an edition out of use is ignored,
    because a rebuilt lake would not have it."""
    if in_use:
        return status_of(home, feed, edition, active)
    revoked = revocation(home, feed, edition)
    decision = newest_override(home, feed, edition)
    return EditionStatus(feed, edition, None, decision, revoked.words if revoked else None)


def _source_files(
    files: list[SourceFile], placed: list[EditionFile], out: dict[FileKey, Decision]
) -> pl.DataFrame:
    revision = {FileKey.of(p.file): p.revision for p in placed}
    rows = [
        {name: getattr(file, name) for name in OF_FILE}
        | {
            "revision": revision.get(FileKey.of(file)),
            "in_mart": FileKey.of(file) in revision,
            **withdrawn_columns(out.get(FileKey.of(file))),
        }
        for file in files
    ]
    frame = pl.DataFrame(
        rows,
        schema_overrides={
            **dict.fromkeys(("url", "member", "sheet", "original_sha256"), pl.String),
            "published_on": pl.Date,
            "revision": pl.Int64,
            **WITHDRAWN_SCHEMA,
        },
        infer_schema_length=None,
    )
    naive = [pl.col(c).dt.replace_time_zone(None) for c in ("retrieved_at", "imported_at")]
    return frame.with_columns(naive)


def _quarantine(home: Home, active: list[SourceFile]) -> pl.DataFrame:
    frames = [pl.DataFrame(schema=QUARANTINE_SCHEMA)]
    for file in active:
        if home.store.exists(key := lake_keys(file).quarantine):
            rows = pl.read_parquet(home.store.local_copy(key)).with_columns(
                *file_columns(file), pl.col("source_row").cast(pl.Int64)
            )
            frames.append(rows.select(list(QUARANTINE_SCHEMA)))
    return pl.concat(frames)


PUBLICATION_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "published_at": pl.Datetime("us"),
    "run_id": pl.String,
    "fingerprint": pl.String,
    "editions": pl.Int64,
    "held_editions": pl.Int64,
    "figures": pl.Int64,
    "newest_editions": pl.String,
    "disclosure": pl.String,
    "code_version": pl.String,
    "synthetic": pl.Boolean,
}


def publications(home: Home) -> Journal:
    """Return the journal of publications."""
    return Journal(home.store, "archive/publications", moment="published_at")


def read_publications(home: Home) -> pl.DataFrame:
    """Return the journal of publications as a frame, oldest first."""
    entries = [json.loads(entry) for entry in publications(home).entries()]
    return pl.DataFrame(
        entries, schema={**PUBLICATION_SCHEMA, "published_at": pl.String}
    ).with_columns(pl.col("published_at").str.to_datetime())
