"""Tools of the sample: months, seeded draws, and how appointments are distributed over staff, mode,
category, booking interval and status. Not here: how many appointments there are (`world`)."""

import random
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import product

import polars as pl

from warehouse.base.months import add_months, between

PRACTICE, COUNT = "GP_CODE", "COUNT_OF_APPOINTMENTS"
LABELS = ["HCP_TYPE", "APPT_MODE", "NATIONAL_CATEGORY", "TIME_BETWEEN_BOOK_AND_APPT", "APPT_STATUS"]
AREA_LABELS = ["APPT_STATUS", "HCP_TYPE", "APPT_MODE", "TIME_BETWEEN_BOOK_AND_APPT"]

Cell = tuple[str, str, str, str, str]  # staff, mode, category, interval, status
Profile = dict[Cell, float]
Drawee = tuple[str, float, tuple[float, ...]]  # practice, expected appointments, tilts

STAFF = {"GP": 0.44, "Other Practice staff": 0.525, "Unknown": 0.035}
MODES = ("Face-to-Face", "Telephone", "Home Visit", "Video Conference/Online", "Unknown")
INTERVALS = {
    "Same Day": 0.40,
    "1 Day": 0.085,
    "2 to 7 Days": 0.195,
    "8  to 14 Days": 0.13,
    "15  to 21 Days": 0.08,
    "22  to 28 Days": 0.05,
    "More than 28 Days": 0.059,
    "Unknown / Data Issue": 0.001,
}
STATUSES = {"Attended": 0.88, "DNA": 0.05, "Unknown": 0.07}

# By mode, in the order of MODES.
ROOM, CONSULT = (0.94, 0.04, 0.0, 0.01, 0.01), (0.66, 0.28, 0.0, 0.05, 0.01)
REMOTE, VISIT = (0.25, 0.42, 0.0, 0.32, 0.01), (0.30, 0.12, 0.58, 0.0, 0.0)
NOT_KNOWN = (0.0, 0.0, 0.0, 0.0, 1.0)

# By interval, in the order of INTERVALS.
URGENT = (0.80, 0.07, 0.09, 0.02, 0.01, 0.005, 0.004, 0.001)
BOOKED = (0.32, 0.09, 0.24, 0.16, 0.09, 0.05, 0.049, 0.001)
PLANNED = (0.15, 0.08, 0.23, 0.20, 0.14, 0.09, 0.109, 0.001)

# Category: share, share seen by a GP, mix of modes, mix of intervals.
CATEGORIES = {
    "General Consultation Routine": (0.220, 0.56, CONSULT, BOOKED),
    "Planned Clinics": (0.170, 0.22, ROOM, PLANNED),
    "Planned Clinical Procedure": (0.165, 0.10, ROOM, PLANNED),
    "General Consultation Acute": (0.140, 0.68, CONSULT, URGENT),
    "Inconsistent Mapping": (0.115, 0.42, CONSULT, BOOKED),
    "Clinical Triage": (0.105, 0.60, REMOTE, URGENT),
    "Unmapped": (0.035, 0.0, NOT_KNOWN, BOOKED),
    "Unplanned Clinical Activity": (0.009, 0.60, CONSULT, URGENT),
    "Care Related Encounter but does not fit into any other category": (
        0.008, 0.40, CONSULT, BOOKED,
    ),
    "Home Visit": (0.008, 0.35, VISIT, URGENT),
    "Structured Medication Review": (0.006, 0.05, CONSULT, PLANNED),
    "Patient contact during Care Home Round": (0.005, 0.60, VISIT, BOOKED),
    "Social Prescribing Service": (0.004, 0.01, CONSULT, PLANNED),
    "Care Home Visit": (0.003, 0.60, VISIT, BOOKED),
    "Service provided by organisation external to the practice": (0.003, 0.10, ROOM, PLANNED),
    "Walk-in": (0.002, 0.30, ROOM, URGENT),
    "Care Home Needs Assessment & Personalised Care and Support Planning": (
        0.001, 0.45, VISIT, BOOKED,
    ),
    "Non-contractual chargeable work": (0.0005, 0.70, ROOM, BOOKED),
    "Group Consultation and Group Education": (0.0005, 0.25, ROOM, PLANNED),
}  # fmt: skip

# Attended, DNA, unknown: the longer the wait, the likelier a patient is to miss it.
OUTCOMES = {
    "Same Day": (0.975, 0.015, 0.01),
    "1 Day": (0.93, 0.035, 0.035),
    "2 to 7 Days": (0.88, 0.06, 0.06),
    "8  to 14 Days": (0.81, 0.085, 0.105),
    "15  to 21 Days": (0.77, 0.09, 0.14),
    "22  to 28 Days": (0.69, 0.09, 0.22),
    "More than 28 Days": (0.65, 0.10, 0.25),
    "Unknown / Data Issue": (0.90, 0.0, 0.10),
}

# A practice's habits: position in the cell, labels meant, largest relative deviation.
TRAITS = (
    (1, ("Face-to-Face",), 0.12),
    (3, ("Same Day",), 0.25),
    (4, ("DNA",), 0.40),
    (0, ("GP",), 0.20),
    (2, ("Inconsistent Mapping", "Unmapped"), 0.60),
)
RAREST = 5e-6  # rarer combinations are left out: no practice would ever show one
RARE = 18.0  # cells expected to be smaller appear by chance, and are then this large on average
STEPS = {"keep": 0.6180339887, "spread": 0.7548776662}


def draw(seed: int, *key: object) -> random.Random:
    """Return a generator seeded by text, which is stable across runs: one for each thing drawn."""
    return random.Random("|".join(map(str, (seed, *key))))


def span(last: date, months: int) -> list[date]:
    """Return so many months up to `last`, oldest first."""
    return list(between(add_months(last, 1 - months), last))


def centred(sizes: list[int], largest: float, rng: random.Random) -> list[float]:
    """Return a deviation per practice; weighted by patients they add up to zero."""
    raw = [rng.uniform(-largest, largest) for _ in sizes]
    mean = sum(size * value for size, value in zip(sizes, raw, strict=True)) / sum(sizes)
    return [value - mean for value in raw]


def _seed_cells() -> Profile:
    """Return every plausible combination with a first estimate of its share."""
    cells: Profile = {}
    for category, (share, by_gp, modes, intervals) in CATEGORIES.items():
        staff = {"GP": by_gp, "Other Practice staff": 1 - by_gp}
        if category == "Unmapped":  # neither staff nor mode is known of an unmapped slot type
            staff = {"Unknown": 1.0}
        for (who, s), (mode, m), (interval, t) in product(
            staff.items(),
            zip(MODES, modes, strict=True),
            zip(INTERVALS, intervals, strict=True),
        ):
            for status, o in zip(STATUSES, OUTCOMES[interval], strict=True):
                cells[who, mode, category, interval, status] = share * s * m * t * o
    return {cell: share for cell, share in cells.items() if share > RAREST}


def _rake(cells: Profile, position: int, wanted: Mapping[str, float]) -> Profile:
    """Scale the cells so that the labels at `position` have the wanted shares."""
    found = dict.fromkeys(wanted, 0.0)
    for cell, share in cells.items():
        found[cell[position]] += share
    return {
        cell: share * wanted[cell[position]] / found[cell[position]]
        for cell, share in cells.items()
    }


def build_profile(face_to_face: float) -> Profile:
    """Return the joint distribution (shares, sum 1) of a place with this face-to-face share."""
    telephone = 1 - face_to_face - 0.09
    modes = dict(zip(MODES, (face_to_face, telephone, 0.006, 0.044, 0.04), strict=True))
    categories = {name: share for name, (share, *_) in CATEGORIES.items()}
    cells = _seed_cells()
    for _ in range(6):  # iterative proportional fitting; six rounds bring every margin within 0.1 %
        for position, wanted in ((2, categories), (0, STAFF), (4, STATUSES), (3, INTERVALS)):
            cells = _rake(cells, position, wanted)
        cells = _rake(cells, 1, modes)
    return cells


def trait_weights(profile: Profile, trait: tuple[int, tuple[str, ...], float]) -> list[float]:
    """Return per cell 1 for the trait's labels, else their negative odds, so tilts keep the sum."""
    position, labels, _ = trait
    share = sum(value for cell, value in profile.items() if cell[position] in labels)
    return [1.0 if cell[position] in labels else -share / (1 - share) for cell in profile]


@lru_cache
def profile_frame(face_to_face: float) -> pl.DataFrame:
    """Return per combination of LABELS its share, and its weight in each trait (w0, w1, ...)."""
    profile = build_profile(face_to_face)
    return pl.DataFrame(list(profile), schema=LABELS, orient="row").with_columns(
        pl.Series("share", list(profile.values())),
        *(pl.Series(f"w{k}", trait_weights(profile, trait)) for k, trait in enumerate(TRAITS)),
    )


def without_category(profile: pl.DataFrame) -> dict[tuple[str, ...], float]:
    """Return shares by AREA_LABELS, the labels of the sub-ICB feed."""
    shares: dict[tuple[str, ...], float] = {}
    for *cell, share in profile.select(*AREA_LABELS, "share").iter_rows():
        shares[tuple(cell)] = shares.get(tuple(cell), 0.0) + share
    return shares


def draw_exactly(total: int, shares: list[float], rng: random.Random) -> list[int]:
    """Return counts near the shares, rare ones by chance, whose sum is exactly `total`."""
    weights = [share * rng.uniform(0.95, 1.05) for share in shares]
    expected = [total * weight / sum(weights) for weight in weights]
    counts = [
        int(n + rng.random()) if n >= RARE else int(n / RARE + rng.random()) * rng.randint(1, 35)
        for n in expected
    ]
    counts[counts.index(max(counts))] += total - sum(counts)
    return counts


def _fraction(value: pl.Expr) -> pl.Expr:
    return value - value.floor()


def draw_cells(people: list[Drawee], profile: pl.DataFrame, rng: random.Random) -> pl.DataFrame:
    """Return PRACTICE, LABELS and COUNT drawn for practices.

    Common cells are close to their expected count; rare ones appear by chance, so most are absent.
    """
    columns: dict[str, pl.DataType | type[pl.DataType]] = {
        PRACTICE: pl.String,
        "appointments": pl.Float64,
        "tilts": pl.Array(pl.Float64, len(TRAITS)),
    }
    practices = pl.DataFrame(people, schema=columns, orient="row").with_row_index("order")
    mean = pl.col("appointments") * pl.col("share")
    for k in range(len(TRAITS)):
        mean *= 1 + pl.col("tilts").arr.get(k) * pl.col(f"w{k}")
    # One draw per cell, stepped by an irrational from practice to practice: chances spread evenly,
    # so that sums over many practices stay close to the profile.
    keep, spread = (_fraction(pl.col(name) + pl.col("order") * by) for name, by in STEPS.items())
    common = (mean * (0.9 + 0.2 * spread)).round()
    rare = pl.when(keep < mean / RARE).then(1 + (3 * (RARE - 0.5) * spread**2).floor())
    count = pl.when(mean >= RARE).then(common).otherwise(rare).cast(pl.Int64)
    chances = {name: pl.Series([rng.random() for _ in range(profile.height)]) for name in STEPS}
    numbers = profile.drop(LABELS).with_columns(**chances).with_row_index("cell")
    drawn = practices.join(numbers, how="cross").select(PRACTICE, "cell", count.alias(COUNT))
    # Labels are added for the few cells left: a cross join of text is slow.
    kept = drawn.filter(pl.col(COUNT) > 0)
    return kept.select(PRACTICE, COUNT).hstack(profile.select(LABELS)[kept["cell"]])
