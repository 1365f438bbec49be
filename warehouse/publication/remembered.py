"""What a build remembers for the next one, beside the mart: `mart/parts/<fingerprint>.duckdb`.

Belongs here: writing, finding and forgetting it. Does not: what is kept (`patch`).

It has the digests of what the figures were made from (`input_digest`) and the statistics beside
them (`statistic_digest`), what the mart does not show
of earlier revisions (`REMEMBERED`, each row with how many `times` it was counted), the names and
periods of organisations, and `about`, one row. It holds sums and names of organisations, so it goes
with the mart that it belongs to.
"""

from __future__ import annotations

from pathlib import Path

from warehouse.base.home import Home
from warehouse.base.sql import attach_to_write, unlogged
from warehouse.mart.hierarchy import Connection
from warehouse.mart.kept import REMEMBERED
from warehouse.mart.made_since import DIGESTS
from warehouse.mart.organisation_periods import SPANS
from warehouse.mart.renamed_and_moved import BEFORE, NAMES

PLACE = "mart/parts"
STORAGE_VERSION = "v1.0.0"
AFTER = "after"


def key_of(fingerprint: str) -> str:
    """Return the key of what the build of a mart remembered."""
    return f"{PLACE}/{fingerprint}.duckdb"


def remembered(home: Home, fingerprint: str | None) -> Path | None:
    """Return the file that the build of a mart wrote; None if there is none."""
    if fingerprint is None or not home.store.exists(key_of(fingerprint)):
        return None
    return home.store.local_copy(key_of(fingerprint))


def remembered_keys(home: Home) -> list[str]:
    """Return the keys of all that builds remembered."""
    return home.store.list_keys(PLACE)


def forget(home: Home, but: str | None = None) -> None:
    """Delete what builds remembered, except that of the mart with this fingerprint."""
    for key in remembered_keys(home):
        if but is None or key != key_of(but):
            home.store.delete(key)
    home.store.sweep(PLACE)


def remember(
    db: Connection, home: Home, fingerprint: str, facts: str, patches: int, kept: bool
) -> None:
    """Write what the next build may use. `facts`: what must be the same then; `patches`: builds
    since the whole mart was made; `kept`: add what the build before remembered of kept figures."""
    with home.store.writing(key_of(fingerprint)) as path:
        attach_to_write(db, path, AFTER, STORAGE_VERSION)
        try:
            unlogged(
                db,
                f"CREATE TABLE {AFTER}.about AS SELECT $facts AS facts, $patches::INT AS patches",
                {"facts": facts, "patches": patches},
            )
            for table in ("input_digest", DIGESTS, NAMES, SPANS):
                unlogged(db, f"CREATE TABLE {AFTER}.{table} AS FROM stage.{table}")
            for table in REMEMBERED:
                unlogged(db, f"CREATE TABLE {AFTER}.{table} AS {_counted(table, kept)}")
        finally:
            for name in (AFTER, BEFORE):  # it may be the file that this one replaces
                db.execute(f"DETACH DATABASE IF EXISTS {name}")


def _counted(table: str, kept: bool) -> str:
    touched = "JOIN stage.touched USING (kpi_id, org_level, month)"
    if not kept:
        return f"SELECT *, count(*) AS times FROM stage.{table} GROUP BY ALL"
    return f"""SELECT *, count(*) AS times FROM stage.{table} SEMI {touched} GROUP BY ALL
        UNION ALL BY NAME FROM {BEFORE}.{table} ANTI {touched}"""
