"""The table of local authorities: one code per spelling, and every board that is published."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from warehouse.base.text import fold
from warehouse.reference.local_authorities import TABLE, code_of, codes, names


def test_every_authority_has_one_code_and_every_spelling_one_authority() -> None:
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(names()) == len(set(names().values())) == 153
    assert Counter(row["ons_code"][:3] for row in rows) == {
        "E06": 63,
        "E08": 36,
        "E09": 33,
        "E10": 21,
    }
    written = [
        fold(s) for row in rows for s in (row["name"], *row["also_known_as"].split("|")) if s
    ]
    assert len(written) == len(set(written))
    assert set(codes().values()) == names().keys()


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("LEICESTER CITY", "E06000016"),
        ("Leicester", "E06000016"),
        ("LEICESTERSHIRE", "E10000018"),
        ("Leicestershire County", "E10000018"),
        ("RUTLAND", "E06000017"),
        ("BOURNEMOUTH & POOLE", "E06000058"),
        ("Bath & North East Somerset", "E06000022"),
        ("NORTHAMPTONSHIRE NORTH", "E06000061"),
        ("HULL", "E06000010"),
        ("Kingston", "E09000021"),
        ("BARNSLEY", "E08000016"),
    ],
)
def test_a_board_is_known_however_it_is_spelt(spelling: str, code: str) -> None:
    assert codes()[fold(spelling)] == code


@pytest.mark.parametrize(
    ("dressed", "code"),
    [
        ("BEDFORD BOROUGH", "E06000055"),
        ("Bedford Borough Council", "E06000055"),
        ("City of Leicester", "E06000016"),
        ("LEICESTER CITY COUNCIL", "E06000016"),
        ("Leicester UA", "E06000016"),
        ("LEICESTERSHIRE COUNTY COUNCIL", "E10000018"),
        ("Bournemouth, Christchurch & Poole Council", "E06000058"),
        ("ST HELENS BOROUGH", "E08000013"),
        ("Stoke on Trent, City of", "E06000021"),
        ("London Borough of Barking & Dagenham", "E09000002"),
        ("Royal Borough of Greenwich", "E09000011"),
        ("City of London", "E09000001"),
        ("Bristol City", "E06000023"),
        ("Durham County Council", "E06000047"),
        ("Derby", "E06000015"),
        ("DERBYSHIRE", "E10000007"),
        ("LEICESTER CTY", None),
        ("City", None),
    ],
)
def test_words_of_kind_case_and_punctuation_are_ignored(dressed: str, code: str | None) -> None:
    assert code_of(dressed) == code


def test_names_are_those_of_the_ons() -> None:
    assert names()["E06000016"] == "Leicester"
    assert names()["E06000023"] == "Bristol, City of"


def test_every_board_of_a_real_list_is_known(real_feeds: Path, real_more: Path) -> None:
    lists = sorted(
        one for root in (real_feeds, real_more) for one in root.glob("pharmacy_list/*.csv")
    )
    if not lists:
        pytest.skip("needs a real pharmaceutical list")
    for path in lists:
        with path.open(newline="", encoding="utf-8-sig") as file:
            boards = {row["HEALTH_AND_WELLBEING_BOARD"] for row in csv.DictReader(file)} - {""}
        assert {code_of(board) or board for board in boards} == names().keys()
