"""The generated releases, and the scripts on them: the same figures from both."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks import analyst_pandas, analyst_polars, analyst_rules, floor
from benchmarks.analyst_rules import OUTPUT, working_days
from benchmarks.equal import differences
from benchmarks.national_releases import FIRST, MOST, places, releases, write_releases
from benchmarks.unpack import unpack

ROWS = 6_000  # eleven practices


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two releases, oldest first."""
    place = tmp_path_factory.mktemp("releases")
    write_releases(place, ROWS, 2)
    return sorted(place.iterdir())


@pytest.fixture(scope="module")
def unpacked(made: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(made, tmp_path_factory.mktemp("unpacked") / "newest")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_arguments_write_the_same_bytes(made: list[Path], tmp_path: Path) -> None:
    """The second alone, too: a run with more months goes on from one with fewer."""
    write_releases(tmp_path, ROWS, 1)
    assert contents(tmp_path / "2023-06") == contents(made[0])
    os.utime(tmp_path / "2023-06", (0, 0))
    write_releases(tmp_path, ROWS, 2)
    assert contents(tmp_path / "2023-07") == contents(made[1])
    assert (tmp_path / "2023-06").stat().st_mtime == 0


def test_a_release_restates_two_months_with_late_returns(made: list[Path], tmp_path: Path) -> None:
    older, newer = (unpack(made[:n], tmp_path / str(n)) for n in (1, 2))

    def total(folder: Path, month: str) -> int:
        files = list(folder.glob(f"crosstab/*_{month}_23.csv"))
        assert files
        return sum(pl.read_csv(one)["COUNT_OF_APPOINTMENTS"].sum() for one in files)

    assert 1 < total(newer, "Jun") / total(older, "Jun") < 1.01
    assert total(newer, "May") > total(older, "May")
    assert len(list(newer.glob("crosstab/*_Jul_23.csv"))) == 2
    assert not list(newer.glob("crosstab/*_Apr_23.csv"))


def test_a_release_has_the_lists_of_its_three_months(unpacked: Path) -> None:
    lists = [path.stem[-6:] for path in (unpacked / "lists").iterdir()]
    assert sorted(lists) == ["jul-23", "jun-23", "may-23"]


def test_england_has_its_places() -> None:
    area = places()
    assert (area.height, area["ICB_CODE"].n_unique(), area["REGION_CODE"].n_unique()) == (
        106,
        42,
        7,
    )
    assert (FIRST, releases(MOST)[-1]) == (date(2023, 6, 1), date(2025, 11, 1))


def worked_out(script: Callable[[], None], folder: Path, out: Path) -> pl.DataFrame:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["script", str(folder), str(out)])
        script()
    return pl.read_parquet(out)


def test_both_scripts_give_the_same_figures(unpacked: Path, tmp_path: Path) -> None:
    polars = worked_out(analyst_polars.main, unpacked, tmp_path / "polars.parquet")
    pandas = worked_out(analyst_pandas.main, unpacked, tmp_path / "pandas.parquet")
    assert polars.columns == pandas.columns == OUTPUT
    assert differences(polars, pandas).height == 0
    assert set(polars["org_level"]) == {"practice", "pcn", "sub_icb", "icb", "region", "england"}
    known = [kpis for name, kpis in vars(analyst_rules).items() if name.endswith("KPIS")]
    assert set(polars["kpi_id"]) == {kpi for kpis in known for kpi in kpis}
    assert polars.height > 1000


def test_the_floor_adds_up_all_appointments(unpacked: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["floor", str(unpacked), str(tmp_path / "out")])
        floor.main()
    sums = [
        pl.read_parquet(tmp_path / "out" / f"{name}-groups.parquet")["appointments"].sum()
        for name in ("crosstab", "regional")
    ]
    rows = pl.read_parquet(tmp_path / "out" / "crosstab.parquet")
    assert sums[0] == sums[1] == rows["COUNT_OF_APPOINTMENTS"].cast(pl.Int64).sum() > 0


@pytest.mark.parametrize(
    ("month", "days"), [("2023-05-01", 20), ("2024-02-01", 21), ("2023-12-01", 19)]
)
def test_bank_holidays_are_no_working_days(month: str, days: int) -> None:
    assert working_days(date.fromisoformat(month)) == days
