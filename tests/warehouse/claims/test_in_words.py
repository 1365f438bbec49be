"""Verdicts in words."""

from pathlib import Path

from tests.warehouse.claims.support_claims import (
    APPOINTMENTS,
    FROM_TODAY,
    NOT_THEN,
    LittleMart,
    figure,
    registered,
)
from warehouse.claims.evaluate import verdict_words

LIST = "pharmacy_first_pharmacies_listed"
NONE = {"kpi": None, "missing": "needs a feed of them"}
PRACTICES = {"unit": "organisations", "kpi": "open_practices", "written": "52"}


def test_a_statement_is_summed_up_in_a_line(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows(APPOINTMENTS, {"2024-10": 116, "2023-10": 100})
    mart.knows("open_practices", {"2024-10": 51})
    growth = {"aspect": "growth", "unit": "growth", "measure": "year_on_year_ratio"}
    lines = {
        f"{FROM_TODAY} +2.7%{NOT_THEN}; growth confirmed": {
            "one": figure(written="113"),
            "two": figure(**growth, written="16 %"),
        },
        "confirmed": {"one": figure(written="116"), "two": figure(**growth, written="16 %")},
        "pharmacies taking part: not computable; pharmacies in the city: "
        f"{FROM_TODAY} +16{NOT_THEN}": {
            "one": figure(aspect="part", label="pharmacies taking part", **NONE),
            "two": figure(
                aspect="whole", label="pharmacies in the city", **PRACTICES | {"written": "35"}
            ),
        },
        f"first: confirmed; second: {FROM_TODAY} +16.0%{NOT_THEN}; "
        f"growth {FROM_TODAY} +8.00 pp{NOT_THEN}": {
            "one": figure(label="first", written="116"),
            "two": figure(label="second", written="100"),
            "three": figure(**growth, written="8 %"),
        },
    }
    for line, figures in lines.items():
        found = mart.judged(registered(tmp_path, **figures))
        assert {one.summary for one in found.values()} == {line}


def test_few_organisations_differ_by_their_number(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows("open_practices", {"2024-10": 51})
    [one] = mart.judged(registered(tmp_path, claim=figure(**PRACTICES))).values()
    assert verdict_words(one) == f"{FROM_TODAY} -1{NOT_THEN}"


def test_the_age_of_a_list_carried_forward_is_reported(mart: LittleMart, tmp_path: Path) -> None:
    """A quarterly list is current for three months; an older one is reported with its age."""
    place = ("local_authority", "E06000016")
    mart.knows(LIST, {"2024-03": 81, "2024-12": 81}, edition="2023-12", place=place)
    shared = {"unit": "organisations", "kpi": LIST, "written": "82"}
    claims = registered(
        tmp_path,
        organisations=[{"level": place[0], "code": place[1]}],
        near=figure(**shared, period={"month": "2024-03"}),
        far=figure(**shared, period={"month": "2024-12"}),
    )
    found = mart.judged(claims)
    assert (
        "The newest edition of pharmacy_list that it uses is of December 2023, 12 months "
        "before December 2024."
    ) in found["far"].note
    assert "December 2023" not in found["near"].note
    # Three months from its edition it can still refute, a year from it not any more.
    assert verdict_words(found["near"]) == f"{FROM_TODAY} -1{NOT_THEN}"
    assert verdict_words(found["far"]) == (
        "not computable: no figures near its month (others differ by -1)"
    )
