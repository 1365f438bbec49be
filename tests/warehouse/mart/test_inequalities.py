"""`kpi_by_deprivation` and `kpi_inequality` of hand-made figures: sums, gaps, what is not told, and
why."""

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from tests.warehouse.mart.test_comparisons import DNA, ENGLAND, LOGINS, MONTH, Figures, Row
from tests.warehouse.support_mart import Mart
from warehouse.base.months import add_months
from warehouse.kpi.catalogue import catalogue
from warehouse.mart import inequalities
from warehouse.mart.inequalities import BY_QUINTILE, COLUMNS, create_inequality

BEFORE = add_months(MONTH, -1)
LISTS = "registered_patients"


class Practices(Figures):
    """A mart of hand-made practices."""

    def practice(
        self, code: str, quintile: int | None, value: float | None, icb: str = "QK1", n: int = 2000
    ) -> None:
        """A practice with a list, and a DNA share of 100 appointments in two months."""
        self.place("practice", code, icb_code=icb, quintile=quintile)
        self.figure("practice", code, n, LISTS, of=None)
        for month in (BEFORE, MONTH):
            self.figure("practice", code, value, month=month, of=100)

    def lists(self, level: str, code: str, patients: float) -> None:
        """The list of a place."""
        self.place(level, code)
        self.figure(level, code, patients, LISTS, of=None)

    def told(self) -> tuple[dict[tuple[str, date, int], Row], dict[tuple[str, date], Row]]:
        """The rows of DNA by place, month and quintile; and of inequality by place and month."""
        create_inequality(self.db, catalogue())
        groups = self.db.sql(f"FROM mart.kpi_by_deprivation WHERE kpi_id = '{DNA}'").pl()
        unequal = self.db.sql(f"FROM mart.kpi_inequality WHERE kpi_id = '{DNA}'").pl()
        return (
            {(r["org_code"], r["month"], r["quintile"]): r for r in groups.to_dicts()},
            {(r["org_code"], r["month"]): r for r in unequal.to_dicts()},
        )


@pytest.fixture
def made() -> Iterator[Practices]:
    found = Practices()
    yield found
    found.db.close()


def a_gradient(made: Practices, icb: str = "QK1", first: int = 1) -> None:
    """Two practices in each quintile, from 10 % in the first down by a point each."""
    for quintile in range(first, 6):
        for n in (0, 1):
            made.practice(f"{icb}{quintile}{n}", quintile, 0.11 - 0.01 * quintile + 0.02 * n, icb)


def test_values_are_sums_and_gaps_and_slopes_follow(made: Practices) -> None:
    a_gradient(made)
    made.lists("icb", "QK1", 20_000)
    made.lists("england", ENGLAND, 20_000)
    groups, unequal = made.told()
    first = groups["QK1", MONTH, 1]
    assert first["value"] == pytest.approx(0.11)
    assert (first["numerator"], first["denominator"]) == (pytest.approx(22), 200)
    assert (first["practices"], first["patients"], first["patients_covered"]) == (2, 4000, 1)
    assert first["lower95"] < first["lower83"] < 0.11 < first["upper83"] < first["upper95"]
    row = unequal["QK1", MONTH]
    assert row["absolute_gap"] == pytest.approx(0.04)
    assert row["relative_gap"] == pytest.approx(0.11 / 0.07)
    # A point less in each fifth: 0.05 over the whole, from 0.115 to 0.065.
    assert row["sii"] == pytest.approx(-0.05) and row["rii"] == pytest.approx(0.065 / 0.115)
    assert (row["groups"], row["most_deprived_missing"], row["reason"]) == (5, False, None)
    assert row["sii_lower"] < row["sii"] < row["sii_upper"]
    assert row["absolute_gap_lower"] < 0.04 < row["absolute_gap_upper"]
    earlier = unequal["QK1", BEFORE]
    assert earlier["sii"] == row["sii"] and earlier["sii_lower"] is None, "newest month only"
    assert unequal[ENGLAND, MONTH]["sii"] == row["sii"]
    assert row["parameters"] == "inequality-1; 1000 draws of practices within quintiles, seed 20"


def test_england_is_not_told_from_one_icb(made: Practices) -> None:
    a_gradient(made)
    made.lists("icb", "QK1", 20_000)
    made.lists("england", ENGLAND, 60_000_000)
    groups, unequal = made.told()
    assert unequal["QK1", MONTH]["reason"] is None
    row = unequal[ENGLAND, MONTH]
    assert row["reason"] == inequalities.INCOMPLETE and row["patients_covered"] < 0.001
    told = ("sii", "rii", "absolute_gap", "most_deprived", "sii_lower", "most_deprived_missing")
    assert {row[name] for name in told} == {None}
    assert (
        groups[ENGLAND, MONTH, 1]["value"] is None and groups[ENGLAND, MONTH, 1]["lower95"] is None
    )


def test_a_place_whose_list_is_not_known_is_not_told(made: Practices) -> None:
    a_gradient(made)
    _, unequal = made.told()
    assert {row["reason"] for row in unequal.values()} == {inequalities.INCOMPLETE}


def test_without_deprivation_there_is_a_reason(made: Practices) -> None:
    made.practice("A", None, 0.1)
    made.lists("icb", "QK1", 2000)
    groups, unequal = made.told()
    assert groups == {} and unequal["QK1", MONTH]["reason"] == inequalities.NO_INDEX
    assert unequal["QK1", MONTH]["sii"] is None


def test_without_the_most_deprived_there_is_no_gap(made: Practices) -> None:
    a_gradient(made, first=2)
    made.lists("icb", "QK1", 16_000)
    _, unequal = made.told()
    row = unequal["QK1", MONTH]
    assert row["most_deprived_missing"] and row["reason"] is None and row["groups"] == 4
    assert row["absolute_gap"] is None and row["absolute_gap_lower"] is None
    assert row["sii"] == pytest.approx(-0.04) and row["least_deprived"] == pytest.approx(0.07)


def test_a_withheld_practice_counts_for_nothing(made: Practices) -> None:
    a_gradient(made)
    made.practice("HIDDEN", 1, None, n=100)
    made.lists("icb", "QK1", 20_100)
    groups, unequal = made.told()
    first = groups["QK1", MONTH, 1]
    assert (first["practices"], first["patients"]) == (2, 4000)
    assert first["value"] == pytest.approx(0.11)
    assert unequal["QK1", MONTH]["patients_covered"] == pytest.approx(20_000 / 20_100)


def test_rates_are_per_1000_patients_and_their_slopes_too(made: Practices) -> None:
    for quintile in range(1, 6):
        for n in range(3):
            code = f"{quintile}{n}"
            made.place("practice", code, icb_code="QK1", quintile=quintile)
            made.figure("practice", code, 2000, LISTS, of=None)
            row = (LOGINS, "practice", code, MONTH, 1.0, 100.0 * quintile + n, 2000.0)
            made.db.execute(
                "INSERT INTO mart.kpi_monthly VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)", row
            )
    made.lists("icb", "QK1", 30_000)
    made.told()
    [row] = made.db.sql(
        f"FROM mart.kpi_inequality WHERE kpi_id = '{LOGINS}' AND org_code = 'QK1'"
    ).pl().to_dicts()  # fmt: skip
    assert row["most_deprived"] == pytest.approx(303 / 6000 * 1000)
    assert row["sii"] == pytest.approx(250) and row["sii_lower"] < 250 < row["sii_upper"]
    assert row["absolute_gap"] == pytest.approx(-200) and row["absolute_gap_upper"] > -201
    assert 0 < row["relative_gap_lower"] < row["relative_gap"] < row["relative_gap_upper"] < 1
    one = made.db.sql(f"FROM mart.kpi_by_deprivation WHERE kpi_id = '{LOGINS}' LIMIT 1").pl()
    assert one["lower95"][0] is None or one["lower95"][0] > 1


def test_what_is_compared_with_nobody_is_not_compared_by_deprivation(made: Practices) -> None:
    made.db.execute(
        """INSERT INTO mart.governance.caveat VALUES ('c', 'non_comparable', 'No.', 'practice');
        INSERT INTO mart.governance.caveat_scope VALUES ('c', $kpi)""".replace("$kpi", f"'{DNA}'")
    )
    a_gradient(made)
    made.lists("icb", "QK1", 20_000)
    assert made.told() == ({}, {})


def test_the_index_is_not_grouped_by_itself(made: Practices) -> None:
    a_gradient(made)
    made.lists("icb", "QK1", 20_000)
    made.figure("practice", "QK110", 1.0, "imd_2025_quintile_1_patient_share")
    made.told()
    found = made.db.sql("SELECT DISTINCT kpi_id FROM mart.kpi_by_deprivation").fetchall()
    assert found == [(DNA,)]


def test_the_same_figures_give_the_same_intervals(made: Practices) -> None:
    a_gradient(made)
    made.lists("icb", "QK1", 20_000)
    once = made.told()
    made.db.execute("DROP TABLE mart.kpi_by_deprivation; DROP TABLE mart.kpi_inequality")
    assert made.told() == once


def test_tables_without_figures_have_their_columns(made: Practices) -> None:
    assert made.told() == ({}, {})
    for table, schema in (("kpi_by_deprivation", BY_QUINTILE), ("kpi_inequality", COLUMNS)):
        keys = {"organisation_since": pl.Date, "organisation_key": pl.String}
        assert made.db.sql(f"FROM mart.{table}").pl().schema == pl.Schema({**schema, **keys})


def test_the_marts_own_tables_are_described(llr: Mart) -> None:
    found = llr.rows(
        """SELECT column_name FROM duckdb_columns() WHERE comment IS NOT NULL
        AND table_name IN ('kpi_by_deprivation', 'kpi_inequality')"""
    )
    keys = {"organisation_since", "organisation_key"}
    assert {row["column_name"] for row in found} == {*BY_QUINTILE, *COLUMNS, *keys}


def test_a_place_has_the_key_of_its_period(made: Practices) -> None:
    a_gradient(made)
    made.lists("icb", "QK1", 20_000)
    made.place("icb", "QK1", since=MONTH)
    groups, unequal = made.told()
    keys = {
        month: row["organisation_key"] for (code, month), row in unequal.items() if code == "QK1"
    }
    assert keys == {BEFORE: "icb:QK1", MONTH: "icb:QK1@2025-10-01"}
    assert groups["QK1", MONTH, 3]["organisation_key"] == keys[MONTH]
    assert unequal[ENGLAND, MONTH]["organisation_key"] == f"england:{ENGLAND}"
