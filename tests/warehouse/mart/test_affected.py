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
