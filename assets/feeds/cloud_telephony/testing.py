"""Hand-made files of cloud based telephony, for tests: the CSV files with a row per day, indicator
and duration, and workbooks with headings in two rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assets.feeds.testing import Row, table, workbook

CALLS: dict[str, object] = {
    "Date": "2025-10-01",
    "REGION_CODE": "Y60",
    "ICB_CODE": "QK1",
    "SUB_ICB_LOCATION_CODE": "04C",
    "PCN_CODE": "U12345",
    "PRACTICE_CODE": "C82001",
    "Indicator": "CBT001",
    "Duration": "TOTAL",
    "Value": "1000.0",
}
PLACE: dict[str, object] = {
    "Month [1]": date(2025, 10, 1),
    "GP Practice \n(ODS_CODE)": "C82001",
    "GP Name": "A SURGERY",
    "PCN Code": "U12345",
    "PCN Name [2,3]": "A PCN",
    "Sub ICB Code [2]": "04C",
    "Sub ICB Name": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND ICB - 04C",
    "ICB Code  [2]": "QK1",
    "ICB Name": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE BOARD",
    "Region Code  [2]": "Y60",
    "Region Name": "MIDLANDS",
}
OUTCOMES: dict[str, int] = {
    "Count of Inbound calls": 1000,
    "Answered": 600,
    "Ended during the IVR Stage [4]": 250,
    "Call back requested": 50,
    "Missed": 100,
    "Call back made": 50,
}
WAITS: dict[str, int] = {
    "Less than 1 minute": 270,
    "1 - 2 minutes": 90,
    "2 - 5 minutes": 120,
    "Longer than 5 minutes": 120,
}
UNASSIGNED = {"GP Practice \n(ODS_CODE)": "Unassigned", "GP Name": "Unmapped"}
COPYRIGHT = "Copyright \N{COPYRIGHT SIGN} 2025 NHS England"
INBOUND, ANSWERED = "Count of Inbound calls", "Answered"


def calls_csv(*rows: Row) -> bytes:
    """A file of the CSV era."""
    return table(CALLS, rows)


def telephony_workbook(
    *rows: Row,
    national: Iterable[Iterable[object]] = (),
    lacking: str = "",
    stated: object = "Publication date: 27 November 2025",
) -> bytes:
    """A monthly workbook: outcomes in `Table 3`, waits in `Table 4`. `national`: the rows of
    `Table 1`; `lacking`: an outcome to leave out."""
    given = [PLACE | OUTCOMES | WAITS | dict(row) for row in list(rows) or [{}]]
    return workbook(
        {
            "Title sheet": [[""], ["Cloud Based Telephony data in General Practice"], [stated]],
            "Data Quality": [["Data Quality"]],
            "Table 1": [[""], ["Table 1: Summary of Cloud based telephony calls"], *national],
            "Table 2": [["", "Date", "Total Count of Inbound Calls"], ["Monday", "", 5]],
            "Table 3": _outcomes(given, lacking),
            "Table 4": _waits(given),
        }
    )


def _outcomes(given: list[dict[str, object]], lacking: str) -> list[list[object]]:
    """Table 3: each outcome with its share, blank columns between them, totals above."""
    first, *outcomes = [name for name in OUTCOMES if name != lacking]
    blank: list[object] = [""] * len(PLACE)
    headings: list[object] = [
        *PLACE,
        first,
        "",
        *(cell for name in outcomes for cell in (name, "", "")),
    ]
    parts: list[object] = [
        *blank,
        "Total",
        "",
        *(cell for _ in outcomes for cell in ("Total", "%", "")),
    ]

    def line(row: dict[str, object]) -> list[object]:
        cells = [cell for name in outcomes for cell in (row[name], 0.5, "")]
        return [*(row[name] for name in PLACE), row[first], "", *cells]

    total = {name: sum(int(str(row[name])) for row in given) for name in OUTCOMES}
    return [
        [*blank, 25765191, "", 0.556],
        [*blank, "", "", "Count of Inbound Call Outcome"],
        headings,
        parts,
        [""],
        line({**dict.fromkeys(PLACE, ""), "Month [1]": "Total", **total}),
        [""],
        *(line(row) for row in given),
        [""],
        ["Notes:", "1   Data for earlier months is available in the supplementary information"],
        ["", "** There are four outcomes as a result of a call made to general practice"],
        [COPYRIGHT],
    ]


def _waits(given: list[dict[str, object]]) -> list[list[object]]:
    """Table 4: waits and lengths of answered calls under the same headings, told by banners."""
    blank: list[object] = [""] * len(PLACE)
    bands = [cell for name in WAITS for cell in (name, "")]
    counts = ["Count", "%"] * len(WAITS)
    width = len(bands) + 1

    def line(row: dict[str, object]) -> list[object]:
        cells = [cell for name in WAITS for cell in (row[name], 0.25)]
        return [*(row[name] for name in PLACE), row[INBOUND], row[ANSWERED], *cells, "", *cells]

    return [
        [""],
        [
            *blank,
            "",
            "",
            "Answered Calls - Wait time [4]",
            *[""] * (width - 1),
            "Answered Calls - Duration",
        ],
        [*PLACE, "Total Inbound calls", "Answered", *bands, "", *bands],
        [*blank, "Count", "Count", *counts, "", *counts],
        *(
            line({**row, "Month [1]": "2025-10-01"} if row["Month [1]"] == COPYRIGHT else row)
            for row in given
        ),
        [""],
        [COPYRIGHT],
    ]


build = calls_csv
