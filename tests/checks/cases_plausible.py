"""An input that breaks each generic business rule, the verdict then, and one that keeps it."""

import os
from datetime import datetime
from unittest.mock import patch

from tests.checks.support_checks import (
    COVERAGE,
    SUB_ICB,
    Case,
    Results,
    brought,
    judged,
    of,
)
from tests.support import imported, regional, write
from warehouse.base.home import Home
from warehouse.contract.model import contracts

COUNT, STATUS = "COUNT_OF_APPOINTMENTS", "APPT_STATUS"
NOTTINGHAM = "E54000058"


def with_status(status: str) -> Case:
    """The verdicts on a file with a status that the contract knows and no split names: `Cancelled`,
    as if somebody had added the label and forgotten the sums."""
    labels = dict.fromkeys(("Attended", "DNA", "Unknown", "Cancelled"))
    contract = contracts()[SUB_ICB]
    families = contract.label_families | {"appointment_status": labels}
    known = contract.model_copy(update={"label_families": families})

    def case(home: Home) -> Results:
        with patch.dict(contracts(), {SUB_ICB: known}):
            brought(home, regional({COUNT: 90}, {COUNT: 10, STATUS: status}))
            return judged(home, SUB_ICB).results

    return case


def missed(appointments: int) -> Case:
    """The verdicts on 20,000 appointments of which so many were missed."""
    return of(SUB_ICB, {COUNT: 20_000 - appointments}, {COUNT: appointments, STATUS: "DNA"})


def saved(day: datetime) -> Case:
    """The verdicts on October's figures in a file that was saved on a day."""

    def case(home: Home) -> Results:
        path = write(home.root.parent / "october.csv", regional())
        os.utime(path, (day.timestamp(),) * 2)
        imported(home, path)
        return judged(home, SUB_ICB).results

    return case


CASES = {
    "month_not_future": (saved(datetime(2025, 9, 30)), "fail", saved(datetime(2025, 10, 31))),
    "parts_sum_to_total": (with_status("Cancelled"), "fail", with_status("Unknown")),
    "part_within_total": (
        of(COVERAGE, {"Included Practices": 2}),
        "fail",
        of(COVERAGE, {"Included Practices": 0}),
    ),
    "shares_plausible": (missed(5_000), "warn", missed(1_000)),
    "icb_of_sub_icb": (of(SUB_ICB, {}, {"ICB_ONS_CODE": NOTTINGHAM}), "warn", of(SUB_ICB)),
}
