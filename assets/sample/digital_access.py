"""Invented use of online consultation systems and of cloud-based telephony, by practice. Not here:
file formats (`sample.py` of the two feeds).

Systems spread over the months: a practice joins in a month of its own, so that part of the growth
is that of practices with data. One supplier sent nothing for its practices in FEBRUARY."""

from datetime import date
from typing import NamedTuple

from assets.sample.places import Practice
from assets.sample.profile import draw
from assets.sample.world import LAST_MONTH, World
from warehouse.base.months import add_months, months_apart
from warehouse.base.working_days import working_days

FEBRUARY = date(2025, 2, 1)
SILENT = "SENSELY UK LIMITED"  # its practices have data again in March
UNKNOWN = "None/Unknown"
SUPPLIERS = {
    "ACCURX LIMITED": 0.48,
    "ECONSULT HEALTH LIMITED": 0.22,
    "PATCHS HEALTH LIMITED": 0.14,
    "ECONSULT HEALTH LIMITED, ACCURX LIMITED": 0.06,
    SILENT: 0.06,
    "TPP": 0.04,
}
PER_PATIENT = 0.0026  # submissions per patient and working day
CLINICAL, ADMINISTRATIVE = 0.66, 0.26


class Submissions(NamedTuple):
    """A practice's submissions of a month. `takes_part`: in the publisher's collection."""

    supplier: str
    clinical: int
    administrative: int
    other: int
    takes_part: bool

    @property
    def total(self) -> int:
        """All submissions."""
        return self.clinical + self.administrative + self.other


def submissions(world: World, practice: Practice, month: date) -> Submissions:
    """What a practice received through its online consultation system in a month."""
    rng = draw(world.seed, practice.code, "online")
    supplier = rng.choices(list(SUPPLIERS), list(SUPPLIERS.values()))[0]
    joined, keen = add_months(LAST_MONTH, -rng.choice((30, 30, 30, 20, 12, 1))), rng.random()
    takes_part = rng.random() > 0.02
    if not takes_part or month < joined or not practice.in_gpad:
        return Submissions(UNKNOWN, 0, 0, 0, takes_part)
    if supplier == SILENT and month == FEBRUARY:
        return Submissions(supplier, 0, 0, 0, takes_part)
    rng = draw(world.seed, practice.code, "online", month)
    patients = world.patients(practice, month)
    growth = 1 + 0.02 * months_apart(joined, month)
    daily = patients * PER_PATIENT * (0.4 + 1.4 * keen**2) * growth
    total = max(1, round(daily * working_days(month) * rng.uniform(0.94, 1.06)))
    clinical = round(total * CLINICAL * rng.uniform(0.95, 1.05))
    administrative = round(total * ADMINISTRATIVE * rng.uniform(0.95, 1.05))
    return Submissions(supplier, clinical, administrative, total - clinical - administrative, True)


CALLS_PER_PATIENT = 0.0265  # per patient and working day


class Calls(NamedTuple):
    """A practice's inbound calls of a month, by outcome, wait and length."""

    answered: int
    menu: int
    call_backs: int
    missed: int
    waits: tuple[int, int, int, int]
    lengths: tuple[int, int, int, int]

    @property
    def inbound(self) -> int:
        """All inbound calls."""
        return self.answered + self.menu + self.call_backs + self.missed


def calls(world: World, practice: Practice, month: date) -> Calls | None:
    """A practice's calls in a month; None if it reports none."""
    rng = draw(world.seed, practice.code, "calls")
    joined = add_months(LAST_MONTH, -rng.choice((30, 30, 12, 4, -12)))
    keen, patient = rng.random(), rng.random()
    if month < joined or not practice.in_gpad:
        return None
    rng = draw(world.seed, practice.code, "calls", month)
    daily = world.patients(practice, month) * CALLS_PER_PATIENT * (0.75 + 0.5 * keen)
    inbound = round(daily * working_days(month) * rng.uniform(0.95, 1.05))
    answered = round(inbound * (0.47 + 0.15 * patient) * rng.uniform(0.98, 1.02))
    menu, call_backs = round(inbound * 0.27), round(inbound * 0.07 * keen)
    waits = _split(answered, (0.36 + 0.16 * patient, 0.14, 0.2))
    lengths = _split(answered, (0.24, 0.36, 0.32))
    missed = max(0, inbound - answered - menu - call_backs)
    return Calls(answered, menu, call_backs, missed, waits, lengths)


def _split(total: int, shares: tuple[float, float, float]) -> tuple[int, int, int, int]:
    """A total in four parts, the last one the rest."""
    first, second, third = (round(total * share) for share in shares)
    return first, second, third, total - first - second - third
