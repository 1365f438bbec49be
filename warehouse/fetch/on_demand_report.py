"""Find reports that are made on request, such as those of the ODS report API. Not here: downloading
(`download`)."""

from __future__ import annotations

from datetime import date

from warehouse.base.months import month_text
from warehouse.contract.discovery import Report
from warehouse.fetch.candidates import Found, Link, NotFound, NotYet


def find_report(source: Report, edition: str, today: date) -> Found:
    """The report of an edition: a snapshot of the month in which it is requested.

    Raises NotYet for a future month, NotFound for a past one.
    """
    present = month_text(today)
    if edition > present:
        raise NotYet(f"{source.report} of {edition} can be requested from that month on.", "")
    if edition < present:
        raise NotFound(
            f"{source.report} is made on request: it is as at {present}, not {edition}.",
            f"Import a copy that was saved in {edition}, or fetch {present}.",
        )
    name = f"{source.report}-{edition}.csv"
    return Found(source.address, None, (Link(source.address, source.report, name),))
