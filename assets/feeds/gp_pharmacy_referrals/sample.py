"""Synthetic referrals to community pharmacies since April: one zip a month with one CSV, as
published, in which referrals are among other indicators.

Up to November 2024 the practices of 04C sent 13,257 referrals, 39 of 51 practices any at all."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from assets.sample.places import Practice
from assets.sample.profile import draw
from assets.sample.world import World
from assets.sample.writer import FULL_MONTH_NAMES, rows_bytes, write_zip
from warehouse.base.months import between, days_of, financial_year

HEADINGS = (
    "PRACTICE_CODE", "PRACTICE_NAME", "QUALITY_SERVICE", "ACH_DATE", "IND_CODE", "MEASURE", "VALUE",
)  # fmt: skip
FIRST, LAST = date(2023, 4, 1), date(2025, 3, 1)  # editions that have the indicators
CITY = "04C"
# Referrals in the city from April to November 2024: 13,257.
IN_CITY = dict(
    zip(
        between(date(2024, 4, 1), date(2024, 11, 1)),
        (1412, 1503, 1480, 1655, 1530, 1690, 1950, 2037),
        strict=True,
    )
)
REFERRING = 39 / 51  # of a place's practices
PER_10000 = 40.0  # referrals of a month, of so many patients
DECLINED = 0.07
SUPPRESSED, LATE = 0.02, 0.15  # of practices outside the city
CORRECTED = 8  # August: the month in which a practice's records are corrected
Values = tuple[str, str, object]  # code of the indicator, measure, value


def write(world: World, out: Path) -> list[Path]:
    """Write a zip per month of the window in which the indicators were published."""
    months = [month for month in world.months_since(FIRST) if month <= LAST]
    return [_write_month(world, out, month) for month in months]


def _write_month(world: World, out: Path, month: date) -> Path:
    year = financial_year(month)
    about = (f"NCD{year % 100}{(year + 1) % 100}", f"{days_of(month)[-1]:%d/%m/%Y}")
    rows = [
        (practice.code, practice.name, *about, *values)
        for area in world.areas
        for practice in world.included_practices(area, month)
        for values in _values(world, practice, area, month)
    ]
    name = f"NCDes{FULL_MONTH_NAMES[month.month - 1]}{month:%y}"
    encoding = "utf-8-sig" if year > FIRST.year else "utf-8"
    return write_zip(
        out / f"{name}.zip", {f"{name}.csv": rows_bytes(HEADINGS, rows, "\n", encoding)}
    )


def _values(world: World, practice: Practice, area: str, month: date) -> Iterator[Values]:
    """Yield the rows of a practice: another indicator, referrals and those declined."""
    rng = draw(world.seed, "referral record", practice.code, financial_year(month))
    joins = rng.randint(5, 9) if rng.random() < LATE else 4
    hidden = rng.random() < SUPPRESSED
    if area != CITY and joins > 4 and 4 <= month.month < joins:
        return
    yield "NCD003", "Numerator", rng.randint(0, 40)
    months = between(date(financial_year(month), 4, 1), month)
    sent = sum(_sent(world, area, one)[practice.code] for one in months)
    if area != CITY and practice.code == _corrected(world, area) and month.month not in range(4, 8):
        sent = sent * 2 // 5  # less in August than in July
    referrals, declined = ("NCD113", "") if months[0] == FIRST else ("ACC09", "ACC15")
    shown = "*" if hidden and area != CITY else sent
    yield referrals, "Count", shown
    if declined:
        yield declined, "Count", "*" if shown == "*" else int(sent * DECLINED)


def _corrected(world: World, area: str) -> str:
    return min(practice.code for practice in world.included_practices(area, FIRST))


@lru_cache(maxsize=256)
def _sent(world: World, area: str, month: date) -> Counter[str]:
    """Return the referrals of a month by practice."""
    practices = world.included_practices(area, month)
    order = [practice.code for practice in practices]
    draw(world.seed, "pharmacy referrals", area).shuffle(order)
    chosen = set(order[: round(len(order) * REFERRING)])
    referring = [practice for practice in practices if practice.code in chosen]
    patients = [world.patients(practice, month) for practice in referring]
    rng = draw(world.seed, "pharmacy referrals", area, month)
    total = round(sum(patients) / 10_000 * PER_10000 * rng.uniform(0.85, 1.15))
    if area == CITY:
        total = IN_CITY.get(month, total)
    return Counter(rng.choices([practice.code for practice in referring], patients, k=total))
