"""Checks of rows: when invalid rows hold an edition, and the texts of their verdicts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.check_catalogue import check_of
from tests.checks.support_checks import (
    SUB_ICB,
    brought,
    judged,
    one,
)
from tests.support import regional
from warehouse.base.home import Home
from warehouse.transform.conform import ROW_RULES

COUNT, AREA, MONTH = "COUNT_OF_APPOINTMENTS", "SUB_ICB_LOCATION_CODE", "APPOINTMENT_MONTH"


def with_broken(home: Home, broken: int, of_rows: int) -> str:
    rows: list[dict[str, object]] = [{COUNT: "x"}] * broken + [{}] * (of_rows - broken)
    brought(home, regional(*rows))
    return one(judged(home, SUB_ICB), "count_whole").verdict


@pytest.mark.parametrize(
    ("broken", "rows", "expected"),
    [
        (0, 100, "pass"),
        (1, 10_000, "warn"),
        (19, 25, "warn"),
        (20, 400, "warn"),
        (20, 399, "fail"),
        (501, 10_000, "fail"),
    ],
)
def test_few_broken_rows_warn_and_many_hold(
    home: Home, broken: int, rows: int, expected: str
) -> None:
    check = check_of("count_whole", SUB_ICB)
    assert (check.threshold, check.least) == (0.05, 20)
    assert with_broken(home, broken, rows) == expected


def test_a_row_verdict_names_value_file_row_and_remedy(home: Home) -> None:
    content = regional({AREA: "03W"}, {AREA: "03W", "HCP_TYPE": "Nurse"})
    brought(home, regional(), content)
    found = one(judged(home, SUB_ICB), "label_known", "hcp_type")
    assert (found.observed, found.failed_rows, found.total_rows) == ("`Nurse`", 1, 3)
    assert found.message == (
        "1 row(s) quarantined, the first is row 3 of file2.csv; "
        "if the publisher has added a label, list it in the feed's contract"
    )


def test_a_passed_check_reports_what_it_found(home: Home) -> None:
    brought(home, regional({COUNT: 3}, {COUNT: 5}))
    taken = judged(home, SUB_ICB)
    assert one(taken, "count_not_negative").observed == "the smallest is 3"
    assert one(taken, "label_known", "hcp_type").observed == "1 distinct value(s), all as expected"
    assert one(taken, "rows_accepted").observed == "2 of 2"


def test_blank_values_break_value_present_and_never_pass(home: Home) -> None:
    content = regional({}, {AREA: "  "}, {}).replace(b",Same Day,", b',"",', 1)
    brought(home, content)
    taken = judged(home, SUB_ICB)
    assert one(taken, "value_present", "sub_icb_code").verdict == "warn"
    assert one(taken, "value_present", "booking_interval").verdict == "warn"


ODD = st.sampled_from(
    ["", " ", '"', "x", "-1", " -1", "1.5", "1,234", "99999999999999999999", "JAN2019", "GP", "04C"]
)
ODD_ROW = st.dictionaries(
    st.sampled_from([AREA, MONTH, COUNT, "APPT_STATUS", "HCP_TYPE"]), ODD, max_size=2
)


@settings(max_examples=8, deadline=None)
@given(st.lists(ODD_ROW, min_size=1, max_size=12))
def test_whatever_is_quarantined_never_passes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict]
) -> None:
    """The expectation sees what the row rules saw: no quarantined row under a verdict `pass`."""
    home = Home(tmp_path_factory.mktemp("odd") / "home")
    brought(home, regional({}, *rows))
    taken = judged(home, SUB_ICB)
    (facts,) = taken.facts
    broken = {(b.rule, b.column): b.rows for b in facts.broken}
    told = {(r.rule, r.column_name or "overflow"): r for r in taken.results}
    for key, count in broken.items():
        assert (told[key].verdict, told[key].failed_rows) == ("warn", count)
    assert facts.rows + facts.quarantined == len(rows) + 1
    for key, result in told.items():
        assert key[0] not in ROW_RULES or key in broken or result.verdict == "pass"
