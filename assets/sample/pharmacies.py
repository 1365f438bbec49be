"""The sample's pharmacies by health and wellbeing board: opening and closing, and what they
dispense and claim. Board names are real; codes of boards and committees are invented. Not here:
file formats (`sample.py` of the two feeds).

On the newest list Leicester City has 82 pharmacies. From December 2024 on, 81 of them claim."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from assets.sample.places import SCALES
from assets.sample.profile import draw
from assets.sample.world import LAST_MONTH
from warehouse.base.months import add_months

FIRST_CLAIMS, LAUNCH = date(2023, 12, 1), date(2024, 2, 1)  # claims in the sample; Pharmacy First
REISSUED = date(2025, 2, 1)  # the month whose claims were published a second time
ENGLAND = 57_700_000  # people, for an ICB's share of the national totals

# Consultations of the seven pathways in England; published to November 2024, then invented.
NATIONAL = {
    date(2024, 2, 1): 125_275,
    date(2024, 3, 1): 144_389,
    date(2024, 4, 1): 153_646,
    date(2024, 5, 1): 168_447,
    date(2024, 6, 1): 164_737,
    date(2024, 7, 1): 186_190,
    date(2024, 8, 1): 180_035,
    date(2024, 9, 1): 175_570,
    date(2024, 10, 1): 198_794,
    date(2024, 11, 1): 211_386,
    date(2024, 12, 1): 219_000,
    date(2025, 1, 1): 222_000,
    date(2025, 2, 1): 207_000,
    date(2025, 3, 1): 214_000,
}
NATIONAL_CPCS = {date(2023, 12, 1): 226_000, date(2024, 1, 1): 241_000}  # invented
PATHWAYS = {
    "Acute Otitis Media": 0.125,
    "Acute Sore Throat": 0.31,
    "Impetigo": 0.07,
    "Infected Insect Bites": 0.06,
    "Shingles": 0.045,
    "Sinusitis": 0.12,
    "Uncomplicated UTI": 0.27,
}
BITES, BITING, MORE_BITES = "Infected Insect Bites", range(6, 10), 2.5
MINOR_ILLNESS, URGENT_SUPPLY, CPCS = "Minor Illness Referral", "Urgent Medicine Supply", "CPCS"
TIMES_THE_PATHWAYS = {MINOR_ILLNESS: 1.25, URGENT_SUPPLY: 0.6}


class Board(NamedTuple):
    """A health and wellbeing board: letter in pharmacy codes, name, invented codes, pharmacies."""

    letter: str
    name: str
    code: str
    committee: str
    committee_code: str
    icb: str
    icb_name: str
    pharmacies: int


LLR = ("LEICESTERSHIRE AND RUTLAND", "LP01", "QK1")
LLR_NAME = "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE BOARD"
CANDP = ("CAMBRIDGESHIRE AND PETERBOROUGH", "LP02", "QUE")
CANDP_NAME = "NHS CAMBRIDGESHIRE AND PETERBOROUGH INTEGRATED CARE BOARD"
BOARDS = (
    Board("A", "LEICESTER CITY", "HB01", *LLR, LLR_NAME, 83),
    Board("B", "LEICESTERSHIRE", "HB02", *LLR, LLR_NAME, 137),
    Board("C", "RUTLAND", "HB03", *LLR, LLR_NAME, 6),
    Board("D", "CAMBRIDGESHIRE", "HB04", *CANDP, CANDP_NAME, 97),
    Board("E", "PETERBOROUGH", "HB05", *CANDP, CANDP_NAME, 45),
)
ICBS = {"QK1": ("03W", "04C", "04V"), "QUE": ("06H",)}


@dataclass(frozen=True)
class Pharmacy:
    """An invented contractor. `first`, `last`: the months in which it trades.

    `joined`: its first month of Pharmacy First, None if it never took part. `size`: 1 on average.
    """

    code: str
    board: Board
    size: float
    joined: date | None = LAUNCH
    first: date = date.min
    last: date = date.max
    contract: str = "Community"
    on_list: bool = True
    board_given: bool = True

    @property
    def number(self) -> int:
        """The number in its code."""
        return int(self.code[2:])

    @property
    def name(self) -> str:
        """Trading name."""
        kind = "APPLIANCES" if self.contract == "DAC" else "PHARMACY"
        return f"SYNTHETIC {kind} {self.code[1]}-{self.number:03d}"

    @property
    def address(self) -> tuple[str, str, str, str]:
        """Four lines; the last is a space, as published."""
        return f"UNIT {self.number}", f"{self.code[1]} PARADE", "SAMPLETOWN", " "

    @property
    def postcode(self) -> str:
        """A postcode of an area that does not exist."""
        return f"ZZ{self.number % 90 + 1} {self.number % 10}Z{self.code[1]}"

    def trades(self, month: date) -> bool:
        """Whether it is open in a month."""
        return self.first <= month <= self.last

    def claims(self, month: date) -> bool:
        """Whether it claims Pharmacy First, or CPCS before it, in a month."""
        began = FIRST_CLAIMS if month < LAUNCH else self.joined
        return self.joined is not None and began is not None and began <= month


EXCEPTIONS: Mapping[str, Mapping[str, Any]] = {
    "ZA041": {"joined": None},
    "ZA081": {"last": date(2024, 5, 1)},
    "ZA082": {"first": date(2024, 6, 1), "joined": date(2024, 6, 1)},
    "ZA083": {"first": date(2024, 10, 1), "joined": date(2024, 12, 1)},
    "ZB020": {"joined": None},
    "ZB077": {"joined": None},
    "ZB101": {"contract": "LPS"},
    "ZB135": {"last": date(2024, 8, 1)},
    "ZB136": {"contract": "DAC", "joined": None},
    "ZB137": {"on_list": False, "joined": date(2024, 3, 1)},  # claims, and is on no list
    "ZD050": {"board_given": False},  # the first list names no board for it
    "ZD097": {"first": date(2024, 12, 1), "joined": date(2025, 1, 1)},
}
ABSENT_AT_FIRST = "ZB017"  # its claims of REISSUED came too late for the first issue


@lru_cache
def pharmacies(seed: int) -> tuple[Pharmacy, ...]:
    """Return all contractors in code order."""
    made: list[Pharmacy] = []
    for board in BOARDS:
        rng = draw(seed, "pharmacies", board.letter)
        for number in range(1, board.pharmacies + 1):
            joined = add_months(LAUNCH, rng.randint(1, 9)) if rng.random() < 0.08 else LAUNCH
            size = rng.lognormvariate(-0.08, 0.4)
            pharmacy = Pharmacy(f"Z{board.letter}{number:03d}", board, size, joined)
            made.append(replace(pharmacy, **EXCEPTIONS.get(pharmacy.code, {})))
    return tuple(made)


def trading(seed: int, month: date) -> list[Pharmacy]:
    """Return the contractors that are open in a month."""
    return [pharmacy for pharmacy in pharmacies(seed) if pharmacy.trades(month)]


def listed(seed: int, month: date) -> list[Pharmacy]:
    """Return the contractors on the pharmaceutical list at the end of a month."""
    return [pharmacy for pharmacy in trading(seed, month) if pharmacy.on_list]


def services(month: date) -> dict[str, float]:
    """Return consultations in England by service in a month."""
    if month < LAUNCH:
        return {CPCS: NATIONAL_CPCS[month]}
    shares = {**PATHWAYS}
    if month.month in BITING:
        shares[BITES] *= MORE_BITES
    whole, total = sum(shares.values()), NATIONAL[month]
    pathways = {service: total * share / whole for service, share in shares.items()}
    return pathways | {service: total * times for service, times in TIMES_THE_PATHWAYS.items()}


Claims = Mapping[str, Mapping[str, int]]  # by pharmacy and service; nothing claimed, no entry


@lru_cache
def claims(seed: int, month: date, first_issue: bool = False) -> Claims:
    """Return consultations claimed; `first_issue`: without the late claims of REISSUED.

    Every participant claims at least one minor illness referral (before LAUNCH, one CPCS).
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for icb, areas in ICBS.items():
        part = [p for p in trading(seed, month) if p.board.icb == icb and p.claims(month)]
        share = sum(SCALES[area].patients for area in areas) / ENGLAND
        for service, national in services(month).items():
            codes, sizes = [p.code for p in part], [p.size for p in part]
            sure = codes if service in (MINOR_ILLNESS, CPCS) else []
            rng = draw(seed, "claims", icb, month, service)
            drawn = rng.choices(codes, sizes, k=round(national * share) - len(sure))
            for code in (*sure, *drawn):
                found[code][service] += 1
    if first_issue and month == REISSUED:
        _without_late(found, seed)
    return MappingProxyType(found)


def _without_late(found: dict[str, Counter[str]], seed: int) -> None:
    """Remove the late claims: some of every twelfth pharmacy's, and all of one pharmacy's."""
    del found[ABSENT_AT_FIRST]
    for code in sorted(found)[::12]:
        late = draw(seed, "late", code)
        for service in sorted(PATHWAYS):
            found[code][service] -= min(found[code][service], late.randint(0, 2))
        found[code] += Counter()  # drops what fell to zero


class Dispensing(NamedTuple):
    """A contractor's other figures of a month."""

    forms: int
    items: int
    electronic: int
    new_medicines: int
    blood_pressure: int
    contraception: int
    vaccinations: int


@lru_cache
def dispensing(seed: int, month: date) -> Mapping[str, Dispensing]:
    """Return what each open contractor dispensed and did beside Pharmacy First in a month."""
    found: dict[str, Dispensing] = {}
    for pharmacy in trading(seed, month):
        rng = draw(seed, "dispensing", pharmacy.code, month)
        items = round(7_900 * pharmacy.size * rng.uniform(0.93, 1.07))
        usual = 0 if pharmacy.contract == "DAC" else 1
        flu = usual * (month.month in (9, 10, 11, 12))
        found[pharmacy.code] = Dispensing(
            forms=round(items * 0.55),
            items=items,
            electronic=round(items * rng.uniform(0.94, 0.98)),
            new_medicines=usual * rng.randint(10, 75),
            blood_pressure=usual * rng.randint(0, 60),
            contraception=usual * rng.randint(0, 12),
            vaccinations=flu * rng.randint(0, 220),
        )
    return MappingProxyType(found)


def list_months(first: date) -> list[date]:
    """Return the months of the lists in force from `first` on."""
    held = (date(2023, 12, 1), date(2024, 3, 1), date(2024, 9, 1), date(2024, 12, 1), LAST_MONTH)
    in_force = max((month for month in held if month <= first), default=held[0])
    return [month for month in held if month >= in_force]
