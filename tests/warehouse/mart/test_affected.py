"""From an edition to the published figures that use it."""

from tests.warehouse.support_mart import Mart


def test_figures_affected_by_an_edition(llr: Mart) -> None:
    """Leicester City's figures of October use its own edition; so do roll-ups that include it."""
    found = llr.rows(
        "SELECT * FROM figures_affected('gp_appointments_sub_icb', '2025-10') "
        "WHERE kpi_id = 'appointments'"
    )
    assert found
    assert {row["org_level"] for row in found} >= {"sub_icb"}
    assert {row["org_level"] for row in found} <= {"sub_icb", "icb", "region", "england"}
    assert all(row["value"] is not None for row in found)
    nothing = llr.rows("SELECT * FROM figures_affected('gp_appointments_sub_icb', '2001-01')")
    assert nothing == []


def test_the_earlier_name_gives_the_same(llr: Mart) -> None:
    asked = "SELECT * FROM {}('gp_appointments_sub_icb', '2025-10') ORDER BY ALL"
    both = [llr.rows(asked.format(name)) for name in ("figures_affected", "figures_resting_on")]
    assert both[0] and both[0] == both[1]


def test_an_edition_affects_only_what_no_later_one_replaced(llr: Mart) -> None:
    """At the level at which a feed reports: the months whose newest file is of the edition."""
    newest = llr.rows(
        """SELECT feed, org_level, org_code, month, max(edition) AS edition
        FROM governance.figure_source GROUP BY ALL"""
    )
    editions = {(row["feed"], row["edition"]) for row in newest}
    older = llr.rows("SELECT DISTINCT feed, edition FROM governance.figure_source")
    assert len(older) > len(editions) > 2
    for feed, edition in ((row["feed"], row["edition"]) for row in older):
        own = {
            (row["org_level"], row["org_code"], row["month"])
            for row in newest
            if (row["feed"], row["edition"]) == (feed, edition)
        }
        found = llr.rows(f"SELECT * FROM figures_affected('{feed}', '{edition}')")
        assert {row["month"] for row in found} <= {month for *_, month in own}
        levels = {level for level, *_ in own}
        same = {(row["org_level"], row["org_code"], row["month"]) for row in found}
        assert {one for one in same if one[0] in levels} <= own
        assert bool(found) <= bool(own)
