"""From which month on rows of the tables of statistics are made anew.

They follow from figures, of which the build knows what it made (`stage.since`), and from what else
is known: places, lists, caveats, targets. Of that a build keeps digests, `stage.statistic_digest`
(`input, kpi_id, org_level, month, digest`; a null: all of them), which the next one compares with
its own. Not here: the rows.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from warehouse.base.sql import unlogged
from warehouse.mart.hierarchy import Connection

ALWAYS = date(1, 1, 1)
DIGESTS = "statistic_digest"
# Inputs whose digest is a month: earlier than before, rows are needed that were not kept.
NEWEST, NEWEST_OF_PRACTICES = "newest month", "newest month of practices"
SCOPE = ("kpi_id", "org_level", "month")
# `kpi_id, org_level, since`: the first month that is made anew of every KPI and level with figures;
# null: none is.
Since = pl.DataFrame
SCHEMA = {"kpi_id": pl.String, "org_level": pl.String, "since": pl.Date}


class ChangedInput(NamedTuple):
    """What differs from the build before: an input of a KPI, level and month; None for all."""

    input: str
    kpi_id: str | None
    org_level: str | None
    month: date | None


def note_input(db: Connection, name: str, frame: pl.DataFrame, *scope: str) -> None:
    """Keep the digests of what is known, a row for each value of the columns `scope`, some of
    `SCOPE`."""
    db.register("known", frame.to_arrow())
    note_rows(db, name, "FROM known", *scope)
    db.unregister("known")


def note_rows(db: Connection, name: str, sql: str, *scope: str) -> None:
    """Keep the digests of the rows of a query, as `note_input`."""
    own = ", ".join(f"t.{one}" if one in scope else f"NULL AS {one}" for one in SCOPE)
    _note(
        db,
        f"""SELECT $name AS input, {own},
               count(*) || ' ' || coalesce(sum(hash(t)::HUGEINT), 0) || ' '
               || coalesce(bit_xor(hash(t)), 0) AS digest
        FROM ({sql}) AS t GROUP BY {", ".join(f"t.{one}" for one in scope) or "()"}""",
        {"name": name},
    )


def note_newest(db: Connection, name: str, which: str = "TRUE") -> None:
    """Keep the newest month of the figures of each KPI, for tables that have so many months before
    it. `name`: `NEWEST` or `NEWEST_OF_PRACTICES`; `which`: SQL, of which figures."""
    _note(
        db,
        f"""SELECT $name AS input, kpi_id, NULL AS org_level, NULL AS month,
               max(month)::VARCHAR AS digest
        FROM mart.kpi_monthly WHERE {which} GROUP BY kpi_id""",
        {"name": name},
    )


def _note(db: Connection, sql: str, parameters: dict[str, str]) -> None:
    unlogged(db, "CREATE SCHEMA IF NOT EXISTS stage")
    unlogged(
        db,
        f"""CREATE TABLE IF NOT EXISTS stage.{DIGESTS} (
            input VARCHAR, kpi_id VARCHAR, org_level VARCHAR, month DATE, digest VARCHAR)""",
    )
    unlogged(db, f"INSERT INTO stage.{DIGESTS} BY NAME {sql}", parameters)


def everything(db: Connection) -> Since:
    """All months of every KPI and level with figures."""
    found: pl.DataFrame = db.sql(
        f"""SELECT DISTINCT kpi_id, org_level, DATE '{ALWAYS}' AS since FROM mart.kpi_monthly
        ORDER BY ALL"""
    ).pl()
    return found.cast(SCHEMA)  # type: ignore[arg-type]


def differences(db: Connection, before: str) -> list[ChangedInput]:
    """What differs from the digests in another schema."""
    same = " AND ".join(f"n.{one} IS NOT DISTINCT FROM b.{one}" for one in ("input", *SCOPE))
    either = ", ".join(f"coalesce(n.{one}, b.{one})" for one in ("input", *SCOPE))
    rows = db.execute(
        f"""SELECT {either}
        FROM stage.{DIGESTS} AS n FULL JOIN {before}.{DIGESTS} AS b ON {same}
        WHERE CASE WHEN coalesce(n.input, b.input) IN ('{NEWEST}', '{NEWEST_OF_PRACTICES}')
                   THEN n.digest < b.digest ELSE n.digest IS DISTINCT FROM b.digest END"""
    ).fetchall()
    return [ChangedInput(*row) for row in rows]


def first_months(
    figures: dict[tuple[str, str], date], found: list[ChangedInput], inputs: tuple[str, ...]
) -> Since:
    """The first month of each KPI and level that is made anew. `figures`: the first of the figures
    of which its rows are made, `date.max` if none is."""
    rows = []
    for (kpi_id, level), since in figures.items():
        own = [
            one.month or ALWAYS
            for one in found
            if one.input in inputs
            and one.kpi_id in (None, kpi_id)
            and one.org_level in (None, level)
        ]
        rows.append((kpi_id, level, min(since, *own) if own else since))
    return pl.DataFrame(sorted(rows), schema=SCHEMA, orient="row").with_columns(
        pl.col("since").replace(date.max, None)
    )
