"""Following edges back from a column to those of other tables."""

from warehouse.lineage.feed_edges import Edge
from warehouse.lineage.follow import index, made_of

EDGES = index(
    [
        Edge("mart.a", "value", "mart.a", "numerator"),
        Edge("mart.a", "numerator", "stage.b", "count"),
        Edge("stage.b", "count", "tidy.c", "rows"),
        Edge("mart.a", "name", "tidy.c", "label", use="choice"),
        Edge("mart.a", "fixed", "constant", "*"),
    ]
)


def is_shown(table: str) -> bool:
    return table.startswith(("mart.", "tidy."))


def test_a_column_comes_from_the_nearest_tables_that_are_shown() -> None:
    assert made_of(EDGES, ("mart.a", "numerator"), is_shown) == [("tidy.c", "rows")]


def test_a_column_worked_out_from_another_of_its_table_comes_from_what_that_one_does() -> None:
    assert made_of(EDGES, ("mart.a", "value"), is_shown) == [("tidy.c", "rows")]


def test_a_column_without_a_value_from_elsewhere_comes_from_what_chooses_it() -> None:
    assert made_of(EDGES, ("mart.a", "name"), is_shown) == [("tidy.c", "label")]
    assert made_of(EDGES, ("mart.a", "fixed"), is_shown) == []
