"""An input that breaks each rule of the network workforce, the verdict, and one that keeps it."""

from tests.checks.support_checks import of

FEED = "pcn_workforce"
NEW = {"STAFF_ROLE": "Time Travellers", "DETAILED_STAFF_ROLE": "Time Traveller"}

CASES = {"staff_roles_listed": (of(FEED, {}, NEW), "warn", of(FEED))}
