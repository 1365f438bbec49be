"""Published text into typed rows: all spellings that publishers used, and invalid values."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.support_checks import (
    BUILDERS,
    COVERAGE,
    FEEDS,
    LIST,
    MAP,
    MAPPING,
    OCT,
    PRACTICE,
    SUB_ICB,
    conformed,
    published,
)
from tests.support import crosstab, mapping, patient_list, regional
from warehouse.base.months import add_months, month_spellings, month_text, parse_month
from warehouse.contract.model import contracts
from warehouse.readers.raw_rows import OVERFLOW, SOURCE_ROW
from warehouse.transform.conform import FAILED_RULE, REMEDIES, ROW_RULES, conform, rules_of

COUNT = "COUNT_OF_APPOINTMENTS"
TIME = "TIME_BETWEEN_BOOK_AND_APPT"
OCTOBER = date(2025, 10, 1)


def broken(feed: str, content: bytes, edition: str = OCT) -> list[tuple[str, str] | None]:
    """The first rule, and its column, that each row broke; None for a sound row."""
    frame = conformed(feed, content, edition)
    headings = published(content, feed).collect_schema().names()
    rules = rules_of(contracts()[feed], headings, parse_month(edition))
    return [None if i is None else (rules[i].rule, rules[i].column) for i in frame[FAILED_RULE]]


@pytest.mark.parametrize("feed", FEEDS)
def test_the_builders_rows_are_sound(feed: str) -> None:
    edition = {"iif": "2024-03", "deprivation": "2025-01"}.get(feed, OCT)
    assert set(broken(feed, BUILDERS[feed](), edition)) == {None}


def test_a_month_within_a_year_is_no_year() -> None:
    """Figures of part of a year are quarantined; one in whose name no year ends is refused."""
    within = {"ACH_DATE": "30/09/2023"}
    assert broken("iif", BUILDERS["iif"](within), "2024-03") == [("month_in_window", "month")]
    frame = conformed("iif", BUILDERS["iif"]({"ACH_DATE": "29/03/2024"}), "2024-03")
    assert frame["month"].to_list() == [date(2024, 3, 1)]


@pytest.mark.parametrize(
    ("feed", "column", "heading", "written", "label"),
    [
        (PRACTICE, "appointment_mode", "APPT_MODE", "Video Conference/Online", "Video/Online"),
        (SUB_ICB, "appointment_mode", "APPT_MODE", "Video/Online", "Video/Online"),
        (PRACTICE, "booking_interval", TIME, "Unknown / Data Issue", "Unknown"),
        (SUB_ICB, "booking_interval", TIME, "Unknown / Data Issue", "Unknown"),
        (SUB_ICB, "booking_interval", TIME, "Unknown / Data Quality", "Unknown"),
        (PRACTICE, "booking_interval", TIME, "8  to 14 Days", "8 to 14 Days"),
        (PRACTICE, "booking_interval", TIME, "15  to 21 Days", "15 to 21 Days"),
        (PRACTICE, "booking_interval", TIME, "22  to 28 Days", "22 to 28 Days"),
        (PRACTICE, "hcp_type", "HCP_TYPE", "Other Practice staff", "Other Practice staff"),
        (PRACTICE, "hcp_type", "HCP_TYPE", "Other Practice Staff", "Other Practice staff"),
        (PRACTICE, "appointment_status", "APPT_STATUS", " dna ", "DNA"),
        (PRACTICE, "appointment_mode", "APPT_MODE", "FACE-TO-face", "Face-to-Face"),
        (PRACTICE, "national_category", "NATIONAL_CATEGORY", "Walk-In", "Walk-in"),
        (PRACTICE, "national_category", "NATIONAL_CATEGORY", "home\xa0visit", "Home Visit"),
    ],
)
def test_both_label_families_and_their_drift(
    feed: str, column: str, heading: str, written: str, label: str
) -> None:
    frame = conformed(feed, BUILDERS[feed]({heading: written}))
    assert frame[column].to_list() == [label]
    assert frame[FAILED_RULE].to_list() == [None]


LABELS = [
    (column, label, spelling)
    for column, told in contracts()[PRACTICE].columns.items()
    if told.type == "label"
    for label, others in contracts()[PRACTICE].labels(column).items()
    for spelling in (label, *others)
]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(LABELS), st.randoms(use_true_random=False)),
        min_size=1,
        max_size=20,
    )
)
def test_any_change_of_case_and_spaces_conforms_to_the_canonical_label(drawn: list) -> None:
    headings = {n: c.published[0] for n, c in contracts()[PRACTICE].columns.items()}
    rows, expected = [], []
    for (column, label, spelling), chance in drawn:
        cased = "".join(chance.choice((ch.upper(), ch.lower())) for ch in spelling)
        spaced = "".join(ch * chance.randint(1, 3) if ch == " " else ch for ch in cased)
        rows.append(
            {headings[column]: chance.choice(("", " ")) + spaced + chance.choice(("", " "))}
        )
        expected.append((column, label))
    frame = conformed(PRACTICE, crosstab(*rows))
    assert [frame[c][i] for i, (c, _) in enumerate(expected)] == [label for _, label in expected]
    assert frame[FAILED_RULE].null_count() == len(rows)


@pytest.mark.parametrize(
    ("feed", "heading", "written"),
    [
        (SUB_ICB, "APPOINTMENT_MONTH", "OCT2025"),
        (SUB_ICB, "APPOINTMENT_MONTH", "Oct2025"),
        (SUB_ICB, "APPOINTMENT_MONTH", "01OCT2025"),
        (SUB_ICB, "APPOINTMENT_MONTH", "Oct-25"),
        (PRACTICE, "APPOINTMENT_MONTH_START_DATE", "01OCT2025"),
        (PRACTICE, "APPOINTMENT_MONTH_START_DATE", "OCT2025"),
        (PRACTICE, "APPOINTMENT_MONTH_START_DATE", " 01oct2025 "),
        (COVERAGE, "Appointment_Month", "01OCT2025"),
        (COVERAGE, "Appointment_Month", "OCT2025"),
        (LIST, "EXTRACT_DATE", "2025-10-01"),
        (LIST, "EXTRACT_DATE", "01OCT2025"),
        (LIST, "EXTRACT_DATE", "01/10/2025"),
        (MAP, "EXTRACT_DATE", "01Oct2025"),
        (MAP, "EXTRACT_DATE", "2025-10-01"),
    ],
)
def test_every_date_format_a_feed_was_ever_issued_in(feed: str, heading: str, written: str) -> None:
    frame = conformed(feed, BUILDERS[feed]({heading: written}))
    assert frame["month"].to_list() == [OCTOBER]
    assert frame[FAILED_RULE].to_list() == [None]


@pytest.mark.parametrize(
    "written", ["02OCT2025", "31OCT2025", "OKT2025", "10/01/2025", "2025-10", "-"]
)
def test_a_day_or_anything_else_is_no_month(written: str) -> None:
    for feed, heading in ((SUB_ICB, "APPOINTMENT_MONTH"), (LIST, "EXTRACT_DATE")):
        content = BUILDERS[feed]({heading: written})
        assert broken(feed, content) == [("month_readable", "month")]
        assert conformed(feed, content)["month"].to_list() == [None]


def test_no_spelling_means_two_months() -> None:
    """Day and month swapped would move a figure by months, in silence."""
    for feed in FEEDS:
        for column in contracts()[feed].columns.values():
            spellings = month_spellings(column.formats)
            for text, month in spellings.items():
                assert f"{month:%y}" in text and month.day == 1
            assert "10/01/2025" not in spellings


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("1,234", "count_whole"),
        ("12.5", "count_whole"),
        ("12.0", "count_whole"),
        ("1e3", "count_whole"),
        ("ten", "count_whole"),
        ("*", "count_whole"),
        ("99999999999999999999", "count_whole"),
        ("-1", "count_not_negative"),
        (" -5 ", "count_not_negative"),
        ("", "value_present"),
        ("  ", "count_whole"),
    ],
)
def test_an_invalid_count_goes_to_quarantine(written: str, rule: str) -> None:
    assert broken(SUB_ICB, regional({COUNT: written})) == [(rule, "appointments")]


@pytest.mark.parametrize(("written", "count"), [("0", 0), ("007", 7), (" 12 ", 12), ("+5", 5)])
def test_a_whole_number_in_any_dress_is_read(written: str, count: int) -> None:
    frame = conformed(SUB_ICB, regional({COUNT: written}))
    assert frame["appointments"].to_list() == [count]
    assert frame[FAILED_RULE].to_list() == [None]


def test_thousands_separators_never_become_small_numbers() -> None:
    frame = conformed(COVERAGE, BUILDERS[COVERAGE]({"Included Practices": "1,234"}))
    assert frame["practices_included"].to_list() == [None]
    assert frame["practices_open"].to_list() == [1]
    assert frame[FAILED_RULE].null_count() == 0


@pytest.mark.parametrize(
    ("month", "edition", "sound"),
    [
        ("OCT2025", OCT, True),
        ("MAY2023", OCT, True),
        ("APR2023", OCT, False),
        ("NOV2025", OCT, False),
        ("OCT2035", OCT, False),
    ],
)
def test_the_window_of_an_edition(month: str, edition: str, sound: bool) -> None:
    found = broken(SUB_ICB, regional({"APPOINTMENT_MONTH": month}), edition)
    assert found == [None if sound else ("month_in_window", "month")]


def test_the_window_of_the_practice_feed_is_three_months() -> None:
    rows = [{"APPOINTMENT_MONTH_START_DATE": f"01{m}2025"} for m in ("JUL", "AUG", "SEP", "OCT")]
    assert broken(PRACTICE, crosstab(*rows)) == [("month_in_window", "month"), None, None, None]


@pytest.mark.parametrize(
    ("feed", "heading", "written", "expected"),
    [
        (SUB_ICB, "APPT_MODE", "Carrier pigeon", ("label_known", "appointment_mode")),
        (SUB_ICB, "HCP_TYPE", "Nurse", ("label_known", "hcp_type")),
        (SUB_ICB, "APPT_STATUS", "", ("value_present", "appointment_status")),
        (SUB_ICB, "APPT_STATUS", "   ", ("label_known", "appointment_status")),
        (SUB_ICB, "SUB_ICB_LOCATION_CODE", "", ("value_present", "sub_icb_code")),
        (SUB_ICB, "SUB_ICB_LOCATION_CODE", "  ", ("value_present", "sub_icb_code")),
        (SUB_ICB, "SUB_ICB_LOCATION_CODE", "E38000097", ("code_pattern", "sub_icb_code")),
        (SUB_ICB, "SUB_ICB_LOCATION_CODE", "04c", ("code_pattern", "sub_icb_code")),
        (PRACTICE, "GP_CODE", "C8200", ("code_pattern", "practice_code")),
        (PRACTICE, "GP_CODE", "C82O01", ("code_pattern", "practice_code")),
        (PRACTICE, "SUB_ICB_LOCATION_CODE", "Leicester City", ("code_pattern", "sub_icb_code")),
        (MAPPING, "ICB_CODE", "", ("value_present", "icb_code")),
        (LIST, "TYPE", "CARE HOME", ("label_known", "organisation_type")),
        (LIST, "AGE", "0_4", ("label_known", "age")),
        (LIST, "SEX", "FEMALE", ("label_known", "sex")),
    ],
)
def test_a_value_that_is_not_the_contracts(
    feed: str, heading: str, written: str, expected: tuple[str, str]
) -> None:
    assert broken(feed, BUILDERS[feed]({heading: written}, {})) == [expected, None]


def test_a_quoted_nothing_is_nothing() -> None:
    content = regional().replace(b",OCT2025,Attended,", b',OCT2025,"",')
    assert broken(SUB_ICB, content) == [("value_present", "appointment_status")]
    content = regional().replace(b"\n04C,", b'\n"",')
    assert broken(SUB_ICB, content) == [("value_present", "sub_icb_code")]


def test_the_first_broken_rule_is_reported() -> None:
    """Missing values before unreadable ones, in the contract's order; the window last."""
    worse = {"APPOINTMENT_MONTH": "JAN2020", "HCP_TYPE": "Nurse", COUNT: "-1"}
    found = broken(
        SUB_ICB,
        regional(
            worse | {"APPT_STATUS": ""},
            worse,
            {"APPOINTMENT_MONTH": "JAN2020", COUNT: "-1"},
            {"APPOINTMENT_MONTH": "JAN2020"},
        ),
    )
    assert [rule for rule, _ in filter(None, found)] == [
        "value_present",
        "label_known",
        "count_not_negative",
        "month_in_window",
    ]


def test_nullable_columns_may_be_empty() -> None:
    frame = conformed(PRACTICE, crosstab({"GP_NAME": "", "PCN_CODE": "", "SUPPLIER": ""}))
    assert frame[FAILED_RULE].to_list() == [None]
    assert frame.select("practice_name", "pcn_code", "supplier").row(0) == (None, None, None)


@pytest.mark.parametrize("feed", [PRACTICE, MAPPING, MAP])
def test_code_u_is_never_a_network(feed: str) -> None:
    rows = [{"PCN_CODE": "U"}, {"PCN_CODE": " U "}, {"PCN_CODE": "U12345"}]
    frame = conformed(feed, BUILDERS[feed](*rows))
    assert frame["pcn_code"].to_list() == [None, None, "U12345"]
    assert frame["raw.PCN_CODE"].to_list() == ["U", " U ", "U12345"]


def test_headings_of_the_ccg_era_give_the_same_rows() -> None:
    row = {"APPOINTMENT_MONTH": "AUG2021", COUNT: 7}
    wanted = list(contracts()[SUB_ICB].columns)
    old = conformed(SUB_ICB, regional(row, ccg_era=True), "2021-08").select(wanted)
    assert old.equals(conformed(SUB_ICB, regional(row), "2021-08").select(wanted))
    assert old["sub_icb_code"].to_list() == ["04C"]
    assert old["icb_ons_code"].to_list() == ["E54000015"]
    row = {"EXTRACT_DATE": "01JAN2021"}
    lists = conformed(LIST, patient_list(row, ccg_era=True), "2021-01")
    assert lists.select("sub_icb_code", "sub_icb_ons_code", "patients", FAILED_RULE).row(0) == (
        "04C",
        "E38000097",
        1000,
        None,
    )


def test_a_heading_with_bom_case_and_spaces_is_the_same_heading() -> None:
    content = regional().replace(b"SUB_ICB_LOCATION_CODE", "\ufeffsub_icb_Location_code".encode())
    frame = conform(published(b" " + content), contracts()[SUB_ICB], OCTOBER).collect()
    assert frame["sub_icb_code"].to_list() == ["04C"]
    assert frame[FAILED_RULE].to_list() == [None]


def test_quoted_commas_stay_inside_their_field() -> None:
    frame = conformed(SUB_ICB, regional({"SUB_ICB_LOCATION_NAME": "NHS A, B and C"}))
    assert frame["sub_icb_name"].to_list() == ["NHS A, B and C"]
    assert frame["icb_name"][0].startswith("NHS Leicester, Leicestershire")
    assert frame["appointments"].to_list() == [10]


def test_source_rows_are_those_of_a_spreadsheet() -> None:
    frame = conformed(SUB_ICB, regional({}, {COUNT: "x"}, {}))
    assert frame[SOURCE_ROW].to_list() == [2, 3, 4]
    assert frame.filter(pl.col(FAILED_RULE).is_not_null())[SOURCE_ROW].to_list() == [3]


def test_an_overflowing_row_is_never_accepted() -> None:
    raw = published(regional({}, {})).with_columns(pl.Series(OVERFLOW, [None, "9"]))
    frame = conform(raw, contracts()[SUB_ICB], OCTOBER).collect()
    rules = rules_of(contracts()[SUB_ICB], [], OCTOBER)
    assert frame[FAILED_RULE].to_list() == [None, 0]
    assert rules[0].rule == "row_shape"


def test_a_trailing_comma_is_no_overflow() -> None:
    raw = published(regional({}, {})).with_columns(pl.Series(OVERFLOW, ["", "  "]))
    frame = conform(raw, contracts()[SUB_ICB], OCTOBER).collect()
    assert frame[FAILED_RULE].to_list() == [None, None]


def test_a_missing_column_is_null_and_breaks_no_row() -> None:
    """The file as a whole is held back for it, by a check."""
    raw = published(regional()).drop("APPT_MODE", COUNT, "APPOINTMENT_MONTH")
    frame = conform(raw, contracts()[SUB_ICB], OCTOBER).collect()
    assert frame.select("appointment_mode", "appointments", "month").row(0) == (None, None, None)
    assert frame[FAILED_RULE].to_list() == [None]


def test_of_two_headings_for_one_column_the_first_is_read() -> None:
    raw = published(regional({"SUB_ICB_LOCATION_CODE": "04C"})).with_columns(CCG_CODE=pl.lit("03W"))
    frame = conform(raw, contracts()[SUB_ICB], OCTOBER).collect()
    assert frame["sub_icb_code"].to_list() == ["04C"]


def test_every_row_rule_has_words_and_a_remedy() -> None:
    for feed in FEEDS:
        headings = [
            h for column in contracts()[feed].columns.values() for h in column.published[:1]
        ]
        rules = {rule.rule for rule in rules_of(contracts()[feed], headings, OCTOBER)}
        assert rules <= ROW_RULES.keys() == REMEDIES.keys()


ODD = st.one_of(
    st.sampled_from(["", " ", "U", "OCT2025", "01OCT2025", "GP", "-1", "1,234", "04C", '"', "NaN"]),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=8),
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([c.published[0] for c in contracts()[SUB_ICB].columns.values()]),
            ODD,
            max_size=4,
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_row_is_accepted_or_quarantined_and_none_is_lost(rows: list[dict]) -> None:
    frame = conformed(SUB_ICB, regional(*rows, {}))
    columns = contracts()[SUB_ICB].columns
    assert frame[SOURCE_ROW].to_list() == list(range(2, len(rows) + 3))
    sound = frame.filter(pl.col(FAILED_RULE).is_null())
    for name, column in columns.items():
        assert column.nullable or sound[name].null_count() == 0
    assert (sound["appointments"] >= 0).all()
    assert (sound["month"].is_between(date(2023, 5, 1), OCTOBER)).all()
    # A row that was not touched is always sound: no row spoils another.
    assert frame[FAILED_RULE][-1] is None


def test_label_families_of_both_products_meet() -> None:
    """The same figure under either feed's labels, so that practices add up to sub-ICBs."""
    shared = contracts()[SUB_ICB].label_families
    assert shared.items() <= contracts()[PRACTICE].label_families.items()
    assert "Video Conference/Online" in shared["appointment_mode"]["Video/Online"]


@pytest.mark.parametrize(
    ("start", "step", "expected"),
    [("2025-01", -1, "2024-12"), ("2024-12", 1, "2025-01"), ("2025-10", -29, "2023-05")],
)
def test_months_are_counted_across_years(start: str, step: int, expected: str) -> None:
    assert month_text(add_months(parse_month(start), step)) == expected


@pytest.mark.parametrize("text", ["2025", "2025-13", "25-10", "2025-1", "October", "2025-10-01"])
def test_only_year_and_month_name_an_edition(text: str) -> None:
    with pytest.raises(ValueError, match="write YYYY-MM"):
        parse_month(text)


def test_a_mapping_row_per_supplier_is_kept_as_published() -> None:
    frame = conformed(MAPPING, mapping({"SUPPLIER": "TPP"}, {"SUPPLIER": "EMIS"}))
    assert frame["practice_code"].to_list() == ["C82001", "C82001"]
    assert frame[FAILED_RULE].to_list() == [None, None]
