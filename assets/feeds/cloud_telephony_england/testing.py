"""Hand-made rows of England's table of cloud based telephony, for tests: as a CSV, and as Table 1
of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from assets.feeds.testing import Row, table

ENGLAND: dict[str, object] = {
    "Telephony country": "E92000001",
    "Telephony month": "2025-10-01",
    "Telephony figure": "Total Inbound Calls",
    "Telephony value": 31_000_000,
}
MENU = (
    "Calls ended during the IVR (Interactive Voice Response) stage of the call before joining the "
    "queue, in response to an automated message or diversion [3]"
)
FIGURES = {
    "Open active practices": 6211,
    "Count of practices included": 5093,
    "Registered patients at open active practices": 63_943_088,
    "Registered patients at included practices [2]": 53_406_596,
    "Total Inbound Calls": 1000,
    "Calls answered [3]": 600,
    MENU: 250,
    "Calls resulting in a call back request [3]": 50,
    "Call backs made": 50,
    "Missed calls [3]": 100,
    "Calls answered within 1 minute": 270,
    "Calls answered within 1 to 2 minutes": 90,
    "Calls answered within 2 to 5 minutes": 120,
    "Calls answered after waiting over 5 minutes": 120,
}


def england_csv(*rows: Row) -> bytes:
    """The rows of the national table, one per month and figure."""
    return table(ENGLAND, rows)


def national(*months: object, without: str = "", **times: float) -> list[Sequence[object]]:
    """Table 1 of a workbook: a column per month. `times`: the first word of a row's label -> how
    much larger its newest figure is."""
    given = months or ("2025-10-31", "Sep-25 [5]", "2025-08-31")
    rows: list[Sequence[object]] = [["", "", *given]]
    for label, figure in FIGURES.items():
        if label != without:
            newest = int(figure * times.get(label.split()[0], 1))
            rows.append(["", label, newest, *[figure] * (len(given) - 1)])
    return [*rows, ["", "Percentage of Inbound calls answered", *[0.5] * len(given)]]


build = england_csv
