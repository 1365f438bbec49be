"""Reports that are made when they are asked for, such as those of the ODS report API.

Belongs here: the link to one. Does not: whether the month is the present one (`fetch`).
"""

from __future__ import annotations

from assets.discovery import Report
from warehouse.fetch.found import Found, Link


def find_report(source: Report, edition: str) -> Found:
    """The report, named by the edition: a snapshot of the month in which it is asked for.

    There is no page to read and nothing to ask for; the download itself tells what is wrong.
    """
    name = f"{source.report}-{edition}.csv"
    return Found(source.address, None, (Link(source.address, source.report, name),))
