"""Marts for tests: from files to a published mart without Dagster, and small questions to it."""

import os
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from assets.ingest import pending_editions, take_in
from checks.check_register import check_table
from checks.mart_checks import add_results, judge_mart
from checks.runner import check_version
from tests.support import write_text
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.sql import attach
from warehouse.contract.model import contracts
from warehouse.editions.check_history import edition_files, fingerprint, record
from warehouse.intake.importer import ImportOutcome, Request, import_paths
from warehouse.publication.build import Built, build_mart
from warehouse.publication.publish import publish
from warehouse.transform.tidy import tidy

RUN = "test-run"
Figure = dict[str, Any]


def retrieved(path: Path, day: str) -> Path:
    """The file, dated as if it had been downloaded on that day."""
    stamp = datetime.fromisoformat(day).timestamp()
    os.utime(path, (stamp, stamp))
    return path


def bring(home: Home, *paths: Path, published_on: date | None = None) -> list[ImportOutcome]:
    """Import files; none may be refused."""
    outcomes = list(import_paths(home, list(paths), Request(published_on=published_on)))
    refused = [(o.name, o.message) for o in outcomes if o.verdict == "refused"]
    assert not refused, refused
    return outcomes


def take_in_all(home: Home) -> dict[tuple[str, str], str]:
    """Judge every edition in the order of the contracts; (feed, edition) -> verdict."""
    held = {(file.feed, file.edition) for file in Archive(home).active_files()}
    verdicts = {}
    for feed in contracts():
        for edition in sorted(edition for one, edition in held if one == feed):
            taken = take_in(home, feed, edition, RUN)
            assert taken is not None
            verdicts[(feed, edition)] = taken.state.verdict
    return verdicts


def judge_pending(home: Home) -> None:
    """Judge what is pending, as a refresh does."""
    for feed in contracts():
        for edition in pending_editions(home, feed):
            take_in(home, feed, edition, RUN)


def choose(home: Home, practice_level: bool, threshold: int) -> Home:
    """The home of an owner who has chosen what may be seen of local returns."""
    said = {"practice_level": practice_level, "threshold": threshold}
    write_text(home.settings, yaml.safe_dump({"disclosure": said}))
    return home


def accept_all(home: Home) -> None:
    """Tidy every edition and take it for accepted: arithmetic needs no verdicts."""
    files = Archive(home).active_files()
    for feed, edition in sorted({(file.feed, file.edition) for file in files}):
        for file in files:
            if (file.feed, file.edition) == (feed, edition):
                tidy(home, file)
        basis = fingerprint(edition_files(files, feed, edition), check_version())
        own = [file.sha256 for file in files if (file.feed, file.edition) == (feed, edition)]
        record(home, feed, edition, basis, [], RUN, own)


@cache
def register() -> pl.DataFrame:
    """The checks that apply, which are the same for every mart."""
    return check_table()


def build_aside(home: Home) -> Built:
    """Build the mart and put its checks into it; every check must hold."""
    built = build_mart(home, RUN, register())
    results = judge_mart(built.path, RUN)
    offences = [(r.rule, r.observed) for r in results if r.verdict != "pass"]
    assert not offences, offences
    add_results(built.path, results)
    return built


def build(home: Home, paths: Iterable[Path] = (), judged: bool = False) -> "Mart":
    """Import, judge what is pending (or just accept), build, check and publish; returns the
    published mart."""
    bring(home, *paths)
    if judged:
        judge_pending(home)
    else:
        accept_all(home)
    publish(home, build_aside(home))
    return Mart(home.mart)


class Mart:
    """Questions to a published mart, as it was when this object was made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = duckdb.connect()
        attach(self.db, path)
        self.db.execute("USE mart")

    def rows(self, sql: str, **parameters: object) -> list[Figure]:
        """Rows of a query as dictionaries."""
        answer = self.db.execute(sql, parameters or None)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def figures(self, kpi: str, level: str, code: str) -> dict[str, Figure]:
        """The figures of one KPI and organisation in `kpi_monthly`, by month (`2025-10`)."""
        found = self.rows(
            "SELECT * FROM kpi_monthly WHERE kpi_id = $kpi AND org_level = $level "
            "AND org_code = $code ORDER BY month",
            kpi=kpi,
            level=level,
            code=code,
        )
        return {f"{row['month']:%Y-%m}": row for row in found}

    def figure(self, kpi: str, level: str, code: str, month: str) -> Figure:
        """One row of `kpi_monthly`."""
        return self.figures(kpi, level, code)[month]

    def value(self, kpi: str, level: str, code: str, month: str) -> float | None:
        """One value of `kpi_monthly`."""
        found: float | None = self.figure(kpi, level, code, month)["value"]
        return found

    def vintages(self, kpi: str, level: str, code: str, month: str) -> list[tuple[str, int, Any]]:
        """`(edition, revision, value)` of one month, oldest first."""
        found = self.rows(
            "SELECT edition, revision, value FROM kpi_vintage WHERE kpi_id = $kpi "
            "AND org_level = $level AND org_code = $code AND strftime(month, '%Y-%m') = $month "
            "ORDER BY edition, revision",
            kpi=kpi,
            level=level,
            code=code,
            month=month,
        )
        return [(row["edition"], row["revision"], row["value"]) for row in found]
