"""Synthetic practice files of the GP Patient Survey, one per survey of which the sample has the
last month, with all columns of some questions; the publisher's have those of all.

Its practices are of a few sub-ICBs, so England's share is incomplete."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assets.sample.places import NO_PCN, Practice
from assets.sample.profile import draw
from assets.sample.world import World
from assets.sample.writer import rows_bytes

FIRST = date(2024, 3, 1)  # the first survey of the series
NAME = "GPPS_{}_Practice_data_(weighted)_(csv)_PUBLIC.csv"
PLACES = (
    "ad_practicecode", "ad_practicename", "ad_pcncode", "ad_pcnname", "ad_icscode", "ad_icsname",
    "ad_commissioningregioncode", "ad_commissioningregionname", "distributed", "received",
    "resprate", "popsize",
)  # fmt: skip
# Stem -> the share of good answers, of which share of those who returned the questionnaire.
QUESTIONS = {
    "LocalGpServicesPhone": (0.54, 0.93),  # in capitals, as the publisher had one year
    "localgpserviceswebsite": (0.56, 0.66),
    "localgpservicesapp": (0.53, 0.54),
    "localgpservicesreception": (0.83, 0.97),
    "gpcontactoverall": (0.70, 0.95),
    "lastgpapptwait": (0.66, 0.82),
    "lastgpapptlisten": (0.86, 0.84),
    "overallexp": (0.75, 0.99),
    "pharmacyoverall": (0.88, 0.70),
}
OPTIONS = 5
RETURNED = {True: (0.16, 0.32), False: (0.24, 0.42)}  # in the city, elsewhere
CITY, FEWEST, SUPPRESSED = "04C", 10, "-97"


def write(world: World, out: Path) -> list[Path]:
    """Write a file per survey of the series."""
    ends = [month for month in world.list_months if month.month == FIRST.month and month >= FIRST]
    return [_write_survey(world, out, end) for end in ends]


def headings() -> list[str]:
    """The columns of a file, those of a question together."""
    return [*PLACES, *(name for stem in QUESTIONS for name, _ in _question(stem, 0, 0, 0))]


def _write_survey(world: World, out: Path, end: date) -> Path:
    practices = [one for area in world.areas for one in world.open_practices(area, end)]
    rows = [_row(world, one, end) for one in practices]
    path = out / NAME.format(end.year)
    path.write_bytes(rows_bytes(headings(), rows, "\n", "utf-8-sig"))
    return path


def _row(world: World, practice: Practice, end: date) -> list[object]:
    area, rng = practice.area, draw(world.seed, "survey", practice.code, end)
    city, keen = area.code == CITY, draw(world.seed, "survey", practice.code).uniform(-1, 1)
    patients = world.patients(practice, end)
    sent = min(patients // 4, rng.randint(280, 420))
    received = round(sent * rng.uniform(*RETURNED[city]))
    pcn, pcn_name = ("", "") if practice.pcn == NO_PCN else practice.pcn
    row: list[object] = [practice.code, practice.name, pcn, pcn_name, area.icb_code]
    row += [area.icb_name.upper(), area.region_code, area.region_name.upper()]
    row += [sent, received, f"{received / max(sent, 1):.6f}", patients]
    for stem, (good, answered) in QUESTIONS.items():
        share = min(0.99, max(0.05, good + 0.12 * keen - 0.06 * city + rng.uniform(-0.06, 0.06)))
        responses = round(received * answered)
        base = responses * rng.uniform(0.8, 1.25)
        row += [value for _, value in _question(stem, share, base, responses)]
    return row


def _question(stem: str, share: float, base: float, responses: int) -> Iterator[tuple[str, object]]:
    """The columns of a question, as published; none has a value if too few answered."""
    parts = [share * 0.45, share * 0.55, *((1 - share) / 3,) * (OPTIONS - 2)]
    told = [(f"{stem}_{option}.pct", part) for option, part in enumerate(parts, 1)]
    told += [(f"{stem}_{option}.count", part * base) for option, part in enumerate(parts, 1)]
    told += [(f"{stem}.pcteval", share), (f"{stem}.counteval", share * base)]
    told += [(f"{stem}.lowileval", share * 0.9), (f"{stem}.hiwileval", share + (1 - share) * 0.1)]
    told += [(f"{stem}.baseevalw", base)]
    few = responses < FEWEST
    yield from ((name, SUPPRESSED if few else f"{value:.12g}") for name, value in told)
    yield f"{stem}.baseevaluw", SUPPRESSED if few else responses
