"""For each aim that a run does not meet: where the cost is, as that run measured it, and what would
close the gap."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.aims import EXPLAIN_MS, QUERY_MS, Aim, aims
from benchmarks.summary import WHOLE, Results, months_held, phases, rounds

SHOWN = 6
# Beginning of an aim -> what would close the gap. Only what has been looked into.
CLOSES = {
    "one new month, CPU": "Working out the figures of a touched month for the KPIs whose inputs "
    "changed alone; medians of revisions kept as sums by age, which a new edition adds to; "
    "loading the months that did not change from what the build before remembered, instead of "
    "from the lake; a start that imports no more than a refresh uses (a warm worker of the daemon "
    "pays for it once). Take-in itself reads each file once and is near the floor.",
    "one new month, clock": "The same as for CPU; besides, a warm worker.",
    "growth": "What is made anew in each build whatever changed: loading, medians of revisions, "
    "places by month, texts of caveats, and the digests that are remembered.",
    "backfill": "Taking in several editions side by side: the checks of Great Expectations hold "
    "one core, and the other idles. A whole mart made month by month from the one before.",
    "memory": "Smaller batches (`warehouse.mart.batches.ROWS`, `warehouse.mart.spc.TOGETHER`) in "
    "the step with the peak; some 500 MB of each peak are libraries and what earlier phases left.",
    "mart with": "The month before, the year to date and the like of `kpi_monthly` as numerators "
    "and denominators, which take half of the bytes, for eight more columns; names of "
    "organisations in one table alone, which would change a published column; the blocks of "
    "replaced rows, which stay in a patched mart until the next whole one.",
    "`explain`": "Fewer sections in one statement: two thirds of its time is planning, not "
    "reading. A KPI that is taken from no cumulative measure is spared a fifth of the steps.",
    "other queries": "`'newest'` as a month of `explain` is looked up within the statement, which "
    "costs as much again as naming the month. `figures_affected` and views of one month read a "
    "group of 122,880 rows for each batch of KPIs that has the month: `kpi_monthly` in the order "
    "of months would halve that, and triple what the series of one place reads.",
    "command: refresh again": "What grows with history has not been taken apart: looking for facts "
    "and derived files takes 0.1 ms a source file, which is little of it.",
    "command: explain": "Importing DuckDB and the catalogue is most of it.",
    "command: --help": "Importing the command line library is most of it.",
    "files of the lake": "One file of each kind for editions of up to eight source files, too "
    "(`warehouse.transform.packed.FEW`): large ones are then written twice.",
    "SQLite": "A summary event per edition instead of one per check, which decision 34 rejects.",
}


@dataclass(frozen=True)
class Gap:
    """An aim that is not met, its profile (None if the run recorded none) and what would close
    it."""

    aim: Aim
    profile: str | None
    closes: str


def gaps(results: Results) -> list[Gap]:
    """Return the aims that are not met with the most months held, in the order of the aims."""
    return [
        Gap(aim, _profile(results, aim.what), _closes(aim.what))
        for aim in aims(results)
        if not aim.met
    ]


def _closes(what: str) -> str:
    return next(text for beginning, text in CLOSES.items() if what.startswith(beginning))


def _profile(results: Results, what: str) -> str | None:
    found = (work for beginning, work in PROFILES.items() if what.startswith(beginning))
    work = next(found, None)
    return work(results, months_held(results)[-1]) if work else None


def _of_month(results: Results, most: int) -> str | None:
    whole = median(one[WHOLE]["cpu"] for one in rounds(results, most))
    costs = {row.name: row.cpu for row in phases(results) if row.held == most}
    costs["import"] = median(one["import"]["cpu"] for one in rounds(results, most))
    told = _listed(costs, "CPU s")
    inside = _listed(_steps(results, most, "cpu"), "CPU s")
    return f"of {whole:.1f} CPU s {told}" + (f"; within the mart {inside}" if inside else "")


def _of_growth(results: Results, _most: int) -> str | None:
    held = months_held(results)
    first = {row.name: row.cpu for row in phases(results) if row.held == held[0]}
    last = {row.name: row.cpu for row in phases(results) if row.held == held[-1]}
    more = {name: cpu - first.get(name, 0.0) for name, cpu in last.items()}
    told = _listed(more, "CPU s")
    return told and f"more with {held[-1]} months than with {held[0]}: {told}"


def _of_memory(results: Results, most: int) -> str | None:
    peaks = {row.name: row.peak_mb or 0.0 for row in phases(results) if row.held == most}
    return _listed(peaks | _steps(results, most, "peak_mb"), "MB")


def _of_backfill(results: Results, _most: int) -> str | None:
    longest = max(results["backfills"], key=lambda one: one["held"])
    return _listed({name: one["cpu"] for name, one in longest["phases"].items()}, "CPU s")


def _of_mart(results: Results, most: int) -> str | None:
    tables = _held(results, most).get("tables", {})
    return _listed({name: one["bytes"] / 1e6 for name, one in tables.items()}, "MB")


def _of_explain(results: Results, most: int) -> str | None:
    return _slow(results, most, EXPLAIN_MS, is_explain=True)


def _of_queries(results: Results, most: int) -> str | None:
    return _slow(results, most, QUERY_MS, is_explain=False)


def _slow(results: Results, most: int, limit: float, is_explain: bool) -> str | None:
    slow = {
        one["name"]: one["warm_p95_ms"]
        for one in _held(results, most)["queries"]
        if one["name"].startswith("explain") == is_explain and one["warm_p95_ms"] > limit
    }
    return _listed(slow, "ms")


def _held(results: Results, most: int) -> dict[str, Any]:
    return next(one for one in results["held"] if one["held"] == most)


def _steps(results: Results, most: int, part: str) -> dict[str, float]:
    """The steps of building the mart: medians of CPU, largest peaks."""
    found: dict[str, list[float]] = {}
    for step in results["steps"]:
        if step["held"] == most:
            for name, one in step.get("steps", {}).items():
                found.setdefault(name, []).append(one[part] or 0.0)
    return {name: median(all_) if part == "cpu" else max(all_) for name, all_ in found.items()}


def _listed(costs: dict[str, float], unit: str) -> str | None:
    """The largest costs, in words; None if there are none."""
    largest: Iterable[tuple[str, float]] = sorted(costs.items(), key=lambda one: -one[1])[:SHOWN]
    told = [f"{name} {cost:,.{0 if cost >= 100 else 1}f}" for name, cost in largest if cost > 0]
    return f"{', '.join(told)} {unit}" if told else None


# Beginning of an aim -> where its cost is.
PROFILES: dict[str, Callable[[Results, int], str | None]] = {
    "one new month": _of_month,
    "growth": _of_growth,
    "backfill": _of_backfill,
    "memory": _of_memory,
    "mart with": _of_mart,
    "`explain`": _of_explain,
    "other queries": _of_queries,
}
