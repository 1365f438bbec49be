"""A sound CSV taken in one pass gives what the path by rows gives; any other is left to that."""

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import event, given, reject, settings
from hypothesis import strategies as st
from polars.exceptions import PolarsError

from assets.feeds.gp_appointments_practice.testing import CROSSTAB
from tests.checks.support_checks import OCT, PRACTICE, tidied
from tests.support import crosstab
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.contract.model import contracts
from warehouse.readers.raw_rows import OVERFLOW
from warehouse.transform import tidy as tidy_module
from warehouse.transform.one_pass import Measured, in_one_pass, schema_of, texts_of
from warehouse.transform.tidy import by_rows, scan_rows

# What a publisher, or a spreadsheet, may write instead of a sound value.
SOUND: dict[str, list[str]] = {
    "APPOINTMENT_MONTH_START_DATE": ["01OCT2025", "01Oct2025", "2025-09-01", "AUG2025"],
    "GP_CODE": ["C82001", "C82002", "Y01234"],
    "GP_NAME": ["A SURGERY", "", "Surgery, with comma", 'The "Surgery"', "Ystafell Ŵy", " spaced "],
    "PCN_CODE": ["U12345", "U", "", "U99999"],
    "HCP_TYPE": ["GP", "Other Practice staff", "Unknown"],
    "TIME_BETWEEN_BOOK_AND_APPT": ["Same Day", "8 to 14 Days", "8  to 14 Days", "1 Day"],
    "COUNT_OF_APPOINTMENTS": ["10", "0", "1", "7", "0012"],
    "APPT_STATUS": ["Attended", "DNA"],
}
WILD: dict[str, list[str]] = {
    "APPOINTMENT_MONTH_START_DATE": ["", "01JAN2020", "Oct-25", "45931", " 01OCT2025", "02OCT2025"],
    "GP_CODE": ["", "c82001", " C82001", "C82001 ", "Total", "ENGLAND", "C8200"],
    "PCN_CODE": [" U", "U12345 ", " "],
    "SUB_ICB_LOCATION_CODE": ["", " 04C", "04c!"],
    "HCP_TYPE": ["gp", " GP", "Nurse", "", "NULL"],
    "COUNT_OF_APPOINTMENTS": ["", "x", "-1", " 5", "5 ", "+5", "1.0", "1e3", "1,5", "9" * 19, "*"],
    "APPT_STATUS": ["attended", "", "DNA "],
}


def row_of(values: dict[str, str]) -> str:
    """A CSV line of these values, others as by default."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow((CROSSTAB | values).values())
    return out.getvalue()


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """Rows of a crosstab, most of them sound; or lines that are no rows."""
    rows = []
    for _ in range(draw(st.integers(0, 6))):
        values = {name: draw(st.sampled_from(some)) for name, some in SOUND.items()}
        if draw(st.integers(0, 9)) == 0:
            name = draw(st.sampled_from(sorted(WILD)))
            values[name] = draw(st.sampled_from(WILD[name]))
        rows.append(row_of(values))
    if rows and draw(st.integers(0, 7)) == 0:
        spoilt = [rows[-1] + ",", rows[-1] + ",more", rows[-1][:40], "", ",,", '"' + rows[-1]]
        rows[-1] = draw(st.sampled_from(spoilt))
    return rows


def both(folder: Path, rows: list[str]) -> tuple[Measured | None, Measured, pl.DataFrame]:
    """What the two paths make of these lines: in one pass, by rows, and the rejected rows; the
    tidy rows of both are in `folder`."""
    contract, edition = contracts()[PRACTICE], parse_month(OCT)
    text = folder / "content.csv"
    headings = ",".join([*CROSSTAB, OVERFLOW])
    text.write_text("\n".join([headings, ",".join(CROSSTAB), *rows, ""]), encoding="utf-8")
    columns = contract.columns_in(CROSSTAB)
    typed, raw = (scan_rows(text, kinds(contract, columns)) for kinds in (schema_of, texts_of))
    swift = in_one_pass(typed, contract, edition, folder / "swift.parquet")
    try:
        careful, rejected = by_rows(raw, contract, edition, folder / "careful.parquet")
    except PolarsError:  # an unclosed quote at the end: no path can read it
        assert swift is None
        reject()
    return swift, careful, rejected


@settings(max_examples=80, deadline=None)
@given(rows=lines())
def test_whatever_is_written_both_paths_agree_or_one_pass_declines(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("both")
    swift, careful, rejected = both(folder, rows)
    event("in one pass" if swift else "by rows")
    if swift is None:
        return
    assert rejected.is_empty()
    assert swift.cells.equals(careful.cells)
    assert swift.cells.schema == careful.cells.schema
    columns = careful.observed.columns
    assert swift.observed.sort(columns).equals(careful.observed.sort(columns))
    tidy = [pl.read_parquet(folder / f"{name}.parquet") for name in ("swift", "careful")]
    assert tidy[0].equals(tidy[1])
    assert tidy[0].schema == tidy[1].schema


def test_every_sound_spelling_is_taken_in_one_pass(tmp_path: Path) -> None:
    each = [row_of({name: value}) for name, some in SOUND.items() for value in some]
    swift, careful, _ = both(tmp_path, each)
    assert swift is not None
    assert swift.cells.equals(careful.cells)
    assert swift.cells["rows"].sum() == len(each)


def test_a_wild_value_is_left_to_the_path_by_rows(tmp_path: Path) -> None:
    """All but counts with a sign or spaces, which are typed by the same code."""
    taken = {
        (name, value)
        for name, some in WILD.items()
        for value in some
        if both(tmp_path, [row_of({}), row_of({name: value})])[0]
    }
    assert taken == {("COUNT_OF_APPOINTMENTS", written) for written in (" 5", "5 ", "+5")}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (crosstab({}, {"COUNT_OF_APPOINTMENTS": "x"}), "a broken row"),
        (crosstab({}, {"GP_NAME": "two\nlines"}), "a field with a line break"),
    ],
    ids=["broken", "swallowed"],
)
def test_a_file_with_a_fault_has_its_rows_quarantined_as_before(
    home: Home, content: bytes, said: str
) -> None:
    facts, paths = tidied(home, content)
    assert (facts.rows, facts.quarantined) == (1, 1), said
    assert pl.read_parquet(paths.quarantine)["source_row"].to_list() == [3]


def test_a_sound_file_is_read_once_and_leaves_no_quarantine(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(tidy_module, "by_rows")
    facts, paths = tidied(home, crosstab({}, {"GP_CODE": "C82002"}))
    assert (facts.rows, facts.quarantined, facts.cells) == (2, 0, 2)
    assert not paths.quarantine.exists()
