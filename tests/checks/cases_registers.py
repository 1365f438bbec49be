"""An input that breaks each rule on registers, the verdict, and one that keeps it."""

from assets.feeds.ods_practices.testing import practices
from tests.checks.support_checks import Case, Results, brought, judged
from warehouse.base.home import Home

FEED, SEPTEMBER, OCTOBER = "ods_practices", "2025-09", "2025-10"
CODE, CLOSED, STATUS, ROLE = "Organisation Code", "Close Date", "Status Code", "Prescribing Setting"
OPENED, ICB = "Open Date", "High Level Health Geography"
NEWEST = {CODE: "C82999", OPENED: "20250801"}


def register(*rows: dict[str, object], respelt: bool = False) -> bytes:
    """Twenty practices, of which the first are changed, and one that has just opened. `respelt`:
    with the roles of a later year, in a new spelling."""
    every = [{CODE: f"C82{number:03}"} for number in range(20)]
    changed = [one | (rows[n] if n < len(rows) else {}) for n, one in enumerate(every)]
    role = {ROLE: "RO999"} if respelt else {}
    return practices(*(one | role for one in (*changed, NEWEST)))


def editions(*of: tuple[str, bytes]) -> Case:
    """The verdicts on the last of these editions."""

    def case(home: Home) -> Results:
        found: Results = []
        for edition, content in of:
            brought(home, content, edition=edition)
            found = judged(home, FEED, edition).results
        return found

    return case


CLOSING = {CLOSED: "20250831", STATUS: "C"}
BEFORE = (SEPTEMBER, register())
SOUND = editions(BEFORE, (OCTOBER, register(CLOSING)))

CASES = {
    "register_found": (editions((OCTOBER, register(respelt=True))), "fail", SOUND),
    "register_dates": (editions(("2026-01", register())), "warn", SOUND),
    "register_still_open": (
        editions(BEFORE, (OCTOBER, register(CLOSING, CLOSING, CLOSING))),
        "fail",
        SOUND,
    ),
    "register_accounted_for": (editions(BEFORE, (OCTOBER, register({STATUS: "D"}))), "warn", SOUND),
    "icb_of_commissioner": (editions((OCTOBER, register({ICB: "QT1"}))), "warn", SOUND),
    "date_readable": (editions((OCTOBER, register({CLOSED: "31/08/2025"}))), "warn", SOUND),
}
