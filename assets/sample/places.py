"""The sample's organisations: sub-ICBs with real codes, and invented practices in them. Not here:
monthly figures (`world`, `pharmacies`, `app_use`)."""

import csv
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from assets.sample.profile import TRAITS, centred, draw

MARK = " (SYNTHETIC)"


class Scale(NamedTuple):
    """The invented size of a sub-ICB; demand per patient is relative to 04C."""

    practices: int
    patients: int
    demand: float
    face_to_face: float


SCALES = {
    "03W": Scale(29, 362_000, 1.10, 0.66),
    "04C": Scale(51, 450_000, 1.00, 0.70),
    "04V": Scale(46, 425_000, 1.06, 0.68),
    "06H": Scale(85, 1_000_000, 1.08, 0.65),
}
FIRST_CODE, NO_PCN = 10_001, ("U", "UNALLOCATED")
UNALLOCATED, SUPPLIERS = {"04C": 1, "06H": 2}, ("TPP", "TPP", "TPP", "EMIS")
TWO_SUPPLIERS = {
    ("04C", 2): ("EMIS", "EMIS/TPP"),
    ("04V", 5): ("TPP", "TPP/EVERGREENLIFE"),
    ("06H", 7): ("EMIS", "EMIS/EVERGREENLIFE"),
}
SUPPLIER_CHANGE = date(2025, 2, 1)
LAST_OF_CLOSING, FIRST_OF_OPENING = date(2025, 1, 1), date(2025, 3, 1)
EXTRA_LISTS = {"03W": (3, 92), "06H": (2_400,)}  # patients of practices unlike the others
ACTIVITY_SPREAD = 0.2  # largest deviation of a practice's appointments per patient


@dataclass(frozen=True)
class Area:
    """A sub-ICB with its ICB and region (real codes and names; the sub-ICB name is marked)."""

    code: str
    ons_code: str
    name: str
    icb_code: str
    icb_ons_code: str
    icb_name: str
    region_code: str
    region_ons_code: str
    region_name: str
    pcns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Practice:
    """An invented practice. `patients`: its list at LAST_MONTH; `tilts`: habits, as in TRAITS."""

    code: str
    name: str
    postcode: str
    area: Area
    pcn: tuple[str, str]
    suppliers: tuple[str, ...]
    patients: int
    activity: float
    tilts: tuple[float, ...]
    in_gpad: bool = True
    first: date = date.min
    last: date = date.max

    def supplier(self, month: date) -> str:
        """Return the supplier in a month; a change gives two rows in the publisher's mapping."""
        return self.suppliers[-1 if month >= SUPPLIER_CHANGE else 0]


def read_areas() -> dict[str, Area]:
    """Return the sub-ICBs with their real ICBs, regions and PCNs, by sub-ICB code."""
    with Path(__file__).with_name("organisations.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    by_code = {row["code"]: row for row in rows if row["level"] != "pcn"}

    def area(row: dict[str, str]) -> Area:
        icb = by_code[row["parent_code"]]
        region = by_code[icb["parent_code"]]
        return Area(
            *(row["code"], row["ons_code"], row["name"] + MARK),
            *(icb["code"], icb["ons_code"], icb["name"]),
            *(region["code"], region["ons_code"], region["name"]),
            tuple((r["code"], r["name"]) for r in rows if r["parent_code"] == row["code"]),
        )

    return {code: area(row) for code, row in by_code.items() if row["level"] == "sub_icb"}


def build_practices(area: Area, seed: int, number: int) -> list[Practice]:
    """Return the practices of a sub-ICB in code order; codes count up from `number`."""
    scale, rng = SCALES[area.code], draw(seed, "practices", area.code)
    weights = [rng.lognormvariate(0, 0.45) for _ in range(scale.practices)]
    sizes = [round(scale.patients * weight / sum(weights)) for weight in weights]
    sizes += EXTRA_LISTS.get(area.code, ())
    spreads = (ACTIVITY_SPREAD, *(largest for *_, largest in TRAITS))
    habits = zip(*(centred(sizes, largest, rng) for largest in spreads), strict=True)
    made = [
        Practice(
            code=f"Z{number + i}",
            name=f"SYNTHETIC PRACTICE {area.code}-{i + 1:02d}",
            postcode=f"ZZ{(number + i) % 90 + 1} {i % 10}Z{'ABDEFGHJLN'[i // 10]}",
            area=area,
            pcn=NO_PCN if i < UNALLOCATED.get(area.code, 0) else area.pcns[i % len(area.pcns)],
            suppliers=TWO_SUPPLIERS.get((area.code, i), (rng.choice(SUPPLIERS),)),
            patients=size,
            activity=1 + activity,
            tilts=tuple(tilts),
        )
        for i, (size, (activity, *tilts)) in enumerate(zip(sizes, habits, strict=True))
    ]
    return _with_exceptions(made)


def _with_exceptions(made: list[Practice]) -> list[Practice]:
    """Make the last two practices exceptions: outside GPAD (03W), closing and opening (06H)."""
    *usual, last_but_one, last = made
    match last.area.code:
        case "03W":
            outside = (replace(p, in_gpad=False, pcn=NO_PCN) for p in (last_but_one, last))
            return [*usual, *outside]
        case "06H":
            closing = replace(last_but_one, last=LAST_OF_CLOSING)
            return [*usual, closing, replace(last, first=FIRST_OF_OPENING)]
    return made
