"""Twenty mistakes in each local return, and more: each is understood, or answered in words of its
own, and an Excel workbook as people fill it in goes in."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from assets.foreseen import foresee
from assets.ingest import take_in
from tests.assets.mistakes import (
    Mistakes,
    as_csv,
    checked,
    lines,
    name_of,
    of_files,
    refusal,
    tables,
)
from tests.support import BUILDERS, imported, write
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.check_history import read_state
from warehouse.transform.lake import lake_paths
from warehouse.transform.tidy import tidy

TABLES = tables()
FEEDS = list(TABLES)
FIRST = 3  # a sound row is row 2 of every file
LEAST = 20


def typed(mistakes: Mistakes) -> list[dict[str, object]]:
    """The rows that are typed, each of an organisation of its own unless it is about that."""
    heading, code = mistakes.own
    return [{heading: code(n), **change} for n, (change, _) in enumerate(mistakes.rows, FIRST)]


def answers(home: Home, feed: str, mistakes: Mistakes) -> dict[int, str]:
    """Row -> the reason why it was not accepted."""
    content = BUILDERS[feed]({}, *typed(mistakes))
    [outcome, *_] = imported(home, write(home.root.parent / "typed.csv", content))
    assert outcome.file is not None, outcome.message
    if not tidy(home, outcome.file).quarantined:
        return {}
    rows = pl.read_parquet(lake_paths(home, outcome.file).quarantine)
    return dict(rows.select("source_row", "reason").iter_rows())


@pytest.mark.parametrize("feed", FEEDS)
def test_each_row_is_understood_or_answered_in_its_own_words(feed: str, home: Home) -> None:
    mistakes = TABLES[feed]
    found = answers(home, feed, mistakes)
    for number, (change, words) in enumerate(mistakes.rows, FIRST):
        told = found.get(number)
        if words is None:
            assert told is None, (change, told)
        else:
            assert told is not None and words in told, (change, told)
    assert len(set(found.values())) == len(found), "two rows have the same answer"


@pytest.mark.parametrize("feed", FEEDS)
def test_there_are_twenty_different_answers(feed: str) -> None:
    mistakes = TABLES[feed]
    said = {words for _, words in mistakes.rows if words}
    said |= {words for *_, words in mistakes.editions}
    assert len(said) >= LEAST


@pytest.mark.parametrize("feed", FEEDS)
def test_a_whole_file_is_understood_or_refused_in_its_own_words(feed: str, tmp_path: Path) -> None:
    rows, told = lines(BUILDERS[feed]()), []
    for number, (change, words) in enumerate([*of_files(feed), *TABLES[feed].files]):
        home = Home(tmp_path / f"{number}" / "home")
        said = refusal(home, change(rows))
        if words is None:
            assert said is None, (number, said)
            [file] = [one for one in Archive(home).files() if one.feed == feed]
            assert (tidy(home, file).quarantined, file.rows) == (0, 1), number
        else:
            assert said is not None and words in said, (number, said)
            assert not Archive(home).files(), "nothing of it is kept"
            told.append(said)
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("feed", "number"), [(feed, n) for feed in FEEDS for n in range(len(TABLES[feed].editions))]
)
def test_a_check_of_the_edition_answers(feed: str, number: int, home: Home) -> None:
    rows, rule, words = TABLES[feed].editions[number]
    found = checked(home, feed, TABLES[feed].lists, rows)
    assert rule in found, found
    assert words in found[rule]


@pytest.mark.parametrize("feed", FEEDS)
def test_what_is_foreseen_on_import_is_what_a_refresh_finds(feed: str, home: Home) -> None:
    mistakes = TABLES[feed]
    content = BUILDERS[feed]({}, *typed(mistakes), *mistakes.editions[-1][0])
    [outcome, *_] = imported(home, write(home.root.parent / "typed.csv", content))
    assert outcome.file is not None, outcome.message
    edition = outcome.file.edition
    before = foresee(home, feed, edition)
    assert before is not None and read_state(home, feed, edition) is None
    taken = take_in(home, feed, edition, "run")
    assert taken is not None
    for one, found in zip(before.results, taken.results, strict=True):
        assert (one.rule, one.column_name, one.verdict) == (
            *(found.rule, found.column_name, found.verdict),
        )
        if one.verdict != "skipped":  # which says what there is to compare with
            assert (one.observed, one.message) == (found.observed, found.message)
    assert before.is_held == (taken.state.verdict == "held")


@pytest.mark.parametrize("feed", FEEDS)
def test_an_example_of_the_template_among_rows_is_named(feed: str, home: Home) -> None:
    mark = contracts()[feed].synthetic
    heading, code = TABLES[feed].own
    assert mark is not None and contracts()[feed].columns[mark.column].published[0] == heading
    example = "ZZ901" if feed == "enhanced_access" else "Z99901"
    rows = [{heading: code(number)} for number in range(60)]
    said = refusal(home, BUILDERS[feed](*rows, {heading: example}))
    assert said == (
        f"Row 62: `{example}` is the template's example. Delete the row, and import the file again."
    )
    assert refusal(home, BUILDERS[feed]({heading: example})) is None, "alone it is sample data"


@pytest.mark.parametrize("feed", FEEDS)
def test_a_repeated_key_is_told_by_the_headings(feed: str, home: Home) -> None:
    said = checked(home, feed, (), ({}, {}))["keys_unique"]
    headings = [contracts()[feed].columns[name].published[0] for name in contracts()[feed].key]
    assert f"have the same {', '.join(headings)} (" in said and "None" not in said
    assert "delete one of the rows, or correct the column in which they should differ" in said


def test_more_referrals_accepted_and_completed_than_sent_are_held(home: Home) -> None:
    row = {"Referrals sent": 12, "Referrals accepted": 14, "Referrals completed": 15}
    feed = "pharmacy_first_referrals"
    imported(home, write(home.root.parent / "return.csv", BUILDERS[feed](row)))
    taken = take_in(home, feed, "2025-10", "run")
    assert taken is not None and taken.state.verdict == "held"
    reasons = " ".join(taken.state.reasons)
    assert "Referrals accepted is above Referrals sent in row 2" in reasons
    assert "Referrals completed is above Referrals sent in row 2" in reasons


@pytest.mark.parametrize(
    ("feed", "key", "fault"),
    [
        ("slaip_actions", "Action id", {"Owner role": ""}),
        ("slaip_actions", "Action id", {"Status": "?"}),
        ("slaip_actions", "Action id", {"Last update": "soon"}),
        ("caip_assessment", "PCN code", {"Area": "?"}),
        ("caip_assessment", "PCN code", {"Declared on": "soon"}),
        ("meeting_decisions", "Decision id", {"Status": "?"}),
        ("meeting_decisions", "Decision id", {"Meeting date": "soon"}),
    ],
)
def test_one_row_of_a_plan_that_can_not_be_used_holds_the_return(
    home: Home, feed: str, key: str, fault: dict[str, object]
) -> None:
    code = "U{:05}" if key == "PCN code" else "A-{}"
    rows = [{key: code.format(number)} for number in range(1, 31)]
    content = BUILDERS[feed](*rows, {key: code.format(31), **fault})
    imported(home, write(home.root.parent / "return.csv", content))
    taken = take_in(home, feed, "2025-10", "run")
    assert taken is not None and taken.state.verdict == "held"
    assert "row 32" in " ".join(one.message for one in taken.results)


@pytest.mark.parametrize("feed", FEEDS)
def test_personal_data_is_neither_kept_nor_repeated(feed: str, tmp_path: Path) -> None:
    rows = lines(BUILDERS[feed]())
    secret = "943 476 5919"
    content = as_csv([[*rows[0], "Remarks"], [*rows[1], secret]])
    home = Home(tmp_path / "home")
    said = refusal(home, content)
    assert said is not None and secret not in said and "5919" not in said
    kept = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert b"5919" not in kept


def as_people_fill_it(rows: list[list[str]], merged: bool = False) -> bytes:
    """A workbook with a title, colours, the month merged down its rows, blank rows, a note below
    the table, and a sheet of instructions. `merged`: the last column is merged, too."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        yellow = book.add_format({"bg_color": "yellow", "bold": True})
        book.add_worksheet("Read me").write(0, 0, "How to fill this in")
        sheet = book.add_worksheet("Return")
        sheet.merge_range(0, 0, 0, len(rows[0]) - 1, "Return of the ICB", yellow)
        sheet.write_row(2, 0, rows[0], yellow)
        sheet.merge_range(3, 0, 5, 0, rows[1][0], yellow)
        for place, row in zip((3, 5), rows[1:], strict=True):  # row 5 of the sheet is blank
            sheet.write_row(place, 1, row[1:], yellow)
        if merged:
            sheet.merge_range(3, len(rows[0]) - 1, 5, len(rows[0]) - 1, rows[1][-1])
        sheet.write(8, 0, "Note: filled in by hand")
    return out.getvalue()


@pytest.mark.parametrize("feed", FEEDS)
def test_a_workbook_as_people_fill_it_in_goes_in(feed: str, home: Home) -> None:
    heading, code = TABLES[feed].own
    plain = BUILDERS[feed]({}, {heading: code(2)})
    filled = as_people_fill_it(lines(plain))
    files = []
    for content in (plain, filled):
        path = write(home.root.parent / name_of(content), content)
        [outcome, *_] = imported(home, path)
        assert outcome.file is not None, outcome.message + outcome.remedy
        assert outcome.file.rows == 2
        assert tidy(home, outcome.file).quarantined == 0
        files.append(outcome.file)
    measured = [pl.read_parquet(lake_paths(home, file).measures) for file in files]
    assert measured[0].equals(measured[1])


@pytest.mark.parametrize("feed", [one for one in FEEDS if contracts()[one].numbers])
def test_a_number_in_merged_cells_is_of_no_row(feed: str, home: Home) -> None:
    heading, code = TABLES[feed].own
    content = as_people_fill_it(lines(BUILDERS[feed]({}, {heading: code(2)})), merged=True)
    [outcome, *_] = imported(home, write(home.root.parent / "merged.xlsx", content))
    assert outcome.file is not None, outcome.message
    tidy(home, outcome.file)
    rows = pl.read_parquet(lake_paths(home, outcome.file).quarantine)
    assert rows["source_row"].to_list() == [4, 6]
    assert all("unmerge the cells" in reason for reason in rows["reason"])


@pytest.mark.parametrize("feed", FEEDS)
def test_two_sheets_with_rows_are_refused(feed: str, home: Home) -> None:
    from assets.feeds.testing import workbook

    rows = lines(BUILDERS[feed]())
    said = refusal(home, workbook({"April": rows, "May": rows}))
    assert said is not None and "in 2 sheets: April, May" in said
