"""Medians, ratios and exponents of a run's results, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.fit import PowerLaw, power_law

Results = dict[str, Any]
Cost = dict[str, float]
WHOLE = "import + refresh"
BASES = ("floor", "polars", "pandas")
LEAST_CPU = 0.2  # seconds below which growth is not fitted: the clock's own noise
COMMANDS = ("import", "refresh", "refresh again", "explain", "--help")


@dataclass(frozen=True)
class Row:
    """One thing measured with so many months held: medians over rounds, the largest peak, and the
    least and largest CPU seconds. `by_floor`: median of the rounds' ratios of CPU to the floor."""

    name: str
    held: int
    seconds: float
    cpu: float
    least_cpu: float
    most_cpu: float
    peak_mb: float | None
    by_floor: float | None


def added(costs: Iterable[Cost]) -> Cost:
    """Return the cost of things done one after another."""
    listed = list(costs)
    return {
        "seconds": sum(one["seconds"] for one in listed),
        "cpu": sum(one["cpu"] for one in listed),
        "peak_mb": max(one["peak_mb"] for one in listed),
    }


def costs_of(step: dict[str, Any]) -> dict[str, Cost]:
    """Return all costs of a step by name, the whole of import and refresh among them."""
    costs = dict(step["costs"])
    if "refresh" in costs:
        costs[WHOLE] = added([costs["import"], costs["refresh"]])
    return costs


def rounds(results: Results, held: int) -> list[dict[str, Cost]]:
    """Return the costs by name of each round with so many months held."""
    found: dict[int, dict[str, Cost]] = {}
    for step in results["steps"]:
        if step["held"] == held:
            found.setdefault(step["round"], {}).update(costs_of(step))
    return [found[number] for number in sorted(found)]


def phase_rounds(results: Results, held: int) -> list[dict[str, Cost]]:
    """Return the phases of each refresh with so many months held, and the rest of it."""
    found = []
    for step in results["steps"]:
        if step["held"] == held and "phases" in step:
            whole, phases = step["costs"]["refresh"], step["phases"]
            rest = {
                part: whole[part] - sum(one[part] for one in phases.values())
                for part in ("seconds", "cpu")
            }
            found.append({**phases, "rest": {**rest, "peak_mb": None}})
    return found


def row(name: str, held: int, listed: list[dict[str, Cost]]) -> Row:
    """Return the medians of a name over rounds. Raises KeyError if a round does not have it."""
    own = [one[name] for one in listed]
    cpu = [one["cpu"] for one in own]
    ratios = [one[name]["cpu"] / one["floor"]["cpu"] for one in listed if "floor" in one]
    peaks = [one["peak_mb"] for one in own if one["peak_mb"] is not None]
    return Row(
        name,
        held,
        median(one["seconds"] for one in own),
        median(cpu),
        min(cpu),
        max(cpu),
        max(peaks, default=None),
        median(ratios) if ratios else None,
    )


def months_held(results: Results) -> list[int]:
    """Return the numbers of months that were measured."""
    return sorted({step["held"] for step in results["steps"]})


def table(results: Results, names: Iterable[str]) -> list[Row]:
    """Return a row for each number of months held and name."""
    return [
        row(name, held, listed)
        for held in months_held(results)
        for listed in [rounds(results, held)]
        for name in names
    ]


def phases(results: Results) -> list[Row]:
    """Return a row for each number of months held and phase of the refresh."""
    found = []
    for held in months_held(results):
        listed = phase_rounds(results, held)
        names = [name for name in listed[0] if all(name in one for one in listed)]
        found += [row(name, held, listed) for name in names]
    return found


def laws(rows: Iterable[Row], of: Callable[[Row], float | None]) -> dict[str, PowerLaw | None]:
    """Return the power law of each name, of what `of` takes from its rows."""
    points: dict[str, list[tuple[float, float]]] = {}
    for one in rows:
        value = of(one)
        if value is not None and value > 0:
            points.setdefault(one.name, []).append((one.held, value))
    return {name: power_law(listed) for name, listed in points.items()}


def lines(results: Results) -> list[str]:
    """Return the results in short, for the terminal."""
    rows = [*table(results, (*BASES, WHOLE, *COMMANDS)), *phases(results)]
    said = [f"{'':24}{'months':>7}{'seconds':>9}{'CPU s':>8}{'x floor':>9}{'peak MB':>9}"]
    for one in rows:
        ratio = "" if one.by_floor is None else f"{one.by_floor:.2f}"
        peak = "" if one.peak_mb is None else f"{one.peak_mb:,.0f}"
        said.append(
            f"{one.name:24}{one.held:>7}{one.seconds:>9.2f}{one.cpu:>8.2f}{ratio:>9}{peak:>9}"
        )
    said.append("")
    costly = [one for one in rows if one.name not in BASES and one.cpu >= LEAST_CPU]
    for name, law in laws(costly, lambda one: one.cpu).items():
        if law:
            said.append(f"CPU of {name}: months held to the power of {law.exponent:.2f}")
    for held in results["held"]:
        for name, verified in held["verified"].items():
            said.append(
                f"{held['held']} months, {name}: {verified['rows']:,} figures, "
                f"{verified['differing']} differ from the mart"
            )
        slow = sorted(held["queries"], key=lambda one: -one["warm_p95_ms"])[:5]
        said += [f"  {one['name']}: {one['warm_p95_ms']:.0f} ms (p95)" for one in slow]
    return said
