"""Months of measures that are published cumulatively: an edition's figure less that of the month
before. Its explanation is in `explain_macros`."""

from __future__ import annotations

from warehouse.contract.model import Contract
from warehouse.mart.hierarchy import Connection


def take_months_apart(db: Connection, contract: Contract) -> None:
    """Make of `stage.reported_<feed>` the figures of months alone, where measures are cumulative.

    From each organisation's figure is subtracted that of the month before, as known with the same
    edition; not in the month from which the figures add up. A figure is NULL where the one before
    is unknown: no edition of that month, or one that does not have the organisation. It may be
    negative, if the publisher corrected records. A figure is known from the day of the newer file.
    """
    months = {n: m.cumulative_from for n, m in contract.measures.items() if m.cumulative_from}
    if not months:
        return
    alone = ", ".join(
        f"CASE WHEN month(n.month) = {first} THEN n.{name} ELSE n.{name} - p.{name} END AS {name}"
        for name, first in months.items()
    )
    # In any of the first months no file of the month before is used.
    known = ", ".join(
        f"CASE WHEN month(n.month) IN ({', '.join(map(str, sorted(set(months.values()))))}) "
        f"THEN n.{day} ELSE greatest(n.{day}, p.{day}) END AS {day}"
        for day in ("published_on", "known_from")
    )
    db.execute(
        f"""CREATE OR REPLACE TABLE stage.reported_{contract.feed} AS
        SELECT n.* REPLACE ({alone}, {known})
        FROM stage.reported_{contract.feed} AS n
        ASOF LEFT JOIN stage.reported_{contract.feed} AS p
            ON p.org_code = n.org_code AND p.month = (n.month - INTERVAL 1 MONTH)::DATE
            AND n.vintage >= p.vintage
        ORDER BY n.org_code, n.month, n.vintage"""
    )
