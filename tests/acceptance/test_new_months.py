"""The judgement of new months on England whole: false alarms, and what it finds."""

import sys
from pathlib import Path

import pytest

from tests.checks.backtest import alarms, found, read, report

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
