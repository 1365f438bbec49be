"""Write docs/performance.md and its charts from the results of a run: `python -m benchmarks.report
RESULTS`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.aims import aims
from benchmarks.charts import Point, line_chart
from benchmarks.gaps import gaps
from benchmarks.processes import ROOT
from benchmarks.summary import (
    BASES,
    COMMANDS,
    LEAST_CPU,
    WHOLE,
    Results,
    Row,
    laws,
    months_held,
    phases,
    table,
)

PAGE = ROOT / "docs" / "performance.md"
IMAGES = "images/performance"  # from the page
TEMPLATE = "performance.md.jinja"
SLOWEST = 12  # queries named on the page
HELD = "national months held"


def _series(rows: list[Row], part: str) -> dict[str, list[Point]]:
    found: dict[str, list[Point]] = {}
    for row in rows:
        value = getattr(row, part)
        if value is not None:
            found.setdefault(row.name, []).append((row.held, value))
    return found


def charts(results: Results) -> dict[str, str]:
    """Return file name -> SVG."""
    whole, inside = table(results, (WHOLE, *BASES)), phases(results)
    parts = [row for row in inside if row.cpu >= LEAST_CPU]
    held = results["held"]
    sizes = {
        part: [(one["held"], one["sizes"][part]["bytes"] / 1e6) for one in held]
        for part in held[0]["sizes"]
    }
    slow = {
        query["name"]: [(one["held"], one["queries"][number]["warm_p95_ms"]) for one in held]
        for number, query in enumerate(held[0]["queries"])
        if query["name"] in {one["name"] for one in slowest(results)[:7]}
    }
    return {
        "cpu.svg": line_chart(
            "CPU of one new month", HELD, "CPU seconds", _series(whole, "cpu")
        ),
        "phases.svg": line_chart("CPU of a refresh", HELD, "CPU s", _series(parts, "cpu")),
        "memory.svg": line_chart(
            "Peak memory, by phase", HELD, "MB", _series([*inside, *whole], "peak_mb")
        ),
        "queries.svg": line_chart("The slowest queries, warm", HELD, "ms, p95", slow),
        "bytes.svg": line_chart("Size of a home", HELD, "MB", sizes),
    }  # fmt: skip


def slowest(results: Results) -> list[dict[str, Any]]:
    """Return the slowest queries with the most months held, the slowest first."""
    return sorted(results["held"][-1]["queries"], key=lambda one: -one["warm_p95_ms"])[:SLOWEST]


def steps(results: Results) -> list[dict[str, Any]]:
    """Return the steps of building the mart by number of months held, in the newest round; none if
    the run did not record them."""
    found = {one["held"]: one["steps"] for one in results["steps"] if one.get("steps")}
    return [
        {"held": held, "name": name, **one}
        for held in sorted(found)
        for name, one in found[held].items()
    ]


def growth(results: Results) -> list[dict[str, Any]]:
    """Return, by name, the exponents of CPU and of memory against months held."""
    rows = [*table(results, (WHOLE, *COMMANDS)), *phases(results)]
    fitted = [row for row in rows if row.cpu >= LEAST_CPU]
    cpu, memory = laws(fitted, lambda row: row.cpu), laws(fitted, lambda row: row.peak_mb)
    return [
        {"name": name, "cpu": law, "memory": memory.get(name)} for name, law in cpu.items() if law
    ]


def page(results: Results) -> str:
    """Return the page."""
    around = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    loads = [step["load"] for step in results["steps"]]
    whole = table(results, (*BASES, WHOLE, *COMMANDS))
    spread = max(row.most_cpu / row.least_cpu - 1 for row in whole if row.name == WHOLE)
    return around.get_template(TEMPLATE).render(
        results=results,
        images=IMAGES,
        months=months_held(results),
        rows=whole,
        phases=phases(results),
        aims=aims(results),
        gaps=gaps(results),
        steps=steps(results),
        growth=growth(results),
        slowest=slowest(results),
        loads=(min(loads), max(loads)),
        spread=spread,
        first_held=results["held"][0],
        last_held=results["held"][-1],
    )


def main() -> None:
    """Write page and charts."""
    results = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    PAGE.write_text(page(results), encoding="utf-8")
    folder = PAGE.parent / IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in charts(results).items():
        (folder / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
