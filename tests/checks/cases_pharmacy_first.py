"""An input that breaks each rule of Pharmacy First claims, the verdict, and one that keeps it."""

from tests.checks.support_checks import CLAIMS, Case, after
from tests.support import SERVICES, all_services, long_claims

SEP, OCT = "2025-09", "2025-10"


def month(edition: str, pharmacies: int = 20, value: int = 10, icbs: tuple[str, ...] = ("QK1",)):
    """A month in which each of so many pharmacies claims so much of every service."""
    rows = []
    for number in range(pharmacies):
        icb = icbs[number % len(icbs)]
        of = {"YEAR_MONTH": edition, "CONTRACTOR_CODE": f"FA{number:03}", "VALUE": value}
        rows += all_services(ICB_CODE=icb, **of)
    return long_claims(*rows)


def then(*contents: bytes) -> Case:
    """The verdicts on October."""
    return after(OCT, CLAIMS, *contents)


WITHOUT_ONE = long_claims(*({"CONTENT": content} for content in list(SERVICES.values())[1:]))
WITHOUT_A_BOARD = month(OCT).replace(b"LEICESTER CITY", b"", 9)
SOUND = then(month(SEP), month(OCT, 18, 6))

CASES = {
    "pharmacy_services_present": (then(WITHOUT_ONE), "fail", SOUND),
    "claims_month_complete": (then(month(SEP), month(OCT, 17)), "warn", SOUND),
    "claims_have_a_board": (then(month(SEP), WITHOUT_A_BOARD), "warn", SOUND),
    "claims_total_in_bounds": (then(month(SEP), month(OCT, 20, 21)), "fail", SOUND),
}
