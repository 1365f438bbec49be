"""Inputs that break the rules of the Friends and Family Test, the verdicts, and ones that keep
them."""

from assets.feeds.friends_and_family.testing import answered, build
from tests.checks.support_checks import OCT, Case, of_content

FEED = "friends_and_family"
OTHERS = [{"Practice Code": f"C8200{number}"} for number in (2, 3)]


def month(*rows: dict[str, object]) -> Case:
    return of_content(FEED, build(*rows), edition=OCT)


def answers(**given: int) -> Case:
    return of_content(FEED, answered({}, OTHERS[0] | given), edition=OCT)


NO_RETURN = {"Total Responses": "", "Percentage Positive": ""}
SOUND = month({}, *OTHERS)

CASES = {
    "fft_returns_sent": (month({}, *(one | NO_RETURN for one in OTHERS)), "warn", SOUND),
    "fft_percentages_shown": (month({}, OTHERS[0] | {"Percentage Positive": "*"}), "warn", SOUND),
    "fft_answers_agree": (answers(Good=10), "warn", answers()),
}
