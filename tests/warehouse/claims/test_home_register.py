"""A home's own register, and invented claims: evaluated with the sample alone."""

from pathlib import Path

import pytest

from tests.warehouse.claims.support_claims import APPOINTMENTS, LittleMart, figure, registered
from warehouse.base.home import CLAIMS, Home
from warehouse.claims.home_register import claims_of, own_claims_digest
from warehouse.claims.register import load_register, published_claims
from warehouse.claims.register_entries import Claim
from warehouse.claims.verdicts import INVENTED, SYNTHETIC


def own(home: Home, **figures: dict[str, object]) -> None:
    home.root.mkdir(parents=True, exist_ok=True)
    registered(home.root, **figures)


def test_a_homes_claims_follow_those_of_its_place(home: Home) -> None:
    assert claims_of(home) == published_claims("QK1") and own_claims_digest(home) == ""
    own(home, mine=figure())
    every = claims_of(home)
    assert every[:-1] == published_claims("QK1") and every[-1].claim_id == "mine"
    first = own_claims_digest(home)
    own(home, mine=figure(written="101"))
    assert first and own_claims_digest(home) != first, "the mart is made anew"


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"minutes_2025_october_growth": figure()}, "an id that no shipped claim has"),
        ({"mine": figure(kpi="appointment")}, "`appointment` is not in the catalogue"),
    ],
)
def test_a_wrong_entry_names_the_file(home: Home, figures: dict[str, object], told: str) -> None:
    own(home, **figures)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=told) as error:
        claims_of(home)
    assert str(home.root / CLAIMS) in str(error.value)


def invented(folder: Path) -> tuple[Claim, ...]:
    """A claim of a real document, and one of an invented one."""
    registered(folder, real=figure())
    path = folder / CLAIMS
    text = path.read_text(encoding="utf-8")
    again = text.replace("doc:", "invented:").replace("real:", "invented-one:")
    path.write_text(text + again.replace("said_by: null", "synthetic: true"), encoding="utf-8")
    return load_register(path)


@pytest.mark.parametrize(
    ("synthetic", "verdicts", "note"),
    [
        (False, ["confirmed", "not computable"], INVENTED),
        (True, ["not computable", "confirmed"], SYNTHETIC),
    ],
)
def test_invented_claims_are_evaluated_with_the_sample_and_no_others(
    mart: LittleMart, tmp_path: Path, synthetic: bool, verdicts: list[str], note: str
) -> None:
    mart.knows(APPOINTMENTS, {"2024-10": 100})
    found = list(mart.judged(invented(tmp_path), synthetic).values())
    assert [one.verdict.kind for one in found] == verdicts
    assert [one.note for one in found if one.verdict.kind == "not computable"] == [note]
