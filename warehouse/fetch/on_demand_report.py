"""Find reports that are made on request, such as those of the ODS report API. Not here: downloading
(`download`)."""

from __future__ import annotations

from datetime import date

from warehouse.base.months import month_text
from warehouse.contract.discovery import Report
from warehouse.fetch.candidates import Found, Link, NotFound, NotYet


def find_report(source: Report, edition: str, today: date) -> Found:
    """Return the report, named by the edition: a snapshot of the month in which it is requested.

    There is no page to read; the download itself shows what is wrong. Raises NotYet for a future
    month, NotFound for a past one: today's report would be archived as that month's.
    """
    present = month_text(today)
    if edition > present:
        raise NotYet(f"{source.report} of {edition} can be asked for from that month on.", "")
    if edition < present:
        raise NotFound(
            f"{source.report} is made when it is asked for: it says how things are in {present}, "
            f"not how they were in {edition}.",
            f"Import a copy that was saved in {edition}, or fetch {present}.",
        )
    name = f"{source.report}-{edition}.csv"
    return Found(source.address, None, (Link(source.address, source.report, name),))
