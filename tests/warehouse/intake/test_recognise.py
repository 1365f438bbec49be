"""Recognising a file's feed by its content alone, and the message if it has none."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import (
    BUILDERS,
    LIST_2021,
    REGIONAL_2021,
    app_csv,
    app_practice,
    coverage,
    crosstab,
    list_map,
    long_claims,
    mapping,
    patient_list,
    pharmacy_list,
    referrals,
    regional,
    write,
)
from warehouse.contract.model import contracts
from warehouse.intake.edition import month_in_name
from warehouse.intake.recognise import Recognised, recognise
from warehouse.readers.containers import Content
from warehouse.readers.matching import match_contract
from warehouse.readers.refused import Refused
from warehouse.readers.tables import read_headings

TODAY = date(2025, 12, 15)
OCTOBER = date(2025, 10, 1)
# Of builders whose rows are of another month than October 2025: a year, and a version.
NEWEST = {
    "iif": date(2024, 3, 1),
    "deprivation": date(2025, 1, 1),
    "funding": date(2025, 3, 1),
}


def headed(feed: str) -> bytes:
    """A file of a feed, with headings: of those that come without with a line of them above."""
    headings = contracts()[feed].unheaded
    return (",".join(headings) + "\n" if headings else "").encode() + BUILDERS[feed]()


# A feed within another one's files has the headings of that one.
FEEDS = {feed: headed(feed) for feed in BUILDERS if not contracts()[feed].is_within}
ROWS = {
    feed: list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    for feed, content in FEEDS.items()
}
HEADINGS = {feed: rows[0] for feed, rows in ROWS.items()}
WITHOUT_MONTH = {feed for feed, one in contracts().items() if one.edition.content is None}


def look_at(tmp_path: Path, content: bytes, feed: str | None = None) -> Recognised:
    path = write(tmp_path / "content.csv", content)
    return recognise(Content(path, "x.csv", None, "0" * 64, len(content), "ascii"), TODAY, feed)


def refusal(tmp_path: Path, content: bytes, feed: str | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        look_at(tmp_path, content, feed)
    return caught.value


def try_on(tmp_path: Path, content: bytes) -> Recognised | Refused:
    try:
        return look_at(tmp_path, content)
    except Refused as refusal:
        return refusal


def renamed(content: bytes, old: str, new: str) -> bytes:
    head, end, rest = content.partition(b"\n")
    assert old.encode() in head
    return head.replace(old.encode(), new.encode()) + end + rest


def without(content: bytes, heading: str) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    place = rows[0].index(heading)
    out = io.StringIO()
    csv.writer(out).writerows(row[:place] + row[place + 1 :] for row in rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_is_recognised_from_its_content(feed: str, tmp_path: Path) -> None:
    found = look_at(tmp_path, FEEDS[feed])
    assert (found.contract.feed, found.rows) == (feed, len(ROWS[feed]) - 1)
    newest = NEWEST.get(feed, OCTOBER)
    assert found.months == (() if feed in WITHOUT_MONTH else (newest,))
    assert found.headings == tuple(HEADINGS[feed])
    assert not found.synthetic


def test_headings_of_the_ccg_era(tmp_path: Path) -> None:
    old = look_at(tmp_path, regional({"APPOINTMENT_MONTH": "AUG2021"}, ccg_era=True))
    assert (old.contract.feed, old.months) == ("gp_appointments_sub_icb", (date(2021, 8, 1),))
    assert old.headings == REGIONAL_2021
    old = look_at(tmp_path, patient_list({"EXTRACT_DATE": "01JAN2021"}, ccg_era=True))
    assert (old.contract.feed, old.months) == ("registered_patients", (date(2021, 1, 1),))
    assert old.headings == LIST_2021


@pytest.mark.parametrize("feed", FEEDS)
def test_no_feed_is_taken_for_another(feed: str, tmp_path: Path) -> None:
    for other in FEEDS.keys() - {feed}:
        error = refusal(tmp_path, FEEDS[feed], other)
        assert f"is not like {other}: the column" in error.reason or (
            f"looks like {other}, but" in error.reason
        )


@pytest.mark.parametrize("feed", FEEDS)
def test_order_case_spaces_quotes_and_further_columns_do_not_matter(
    feed: str, tmp_path: Path
) -> None:
    names = [f'"  {name.lower()} "' for name in reversed(list(HEADINGS[feed]))]
    values = [f'"{value}"' for value in reversed(ROWS[feed][1])]
    content = ",".join([*names, "New Column"]) + "\n" + ",".join([*values, "1"]) + "\n"
    found = look_at(tmp_path, content.encode())
    assert (found.contract.feed, found.rows) == (feed, 1)


def test_a_feed_that_is_asked_for_lists_what_it_misses(tmp_path: Path) -> None:
    content = b"Practice code,% registered users 13+,Log-ins counted\nC82001,10%,3\n"
    error = refusal(tmp_path, content, "nhs_app_practice")
    assert error.reason == (
        "It is not like nhs_app_practice: the columns are missing: `Month`, "
        "`Registered users 13+`, `Log-ins` (found `Log-ins counted` instead?)."
    )
    assert "add a column `Registered users 13+`, and rename the heading `Log-ins counted` to" in (
        error.remedy
    )
    assert "`access-recovery template`" in error.remedy


def test_months_and_codes_are_like_no_local_return(tmp_path: Path) -> None:
    error = refusal(tmp_path, b"Month,Practice code,Colour\n2025-10,C82001,red\n")
    assert error.reason.startswith("Column headings match no known feed")
    assert "`access-recovery template`" in error.remedy


@pytest.mark.parametrize("feed", FEEDS)
def test_a_missing_column_is_named(feed: str, tmp_path: Path) -> None:
    for name, column in contracts()[feed].columns.items():
        heading = next((h for h in HEADINGS[feed] if contracts()[feed].column_of(h) == name), None)
        if heading is None:
            wide = contracts()[feed].wide
            assert not column.required or (wide and name in wide.lacks)
            continue
        content = without(FEEDS[feed], heading)
        if not column.required:
            assert look_at(tmp_path, content).contract.feed == feed
            continue
        error = refusal(tmp_path, content)
        assert f"It looks like {feed}, but the column is missing" in error.reason
        assert f"`{column.published[0]}`" in error.reason
        assert "found" not in error.reason
        local = f"Add a column `{column.published[0]}`, if it has these figures."
        told = local if contracts()[feed].local_return else f"assets/feeds/{feed}/contract.yaml"
        assert told in error.remedy


def test_two_missing_columns_are_both_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, without(without(regional(), "HCP_TYPE"), "REGION_NAME"))
    assert "the columns are missing: `REGION_NAME`, `HCP_TYPE`" in error.reason


def test_a_renamed_column_is_suggested(tmp_path: Path) -> None:
    error = refusal(tmp_path, renamed(regional(), "COUNT_OF_APPOINTMENTS", "Count_Of_Appts"))
    assert "`COUNT_OF_APPOINTMENTS` (found `Count_Of_Appts` instead?)" in error.reason
    error = refusal(tmp_path, renamed(coverage(), "Included Practices", "Practices included"))
    assert "(found `Practices included` instead?)" in error.reason


def test_a_daily_file_is_refused_by_its_heading(tmp_path: Path) -> None:
    daily = regional({"APPOINTMENT_MONTH": "02OCT2023"})
    error = refusal(tmp_path, renamed(daily, "APPOINTMENT_MONTH", "Appointment_Date"))
    assert "`APPOINTMENT_MONTH` (found `Appointment_Date` instead?)" in error.reason
    assert "Daily or weekly" in error.remedy and "contract.yaml" not in error.remedy


def test_a_daily_file_is_refused_by_its_values(tmp_path: Path) -> None:
    error = refusal(tmp_path, regional({"APPOINTMENT_MONTH": "02OCT2023"}))
    assert "has no month (found: 02OCT2023; expected for example NOV2025)" in error.reason
    assert "Daily or weekly" in error.remedy


def test_the_publishers_daily_file_is_no_known_feed(tmp_path: Path) -> None:
    headings = (
        "SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_ONS_CODE,SUB_ICB_LOCATION_NAME,ICB_ONS_CODE,"
        "REGION_ONS_CODE,Appointment_Date,ACTUAL_DURATION,COUNT_OF_APPOINTMENTS"
    )
    error = refusal(tmp_path, f"{headings}\n04C,E1,N,E2,E3,02OCT2023,1-5 Minutes,7\n".encode())
    assert "no known feed (found: SUB_ICB_LOCATION_CODE, " in error.reason


@pytest.mark.parametrize("feed", FEEDS)
def test_headings_without_rows_are_refused(feed: str, tmp_path: Path) -> None:
    head = FEEDS[feed].splitlines(keepends=True)[0]
    for content in (head, head.rstrip(), head + b"\r\n", head + b",,,\r\n"):
        assert refusal(tmp_path, content).reason == "It has headings but no rows."


def test_a_repeated_heading_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, renamed(regional(), "SUB_ICB_LOCATION_NAME", "hcp_type"))
    assert "missing" in error.reason
    twice = regional().replace(b"\r\n", b",hcp_type\r\n", 1).replace(b"10\r\n", b"10,GP\r\n")
    error = refusal(tmp_path, twice)
    assert "for one column: `HCP_TYPE`, `hcp_type`" in error.reason and error.remedy


def test_an_old_and_a_new_heading_of_one_column_are_refused(tmp_path: Path) -> None:
    both = regional().replace(b"\r\n", b",CCG_CODE\r\n", 1).replace(b"10\r\n", b"10,04V\r\n")
    assert "`SUB_ICB_LOCATION_CODE`, `CCG_CODE`" in refusal(tmp_path, both).reason


@pytest.mark.parametrize("feed", FEEDS)
def test_blank_lines_at_the_end_are_no_rows(feed: str, tmp_path: Path) -> None:
    assert look_at(tmp_path, FEEDS[feed] + b"\r\n,,,\r\n").rows == len(ROWS[feed]) - 1


def test_trailing_commas_do_no_harm(tmp_path: Path) -> None:
    content = b"".join(line + b",,\r\n" for line in regional({}, {}).splitlines())
    assert look_at(tmp_path, content).rows == 2


def test_a_title_above_the_headings_is_refused_with_what_was_found(tmp_path: Path) -> None:
    error = refusal(tmp_path, b"Appointments in General Practice\r\n" + regional())
    assert "(found: Appointments in General Practice)" in error.reason
    assert "first line has the headings" in error.remedy


def test_a_blank_line_above_the_headings_is_refused(tmp_path: Path) -> None:
    assert "first line is blank" in refusal(tmp_path, b"\r\n" + regional()).reason


def test_control_characters_and_length_do_not_reach_the_terminal(tmp_path: Path) -> None:
    error = refusal(tmp_path, b"\x1b[2J\x07evil," + b"x" * 5000 + b"\n1,2\n")
    assert error.reason.isprintable() and len(error.reason) < 250
    error = refusal(tmp_path, regional({"APPOINTMENT_MONTH": "\x1b[2J" + "x" * 5000}))
    assert error.reason.isprintable() and len(error.reason) < 300


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, b"x" * (1 << 20))
    assert "can't be read as CSV" in error.reason or "no known feed" in error.reason


def test_text_after_a_quoted_value_is_refused(tmp_path: Path) -> None:
    content = long_claims({"ICB_NAME": "A, B ICB"}).replace(b'"A, B ICB"', b'"A, B ICB"2')
    assert b'ICB"2' in content
    error = refusal(tmp_path, content)
    assert "can't be read as CSV" in error.reason and error.remedy


def test_a_value_without_end_is_refused_or_read(tmp_path: Path) -> None:
    found = look_at(tmp_path, crosstab({"GP_NAME": "x" * 200_000}))
    assert found.rows == 1


def test_months_are_sorted_and_those_to_come_left_out(tmp_path: Path) -> None:
    months = ["NOV2025", "JUN2023", "DEC2023", "JAN2026", "not a month", ""]
    found = look_at(tmp_path, regional(*[{"APPOINTMENT_MONTH": month} for month in months]))
    assert found.months == (date(2023, 6, 1), date(2023, 12, 1), date(2025, 11, 1))
    assert found.rows == 6


def test_only_months_to_come_are_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, regional({"APPOINTMENT_MONTH": "JAN2026"}))
    assert "no month that is not in the future (found: JAN2026" in error.reason
    assert "this computer's date" in error.remedy and "Daily" not in error.remedy


@pytest.mark.parametrize(
    ("content", "written"),
    [
        (regional, ["OCT2025", "Oct2025", "01OCT2025", "Oct-25", "2025-10-01"]),
        (crosstab, ["01OCT2025", "01Oct2025", "OCT2025", "2025-10-01"]),
        (coverage, ["01OCT2025", "OCT2025", "2025-10-01"]),
        (patient_list, ["2025-10-01", "01OCT2025", "01Oct2025", "01/10/2025"]),
        (list_map, ["01Oct2025", "2025-10-01", "01/10/2025"]),
        (long_claims, ["2025-10", "202510"]),
        (referrals, ["2025-10", "2025-10-01"]),
        (app_csv, ["2025-10-01", "Oct-25", "October 2025", "01/10/2025"]),
    ],
)
def test_spellings_of_a_month(content: object, written: list[str], tmp_path: Path) -> None:
    assert callable(content)
    feed = look_at(tmp_path, content()).contract
    heading = next(h for h in HEADINGS[feed.feed] if feed.column_of(h) == feed.edition.content)
    for text in written:
        assert look_at(tmp_path, content({heading: text})).months == (OCTOBER,), text


MARKED = {
    "gp_appointments_sub_icb": regional({}, {"SUB_ICB_LOCATION_NAME": "NHS A (SYNTHETIC)"}),
    "gp_appointments_practice": crosstab({}, {"GP_CODE": "Z00001"}),
    "gp_appointments_mapping": mapping({}, {"GP_CODE": "Z00001"}),
    "registered_patients": patient_list({}, {"CODE": "Z00001"}),
    "registered_patients_map": list_map({}, {"PRACTICE_CODE": "Z00001"}),
    "pharmacy_first": long_claims({}, {"CONTRACTOR_CODE": "ZA001"}),
    "pharmacy_list": pharmacy_list({}, {"PHARMACY_ODS_CODE_(F-CODE)": "ZA001"}),
    "pharmacy_first_referrals": referrals({"Practice code": "Z00001"}),
    "nhs_app": app_csv({}, {"ICB Name [1,2]": "NHS Leicester (SYNTHETIC)"}),
    "nhs_app_practice": app_practice({"Practice code": "Z00001"}),
}


@pytest.mark.parametrize("feed", MARKED)
def test_sample_data_are_recognised(feed: str, tmp_path: Path) -> None:
    assert look_at(tmp_path, MARKED[feed]).synthetic


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("Mapping_Aug_25.csv", date(2025, 8, 1)),
        ("Mapping_Oct25_England.reconstructed.csv", OCTOBER),
        ("mapping-october-2025.csv", OCTOBER),
        ("GP Mapping (Sept 2024).csv", date(2024, 9, 1)),
        ("Practice_Level_Crosstab_Oct_25.zip", OCTOBER),
        ("Mapping.csv", None),
        ("Mapping_2025.csv", None),
        ("Mapping_Market_7.csv", None),
        ("Mapping_Oct_251.csv", None),
        ("Other_Oct_25.csv", None),
    ],
)
def test_month_in_a_files_name(name: str, month: date | None) -> None:
    assert month_in_name(contracts()["gp_appointments_mapping"], name) == month


def test_the_files_own_name_decides_before_its_containers() -> None:
    contract = contracts()["gp_appointments_mapping"]
    names = ("Mapping_Aug_25.csv", "Practice_Level_Crosstab_Oct_25.zip")
    assert month_in_name(contract, *names) == date(2025, 8, 1)


def test_an_unknown_feed_is_refused() -> None:
    with pytest.raises(Refused, match=r"Unknown feed .nonsense."):
        match_contract(["A"], "nonsense")


KNOWN = [heading for names in HEADINGS.values() for heading in names]
LETTERS = st.characters(exclude_categories=("Cs",))


@given(
    headings=st.lists(
        st.one_of(st.sampled_from(KNOWN), st.text(LETTERS, max_size=12)), min_size=0, max_size=30
    ),
    values=st.lists(st.text(LETTERS, max_size=8), max_size=30),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_any_headings_are_recognised_or_refused(
    headings: list[str],
    values: list[str],
    end: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows([headings, values])
    found = try_on(tmp_path_factory.mktemp("any"), out.getvalue().encode())
    assert found.reason and found.remedy if isinstance(found, Refused) else found.rows > 0


@given(
    feed=st.sampled_from(sorted(FEEDS)),
    rest=st.text(st.sampled_from('",\r\n aZ0\ufeffé'), max_size=80),
)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_a_file_with_anything_after_its_headings_is_recognised_or_refused(
    feed: str, rest: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    head = FEEDS[feed].splitlines(keepends=True)[0]
    tmp_path = tmp_path_factory.mktemp("tail")
    found = try_on(tmp_path, head + rest.encode())
    assert found.remedy if isinstance(found, Refused) else found.contract.feed == feed
    assert read_headings(tmp_path / "content.csv") == list(HEADINGS[feed])
