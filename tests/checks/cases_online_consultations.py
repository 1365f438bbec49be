"""An input that breaks each rule of online consultations, the verdict, and one that keeps it."""

from collections.abc import Sequence
from datetime import date

from assets.feeds.online_consultations.testing import NOTHING, submissions_workbook
from tests.checks.support_checks import Case, after, of_content

FEED = "online_consultations"
MONTHS = ("Oct-25 [9]", "Sep-25", "2025-08-31")
SUMMARY = (
    ("Count of practices receiving submissions via Online Consultation Systems [2, 3]", 1),
    ("Registered patients at practices that received submissions via a System", 8000),
    ("Total submissions received by practices [4], of which:", 500),
    ("Clinical submissions", 300),
    ("Administrative submissions", 150),
    ("Other/unknown type submissions [5]", 50),
)


def national(**figures: int) -> list[Sequence[object]]:
    """Table 1 as published: months, the newest first, and figures below them."""
    rows = [("", label, figures.get(label.split()[0], n), 1, 2) for label, n in SUMMARY]
    return [("", "", *MONTHS), *rows, ("Source: NHS England",)]


def book(**told: object) -> bytes:
    return submissions_workbook(national=national(), **told)  # type: ignore[arg-type]


def silent(before: dict[str, object]) -> Case:
    """September with data, and October of the same practice as told."""
    september = submissions_workbook({"Month [1]": date(2025, 9, 1)})
    return after("2025-10", FEED, september, submissions_workbook(before))


SOUND = of_content(FEED, book())
WITHHELD = of_content(FEED, submissions_workbook({"Participation [11]": "*"}))

CASES = {
    "submissions_reconcile": (
        of_content(FEED, submissions_workbook(national=national(Total=501))),
        "warn",
        SOUND,
    ),
    "participation_told": (WITHHELD, "warn", SOUND),
    "suppliers_still_send": (silent(NOTHING), "warn", silent({})),
}
