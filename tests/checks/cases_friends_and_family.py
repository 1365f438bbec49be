"""Inputs that break the rules of the Friends and Family Test, the verdicts, and ones that keep
them."""

from assets.feeds.friends_and_family.testing import answered, build
from tests.checks.support_checks import OCT, Case, Results, brought, judged, of_content
from tests.support import patient_list
from warehouse.base.home import Home

FEED = "friends_and_family"
OTHERS = [{"Practice Code": f"C8200{number}"} for number in (2, 3)]


LISTED = [{"CODE": f"C8200{number}"} for number in (1, 2, 3)]


def month(*rows: dict[str, object]) -> Case:
    """The verdicts on a month of these practices, of three that are listed."""

    def case(home: Home) -> Results:
        brought(home, patient_list(*LISTED))
        judged(home, "registered_patients")
        brought(home, build(*rows), edition=OCT)
        return judged(home, FEED).results

    return case


def answers(**given: int) -> Case:
    return of_content(FEED, answered({}, OTHERS[0] | given), edition=OCT)


NO_RETURN = {"Total Responses": "", "Percentage Positive": ""}
SOUND = month({}, *OTHERS)

CASES = {
    "fft_places_covered": (month({}), "warn", SOUND),
    "fft_returns_sent": (month({}, *(one | NO_RETURN for one in OTHERS)), "warn", SOUND),
    "fft_percentages_shown": (month({}, OTHERS[0] | {"Percentage Positive": "*"}), "warn", SOUND),
    "fft_answers_agree": (answers(Good=10), "warn", answers()),
}
