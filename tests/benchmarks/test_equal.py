"""Scripts' outputs beside the mart: any changed, missing, added or repeated row is found."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from benchmarks import equal
from benchmarks.equal import KEYS, differences, published

APRIL = date(2024, 4, 1)
ROWS = [
    (APRIL, "practice", "Z20001", "appointments", 120, None, 120.0),
    (APRIL, "practice", "Z20001", "appointments_gp_share", 40, 120, 40 / 120),
    (APRIL, "england", "E92000001", "appointments", 120, None, 120.0),
]
COLUMNS = {
    "month": pl.Date,
    **dict.fromkeys(("org_level", "org_code", "kpi_id"), pl.String),
    **dict.fromkeys(("numerator", "denominator"), pl.Int64),
    "value": pl.Float64,
}
FIGURES = pl.DataFrame(ROWS, schema=COLUMNS, orient="row")
SHARE = pl.col("kpi_id") == "appointments_gp_share"
Change = Callable[[pl.DataFrame], pl.DataFrame]


def test_equal_outputs_do_not_differ_in_whatever_order() -> None:
    assert differences(FIGURES, FIGURES.reverse()).height == 0


def test_the_last_bits_of_a_quotient_are_not_a_difference() -> None:
    near = FIGURES.with_columns(pl.col("value") * (1 + 1e-15))
    assert differences(FIGURES, near).height == 0


def changed(column: str, to: object) -> Change:
    return lambda rows: rows.with_columns(
        pl.when(SHARE).then(pl.lit(to)).otherwise(column).cast(COLUMNS[column]).alias(column)
    )


@pytest.mark.parametrize(
    "change",
    [
        changed("numerator", 41),
        changed("denominator", 121),
        changed("denominator", None),
        changed("value", 0.3333),
        changed("value", None),
        changed("org_code", "Z20002"),
        changed("month", date(2024, 5, 1)),
        lambda rows: rows.filter(~SHARE),
        lambda rows: pl.concat([rows, rows.filter(SHARE)]),
    ],
    ids=[
        "numerator", "denominator", "denominator lost", "value", "value lost", "organisation",
        "month", "row lost", "row repeated",
    ],
)  # fmt: skip
def test_a_change_of_one_row_is_found(change: Change) -> None:
    found = differences(FIGURES, change(FIGURES))
    assert found.height >= 1
    assert set(found["kpi_id"]) == {"appointments_gp_share"}
    back = differences(change(FIGURES), FIGURES)
    assert back.select(KEYS).equals(found.select(KEYS))


def mart_of(path: Path, edition: str) -> Path:
    frame = FIGURES.with_columns(edition=pl.lit(edition)).vstack(
        FIGURES.head(1).with_columns(
            kpi_id=pl.lit("registered_patients"), edition=pl.lit("2024-03")
        )
    )
    none = frame.head(1).with_columns(org_code=pl.lit("Z2"), value=pl.lit(None, pl.Float64))
    with duckdb.connect(str(path)) as db:
        db.register("frame", pl.concat([frame, none]).to_arrow())
        db.execute("CREATE TABLE kpi_monthly AS FROM frame")
    return path


def test_figures_without_a_value_are_none(tmp_path: Path) -> None:
    figures = published(mart_of(tmp_path / "mart.duckdb", "2024-04"), "2024-04", [APRIL])
    assert figures.height == len(ROWS) + 1
    assert published(tmp_path / "mart.duckdb", "2024-04", [date(2020, 1, 1)]).height == 0


def test_figures_of_another_edition_cannot_be_compared(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"3 figures are not of 2024-05"):
        published(mart_of(tmp_path / "mart.duckdb", "2024-04"), "2024-05", [APRIL])


@pytest.mark.parametrize(("times", "status", "differing"), [(1, 0, 0), (2, 1, 3)])
def test_the_program_says_how_many_rows_differ(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    times: int,
    status: int,
    differing: int,
) -> None:
    mart = mart_of(tmp_path / "mart.duckdb", "2024-04")
    output = tmp_path / "pandas.parquet"
    rows = published(mart, "2024-04", [APRIL])
    counts = pl.when(pl.col("denominator").is_null()).then(pl.col("numerator") * times)
    rows.with_columns(counts.otherwise("numerator").alias("numerator")).write_parquet(output)
    monkeypatch.setattr("sys.argv", ["equal", str(mart), "2024-04", str(output)])
    with pytest.raises(SystemExit) as ended:
        equal.main()
    assert ended.value.code == status
    said = capsys.readouterr().out.splitlines()[-1]
    assert said == f'{{"pandas": {{"rows": 4, "differing": {differing}}}}}'
