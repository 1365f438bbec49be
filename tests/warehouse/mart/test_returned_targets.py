"""Targets of a local return in `kpi_target`: the newest return counts as a whole, and replaces
those of `targets.yaml` of the same first month; a mistake holds it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.feeds.kpi_targets.testing import build as targets
from tests.support import Row, imported, write, write_regional, write_text
from tests.warehouse.support_mart import Mart, build, build_aside, take_in_all
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.kpi.chart_choices import UnreadableChoices, home_targets
from warehouse.kpi.returned_targets import fault_of_row, target_of_row, value_of
from warehouse.publication.publish import publish

DNA, SAME_DAY = "appointments_dna_share", "appointments_same_day_share"
FEED = "kpi_targets"
OWN = f"""
- {{kpi: {DNA}, level: icb, organisation: QK1, from: "2025-04", value: 0.05,
   source: "The file of a test"}}
- {{kpi: {DNA}, level: icb, from: "2025-04", value: 0.06, source: "The file of a test"}}
"""


def local(mart: Mart) -> dict[str, tuple[float, bool]]:
    """The home's targets by key: value, and whether its file is among the source files."""
    rows = mart.rows(
        """SELECT t.*, s.feed FROM kpi_target AS t
        LEFT JOIN governance.source_file AS s USING (sha256) WHERE set_by = 'local'"""
    )
    return {row["target_key"]: (row["value"], row["feed"] == FEED) for row in rows}


def returned(folder: Path, name: str, *rows: Row) -> Path:
    return write(folder / name, targets(*rows))


def test_the_newest_return_counts_as_a_whole_and_before_targets_yaml(
    home: Home, tmp_path: Path
) -> None:
    write_text(home.root / "targets.yaml", OWN)
    first = returned(
        tmp_path,
        "first.csv",
        {"Target": "4%"},
        {"KPI": SAME_DAY.upper(), "Target": "0.45", "Level": "Sub-ICB", "Organisation code": "04c"},
    )
    mart = build(home, [write_regional(tmp_path / "oct.csv"), first])
    assert local(mart) == {
        f"{DNA} icb:QK1 2025-04 local": (0.04, True),
        f"{DNA} icb:* 2025-04 local": (0.06, False),
        f"{SAME_DAY} sub_icb:04C 2025-04 local": (0.45, True),
    }
    [row] = mart.rows(
        "SELECT target FROM kpi_spc WHERE kpi_id = $kpi AND org_code = '04C'", kpi=SAME_DAY
    )
    assert row["target"] == 0.45
    mart.db.close()
    second = returned(
        tmp_path, "second.csv", {"Month": "2025-11", "From": "2025-10", "Target": "0.03"}
    )
    assert local(build(home, [second])) == {
        f"{DNA} icb:QK1 2025-10 local": (0.03, True),
        f"{DNA} icb:QK1 2025-04 local": (0.05, False),
        f"{DNA} icb:* 2025-04 local": (0.06, False),
    }, "what a newer return leaves out has ended, and the file's own is there again"


def test_a_mistake_holds_the_return_and_says_row_heading_and_what_is_allowed(
    home: Home, tmp_path: Path
) -> None:
    wrong = returned(tmp_path, "wrong.csv", {}, {"KPI": SAME_DAY, "Target": "45"})
    imported(home, write_regional(tmp_path / "oct.csv"), wrong)
    assert take_in_all(home)[FEED, "2025-10"] == "held"
    publish(home, build_aside(home))
    assert local(Mart(home.mart)) == {}
    assert len([file for file in Archive(home).files() if file.feed == FEED]) == 1


@pytest.mark.parametrize(
    ("kpi", "said", "value"),
    [
        (DNA, "0.9", 0.9),
        (DNA, "90%", 0.9),
        (DNA, " 90 % ", 0.9),
        ("appointments", "1,234", 1234),
        ("appointments", "90%", None),
        (DNA, "1,23", None),
        (DNA, "£5", None),
        (DNA, "<5", None),
        ("no_such_kpi", "5%", None),
    ],
)
def test_numbers_as_typed(kpi: str, said: str, value: float | None) -> None:
    assert value_of({"kpi": kpi, "value": said}) == value


def test_a_row_with_a_fault_is_no_target() -> None:
    """Of a return that a person accepted all the same the other rows apply."""
    row: dict[str, Any] = {
        **dict.fromkeys(("organisation", "last", "reference")),
        **{"kpi": "no_such_kpi", "level": "icb", "value": "1", "source": "a test, for tests"},
    }
    row["first"] = date(2025, 4, 1)
    fault = fault_of_row(row)
    assert fault is not None and fault.column == "kpi" and target_of_row(row) is None
    good = target_of_row({**row, "kpi": f" {DNA.upper()} ", "value": "4%"})
    assert good is not None and (good.kpi, good.value, good.last) == (DNA, 0.04, None)


def test_targets_yaml_has_a_target_once(home: Home) -> None:
    write_text(home.root / "targets.yaml", OWN + OWN)
    with pytest.raises(UnreadableChoices, match=r"2 targets of .* icb:QK1 2025-04.*Keep one"):
        home_targets(home)
