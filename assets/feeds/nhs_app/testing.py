"""Hand-made tables and workbooks of NHS App use by ICB, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assets.feeds.testing import Row, table, workbook

APP: dict[str, object] = {
    "Month": "2025-10-01",
    "ICB ODS Code [1,2]": "QK1",
    "ICB Name [1,2]": "NHS Leicester, Leicestershire and Rutland Integrated Care Board",
    "NHSE Region ODS Code [1,2]": "Y60",
    "NHSE Region Name [1,2]": "Midlands",
    "NHS App logins": 1000,
    "NHS App unique user logins": 200,
}


def app_csv(*rows: Row) -> bytes:
    """The ICB table of the NHS App publication as a CSV."""
    return table(APP, rows)


NOTES = (
    ("Source: NHS England",),
    ("Notes:", "  1   A small proportion of usage data are unable to be mapped to an ICB."),
    ("", "  2   Geographical information is correct at the time of publication"),
    ("Copyright \N{COPYRIGHT SIGN} 2025 NHS England",),
)


def app_workbook(
    *rows: Row,
    national: Iterable[Iterable[object]] = (),
    headings: Iterable[str] | None = None,
    stated: object = "",
) -> bytes:
    """The NHS App workbook as published: titles above, notes below, the ICB table in `Table 2`.
    `stated`: the publication date on its title sheet."""
    given = [APP | dict(row) for row in list(rows) or [{}]]
    cells = [
        [date.fromisoformat(str(v)) if k == "Month" else v for k, v in row.items()] for row in given
    ]
    return workbook(
        {
            "Title Sheet": [
                ["NHS App Management Information Statistics"],
                ["March 2025 onwards"],
                [stated],
            ],
            "Table 1": [["Return to Title Sheet"], ["Table 1: National Summary"], *national],
            "Table 2": [
                ["Return to Title Sheet"],
                ["Table 2: ICB level NHS App usage and registration statistics"],
                list(headings or APP),
                *cells,
                *NOTES,
            ],
            "Metric Metadata": [["Metric", "CSV Column Name"], ["NHS App logins", "LatestLogins"]],
        }
    )


build = app_csv
