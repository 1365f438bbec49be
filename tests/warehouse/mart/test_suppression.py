"""Disclosure control: what is hidden can't be found again, whatever the sums and whoever adds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.mart.suppression import Cell, protect

T = 5
A, B = ("sub_icb", "A"), ("sub_icb", "B")
ICB, REGION = ("icb", "I"), ("region", "R")


def practice(name: str) -> Cell:
    return ("practice", name)


def table(**practices: int) -> dict[Cell, int]:
    """Practices `a1`, `a2`, ... of sub-ICB A, `b1`, ... of B, and the wholes above them."""
    leaves = {practice(name): count for name, count in practices.items()}
    sums = {
        place: sum(n for (_, name), n in leaves.items() if name[0] == letter)
        for place, letter in ((A, "a"), (B, "b"))
    }
    total = sum(sums.values())
    return leaves | sums | {ICB: total, REGION: total}


def wholes(one: dict[Cell, int]) -> dict[Cell, tuple[Cell, ...]]:
    members = {
        place: tuple(c for c in one if c[0] == "practice" and c[1][0] == letter)
        for place, letter in ((A, "a"), (B, "b"))
    }
    return members | {ICB: (A, B), REGION: (A, B)}


def hidden(one: dict[Cell, int], threshold: int = T) -> set[str]:
    return {code for _, code in protect([one], wholes(one), threshold)}


def test_nothing_small_nothing_hidden() -> None:
    assert hidden(table(a1=5, a2=0, b1=7)) == set()


def test_one_small_figure_takes_the_next_smallest_with_it() -> None:
    assert hidden(table(a1=3, a2=10, a3=40, b1=90, b2=80)) == {"a1", "a2"}


def test_zero_is_shown_and_protects_no_other_figure() -> None:
    assert hidden(table(a1=3, a2=0, a3=40, b1=90, b2=80)) == {"a1", "a3"}


def test_two_small_ones_that_can_only_be_one_each_take_a_third() -> None:
    assert hidden(table(a1=1, a2=1, a3=40, b1=90, b2=80)) == {"a1", "a2", "a3"}


def test_the_only_practice_takes_its_place_and_the_next_place_with_it() -> None:
    assert hidden(table(a1=3, b1=9, b2=80)) == {"a1", "A", "B", "b1"}


def test_a_threshold_of_one_hides_nothing() -> None:
    assert hidden(table(a1=1, a2=1, b1=2), threshold=1) == set()


def test_what_is_small_in_one_edition_is_hidden_in_all() -> None:
    before, after = table(a1=3, a2=10, a3=40, b1=90), table(a1=6, a2=10, a3=40, b1=90)
    found = protect([before, after], wholes(before), T)
    assert found == protect([after, before], wholes(before), T)
    assert {practice("a1"), practice("a2")} <= found


def test_wholes_that_share_members_do_not_disclose_them_together() -> None:
    """Each sum has two hidden members, but the sums of a, b and c, d less those of a, c and b, d
    are of nothing else: with a fifth sum of a and d all four are known."""
    a, b, c, d = (practice(name) for name in "abcd")
    members = {("x", "1"): (a, b), ("x", "2"): (b, c), ("x", "3"): (a, c), ("x", "4"): (c, d)}
    one = {a: 4, b: 4, c: 4, d: 400}
    one |= {whole: sum(one[m] for m in inside) for whole, inside in members.items()}
    assert members.keys() & protect([one], members, T)


counts = st.integers(0, 12) | st.integers(13, 60)
names = st.sampled_from(["a1", "a2", "a3", "a4", "b1", "b2", "b3"])


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(names, counts, min_size=1))
def test_no_hidden_figure_can_be_estimated_to_within_the_threshold(found: dict[str, int]) -> None:
    one = table(**found)
    unseen = protect([one], wholes(one), T)
    for cell in unseen:
        if one[cell] > 0:
            low, high = bounds(cell, one, unseen)
            assert high is None or high - low >= T - 1, (cell, low, high)
    assert all(cell in unseen for cell, count in one.items() if 0 < count < T)


def bounds(cell: Cell, one: dict[Cell, int], unseen: set[Cell]) -> tuple[float, float | None]:
    """The lower and upper bound of a hidden figure that can be derived from all that is shown."""
    from scipy.optimize import linprog  # takes seconds, and workers that run other tests load this

    unknown = sorted(c for c in unseen if one[c] > 0)
    left, right = [], []
    for whole, members in wholes(one).items():
        line = [float(c in members) - float(c == whole) for c in unknown]
        if any(line):
            known = sum(one[m] for m in members if m not in unseen)
            left.append(line)
            right.append(float((one[whole] if whole not in unseen else 0) - known))
    ends: list[float | None] = []
    for sign in (1, -1):
        goal = [sign * float(c == cell) for c in unknown]
        found = linprog(goal, A_eq=left or None, b_eq=right or None, bounds=(1, None))
        ends.append(sign * found.fun if found.status == 0 else None)
        assert found.status in (0, 3), found.message
    assert ends[0] is not None
    return ends[0], ends[1]


@pytest.mark.parametrize("count", [1, 4])
def test_a_figure_that_stands_alone_is_hidden_alone(count: int) -> None:
    assert protect([{practice("p"): count}], {}, T) == {practice("p")}
