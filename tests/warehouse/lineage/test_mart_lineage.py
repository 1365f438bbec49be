"""Column lineage of a whole mart, against the data: what changes when one measure does."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest.mock import patch

import duckdb
import polars as pl
import pytest

from checks.mart_checks import judge_mart
from tests.support import write_coverage, write_crosstab, write_regional
from tests.warehouse.support_mart import Mart, build
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.months import add_months
from warehouse.kpi.catalogue import catalogue
from warehouse.lineage import edge_table as lineage_table
from warehouse.lineage.compose import mart_edges
from warehouse.lineage.edge_table import SCHEMA, edges_of, lineage_frame
from warehouse.lineage.feed_edges import ROWS, Edge
from warehouse.lineage.follow import index, made_of
from warehouse.lineage.records import DECLARED_BY_HAND, RECORDS
from warehouse.publication.build import build_mart
from warehouse.transform.lake import lake_paths

SUB_ICB, COVERAGE = "gp_appointments_sub_icb", "gp_appointments_coverage"
MONTHS = [add_months(date(2024, 10, 1), n) for n in range(13)]
KEYS = ("kpi_id", "org_level", "org_code", "month", "edition", "revision", "rank", "caveat_id")
Changed = tuple[str, str, str | None]  # table, column, KPI


@dataclass(frozen=True)
class World:
    """A home whose mart is published, the mart, and the SQL that made it."""

    home: Home
    mart: Mart
    edges: list[Edge]
    statements: list[str]
    content: dict[tuple[str, str | None], pl.DataFrame]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A year and a month of a sub-ICB, with its one practice and its patients."""
    root: Path = tmp_path_factory.mktemp("lineage")
    home, told = Home(root / "home"), []
    rows = [
        {"APPOINTMENT_MONTH": f"{month:%b%Y}".upper(), "APPT_STATUS": status}
        for month in MONTHS
        for status in ("Attended", "DNA")
    ]
    covered = [{"Appointment_Month": f"{month:%d%b%Y}".upper()} for month in MONTHS]
    paths = [
        write_regional(root / "regional.csv", *rows),
        write_coverage(root / "coverage.csv", *covered),
        write_crosstab(root / "practice.csv"),
    ]
    real = lineage_table.recorded_statements

    def kept(db: duckdb.DuckDBPyConnection) -> list[str]:
        told[:] = real(db)
        return told

    with patch("warehouse.publication.build.recorded_statements", kept):
        mart = build(home, paths)
    return World(home, mart, edges_of(mart.db), told, content(home.mart))


def content(path: Path) -> dict[tuple[str, str | None], pl.DataFrame]:
    """Rows of every table and view made from figures, by KPI where they have one."""
    found = {}
    with duckdb.connect(str(path), read_only=True) as db:
        names = [
            name
            for (name,) in db.execute(
                """SELECT table_name FROM information_schema.tables
                   WHERE table_schema = 'main' AND NOT starts_with(table_name, 'claim')"""
            ).fetchall()
        ]
        for name in names:
            columns = [column for column, *_ in db.execute(f"DESCRIBE {name}").fetchall()]
            by = ", ".join(key for key in KEYS if key in columns)
            frame = db.sql(f"FROM {name}" + (f" ORDER BY {by}" if by else "")).pl()
            if "kpi_id" in columns:
                parts = frame.partition_by("kpi_id", as_dict=True)
                found |= {(name, str(kpi)): rows for (kpi,), rows in parts.items()}
            else:
                found[(name, None)] = frame
    return found


def changed(world: World, feed: str, measure: str) -> set[Changed]:
    """What changes in the mart when every figure of one measure is one more."""
    [file] = [file for file in Archive(world.home).active_files() if file.feed == feed]
    path = lake_paths(world.home, file).measures
    kept = path.read_bytes()
    pl.read_parquet(path).with_columns(pl.col(measure) + 1).write_parquet(path)
    try:
        after = content(build_mart(world.home, f"{measure[:8]}").path)
    finally:
        path.write_bytes(kept)
    assert world.content.keys() == after.keys()
    return {
        (table, column, kpi)
        for (table, kpi), rows in world.content.items()
        for column in rows.columns
        if not rows[column].equals(after[(table, kpi)][column])
    }


def reached(world: World, measure: tuple[str, str], uses: tuple[str, ...]) -> set[Changed]:
    """Columns that use a measure according to the edges, rows aside, by KPI."""
    onwards: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in world.edges:
        onwards[(edge.from_table, edge.from_column)].append(edge)
    seen: set[Changed] = set()
    left: list[Changed] = [(*measure, None)]
    while left:
        table, column, kpi = left.pop()
        for edge in onwards[(table, column)]:
            agree = None in (edge.kpi_id, kpi) or edge.kpi_id == kpi
            if agree and edge.use in uses and edge.to_column != ROWS:
                one = (edge.to_table, edge.to_column, edge.kpi_id or kpi)
                left += [one] if one not in seen else []
                seen.add(one)
    of_kpis = {table for table, kpi in world.content if kpi}
    return {
        (name, column, kpi if name in of_kpis else None)
        for table, column, kpi in seen
        for layer, _, name in [table.partition(".")]
        if layer == "mart"
    }


def test_a_measure_changes_just_what_has_an_edge_to_it(world: World) -> None:
    source = (f"measures.{SUB_ICB}", "appointments_dna")
    found, made = changed(world, SUB_ICB, source[1]), reached(world, source, ("value",))
    assert found <= reached(world, source, ("value", "choice"))
    parts = {one for one in made if one[0] == "kpi_vintage" and one[1] in ("numerator", "value")}
    assert {kpi for _, _, kpi in parts} == {"appointments_dna_share"}
    assert parts <= found


def test_a_missing_member_is_a_choice_in_the_lineage(world: World) -> None:
    """With one practice more expected than counted, whatever is summed from practices is unknown:
    the expected number is no part of those figures, and decides whether there are any."""
    source = (f"measures.{COVERAGE}", "practices_included")
    found = changed(world, COVERAGE, source[1])
    assert found <= reached(world, source, ("value", "choice"))
    lost = ("kpi_monthly", "value", "appointments_within_two_weeks_acc08_share")
    assert lost in found - reached(world, source, ("value",))
    assert ("kpi_monthly", "value", "included_practices") in reached(world, source, ("value",))


def test_every_column_ends_at_a_published_heading_or_a_record(world: World) -> None:
    def ends(table: str) -> bool:
        return table.startswith("published.") or table in RECORDS

    edges = index(world.edges)
    shown = [column for column in edges if column[0].startswith("mart.") and column[1] != ROWS]
    assert len(shown) > 300
    assert [column for column in shown if not made_of(edges, column, ends)] == []
    loose = {(e.from_table, e.from_column) for e in world.edges} - edges.keys()
    assert {table for table, column in loose if column != ROWS and not ends(table)} == set()


def test_the_published_names_of_records_stay() -> None:
    assert " ".join(RECORDS) == (
        "archive.source_file archive.decision archive.publication calendar catalogue.kpi "
        "catalogue.target checks.catalogue checks.result claims.register constant contract "
        "contract.caveat contract.correction contract.measure disclosure lineage parameter "
        "quarantine.row rating.rules reference.decisions reference.delivery_plan "
        "reference.improvement_payment "
        "reference.local_authorities reference.organisations "
        "reference.short_names reference.special_services statistics.parameter tidy.facts"
    )


def test_tables_with_lineage_written_by_hand_are_listed(world: World) -> None:
    """The page and the decision list them as declared, not read off the SQL."""
    made = re.compile(
        r"(?:CREATE TABLE|INSERT INTO) mart\.(\S+) (?:AS|BY NAME) SELECT .* FROM incoming$",
        re.DOTALL,
    )
    loaded = {found.group(1) for sql in world.statements if (found := made.match(sql))}
    # The lineage itself is loaded after it was read.
    assert set(DECLARED_BY_HAND) == loaded | {"governance.lineage_edge"}
    decision = Path(lineage_table.__file__).parents[2] / "docs/decisions/0014-column-lineage.md"
    [told] = re.findall(
        r"\*\*Declared by hand\.\*\*(.*?)\(Columns", decision.read_text("utf-8"), re.DOTALL
    )
    listed = set(re.findall(r"`(\w+)`", told)) - {"governance", "plan"}
    assert listed == {name.rpartition(".")[2] for name in DECLARED_BY_HAND}


def test_the_macro_goes_back_to_the_published_headings(world: World) -> None:
    def headings(use: str) -> set[tuple[str, str]]:
        rows = world.mart.rows(
            """SELECT DISTINCT from_table, from_column, use
               FROM lineage_of('kpi_monthly', 'value', of_kpi := 'appointments_dna_share')
               WHERE starts_with(from_table, 'published.')"""
        )
        return {(r["from_table"], r["from_column"]) for r in rows if r["use"] == use}

    feeds = (f"published.{SUB_ICB}", "published.gp_appointments_practice")
    assert headings("value") == {(feed, "COUNT_OF_APPOINTMENTS") for feed in feeds}
    assert {(feed, "APPT_STATUS") for feed in feeds} <= headings("choice")
    assert (f"published.{SUB_ICB}", "APPT_MODE") not in headings("choice")


def test_the_macro_keeps_to_the_levels_of_the_kpi(world: World) -> None:
    """Organisations of all levels have one table: those that the KPI has nothing to do with stay
    out, those that are added up into it stay in, whether or not the KPI is shown of them."""

    def named(kpi: str, asked: str = "") -> set[str]:
        sql = f"FROM lineage_of('kpi_monthly', 'value', of_kpi := '{kpi}'{asked})"
        told = world.mart.rows(f"SELECT DISTINCT org_level {sql} WHERE to_table = 'organisations'")
        return {str(row["org_level"]) for row in told}

    edges = {edge.org_level for edge in world.edges if edge.to_table == "organisations"}
    assert {"pharmacy", "local_authority", "icb"} <= edges
    assert named("appointments_unmapped_share") == {"practice", "pcn", "sub_icb"}
    assert named("appointments_unmapped_share", ", of_level := 'pcn'") == {"practice", "pcn"}
    assert named("appointments_unmapped_share", ", of_level := 'practice'") == set()


def test_the_macro_can_be_limited_to_one_level(world: World) -> None:
    def measures(asked: str) -> set[str]:
        sql = f"FROM lineage_of('kpi_monthly', 'value', of_kpi := 'appointments'{asked})"
        told = world.mart.rows(f"{sql} WHERE use = 'value' AND starts_with(from_table, 'measures')")
        return {str(row["from_table"]) for row in told}

    practice, sub_icb = "measures.gp_appointments_practice", f"measures.{SUB_ICB}"
    assert measures("") == {practice, sub_icb}
    assert measures(", of_level := 'pcn'") == {practice}
    assert measures(", of_level := 'icb'") == {sub_icb}
    assert measures(", of_level := 'pharmacy'") == set()  # no such figures


def test_the_macro_has_what_decides_the_rows_of_a_table(world: World) -> None:
    """One step back; whoever asks for the rows themselves gets the whole way."""
    rows = world.mart.rows("FROM lineage_of('kpi_monthly', 'first_reported_value')")
    deciding = [row for row in rows if row["to_column"] == ROWS and row["to_table"] != "figure"]
    assert ("figure", "edition") in {(r["from_table"], r["from_column"]) for r in deciding}
    assert {r["use"] for r in deciding if r["to_table"] == "mart.kpi_monthly"} == {"choice"}
    assert not [row for row in rows if row["to_column"] == "edition"]
    whole = world.mart.rows("FROM lineage_of('kpi_monthly', '*')")
    assert ("archive.source_file", "edition") in {
        (r["from_table"], r["from_column"]) for r in whole
    }
    assert {row["use"] for row in whole} == {"choice"}


def test_a_view_has_the_lineage_of_its_kpi(world: World) -> None:
    sql = "FROM lineage_of({}) WHERE use = 'value' AND starts_with(from_table, 'measures.')"
    view = world.mart.rows(sql.format("'appointments_monthly', 'appointments_dna_share'"))
    table = world.mart.rows(
        sql.format("'kpi_monthly', 'value', of_kpi := 'appointments_dna_share'")
    )
    assert view == table
    assert {row["from_column"] for row in view} == {"appointments", "appointments_dna"}


def test_sql_that_reads_another_measure_is_noticed(world: World, tmp_path: Path) -> None:
    """The lineage follows the SQL, so that the mart check sees it part from the catalogue."""
    right, changed_to = "f.n_appointments_dna END", "f.n_appointments_attended END"
    wrong = [sql.replace(right, changed_to) for sql in world.statements]
    assert wrong != world.statements
    levels = {
        kpi.kpi_id: [level for source in kpi.sources for level in source.levels]
        for kpi in catalogue().values()
    }
    edges = mart_edges(wrong, levels)
    path = tmp_path / "wrong.duckdb"
    path.write_bytes(world.mart.path.read_bytes())
    with duckdb.connect(str(path)) as db:
        db.execute("DELETE FROM governance.lineage_edge WHERE to_table = 'figure'")
        rows = [vars(edge) for edge in edges if edge.to_table == "figure"]
        db.register("wrong", pl.DataFrame(rows, schema=SCHEMA).to_arrow())
        db.execute("INSERT INTO governance.lineage_edge FROM wrong")
    verdicts = {one.rule: one for one in judge_mart(path, "run")}
    assert verdicts["lineage_as_defined"].verdict == "fail"
    assert "appointments_dna_share" in verdicts["lineage_as_defined"].observed
    assert "appointments_attended is read" in verdicts["lineage_as_defined"].observed


def test_sql_that_was_read_is_not_read_again(world: World) -> None:
    first = lineage_frame(world.home, world.statements, catalogue())
    with patch.object(lineage_table, "_parsed", side_effect=AssertionError):
        assert lineage_frame(world.home, world.statements, catalogue()).equals(first)
