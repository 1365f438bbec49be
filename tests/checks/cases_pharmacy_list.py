"""An input that breaks each rule of the pharmaceutical list, the verdict, and one that keeps it."""

from tests.checks.support_checks import PHARMACIES, Case, Results, brought, judged
from tests.support import pharmacy_list
from warehouse.base.home import Home

JUNE, DECEMBER = "2025-06", "2025-12"


def board(pharmacies: int, name: str = "LEICESTER CITY") -> bytes:
    """A list of so many pharmacies under one board."""
    codes = (f"FA{number:03}" for number in range(pharmacies))
    return pharmacy_list(
        *(
            {"PHARMACY_ODS_CODE_(F-CODE)": code, "HEALTH_AND_WELLBEING_BOARD": name}
            for code in codes
        )
    )


def lists(*of: tuple[str, bytes]) -> Case:
    """The verdicts on the last of these lists, each given with its edition."""

    def case(home: Home) -> Results:
        found: Results = []
        for edition, content in of:
            brought(home, content, edition=edition)
            found = judged(home, PHARMACIES, edition).results
        return found

    return case


SOUND = lists((JUNE, board(20)), (DECEMBER, board(18)))

CASES = {
    "list_size_in_bounds": (lists((JUNE, board(20)), (DECEMBER, board(17))), "warn", SOUND),
    "boards_known": (lists((JUNE, board(2, "LEICESTER CTY"))), "warn", SOUND),
}
