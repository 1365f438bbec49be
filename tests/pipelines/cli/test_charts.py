"""`access-recovery spc`: files people have, and what is said of those that can't be used."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.support import write

RUNNER = CliRunner()
HEADINGS = [
    *("case", "month", "value", "baseline", "mean", "lower_limit", "upper_limit"),
    *("special_cause", "point_type", "limits", "points_in_baseline", "baseline_signals"),
]
RISE = "month,value\n" + "".join(f"2025-{n:02d},{n}\n" for n in range(1, 10))


def spc(tmp_path: Path, series: bytes | str, *arguments: str, cases: str | None = None):
    """The command on these files; its result is `chart.csv`."""
    text = series.encode() if isinstance(series, str) else series
    given = [str(write(tmp_path / "series.csv", text)), "--out", str(tmp_path / "chart.csv")]
    if cases is not None:
        given += ["--cases", str(write(tmp_path / "cases.csv", cases.encode()))]
    return RUNNER.invoke(app, ["spc", *given, *arguments])


def points(tmp_path: Path) -> pl.DataFrame:
    return pl.read_csv(tmp_path / "chart.csv")


def test_one_series_with_flags(tmp_path: Path) -> None:
    done = spc(tmp_path, RISE, "--improvement-direction", "increase", "--target", "0")
    assert done.exit_code == 0, done.output
    assert "1 series, 9 points, 9 of them with a signal" in done.stdout
    found = points(tmp_path)
    assert found.columns == HEADINGS
    assert found["month"].to_list()[0] == "2025-01-01"
    cause = found.select("special_cause", "point_type").row(4)
    assert cause == ("7 Point Trend (Increasing)", "special_cause_improvement")
    beside = pl.read_csv(tmp_path / "chart_cases.csv").row(0, named=True)
    assert beside["assurance"] == "consistent_pass" and beside["target"] == 0


def test_files_as_spreadsheets_write_them(tmp_path: Path) -> None:
    rows = ["Value , MONTH,remark", "3,01/11/2025,x", ",Oct 2025,", ",,", "NA,2025-08,"]
    done = spc(tmp_path, "\ufeff" + "\r\n".join([*rows, "1,2025-09-30,y\r\n"]))
    assert done.exit_code == 0, done.output
    assert "not used: remark" in done.stderr
    found = points(tmp_path)
    assert found["month"].to_list() == ["2025-08-01", "2025-09-01", "2025-10-01", "2025-11-01"]
    assert found["value"].to_list() == [None, 1, None, 3]
    assert found["special_cause"].to_list() == [None, "Common Cause", None, "Common Cause"]
    assert set(found["mean"]) == {2}


def test_what_limits_are_worth_is_said(tmp_path: Path) -> None:
    """Months in no row, few points, and a baseline full of signals."""
    months = [(2023 + n // 12, n % 12 + 1) for n in range(20)]
    quiet = "".join(f"a,{y}-{m:02d},{5 + m % 2}\n" for y, m in months if (y, m) != (2024, 3))
    done = spc(tmp_path, "case,month,value\n" + quiet + "a,2024-09,\nb,2025-01,3\nb,2025-03,4\n")
    assert done.exit_code == 0, done.output
    assert "2 series, 21 points (and 1 blank month), 0 of them" in done.stdout
    said = " ".join(done.stderr.split())
    assert "2 months within the series in no row" in said
    assert "1 of 2 baselines with trial limits" in said and "not stable" not in said
    found = points(tmp_path)
    assert set(found.filter(case="a")["limits"]) == {"settled"}
    assert set(found.filter(case="b")["points_in_baseline"]) == {2}
    done = spc(tmp_path, RISE)
    assert "1 of 1 baseline with limits that are not stable" in " ".join(done.stderr.split())
    assert set(points(tmp_path)["baseline_signals"]) == {9}


def test_each_case_has_its_own_options(tmp_path: Path) -> None:
    months = [(2024 + n // 12, n % 12 + 1) for n in range(16)]
    rows = [f"{case},{y}-{m:02d},{y * 12 + m}" for case in ("b", "a") for y, m in months]
    done = spc(
        tmp_path,
        "\n".join(["case,month,value", *rows]),
        cases="case,Rebase_Month,improvement_direction,longest_gap\n"
        "a,2024-05 2024-09,Decrease,\nb,,,2\nc,,,\n",
    )
    assert done.exit_code == 0, done.output
    assert "1 of cases.csv's cases have no row in series.csv" in done.stderr
    found = points(tmp_path)
    assert found["case"].unique(maintain_order=True).to_list() == ["a", "b"]
    baselines = found.filter(case="a")["baseline"].to_list()
    assert baselines == [0] * 4 + [1] * 4 + [2] * 8
    assert set(found.filter(case="b")["baseline"]) == {0}
    assert found.filter(case="b")["point_type"].str.contains("neutral").all()
    assert set(found.filter(case="a")["point_type"][:8]) == {"common_cause"}
    assert "special_cause_concern" in set(found.filter(case="a")["point_type"][8:])


def test_options_that_a_file_lacks_are_those_of_the_reference(tmp_path: Path) -> None:
    assert spc(tmp_path, RISE, "--rebase-month", "May 2025").exit_code == 0
    flags = points(tmp_path)
    named = RISE.replace("month,value", "case,month,value").replace("\n2025", "\nx,2025")
    assert spc(tmp_path, named, cases="case,rebase_month\nx,2025-05-01\n").exit_code == 0
    assert points(tmp_path).drop("case").equals(flags.drop("case"))


@pytest.mark.parametrize(
    ("series", "cases", "said"),
    [
        ("month,amount\n2025-01,3\n", None, "row 1: no column value. Found: month, amount"),
        ("", None, "series.csv is empty"),
        ("month,value\n", None, "has headings and no rows"),
        ("month,value,value\n2025-01,3,3\n", None, "row 1: column value is there twice"),
        (
            "month,value\n2025-01,3\n2025-02,4x\n",
            None,
            "row 3, column value: found `4x`, expected a",
        ),
        ("month,value\n2025-01,inf\n", None, "row 2, column value: found `inf`"),
        ("month,value\n2025-01,12%\n", None, "row 2, column value: found `12%`"),
        (
            "month,value\n2025-13,3\n",
            None,
            "row 2, column month: found `2025-13`, expected a month",
        ),
        ("month,value\n,3\n", None, "row 2, column month: blank, expected a month"),
        ("month,value\n2025-01,3\n2025-01-31,4\n", None, "found case and month 1 2025-01 again"),
        ("case,month,value\na,2025-01,3\n,2025-02,3\n", None, "row 3, column case: blank"),
        ("month,value\n2025-01,1,234\n", None, "row 2 has 3 cells, expected 2 as in row 1"),
        (b"month,value\n2025-01,\xa33\n", None, "it is not text in UTF-8"),
        ("case,month,value\nq,2025-01,3\n", "case\nr\n", "found `q`, expected a case of cases.csv"),
        ("case,month,value\nr,2025-01,3\n", "case\nr\nr\n", "row 3: found case r again"),
        ("case,month,value\nr,2025-01,3\n", "target\n5\n", "no column case"),
        (
            "case,month,value\nr,2025-01,3\n",
            "case,improvement_direction\nr,up\n",
            "column improvement_direction: found `up`, expected one of increase, decrease, neutral",
        ),
        (
            "case,month,value\nr,2025-01,3\n",
            "case,fix_after_n_points\nr,1\n",
            "found `1`, expected a whole number from 2 on",
        ),
        (
            "case,month,value\nr,2025-01,3\n",
            "case,screen_outliers\nr,perhaps\n",
            "found `perhaps`, expected TRUE or FALSE",
        ),
        (
            "case,month,value\nr,2025-01,3\n",
            "case,rebase_month\nr,2025-01 soon\n",
            "column rebase_month: found `2025-01 soon`, expected a month",
        ),
    ],
)
def test_what_can_not_be_used_is_named(
    series: str | bytes, cases: str | None, said: str, tmp_path: Path
) -> None:
    done = spc(tmp_path, series, cases=cases)
    assert done.exit_code == 2 and said in done.output
    assert not (tmp_path / "chart.csv").exists()


def test_only_the_first_faults_are_listed(tmp_path: Path) -> None:
    done = spc(tmp_path, "month,value\n" + "2025-01,x\n" * 9)
    assert "9 rows can't be used" in done.output and "and 4 more" in done.output


def test_an_input_is_never_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", RISE.encode())
    done = RUNNER.invoke(app, ["spc", str(path), "--out", str(path)])
    assert done.exit_code == 2 and "is an input" in done.output
    assert path.read_bytes() == RISE.encode()


def test_options_beside_cases_are_refused(tmp_path: Path) -> None:
    done = spc(tmp_path, RISE, "--target", "3", cases="case\n1\n")
    assert done.exit_code == 2 and "--target" in done.output


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["spc", str(tmp_path / "no.csv"), "--out", str(tmp_path / "b.csv")])
    assert done.exit_code == 2 and "There is no file" in done.output
