"""The summary tables of appointments by practice: a column per label, in one table each, and told
from tables with the same headings by the name."""

from datetime import date

import polars as pl
import pytest

from assets.feeds.gp_appointments_annex1.testing import totals
from assets.feeds.gp_appointments_annex1_categories.testing import CATEGORIES
from assets.feeds.gp_appointments_annex1_intervals.testing import INTERVALS
from assets.feeds.gp_appointments_annex1_modes.testing import MODES
from assets.feeds.testing import table
from tests.checks.support_checks import judged, one
from tests.support import crosstab, imported, write
from warehouse.base.home import Home
from warehouse.transform.lake import lake_paths
from warehouse.transform.tidy import tidy

COUNT = "appointments_appointments"


def measured(home: Home, content: bytes, name: str) -> tuple[str, dict[str, int]]:
    """The feed of a file, and the measures of its only practice."""
    [outcome] = imported(home, write(home.root.parent / name, content))
    assert outcome.file is not None, outcome.message
    facts = tidy(home, outcome.file)
    assert facts.quarantined == 0
    [cell] = pl.read_parquet(lake_paths(home, outcome.file).measures).to_dicts()
    assert (cell["org_code"], cell["month"]) == ("C82001", date(2025, 10, 1))
    return outcome.file.feed, cell


def test_a_column_per_label_is_read_as_rows(home: Home) -> None:
    row = {
        "same_day": 100,
        "col_8_to_14_days": 20,
        "col_15_to_21_days": 7,
        "unknown_data_quality": 3,
    }
    feed, cell = measured(home, table(INTERVALS, [row]), "Annex1_table_2a_Oct2025.csv")
    assert feed == "gp_appointments_annex1_intervals"
    assert cell["appointments_within_two_weeks"] == 120
    assert (cell["appointments_interval_known"], cell["appointments"]) == (127, 130)


def test_headings_that_are_cut_or_doubled(home: Home) -> None:
    row = {"unmapped": 5, "inconsistent_mapping": 2}
    feed, cell = measured(home, table(CATEGORIES, [row]), "Annex1_table_3a_Oct2025.csv")
    assert feed == "gp_appointments_annex1_categories"
    assert (cell["appointments_unmapped"], cell["appointments"]) == (7, 17)
    row = {"video_online_video_conference_online": 4}
    feed, cell = measured(home, table(MODES, [row]), "Annex1_table_4_Oct2025.csv")
    assert (feed, cell["appointments_video"]) == ("gp_appointments_annex1_modes", 4)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Annex1_table_2b_LLR_Nov2025.csv", "one kind of staff"),
        ("Annex1_table_2d_LLR_Nov2025.csv", "eight national categories"),
        ("annex1 table 3c.csv", "one kind of staff"),
    ],
)
def test_a_table_of_some_appointments_is_not_taken_for_that_of_all(
    home: Home, name: str, why: str
) -> None:
    content = table(CATEGORIES if "3c" in name else INTERVALS, [{}])
    [outcome] = imported(home, write(home.root.parent / name, content))
    assert (outcome.verdict, why in outcome.message) == ("refused", True), outcome.message


def test_a_practice_that_differs_from_the_crosstab_is_named(home: Home) -> None:
    imported(home, write(home.root.parent / "crosstab.csv", crosstab()))
    imported(home, write(home.root.parent / "table_1.csv", totals({COUNT: 12})))
    found = one(judged(home, "gp_appointments_annex1"), "figures_agree")
    assert found.verdict == "warn"
    assert found.message.startswith(
        "C82001 2025-10: appointments 12, 10 in gp_appointments_practice: ask the publisher"
    )
