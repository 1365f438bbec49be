"""Run a command of the product, and measure its phases from within.

Run as a program: `phases.py OUT ARGUMENT...`; writes JSON to OUT. The process is that which people
run, with a clock around each function of `PHASES`.
"""

from __future__ import annotations

import functools
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Phase -> the functions in which it happens: the module that calls one, and its name there.
PHASES = {
    "tidy and measure": [("assets.ingest", "tidy"), ("assets.ingest", "pack")],
    "check editions": [("assets.ingest", "judge_edition"), ("assets.ingest", "judge_files")],
    "build the mart": [("assets.mart_assets", "build_mart")],
    "check the mart": [("assets.mart_assets", "judge_mart")],
    "publish": [("assets.mart_assets", "publish")],
    "pages": [("assets.mart_assets", "build_pages")],
}
BUILD = "warehouse.publication.build"
# Step of building the mart -> the functions in which it happens, as in `PHASES`.
STEPS = {
    "load": [(BUILD, name) for name in ("load", "load_held", "create_names")],
    "periods of organisations": [(BUILD, "create_organisation_periods")],
    "find what to make": [(BUILD, "plan_patch")],
    "copy the published mart": [(BUILD, "_attach")],
    "figures": [(BUILD, "build_figures")],
    "organisations and KPIs": [(BUILD, "create_analyst_tables")],
    "revisions": [(BUILD, "create_revisions")],
    "governance": [(BUILD, "create_governance")],
    "control charts": [(BUILD, "create_spc")],
    "comparisons": [(BUILD, "create_comparison")],
    "inequality": [(BUILD, "create_inequality")],
    "sentences": [(BUILD, "create_sentences")],
    "claims": [(BUILD, "create_claims")],
    "members": [(BUILD, "publish_members")],
    "lineage": [(BUILD, "lineage_frame")],
    "remember": [(BUILD, "remember")],
    "views and comments": [(BUILD, "finish")],
}
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def cpu_seconds() -> float:
    """Return user and system seconds of this process and the children it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_mb() -> float | None:
    """Return the largest resident set since `forget_peak`; None where the system does not say."""
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return None
    [line] = [line for line in lines if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def forget_peak() -> None:
    """Have the system measure the peak anew (Linux); elsewhere phases have no peak."""
    try:
        CLEAR.write_text("5")
    except OSError:
        return


@dataclass
class Phase:
    """What a phase cost in all its calls; `peak_mb` is None where the system does not say."""

    calls: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    peak_mb: float | None = None


@dataclass
class Recorder:
    """Costs by phase. A phase that is called within another is part of that one. `around`: the
    recorder of the phases of which these are steps, which is told of their peaks."""

    phases: dict[str, Phase] = field(default_factory=dict)
    whole_peak_mb: float | None = None
    inside: bool = False
    around: Recorder | None = None
    steps_peak_mb: float | None = None

    def wrap(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with a clock around it."""

        @functools.wraps(function)
        def measured(*args: Any, **named: Any) -> Any:
            if self.inside:
                return function(*args, **named)
            with self.recording(phase):
                return function(*args, **named)

        return measured

    @contextmanager
    def recording(self, phase: str) -> Iterator[None]:
        """Measure what happens within."""
        self._note_peak()
        forget_peak()
        self.inside, self.steps_peak_mb = True, None
        seconds, cpu = time.perf_counter(), cpu_seconds()
        try:
            yield
        finally:
            self.inside = False
            found = self.phases.setdefault(phase, Phase())
            found.calls += 1
            found.seconds += time.perf_counter() - seconds
            found.cpu += cpu_seconds() - cpu
            peak = largest(self._note_peak(), self.steps_peak_mb)
            found.peak_mb = largest(found.peak_mb, peak)

    def _note_peak(self) -> float | None:
        peak = peak_mb()
        self.whole_peak_mb = largest(self.whole_peak_mb, peak)
        if self.around:
            self.around.whole_peak_mb = largest(self.around.whole_peak_mb, peak)
            self.around.steps_peak_mb = largest(self.around.steps_peak_mb, peak)
        return peak

    def as_json(self) -> dict[str, Any]:
        """Return phases and the peak of the whole."""
        self._note_peak()
        return {"peak_mb": self.whole_peak_mb, "phases": self.costs()}

    def costs(self) -> dict[str, Any]:
        """Return name -> cost."""
        return {name: vars(one) for name, one in self.phases.items()}


def largest(*peaks: float | None) -> float | None:
    """Return the largest of the peaks that are known."""
    return max((one for one in peaks if one is not None), default=None)


def watch(recorder: Recorder, named: dict[str, list[tuple[str, str]]]) -> None:
    """Put the clocks in place."""
    for phase, functions in named.items():
        for module_name, name in functions:
            module = importlib.import_module(module_name)
            setattr(module, name, recorder.wrap(phase, getattr(module, name)))


def main() -> None:
    """Run the command, then write what it cost; its exit status is kept."""
    out, *arguments = sys.argv[1:]
    recorder = Recorder()
    steps = Recorder(around=recorder)
    watch(recorder, PHASES)
    watch(steps, STEPS)
    sys.argv = ["access-recovery", *arguments]
    from pipelines.cli.main import main as command

    try:
        command()
    finally:
        Path(out).write_text(json.dumps({**recorder.as_json(), "steps": steps.costs()}))


if __name__ == "__main__":
    main()
