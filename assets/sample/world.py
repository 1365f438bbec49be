"""The sample's months, list sizes and appointments, and what each edition contains. Labels are
spelt as in the practice-level files. Not here: organisations (`places`), file formats (each feed's
`sample.py`).

Every draw has its own seed key: figures do not depend on the length of the window, and two runs
with the same seed give the same bytes."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar

import polars as pl

from assets.sample.places import FIRST_CODE, SCALES, Area, Practice, build_practices, read_areas
from assets.sample.profile import (
    AREA_LABELS,
    COUNT,
    LABELS,
    PRACTICE,
    draw,
    draw_cells,
    draw_exactly,
    profile_frame,
    span,
    without_category,
)
from warehouse.base.months import add_months
from warehouse.base.working_days import working_days

LAST_MONTH, MAX_MONTHS = date(2025, 3, 1), 30
AREA = "SUB_ICB_LOCATION_CODE"

# Two fixed totals, so that a claim about them can be confirmed or refuted on the sample.
ANCHORS = {("04C", date(2023, 10, 1)): 230_648, ("04C", date(2024, 10, 1)): 267_552}
DAILY_PER_1000 = 22.9  # appointments per 1,000 patients and working day, October 2023 = season 1.05
YEARLY_GROWTH = 1.05
SEASON = (1.0, 1.01, 1.0, 0.99, 0.98, 0.98, 0.97, 0.95, 1.03, 1.05, 1.02, 0.97)  # Jan..Dec
LATE_PER_1000 = {date(2025, 1, 1): 8, date(2025, 2, 1): 10}  # of every third practice


def appointments_per_patient(month: date) -> float:
    """Return appointments in a month of a patient of an area like 04C."""
    years = (month - date(2023, 10, 1)).days / 365.25
    daily: float = DAILY_PER_1000 / 1000 * YEARLY_GROWTH**years
    return daily * SEASON[month.month - 1] * working_days(month)


@dataclass(frozen=True)
class World:
    """Practices, their patients, and the appointments in each edition.

    `months` is how many months a sub-ICB edition covers; a practice edition covers three at most.
    """

    months: int = MAX_MONTHS
    seed: int = 1
    last_month: ClassVar[date] = LAST_MONTH

    def __post_init__(self) -> None:
        if not 1 <= self.months <= MAX_MONTHS:
            raise ValueError(f"months must be 1 to {MAX_MONTHS}, not {self.months}")

    @property
    def editions(self) -> tuple[date, date]:
        """The two releases, each named by the latest month it covers."""
        return add_months(LAST_MONTH, -1), LAST_MONTH

    def window(self, edition: date) -> list[date]:
        """Return the months that a sub-ICB edition covers, oldest first."""
        return span(edition, self.months)

    def practice_window(self, edition: date) -> list[date]:
        """Return the months that a practice edition covers, oldest first."""
        return span(edition, min(3, self.months))

    def months_since(self, first: date, edition: date = LAST_MONTH) -> list[date]:
        """Return the months of an edition from `first` on, oldest first."""
        return [month for month in self.window(edition) if month >= first]

    @property
    def list_months(self) -> list[date]:
        """The months with a patient list, oldest first."""
        return span(LAST_MONTH, self.months + 1)

    @cached_property
    def areas(self) -> dict[str, Area]:
        """The sub-ICBs by code."""
        return read_areas()

    @cached_property
    def practices(self) -> tuple[Practice, ...]:
        """All practices, in code order."""
        made: list[Practice] = []
        for area in self.areas.values():
            made += build_practices(area, self.seed, FIRST_CODE + len(made))
        return tuple(made)

    def open_practices(self, area: str, month: date) -> list[Practice]:
        """Return the practices of a sub-ICB that have a patient list in a month."""
        return [p for p in self.practices if p.area.code == area and p.first <= month <= p.last]

    def included_practices(self, area: str, month: date) -> list[Practice]:
        """Return the open practices whose appointments are published."""
        return [practice for practice in self.open_practices(area, month) if practice.in_gpad]

    def patients(self, practice: Practice, month: date) -> int:
        """Return a practice's registered patients on the first of a month."""
        return self._lists[month][practice.code]

    def patients_of(self, icb: str, month: date) -> int:
        """Return an ICB's registered patients on the first of a month."""
        areas = [code for code, area in self.areas.items() if area.icb_code == icb]
        return sum(self.patients(p, month) for a in areas for p in self.open_practices(a, month))

    @cached_property
    def _lists(self) -> dict[date, dict[str, int]]:
        """Patients by month and practice: steady growth with small random changes."""
        lists: dict[date, dict[str, int]] = {}
        for age, month in enumerate(reversed(span(LAST_MONTH, MAX_MONTHS + 1))):
            rng, base = draw(self.seed, "lists", month), 1 - 0.0005 * age
            sizes = [p.patients * (base + rng.uniform(-0.002, 0.002)) for p in self.practices]
            lists[month] = {p.code: round(n) for p, n in zip(self.practices, sizes, strict=True)}
        return lists

    def demand(self, area: str, month: date) -> int:
        """Return target appointments: patients x daily rate x growth x season x working days."""
        if (area, month) in ANCHORS:
            return ANCHORS[area, month]
        patients = sum(self.patients(p, month) for p in self.included_practices(area, month))
        noise = draw(self.seed, "demand", area, month).uniform(0.99, 1.01)
        return round(patients * SCALES[area].demand * appointments_per_patient(month) * noise)

    def practice_cells(self, edition: date, month: date) -> pl.DataFrame:
        """Return an edition's appointments by AREA, PRACTICE and LABELS; no zero counts.

        Only for months of the practice editions. The first edition lacks late returns.
        """
        cells = self._practice_months[month]
        missing = LATE_PER_1000.get(month, 0) if edition < LAST_MONTH else 0
        late = pl.col(PRACTICE).is_in([practice.code for practice in self.practices[::3]])
        return cells.with_columns(pl.col(COUNT) - late * ((pl.col(COUNT) * missing + 500) // 1000))

    def area_cells(self, edition: date, month: date) -> pl.DataFrame:
        """Return an edition's appointments by AREA and AREA_LABELS; no zero counts.

        Sums of practices in the months of the practice editions, drawn directly before those.
        """
        keys = [AREA, *AREA_LABELS]
        if month in self._practice_months:
            cells = self.practice_cells(edition, month).group_by(keys).agg(pl.col(COUNT).sum())
        else:
            rows = [row for area in self.areas for row in self._area_month(edition, area, month)]
            cells = pl.DataFrame(rows, schema=[*keys, COUNT], orient="row")
        return cells.sort(keys)

    @cached_property
    def _profiles(self) -> dict[str, tuple[pl.DataFrame, dict[tuple[str, ...], float]]]:
        """Per sub-ICB, shares by LABELS and by AREA_LABELS."""
        frames = {area: profile_frame(SCALES[area].face_to_face) for area in self.areas}
        return {area: (frame, without_category(frame)) for area, frame in frames.items()}

    @cached_property
    def _practice_months(self) -> dict[date, pl.DataFrame]:
        """The final practice cells of all months of the practice editions."""
        months = {m: [self._practice_month(a, m) for a in self.areas] for m in span(LAST_MONTH, 4)}
        return {month: pl.concat(frames) for month, frames in months.items()}

    def _practice_month(self, area: str, month: date) -> pl.DataFrame:
        practices = self.included_practices(area, month)
        sizes = [self.patients(practice, month) * practice.activity for practice in practices]
        scale = self.demand(area, month) / sum(sizes)
        people = [(p.code, n * scale, p.tilts) for p, n in zip(practices, sizes, strict=True)]
        cells = draw_cells(people, self._profiles[area][0], draw(self.seed, "cells", area, month))
        return cells.select(pl.lit(area).alias(AREA), PRACTICE, *LABELS, COUNT)

    def _area_month(self, edition: date, area: str, month: date) -> list[tuple[str | int, ...]]:
        """Draw one sub-ICB's rows (keys and count) whose final sum is exactly `demand`."""
        shares = self._profiles[area][1]
        rng = draw(self.seed, "area", area, month)
        counts = draw_exactly(self.demand(area, month), list(shares.values()), rng)
        if rng.random() < 0.2 and edition < LAST_MONTH:  # duplicates that the next edition removes
            counts[counts.index(max(counts))] += rng.randint(3, 20)
        return [(area, *cell, n) for cell, n in zip(shares, counts, strict=True) if n]
