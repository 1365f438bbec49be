"""How a verdict identifies an invalid row: file, row, heading, value, and remedy."""

from tests.checks.support_checks import (
    CLAIMS,
    PRACTICE,
    REFERRALS,
    brought,
    judged,
    one,
)
from tests.support import crosstab, long_claims, referrals
from warehouse.base.home import Home

MONTH, CODE, CHANNEL, SENT = "Month", "Practice code", "Referring channel", "Referrals sent"


def test_every_invalid_row_of_a_local_return_is_listed(home: Home) -> None:
    brought(home, referrals({}, {CODE: "C8200"}, {CODE: "C82002"}, {CODE: "c8203"}))
    found = one(judged(home, REFERRALS), "code_pattern", "practice_code")
    assert (found.verdict, found.failed_rows) == ("warn", 2)
    assert found.message == (
        "2 row(s) quarantined: "
        "row 3 of file1.csv: Practice code: found `C8200`, expected the ODS code of a practice; "
        "row 5 of file1.csv: Practice code: found `c8203`, expected the ODS code of a practice; "
        "check the code"
    )


def test_of_many_invalid_rows_the_first_five_are_listed(home: Home) -> None:
    brought(home, referrals({}, *({SENT: f"about {n}"} for n in range(7))))
    found = one(judged(home, REFERRALS), "count_whole", "sent")
    assert "row 7 of file1.csv: Referrals sent: found `about 4`" in found.message
    assert "row 8 " not in found.message
    assert "; and 2 more; correct the row" in found.message


def test_of_a_published_file_only_the_first_invalid_row_is_listed(home: Home) -> None:
    brought(home, crosstab({}, {"GP_CODE": "C8200"}, {"GP_CODE": "C8201"}))
    found = one(judged(home, PRACTICE), "code_pattern", "practice_code")
    assert found.message.startswith("2 row(s) quarantined, the first is row 3 of file1.csv; ")


def test_a_row_of_any_organisation_says_what_it_costs(home: Home) -> None:
    brought(home, referrals({}, {CODE: "C82002"}, {CODE: "C8200I"}))
    found = one(judged(home, REFERRALS), "cells_whole")
    assert (found.verdict, found.failed_rows) == ("warn", 2)
    assert found.message == (
        f"nothing of {found.edition} is published from this edition until row 4 is corrected, "
        "because the organisation may be any; these keep their last good figure, if an earlier "
        "edition has one"
    )


def test_a_row_of_a_known_organisation_costs_that_one_alone(home: Home) -> None:
    brought(home, referrals({}, {CODE: "C82002"}, {CODE: "C82002", SENT: "about 4"}))
    found = one(judged(home, REFERRALS), "cells_whole")
    assert found.failed_rows == 1
    assert "nothing of" not in found.message and found.message.startswith("these keep")


# Totals and months that a spreadsheet changed


def test_a_row_of_totals_warns_and_costs_no_figure(home: Home) -> None:
    totals = [{MONTH: "Total", SENT: 30}, {CHANNEL: "Grand total", SENT: 30}]
    brought(home, referrals({}, {CODE: "C82002"}, *totals, {MONTH: "", CODE: "", SENT: 30}))
    taken = judged(home, REFERRALS)
    found = one(taken, "total_row")
    assert (found.verdict, found.failed_rows, found.column_name) == ("warn", 3, None)
    assert "row 4 of file1.csv: Month: found `Total`" in found.message
    assert "row 5 of file1.csv: Referring channel: found `Grand total`" in found.message
    assert "row 6 of file1.csv" in found.message
    assert one(taken, "cells_whole").verdict == "pass"
    assert taken.state.verdict == "accepted"


def test_any_number_of_totals_only_warns(home: Home) -> None:
    brought(home, referrals({}, *({MONTH: "Total", SENT: n} for n in range(30))))
    taken = judged(home, REFERRALS)
    assert (one(taken, "total_row").failed_rows, taken.state.verdict) == (30, "accepted")


def test_a_month_changed_by_a_spreadsheet_is_reported_as_that(home: Home) -> None:
    brought(home, referrals({}, {MONTH: "25-Oct"}, {MONTH: "45931"}, {MONTH: "last"}))
    taken = judged(home, REFERRALS)
    mangled, unreadable = one(taken, "month_not_mangled"), one(taken, "month_readable")
    assert (mangled.verdict, mangled.failed_rows, mangled.column_name) == ("warn", 2, "month")
    assert mangled.observed == "`25-Oct`, `45931`"
    assert "row 4 of file1.csv: Month: found `45931`" in mangled.message
    assert (unreadable.failed_rows, unreadable.observed) == (1, "`last`")


# Keys that stand twice


def test_repeated_keys_name_their_rows(home: Home) -> None:
    brought(home, referrals({}, {CODE: "C82002"}, {SENT: 3}))
    taken = judged(home, REFERRALS)
    found = one(taken, "keys_unique")
    assert (found.verdict, found.failed_rows) == ("fail", 1)
    assert found.message == (
        "in file1.csv rows 2 and 4 have the same Month, Practice code, Referring channel "
        "(2025-10 | C82001 | PharmRefer); delete one of the rows, or correct the column in which "
        "they should differ"
    )
    assert taken.state.verdict == "held"


def test_of_many_repeated_keys_the_first_three_are_listed(home: Home) -> None:
    codes = [f"C8200{n}" for n in (4, 3, 2, 1)]
    brought(home, referrals(*({CODE: code} for code in codes * 7)))
    found = one(judged(home, REFERRALS), "keys_unique")
    first, second, third, _remedy = found.message.split("; ")
    assert "rows 2, 6, 10, 14, 18 and 2 more have the same" in first and "C82004" in first
    assert "C82003" in second and "C82002" in third


def test_repeated_claims_name_their_rows(home: Home) -> None:
    brought(home, long_claims({}, {"CONTENT_GROUP": "Essential Services"}, {}))
    found = one(judged(home, CLAIMS), "keys_unique")
    assert "rows 2 and 4 have the same month, pharmacy_code, service (2025-10 | FA001 |" in (
        found.message
    )
