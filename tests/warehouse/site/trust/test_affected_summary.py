"""What stands before the list of figures that use an edition accepted by a person."""

from datetime import UTC, date, datetime
from typing import Any

from warehouse.outputs.affected_figures import AffectedFigures
from warehouse.site.trust.affected_summary import counted_words, counts_table, decision_facts


def counted(kpi: str, level: str, figures: int, **given: Any) -> dict[str, Any]:
    """Figures of a KPI and level."""
    months = {"oldest": date(2025, 9, 1), "newest": date(2025, 10, 1)}
    common = {"kpi_title": kpi.upper(), "with_value": figures, "disputed": 0, **months}
    return {"kpi_id": kpi, "org_level": level, "figures": figures, **common, **given}


FOUND = AffectedFigures(
    1206,
    1205,
    date(2025, 10, 1),
    [],
    [
        counted("a", "icb", 2, disputed=2),
        counted("a", "practice", 1200, with_value=1199),
        counted("b", "england", 4),
    ],
)


def test_figures_are_counted_in_words() -> None:
    said = counted_words(FOUND)
    assert said.startswith("1,206 published figures use it, as numerator or denominator")
    assert "2 KPIs of England, ICBs and practices, September to October 2025." in said
    assert said.endswith("Of them 1,205 have a value, and 2 are marked disputed.")
    assert counted_words(AffectedFigures(0, 0, None, [], [])) == "No published figure uses it."


def test_the_table_has_a_row_per_kpi_and_a_column_per_kind_of_place() -> None:
    table = counts_table(FOUND)
    assert list(table.headings) == ["KPI", "England", "ICBs", "Practices", "All"]
    assert [list(row) for row in table.cells] == [
        ["A", "-", "2", "1,200", "1,202"],
        ["B", "4", "-", "-", "4"],
        ["All", "4", "2", "1,200", "1,206"],
    ]


def test_a_decision_says_who_when_why_and_despite_what() -> None:
    decision = {
        "decided_by": "A. Person",
        "decided_at": datetime(2025, 11, 5, 14, 3, tzinfo=UTC),
        "reason": "Checked",
        "despite": ["No key is repeated", "Rows add up"],
        "released": "sub_icb,04C,2025-10\nsub_icb,04V,2025-10",
    }
    assert decision_facts(decision) == [
        ("Who decided", "A. Person"),
        ("When", "5 Nov 2025 14:03 UTC"),
        ("Why", "Checked"),
        ("Failed checks", "No key is repeated; Rows add up"),
        ("Held months that it accepts", "2"),
    ]
    assert ("Failed checks", "none is recorded") in decision_facts(
        {**decision, "despite": [], "released": None}
    )
