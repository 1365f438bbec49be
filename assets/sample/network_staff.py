"""Invented staff of networks: a person per row, in full-time equivalents (FTE). Not here: the
file's format (the feed's `sample.py`).

Leicester City's roles in January 2025 are those of a published statement."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from assets.sample.places import SCALES
from assets.sample.profile import draw
from assets.sample.staff import STEP
from assets.sample.world import World
from warehouse.base.months import months_apart

JANUARY = date(2025, 1, 1)
CITY = "04C"
DIRECT, NURSES, DIRECTORS = "Other Direct Patient Care staff", "Other Nurses", "Directors"
OFFICE = "Other Admin/Non-clinical staff"


class Role(NamedTuple):
    """A role as published, and its FTE in Leicester City in January 2025."""

    group: str
    role: str
    detailed: str
    fte: str


ROLES = (
    Role(DIRECT, "Pharmacists", "Pharmacist", "65.6"),
    Role(DIRECT, "Care Coordinators", "Care Coordinator", "40.5"),
    Role(DIRECT, "General Practice Assistants", "General Practice Assistant", "14.7"),
    Role(DIRECT, "Pharmacy Technicians", "Pharmacy Technician", "14.4"),
    Role(NURSES, "Advanced Nurse Practitioners", "Advanced Nurse Practitioner", "13.8"),
    Role(DIRECT, "Social Prescribing Link Workers", "Social Prescribing Link Worker", "11.2"),
    Role(DIRECT, "Physiotherapists", "Physiotherapist", "10.4"),
    Role(DIRECT, "Paramedics", "Paramedic", "9.6"),
    Role(DIRECT, "Physician Associates", "Physician Associate", "8.4"),
    Role(DIRECT, "Health and Wellbeing Coaches", "Health and Wellbeing Coach", "6.2"),
    Role(DIRECT, "Nursing Associates", "Nursing Associate", "4.8"),
    Role("Other GPs", "Salaried GPs", "Salaried By PCN", "3.6"),
    Role(OFFICE, "Digital and Transformation Leads", "Digital and Transformation Lead", "2.4"),
    Role(
        DIRECT,
        "Applied Psychologists \N{EN DASH} Clinical (Mental Health Practitioners)",
        "Applied Psychologist \N{EN DASH} Clinical (Mental Health Practitioner - Adult)",
        "2.0",
    ),
    Role(
        DIRECTORS,
        "Medical Clinical Director (GP)",
        "Clinical Director \N{EN DASH} Medical",
        "3.2",
    ),
)


class Person(NamedTuple):
    """A row of the file. `contracted`: hours of a contracted service, of no one person."""

    area: str
    pcn: tuple[str, str]
    role: Role
    fte: Fraction
    contracted: bool


def persons(world: World, month: date) -> Iterator[Person]:
    """All staff of networks at the end of a month."""
    for code, area in world.areas.items():
        size = Fraction(SCALES[code].patients, SCALES[CITY].patients)
        growth = 1 + Fraction(months_apart(JANUARY, month), 100)
        for role in ROLES:
            rng = draw(world.seed, code, role.role, "network")
            steps = round(Fraction(role.fte) * size * growth * STEP)
            while steps:
                own = min(steps, rng.choice((60, 80, 100, 120, 150)))
                steps -= own
                pcn, contracted = rng.choice(area.pcns), rng.random() < 0.15
                yield Person(code, pcn, role, Fraction(own, STEP), contracted)
