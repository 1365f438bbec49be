"""Control charts against NHSRplotthedots 0.2.2: all its series, through the command."""

from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from pipelines.cli.main import app

POINT = ["case", "month"]


def test_every_series_is_charted_as_the_reference_does(golden: Path, tmp_path: Path) -> None:
    out = tmp_path / "chart.csv"
    files = [str(golden / "spc" / name) for name in ("points.csv.gz", "cases.csv")]
    done = CliRunner().invoke(app, ["spc", files[0], "--cases", files[1], "--out", str(out)])
    assert done.exit_code == 0, done.output
    expected = pl.read_csv(files[0], infer_schema_length=None).sort(POINT)
    found = pl.read_csv(out, infer_schema_length=None).sort(POINT)
    assert expected.height > 8000 and expected["case"].n_unique() == 300
    assert found.columns[: expected.width] == expected.columns, "own columns come after"
    assert_frame_equal(found.select(expected.columns), expected, abs_tol=1e-9, rel_tol=0)
    assured = pl.read_csv(tmp_path / "chart_cases.csv", infer_schema_length=None)
    known = pl.read_csv(files[1], infer_schema_length=None)
    assert known["assurance"].null_count() < known.height
    assert_frame_equal(assured.select("case", "assurance"), known.select("case", "assurance"))
