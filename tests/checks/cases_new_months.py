"""An input that breaks each check of new months, the verdict then, and an input that keeps it."""

from tests.checks.support_checks import PRACTICE, SUB_ICB, Case, after
from tests.support import crosstab, regional
from warehouse.base.months import add_months, parse_month

LLR = {"04C": 170_000, "03W": 180_000, "04V": 200_000}
OCT = parse_month("2025-10")


def restated(count: dict[str, float], months: int = 15, last: str = "2025-10") -> bytes:
    """A release that restates so many months of three sub-ICBs; of the newest, `count` times what
    they have in all others."""
    newest = parse_month(last)
    return regional(
        *[
            {
                "SUB_ICB_LOCATION_CODE": area,
                "APPOINTMENT_MONTH": f"{add_months(newest, -back):%b%Y}".upper(),
                "COUNT_OF_APPOINTMENTS": round(level * (1 if back else count.get(area, 1))),
            }
            for area, level in LLR.items()
            for back in range(months)
        ]
    )


def practices(*counts: int) -> bytes:
    """A release of three months of a practice, and of five that do as ever."""
    codes = [f"C82{number:03}" for number in range(1, 7)]
    return crosstab(
        *[
            {
                "GP_CODE": code,
                "APPOINTMENT_MONTH_START_DATE": f"01{month}2025",
                "COUNT_OF_APPOINTMENTS": count if code == codes[0] else 5000,
            }
            for code in codes
            for month, count in zip(("AUG", "SEP", "OCT"), counts, strict=True)
        ]
    )


def october(feed: str, content: bytes) -> Case:
    """The verdicts on October, with nothing before it but what it restates."""
    return after("2025-10", feed, content)


CASES = {
    "new_months_as_expected": (
        october(SUB_ICB, restated({"04C": 0.667})),
        "fail",
        october(SUB_ICB, restated({})),
    ),
    "small_months_as_expected": (
        october(PRACTICE, practices(5000, 5000, 1500)),
        "warn",
        october(PRACTICE, practices(5000, 5000, 4000)),
    ),
}
