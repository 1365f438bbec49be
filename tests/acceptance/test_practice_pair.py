"""Two practice-level editions, the second a November release that holds October alone."""

from pathlib import Path

import duckdb
import pytest

from tests.acceptance.england import IMPORTS, bring_in, refreshed
from warehouse.base.home import Home

pytestmark = pytest.mark.acceptance


def test_a_fresh_home_publishes_a_mart_of_two_practice_editions(
    england: Path, tmp_path: Path
) -> None:
    bring_in(tmp_path, england, list(IMPORTS[:2]))
    refreshed(tmp_path)
    with duckdb.connect(str(Home(tmp_path).mart), read_only=True) as db:
        kinds = dict(
            db.execute(
                "SELECT kind, count(*) FROM kpi_revision WHERE org_level = 'practice' GROUP BY 1"
            ).fetchall()
        )
        [(october,)] = db.execute(
            """SELECT DISTINCT edition FROM kpi_monthly
            WHERE kpi_id = 'appointments' AND org_level = 'practice'"""
        ).fetchall()
    # As DuckDB 2.0.1 counts them in the statement of which 2.0.0 died; above the practices it is a
    # matter of who is complete.
    assert kinds == {"revised": 1809, "appeared": 1}
    assert october == "2025-11"
