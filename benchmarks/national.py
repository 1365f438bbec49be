"""Measure how long a national edition takes from zip to mart, beside DuckDB reading the CSVs.

Each step runs in a process of its own: elapsed and CPU seconds, peak memory. Only the standard
library is imported here: a large parent would count towards its children's peak.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
COMMAND = "import sys; from pipelines.cli.main import main; main()"
BASELINE = """
import duckdb, sys
members, out = sys.argv[1:]
db = duckdb.connect(config={"threads": 2})
for pattern in ("Practice_Level_Crosstab_*", "Mapping"):
    options = "header = true, quote = '\\"', all_varchar = true"
    source = f"read_csv('{members}/{pattern}.csv', {options})"
    target = f"'{out}/{pattern.strip('*_')}.parquet'"
    db.execute(f"COPY (FROM {source}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
"""
SEQUENCE = ("csv to parquet", "import", "refresh", "refresh again", "--help")


@dataclass(frozen=True)
class Step:
    """Elapsed seconds, CPU seconds and peak memory of one process."""

    name: str
    seconds: float
    cpu: float
    peak_mb: float


def run(name: str, arguments: list[str], home: Path, show: bool) -> Step:
    """Run one Python process and measure it; exit if it fails."""
    environment = {
        **os.environ,
        "ACCESS_RECOVERY_HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")]),
        "PYTHONUTF8": "1",
    }
    begun = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        stdout=None if show else subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{name} ended with status {child.returncode}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # ru_maxrss is in bytes there
    return Step(name, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def measure(work: Path, show: bool) -> list[Step]:
    """Measure one round of all steps, on a fresh home."""
    home, out = work / "home", work / "baseline"
    for folder in (home, out):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    [archive] = work.glob("*.zip")
    access_recovery = ["-c", COMMAND]
    steps = {
        "csv to parquet": ["-c", BASELINE, str(work / "members"), str(out)],
        "import": [*access_recovery, "import", str(archive)],
        "refresh": [*access_recovery, "refresh"],
        "refresh again": [*access_recovery, "refresh"],
        "--help": [*access_recovery, "--help"],
    }
    return [run(name, steps[name], home, show) for name in SEQUENCE]


def best(rounds: list[list[Step]]) -> list[Step]:
    """Return the fastest of each step over all rounds, with the largest peak."""
    found = []
    for same in zip(*rounds, strict=True):
        fastest = min(same, key=lambda step: step.seconds)
        peak = max(step.peak_mb for step in same)
        found.append(Step(fastest.name, fastest.seconds, fastest.cpu, peak))
    return found


def table(steps: list[Step]) -> str:
    """Return the figures as a Markdown table, and the ratio to watch."""
    base = steps[0]
    lines = [
        "| step | seconds | CPU seconds | ratio | peak MB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {s.name} | {s.seconds:.2f} | {s.cpu:.2f} | {s.seconds / base.seconds:.2f} "
        f"| {s.peak_mb:,.0f} |"
        for s in steps
    ]
    by_name = {step.name: step for step in steps}
    both = [by_name["import"], by_name["refresh"]]
    wall = sum(step.seconds for step in both) / base.seconds
    cpu = sum(step.cpu for step in both) / base.cpu
    lines.append("")
    lines.append(f"(import + refresh) / csv to parquet: {wall:.2f} by the clock, {cpu:.2f} by CPU")
    return "\n".join(lines)


def main() -> None:
    """Make the edition unless it exists, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for all files (2 GB)")
    parser.add_argument("--rows", type=int, default=3_300_000, help="about how many rows")
    parser.add_argument("--rounds", type=int, default=1, help="measure so often, keep the best")
    parser.add_argument("--show", action="store_true", help="show what the commands print")
    given = parser.parse_args()
    work = given.work.resolve() / f"{given.rows}"
    done = work / "edition.done"
    if not done.exists():
        made = run("edition", [str(HERE / "national_edition.py"), str(work), str(given.rows)],
                   work, given.show)  # fmt: skip
        done.touch()
        print(f"Edition made in {made.seconds:.0f} s")
    os.sync()  # otherwise the first step waits while the edition is written to disk
    members = list((work / "members").glob("Practice*.csv"))
    size = sum(member.stat().st_size for member in members)
    rows = 0
    for member in members:
        with member.open("rb") as text:
            rows += sum(chunk.count(b"\n") for chunk in iter(lambda t=text: t.read(1 << 20), b""))
    print(f"{rows - len(members):,} rows, {size / 1e6:,.0f} MB of CSV in {len(members)} files\n")
    print(table(best([measure(work, given.show) for _ in range(given.rounds)])))


if __name__ == "__main__":
    main()
