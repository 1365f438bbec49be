"""The improvement payment by network: figures beside declarations, decisions and arithmetic.
A network with practices in two places is assessed once, and what is suppressed stays so."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assets.feeds.caip_assessment.testing import build as returned
from assets.feeds.slaip_actions.testing import build as actions
from assets.feeds.telephony_installed.testing import build as telephony
from tests.support import (
    Row,
    referrals,
    write,
    write_coverage,
    write_crosstab,
    write_list,
)
from tests.warehouse.support_mart import Mart, build, choose, retrieved
from tests.warehouse.worlds import covered, listed, practice
from warehouse.base.home import Home
from warehouse.outputs.plan_queries import NoAction, caip_evidence, caip_position
from warehouse.plan.assessments import payment_of

PCN = "U63948"
MONTHS = {"01APR2023": 10, "01FEB2024": 4}  # unmapped of a hundred appointments
PRACTICES = (("C82001", "04V"), ("C82002", "03W"))


def crosstab(folder: Path, month: str, unmapped: int) -> Path:
    """Fifty appointments of each of the network's two practices, which are in two places."""
    rows: list[Row] = []
    for code, place in PRACTICES:
        rows.append(practice(code, place, PCN, 50 - unmapped // 2, month))
        rows.append(practice(code, place, PCN, unmapped // 2, month, NATIONAL_CATEGORY="Unmapped"))
    return write_crosstab(folder / f"{month}.csv", *rows)


def tracker(folder: Path, name: str, day: str, *rows: Row) -> Path:
    return retrieved(write(folder / name, returned(*rows)), day)


OLD = {"Financial year": "2023/24", "Area": "recording", "Share approved": "30%"}


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """A network's two years of returns, the second with a correction."""
    folder = tmp_path_factory.mktemp("caip")
    home = Home(folder / "home")
    files = [crosstab(folder, month, unmapped) for month, unmapped in MONTHS.items()]
    places = [covered(place, month, 1) for month in MONTHS for _, place in PRACTICES]
    files.append(write_coverage(folder / "coverage.csv", *places))
    first = tracker(
        folder,
        "first.csv",
        "2025-10-15",
        {"Decision": "pending", "Decided on": "", "Decided by": ""},
        OLD,
    )
    second = tracker(folder, "second.csv", "2025-11-12", {"Month": "2025-11"})
    return build(home, [*files, first, second])


def assessed(mart: Mart, year: str, area: str) -> dict[str, Any]:
    [row] = mart.rows(
        "SELECT * FROM plan.caip_assessment WHERE pcn_code = $pcn AND financial_year = $year "
        "AND area = $area",
        pcn=PCN,
        year=year,
        area=area,
    )
    return row


def test_a_network_in_two_places_is_assessed_once_with_the_figures_of_both(mart: Mart) -> None:
    places = mart.rows(
        "SELECT DISTINCT sub_icb_code FROM organisation WHERE org_level = 'practice'"
    )
    assert {row["sub_icb_code"] for row in places} == {"04V", "03W"}
    row = assessed(mart, "2023/24", "recording")
    assert row["kpi_id"] == "appointments_unmapped_share"
    assert (row["baseline_month"], row["latest_month"]) == (date(2023, 4, 1), date(2024, 2, 1))
    assert (row["baseline_value"], row["latest_value"]) == (pytest.approx(0.1), pytest.approx(0.04))
    assert row["change"] == pytest.approx(-0.06)
    assert len(row["evidence_kpis"]) == 5


def test_years_are_never_mixed_and_the_newest_assessed_is_the_default(mart: Mart) -> None:
    newest, old = caip_position(mart.db, "QK1"), caip_position(mart.db, "QK1", "2023/24")
    assert {row["financial_year"] for row in newest} == {"2024/25"}
    assert {row["area"] for row in old} == {"experience", "ease", "recording"}
    assert {row["pcn_code"] for row in newest} == {row["pcn_code"] for row in old} == {PCN}
    for icb, year in (("QK1", "2019/20"), ("QNC", None)):
        with pytest.raises(NoAction):
            caip_position(mart.db, icb, year)
    own = caip_position(mart.db, "QK1", None, PCN.lower())
    assert {row["pcn_code"] for row in own} == {PCN} and len(own) == 3
    assert all(caip_evidence(mart.db, row) for row in own)
    with pytest.raises(NoAction, match="Unknown network"):
        caip_position(mart.db, "QK1", None, "nowhere")


def test_missing_evidence_is_named(mart: Mart) -> None:
    rows = mart.rows(
        "SELECT kpi_id, missing FROM plan.caip_evidence WHERE pcn_code = $pcn AND area = 'ease'",
        pcn=PCN,
    )
    assert len(rows) == 3
    assert {row["kpi_id"]: row["missing"] for row in rows} == {
        kpi: f"No figure. A {what} that is not imported: {feeds}."
        for kpi, what, feeds in (
            ("online_consultations_per_1000_patients", "publication", "online_consultations"),
            (
                "cloud_telephony_reporting_practice_share",
                "publication",
                "cloud_telephony, registered_patients",
            ),
            (
                "telephony_installed_practice_share",
                "local return",
                "registered_patients, telephony_installed",
            ),
        )
    }
    told = assessed(mart, "2023/24", "ease")
    assert told["latest_value"] is None and "No figure" in told["evidence_missing"]
    assert told["decision"] is None and told["amount"] is None


def test_the_latest_word_counts_and_every_step_is_kept(mart: Mart) -> None:
    row = assessed(mart, "2024/25", "telephony")
    assert (row["decision"], row["declared_on"]) == ("approved", date(2025, 2, 3))
    assert (row["maximum_amount"], row["amount"]) == (60_000, 20_000)
    steps = mart.rows(
        "SELECT step, decision, stated_in FROM plan.caip_assessment_history "
        "WHERE area = 'telephony' ORDER BY step"
    )
    assert [tuple(step.values()) for step in steps] == [
        (1, "pending", date(2025, 10, 1)),
        (2, "approved", date(2025, 11, 1)),
    ]
    # £1.185 for each of 40,000 patients: the scheme's goes before what a return states.
    old = assessed(mart, "2023/24", "recording")
    assert (old["maximum_amount"], old["amount"]) == (47_400, 14_220)


def test_recording_is_shown_by_practice_and_network_against_the_baseline(mart: Mart) -> None:
    rows = mart.rows(
        """SELECT org_level, org_code, change FROM plan.recording_accuracy
        WHERE kpi_id = 'appointments_category_unmapped_share' AND month = DATE '2024-02-01'
        ORDER BY ALL"""
    )
    assert [(row["org_level"], row["org_code"]) for row in rows] == [
        *(("pcn", PCN), ("practice", "C82001"), ("practice", "C82002")),
    ]
    assert all(row["change"] == pytest.approx(-0.06) for row in rows)
    kinds = mart.rows("SELECT DISTINCT kpi_id FROM plan.recording_accuracy")
    assert {row["kpi_id"] for row in kinds} == {
        "appointments_unmapped_share",
        "appointments_category_unmapped_share",
        "appointments_category_inconsistent_share",
        "appointments_mode_unknown_share",
        "appointments_status_unknown_share",
    }


def test_what_is_suppressed_is_missing_here_too(home: Home, tmp_path: Path) -> None:
    """Three referrals are too few to be shown: evidence has neither the number nor whether it meets
    a threshold; and of a network that the mart withholds there is nothing."""
    day, few = "2024-10-01", {"Referrals sent": 3, "Referrals accepted": 3}
    lists = write_list(tmp_path / "list.csv", *[listed(c, p, day, 900) for c, p in PRACTICES])
    sent = {"Month": "2024-10", "Practice code": "C82001", **few, "Referrals completed": 3}
    installed = {"Month": "2024-10", "Practice code": "C82001"}
    action = {"Evidence": "pharmacy_first_referrals >= 3", "Scope level": "sub-ICB"}
    files = [
        *(crosstab(tmp_path, "01OCT2024", 4), lists),
        write(tmp_path / "referrals.csv", referrals(sent)),
        write(tmp_path / "telephony.csv", telephony(installed)),
        write(tmp_path / "plan.csv", actions({**action, "Scope code": "04V"})),
    ]
    built = build(choose(home, practice_level=False, threshold=5), files)
    kpi, hidden = "pharmacy_first_referrals", {"status": "suppressed", "value": None}
    shown = "SELECT DISTINCT status, value FROM kpi_monthly WHERE org_code = '04V' AND kpi_id ="
    assert built.rows(f"{shown} '{kpi}'") == [hidden]
    [row] = built.rows("SELECT * FROM plan.plan_evidence")
    assert (row["kpi_id"], row["stale_because"]) == (kpi, "No figure: suppressed.")
    assert {row[name] for name in ("latest_value", "month", "is_met", "signal")} == {None}
    [conflict] = built.rows("SELECT conflict FROM plan.plan_conflict")
    assert conflict["conflict"] == "green_but_stale"
    [row] = built.rows(
        f"""SELECT * FROM plan.caip_evidence WHERE pcn_code = '{PCN}' AND area = 'telephony'
        AND kpi_id = 'telephony_installed_practice_share'"""
    )
    assert row["missing"].startswith("No figure. Withheld by disclosure control: networks cross")
    assert row["latest_value"] is None


def stated(**others: Any) -> dict[str, Any]:
    row = {"financial_year": "2024/25", "area": "online", "decision": "approved"}
    row |= {"adjusted_population": Decimal("38250.5"), "maximum_per_patient": Decimal("1.4")}
    return {**row, "share_approved": None, **others}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (stated(), (53_550.7, 17_850.23, None)),
        (stated(decision="not approved"), (53_550.7, 0.0, None)),
        (stated(decision="pending"), (53_550.7, None, "It is not decided.")),
        (stated(decision="approved in part", share_approved="10%"), (53_550.7, 5_355.07, None)),
        (stated(share_approved="0.25"), (53_550.7, 13_387.68, None)),
        (stated(adjusted_population=None), (None, None, "The adjusted population is not stated.")),
        (
            stated(financial_year="2023/24", area="ease"),
            (45_326.84, None, "The share approved is not stated."),
        ),
        (
            stated(financial_year="2023/24", area="ease", share_approved="100%"),
            (45_326.84, 45_326.84, None),
        ),
    ],
)
def test_the_arithmetic_of_the_payment(row: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert payment_of(row) == expected


def test_without_a_maximum_there_is_no_amount() -> None:
    assert payment_of(stated(maximum_per_patient=None))[2] == (
        "The scheme's maximum per patient is not known here; the return may state it."
    )
