"""Changed boundaries: no rate across two boundaries, parents as in the edition, no gaps."""

from datetime import date
from pathlib import Path

import pytest

from tests.shared import made_once
from tests.support import write_coverage, write_regional
from tests.warehouse.support_mart import Mart, build, retrieved
from tests.warehouse.worlds import area, covered
from warehouse.base.home import Home
from warehouse.kpi.catalogue import catalogue

PER_1000 = "appointments_per_1000_patients"
# Sub-ICB, its ONS code and ICB of 2021, those of the coverage of January 2023. The first five got
# other boundaries in July 2022; Bassetlaw kept its own and went to another ICB and region.
CHANGED = {
    "15E": ("E38000220", "E54000017", "E54000055", "QHL"),
    "D2P2L": ("E38000250", "E54000016", "E54000062", "QUA"),
    "15M": ("E38000229", "E54000012", "E54000058", "QJ2"),
    "01Y": ("E38000182", "E54000007", "E54000057", "QOP"),
    "06H": ("E38000026", "E54000021", "E54000056", "QUE"),
}
KEPT = {
    "03W": ("E38000051", "E54000015", "E54000015", "QK1"),
    "04C": ("E38000097", "E54000015", "E54000015", "QK1"),
    "04V": ("E38000201", "E54000015", "E54000015", "QK1"),
    "02Q": ("E38000008", "E54000009", "E54000060", "QF7"),
    "52R": ("E38000243", "E54000014", "E54000060", "QT1"),
    **{
        code: (ons, "E54000009", "E54000061", "QF7")
        for code, ons in {
            "02P": "E38000006",
            "02X": "E38000044",
            "03L": "E38000141",
            "03N": "E38000146",
        }.items()
    },
}
PLACES = CHANGED | KEPT
JANUARY, AUGUST = "JAN2021", "AUG2021"
PATIENTS = 1000


def counted(code: str, month: str, count: int) -> dict[str, object]:
    ons, icb, _, _ = PLACES[code]
    own = {"SUB_ICB_LOCATION_ONS_CODE": ons, "ICB_ONS_CODE": icb, "REGION_ONS_CODE": "E40000008"}
    return area(code, month, count, **own)


def included(code: str, month: str, edition: int, practices: int = 1) -> dict[str, object]:
    row = covered(code, f"01{month}", practices, PATIENTS)
    return row | {"ICB_ONS_CODE": PLACES[code][1 if edition == 2021 else 2]}


def boundary_world(folder: Path) -> list[Path]:
    """Counts of August 2021's release; coverage of the same release, and of that of January 2023,
    which restates January 2021 (not August) on its own boundaries."""
    files = [
        write_regional(
            folder / "regional-2021.csv",
            *[counted(code, month, 500) for code in PLACES for month in (JANUARY, AUGUST)],
            ccg_era=True,
        ),
        write_coverage(
            folder / "coverage-2021.csv",
            *[included(code, month, 2021) for code in PLACES for month in (JANUARY, AUGUST)],
        ),
        write_coverage(
            folder / "coverage-2023.csv",
            *[included(code, JANUARY, 2023, 2) for code in PLACES],
            *[included(code, "JAN2023", 2023) for code in PLACES],
        ),
    ]
    return [retrieved(path, "2026-08-01") for path in files]


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    def fill(place: Path) -> None:
        build(Home(place / "home"), boundary_world(place / "files"))

    return Mart(Home(made_once(tmp_path_factory, "boundaries", fill) / "home").mart)


@pytest.mark.parametrize("code", CHANGED)
def test_counts_of_old_boundaries_over_patients_of_new_ones_make_no_rate(
    mart: Mart, code: str
) -> None:
    row = mart.figure(PER_1000, "sub_icb", code, "2021-01")
    assert (row["value"], row["status"], row["edition"]) == (None, "incomplete", "2023-01")
    assert row["status_reason"].startswith("no rate: ")
    assert f"{code}: {CHANGED[code][0]} over E380002" in row["status_reason"]
    assert mart.value("appointments", "sub_icb", code, "2021-01") == 500
    # While both were of 2021 there was a rate, and for August, which is not restated, there is.
    assert mart.vintages(PER_1000, "sub_icb", code, "2021-01") == [
        ("2021-08", 1, 500.0),
        ("2023-01", 1, None),
    ]
    assert mart.value(PER_1000, "sub_icb", code, "2021-08") == 500.0


@pytest.mark.parametrize("code", CHANGED)
def test_an_icb_with_a_member_on_other_boundaries_has_no_rate(mart: Mart, code: str) -> None:
    assert mart.value(PER_1000, "icb", CHANGED[code][3], "2021-01") is None


@pytest.mark.parametrize("code", KEPT)
def test_a_sub_icb_that_kept_its_boundaries_has_its_rate(mart: Mart, code: str) -> None:
    assert mart.value(PER_1000, "sub_icb", code, "2021-01") == 500.0


def test_an_icb_of_such_members_has_its_rate(mart: Mart) -> None:
    row = mart.figure(PER_1000, "icb", "QK1", "2021-01")
    assert (row["numerator"], row["denominator"]) == (1500, 3 * PATIENTS)


def test_bassetlaw_is_where_the_edition_of_the_figure_puts_it(mart: Mart) -> None:
    practices = {
        icb: mart.vintages("open_practices", "icb", icb, "2021-01") for icb in ("QF7", "QT1")
    }
    assert practices == {
        "QF7": [("2021-08", 1, 5.0), ("2023-01", 1, 8.0)],
        "QT1": [("2021-08", 1, 1.0), ("2023-01", 1, 4.0)],
    }
    expected = [mart.figure("open_practices", "icb", icb, "2021-01") for icb in ("QF7", "QT1")]
    assert [(r["members_present"], r["members_expected"]) for r in expected] == [(4, 4), (2, 2)]
    # The counts of 2021 had it in South Yorkshire, and so has their rate.
    rate = mart.figure(PER_1000, "icb", "QF7", "2021-01")
    assert (rate["numerator"], rate["denominator"]) == (2500, 5 * PATIENTS)
    assert mart.value("appointments", "icb", "QT1", "2021-01") == 500


def test_comparisons_across_a_break_have_a_caveat(mart: Mart) -> None:
    """Of any feed, whether the place has another ONS code or, as in April 2026, kept its codes."""
    [row] = mart.rows(
        """SELECT count(DISTINCT (kpi_id, org_level)) AS reached FROM governance.caveat_scope
        WHERE org_code = '92A' AND first_month = DATE '2026-04-01'"""
    )
    assert row["reached"] == sum(
        "sub_icb" in source.levels for kpi in catalogue().values() for source in kpi.sources
    )
    spoilt = {
        code: {
            f"{month:%Y-%m}"
            for month in (date(2026, 3, 1), date(2026, 4, 1), date(2027, 3, 1), date(2027, 4, 1))
            if any(
                one["spoils_comparison"] and one["subject"] == "reference"
                for one in mart.rows(
                    "SELECT * FROM caveats_of('registered_patients', 'sub_icb', $code, $month)",
                    code=code,
                    month=month,
                )
            )
        }
        for code in ("92A", "D9Y0V", "U2G6B", "04C")
    }
    after = {"2026-04", "2027-03"}
    assert spoilt == {"92A": after, "D9Y0V": after, "U2G6B": after, "04C": set()}
    [changed] = mart.rows(
        """SELECT caveats FROM kpi_monthly_with_caveats WHERE kpi_id = 'open_practices'
        AND org_code = '15E' AND month = DATE '2023-01-01'"""
    )
    assert "ONS code E38000220 until then, E38000258 since" in changed["caveats"]


def test_every_place_is_an_organisation_in_each_month_of_its_figures(mart: Mart) -> None:
    known = mart.rows(
        """SELECT m.org_level, m.org_code, o.ons_code, o.icb_code FROM kpi_monthly AS m
        JOIN organisation AS o ON o.org_level = m.org_level AND o.org_code = m.org_code
            AND m.month BETWEEN o.valid_from AND coalesce(o.valid_to, DATE '9999-12-31')
        WHERE m.kpi_id = 'appointments' AND m.month = DATE '2021-01-01'
          AND m.org_level = 'sub_icb'"""
    )
    assert {row["org_code"]: row["ons_code"] for row in known} == {
        code: facts[0] for code, facts in PLACES.items()
    }
    assert {row["org_code"]: row["icb_code"] for row in known} == {
        code: facts[3] for code, facts in PLACES.items()
    }
