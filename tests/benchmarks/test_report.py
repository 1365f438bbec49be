"""From what was measured to JSON and the page: shape, medians, ratios, aims."""

import argparse
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks import about, report
from benchmarks.__main__ import QUICK, SCHEMA, WHOLE, arguments, results
from benchmarks.aims import aims
from benchmarks.gaps import CLOSES, gaps
from benchmarks.journal import Journal
from benchmarks.measure import STEPS, Place
from benchmarks.phases import PHASES
from benchmarks.phases import STEPS as OF_THE_BUILD
from benchmarks.summary import WHOLE as BOTH
from benchmarks.summary import lines, phases, rounds, table
from benchmarks.tables import tables
from tests.support import write

RESULTS = Path(report.ROOT) / "benchmarks" / "results"
PARTS = ("archive", "lake", "quarantine", "mart", "previous marts", "SQLite", "other")
# CPU seconds by step, of rounds in which the machine was once twice as slow.
CPU = {"floor": 8.0, "polars": 5.0, "pandas": 12.0}


def cost(cpu: float, peak: float = 300.0) -> dict[str, float]:
    return {"seconds": cpu / 2, "cpu": cpu, "peak_mb": peak}


def filled(place: Place) -> None:
    """Three sizes and two rounds; the product takes twice as much with four times the months."""
    for held in (1, 2, 4):
        for turn, slow in ((0, 1.0), (1, 2.0)):
            for step in STEPS:
                about_it = {"kind": "step", "held": held, "round": turn, "step": step, "load": 1.5}
                if step != "product":
                    place.journal.add(**about_it, costs={step: cost(slow * CPU[step])})
                    continue
                refresh = slow * 30.0 * held**0.5
                costs = {"import": cost(slow * 10), "refresh": cost(refresh, 900.0 + held)}
                costs |= {n: cost(slow) for n in ("refresh again", "explain", "--help")}
                inside = {n: cost(refresh / 12, 100.0 * held) | {"calls": 1} for n in PHASES}
                steps = {n: cost(refresh / 99, 200.0) | {"calls": 1} for n in OF_THE_BUILD}
                place.journal.add(**about_it, costs=costs, phases=inside, steps=steps)
        query = {"name": "explain, ICB", "rows": 9, "cold_ms": 90.0, "warm_ms": 55.0}
        query |= {"warm_least_ms": 50.0, "warm_p95_ms": 59.0, "warm_cpu_ms": 60.0}
        slower = {**query, "name": "caveats", "warm_p95_ms": 51.0}
        place.journal.add(
            kind="held",
            held=held,
            sizes={name: {"bytes": held * 10**6, "files": 10 * held} for name in PARTS},
            tables={"main.kpi_monthly": {"bytes": held * 10**6, "rows": 1000 * held}},
            queries=[query, slower],
            verified={name: {"rows": 100, "differing": 0} for name in ("polars", "pandas")},
        )
    backfill = {"import": cost(30.0), "refresh": cost(78.0, 1600.0)}
    place.journal.add(kind="backfill", held=3, load=2.0, costs=backfill, phases={}, steps={})


@pytest.fixture
def measured(tmp_path: Path) -> dict[str, Any]:
    write(tmp_path / "releases" / "2023-06" / "a.zip", b"x" * 1000)
    releases = [tmp_path / "releases" / "2023-06"]
    place = Place(tmp_path, releases, Journal(tmp_path / "journal.jsonl"), repeats=3)
    filled(place)
    given = argparse.Namespace(months=[1, 2, 4], rounds=2, rows=1000, repeats=3, note="At night.")
    found: dict[str, Any] = json.loads(json.dumps(results(place, given)))
    return found


def test_the_json_says_what_was_run_on_what(measured: dict[str, Any]) -> None:
    assert measured["schema"] == SCHEMA and measured["synthetic"] is True
    assert measured["arguments"] == {"rows": 1000, "months": [1, 2, 4], "rounds": 2, "repeats": 3}
    assert measured["release_bytes"] == 1000
    assert set(measured["machine"]) == {"processor", "cores", "memory_gb", "system"}
    assert {"Python", "duckdb", "polars", "pandas", "commit"} <= set(measured["versions"])
    assert len(measured["date"]) == 10
    assert len(measured["steps"]) == 3 * 2 * 4
    assert [one["held"] for one in measured["held"]] == [1, 2, 4]
    for step in measured["steps"]:
        assert {"held", "round", "step", "load", "costs"} <= set(step)
        for one in step["costs"].values():
            assert {"seconds", "cpu", "peak_mb"} == set(one)


def test_ratios_are_of_the_same_round(measured: dict[str, Any]) -> None:
    """Medians over rounds of which one was slow would not be 5; the ratio of each round is."""
    [first, _, second] = table(measured, [BOTH])
    assert first.by_floor == pytest.approx((10 + 30) / 8)
    assert second.by_floor == pytest.approx((10 + 60) / 8)
    assert (first.least_cpu, first.cpu, first.most_cpu) == (40.0, 60.0, 80.0)
    assert second.peak_mb == 904.0
    assert len(rounds(measured, 1)) == 2


def test_what_is_in_no_phase_is_the_rest(measured: dict[str, Any]) -> None:
    rest = [row for row in phases(measured) if row.name == "rest"]
    assert [row.cpu for row in rest] == pytest.approx([45 / 2, 45 / 2**0.5, 90 / 2])
    assert all(row.peak_mb is None for row in rest)


def test_aims_are_met_or_not(measured: dict[str, Any]) -> None:
    judged = {aim.what.partition(" (")[0]: aim for aim in aims(measured)}
    cpu = judged["one new month, CPU"]
    assert (cpu.met, cpu.measured) == (False, "8.8 x floor")
    growth = judged["growth of one new month's CPU with history"]
    assert not growth.met and growth.measured.startswith("0.4")
    assert not judged["one new month, clock"].met
    backfill = judged["backfill of 3 months at once, CPU"]  # 108 s for three floors of 12 s
    assert (backfill.met, backfill.measured) == (False, "3.0 x floor")
    assert judged["memory of every phase"].met
    assert judged["mart with 4 months"].met
    assert judged["`explain`, warm, p95"].met
    assert not judged["other queries, p95"].met
    assert judged["files of the lake that a month adds"].met
    assert judged["SQLite that an edition adds"].met
    assert judged["command: refresh again"].met
    assert not judged["command: --help"].met


def test_each_aim_that_is_not_met_has_its_profile_and_what_would_close_it(
    measured: dict[str, Any],
) -> None:
    found = {gap.aim.what.partition(" (")[0]: gap for gap in gaps(measured)}
    assert set(found) == {a.what.partition(" (")[0] for a in aims(measured) if not a.met}
    assert all(gap.closes in CLOSES.values() for gap in found.values()) and len(found) > 4
    month = found["one new month, CPU"].profile
    assert month and "of 105.0 CPU s" in month and "within the mart" in month
    assert "more with 4 months than with 1" in (
        found["growth of one new month's CPU with history"].profile or ""
    )
    assert found["other queries, p95"].profile == "caveats 51.0 ms"
    assert found["command: --help"].profile is None


def test_every_aim_has_words_for_its_gap(measured: dict[str, Any]) -> None:
    for aim in aims(measured):
        assert sum(aim.what.startswith(one) for one in CLOSES) == 1, aim.what


def test_tables_of_a_mart_have_rows_and_bytes(tmp_path: Path) -> None:
    mart = tmp_path / "mart.duckdb"
    with duckdb.connect(str(mart)) as db:
        db.execute("CREATE SCHEMA governance; CREATE TABLE governance.few AS SELECT 1 AS n")
        db.execute("CREATE TABLE many AS SELECT hash(n) AS n FROM range(200000) AS t (n)")
    found = tables(mart)
    assert list(found) == ["main.many", "governance.few"]
    assert found["main.many"]["rows"] == 200_000 and found["main.many"]["bytes"] > 1e6


def test_the_page_and_the_terminal_have_every_figure(measured: dict[str, Any]) -> None:
    page, said = report.page(measured), "\n".join(lines(measured))
    for text in (
        "SYNTHETIC",
        "At night.",
        "explain, ICB",
        "| 4 | build the mart |",
        "| 4 | control charts |",
        "| `main.kpi_monthly` | 4,000 | 4.0 |",
        "What is not met",
        "**not met**",
        "Backfill",
    ):
        assert text in page
    assert "power of 0.4" in said and "0 differ" in said
    drawn = report.charts(measured)
    assert set(drawn) == {f"{n}.svg" for n in ("cpu", "phases", "memory", "queries", "bytes")}
    for name in drawn:
        assert f"{report.IMAGES}/{name}" in page


def test_one_size_has_no_growth(measured: dict[str, Any]) -> None:
    alone = {**measured, "backfills": []}
    for kind in ("steps", "held"):
        alone[kind] = [one for one in measured[kind] if one["held"] == 4]
    page = report.page(alone)
    assert not [aim for aim in aims(alone) if aim.what.startswith("growth")]
    assert "Growth with history" not in page and "Backfill" not in page


def test_the_page_in_the_repository_is_of_the_results_beside_it() -> None:
    [newest] = sorted(RESULTS.glob("*.json"))[-1:]
    found = json.loads(newest.read_text(encoding="utf-8"))
    assert report.PAGE.read_text(encoding="utf-8") == report.page(found)
    for name, svg in report.charts(found).items():
        image = report.PAGE.parent / report.IMAGES / name
        assert image.read_text(encoding="utf-8") == svg


def test_options_that_are_not_given_are_of_the_whole_or_the_quick_run() -> None:
    whole, quick = arguments([]), arguments(["--quick", "--rounds", "2"])
    assert (whole.rows, whole.months) == (WHOLE["rows"], [1, 2, 4, 8, 16, 30])
    assert (quick.rows, quick.rounds, quick.months) == (QUICK["rows"], 2, [1, 2])
    assert arguments(["--months", "4,1,2"]).months == [1, 2, 4]


def test_a_change_of_code_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(about, "ROOT", tmp_path)
    write(tmp_path / "uv.lock", b"")
    module = write(tmp_path / "warehouse" / "a.py", b"1")
    before = about.code_hash()
    write(tmp_path / "warehouse" / "notes.md", b"not code")
    assert about.code_hash() == before
    module.write_bytes(b"2")
    assert about.code_hash() != before


def test_what_changed_since_a_run_is_told_apart_from_it(measured: dict[str, Any]) -> None:
    assert "### Since this run" not in report.page(measured)
    told = report.page({**measured, "since": ["**Bytes**: fewer."]})
    assert "### Since this run" in told and "- **Bytes**: fewer.\n" in told
