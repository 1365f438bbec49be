"""The rest of England in the sample: every sub-ICB without invented practices, as totals, so that
regions, England and ranks are complete. Not here: the areas with practices (`places`)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from assets.sample.places import MARK, Area, read_areas
from assets.sample.profile import AREA_LABELS, COUNT, draw, profile_frame, without_category
from assets.sample.world import AREA, LAST_MONTH, World, appointments_per_patient
from warehouse.base.months import months_apart
from warehouse.reference.organisations import valid_at

MOST_COMMON = 120  # combinations of labels a sub-ICB and month: 99 % of appointments
LATE_PER_1000 = 6  # of the newest month of the first edition, in every fourth sub-ICB
CHANGE_A_MONTH = 0.0005  # growth of a list


@dataclass(frozen=True)
class Elsewhere:
    """A sub-ICB of which only totals are invented. `patients`: registered at LAST_MONTH; `demand`,
    `face_to_face`, `same_day`: its habits beside those of the others."""

    area: Area
    practices: int
    patients: int
    demand: float
    face_to_face: float
    same_day: float
    reports_late: bool

    def patients_at(self, month: date) -> int:
        """Return registered patients on the first of a month."""
        return round(self.patients * (1 - CHANGE_A_MONTH * months_apart(month, LAST_MONTH)))


@lru_cache
def elsewhere(seed: int) -> tuple[Elsewhere, ...]:
    """Return the sub-ICBs of LAST_MONTH (real codes) without invented practices, by code."""
    valid = valid_at(LAST_MONTH)
    by_code = {row["org_code"]: row for row in valid.iter_rows(named=True)}
    own = read_areas()
    return tuple(
        _drawn(seed, number, code, by_code)
        for number, code in enumerate(sorted(by_code))
        if by_code[code]["org_level"] == "sub_icb" and code not in own
    )


def _drawn(seed: int, number: int, code: str, by_code: dict[str, dict[str, str]]) -> Elsewhere:
    """One sub-ICB with its invented size and habits."""
    sub = by_code[code]
    icb = by_code[sub["parent_code"]]
    region = by_code[icb["parent_code"]]
    area = Area(
        *(code, sub["ons_code"], sub["org_name"] + MARK),
        *(icb["org_code"], icb["ons_code"], icb["org_name"]),
        *(region["org_code"], region["ons_code"], region["org_name"]),
        pcns=(),
    )
    rng = draw(seed, "elsewhere", code)
    practices = rng.randint(20, 92)
    return Elsewhere(
        area=area,
        practices=practices,
        patients=round(practices * rng.uniform(9_300, 11_900)),
        demand=rng.uniform(0.90, 1.22),
        face_to_face=rng.uniform(0.58, 0.74),
        same_day=rng.uniform(0.85, 1.15),
        reports_late=number % 4 == 0,
    )


def elsewhere_cells(world: World, edition: date, month: date) -> pl.DataFrame:
    """Return an edition's appointments elsewhere by AREA and AREA_LABELS; no zero counts."""
    places = pl.DataFrame(
        {
            AREA: one.area.code,
            "appointments": _demand(world, edition, month, one),
            "face_to_face": one.face_to_face / _FACE_TO_FACE,
            "same_day": one.same_day,
        }
        for one in elsewhere(world.seed)
    )
    tilt = (
        pl.when(pl.col("APPT_MODE") == "Face-to-Face").then("face_to_face").otherwise(1.0)
        * pl.when(pl.col("TIME_BETWEEN_BOOK_AND_APPT") == "Same Day").then("same_day").otherwise(1)
        * pl.col("share")
    )
    weighted = places.join(_shares(), how="cross").with_columns(weight=tilt)
    count = pl.col("appointments") * pl.col("weight") / pl.col("weight").sum().over(AREA)
    return (
        weighted.select(AREA, *AREA_LABELS, count.round().cast(pl.Int64).alias(COUNT))
        .filter(pl.col(COUNT) > 0)
        .sort(AREA, *AREA_LABELS)
    )


_FACE_TO_FACE = 0.68


@lru_cache
def _shares() -> pl.DataFrame:
    """The most common combinations of AREA_LABELS with their share."""
    shares = without_category(profile_frame(_FACE_TO_FACE))
    common = sorted(shares.items(), key=lambda one: -one[1])[:MOST_COMMON]
    rows = [(*cell, share) for cell, share in common]
    return pl.DataFrame(rows, schema=[*AREA_LABELS, "share"], orient="row")


def _demand(world: World, edition: date, month: date, one: Elsewhere) -> float:
    """Appointments of a sub-ICB in a month, as in an edition."""
    noise = draw(world.seed, "elsewhere", one.area.code, month).uniform(0.985, 1.015)
    late = one.reports_late and month == edition < LAST_MONTH
    certain = 1 - LATE_PER_1000 / 1000 if late else 1.0
    return one.patients_at(month) * one.demand * appointments_per_patient(month) * noise * certain
