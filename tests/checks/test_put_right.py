"""A file that a later one puts right holds its edition no longer."""

from tests.checks.support_checks import brought, judged
from tests.support import referrals, regional
from warehouse.base.home import Home

RETURN = "pharmacy_first_referrals"
OTHER = {"Practice code": "C82002"}


def test_a_local_return_with_a_repeated_row_is_corrected_by_the_next(home: Home) -> None:
    brought(home, referrals({}, OTHER, {}))
    assert judged(home, RETURN).state.verdict == "held"
    brought(home, referrals({}, OTHER))
    assert judged(home, RETURN).state.verdict == "accepted"


def test_a_file_that_names_less_puts_nothing_right(home: Home) -> None:
    brought(home, referrals({}, OTHER, {}))
    brought(home, referrals(OTHER))
    assert judged(home, RETURN).state.verdict == "held"


def test_a_later_file_that_lost_the_row_puts_nothing_right(home: Home) -> None:
    brought(home, referrals({}, OTHER, {}))
    brought(home, referrals({"Referrals sent": "many"}, OTHER))
    assert judged(home, RETURN).state.verdict == "held"


def test_a_local_return_without_any_valid_row_is_corrected_by_the_next(home: Home) -> None:
    rows = [{"Practice code": f"C{n}", "Month": "2025-10"} for n in range(30)]
    brought(home, referrals(*rows))
    assert judged(home, RETURN).state.verdict == "held"
    brought(home, referrals())
    assert judged(home, RETURN).state.verdict == "accepted"


def test_an_invalid_part_is_not_corrected_by_another_part(home: Home) -> None:
    broken = [{"HCP_TYPE": f"Robot {n}"} for n in range(30)]
    brought(home, regional(*broken))
    brought(home, regional({"SUB_ICB_LOCATION_CODE": "04V"}))
    assert judged(home, "gp_appointments_sub_icb").state.verdict == "held"
