"""The Friends and Family Test in the mart: who returned, shares of those whose percentage is shown,
and no ranking of practices."""

import pytest

from assets.feeds.friends_and_family.testing import fft_workbook
from tests.support import patient_list, write
from tests.warehouse.explain.exactness import assert_exact, chosen
from tests.warehouse.support_mart import Mart, bring
from tests.warehouse.support_mart import build as built
from warehouse.base.home import Home

CODES = ("C82001", "C82002", "C82003", "C82004", "C82005")
CITY = ("sub_icb", "04C")


def sent(*responses: tuple[object, object]) -> list[dict[str, object]]:
    return [
        {"Practice Code": code, "Total Responses": number, "Percentage Positive": share}
        for code, (number, share) in zip(CODES, responses, strict=True)
    ]


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """October by percentages as fractions, November by answers; with all kinds of practices."""
    folder = tmp_path_factory.mktemp("fft")
    home = Home(folder / "home")
    october = sent((1403, "0.9344"), (3, "*"), (0, ""), ("", ""), (100, 1))
    november = sent((200, 0.93), (10, 0.5), ("", ""), ("", ""), ("", ""))
    november[0] |= {"Very Good": 150, "Good": 37}
    november[1] |= {"Very Good": 5, "Good": 0}
    for name, content in {
        "fft-gp-oct-25.xlsm": fft_workbook(*october),
        "fft-gp-nov-25.xlsm": fft_workbook(*november, answers=True),
    }.items():
        bring(home, write(folder / name, content))
    for month in ("2025-10", "2025-11"):
        rows = [{"EXTRACT_DATE": f"{month}-01", "CODE": code} for code in CODES]
        bring(home, write(folder / f"list-{month}.csv", patient_list(*rows)))
    return built(home)


def kpi(mart: Mart, name: str, month: str, level: str = CITY[0], code: str = CITY[1]) -> dict:
    return mart.figure(f"friends_and_family_{name}", level, code, month)


def test_no_return_is_missing_and_a_return_of_none_counts(mart: Mart) -> None:
    assert kpi(mart, "responses", "2025-10")["value"] == 1403 + 3 + 0 + 100
    assert kpi(mart, "practices_returning", "2025-10")["value"] == 4
    share = kpi(mart, "returning_share", "2025-10")
    assert (share["value"], share["numerator"], share["denominator"]) == (0.8, 4, 5)
    assert kpi(mart, "responses", "2025-10", "practice", "C82003")["value"] == 0
    none = kpi(mart, "responses", "2025-10", "practice", "C82004")
    assert (none["value"], none["status_reason"]) == (
        None, "the practice sent no return of the month (blank in the file)",
    )  # fmt: skip


def test_a_withheld_percentage_is_in_no_share(mart: Mart) -> None:
    found = kpi(mart, "positive_share", "2025-10")
    assert found["numerator"] == pytest.approx(1403 * 0.9344 + 100)
    assert found["denominator"] == 1503
    hidden = kpi(mart, "positive_share", "2025-10", "practice", "C82002")
    assert hidden["value"] is None
    assert "withheld, below 5 responses" in hidden["status_reason"]
    assert kpi(mart, "responses", "2025-10", "practice", "C82002")["value"] == 3


def test_answers_are_counted_where_the_file_has_them(mart: Mart) -> None:
    found = kpi(mart, "positive_share", "2025-11")
    assert (found["numerator"], found["denominator"]) == (187 + 5, 210)


def test_parts_of_england_are_incomplete(mart: Mart) -> None:
    for level, code in (("icb", "QK1"), ("region", "Y60"), ("england", "E92000001")):
        found = kpi(mart, "positive_share", "2025-10", level, code)
        assert (found["value"], found["status"]) == (None, "incomplete")


def test_every_explanation_adds_up(mart: Mart) -> None:
    home = Home(mart.path.parents[1])
    asked = [one for one in chosen(home) if one[0]["kpi_id"].startswith("friends_and_family")]
    assert len(asked) == 6
    for figure, cells in asked:
        assert_exact(home, figure, cells)


def test_practices_are_said_not_to_be_comparable(mart: Mart) -> None:
    [row] = mart.rows(
        "SELECT kind, caveat FROM caveats_of('friends_and_family_positive_share', 'practice', "
        "'C82001', DATE '2025-10-01') WHERE kind = 'non_comparable'"
    )
    assert "not to be ranked" in row["caveat"]
    assert not mart.rows(
        "SELECT 1 FROM caveats_of('friends_and_family_positive_share', 'sub_icb', '04C', "
        "DATE '2025-10-01') WHERE kind = 'non_comparable'"
    )
