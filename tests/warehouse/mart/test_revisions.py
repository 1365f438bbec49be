"""Revisions: what changed, by how much, and how much is usual."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby, pairwise
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.warehouse.support_mart import Mart
from warehouse.archive.source_files import SourceFile
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.mart.hierarchy import create_from
from warehouse.mart.kept import Kept
from warehouse.mart.load import known_from
from warehouse.mart.revisions import (
    create_revisions,
    link_vintages,
    revision_macros,
    revision_views,
)

UNITS = {"visits": "events", "share": "share"}
Known = tuple[str, str, str, str, str, int, str, float | None]


def known(
    value: float | None,
    edition: str,
    day: str,
    month: str = "2025-10",
    kpi: str = "visits",
    level: str = "sub_icb",
    code: str = "04C",
    revision: int = 1,
) -> Known:
    """One vintage of a figure."""
    return kpi, level, code, month, edition, revision, day, value


class InMemory(Mart):
    """A mart that lies in no file."""

    def __init__(self) -> None:
        self.db = duckdb.connect()


def revised(*vintages: Known) -> Mart:
    """A mart in memory that has these vintages only."""
    mart = InMemory()
    names = ["kpi_id", "org_level", "org_code", "period", "edition", "revision", "day", "value"]
    frame = pl.DataFrame(list(vintages), schema=names, orient="row").with_columns(
        pl.col("value").cast(pl.Float64), pl.col("kpi_id").replace_strict(UNITS).alias("unit")
    )
    mart.db.execute("ATTACH ':memory:' AS mart; CREATE SCHEMA stage")
    create_from(mart.db, "stage.given", frame)
    mart.db.execute(
        """CREATE TABLE stage.kpi_fact AS SELECT DISTINCT kpi_id, org_level FROM stage.given;
        CREATE TABLE stage.series AS SELECT row_number() OVER () AS series, *
        FROM (SELECT DISTINCT kpi_id, 7 AS kpi_key, org_level, org_code, unit
              FROM stage.given ORDER BY ALL);
        CREATE TABLE stage.organisation_span AS
        SELECT 'sub_icb' AS org_level, '04C' AS org_code, first, last,
               nullif(first, DATE '0001-01-01') AS organisation_since
        FROM (VALUES (DATE '0001-01-01', DATE '2025-03-31'), (DATE '2025-04-01', DATE '9999-12-31'))
            AS t(first, last);
        CREATE TABLE stage.unlinked AS
        SELECT s.series, (period || '-01')::DATE AS month, edition, revision, value,
               year(month) * 12 + month(month) AS ordinal, day::DATE AS known_from,
               replace(edition, '-', '')::BIGINT * 1000 + revision AS vintage
        FROM stage.given JOIN stage.series AS s USING (kpi_id, org_level, org_code);
        CREATE TABLE stage.organisation_name AS
        SELECT 'sub_icb' AS org_level, '04C' AS org_code, 'Leicester City' AS org_name;
        CREATE TABLE mart.kpi AS
        SELECT DISTINCT ON (kpi_id) kpi_id, kpi_id AS title, unit FROM stage.given"""
    )
    link_vintages(mart.db)
    create_revisions(mart.db, synthetic=False, kept=Kept())
    mart.db.execute(
        """CREATE TABLE mart.kpi_vintage AS SELECT n.*, s.* EXCLUDE (series)
        FROM stage.numbered AS n JOIN stage.series AS s USING (series); USE mart"""
    )
    for sql in revision_views().values():
        mart.db.execute(sql)
    for signature, sql in revision_macros().items():
        mart.db.execute(f"CREATE MACRO {signature} AS TABLE {sql}")
    return mart


def changes(mart: Mart, *columns: str) -> list[tuple[Any, ...]]:
    wanted = ", ".join(columns)
    return [tuple(row.values()) for row in mart.rows(f"SELECT {wanted} FROM kpi_revision")]


def test_a_revision_has_both_values_and_its_edition() -> None:
    mart = revised(
        known(200, "2025-10", "2025-11-27"),
        known(200, "2025-11", "2025-12-18"),
        known(190, "2025-12", "2026-01-29"),
        known(7, "2025-12", "2026-01-29", month="2025-12"),
    )
    [row] = mart.rows("FROM kpi_revision")
    assert row == {
        "kpi_id": "visits",
        "org_level": "sub_icb",
        "org_code": "04C",
        "org_name": "Leicester City",
        "month": date(2025, 10, 1),
        "from_edition": "2025-11",
        "from_revision": 1,
        "edition": "2025-12",
        "revision": 1,
        "known_from": date(2026, 1, 29),
        "kind": "revised",
        "old_value": 200,
        "new_value": 190,
        "change": -10,
        "ratio": pytest.approx(-0.05),
        "editions_after": 2,
        "editions_ago": 0,
        "organisation_key": "sub_icb:04C@2025-04-01",
        "organisation_since": date(2025, 4, 1),
        "kpi_key": 7,
        "synthetic": False,
    }


def test_a_reissue_changes_its_own_edition() -> None:
    mart = revised(known(0, "2025-10", "2025-11-27"), known(5, "2025-10", "2025-12-05", revision=2))
    columns = "from_edition", "from_revision", "revision", "ratio", "change", "editions_after"
    assert changes(mart, *columns) == [("2025-10", 1, 2, None, 5, 0)]


def test_a_figure_that_returns_is_compared_with_the_last_one_known() -> None:
    mart = revised(
        known(None, "2025-10", "2025-11-27"),
        known(100, "2025-11", "2025-12-18"),
        known(None, "2025-12", "2026-01-29"),
        known(None, "2026-01", "2026-02-26"),
        known(110, "2026-02", "2026-03-26"),
        known(None, "2026-03", "2026-04-30"),
        known(110, "2026-04", "2026-05-28"),
    )
    assert changes(mart, "kind", "from_edition", "edition", "old_value", "new_value", "change") == [
        ("appeared", "2025-10", "2025-11", None, 100, None),
        ("vanished", "2025-11", "2025-12", 100, None, None),
        ("revised", "2025-11", "2026-02", 100, 110, 10),
        ("vanished", "2026-02", "2026-03", 110, None, None),
        ("appeared", "2026-03", "2026-04", None, 110, None),
    ]


def test_largest_are_ranked_within_kpi_and_level_by_what_fits_the_unit() -> None:
    november, december = ("2025-11", "2025-12-18"), ("2025-12", "2026-01-29")
    pairs = {
        ("visits", "sub_icb", "04C"): (1000, 1100),
        ("visits", "sub_icb", "03W"): (10, 5),
        ("visits", "sub_icb", "04V"): (0, 900),
        ("visits", "icb", "QK1"): (9000, 9001),
        ("share", "sub_icb", "04C"): (0.50, 0.53),
        ("share", "sub_icb", "03W"): (0.01, 0.02),
    }
    mart = revised(
        *[known(old, *november, kpi=k, level=lv, code=c) for (k, lv, c), (old, _) in pairs.items()],
        *[known(new, *december, kpi=k, level=lv, code=c) for (k, lv, c), (_, new) in pairs.items()],
    )
    ranked = mart.rows(
        "SELECT kpi_id, org_level, org_code, rank, round(size, 6) AS size FROM largest_revisions "
        "WHERE rank <= 10 ORDER BY kpi_id DESC, org_level DESC, rank"
    )
    for most in (1, 2, 10):
        asked = mart.rows(f"FROM largest_revisions_to({most})")
        assert asked == mart.rows(f"FROM largest_revisions WHERE rank <= {most}") and asked
    assert [tuple(row.values()) for row in ranked] == [
        ("visits", "sub_icb", "03W", 1, 0.5),
        ("visits", "sub_icb", "04C", 2, 0.1),
        ("visits", "sub_icb", "04V", 3, None),
        ("visits", "icb", "QK1", 1, 0.000111),
        ("share", "sub_icb", "04C", 1, 0.03),
        ("share", "sub_icb", "03W", 2, 0.01),
    ]


def test_largest_are_those_of_the_last_twelve_editions() -> None:
    editions = [f"2025-{n:02d}" for n in range(1, 13)] + ["2026-01", "2026-02"]
    mart = revised(*[known(n, e, f"{e}-28", "2025-01") for n, e in enumerate(editions, start=1)])
    assert len(changes(mart, "edition")) == 13
    [row] = mart.rows("SELECT count(*) AS n, min(edition) AS oldest FROM largest_revisions")
    assert row == {"n": 12, "oldest": "2025-03"}


@pytest.fixture(scope="module")
def usual() -> Mart:
    """Three months as first released and as an edition later; one of them first held late."""
    first, later = ("2025-10", "2025-11-27"), ("2025-11", "2025-12-18")
    return revised(
        *[known(100, *first, code=code) for code in ("04C", "03W", "04V")],
        *[known(v, *later, code=code) for v, code in ((102, "04C"), (99, "03W"), (100, "04V"))],
        known(100, *first, month="2024-10"),
        known(150, *later, month="2024-10"),
        known(None, *first, code="06H"),
        known(100, *later, code="06H"),
        known(10, *first, level="practice", code="C82001"),
        known(20, *later, level="practice", code="C82001"),
        known(0.40, *first, kpi="share", level="practice", code="C82001"),
        known(0.43, *later, kpi="share", level="practice", code="C82001"),
    )


def test_typical_revision_is_a_median_over_changed_and_unchanged(usual: Mart) -> None:
    rows = usual.rows(
        "SELECT basis, observations, round(median_change, 9) AS median, "
        "round(p90_change, 9) AS p90, unit_of_change FROM kpi_revision_typical "
        "WHERE kpi_id = 'visits' AND org_level = 'sub_icb' AND editions_after = 1 ORDER BY basis"
    )
    unit = "relative: 0.01 is one percent"
    assert [tuple(row.values()) for row in rows] == [
        ("first held", 4, 0.015, 0.356, unit),
        ("first release", 3, 0.01, 0.018, unit),
    ]


def test_each_kpi_shows_its_typical_revision(usual: Mart) -> None:
    shown = usual.rows(
        "SELECT kpi_id, round(typical_revision_after_1, 9) AS one, typical_revision_after_3, "
        "typical_revision_after_12 FROM kpi ORDER BY kpi_id"
    )
    assert [tuple(row.values()) for row in shown] == [
        ("share", 0.03, None, None),  # only practices have it: points, not percent
        ("visits", 0.01, None, None),  # sub-ICBs and above, from first releases
    ]


def test_known_on_a_day_is_the_newest_edition_at_hand_then() -> None:
    mart = revised(
        known(1, "2025-10", "2025-11-27"),
        known(4, "2025-12", "2026-01-29"),
        known(3, "2025-11", "2026-03-01"),  # saved only after the next one
    )

    def on(day: str) -> list[Any]:
        return [r["value"] for r in mart.rows(f"FROM kpi_as_known_on(DATE '{day}')")]

    days = ("2025-11-26", "2025-11-27", "2026-01-28", "2026-01-29", "2026-06-01")
    assert [on(day) for day in days] == [[], [1], [1], [4], [4]]


def test_file_is_known_from_its_publication_else_the_calendar_else_from_when_it_was_saved() -> None:
    def day(stated: date | None, saved: date, revision: int = 1) -> date:
        file = SourceFile.model_construct(
            feed="gp_appointments_sub_icb",
            edition="2025-10",
            published_on=stated,
            retrieved_at=datetime(saved.year, saved.month, saved.day, tzinfo=UTC),
        )
        return known_from(EditionFile(file, revision, 1))

    due, early, late = date(2025, 11, 27), date(2025, 11, 20), date(2026, 8, 1)
    assert day(date(2025, 11, 28), late) == date(2025, 11, 28)
    assert day(None, late) == due
    assert day(None, early) == early, "it can't have been saved before it was known"
    assert day(None, late, revision=2) == late, "the calendar is of first issues"


def test_known_today_is_the_monthly_figure(llr: Mart, years: Mart) -> None:
    today = """SELECT kpi_id, org_level, org_code, month, value, edition
        FROM kpi_as_known_on(DATE '2099-01-01')"""
    shown = """SELECT kpi_id, org_level, org_code, month, value, edition FROM kpi_monthly
        WHERE edition IS NOT NULL"""
    for mart in (llr, years):
        assert mart.rows(f"({today}) EXCEPT ALL ({shown})") == []
        assert mart.rows(f"({shown}) EXCEPT ALL ({today})") == []


def test_as_first_reported_is_the_first_reported_value(llr: Mart, years: Mart) -> None:
    differing = """SELECT * FROM kpi_monthly AS m
        LEFT JOIN kpi_as_first_reported() AS f
            ON f.kpi_id = m.kpi_id AND f.org_level = m.org_level AND f.org_code = m.org_code
            AND f.month = m.month
        WHERE f.value IS DISTINCT FROM m.first_reported_value"""
    for mart in (llr, years):
        assert mart.rows(differing) == []
        assert mart.rows("FROM kpi_as_first_reported() WHERE value IS NOT NULL")


def vintages(mart: Mart) -> Iterator[tuple[tuple[Any, ...], list[tuple[str, int, Any]]]]:
    """Every figure with `(edition, revision, value)` of each vintage, oldest first."""
    rows = mart.rows(
        "SELECT kpi_id, org_level, org_code, month, edition, revision, value FROM kpi_vintage "
        "ORDER BY ALL"
    )
    for key, group in groupby((tuple(row.values()) for row in rows), key=lambda row: row[:4]):
        yield key, [row[4:] for row in group]


def test_every_change_of_a_mart_is_a_revision_and_nothing_else(llr: Mart) -> None:
    expected = {
        (*key, *after[:2], before[2], after[2])
        for key, held in vintages(llr)
        for before, after in pairwise(held)
        if before[2] != after[2]
    }
    found = llr.rows(
        "SELECT kpi_id, org_level, org_code, month, edition, revision, old_value, new_value "
        "FROM kpi_revision"
    )
    assert len(expected) > 10
    assert {tuple(row.values()) for row in found} == expected
