"""Inputs that break the rules of the GP Patient Survey, the verdicts, and ones that keep them."""

from assets.feeds.gp_patient_survey.testing import answers, build
from assets.feeds.testing import Row
from tests.checks.support_checks import Case, Results, brought, judged
from tests.support import patient_list
from warehouse.base.home import Home

FEED, SURVEY = "gp_patient_survey", "2026-03"


def surveyed(*rows: Row) -> Case:
    """The verdicts on a survey of these practices, of two that are listed."""

    def case(home: Home) -> Results:
        brought(home, patient_list(*LISTED))
        judged(home, "registered_patients", SURVEY)
        brought(home, build(*rows), edition=SURVEY)
        return judged(home, FEED, SURVEY).results

    return case


LISTED = [{"EXTRACT_DATE": "2026-03-01", "CODE": code} for code in ("C82001", "C82002")]
OTHER = {"ad_practicecode": "C82002"}
SOUND = surveyed({}, OTHER)

CASES = {
    "survey_places_covered": (surveyed({}), "warn", SOUND),
    "share_within_one": (surveyed({}, OTHER | answers(overallexp=(1.2, 90))), "warn", SOUND),
    "survey_results_given": (surveyed({}, OTHER | answers(overallexp=("-97", 9))), "warn", SOUND),
    "survey_bases_given": (surveyed({}, OTHER | answers(overallexp=(0.8, "-99"))), "fail", SOUND),
}
