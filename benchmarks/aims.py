"""What the product is to reach, beside what a run measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.summary import WHOLE, Results, laws, months_held, phases, rounds, table

COLD = 4.0  # times the floor, by CPU, for one new national month
BACKFILL = 2.5  # times the floor of its months
GROWTH = 0.15  # exponent against months held
SIZES = 3  # fewer numbers of months held are no evidence of growth
MEMORY_MB = 1500
QUERY_MS, EXPLAIN_MS = 50, 60  # 95th percentile, warm
MART_MB = 400
LAKE_FILES = 40  # a month of five editions
SQLITE_MB = 1.0  # an edition
EDITIONS = 5  # of a national month: two files of practices, sub-ICBs, coverage, lists
NO_OP_SECONDS, HELP_SECONDS, EXPLAIN_SECONDS = 2.0, 0.4, 1.0


@dataclass(frozen=True)
class Aim:
    """An aim, what was measured, and whether that meets it."""

    what: str
    aim: str
    measured: str
    met: bool


def _limit(what: str, measured: float, limit: float, unit: str, digits: int = 1) -> Aim:
    met = measured <= limit
    return Aim(what, f"{limit:,g} {unit}".strip(), f"{measured:,.{digits}f} {unit}".strip(), met)


def aims(results: Results) -> list[Aim]:
    """Return the aims, measured with the most months held."""
    most = months_held(results)[-1]
    listed = [*_month(results, most), *_backfill(results), *_memory(results)]
    listed += [*_mart(results, most), *_files(results, most)]
    return [*listed, *_queries(results, most), *_commands(results, most)]


def _month(results: Results, most: int) -> Iterable[Aim]:
    own = rounds(results, most)
    ratio = median(one[WHOLE]["cpu"] / one["floor"]["cpu"] for one in own)
    yield _limit("one new month, CPU", ratio, COLD, "x floor")
    pandas = median(one["pandas"]["seconds"] for one in own)
    whole = median(one[WHOLE]["seconds"] for one in own)
    yield _limit("one new month, clock", whole / pandas, 1.0, "x pandas script")
    law = laws(table(results, [WHOLE]), lambda row: row.cpu)[WHOLE]
    if law and len(months_held(results)) >= SIZES:
        yield _limit("growth of one new month's CPU with history", law.exponent, GROWTH, "", 2)


def _backfill(results: Results) -> Iterable[Aim]:
    if not results["backfills"]:
        return
    largest = max(results["backfills"], key=lambda one: one["held"])
    floor = median(
        step["costs"]["floor"]["cpu"] for step in results["steps"] if "floor" in step["costs"]
    )
    cpu = sum(one["cpu"] for one in largest["costs"].values())
    ratio = cpu / (largest["held"] * floor)
    yield _limit(f"backfill of {largest['held']} months at once, CPU", ratio, BACKFILL, "x floor")


def _memory(results: Results) -> Iterable[Aim]:
    rows = [row for row in [*phases(results), *table(results, ["refresh"])] if row.peak_mb]
    worst = max(rows, key=lambda row: row.peak_mb or 0)
    name = f"memory of every phase (most: {worst.name})"
    yield _limit(name, worst.peak_mb or 0, MEMORY_MB, "MB", 0)


def _mart(results: Results, most: int) -> Iterable[Aim]:
    size = _held(results, most)["sizes"]["mart"]["bytes"] / 1e6
    yield _limit(f"mart with {most} months", size, MART_MB, "MB", 0)


def _files(results: Results, most: int) -> Iterable[Aim]:
    """With the most months held beside the fewest: what a month adds."""
    few = months_held(results)[0]
    if few == most:
        return
    last, first = _held(results, most)["sizes"], _held(results, few)["sizes"]
    files = (last["lake"]["files"] - first["lake"]["files"]) / (most - few)
    size = (last["SQLite"]["bytes"] - first["SQLite"]["bytes"]) / (most - few) / EDITIONS / 1e6
    yield _limit("files of the lake that a month adds", files, LAKE_FILES, "", 0)
    yield _limit("SQLite that an edition adds", size, SQLITE_MB, "MB", 2)


def _queries(results: Results, most: int) -> Iterable[Aim]:
    queries = _held(results, most)["queries"]
    kinds = {True: ("`explain`, warm, p95", EXPLAIN_MS), False: ("other queries, p95", QUERY_MS)}
    for is_explain, (what, limit) in kinds.items():
        own = [one for one in queries if one["name"].startswith("explain") == is_explain]
        worst = max(own, key=lambda one: one["warm_p95_ms"])
        name = f"{what} (slowest: {worst['name']})"
        yield _limit(name, worst["warm_p95_ms"], limit, "ms", 0)


def _commands(results: Results, most: int) -> Iterable[Aim]:
    named = {"refresh again": NO_OP_SECONDS, "explain": EXPLAIN_SECONDS, "--help": HELP_SECONDS}
    for row in table(results, named):
        if row.held == most:
            yield _limit(f"command: {row.name}", row.seconds, named[row.name], "s")


def _held(results: Results, most: int) -> dict[str, Any]:
    return next(one for one in results["held"] if one["held"] == most)
