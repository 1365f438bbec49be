"""Time the queries of the guides, and the wide ones, on a mart: cold once, warm many times.

Run as a program: `queries.py MART REPEATS` prints JSON. Cold is the first query of a new
connection, with the file dropped from the system's memory where it allows that.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

DOCS = Path(__file__).resolve().parents[1] / "docs"
GUIDES = ("analyst-guide.md", "governance-guide.md")
FENCE = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAMPLE_NEWEST = date(2025, 3, 1)  # the guides' queries name months of the sample
MONTH = re.compile(r"'(20\d\d)-(0[1-9]|1[0-2])(-\d\d)?'")
# What dashboards ask: whole levels and whole months. {month} is the newest.
WIDE = {
    "explain, ICB": "FROM explain('appointments', 'QK1', DATE '{month}')",
    "explain, ICB from practices": "FROM explain('appointments_unmapped_share', 'QK1', "
    "DATE '{month}')",
    "explain, England": "FROM explain('appointments', 'E92000001', DATE '{month}')",
    "explain, sub-ICB": "FROM explain('appointments_same_day_share', '04C', DATE '{month}')",
    "explain, practice": "FROM explain('appointments', 'Z20001', DATE '{month}')",
    "caveats, all ICBs": "FROM kpi_monthly_with_caveats WHERE org_level = 'icb' "
    "AND kpi_id = 'appointments'",
    "caveats, all ICBs, a month": "FROM kpi_monthly_with_caveats WHERE org_level = 'icb' "
    "AND month = DATE '{month}'",
    "wide view, practices of a month": "FROM appointments_monthly WHERE org_level = 'practice' "
    "AND month = DATE '{month}'",
    "wide view, an ICB": "FROM appointments_monthly WHERE org_code = 'QK1'",
    "figures_affected, a release": "SELECT count(*), max(value) "
    "FROM figures_affected('gp_appointments_practice', '{edition}')",
    "figures_affected, all rows": "FROM figures_affected('gp_appointments_sub_icb', '{edition}')",
}


def moved(sql: str, first: date, newest: date, today: date) -> str:
    """Return a guide's query with its months moved: March 2025, the sample's newest, becomes the
    mart's newest, others as far before it, but not before the first; the month of a refresh
    (2026 in the guides) becomes today's."""

    def move(found: re.Match[str]) -> str:
        year, month, day = int(found[1]), int(found[2]), found[3] or ""
        before = (SAMPLE_NEWEST.year - year) * 12 + SAMPLE_NEWEST.month - month
        number = newest.year * 12 + newest.month - 1 - before
        number = max(number, first.year * 12 + first.month - 1)
        place = today if year > SAMPLE_NEWEST.year else date(number // 12, number % 12 + 1, 1)
        return f"'{place:%Y-%m}{day}'"

    return MONTH.sub(move, sql)


def guide_queries() -> dict[str, str]:
    """Return guide and number -> SQL."""
    found = {}
    for guide in GUIDES:
        text = (DOCS / guide).read_text(encoding="utf-8")
        for number, sql in enumerate(FENCE.findall(text), start=1):
            found[f"{guide.partition('-')[0]} guide, query {number}"] = sql
    return found


def drop_from_memory(path: Path) -> bool:
    """Ask the system to forget what it has read of a file; whether it can be asked."""
    if not hasattr(os, "posix_fadvise"):
        return False
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return True


def opened(mart: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection with the mart attached, as analysts attach it."""
    db = duckdb.connect()
    db.execute(f"ATTACH '{mart}' AS mart (READ_ONLY)")
    db.execute("USE mart")
    return db


@dataclass(frozen=True)
class Timed:
    """Milliseconds until all rows were fetched, by the clock and of CPU, and how many rows."""

    ms: float
    cpu_ms: float
    rows: int


def timed(db: duckdb.DuckDBPyConnection, sql: str) -> Timed:
    """Run a query and fetch its rows."""
    begun, cpu = time.perf_counter(), time.process_time()
    rows = db.execute(sql).fetchall()
    ended, used = time.perf_counter(), time.process_time()
    return Timed(1000 * (ended - begun), 1000 * (used - cpu), len(rows))


def percentile_95(times: list[float]) -> float:
    """Return the time that 19 of 20 are below."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if times[1:] else times[0]


def measure(mart: Path, repeats: int) -> list[dict[str, Any]]:
    """Return a record per query: name, rows, milliseconds cold and warm (least, median, 95th
    percentile; median of CPU).

    Warm repeats go round all queries in turn, so that a noisy moment hits all of them.
    """
    with opened(mart) as db:
        [(first, newest)] = db.execute("SELECT min(month), max(month) FROM kpi_monthly").fetchall()
    about = {"month": f"{newest:%Y-%m-%d}", "edition": f"{newest:%Y-%m}"}
    queries = {n: moved(sql, first, newest, date.today()) for n, sql in guide_queries().items()}
    queries |= {name: sql.format(**about) for name, sql in WIDE.items()}
    cold: dict[str, Timed] = {}
    for name, sql in queries.items():
        drop_from_memory(mart)
        with opened(mart) as db:
            cold[name] = timed(db, sql)
    warm: dict[str, list[Timed]] = {name: [] for name in queries}
    with opened(mart) as db:
        for sql in queries.values():
            timed(db, sql)
        for _ in range(repeats):
            for name, sql in queries.items():
                warm[name].append(timed(db, sql))
    return [
        {
            "name": name,
            "rows": cold[name].rows,
            "cold_ms": cold[name].ms,
            "warm_least_ms": min(one.ms for one in warm[name]),
            "warm_ms": statistics.median(one.ms for one in warm[name]),
            "warm_p95_ms": percentile_95([one.ms for one in warm[name]]),
            "warm_cpu_ms": statistics.median(one.cpu_ms for one in warm[name]),
        }
        for name in queries
    ]


def main() -> None:
    """Print the records of a mart as JSON."""
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))


if __name__ == "__main__":
    main()
