"""An input that breaks each rule of the general practice workforce, the verdict, and one that keeps
it."""

from assets.feeds.gp_workforce.testing import NAMED, practice_workforce, workforce_zip
from tests.checks.support_checks import OCT, Case, after, of_content

FEED = "gp_workforce"
GPS = ("TOTAL_GP_FTE", "TOTAL_GP_EXTG_FTE", "TOTAL_GP_EXL_FTE", "TOTAL_GP_EXTGL_FTE")
NOT_GIVEN: dict[str, object] = {
    **dict.fromkeys(GPS, "NA"),
    "GP_SOURCE": "Fully estimated - no data provided",
}


def of_rows(*rows: dict[str, object]) -> Case:
    return of_content(FEED, practice_workforce(*rows), edition=OCT)


def given_before(now: dict[str, object]) -> Case:
    """September with records, and October of the same practice as told."""
    september = workforce_zip(named=NAMED.replace("October", "September"))
    return after(OCT, FEED, september, workforce_zip(now))


SOUND = of_rows()

CASES = {
    "decimal_exact": (
        of_rows({}, {"PRAC_CODE": "C82002", "TOTAL_NURSES_FTE": "2.12345678901"}),
        "warn",
        of_rows({"TOTAL_NURSES_FTE": " 2.1234567890000 "}),
    ),
    "gp_records_not_estimated": (of_rows({"GP_SOURCE": "Includes FTE Estimates"}), "warn", SOUND),
    "gp_sources_listed": (of_rows({"GP_SOURCE": "Guessed"}), "warn", SOUND),
    "gp_definitions_together": (of_rows({"TOTAL_GP_EXL_FTE": "NA"}), "fail", SOUND),
    "staff_records_provided": (of_rows(NOT_GIVEN), "warn", SOUND),
    "staff_records_still_provided": (given_before(NOT_GIVEN), "warn", given_before({})),
}
