"""Sums per organisation and month, against sums by hand."""

import random
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.support_checks import COVERAGE, MAPPING, OCT, PRACTICE, SUB_ICB, conformed
from tests.support import coverage, crosstab, mapping, regional
from warehouse.base.months import parse_month
from warehouse.contract.model import contracts
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.conform import FAILED_RULE
from warehouse.transform.measure import measure, observe_organisations

COUNT, TIME, CATEGORY = (
    "COUNT_OF_APPOINTMENTS",
    "TIME_BETWEEN_BOOK_AND_APPT",
    "NATIONAL_CATEGORY",
)
OCTOBER = date(2025, 10, 1)
DNA = {"APPT_STATUS": "DNA"}
ACC08 = {
    "General Consultation Acute",
    "General Consultation Routine",
    "Unplanned Clinical Activity",
    "Clinical Triage",
    "Walk-in",
    "Home Visit",
    "Care Home Visit",
    "Care Related Encounter but does not fit into any other category",
}


def accepted(feed: str, content: bytes, edition: str = OCT) -> pl.DataFrame:
    frame = conformed(feed, content, edition).filter(pl.col(FAILED_RULE).is_null())
    return frame.select(SOURCE_ROW, *contracts()[feed].columns)


def measured(feed: str, content: bytes, edition: str = OCT) -> pl.DataFrame:
    rows = accepted(feed, content, edition).lazy()
    return measure(rows, contracts()[feed], parse_month(edition)).collect()


def organisations(feed: str, content: bytes, edition: str = OCT) -> pl.DataFrame:
    rows = accepted(feed, content, edition).lazy()
    return observe_organisations(rows, contracts()[feed], parse_month(edition)).collect()


def test_sums_by_hand() -> None:
    cells = measured(
        SUB_ICB,
        regional(
            {COUNT: 100},
            {COUNT: 30, "APPT_STATUS": "DNA", "HCP_TYPE": "Other Practice staff"},
            {COUNT: 7, "APPT_MODE": "Telephone", TIME: "8  to 14 Days", "APPT_STATUS": "Unknown"},
            {COUNT: 3, "APPT_MODE": "Video/Online", TIME: "15  to 21 Days"},
            {COUNT: 2, "APPT_MODE": "Unknown", TIME: "Unknown / Data Quality"},
            {COUNT: 5, "SUB_ICB_LOCATION_CODE": "03W"},
            {COUNT: 11, "APPOINTMENT_MONTH": "SEP2025"},
        ),
    )
    assert cells.select("org_code", "month", "appointments", "rows").rows() == [
        ("03W", OCTOBER, 5, 1),
        ("04C", date(2025, 9, 1), 11, 1),
        ("04C", OCTOBER, 142, 5),
    ]
    city = cells.row(2, named=True)
    expected = {
        "appointments_attended": 105,
        "appointments_dna": 30,
        "appointments_face_to_face": 130,
        "appointments_telephone": 7,
        "appointments_video": 3,
        "appointments_home_visit": 0,
        "appointments_mode_unknown": 2,
        "appointments_status_unknown": 7,
        "appointments_same_day": 130,
        "appointments_within_two_weeks": 137,
        "appointments_interval_known": 140,
        "appointments_gp": 112,
    }
    assert {name: city[name] for name in expected} == expected


def test_no_measure_is_left_out_of_the_sums_by_hand() -> None:
    """A measure that somebody adds to the set needs its own sum by hand above."""
    assert set(contracts()[SUB_ICB].measures) == {
        "appointments",
        "appointments_attended",
        "appointments_dna",
        "appointments_face_to_face",
        "appointments_telephone",
        "appointments_video",
        "appointments_home_visit",
        "appointments_mode_unknown",
        "appointments_status_unknown",
        "appointments_same_day",
        "appointments_within_two_weeks",
        "appointments_interval_known",
        "appointments_gp",
    }


def test_repeated_keys_are_added_up_never_dropped() -> None:
    cells = measured(SUB_ICB, regional({COUNT: 4}, {COUNT: 4}, {COUNT: 5}))
    assert cells.select("appointments", "appointments_gp", "rows").rows() == [(13, 13, 3)]


def test_an_absent_label_is_zero_and_an_absent_cell_is_absent() -> None:
    cells = measured(SUB_ICB, regional({COUNT: 4}))
    assert cells["appointments_dna"].to_list() == [0]
    assert cells.select("org_code", "month").rows() == [("04C", OCTOBER)]
    assert cells.null_count().sum_horizontal().item() == 0


def test_acc08_counts_exactly_eight_categories() -> None:
    contract = contracts()[PRACTICE]
    labels = list(contract.labels("national_category"))
    assert len(labels) == 19 and set(labels) >= ACC08
    for name in ("appointments_acc08_within_two_weeks", "appointments_acc08_interval_known"):
        assert set(contract.measures[name].where["national_category"]) == ACC08
    rows = [{CATEGORY: label, COUNT: 2**i} for i, label in enumerate(labels)]
    (cell,) = measured(PRACTICE, crosstab(*rows)).iter_rows(named=True)
    by_hand = sum(2**i for i, label in enumerate(labels) if label in ACC08)
    assert cell["appointments_acc08_within_two_weeks"] == by_hand
    assert cell["appointments_acc08_interval_known"] == by_hand
    assert cell["appointments"] == 2**19 - 1
    unmapped = [i for i, x in enumerate(labels) if x in ("Unmapped", "Inconsistent Mapping")]
    assert cell["appointments_unmapped"] == sum(2**i for i in unmapped)


@pytest.mark.parametrize("feed", [PRACTICE, SUB_ICB])
def test_which_intervals_are_within_two_weeks_and_which_are_known(feed: str) -> None:
    labels = list(contracts()[feed].labels("booking_interval"))
    build = crosstab if feed == PRACTICE else regional
    written = [x if x != "Unknown" else "Unknown / Data Issue" for x in labels]
    rows = [{TIME: text, COUNT: 10**i} for i, text in enumerate(written)]
    (cell,) = measured(feed, build(*rows)).iter_rows(named=True)
    assert labels[:4] == ["Same Day", "1 Day", "2 to 7 Days", "8 to 14 Days"]
    assert cell["appointments_same_day"] == 1
    assert cell["appointments_within_two_weeks"] == 1111
    assert cell["appointments_interval_known"] == 1111111
    if feed == PRACTICE:
        assert cell["appointments_acc08_within_two_weeks"] == 1111
        assert cell["appointments_acc08_interval_known"] == 1111111


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            COUNT: st.integers(0, 5),
            "APPT_STATUS": st.sampled_from(["Attended", "DNA", "Unknown"]),
            "HCP_TYPE": st.sampled_from(["GP", "Unknown"]),
            "APPT_MODE": st.sampled_from(["Telephone", "Unknown"]),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_digest_depends_on_content_not_order(rows: list[dict], chance: object) -> None:
    assert isinstance(chance, random.Random)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    cells = measured(SUB_ICB, regional(*rows))
    assert measured(SUB_ICB, regional(*shuffled)).equals(cells)
    assert cells["appointments"].to_list() == [sum(row[COUNT] for row in rows)]
    changed = [*rows[:-1], rows[-1] | {COUNT: rows[-1][COUNT] + 1}]
    assert measured(SUB_ICB, regional(*changed))["digest"][0] != cells["digest"][0]
    assert measured(SUB_ICB, regional(*rows, rows[0]))["digest"][0] != cells["digest"][0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # The same sums, made of other rows.
        ([{COUNT: 3}, {COUNT: 4, **DNA}], [{COUNT: 4}, {COUNT: 3, **DNA}]),
        ([{COUNT: 3}, {COUNT: 4}], [{COUNT: 2}, {COUNT: 5}]),
        ([{COUNT: 7}], [{COUNT: 3}, {COUNT: 4}]),
        # The same label in another column.
        ([{"HCP_TYPE": "Unknown"}], [{"APPT_STATUS": "Unknown"}]),
        ([{COUNT: 0}], [{COUNT: 0, "HCP_TYPE": "Unknown"}]),
    ],
)
def test_equal_sums_of_other_rows_have_another_digest(one: list[dict], other: list[dict]) -> None:
    first, second = measured(SUB_ICB, regional(*one)), measured(SUB_ICB, regional(*other))
    assert first["appointments"].to_list() == second["appointments"].to_list()
    assert first["digest"].to_list() != second["digest"].to_list()


def test_equal_content_has_an_equal_digest_in_either_spelling() -> None:
    today = measured(SUB_ICB, regional({TIME: "8  to 14 Days"}))
    drifted = measured(SUB_ICB, regional({TIME: "8 TO 14 days"}))
    renamed = measured(SUB_ICB, regional({TIME: "8  to 14 Days"}, ccg_era=True))
    assert today.equals(drifted) and today.equals(renamed)


def test_stocks_of_coverage_are_sums_of_one_row() -> None:
    cells = measured(COVERAGE, coverage({"Included Practices": 29, "Open Practices": 31}))
    assert cells.select("practices_included", "practices_open").rows() == [(29, 31)]
    assert not any(m.additive_over_time for m in contracts()[COVERAGE].measures.values())


def test_a_practice_with_several_suppliers_stays_one_practice() -> None:
    content = mapping(
        {"SUPPLIER": "TPP"},
        {"SUPPLIER": "EMIS"},
        {"SUPPLIER": "MEDICUS"},
        {"GP_CODE": "C82002", "PCN_CODE": "U", "PCN_NAME": "UNALLOCATED"},
    )
    cells = measured(MAPPING, content)
    assert cells.select("org_code", "rows").rows() == [("C82001", 3), ("C82002", 1)]
    seen = organisations(MAPPING, content)
    practices = seen.filter(pl.col("org_level") == "practice")
    assert practices.select("org_code", "pcn_code").sort("org_code").rows() == [
        ("C82001", "U12345"),
        ("C82002", None),
    ]
    assert seen.filter(pl.col("org_level") == "pcn")["org_code"].to_list() == ["U12345"]
    assert seen["month"].unique().to_list() == [OCTOBER]


def test_a_join_with_the_mapping_cannot_inflate() -> None:
    """The organisations of a mapping hold one row per practice, so joined counts stay."""
    places = organisations(MAPPING, mapping({"SUPPLIER": "TPP"}, {"SUPPLIER": "EMIS"}))
    cells = measured(PRACTICE, crosstab({COUNT: 10}, {COUNT: 5, "APPT_STATUS": "DNA"}))
    practices = places.filter(pl.col("org_level") == "practice")
    joined = cells.join(practices, on=["org_code", "month"])
    assert joined["appointments"].sum() == cells["appointments"].sum() == 15


def test_a_practice_that_moves_within_a_file_is_seen_in_both_places() -> None:
    content = crosstab(
        {"APPOINTMENT_MONTH_START_DATE": "01SEP2025", "SUB_ICB_LOCATION_CODE": "03W"}, {}
    )
    seen = organisations(PRACTICE, content).filter(pl.col("org_level") == "practice")
    assert seen.sort("month").select("month", "sub_icb_code").rows() == [
        (date(2025, 9, 1), "03W"),
        (OCTOBER, "04C"),
    ]


def test_a_feed_without_a_cell_cannot_be_measured() -> None:
    contract = contracts()[COVERAGE].model_copy(update={"reporting_unit": None})
    with pytest.raises(ValueError, match="names no organisation"):
        measure(pl.LazyFrame(), contract, OCTOBER)
