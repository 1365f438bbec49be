"""What is said where the mart has no plan."""

import duckdb

from warehouse.outputs.plan_queries import no_plan


def test_a_held_return_is_named_with_the_way_back() -> None:
    with duckdb.connect() as db:
        db.execute("CREATE SCHEMA governance")
        db.execute("CREATE TABLE governance.edition (feed TEXT, edition TEXT, status TEXT)")
        assert "template slaip_actions" in no_plan(db).remedy
        db.execute(
            """INSERT INTO governance.edition VALUES ('slaip_actions', '2026-11', 'held'),
            ('slaip_actions', '2026-10', 'accepted'), ('registered_patients', '2026-11', 'held')"""
        )
        refusal = no_plan(db)
    assert refusal.reason == "The mart has no plan: slaip_actions 2026-11 is held."
    assert "withdraw" in refusal.remedy and "template" not in refusal.remedy
