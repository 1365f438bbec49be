"""`access-recovery funnel`: files people have, and what is said of those that can't be used."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.support import write

RUNNER = CliRunner()


def funnel(tmp_path: Path, units: str, *arguments: str):
    """The command on this file; its result is `out.csv`."""
    path = write(tmp_path / "units.csv", units.encode())
    return RUNNER.invoke(app, ["funnel", str(path), "--out", str(tmp_path / "out.csv"), *arguments])


def test_a_file_keeps_its_columns_and_rows(tmp_path: Path) -> None:
    done = funnel(
        tmp_path,
        "Unit,remark,numerator,denominator\nb,x,10,400\na,,200,400\nc,y,,100\nd,z,0,0\n",
    )
    assert done.exit_code == 0, done.output
    assert "2 units, 2 of them outside (100.0%)" in done.stdout
    found = pl.read_csv(tmp_path / "out.csv")
    assert found.columns == [
        *("unit", "remark", "numerator", "denominator", "case", "funnel_significance"),
        *("wilson95_lower", "wilson95_upper", "wilson998_lower", "wilson998_upper"),
        *("average", "control95_lower", "control95_upper", "control998_lower", "control998_upper"),
    ]
    assert found["average"].to_list() == [210 / 800] * 4
    spread = 1.959964 * (210 / 800 * 590 / 800 / 400) ** 0.5
    assert found["control95_upper"][0] == pytest.approx(210 / 800 + spread)
    assert found["control998_lower"][0] < found["control95_lower"][0] < 210 / 800
    assert found["control95_upper"][3] is None
    assert found["unit"].to_list() == ["b", "a", "c", "d"]
    assert found["funnel_significance"].to_list() == ["Low (0.001)", "High (0.001)", None, None]


def test_overdispersion_is_an_option_and_said(tmp_path: Path) -> None:
    rows = "".join(f"q,u{n},{200 + 10 * one},400\n" for n, one in enumerate((-6, -4, -2, 2, 4, 6)))
    assert funnel(tmp_path, f"case,unit,numerator,denominator\n{rows}").exit_code == 0
    assert "funnel_method" not in pl.read_csv(tmp_path / "out.csv").columns
    funnel(tmp_path, f"case,unit,numerator,denominator\n{rows}", "--overdispersion")
    found = pl.read_csv(tmp_path / "out.csv")
    assert set(found["funnel_method"]) == {"overdispersed"}
    assert set(found["funnel_significance"]) == {"Not significant"} and found["tau"][0] > 0.05
    values = found["numerator"] / found["denominator"]
    assert (values < found["control95_upper"]).all() and (values > found["control95_lower"]).all()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,u,5,x\n", "row 2, column denominator: found `x`, expected a number from 0 on"),
        ("a,u,-5,10\n", "row 2, column numerator: found `-5`"),
        ("a,u,11,10\n", "column numerator: found `11`, expected no more than the denominator"),
        ("a,,1,10\n", "row 2, column unit: blank"),
        ("a,u,1,10\nb,u,1,10\na,u,2,10\n", "row 4: found case and unit a u again, as in row 2"),
    ],
)
def test_what_can_not_be_used_is_named(rows: str, said: str, tmp_path: Path) -> None:
    done = funnel(tmp_path, f"case,unit,numerator,denominator\n{rows}")
    assert done.exit_code == 2 and said in done.output
    assert not (tmp_path / "out.csv").exists()
