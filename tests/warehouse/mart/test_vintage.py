"""Every figure as it was known with each edition; the newest one is the figure of today."""

from pathlib import Path

from tests.support import write_coverage, write_regional
from tests.warehouse.support_mart import Mart, bring, build, retrieved
from tests.warehouse.worlds import area, covered
from warehouse.base.home import Home


def test_a_figure_can_be_revised_down(years: Mart) -> None:
    [(_, _, before), (_, _, after)] = years.vintages("appointments", "sub_icb", "04C", "2025-10")
    assert before - after == 7
    assert years.value("appointments", "sub_icb", "04C", "2025-10") == after


def test_rate_is_known_with_each_edition_of_either_feed(years: Mart) -> None:
    known = years.vintages("appointments_per_1000_patients", "sub_icb", "04C", "2025-10")
    assert [(edition, revision) for edition, revision, _ in known] == [
        ("2025-10", 1),
        ("2025-11", 1),
    ]
    assert known[0][2] is None  # coverage of October came with the November edition
    assert known[1][2] == years.value("appointments_per_1000_patients", "sub_icb", "04C", "2025-10")


def test_whole_is_known_from_the_edition_that_completed_it(llr: Mart) -> None:
    known = llr.vintages("appointments", "icb", "QK1", "2025-10")
    assert known == [("2025-10", 1, 60), ("2025-11", 1, 62)]


def test_latest_figure_is_the_last_vintage_everywhere(llr: Mart, years: Mart) -> None:
    for mart in (llr, years):
        assert (
            mart.rows(
                """WITH newest AS (
                SELECT kpi_id, org_level, org_code, month, value, numerator, denominator, edition
                FROM kpi_vintage QUALIFY row_number() OVER (
                    PARTITION BY kpi_id, org_level, org_code, month
                    ORDER BY edition DESC, revision DESC) = 1),
            shown AS (
                SELECT kpi_id, org_level, org_code, month, value, numerator, denominator, edition
                FROM kpi_monthly WHERE edition IS NOT NULL)
            SELECT * FROM ((FROM newest EXCEPT ALL FROM shown)
                           UNION ALL (FROM shown EXCEPT ALL FROM newest))"""
            )
            == []
        )


def test_revisions_within_an_edition_follow_publication_not_import(
    home: Home, tmp_path: Path
) -> None:
    first = write_regional(
        tmp_path / "first.csv", area("04C", "OCT2025", 10), area("03W", "OCT2025", 1)
    )
    again = write_regional(tmp_path / "again.csv", area("04C", "OCT2025", 8))
    third = write_regional(tmp_path / "third.csv", area("04C", "OCT2025", 9))
    same_rows = write_regional(
        tmp_path / "same.csv",
        area("04C", "OCT2025", 4, APPT_STATUS="DNA"),
        area("04C", "OCT2025", 5),
        area("04V", "OCT2025", 7),
    )
    coverage = write_coverage(tmp_path / "c.csv", covered("04C", "01OCT2025", 1, 1000))
    for path, day in ((first, "2025-11-27"), (again, "2025-12-05"), (third, "2025-12-12")):
        retrieved(path, day)
    bring(home, third)
    bring(home, again)
    mart = build(
        home, [first, retrieved(coverage, "2025-11-27"), retrieved(same_rows, "2025-12-20")]
    )
    assert mart.vintages("appointments", "sub_icb", "04C", "2025-10") == [
        ("2025-10", 1, 10),
        ("2025-10", 2, 8),
        ("2025-10", 3, 9),
        ("2025-10", 4, 9),
    ]
    assert mart.figure("appointments", "sub_icb", "04C", "2025-10")["first_reported_value"] == 10
    rates = mart.vintages("appointments_per_1000_patients", "sub_icb", "04C", "2025-10")
    assert [value for _, _, value in rates] == [10.0, 8.0, 9.0, 9.0]
    assert mart.vintages("appointments", "icb", "QK1", "2025-10")[-1] == ("2025-10", 4, 9 + 1 + 7)
    whole = mart.figure("appointments", "icb", "QK1", "2025-10")
    assert (whole["value"], whole["first_reported_value"]) == (17, None)  # 04V came only later
    days = ["2025-11-27", "2025-12-05", "2025-12-12", "2025-12-20"]
    dated = mart.rows(
        "SELECT known_from::VARCHAR AS day, published_on FROM kpi_vintage WHERE kpi_id = $kpi "
        "AND org_level = $level AND org_code = $code ORDER BY revision",
        kpi="appointments_per_1000_patients",
        level="sub_icb",
        code="04C",
    )
    assert [(row["day"], row["published_on"]) for row in dated] == [(day, None) for day in days]
    for day, value in (*zip(days, [10, 8, 9, 9], strict=True), ("2025-12-19", 9)):
        on_day = f"FROM kpi_as_known_on(DATE '{day}') WHERE kpi_id = 'appointments' "
        assert mart.rows(on_day + "AND org_code = '04C'")[0]["value"] == value
        icb = mart.rows(on_day + "AND org_code = 'QK1'")[0]["value"]
        assert icb == (17 if day == "2025-12-20" else None)  # known with its newest member
