"""The rest of the mart: organisations, catalogue, calendar, theme views, and governance's records.

Belongs here: tables that describe rather than measure. Does not: figures (`figures`).
"""

from __future__ import annotations

import json

import polars as pl

from assets.contract import contracts
from warehouse.archive import Archive, SourceFile
from warehouse.catalogue import Kpi
from warehouse.history import EditionState, read_history, read_state
from warehouse.home import Home
from warehouse.mart.editions import EditionFile
from warehouse.mart.stage import Connection, create_from
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


def create_analyst_tables(db: Connection, kpis: dict[str, Kpi]) -> None:
    """`organisation`, `kpi` and `calendar_month` in the attached mart."""
    db.execute("CREATE TABLE mart.calendar_month AS SELECT * FROM stage.calendar ORDER BY month")
    _create_organisation(db)
    create_from(db, "mart.kpi", pl.DataFrame([_kpi_row(kpi) for kpi in kpis.values()]))


def _kpi_row(kpi: Kpi) -> dict[str, object]:
    return {
        "kpi_id": kpi.kpi_id,
        "title": kpi.title,
        "description": kpi.description,
        "numerator": kpi.numerator,
        "denominator": kpi.denominator,
        "unit": kpi.unit,
        "polarity": kpi.polarity,
        "additive_over_organisations": kpi.is_additive,
        "additive_over_time": kpi.is_additive and not kpi.is_stock,
        "feed": kpi.feed,
        "theme": kpi.theme,
        "caveats": "\n".join(kpi.caveats),
        "owner": kpi.owner,
        "reviewed_on": kpi.reviewed_on,
        "next_review": kpi.next_review,
    }


def _create_organisation(db: Connection) -> None:
    """One row per organisation and period in which its parents stayed the same."""
    db.execute(
        """CREATE TABLE mart.organisation AS
        WITH practice AS (
            SELECT p.org_code, 'practice' AS org_level, p.month, p.pcn_code, p.sub_icb_code,
                   s.icb_code, s.region_code
            FROM stage.practice_parent AS p
            LEFT JOIN stage.sub_icb_parent AS s
                ON s.org_code = p.sub_icb_code AND s.month = p.month),
        pcn AS (
            SELECT pcn_code AS org_code, 'pcn' AS org_level, month, NULL AS pcn_code,
                   CASE WHEN count(DISTINCT sub_icb_code) = 1 THEN min(sub_icb_code) END,
                   CASE WHEN count(DISTINCT icb_code) = 1 THEN min(icb_code) END,
                   CASE WHEN count(DISTINCT region_code) = 1 THEN min(region_code) END
            FROM practice WHERE pcn_code IS NOT NULL GROUP BY ALL),
        seen AS (
            SELECT * FROM practice UNION ALL SELECT * FROM pcn
            UNION ALL
            SELECT org_code, 'sub_icb', month, NULL, NULL, icb_code, region_code
            FROM (SELECT DISTINCT o.org_code, o.month, p.icb_code, p.region_code
                  FROM stage.observed AS o
                  LEFT JOIN stage.sub_icb_parent AS p USING (org_code, month)
                  WHERE o.org_level = 'sub_icb'
                    AND o.org_code NOT IN (SELECT org_code FROM stage.reference))),
        marked AS (
            SELECT *, coalesce((pcn_code, sub_icb_code, icb_code, region_code)
                IS DISTINCT FROM lag((pcn_code, sub_icb_code, icb_code, region_code)) OVER w, TRUE)
                AS is_new
            FROM seen WINDOW w AS (PARTITION BY org_level, org_code ORDER BY month)),
        period AS (
            SELECT org_level, org_code, pcn_code, sub_icb_code, icb_code, region_code,
                   month AS valid_from,
                   (lead(month) OVER (PARTITION BY org_level, org_code ORDER BY month)
                    - INTERVAL 1 DAY)::DATE AS valid_to
            FROM marked WHERE is_new),
        dated AS (
            SELECT r.org_level, r.org_code, NULL AS pcn_code, NULL AS sub_icb_code,
                   CASE WHEN r.org_level = 'sub_icb' THEN r.parent_code END AS icb_code,
                   CASE r.org_level WHEN 'sub_icb' THEN i.parent_code
                                    WHEN 'icb' THEN r.parent_code END AS region_code,
                   r.valid_from, r.valid_to, r.ons_code
            FROM stage.reference AS r
            LEFT JOIN stage.reference AS i ON r.org_level = 'sub_icb' AND i.org_level = 'icb'
                AND i.org_code = r.parent_code
                AND r.effective_from BETWEEN i.effective_from AND i.effective_to)
        SELECT o.org_code, o.org_level, n.org_name, o.ons_code, o.pcn_code, o.sub_icb_code,
               o.icb_code, o.region_code, NULL::VARCHAR AS local_authority,
               o.valid_from, o.valid_to, NULL::DOUBLE AS imd_score, NULL::INTEGER AS imd_quintile
        FROM (SELECT * FROM dated UNION ALL BY NAME SELECT * FROM period) AS o
        LEFT JOIN stage.organisation_name AS n
            ON n.org_level = o.org_level AND n.org_code = o.org_code
        ORDER BY o.org_level, o.org_code, o.valid_from"""
    )


def theme_views(kpis: dict[str, Kpi]) -> dict[str, str]:
    """One wide view per theme, name -> SQL: a column per KPI, a row per organisation and month."""
    views = {}
    for theme in sorted({kpi.theme for kpi in kpis.values()}):
        ids = [kpi.kpi_id for kpi in kpis.values() if kpi.theme == theme]
        columns = ",\n  ".join(f"max(value) FILTER (kpi_id = '{i}') AS {i}" for i in ids)
        listed = ", ".join(f"'{i}'" for i in ids)
        views[f"{theme}_monthly"] = (
            f"CREATE VIEW {theme}_monthly AS SELECT month, org_level, org_code, org_name,\n"
            f"  {columns},\n  bool_or(synthetic) AS synthetic\n"
            f"FROM kpi_monthly WHERE kpi_id IN ({listed})\n"
            "GROUP BY month, org_level, org_code, org_name"
        )
    return views


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
