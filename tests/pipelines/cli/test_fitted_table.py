"""Tables at any width: what is left out, what is broken, what never is."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipelines.cli.fitted_table import LONG, NAME, FittedTable

FEED, LONG_TEXT = "online_consultations_england", "last Thursday of the following month at 09:30"


def lines(sheet: FittedTable, width: int) -> tuple[list[str], list[str]]:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    table, left_out = sheet.for_width(console)
    console.print(table)
    file = console.file
    assert isinstance(file, io.StringIO)
    return [line.rstrip() for line in file.getvalue().splitlines()], left_out


@pytest.fixture
def sheet() -> FittedTable:
    made = FittedTable(
        ("Feed", "Editions", "Held", "Checks", "Next"),
        right=("Editions",),
        expendable=("Editions", "Held", "Checks"),
    )
    made.add_row(FEED, "1,234", "-", "46 pass, 1 warn, 3 skipped", LONG_TEXT)
    return made


def test_with_room_nothing_is_left_out_or_broken(sheet: FittedTable) -> None:
    shown, left_out = lines(sheet, 160)
    assert left_out == [] and len(shown) == 2
    assert shown[1].split("  ")[0] == FEED and shown[1].endswith(LONG_TEXT)


def test_what_says_nothing_goes_first_then_the_expendable_in_order(sheet: FittedTable) -> None:
    assert [lines(sheet, width)[1] for width in (100, 88, 80, 60)] == [
        [],
        ["Held"],
        ["Held", "Editions"],
        ["Held", "Editions", "Checks"],
    ]


def test_a_name_and_a_number_are_never_broken(sheet: FittedTable) -> None:
    for width in (60, 80, 100, 120):
        shown, left_out = lines(sheet, width)
        assert any(line.startswith(FEED) for line in shown)
        assert "Editions" in left_out or any("1,234" in line for line in shown)
        assert all(len(line) <= width for line in shown)


def test_a_broken_cell_stays_below_its_own_indent() -> None:
    made = FittedTable(("KPI", "Value"), right=("Value",), name=14)
    made.add_row("Leicester")
    made.add_row("Share of appointments", "5%", indent=2)
    assert lines(made, 21)[0][1:] == ["Leicester", "  Share of         5%", "  appointments"]


@given(
    st.lists(st.text("abc ", min_size=1, max_size=60), min_size=3, max_size=3),
    st.integers(min_value=NAME + LONG + 2, max_value=200),
)
def test_every_word_is_there_or_its_column_is_said_to_be_left_out(
    cells: list[str], width: int
) -> None:
    made = FittedTable(("One", "Two", "Three"), expendable=("Three",))
    made.add_row(*cells)
    shown, left_out = lines(made, width)
    text = "".join("".join(shown[1:]).split())
    wanted = cells if not left_out else cells[:2]
    assert sorted(text) == sorted("".join("".join(wanted).split()))


def test_two_broken_columns_share_the_room_and_crop_no_other() -> None:
    made = FittedTable(
        ("KPI", "Value", "Signal", "England"), right=("Value", "England"), name=10,
        narrow={"Signal": 11},
    )  # fmt: skip
    made.add_row("Share of appointments", "81 of 82 = 98.8%", "no clear change", "+53.2%")
    for width in range(48, 80):
        shown, left_out = lines(made, width)
        assert left_out == [] and max(map(len, shown)) <= width
        assert shown[0].endswith("England") and any(line.endswith("+53.2%") for line in shown)


def test_words_of_a_narrow_column_are_broken_before_anything_is_left_out() -> None:
    made = FittedTable(("KPI", "Signal", "Status"), expendable=("Status",), narrow={"Signal": 8})
    made.add_row("Calls", "no clear change", "final")
    shown, left_out = lines(made, 22)
    assert left_out == [] and shown[1].split() == ["Calls", "no", "clear", "final"]
    assert shown[2].split() == ["change"]
