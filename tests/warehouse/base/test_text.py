"""Words for names that do not exist, for numbers of things, and for long lists."""

import pytest

from warehouse.base.text import and_list, begin_list, plural, unknown

PLACES = {"04C": "Leicester City", "03W": "East Leicestershire and Rutland"}


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("appointment", ["appointments", "patients"], "Did you mean appointments?"),
        ("04c", PLACES, "Did you mean 04C (Leicester City)?"),
        ("zzz", PLACES, "Known: 03W, 04C."),
        ("zzz", [f"name_{number}" for number in range(61)], ""),
        ("zzz", [], ""),
    ],
)
def test_an_unknown_name_suggests_the_nearest(name: str, known: list[str], said: str) -> None:
    assert unknown("KPI", name, known) == (f'Unknown KPI "{name}".', said)


def test_a_suggestion_has_its_title_if_there_is_one() -> None:
    assert unknown("table", "prices", {"price": "Prices", "pricing": ""})[1] == (
        "Did you mean price (Prices) or pricing?"
    )
    assert unknown("feed", "price", {"prices": object()})[1] == "Did you mean prices?"


def test_names_are_listed_with_and() -> None:
    told = [and_list(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])]
    assert told == ["", "a", "a and b", "a, b and c"]


def test_numbers_of_things_have_their_plural() -> None:
    assert (plural(1, "day"), plural(0, "day"), plural(1200, "row")) == (
        "1 day",
        "0 days",
        "1,200 rows",
    )


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("missing: a", "missing: a"),
        ("a; b; c", "a; b; c"),
        ("a; b; c; and 2 more: d, e. So it is.", "a; b; c; and 2 more: d, e. So it is."),
        ("a; b; c; d", "a; b; c; and 1 more"),
        ("a; b; c; d; and 1,000 more: e, f. So it is.", "a; b; c; and 1,001 more"),
    ],
)
def test_a_long_list_ends_with_how_many_more_there_are(text: str, short: str) -> None:
    assert begin_list(text, 3) == short


def test_a_name_is_known_by_its_title_too() -> None:
    asked = unknown("organisation", "Leicester Citty", PLACES)
    assert asked == (
        'Unknown organisation "Leicester Citty".',
        "Did you mean 04C (Leicester City)?",
    )
