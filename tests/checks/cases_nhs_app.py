"""An input that breaks each rule of the NHS App workbook, the verdict, and one that keeps it."""

from collections.abc import Sequence
from datetime import date

from tests.checks.support_checks import APP, Case, of_content
from tests.support import app_workbook

AUG, SEP, OCT = (date(2025, month, 1) for month in (8, 9, 10))
SUMS = {AUG: (1100, 210), SEP: (1300, 230), OCT: (1500, 250)}


def icbs(months: Sequence[date] = tuple(SUMS)) -> list[dict[str, object]]:
    """Two ICBs, one of them unknown, that add up to `SUMS`."""
    return [
        {
            "Month": month.isoformat(),
            "ICB ODS Code [1,2]": code,
            "NHS App logins": SUMS[month][0] - 100 if code == "QK1" else 100,
            "NHS App unique user logins": SUMS[month][1] - 10 if code == "QK1" else 10,
        }
        for month in months
        for code in ("QK1", "Unknown")
    ]


def national(
    labels: Sequence[object] = (OCT, SEP, AUG), months: Sequence[date] = (OCT, SEP, AUG)
) -> list[list[object]]:
    """Table 1 as published: months under these labels, and figures below them."""
    return [
        ["", "", *labels],
        ["Usage", "NHS App logins", *(SUMS[month][0] for month in months)],
        ["Individual Usage", "NHS App unique user logins", *(SUMS[month][1] for month in months)],
        ["Source: NHS England"],
    ]


def wrong() -> list[list[object]]:
    """A table whose September figures are another month's."""
    return national(months=(OCT, AUG, AUG))


def book(*rows: dict[str, object], of: Sequence[Sequence[object]]) -> Case:
    """The verdicts on a workbook with this national table."""
    return of_content(APP, app_workbook(*(rows or icbs()), national=of))


SOUND = book(of=national())

CASES = {
    "national_total_reconciles": (book(of=wrong()), "fail", SOUND),
    "national_months_labelled": (book(of=national((OCT, AUG, AUG))), "warn", SOUND),
}
