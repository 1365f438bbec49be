"""Practice files of the GP Patient Survey, for tests, with some of the publisher's columns."""

from __future__ import annotations

from collections.abc import Iterable

from assets.feeds.testing import BOM, Row, table

# Stems of the questions that are read; the weighted share of good answers, of so many responses.
STEMS = {
    "localgpservicesphone": (0.57, 100),
    "localgpserviceswebsite": (0.59, 80),
    "localgpservicesapp": (0.55, 60),
    "gpcontactoverall": (0.73, 110),
    "lastgpapptwait": (0.66, 90),
    "overallexp": (0.77, 120),
    "pharmacyoverall": (0.89, 70),
}
SURVEYED: dict[str, object] = {
    "ad_practicecode": "C82001",
    "ad_practicename": "A SURGERY",
    "ad_pcncode": "U12345",
    "ad_pcnname": "A PCN",
    "ad_icscode": "QK1",
    "ad_icsname": "LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE SYSTEM",
    "ad_icscodeons": "E54000015",
    "ad_commissioningregioncode": "Y60",
    "ad_commissioningregionname": "MIDLANDS COMMISSIONING REGION",
    "distributed": 400,
    "received": 120,
    "resprate": 0.3,
    "popsize": 8000,
}


def question(stem: str, share: object, base: object, responses: object) -> dict[str, object]:
    """The columns of a question of which a share of its responses is good."""
    return {
        f"{stem}_1.pct": 0.2,
        f"{stem}_2.pct": 0.3,
        f"{stem}.pcteval": share,
        f"{stem}.lowileval": 0.1,
        f"{stem}.hiwileval": 0.99,
        f"{stem}.baseevaluw": responses,
        f"{stem}.baseevalw": base,
    }


PRACTICE = SURVEYED | {
    heading: value
    for stem, (share, base) in STEMS.items()
    for heading, value in question(stem, share, base + 0.5, base).items()
}


def build(*rows: Row) -> bytes:
    """Return a file of these rows, or of one valid row."""
    return table(PRACTICE, rows)


def survey(*rows: Row, headings: Iterable[str] | None = None) -> bytes:
    """A file as published, with a mark of its encoding. `headings`: other spellings, one by one."""
    return BOM + table(PRACTICE, rows, headings)


def answers(**stems: tuple[object, object]) -> dict[str, object]:
    """Shares and weighted responses of some questions, for a row: `overallexp=(0.8, 100)`."""
    return {
        heading: value
        for stem, (share, base) in stems.items()
        for heading, value in ((f"{stem}.pcteval", share), (f"{stem}.baseevalw", base))
    }
