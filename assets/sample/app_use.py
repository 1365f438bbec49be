"""Invented NHS App use: by ICB as published, and by practice as an ICB exports it. Not here: file
formats (`sample.py` of the two feeds).

Users are always fewer than registered patients. The patients of ICBs outside the sample's lists
are drawn at random."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from assets.sample.pharmacies import ICBS
from assets.sample.places import MARK, Practice
from assets.sample.profile import draw
from assets.sample.world import LAST_MONTH, World
from warehouse.base.months import months_apart
from warehouse.reference.organisations import valid_at

FIRST_MONTH = date(2024, 10, 1)
USERS_OF_PATIENTS, MONTHLY_GROWTH = 0.150, 0.0025  # share who log in in FIRST_MONTH; added a month
LOGINS_PER_USER = 4.4
# Share of users who order a prescription in the month of which the minutes say so; added a month.
MINUTES, ORDERING, ORDERING_GROWTH = date(2025, 1, 1), 0.41, 0.004
UNKNOWN, UNKNOWN_USERS = "Unknown", 10_100
RESTATED_PER_1000 = 4  # of the newest month of the edition before, in every fourth ICB


class IntegratedCareBoard(NamedTuple):
    """An ICB and its region, as the workbook names them."""

    code: str
    name: str
    region_code: str
    region_name: str


class Use(NamedTuple):
    """Sessions started, people who started one, and in later editions people who did in twelve
    months, orders of prescriptions, and people who ordered."""

    logins: int
    users: int
    users_12_months: int
    orders: int
    ordering: int


class PracticeUse(NamedTuple):
    """A practice's people of 13 and over, those with an account, sessions, orders and people who
    ordered."""

    eligible: int
    registered: int
    logins: int
    orders: int
    ordering: int


@lru_cache
def integrated_care_boards() -> tuple[IntegratedCareBoard, ...]:
    """Return every ICB of LAST_MONTH by code, then `Unknown`."""
    valid = valid_at(LAST_MONTH)
    named = dict(valid.select("org_code", "org_name").iter_rows())
    icbs = valid.filter(pl.col("org_level") == "icb").sort("org_code")
    known = tuple(
        IntegratedCareBoard(code, name + MARK, region, named[region])
        for code, name, region in icbs.select("org_code", "org_name", "parent_code").iter_rows()
    )
    return (*known, IntegratedCareBoard(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN))


def use(world: World, board: IntegratedCareBoard, month: date, edition: date) -> Use:
    """Return an ICB's use of the App in a month, as in an edition."""
    rng = draw(world.seed, "app", board.code, month)
    logins_per_user = LOGINS_PER_USER * rng.uniform(0.94, 1.06)
    if board.code == UNKNOWN:
        users = round(UNKNOWN_USERS * rng.uniform(0.9, 1.1))
        return _with_orders(round(users * 2.9), users, month)
    users = round(_patients(world, board.code, month) * _share(month) * rng.uniform(0.98, 1.02))
    logins = round(users * logins_per_user)
    if month == edition < LAST_MONTH and integrated_care_boards().index(board) % 4 == 0:
        users -= users * RESTATED_PER_1000 // 2000
        logins -= logins * RESTATED_PER_1000 // 1000
    return _with_orders(logins, users, month)


def _with_orders(logins: int, users: int, month: date) -> Use:
    """Return the use with those who ordered: of each hundred users as many as the minutes say in
    their month, more or fewer in others."""
    ordering = round(users * (ORDERING + ORDERING_GROWTH * months_apart(MINUTES, month)))
    return Use(logins, users, round(users * 1.55), round(ordering * 1.4), ordering)


def _share(month: date) -> float:
    """Share of patients who log in in a month."""
    return USERS_OF_PATIENTS + MONTHLY_GROWTH * months_apart(FIRST_MONTH, month)


def _patients(world: World, icb: str, month: date) -> float:
    if icb in ICBS:
        return world.patients_of(icb, month)
    return draw(world.seed, "app", icb).uniform(560_000, 2_200_000)


def practice_use(world: World, icb: str, month: date) -> Iterator[tuple[Practice, PracticeUse]]:
    """Yield each practice of an ICB that has a patient list, with its use of the App."""
    for area in ICBS[icb]:
        for practice in world.open_practices(area, month):
            patients = world.patients(practice, month)
            keen = draw(world.seed, practice.code, "app").uniform(0.75, 1.25)
            rng = draw(world.seed, practice.code, "app", month)
            orders = round(patients * 0.11 * keen * rng.uniform(0.95, 1.05))
            yield (
                practice,
                PracticeUse(
                    eligible=int(patients * (0.83 + 0.02 * keen)),
                    registered=int(patients * (0.5 + 0.12 * keen + 0.4 * (_share(month) - 0.15))),
                    logins=round(
                        patients * _share(month) * LOGINS_PER_USER * keen * rng.uniform(0.96, 1.04)
                    ),
                    orders=orders,
                    ordering=round(orders * 0.72),
                ),
            )
