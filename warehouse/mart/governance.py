"""Governance's records: what was taken in, checked, held back and published.

Belongs here: schema `governance` of the mart. Does not: analysts' tables (`tables`).
"""

from __future__ import annotations

import json

import polars as pl

from assets.contract import contracts
from warehouse.archive import Archive, SourceFile
from warehouse.history import EditionState, read_history, read_state
from warehouse.home import Home
from warehouse.mart.editions import EditionFile
from warehouse.mart.places import Connection, create_from
from warehouse.tidy import facts_of, lake_paths

QUARANTINE_SCHEMA = {
    "feed": pl.String,
    "edition": pl.String,
    "file_name": pl.String,
    "sha256": pl.String,
    "source_row": pl.Int64,
    "rule": pl.String,
    "column_name": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "reason": pl.String,
    "row_json": pl.String,
}


def create_governance(
    db: Connection, home: Home, placed: list[EditionFile], publications: pl.DataFrame
) -> None:
    """Schema `governance` of the attached mart: what was taken in, checked, held and published."""
    db.execute("CREATE SCHEMA mart.governance")
    archive = Archive(home)
    everything, active = archive.files(), archive.active_files()
    create_from(db, "mart.governance.feed", _feeds())
    create_from(db, "mart.governance.edition", _editions(home, everything, active, placed))
    create_from(db, "mart.governance.source_file", _source_files(everything, placed))
    create_from(
        db,
        "mart.governance.check_result",
        read_history(home).with_columns(pl.col("checked_at").dt.replace_time_zone(None)),
    )
    create_from(db, "mart.governance.quarantine", _quarantine(home, active))
    create_from(db, "mart.governance.publication", publications)
    db.execute(
        """CREATE TABLE mart.governance.caveat AS
        SELECT 'feed' AS subject, feed AS subject_id,
               unnest(string_split(caveats, chr(10))) AS caveat
        FROM mart.governance.feed
        UNION ALL
        SELECT 'kpi', kpi_id, unnest(string_split(caveats, chr(10))) FROM mart.kpi
        ORDER BY 1, 2, 3"""
    )
    _create_figure_source(db)


def _create_figure_source(db: Connection) -> None:
    """Which file each counted organisation-month came from, for every vintage held."""
    parts = [
        f"""SELECT '{feed}' AS feed, '{contract.cell.level}' AS org_level, org_code, month,
            edition, revision, sha256, rows::BIGINT AS rows FROM stage.leaf_{feed}"""
        for feed, contract in contracts().items()
        if contract.measures and contract.cell
    ]
    db.execute(
        f"""CREATE TABLE mart.governance.figure_source AS {" UNION ALL ".join(parts)}
        ORDER BY feed, org_code, month, edition, revision"""
    )


def _feeds() -> pl.DataFrame:
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
                "caveats": "\n".join(c.caveats),
            }
            for c in contracts().values()
        ]
    )


def edition_status(state: EditionState | None, is_active: bool) -> str:
    """`accepted`, `held`, `pending` (not judged yet) or `retired` (synthetic, among real data)."""
    if not is_active:
        return "retired"
    return state.verdict if state else "pending"


def _editions(
    home: Home, files: list[SourceFile], active: list[SourceFile], placed: list[EditionFile]
) -> pl.DataFrame:
    in_use = {(file.feed, file.edition) for file in active}
    rows = []
    for feed, edition in sorted({(file.feed, file.edition) for file in files}):
        own = [f for f in files if (f.feed, f.edition) == (feed, edition)]
        used = [p for p in placed if (p.file.feed, p.file.edition) == (feed, edition)]
        state = read_state(home, feed, edition)
        months = sorted({month for file in own for month in file.months})
        facts = [fact for file in own if (fact := facts_of(home, file))]
        rows.append(
            {
                "feed": feed,
                "edition": edition,
                "status": edition_status(state, (feed, edition) in in_use),
                "files": len(own),
                "revisions": max((p.revision for p in used), default=None),
                "published_on": max((f.published_on for f in own if f.published_on), default=None),
                "first_month": months[0] if months else edition,
                "last_month": months[-1] if months else edition,
                "rows_accepted": sum(fact.rows for fact in facts),
                "rows_quarantined": sum(fact.quarantined for fact in facts),
                "checks_passed": state.passed if state else None,
                "checks_warned": state.warned if state else None,
                "checks_failed": state.failed if state else None,
                "checks_skipped": state.skipped if state else None,
                "reasons": "\n".join(state.reasons) if state else None,
                "synthetic": all(file.synthetic for file in own),
            }
        )
    text = dict.fromkeys(
        ("feed", "edition", "status", "first_month", "last_month", "reasons"), pl.String
    )
    return pl.DataFrame(
        rows, schema_overrides={**text, "published_on": pl.Date, "revisions": pl.Int64}
    )


def _source_files(files: list[SourceFile], placed: list[EditionFile]) -> pl.DataFrame:
    revision = {(p.file.feed, p.file.edition, p.file.sha256): p.revision for p in placed}
    wanted = [
        "sha256",
        "container_sha256",
        "file_name",
        "container_name",
        "member",
        "sheet",
        "header_row",
        "feed",
        "edition",
        "edition_basis",
        "bytes",
        "rows",
        "encoding",
        "url",
        "page",
        "published_on",
        "retrieved_at",
        "imported_at",
        "licence",
        "synthetic",
    ]
    rows = [
        {name: getattr(file, name) for name in wanted}
        | {
            "revision": revision.get((file.feed, file.edition, file.sha256)),
            "in_mart": (file.feed, file.edition, file.sha256) in revision,
        }
        for file in files
    ]
    frame = pl.DataFrame(
        rows,
        schema_overrides={
            "published_on": pl.Date,
            "url": pl.String,
            "member": pl.String,
            "sheet": pl.String,
            "revision": pl.Int64,
        },
        infer_schema_length=None,
    )
    naive = [pl.col(c).dt.replace_time_zone(None) for c in ("retrieved_at", "imported_at")]
    return frame.with_columns(naive)


def _quarantine(home: Home, active: list[SourceFile]) -> pl.DataFrame:
    frames = [pl.DataFrame(schema=QUARANTINE_SCHEMA)]
    for file in active:
        path = lake_paths(home, file).quarantine
        if path.exists():
            rows = pl.read_parquet(path).with_columns(
                pl.lit(file.feed).alias("feed"),
                pl.lit(file.edition).alias("edition"),
                pl.lit(file.file_name).alias("file_name"),
                pl.lit(file.sha256).alias("sha256"),
                pl.col("source_row").cast(pl.Int64),
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
    "code_version": pl.String,
    "synthetic": pl.Boolean,
}


def read_publications(home: Home) -> pl.DataFrame:
    """The journal of publications, oldest first."""
    journal = home.archive / "publications.jsonl"
    if not journal.exists():
        return pl.DataFrame(schema=PUBLICATION_SCHEMA)
    entries = [
        json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines() if line
    ]
    return pl.DataFrame(
        entries, schema={**PUBLICATION_SCHEMA, "published_at": pl.String}
    ).with_columns(pl.col("published_at").str.to_datetime())
