"""SQL is read as DuckDB runs it: what each column is made of, and what only chooses."""

import duckdb
import pytest

from warehouse.lineage.compose import mart_edges
from warehouse.lineage.feed_edges import Edge

# Two records, each loaded into a working table.
FRAMES = [
    """CREATE TABLE stage.a AS
       SELECT "one.k" AS "k", "one.x" AS "x", "one.y/other" AS "y" FROM incoming""",
    'CREATE TABLE stage.b AS SELECT "two.k" AS "k", "two.z" AS "z" FROM incoming',
]
REAL = [
    "CREATE SCHEMA stage; CREATE SCHEMA mart",
    "CREATE TABLE stage.a AS SELECT 'k' AS k, 1 AS x, 2 AS y",
    "CREATE TABLE stage.b AS SELECT 'k' AS k, 3 AS z",
]
MADE = "CREATE TABLE mart.t AS "
# Statements that make mart.t -> its edges: `column < record.column`, with `?` what only chooses.
CASES = {
    "alias": ("SELECT x + y AS s FROM stage.a", "s<one.x s<one.y"),
    "star": ("SELECT * FROM stage.a", "k<one.k x<one.x y<one.y"),
    "exclude": ("SELECT a.* EXCLUDE (x, k) FROM stage.a AS a", "y<one.y"),
    "replace": ("SELECT * EXCLUDE (k) REPLACE (y AS x) FROM stage.a", "x<one.y y<one.y"),
    "where": ("SELECT x FROM stage.a WHERE y > 1", "x<one.x *?one.y"),
    "using": (
        "SELECT * FROM stage.a JOIN stage.b USING (k)",
        "k<one.k x<one.x y<one.y z<two.z *?one.k *?two.k",
    ),
    "asof": (
        "SELECT z FROM stage.a AS a ASOF LEFT JOIN stage.b AS b ON a.k = b.k AND a.x >= b.z",
        "z<two.z *?one.k *?two.k *?one.x *?two.z",
    ),
    "semi": ("SELECT x FROM stage.a SEMI JOIN stage.b USING (k)", "x<one.x *?one.k *?two.k"),
    "case": ("SELECT CASE WHEN y > 1 THEN x ELSE 0 END AS c FROM stage.a", "c<one.x c?one.y"),
    "filter": ("SELECT sum(x) FILTER (y > 1) AS s FROM stage.a", "s<one.x s?one.y"),
    "max": ("SELECT max(x) AS m FROM stage.a WHERE y > 1", "m<one.x *?one.y"),
    "max of case": (
        "SELECT max(CASE WHEN k = 'a' THEN x ELSE y END) AS m FROM stage.a",
        "m<one.x m<one.y m?one.k",
    ),
    "count": ("SELECT count(*) AS n FROM stage.a", "n<one.*"),
    "constant": ("SELECT NULL::DOUBLE AS n FROM stage.a", "n<constant.*"),
    "parameter": (
        "SELECT $synthetic AS s FROM stage.a WHERE x = $level",
        "s<parameter.synthetic *?one.x",
    ),
    "window": (
        "SELECT lag(x) OVER (PARTITION BY k ORDER BY y) AS p FROM stage.a",
        "p<one.x p?one.k p?one.y",
    ),
    "named window": (
        "SELECT lag(x) OVER w AS p FROM stage.a WINDOW w AS (ORDER BY y)",
        "p<one.x p?one.y",
    ),
    "qualify": (
        "SELECT x FROM stage.a QUALIFY row_number() OVER (PARTITION BY k ORDER BY y) = 1",
        "x<one.x *?one.k *?one.y",
    ),
    "picked": ("SELECT arg_max(x, y) AS m FROM stage.a", "m<one.x m?one.y"),
    "picked or null": ("SELECT arg_min_null(x, y) AS m FROM stage.a", "m<one.x m?one.y"),
    "in": ("SELECT x IN (SELECT z FROM stage.b) AS i FROM stage.a", "i?one.x i?two.z"),
    "scalar": (
        "SELECT (SELECT max(z) FROM stage.b WHERE b.k = a.k) AS m FROM stage.a AS a",
        "m<two.z m?one.k m?two.k",
    ),
    "with": ("WITH c AS (SELECT x AS v FROM stage.a) SELECT v FROM c", "v<one.x"),
    "union": ("SELECT x FROM stage.a UNION ALL SELECT z FROM stage.b", "x<one.x x<two.z"),
    "by name": (
        "SELECT x, k FROM stage.a UNION ALL BY NAME SELECT k, z FROM stage.b",
        "x<one.x k<one.k k<two.k z<two.z",
    ),
    "group": ("SELECT k, max(x) AS m FROM stage.a GROUP BY ALL", "k<one.k m<one.x *?one.k"),
    "values": (
        "SELECT x, c FROM stage.a JOIN (VALUES ('a', 1)) AS v (b, c) ON v.c < a.y",
        "x<one.x c<constant.* *?one.y",
    ),
    "ordered": ("SELECT string_agg(x, ',' ORDER BY y) AS s FROM stage.a", "s<one.x s?one.y"),
}


def told(edges: list[Edge], table: str = "mart.t") -> set[str]:
    """Edges into a table in short; that its rows are those of others goes without saying."""
    return {
        f"{e.to_column}{'<' if e.use == 'value' else '?'}{e.from_table}.{e.from_column}"
        for e in edges
        if e.to_table == table and not (e.use == "choice" and e.from_column == "*")
    }


@pytest.mark.parametrize("case", list(CASES))
def test_a_query(case: str) -> None:
    sql, expected = CASES[case]
    edges = mart_edges([*FRAMES, MADE + sql], {})
    assert told(edges) == set(expected.split())
    if "$" not in sql:
        with duckdb.connect() as db:
            for statement in [*REAL, MADE + sql]:
                db.execute(statement)
            names = [row[0] for row in db.execute("DESCRIBE mart.t").fetchall()]
        assert {e.to_column for e in edges if e.to_table == "mart.t"} - {"*"} == set(names)


def test_a_table_made_again_of_itself() -> None:
    again = """CREATE OR REPLACE TABLE mart.t AS
        SELECT t.k, t.x + b.z AS x FROM mart.t JOIN stage.b USING (k)"""
    edges = mart_edges([*FRAMES, MADE + "SELECT k, x FROM stage.a", again], {})
    assert told(edges) == {"k<one.k", "x<one.x", "x<two.z", "*?one.k", "*?two.k"}


def test_rows_added_changed_and_removed() -> None:
    statements = [
        "CREATE TABLE mart.t (k VARCHAR, x INTEGER)",
        "INSERT INTO mart.t SELECT k, x FROM stage.a",
        "ALTER TABLE mart.t ADD COLUMN hidden BOOLEAN DEFAULT FALSE",
        "UPDATE mart.t AS t SET x = NULL, hidden = TRUE FROM stage.b AS b WHERE b.z = t.k",
        "DELETE FROM mart.t WHERE x IN (SELECT y FROM stage.a)",
    ]
    found = told(mart_edges([*FRAMES, *statements], {}))
    assert {"k<one.k", "x<one.x", "x?two.z", "x?one.k", "hidden?two.z", "*?one.y"} <= found


def test_columns_generated_from_others_of_their_table() -> None:
    statements = [
        "CREATE TABLE mart.t (k VARCHAR, x INTEGER, double INTEGER AS (2 * x), y INTEGER)",
        "INSERT INTO mart.t BY NAME SELECT y, x, k FROM stage.a",
        "CREATE VIEW v AS SELECT double AS twice FROM t",
    ]
    edges = mart_edges([*FRAMES, *statements], {})
    assert told(edges) == {"k<one.k", "x<one.x", "y<one.y", "double<mart.t.x"}
    assert [(e.from_table, e.from_column) for e in edges if e.to_column == "twice"] == [
        ("mart.t", "double")
    ]


def test_every_row_changed_and_every_row_removed() -> None:
    statements = [
        "CREATE TABLE mart.t AS SELECT k, x FROM stage.a",
        "UPDATE mart.t SET x = x + 1",
        "UPDATE mart.t AS t SET k = b.k FROM stage.b AS b",
        "DELETE FROM mart.t",
    ]
    found = told(mart_edges([*FRAMES, *statements], {}))
    assert found == {"k<one.k", "k<two.k", "x<one.x"}


def test_rows_removed_by_another_table() -> None:
    made = "CREATE TABLE mart.t AS SELECT k, x FROM stage.a"
    removed = "DELETE FROM mart.t AS t USING stage.b AS b WHERE b.z = t.x"
    found = told(mart_edges([*FRAMES, made, removed], {}))
    assert found == {"k<one.k", "x<one.x", "*?two.z", "*?one.x"}


@pytest.mark.parametrize(
    "value",
    [
        "max(numerator) FILTER (kpi_id = 'q')",
        "max(CASE WHEN kpi_id = 'q' THEN numerator END)",
    ],
)
def test_a_kpi_has_only_what_its_own_rows_come_from(value: str) -> None:
    statements = [
        """CREATE TABLE stage.figure AS
           SELECT 'p' AS kpi_id, 'icb' AS org_level, x AS numerator FROM stage.a
           UNION ALL SELECT 'p', 'pcn', y FROM stage.a
           UNION ALL SELECT 'q', 'icb', z FROM stage.b""",
        "CREATE TABLE mart.kpi_monthly AS SELECT kpi_id, numerator FROM stage.figure",
        f"CREATE VIEW wide AS SELECT {value} AS q FROM kpi_monthly",
    ]
    edges = mart_edges([*FRAMES, *statements], {"p": ["icb", "pcn"], "q": ["icb"]})
    figure = [e for e in edges if e.to_table == "figure" and e.to_column == "numerator"]
    assert {(e.kpi_id, e.org_level, e.from_table, e.from_column) for e in figure} == {
        ("p", "icb", "one", "x"),
        ("p", "pcn", "one", "y"),
        ("q", None, "two", "z"),
    }
    assert told(edges, "mart.kpi_monthly") >= {"numerator<figure.numerator"}
    [view] = [e for e in edges if e.to_table == "mart.wide" and e.use == "value"]
    assert (view.from_table, view.kpi_id) == ("mart.kpi_monthly", "q")


def test_rows_of_other_kinds_are_left_out() -> None:
    statements = [
        """CREATE TABLE stage.both AS SELECT 'a' AS kind, k, x AS v FROM stage.a
           UNION ALL SELECT 'b', k, z FROM stage.b""",
        MADE + "SELECT v FROM stage.both WHERE kind = 'b'",
    ]
    assert "v<two.z" in told(mart_edges([*FRAMES, *statements], {}))
    assert "v<one.x" not in told(mart_edges([*FRAMES, *statements], {}))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT nothing FROM stage.a", "nothing"),
        ("SELECT x FROM stage.unheard", "stage.unheard"),
        ("SELECT x FROM read_parquet('f')", "read_parquet"),
        ("SELECT x FROM", "SELECT x FROM"),
    ],
)
def test_what_cannot_be_read_is_named(sql: str, said: str) -> None:
    with pytest.raises(ValueError, match="(?is)" + said.replace("(", ".")):
        mart_edges([*FRAMES, MADE + sql], {})
