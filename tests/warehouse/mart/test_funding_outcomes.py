"""`kpi_funding_outcome` of hand-made figures: whole years, changes with their limits, who is
counted, and what gives nothing away."""

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from tests.warehouse.mart.test_comparisons import DNA, Figures, Row
from warehouse.base.months import add_months
from warehouse.kpi.catalogue import catalogue
from warehouse.mart import funding_outcomes
from warehouse.mart.funding_outcomes import COLUMNS, create_funding_outcome

APRIL, MARCH = date(2023, 4, 1), date(2025, 3, 1)
LISTS, SURVEY, ACC08 = "registered_patients", "gp_patient_survey_phone_easy", "iif_acc08_share"
PAID, RATE = "funding_networks_total", "appointments_per_1000_patients"


class Paid(Figures):
    """A mart of hand-made networks that were paid for 2024/25."""

    def __init__(self) -> None:
        super().__init__()
        self.db.execute(
            """CREATE TABLE mart.kpi_other_period (kpi_id VARCHAR, org_level VARCHAR,
                org_code VARCHAR, month DATE, financial_year VARCHAR, value DOUBLE,
                numerator DOUBLE, denominator DOUBLE)"""
        )

    def pounds(
        self, code: str, pounds: float | None, patients: float = 40_000, level: str = "pcn"
    ) -> None:
        """A payment, and the list."""
        self.yearly(code, PAID, MARCH, pounds, pounds, None, level)
        self.figure(level, code, patients, LISTS, month=MARCH, of=None)
        self.place(level, code)

    def yearly(
        self,
        code: str,
        kpi: str,
        month: date,
        value: float | None,
        top: float | None,
        bottom: float | None,
        level: str = "pcn",
    ) -> None:
        """A figure of a year or a survey."""
        year = f"{month.year - 1}/{month.year % 100}"
        row = (kpi, level, code, month, year, value, top, bottom)
        self.db.execute("INSERT INTO mart.kpi_other_period VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def months(self, code: str, was: float, now: float, kpi: str = DNA, level: str = "pcn") -> None:
        """Two financial years of a share of 100 in each month."""
        for n in range(24):
            value = was if n < 12 else now
            self.figure(level, code, value, kpi, add_months(APRIL, n), of=100)

    def made(self, kpi: str = DNA) -> dict[str, Row]:  # type: ignore[override]
        """The rows of a KPI by organisation."""
        create_funding_outcome(self.db, catalogue())
        rows = self.db.sql(f"FROM mart.kpi_funding_outcome WHERE kpi_id = '{kpi}'").pl().to_dicts()
        return {row["org_code"]: row for row in rows}


@pytest.fixture
def paid() -> Iterator[Paid]:
    made = Paid()
    yield made
    made.db.close()


def test_a_point_has_payment_change_and_limits(paid: Paid) -> None:
    paid.pounds("U1", 80_000)
    paid.months("U1", 0.10, 0.06)
    [row] = paid.made().values()
    assert (row["financial_year"], row["month"], row["funding_kpi_id"]) == ("2024/25", MARCH, PAID)
    assert (row["pounds"], row["patients"], row["pounds_per_patient"]) == (80_000, 40_000, 2)
    assert (row["numerator"], row["denominator"]) == (pytest.approx(72), 1200)
    assert row["value"] == pytest.approx(0.06)
    assert row["previous_year_value"] == pytest.approx(0.10)
    # Wilson's limits of 72 and 120 of 1,200, and Newcombe's of their difference, worked out apart.
    assert row["lower95"] == pytest.approx(0.0479154, abs=1e-7)
    assert row["upper95"] == pytest.approx(0.0748927, abs=1e-7)
    assert row["change"] == pytest.approx(-0.04)
    assert row["change_lower95"] == pytest.approx(-0.0619059, abs=1e-7)
    assert row["change_upper95"] == pytest.approx(-0.0183469, abs=1e-7)
    assert (row["counted"], row["organisations"], row["rank_correlation"]) == (True, 1, None)
    assert row["organisation_key"] == "pcn:U1"


def test_a_rate_is_of_the_years_events_by_its_mean_patients(paid: Paid) -> None:
    paid.pounds("P1", 1000, 2000, "practice")
    for n in range(24):
        row = (RATE, "practice", "P1", add_months(APRIL, n), 1.0, 10.0, 2000.0 + n)
        paid.db.execute(
            "INSERT INTO mart.kpi_monthly VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)", row
        )
    row = paid.made(RATE)["P1"]
    assert row["value"] == pytest.approx(1000 * 120 / 2017.5)
    assert row["lower95"] < row["value"] < row["upper95"]
    assert row["previous_year_value"] == pytest.approx(1000 * 120 / 2005.5)


def test_a_year_with_a_month_missing_is_no_point(paid: Paid) -> None:
    for code in ("U1", "U2"):
        paid.pounds(code, 80_000)
        paid.months(code, 0.1, 0.06)
    gap = "UPDATE mart.kpi_monthly SET value = NULL, numerator = NULL, denominator = NULL WHERE {}"
    paid.db.execute(gap.format("org_code = 'U1' AND month = DATE '2024-07-01'"))
    paid.db.execute(gap.format("org_code = 'U2' AND month = DATE '2023-07-01'"))
    found = paid.made()
    assert set(found) == {"U2"}, "a sum of eleven months is no year"
    assert found["U2"]["change"] is None and found["U2"]["change_lower95"] is None
    assert found["U2"]["not_counted_because"] == funding_outcomes.NO_CHANGE


def test_a_withheld_payment_is_no_point_and_moves_no_other(paid: Paid) -> None:
    for n in range(12):
        paid.pounds(f"U{n:02}", 1000.0 * n)
        paid.months(f"U{n:02}", 0.1, 0.1 - 0.002 * (n if n % 4 else 5))
    with_it = paid.made()
    assert with_it["U00"]["organisations"] == 12
    paid.db.execute(
        """DROP TABLE mart.kpi_funding_outcome;
        UPDATE mart.kpi_other_period SET value = NULL WHERE org_code = 'U07'"""
    )
    hidden = paid.made()
    gone = hidden.pop("U07")
    assert gone["pounds"] is None and gone["pounds_per_patient"] is None and not gone["counted"]
    assert gone["not_counted_because"] == funding_outcomes.NO_PAYMENT
    paid.db.execute(
        """DROP TABLE mart.kpi_funding_outcome;
        DELETE FROM mart.kpi_other_period WHERE org_code = 'U07'"""
    )
    assert hidden == paid.made()
    assert hidden["U00"]["organisations"] == 11
    assert hidden["U00"]["rank_correlation"] != with_it["U00"]["rank_correlation"]


def test_special_services_and_small_lists_are_shown_and_not_counted(paid: Paid) -> None:
    for code, patients in (("P1", 5000), ("P2", 900), ("P3", 5000), ("P4", 0)):
        paid.pounds(code, 100, patients, "practice")
        paid.months(code, 0.1, 0.05, level="practice")
    paid.db.execute("UPDATE mart.organisation SET special_service = 'asylum' WHERE org_code = 'P3'")
    found = paid.made()
    assert {code: row["not_counted_because"] for code, row in found.items()} == {
        "P1": None,
        "P2": funding_outcomes.SMALL,
        "P3": funding_outcomes.SPECIAL,
        "P4": funding_outcomes.NO_LIST,
    }
    assert {row["organisations"] for row in found.values()} == {1}
    assert found["P4"]["pounds_per_patient"] is None, "nothing is divided by an empty list"


def test_a_survey_and_a_figure_of_the_year_are_of_the_year_in_which_they_end(paid: Paid) -> None:
    paid.pounds("U1", 100)
    for kpi in (SURVEY, ACC08):
        paid.yearly("U1", kpi, date(2024, 3, 1), 0.5, 50, 100)
        paid.yearly("U1", kpi, MARCH, 0.6, 60, 100)
    row = paid.made(SURVEY)["U1"]
    assert (row["value"], row["previous_year_value"]) == (0.6, 0.5)
    again = paid.db.sql(
        f"SELECT change FROM mart.kpi_funding_outcome WHERE kpi_id = '{ACC08}'"
    ).fetchall()
    assert again == [(pytest.approx(0.1),)]


def test_of_shares_outcomes_are_those_that_have_a_better_direction(paid: Paid) -> None:
    paid.pounds("U1", 100)
    neutral = next(
        kpi.kpi_id
        for kpi in catalogue().values()
        if kpi.polarity == "neutral" and kpi.unit == "share" and kpi.period.is_month
    )
    for kpi in (DNA, neutral):
        paid.months("U1", 0.1, 0.05, kpi)
    paid.made()
    told = paid.db.sql("SELECT DISTINCT kpi_id FROM mart.kpi_funding_outcome").fetchall()
    assert told == [(DNA,)]
    paid.db.execute(
        f"""DROP TABLE mart.kpi_funding_outcome;
        INSERT INTO mart.governance.caveat VALUES ('c', 'non_comparable', 'No.', 'practice');
        INSERT INTO mart.governance.caveat_scope VALUES ('c', '{DNA}')"""
    )
    assert paid.made() == {}, "nor what its publisher wants compared with nobody"


def test_without_payments_there_is_an_empty_table_of_the_same_columns(paid: Paid) -> None:
    paid.months("U1", 0.1, 0.05)
    assert paid.made() == {}
    keys = {"organisation_since": pl.Date, "organisation_key": pl.String}
    found = paid.db.sql("FROM mart.kpi_funding_outcome").pl().schema
    assert found == pl.Schema({**COLUMNS, **keys})
