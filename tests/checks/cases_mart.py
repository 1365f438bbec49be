"""A change to a mart that breaks each of its checks, and the mart that keeps them all."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb

from checks.mart_checks import judge_mart
from tests.checks.support_checks import Case, Results
from tests.support import patient_list, regional, write
from tests.warehouse.support_mart import RUN, build
from warehouse.base.home import Home
from warehouse.mart.figure_tables import stored

# A figure of another KPI made from one that is there: what it is changed to.
MADE = (
    f"INSERT INTO kpi_monthly BY NAME SELECT {stored('kpi_monthly')} FROM ("
    "SELECT * REPLACE ({changes}) FROM kpi_monthly WHERE {chosen} LIMIT 1)"
)
LIST = "kpi_id = 'registered_patients' AND org_level = '{}' AND value IS NOT NULL"
SPOILT = {
    "tables_described": "COMMENT ON COLUMN kpi_monthly.value IS NULL",
    "kpis_described": "UPDATE kpi SET owner = ' ' WHERE kpi_id = 'appointments'",
    "figures_unique": MADE.format(changes="kpi_id AS kpi_id", chosen="TRUE"),
    "figures_placed": "UPDATE organisation SET valid_from = DATE '2025-09-01' "
    "WHERE org_code = '04C' AND org_level = 'sub_icb'",
    "catalogue_complete": "DELETE FROM kpi WHERE kpi_id = 'appointments'",
    "periods_apart": "UPDATE kpi SET period_type = 'financial_year' WHERE kpi_id = 'appointments'",
    "periods_continuous": "DELETE FROM kpi_monthly WHERE kpi_id = 'appointments' "
    "AND org_code = '04C' AND month = DATE '2025-09-01'",
    "shares_in_range": "UPDATE kpi_vintage SET numerator = 1.5 * denominator "
    "WHERE kpi_id LIKE '%_share'",
    "absent_is_null": "UPDATE kpi_monthly SET status_reason = NULL WHERE status = 'incomplete'",
    "figures_traceable": "DELETE FROM governance.source_file WHERE feed LIKE '%sub_icb'",
    "mart_people_within_population": MADE.format(
        changes="'nhs_app_practice_registered_users' AS kpi_id, numerator + 1 AS numerator",
        chosen=LIST.format("sub_icb"),
    ),
    "lineage_complete": "DELETE FROM governance.lineage_edge "
    "WHERE to_table = 'mart.kpi' AND to_column = 'title'",
    "lineage_as_defined": "UPDATE governance.lineage_edge SET from_column = 'appointments_dna' "
    "WHERE to_table = 'figure' AND to_column = 'numerator' AND kpi_id = 'appointments'",
    "non_additive_not_summed": "UPDATE kpi_monthly SET rolling_12_month_value = 1 "
    "WHERE kpi_id = 'registered_patients'",
}


@cache
def sound() -> bytes:
    """A small mart: three months of a sub-ICB and a practice's list."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        months = [{"APPOINTMENT_MONTH": f"{name}2025"} for name in ("AUG", "SEP", "OCT")]
        files = {"regional.csv": regional(*months), "list.csv": patient_list()}
        paths = [write(place / name, content) for name, content in files.items()]
        return build(Home(place / "home"), paths).path.read_bytes()


def mart(home: Home, change: Callable[[Path], None] = lambda path: None) -> Path:
    """That mart in this home, changed."""
    path = home.root / "judged.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound())
    change(path)
    return path


def spoilt(statement: str) -> Callable[[Path], None]:
    """A change by SQL."""

    def change(path: Path) -> None:
        with duckdb.connect(str(path)) as db:
            db.execute(statement)

    return change


def rewritten(path: Path) -> None:
    """The mart in today's storage format, which older clients can't open."""
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{path}' AS old")
        db.execute(f"ATTACH '{path}.new' AS new (STORAGE_VERSION 'latest')")
        db.execute("COPY FROM DATABASE old TO new")
    Path(f"{path}.new").replace(path)


def judged_after(change: Callable[[Path], None]) -> Case:
    """The verdicts on the mart, changed."""
    return lambda home: judge_mart(mart(home, change), RUN)


def kept(home: Home) -> Results:
    """The verdicts on the mart as it is."""
    return judge_mart(mart(home), RUN)


CASES: dict[str, tuple[Case, str, Case]] = {
    "opens_read_only": (judged_after(rewritten), "fail", kept),
    **{rule: (judged_after(spoilt(sql)), "fail", kept) for rule, sql in SPOILT.items()},
}
