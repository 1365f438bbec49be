"""Special services in the mart: which practices they are, and that one of a handful of patients is
never shown alone. The table of them is `warehouse.reference.special_services`."""

from __future__ import annotations

from warehouse.mart.hierarchy import Connection
from warehouse.reference.levels import KEY_COLUMNS, above
from warehouse.reference.organisations import ENGLAND
from warehouse.reference.special_services import LEVEL

OWN = "org_code, org_name, opened_on, closed_on, special_service"
PARENTS = [column for level, column in KEY_COLUMNS.items() if level in above(LEVEL)]


def leave_out_special(db: Connection) -> None:
    """Remove from `stage.figure` the figures of practices that are not shown alone; they stay in
    the sums of their places."""
    db.execute(
        f"""DELETE FROM stage.figure AS f
            WHERE f.org_level = '{LEVEL}'
              AND f.org_code IN (SELECT org_code FROM stage.special WHERE NOT is_shown_alone)"""
    )


def register_views() -> dict[str, str]:
    """Return views, name -> SQL, for a mart opened on its own."""
    return {
        "practice": f"""CREATE VIEW practice AS
            SELECT {OWN}, {", ".join(PARENTS)}
            FROM organisation WHERE org_level = '{LEVEL}'
            QUALIFY row_number() OVER (PARTITION BY org_code ORDER BY valid_from DESC) = 1""",
        "organisation_current": """CREATE VIEW organisation_current AS
            SELECT * FROM organisation QUALIFY row_number() OVER (
                PARTITION BY org_level, org_code ORDER BY valid_from DESC NULLS LAST) = 1""",
    }


def register_macros() -> dict[str, str]:
    """Return macros, signature -> SQL, for a mart opened on its own."""
    return {
        "practices_in(of_place, of_month)": f"""
            SELECT {OWN}, {", ".join(PARENTS)}
            FROM organisation AS o, (
                SELECT CASE WHEN length(of_month::VARCHAR) = 7
                            THEN strptime(of_month::VARCHAR || '-01', '%Y-%m-%d')::DATE
                            ELSE date_trunc('month', of_month::VARCHAR::DATE)::DATE END AS month
            ) AS a
            WHERE o.org_level = '{LEVEL}'
              AND of_place IN ({", ".join(PARENTS)}, '{ENGLAND}')
              AND o.valid_from <= a.month AND coalesce(o.valid_to, a.month) >= a.month
              AND o.opened_on <= last_day(a.month) AND coalesce(o.closed_on, a.month) >= a.month
            ORDER BY o.org_code"""
    }
