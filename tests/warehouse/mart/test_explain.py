"""Every figure can be taken apart, and its parts put together again give it."""

from typing import Any

import pytest

from tests.warehouse.explain.added_up import contradicted
from tests.warehouse.support_mart import Mart
from tests.warehouse.worlds_pharmacy import LEICESTER
from warehouse.base.home import Home

Told = dict[str, list[dict[str, Any]]]


def explained(mart: Mart, kpi: str, code: str, month: str, as_of: str | None = None) -> Told:
    """Section -> its rows."""
    found: Told = {}
    rows = mart.rows(
        "FROM explain($kpi, $code, $month::DATE, as_of := $as_of)",
        kpi=kpi,
        code=code,
        month=f"{month}-01",
        as_of=as_of,
    )
    for row in rows:
        found.setdefault(row["section"], []).append(row)
    return found


@pytest.mark.parametrize("world", ["llr", "years", "pharmacies", "app"])
def test_every_figure_of_every_edition_is_the_sum_of_its_cells(
    world: str, request: pytest.FixtureRequest
) -> None:
    mart: Mart = request.getfixturevalue(world)
    assert contradicted(Home(mart.path.parent.parent)).to_dicts() == []


def test_a_figure_that_the_feed_itself_counts(years: Mart) -> None:
    told = explained(years, "appointments", "04C", "2025-10")
    [figure], [cell], [source] = told["figure"], told["organisation"], told["source"]
    assert (
        figure["value"] == cell["value"] == years.value("appointments", "sub_icb", "04C", "2025-10")
    )
    assert (cell["edition"], cell["rows"], source["item"]) == ("2025-11", 2, "nov.csv")
    assert cell["sha256"] == source["sha256"] and source["page"].startswith("https://")
    assert told["formula"][0]["item"] == "appointments"
    assert told["part"][0]["text"] == "COUNT_OF_APPOINTMENTS added up"


def test_a_figure_as_it_was_known_before(years: Mart) -> None:
    before, now = (explained(years, "appointments", "04C", "2025-10", e) for e in ("2025-10", None))
    assert before["figure"][0]["value"] - now["figure"][0]["value"] == 7
    assert [one["item"] for one in before["source"]] == ["oct.csv"]
    assert before["figure"][0]["verdict"] == "superseded by edition 2025-11"
    assert [one["edition"] for one in now["vintage"]] == ["2025-10", "2025-11"]
    assert now["vintage"][0]["text"] == "as first reported"


def test_a_share_has_two_parts_of_other_labels(years: Mart) -> None:
    told = explained(years, "appointments_same_day_share", "04C", "2025-11")
    top, bottom = told["part"]
    assert (top["part"], bottom["part"]) == ("numerator", "denominator")
    assert top["text"].endswith("where TIME_BETWEEN_BOOK_AND_APPT is Same Day")
    figure = told["figure"][0]
    assert (top["value"], bottom["value"]) == (figure["numerator"], figure["denominator"])


def test_working_days_are_in_no_file(years: Mart) -> None:
    told = explained(years, "appointments_per_working_day", "04C", "2025-11")
    days = told["part"][1]
    assert (days["value"], days["feed"]) == (20, None) and "bank holidays" in days["text"]
    assert {one["part"] for one in told["organisation"]} == {"numerator"}


def test_a_roll_up_lists_its_members_with_their_editions(llr: Mart) -> None:
    told = explained(llr, "appointments", "QK1", "2025-10")
    assert told["figure"][0]["value"] == sum(one["value"] for one in told["organisation"]) == 62
    editions = {one["org_code"]: one["edition"] for one in told["organisation"]}
    # 03W is absent from the newer edition, and 04V lost a row there.
    assert editions == {"03W": "2025-10", "04C": "2025-11", "04V": "2025-10"}
    before = explained(llr, "appointments", "QK1", "2025-10", "2025-10")
    assert {one["edition"] for one in before["organisation"]} == {"2025-10"}


def test_a_listed_organisation_that_no_file_names_counts_as_zero(pharmacies: Mart) -> None:
    share = "pharmacy_first_participating_pharmacy_share"
    told = explained(pharmacies, share, LEICESTER, "2025-07")
    [figure] = told["figure"]
    top, bottom = (
        [one for one in told["organisation"] if one["part"] == part]
        for part in ("numerator", "denominator")
    )
    assert len(top) == len(bottom) == figure["denominator"]
    assert bottom and all(one["sha256"] for one in bottom)
    [absent] = [one for one in top if one["sha256"] is None]
    assert absent["value"] == 0 and "counted as zero" in absent["text"]


def test_checks_caveats_and_verdicts_of_its_editions(llr: Mart) -> None:
    told = explained(llr, "appointments", "04C", "2025-10")
    assert any("not demand" in one["text"] for one in told["caveat"])
    known = llr.rows(
        "SELECT DISTINCT rule FROM governance.check_result WHERE edition = '2025-11' "
        "AND feed = 'gp_appointments_sub_icb'"
    )
    assert {one["item"] for one in told.get("check", [])} == {one["rule"] for one in known}


def test_a_figure_that_is_not_available_has_no_explanation(llr: Mart) -> None:
    assert explained(llr, "appointments", "04C", "1999-01") == {}
    assert explained(llr, "no_such_kpi", "04C", "2025-10") == {}
    assert explained(llr, "appointments", "04C", "2025-10", "2025-09") == {}


def test_explain_reports_that_the_last_good_figure_is_kept(llr: Mart) -> None:
    told = explained(llr, "appointments", "04V", "2025-10")
    assert told["organisation"][0]["edition"] == "2025-10"
    [lost] = told["left_out"]
    assert (lost["item"], lost["edition"], lost["org_code"]) == ("quarantined", "2025-11", "04V")
    assert "left_out" not in explained(llr, "appointments", "04C", "2025-10")


def test_a_month_may_be_any_day_of_it(years: Mart) -> None:
    asked = "FROM explain('appointments', '04C', {}) WHERE section = 'figure'"
    [figure] = years.rows(asked.format("DATE '2025-10-01'"))
    assert years.rows(asked.format("'2025-10-31'")) == [figure]
