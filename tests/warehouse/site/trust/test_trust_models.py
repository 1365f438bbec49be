"""How far figures are revised is said in words; parts of the scorecard are those that it has."""

from typing import Any

import duckdb
import pytest

from warehouse.outputs.affected_figures import WIDEST_FIRST
from warehouse.settings import HeadlinePlace
from warehouse.site.site_page import PageTable
from warehouse.site.trust.missing_figures import missing_number, missing_table
from warehouse.site.trust.page_data import missing
from warehouse.site.trust.revisions_shown import last_revisions, typical_words
from warehouse.site.trust.scorecard_model import PARTS, scorecard_parts
from warehouse.site.trust.trust_root import IN_HOME, IN_SITE


@pytest.mark.parametrize(
    ("unit", "median", "most", "said"),
    [
        ("events", 0.0, 0.0001, "hardly at all"),
        ("events", 0.0002, 0.006, "mostly not; one in ten by more than 0.6%"),
        ("events", 0.012, 0.034, "by 1.2%; one in ten by more than 3.4%"),
        ("share", 0.004, 0.011, "by 0.4 percentage points; one in ten by more than 1.1"),
    ],
)
def test_typical_revisions_are_said_in_words(
    unit: str, median: float, most: float, said: str
) -> None:
    row = {"unit": unit, "median_change": median, "p90_change": most}
    assert typical_words(row).startswith(said)


def test_revisions_that_round_to_nothing_are_not_listed() -> None:
    """4.8 became 4.8: what moved behind the decimals is no news."""
    with duckdb.connect() as db:
        db.execute(
            "CREATE TABLE kpi AS SELECT * FROM (VALUES ('a', 'A', 'rate_per_1000'), "
            "('b', 'B', 'rate_per_1000')) AS k(kpi_id, title, unit)"
        )
        db.execute(
            """CREATE TABLE kpi_revision AS SELECT *, 'icb' AS org_level, 'QK1' AS org_code,
                   'LLR' AS org_name, DATE '2025-10-01' AS month, '2025-11' AS edition,
                   'revised' AS kind, 0 AS editions_ago, new_value - old_value AS change,
                   new_value / old_value - 1 AS ratio
               FROM (VALUES ('a', 4.8e0, 4.8001e0), ('b', 4.8e0, 4.9e0))
                   AS r(kpi_id, old_value, new_value)"""
        )
        table = last_revisions(db, [HeadlinePlace(level="icb", code="QK1")])
    assert [(row[0], row[4], row[5]) for row in table.cells] == [("B", "4.8", "4.9")]


def test_figures_without_a_value_are_counted_by_reason() -> None:
    with duckdb.connect() as db:
        db.execute(
            """CREATE TABLE kpi_period AS SELECT * FROM (VALUES
                   ('icb', 'incomplete', '3 of 4 members missing', NULL),
                   ('region', 'incomplete', '48 of 51 members missing', NULL),
                   ('practice', 'suppressed', NULL, NULL), ('practice', 'held', NULL, NULL),
                   ('practice', 'final', NULL, 1e0))
               AS p(org_level, status, status_reason, value)"""
        )
        found = missing(db)
    assert missing_number(found) == 4
    assert [list(row) for row in missing_table(found, WIDEST_FIRST).cells] == [
        ["Some members missing", "regions and ICBs", "2"],
        ["It is held until a person accepts it", "practices", "1"],
        ["It is withheld, because it is small or would disclose one that is", "practices", "1"],
    ]


def test_the_contents_list_has_only_parts_that_are_there() -> None:
    facts: dict[str, Any] = {
        "headlines": [],
        "missing": PageTable("", (), []),
        "feeds": [{}],
        "held_months": [],
        "typical": PageTable("", (), []),
        "last_revised": PageTable("", (), [["x"]]),
    }
    anchors = [anchor for anchor, _ in scorecard_parts(facts)]
    assert {"headlines", "held-months", "missing", "typical"}.isdisjoint(anchors)
    assert {"feeds", "last-revised", "overrides", "caveats"} <= set(anchors)
    assert len(PARTS) == len({anchor for anchor, _, _ in PARTS})


def test_addresses_in_the_home_are_those_of_before() -> None:
    assert (IN_HOME.scorecard, IN_HOME.lineage) == ("scorecard.html", "lineage.html")
    assert IN_HOME.affected("feed", "2025-03") == "affected/feed-2025-03.html"
    assert IN_HOME.affected_file("feed", "2025-03") == "affected/feed-2025-03.csv"
    assert IN_SITE.scorecard == "trust/index.html"
    assert IN_SITE.affected("feed", "2025-03") == "trust/affected/feed-2025-03.html"
    assert IN_SITE.affected_file("feed", "2025-03") == ""
