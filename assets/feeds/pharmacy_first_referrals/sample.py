"""Synthetic local return of referrals to Pharmacy First: one CSV with every month so far, with the
headings of `template.csv`. It does not agree with the pharmacies' claims.

In LAST_MONTH exactly 39 of the 51 practices of 04C refer. Of the others, some report a zero."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from assets.sample.pharmacies import LAUNCH
from assets.sample.places import Practice
from assets.sample.profile import draw
from assets.sample.world import LAST_MONTH, World
from assets.sample.writer import rows_bytes
from warehouse.base.months import month_text, months_apart

HEADINGS = (
    "Month", "Practice code", "Referring channel", "Referrals sent", "Referrals accepted",
    "Referrals completed",
)  # fmt: skip
REFERRING = {"03W": (6, 22), "04C": (9, 39), "04V": (8, 33)}  # practices at LAUNCH, in LAST_MONTH
SYSTEM, FORM = "Clinical system", "Web form"
PER_10000 = 17.0  # referrals that a practice sends for so many patients in a month
NOT_ALL_KNOWN = date(2024, 6, 1)  # the month in which some rows have only the number sent


def write(world: World, out: Path) -> list[Path]:
    """Write the return of the last month."""
    rows = (
        (month_text(month), line.practice.code, *line[1:])
        for month in world.months_since(LAUNCH)
        for line in referrals(world, month)
    )
    path = out / f"pharmacy-first-referrals-{month_text(world.last_month)}.csv"
    path.write_bytes(rows_bytes(HEADINGS, rows))
    return [path]


class Referrals(NamedTuple):
    """A practice's referrals of a month by one channel. None: the return leaves it blank."""

    practice: Practice
    channel: str
    sent: int
    accepted: int | None
    completed: int | None


def referrals(world: World, month: date) -> Iterator[Referrals]:
    """Yield the rows of a month, practices in code order."""
    for area in REFERRING:
        practices = world.included_practices(area, month)
        order = [practice.code for practice in practices]
        draw(world.seed, "referring", area).shuffle(order)
        number = referring(area, month)
        sending, silent = set(order[:number]), set(order[number::3])
        for practice in practices:
            if practice.code in sending:
                yield from _sent(world, practice, month)
            elif practice.code in silent:
                yield Referrals(practice, SYSTEM, 0, 0, 0)


def referring(area: str, month: date) -> int:
    """Return how many practices of a sub-ICB refer in a month; the number grows evenly."""
    first, last = REFERRING[area]
    return first + (last - first) * months_apart(LAUNCH, month) // months_apart(LAUNCH, LAST_MONTH)


def _sent(world: World, practice: Practice, month: date) -> Iterator[Referrals]:
    rng = draw(world.seed, "referrals", practice.code, month)
    expected = world.patients(practice, month) / 10_000 * PER_10000 * practice.activity
    for channel, share in ((SYSTEM, 1.0), (FORM, 0.2)):
        if channel == FORM and rng.random() < 0.6:
            continue
        sent = max(1, round(expected * share * rng.uniform(0.6, 1.4)))
        accepted = sum(rng.random() < 0.93 for _ in range(sent))
        completed = sum(rng.random() < 0.86 for _ in range(accepted))
        if rng.random() < 0.04 and month == NOT_ALL_KNOWN:
            yield Referrals(practice, channel, sent, None, None)
        else:
            yield Referrals(practice, channel, sent, accepted, completed)
