"""The judgement of new months on England whole: false alarms, and what it finds."""

import sys
import zipfile
from pathlib import Path

import duckdb
import pytest

from tests.checks.backtest import alarms, found, read, report
from tests.december import december
from tests.e2e.command import run
from warehouse.base.home import Home

pytestmark = pytest.mark.acceptance


@pytest.mark.parametrize("edition", ["Oct_25", "Nov_25"])
def test_all_sub_icbs_for_thirty_months(
    england: Path, edition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    series = read(england / f"Appointments_GP_Regional_CSV_{edition}.zip")
    assert (len(series.codes), len(series.months)) == (106, 30)
    assert len(alarms(series)) * 12 / len(series.months) < 1
    every = {"sub_icb": (106, 106), "icb": (42, 42), "england": (1, 1)}
    assert found(series, 0.667, [29]) == every
    assert found(series, 2.0, [29]) == every
    with capsys.disabled():
        sys.stdout.write(f"\n{edition}: {report(series)}\n")


def decembers(november: Path, target: Path, **times: float) -> Path:
    """A December release of England made of November's, file by file."""
    with zipfile.ZipFile(november) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, december(old.read(name), **times))
    return target


def test_a_december_of_england_with_one_place_at_thirty_per_cent(
    england: Path, tmp_path: Path
) -> None:
    november, home = england / "Appointments_GP_Regional_CSV_Nov_25.zip", tmp_path / "home"
    release = tmp_path / "Appointments_GP_Regional_CSV_Dec_25.zip"
    for path in (november, decembers(november, release, **{"04C": 0.3})):
        assert run(home, "import", path).returncode == 0
    done = run(home, "refresh")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Held month: gp_appointments_sub_icb 2025-12. 04C 2025-12" in done.stdout + done.stderr
    newest = "kpi_id = 'appointments' AND month = '2025-12-01'"
    with duckdb.connect(str(Home(home).mart), read_only=True) as db:

        def places(where: str) -> list[tuple[str, ...]]:
            sql = f"SELECT org_code FROM kpi_monthly WHERE {newest} AND {where} ORDER BY ALL"
            return db.execute(sql).fetchall()

        assert places("status = 'held'") == [("04C",)]
        assert places("status = 'incomplete'") == [("E92000001",), ("QK1",), ("Y60",)]
        assert len(places("org_level = 'sub_icb' AND value IS NOT NULL")) == 105
        assert len(places("org_level = 'icb' AND value IS NOT NULL")) == 41
    sound = decembers(november, tmp_path / "Appointments_GP_Regional_CSV_Dec_25_v2.zip")
    assert run(home, "import", sound, "--published", "2026-01-30").returncode == 0
    done = run(home, "refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(Home(home).mart), read_only=True) as db:
        sql = f"SELECT count(value) FROM kpi_monthly WHERE {newest}"
        assert db.execute(sql).fetchone() == (106 + 42 + 7 + 1,)
