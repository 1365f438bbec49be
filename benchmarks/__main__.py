"""Measure, or go on with a run that was stopped, and write its results as JSON."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.about import code_hash, machine, versions
from benchmarks.journal import Journal, due
from benchmarks.measure import STEPS, Place, afterwards, step
from benchmarks.processes import ROOT, module, run

SCHEMA = 1
WHOLE = {"rows": 3_300_000, "months": "1,2,4,8,16,30", "rounds": 3, "repeats": 20}
QUICK = {"rows": 60_000, "months": "1,2", "rounds": 1, "repeats": 3}


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options; those not given are of the whole run, or of the quick one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small files, under two minutes")
    parser.add_argument("--months", help=f"national months held, by default {WHOLE['months']}")
    parser.add_argument("--rows", type=int, help="rows of a practice-level release")
    parser.add_argument("--rounds", type=int, help="how often each step is measured")
    parser.add_argument("--repeats", type=int, help="how often each query is timed warm")
    parser.add_argument("--work", type=Path, default=ROOT / ".bench", help="folder for all files")
    parser.add_argument("--out", type=Path, help="JSON file to write; default: in the folder")
    parser.add_argument("--note", default="", help="what else to know about the run, for the page")
    parser.add_argument("--fresh", action="store_true", help="do not go on with an earlier run")
    found = parser.parse_args(given)
    for name, value in (QUICK if found.quick else WHOLE).items():
        if getattr(found, name) is None:
            setattr(found, name, value)
    found.months = sorted({int(number) for number in found.months.split(",")})
    return found


def place_of(given: argparse.Namespace) -> Place:
    """Make the releases that are missing, and return where the run has its files."""
    files = given.work.resolve() / str(given.rows)
    most = given.months[-1]
    releases = files / "releases"
    run(module("national_releases", releases, "--rows", given.rows, "--count", most))
    work = files / code_hash()
    if given.fresh:
        shutil.rmtree(work, ignore_errors=True)
    for other in files.iterdir():  # homes of other code, which would be brought up to date first
        if other not in (releases, work):
            shutil.rmtree(other / "homes", ignore_errors=True)
    made = sorted(path for path in releases.iterdir() if path.suffix != ".part")
    return Place(work, made[:most], Journal(work / "journal.jsonl"), given.repeats)


def measure(place: Place, months: list[int], rounds: int) -> None:
    """Measure what the journal does not have yet."""
    for held in months:
        todo = due(place.journal, [held], rounds, STEPS)
        for _, turn, name in todo:
            print(f"{held} months, round {turn + 1} of {rounds}: {name}", flush=True)
            step(place, held, turn, name)
        if todo or not place.journal.has(kind="held", held=held):
            print(f"{held} months: sizes, queries, comparison", flush=True)
            afterwards(place, held)
        for home in (place.work / "homes").glob("*"):
            if home.name != str(held):  # may be the base of the next
                shutil.rmtree(home)


def results(place: Place, given: argparse.Namespace) -> dict[str, Any]:
    """Return what was measured, as it is written: one object per run."""
    wanted = set(given.months)
    steps = [one for one in place.journal.records("step") if one["held"] in wanted]
    newest = {one["held"]: one for one in place.journal.records("held") if one["held"] in wanted}
    return {
        "schema": SCHEMA,
        "date": date.today().isoformat(),
        "synthetic": True,
        "machine": machine(),
        "versions": versions(),
        "arguments": {name: getattr(given, name) for name in WHOLE},
        "note": given.note,
        "release_bytes": sum(path.stat().st_size for path in place.releases[-1].iterdir()),
        "steps": steps,
        "backfills": place.journal.records("backfill"),
        "held": [newest[held] for held in sorted(newest)],
    }


def main() -> None:
    """Measure, write, print."""
    from benchmarks.summary import lines

    given = arguments()
    place = place_of(given)
    measure(place, given.months, given.rounds)
    found = results(place, given)
    out = given.out or place.work / "results.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print("\n".join(["", *lines(found), "", f"Written to {out}"]))


if __name__ == "__main__":
    main()
