"""Invented staff of practices, in full-time equivalents (FTE). Not here: file formats (the feed's
`sample.py`).

Leicester City's patients per GP are those of two published statements, 3,262 and then 2,829 in
successive months: of permanent qualified GPs in the first, and of all qualified GPs in the second.
Nothing but the definition changes between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from assets.sample.places import Practice
from assets.sample.profile import draw
from assets.sample.world import World

STEP = 150  # FTE in quarters of an hour of a week of 37.5 hours
CITY = "04C"
# Patients per FTE in December 2024, by sub-ICB: of permanent and of all qualified GPs.
PATIENTS_PER = {"03W": (2450, 2210), CITY: (3262, 2829), "04V": (2520, 2280), "06H": (2180, 1990)}
TRAINEES, NURSES, CARE, OFFICE = 0.28, 0.42, 0.45, 1.85  # per FTE of permanent GPs
NOT_GIVEN, ESTIMATED = 0.02, 0.05  # of practices


class Staff(NamedTuple):
    """A practice's staff at the end of a month, in FTE; None: it provided no valid record.
    `partly`: hours of some GPs are estimated."""

    permanent: Fraction | None
    locums: Fraction
    trainees: Fraction
    nurses: Fraction | None
    care: Fraction
    office: Fraction
    partly: bool


@dataclass(frozen=True)
class _Shares:
    """How a practice differs from its place, the same in all months."""

    keen: float
    gives_gps: bool
    gives_nurses: bool
    partly: bool
    has_trainees: bool


def staff_of(world: World, area: str, month: date) -> Mapping[Practice, Staff]:
    """The staff of a sub-ICB's practices, whose patients per GP are those of `PATIENTS_PER`."""
    practices = world.open_practices(area, month)
    known = {one: _shares(world, one) for one in practices}
    giving = [one for one in practices if known[one].gives_gps]
    sizes = {one: world.patients(one, month) * known[one].keen for one in giving}
    patients = sum(world.patients(one, month) for one in giving)
    permanent, qualified = PATIENTS_PER[area]
    settled = _settled(sizes, patients / permanent)
    locums = _settled(sizes, patients / qualified - patients / permanent)
    return {
        one: _staff(world, one, month, known[one], settled.get(one), locums.get(one, Fraction()))
        for one in practices
    }


def _shares(world: World, practice: Practice) -> _Shares:
    rng = draw(world.seed, practice.code, "staff")
    rolls = [rng.random() for _ in range(4)]
    return _Shares(
        rng.uniform(0.6, 1.4),
        rolls[0] >= NOT_GIVEN,
        rolls[1] >= NOT_GIVEN,
        rolls[2] < ESTIMATED,
        rolls[3] < 0.4,
    )


def _settled(sizes: Mapping[Practice, float], total: float) -> dict[Practice, Fraction]:
    """A total shared out by size in steps of `STEP`; the largest gets what rounding leaves."""
    whole = sum(sizes.values())
    found = {one: Fraction(round(total * size / whole * STEP), STEP) for one, size in sizes.items()}
    largest = max(found, key=lambda one: found[one])
    found[largest] += Fraction(round(total * STEP), STEP) - sum(found.values())
    return found


def _staff(
    world: World,
    practice: Practice,
    month: date,
    shares: _Shares,
    permanent: Fraction | None,
    locums: Fraction,
) -> Staff:
    rng = draw(world.seed, practice.code, "staff", month)
    gps = world.patients(practice, month) / PATIENTS_PER[practice.area.code][0]

    def about(share: float) -> Fraction:
        return Fraction(round(gps * share * rng.uniform(0.95, 1.05) * STEP), STEP)

    trainees = about(TRAINEES / 0.4) if shares.has_trainees else Fraction()
    nurses = about(NURSES) if shares.gives_nurses else None
    return Staff(permanent, locums, trainees, nurses, about(CARE), about(OFFICE), shares.partly)
