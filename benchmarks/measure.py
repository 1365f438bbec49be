"""The steps of a run: what is measured, on which home. Not here: their order (`journal`)."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.journal import Journal
from benchmarks.processes import Cost, command, module, run
from benchmarks.sizes import sizes
from benchmarks.unpack import unpack

STEPS = ("floor", "polars", "pandas", "product")
MART = "mart/access_recovery.duckdb"
EXPLAINED = ("appointments", "--org", "QK1", "--month")


@dataclass(frozen=True)
class Place:
    """Where a run has its files. `releases`: folders, oldest first."""

    work: Path
    releases: list[Path]
    journal: Journal
    repeats: int

    def home(self, held: int | str) -> Path:
        """Return the home that holds so many months."""
        return self.work / "homes" / str(held)

    @property
    def unpacked(self) -> Path:
        """The newest release as plain CSVs."""
        return self.work / "unpacked"

    def output(self, script: str, held: int) -> Path:
        """Return the file that an analyst's script writes for the newest of the held months."""
        return self.work / "outputs" / str(held) / f"{script}.parquet"


def step(place: Place, held: int, turn: int, name: str) -> None:
    """Measure one step of a round, and record it."""
    os.sync()  # otherwise the step waits for what an earlier one has written
    load = os.getloadavg()[0]
    found = product(place, held) if name == "product" else script(place, held, name)
    place.journal.add(kind="step", held=held, round=turn, step=name, load=load, **found)


def script(place: Place, held: int, name: str) -> dict[str, Any]:
    """Measure the floor or a script on the newest of the held months."""
    newest = place.releases[held - 1].name
    mark = place.unpacked / newest
    if not mark.exists():
        unpack(place.releases[:held], place.unpacked)
        mark.touch()
    if name == "floor":
        arguments = module("floor", place.unpacked, place.work / "floor")
    else:
        place.output(name, held).parent.mkdir(parents=True, exist_ok=True)
        arguments = module(f"analyst_{name}", place.unpacked, place.output(name, held))
    return {"costs": {name: asdict(run(arguments))}}


def product(place: Place, held: int) -> dict[str, Any]:
    """Measure one more month in a home that holds those before: import, refresh, a second one."""
    home, newest = place.home("round"), place.releases[held - 1]
    shutil.rmtree(home, ignore_errors=True)
    if held > 1:
        shutil.copytree(base(place, held - 1), home)
    home.mkdir(parents=True, exist_ok=True)
    os.sync()
    costs = {"import": run(command("import", newest), home)}
    costs["refresh"], inside = refresh(place, home)
    costs["refresh again"] = run(command("refresh"), home)
    costs["explain"] = run(command("explain", *EXPLAINED, newest.name), home)
    costs["--help"] = run(command("--help"), home)
    kept = place.home(held)
    shutil.rmtree(kept, ignore_errors=True)
    home.rename(kept)
    return {"costs": {name: asdict(cost) for name, cost in costs.items()}, **inside}


def refresh(place: Place, home: Path) -> tuple[Cost, dict[str, Any]]:
    """Measure a refresh from outside and within: its cost, and those of its `phases` and of the
    `steps` of building the mart by name."""
    out = place.work / "phases.json"
    cost = run(module("phases", out, "refresh"), home)
    inside = json.loads(out.read_text())
    peak = max(cost.peak_mb, inside["peak_mb"] or 0.0)
    return Cost(cost.seconds, cost.cpu, peak), {name: inside[name] for name in ("phases", "steps")}


def base(place: Place, held: int) -> Path:
    """Return a home that holds so many months; if there is none, make and measure it: all months
    imported at once into an empty home, and one refresh."""
    home = place.home(held)
    if (home / MART).exists():
        return home
    part = place.home("base")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    load = os.getloadavg()[0]
    costs = {"import": run(command("import", *place.releases[:held]), part)}
    costs["refresh"], inside = refresh(place, part)
    found = {name: asdict(cost) for name, cost in costs.items()}
    place.journal.add(kind="backfill", held=held, load=load, costs=found, **inside)
    part.rename(home)
    return home


def afterwards(place: Place, held: int) -> None:
    """Record what a home that holds so many months is like: sizes, queries, equality of outputs."""
    home, newest = place.home(held), place.releases[held - 1].name
    if not (home / MART).exists():  # removed since its last round
        product(place, held)
    for name in ("polars", "pandas"):
        if not place.output(name, held).exists():
            script(place, held, name)
    outputs = [place.output(name, held) for name in ("polars", "pandas")]
    verified = _json(place, module("equal", home / MART, newest, *outputs))
    queries = _json(place, module("queries", home / MART, place.repeats))
    place.journal.add(
        kind="held",
        held=held,
        sizes=sizes(home),
        tables=_json(place, module("tables", home / MART)),
        queries=queries,
        verified=verified,
    )


def _json(place: Place, arguments: list[str]) -> Any:
    """Return what a program prints as JSON."""
    printed = place.work / "printed.json"
    run(arguments, printed=printed)
    return json.loads(printed.read_text())
