"""Charts, ranks and sentences of real publications, worked out again from the files by hand."""

import zipfile
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.warehouse.support_mart import Mart
from warehouse.base.home import Home
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.sentence_facts import sentences_of_series
from warehouse.statistics.sentences import judgement, sentence

pytestmark = pytest.mark.acceptance

LOGINS = "nhs_app_logins_per_1000_patients"
MAP, COVERAGE = (
    "gp-reg-pat-prac-map_2025-04.zip",
    "APPOINTMENTS_GP_COVERAGE_Nov25_England.reconstructed.csv",
)
AUGUST = "NHS App Management Information Statistics - August 2025.xlsx"


@pytest.fixture(scope="module")
def real(real_home: Home) -> Mart:
    return Mart(real_home.mart)


def by_hand(real_feeds: Path, real_more: Path) -> list[str]:
    """ICBs by log-ins per 1,000 patients in August 2025, most first: Table 2 of the workbook
    divided by the sums of the coverage file, in ICBs by the map of April 2025."""
    table = CalamineWorkbook.from_path(real_feeds / "nhs_app" / AUGUST).get_sheet_by_name("Table 2")
    logins = {row[1]: row[5] for row in table.to_python() if str(row[0]).startswith("2025-08")}
    places = pl.read_csv(read(real_more / "england" / MAP), infer_schema_length=0)
    icbs = dict(places.select("SUB_ICB_LOCATION_CODE", "ICB_CODE").unique().iter_rows())
    covered = pl.read_csv(real_feeds / "gp_appointments_coverage" / COVERAGE, infer_schema_length=0)
    patients: dict[str, int] = {}
    for row in covered.filter(pl.col("Appointment_Month") == "01AUG2025").iter_rows(named=True):
        icb = icbs[row["SUB_ICB_LOCATION_CODE"]]
        counted = int(row["Patients registered at included practices"])
        patients[icb] = patients.get(icb, 0) + counted
    return sorted(patients, key=lambda icb: -logins[icb] / patients[icb])


def read(path: Path) -> bytes:
    with zipfile.ZipFile(path) as packed:
        return packed.read(packed.namelist()[0])


def test_the_rank_of_log_ins_is_that_of_the_workbook(
    real: Mart, real_feeds: Path, real_more: Path
) -> None:
    order = by_hand(real_feeds, real_more)
    assert len(order) == 42 and order.index("QK1") + 1 == 32
    rows = real.rows(
        """SELECT org_code, rank, ranked_of FROM kpi_comparison
           WHERE kpi_id = $kpi AND org_level = 'icb' AND month = DATE '2025-08-01'
             AND ranked ORDER BY rank""",
        kpi=LOGINS,
    )
    assert [row["org_code"] for row in rows] == order
    assert {row["ranked_of"] for row in rows} == {42}


def test_november_is_not_judged_yet(real: Mart) -> None:
    """2.6% more a working day than a year before, by files alone: 233,877 in 20 days, 239,368 in
    21; and a provisional figure, that says nothing yet."""
    facts = sentences_of_series(real.db, catalogue(), "appointments", "sub_icb", "04C")
    [newest] = [facts[month] for month in facts if f"{month:%Y-%m}" == "2025-11"]
    assert sentence(newest).startswith(
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024 (not judged yet: provisional until more months "
        "are published)."
    )
    assert judgement(newest) == "not_judged"
