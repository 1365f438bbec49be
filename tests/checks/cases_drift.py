"""An input that breaks each check of drift, the verdict then, and an input that keeps it."""

from itertools import product

from tests.checks.support_checks import LIST, SUB_ICB, Case, after
from tests.support import patient_list, regional

STAFF = ("GP", "Other Practice staff", "Unknown")
MODES = ("Face-to-Face", "Home Visit", "Telephone")
STATUSES = ("Attended", "DNA", "Unknown")
AREAS = ("04C", "03W")
Row = dict[str, object]


def month(
    name: str = "SEP2025",
    count: int = 100,
    areas: tuple[str, ...] = AREAS,
    modes: tuple[str, ...] = MODES,
    staff: tuple[str, ...] = STAFF,
) -> list[Row]:
    """A month of two sub-ICBs, 27 rows each."""
    return [
        {
            "SUB_ICB_LOCATION_CODE": area,
            "APPOINTMENT_MONTH": name,
            "HCP_TYPE": who,
            "APPT_MODE": how,
            "APPT_STATUS": status,
            "COUNT_OF_APPOINTMENTS": count,
        }
        for area, who, how, status in product(areas, staff, modes, STATUSES)
    ]


def then(*rows: Row) -> Case:
    """The verdicts on October, whose file gives these rows, after that of September."""
    return after("2025-10", SUB_ICB, regional(*month()), regional(*rows))


OCTOBER = month("OCT2025", 103)
SOUND = then(*month(count=101), *OCTOBER)


def lists(now: int, before: int = 20) -> Case:
    """The verdicts on the patient list of October with so many practices, after September's."""

    def listed(month: str, practices: int) -> bytes:
        codes = [f"C82{number:03}" for number in range(practices)]
        return patient_list(*[{"CODE": code, "EXTRACT_DATE": month} for code in codes])

    return after("2025-10", LIST, listed("01SEP2025", before), listed("01OCT2025", now))


def halved(now: int) -> Case:
    """The verdicts on October, whose file gives September of one of two sub-ICBs as `now` each."""
    rows = [*month(count=now, areas=AREAS[:1]), *month(count=100, areas=AREAS[1:]), *OCTOBER]
    return then(*rows)


CASES = {
    "figures_not_halved": (halved(49), "fail", halved(50)),
    "organisations_remain": (lists(9), "fail", lists(10)),
    "rows_as_before": (then(*month(staff=STAFF[:1]), *OCTOBER), "fail", SOUND),
    "sums_as_before": (then(*month(count=106), *OCTOBER), "warn", SOUND),
    "organisations_as_before": (then(*month(), *OCTOBER[:27]), "warn", SOUND),
    "labels_as_before": (then(*month("OCT2025", modes=MODES[:2])), "warn", SOUND),
    "restated_as_before": (then(*month(count=97), *OCTOBER), "warn", SOUND),
}
