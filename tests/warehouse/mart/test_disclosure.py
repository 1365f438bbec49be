"""Disclosure control of local returns: what is shown, and attempts to derive the rest.

Five practices of Leicester City and one each of the other two places refer. In July 2025 C82001
sent 3: that must not be disclosed.
"""

from itertools import product
from pathlib import Path

import pytest

from tests.support import referrals, write, write_list, write_text
from tests.warehouse.support_mart import Figure, Mart, build, choose
from tests.warehouse.worlds import listed
from tests.warehouse.worlds_pharmacy import returned
from warehouse.base.home import Home
from warehouse.mart.disclosure import WITHHELD
from warehouse.settings import Disclosure, read_settings

SENT, DONE = "pharmacy_first_referrals", "pharmacy_first_referrals_completed"
COUNT, SHARE = "pharmacy_first_referring_practices", "pharmacy_first_referring_practice_share"
LOCAL = (SENT, DONE, COUNT, SHARE)
SMALL, JULY = "C82001", "2025-07"
CITY = {SMALL: 20, "C82002": 30, "C82003": 40, "C82004": 50, "C82005": 60}
ELSEWHERE = {"C82101": ("03W", 70), "C82201": ("04V", 80)}
MONTHS = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
NUMBERS = (
    "value",
    "numerator",
    "denominator",
    "previous_year_value",
    "year_on_year_change",
    "year_on_year_ratio",
    "financial_ytd_value",
    "rolling_12_month_value",
    "first_reported_value",
)
# Further practices that may be seen: the first sent 3 a year before, and (sent, completed) in June.
COMPARED, LEAST = ("D81001", "D81002", "D81003", "D81004", "D81005"), "D81001"
DERIVED = {"E81001": (3, 0), "E81002": (31, 31), "E81003": (60, 20), "E81004": (70, 25)}


def sent(code: str, month: str) -> int:
    """What a practice sent: 3 of the small one in July, 1 more each month of the others."""
    if (code, month) == (SMALL, JULY):
        return 3
    first = CITY.get(code) or ELSEWHERE[code][1]
    return first + MONTHS.index(month) % 12


def files(folder: Path, *editions: str) -> list[Path]:
    """A patient list, and a return of the months until each edition."""
    where = dict.fromkeys(CITY, "04C") | {code: place for code, (place, _) in ELSEWHERE.items()}
    where |= dict.fromkeys(COMPARED, "06H") | dict.fromkeys(DERIVED, "06K")
    where |= {"F81001": "15E", "F81002": "05C"}
    lists = [listed(code, place, "2024-01-01", 1000) for code, place in where.items()]
    paths = [write_list(folder / "list.csv", *lists)]
    for edition in editions:
        rows = [
            returned(code, month, sent(code, month), sent(code, month) - 1)
            for code, month in product((*CITY, *ELSEWHERE), MONTHS)
            if month <= edition
        ]
        paths.append(write(folder / f"referrals-{edition}.csv", referrals(*rows)))
    return paths


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Practices may be seen, small numbers not."""
    root: Path = tmp_path_factory.mktemp("seen")
    home = choose(Home(root / "home"), practice_level=True, threshold=5)
    rows = [
        returned(code, f"{year}-07", 3 if (code, year) == (LEAST, 2024) else 60 + n)
        for n, code in enumerate(COMPARED)
        for year in (2024, 2025)
    ]
    rows += [returned(code, "2025-06", *counts) for code, counts in DERIVED.items()]
    more = write(root / "more.csv", referrals(*rows))
    return build(home, [*files(root / "files", "2025-08", "2025-12"), more])


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """An owner who has chosen nothing."""
    root: Path = tmp_path_factory.mktemp("usual")
    wrong = returned("C8200X", "2025-12", 4321)
    more = write(root / "more.csv", referrals(wrong, returned("C82009", "2025-12", 2)))
    few = [returned("F81001", "2025-10", 4), returned("F81002", "2025-10", 0)]
    places = write(root / "places.csv", referrals(*few))
    return build(Home(root / "home"), [*files(root / "files", "2025-12"), more, places])


def hidden(mart: Mart, kpi: str, month: str = JULY) -> dict[str, Figure]:
    rows = mart.rows(
        "SELECT * FROM kpi_monthly WHERE kpi_id = $kpi AND strftime(month, '%Y-%m') = $month "
        "AND status = 'suppressed'",
        kpi=kpi,
        month=month,
    )
    return {row["org_code"]: row for row in rows}


def test_a_small_number_and_the_next_smallest_are_suppressed(seen: Mart) -> None:
    found = hidden(seen, SENT)
    assert found.keys() == {SMALL, "C82002"}
    for row in found.values():
        shown = {name for name in NUMBERS if row[name] is not None}
        assert shown == {"previous_year_value"}, "July 2024 was not small"


def test_figures_that_use_the_small_number_are_suppressed(seen: Mart) -> None:
    assert hidden(seen, DONE).keys() == {SMALL, "C82002"}
    assert hidden(seen, COUNT) == {}, "how many practices take part says nothing of patients"
    assert seen.value(COUNT, "sub_icb", "04C", "2024-01") == 5


def test_other_figures_are_unchanged(seen: Mart) -> None:
    assert seen.value(SENT, "sub_icb", "04C", JULY) == 3 + sum(
        sent(code, JULY) for code in CITY if code != SMALL
    )
    assert seen.value(SENT, "practice", "C82003", JULY) == sent("C82003", JULY)
    shown = seen.figure(SENT, "practice", SMALL, "2025-03")
    assert (shown["value"], shown["status"]) == (22, "final")
    assert seen.value("registered_patients", "practice", SMALL, "2024-01") == 1000


def test_no_sum_over_time_contains_the_small_number(seen: Mart) -> None:
    """To-date and rolling values of any month whose span reaches July 2025 are not there."""
    for month, row in seen.figures(SENT, "practice", SMALL).items():
        if month >= JULY:
            assert row["financial_ytd_value"] is None, month
            assert row["rolling_12_month_value"] is None, month
    before = seen.figure(SENT, "practice", SMALL, "2025-06")
    assert before["financial_ytd_value"] == 23 + 24 + 25
    whole = seen.figure(SENT, "sub_icb", "04C", "2025-08")
    assert whole["rolling_12_month_value"] == sum(
        sent(code, month) for code in CITY for month in MONTHS[8:20]
    )


def test_no_comparison_contains_the_small_number(seen: Mart) -> None:
    """The year after compares with it: neither the former value nor the change is there."""
    row = seen.figure(SENT, "practice", LEAST, JULY)
    assert row["value"] == 60
    assert [row[name] for name in NUMBERS[3:6]] == [None, None, None]
    assert seen.figure(SENT, "sub_icb", "06H", JULY)["previous_year_value"] is not None


def test_no_vintage_contains_the_small_number(seen: Mart) -> None:
    assert seen.vintages(SENT, "practice", SMALL, JULY) == [
        ("2025-08", 1, None),
        ("2025-12", 1, None),
    ]
    rows = seen.rows(
        "SELECT * FROM kpi_vintage WHERE org_code = $code AND month = DATE '2025-07-01' "
        "AND kpi_id IN (SELECT unnest($kpis))",
        code=SMALL,
        kpis=[SENT, DONE],
    )
    assert rows and {(r["value"], r["numerator"], r["denominator"]) for r in rows} == {
        (None, None, None)
    }


def test_no_wide_view_contains_the_small_number(seen: Mart) -> None:
    [row] = seen.rows(
        "SELECT * FROM pharmacy_first_monthly WHERE org_code = $code AND month = DATE '2025-07-01'",
        code=SMALL,
    )
    assert (row[SENT], row[DONE]) == (None, None)


def test_the_small_number_cannot_be_derived_by_subtraction(seen: Mart) -> None:
    """Every place less the practices of it that are shown leaves two or more that are not."""
    parents = seen.rows(
        "SELECT DISTINCT org_code, sub_icb_code FROM organisation WHERE org_level = 'practice'"
    )
    left = {}
    for kpi, place in product((SENT, DONE), ("04C", "03W", "04V")):
        inside = [r["org_code"] for r in parents if r["sub_icb_code"] == place]
        practices = [seen.figures(kpi, "practice", code) for code in inside]
        for month, whole in seen.figures(kpi, "sub_icb", place).items():
            rows = [one[month] for one in practices if month in one]
            if whole["value"] is not None:
                left[kpi, month, place] = sum(r["status"] == "suppressed" for r in rows)
    assert [where for where, unseen in left.items() if unseen == 1] == []
    assert left[SENT, JULY, "04C"] >= 2


def test_networks_are_never_shown(seen: Mart) -> None:
    levels = seen.rows(
        "SELECT DISTINCT org_level FROM kpi_vintage WHERE kpi_id IN (SELECT unnest($k))",
        k=list(LOCAL),
    )
    assert {row["org_level"] for row in levels} == {"practice", "sub_icb", "icb"}


def test_practices_are_not_shown_unless_the_owner_allows_it(usual: Mart) -> None:
    for table in ("kpi_monthly", "kpi_vintage"):
        rows = usual.rows(
            f"SELECT DISTINCT org_level FROM {table} WHERE kpi_id IN (SELECT unnest($k))",
            k=list(LOCAL),
        )
        assert {row["org_level"] for row in rows} == {"sub_icb", "icb"}
    assert usual.value("registered_patients", "practice", SMALL, "2024-01") == 1000


def taken_apart(mart: Mart) -> list[Figure]:
    told = mart.rows(f"FROM explain('{SENT}', '04C', DATE '{JULY}-01')")
    return [row for row in told if row["section"] == "organisation"]


def test_explaining_a_sum_discloses_no_small_number(seen: Mart) -> None:
    cells = taken_apart(seen)
    assert {row["org_code"] for row in cells} == set(CITY)
    assert {row["org_code"] for row in cells if row["value"] is None} == {SMALL, "C82002"}


def test_explaining_a_sum_names_no_practice_unless_the_owner_allows_it(usual: Mart) -> None:
    [cell] = taken_apart(usual)
    assert (cell["organisations"], cell["value"], cell["org_code"]) == (len(CITY), None, None)
    assert "local return" in cell["text"]


def test_a_place_of_one_practice_is_that_practice(usual: Mart, seen: Mart) -> None:
    for kpi in (SENT, DONE):
        assert usual.figure(kpi, "sub_icb", "03W", "2025-03")["status"] == "suppressed"
    assert usual.figure(SENT, "sub_icb", "04C", "2025-03")["status"] == "final"
    assert seen.figure(SENT, "sub_icb", "03W", "2025-03")["status"] == "final"


def test_rows_of_a_return_that_were_not_accepted_are_not_quoted(usual: Mart) -> None:
    [row] = usual.rows(
        "SELECT * FROM governance.quarantine WHERE feed = 'pharmacy_first_referrals'"
    )
    assert (row["rule"], row["source_row"]) == ("code_pattern", 2)
    assert (row["found"], row["reason"], row["row_json"]) == (WITHHELD,) * 3
    for table in ("check_result", "edition", "quarantine"):
        for record in usual.rows(f"SELECT * FROM governance.{table}"):
            assert "4321" not in str(record.values()), table


def test_small_numbers_of_places_are_hidden_too(usual: Mart) -> None:
    assert usual.figure(SENT, "sub_icb", "15E", "2025-10")["status"] == "suppressed"
    assert usual.value(SENT, "sub_icb", "05C", "2025-10") == 0


def test_a_small_number_cannot_be_derived_from_another_measure(seen: Mart) -> None:
    """06K sent 34 without E81003. With 31 of E81002's completed, E81001 can have sent
    3 at most."""
    unseen = hidden(seen, SENT, "2025-06").keys()
    assert unseen == hidden(seen, DONE, "2025-06").keys() >= {"E81001", "E81002"}
    assert seen.value(DONE, "practice", "E81004", "2025-06") == 25


def test_choices_are_the_owners(home: Home) -> None:
    assert read_settings(home).disclosure == Disclosure(practice_level=False, threshold=5)
    choose(home, practice_level=True, threshold=8)
    assert read_settings(home).disclosure == Disclosure(practice_level=True, threshold=8)
    write_text(home.settings, "")
    assert read_settings(home).disclosure.threshold == 5


def test_the_home_of_another_icb_shows_its_figures_and_those_it_chooses(home: Home) -> None:
    assert [(one.level, one.code, one.name) for one in read_settings(home).headlines] == [
        ("icb", "QK1", "LLR"),
        ("sub_icb", "04C", "Leicester City"),
        ("local_authority", "E06000016", "Leicester City"),
    ]
    write_text(home.settings, "place: QHM\n")
    assert [one.code for one in read_settings(home).headlines] == ["QHM"]
    write_text(home.settings, "place: QHM\nheadline_places: [{level: sub_icb, code: 84H}]\n")
    assert [one.code for one in read_settings(home).headlines] == ["84H"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("disclosure: {treshold: 5}", "`disclosure.treshold`"),
        ("disclosure: {threshold: many}", "found 'many'"),
        ("disclosure: {threshold: 0}", "`disclosure.threshold`"),
        ("disclosure: [", "not readable as YAML"),
        ("place: Leicester", "`place`"),
        ("headline_places: [{level: city, code: 04C}]", "`headline_places.0.level`"),
        ("headline_places: [{level: icb}]", "`headline_places:` (a list of"),
    ],
)
def test_a_choice_that_is_none_is_refused(home: Home, text: str, told: str) -> None:
    write_text(home.settings, text)
    with pytest.raises(ValueError, match=r"settings\.yaml") as error:
        read_settings(home)
    assert told in str(error.value)
