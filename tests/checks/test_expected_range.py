"""What a new month is expected to be: pure arithmetic on series made up, and on real ones."""

import re
from pathlib import Path

import numpy as np
import pytest

from checks.expected_range import LEAST, WITHOUT_SEASONS, CountTable
from tests.checks.backtest import alarms, found, read
from tests.checks.support_checks import real_file

SEASONS = (1.02, 1.0, 0.99, 0.97, 0.98, 0.96, 0.93, 0.9, 1.0, 1.15, 1.03, 0.85)
PLACES = 8


def series(months: int = 30, places: int = PLACES) -> np.ndarray:
    """Places of 10,000 and more a month that go with the seasons and stray by two per cent."""
    stray = np.random.default_rng(7).normal(0, 0.02, (places, months))
    level = 10_000 * (1 + np.arange(places))[:, None]
    return np.round(level * np.resize(SEASONS, months) * np.exp(stray))


def table(counts: np.ndarray, least: float = 1000) -> CountTable:
    """Places in two ICBs, months of twenty working days."""
    places = np.arange(len(counts))
    level_of = {"sub_icb": places, "icb": places % 2, "england": 0 * places}
    return CountTable(counts.copy(), [20.0] * counts.shape[1], level_of, ("england",), least)


def out(counts: np.ndarray, month: int = -1, **said: float) -> dict[str, list[int]]:
    """Level -> who is out of range in a month."""
    judged, at = table(counts, **said), month % counts.shape[1]
    return {
        level: [n for n, one in judged.ranges(level, at).items() if one.is_out]
        for level in judged.level_of
    }


NOBODY: dict[str, list[int]] = {"sub_icb": [], "icb": [], "england": []}


def test_a_third_missing_is_found_and_a_sound_month_is_not() -> None:
    counts = series()
    assert all(out(counts, month) == NOBODY for month in range(counts.shape[1]))
    counts[3, -1] *= 2 / 3
    assert out(counts)["sub_icb"] == [3]
    counts[3, -1] *= 3
    assert out(counts)["sub_icb"] == [3]


def test_the_expected_range_is_reported_in_counts() -> None:
    counts = series()
    sound = counts[3, -1]
    counts[3, -1] = 0.3 * sound
    one = table(counts).ranges("sub_icb", 29)[3]
    assert (one.found, one.bound) == (0.3 * sound, LEAST)
    assert one.expected == pytest.approx(sound, rel=0.1)
    assert one.low == pytest.approx(one.expected * np.exp(-LEAST))
    assert one.high == pytest.approx(one.expected * np.exp(LEAST))


def test_a_movement_that_all_share_is_no_surprise_until_it_is_one() -> None:
    counts = series()
    counts[:, -1] *= 0.85
    assert out(counts) == NOBODY
    counts[:, -1] *= 0.667 / 0.85
    assert out(counts) == {"sub_icb": list(range(PLACES)), "icb": [0, 1], "england": [0]}


def test_a_month_is_judged_by_its_working_days() -> None:
    counts = series()
    counts[:, -1] *= 0.7
    judged = table(counts)
    judged.days = [*judged.days[:-1], 14.0]
    assert not any(one.is_out for one in judged.ranges("england", 29).values())


def test_a_zero_is_out_and_an_absent_one_is_not_judged() -> None:
    counts = series()
    counts[2, -1], counts[3, -1] = 0, np.nan
    assert out(counts)["sub_icb"] == [2]
    assert 3 not in table(counts).ranges("sub_icb", 29)


def test_wholes_are_compared_on_members_that_both_months_have() -> None:
    counts = series()
    counts[7, -1] = np.nan
    assert out(counts) == NOBODY


def test_a_small_one_is_not_judged() -> None:
    counts = series()
    counts[0] /= 20
    counts[0, -1] = 0
    assert out(counts)["sub_icb"] == []
    assert out(counts, least=100)["sub_icb"] == [0]


def test_one_that_strays_much_has_a_wider_range() -> None:
    counts = series()
    counts[0] *= np.exp(np.random.default_rng(1).normal(0, 0.06, 30))
    assert table(counts).ranges("sub_icb", 29)[0].bound > LEAST


def test_a_level_once_accepted_is_no_surprise_a_month_later() -> None:
    counts = series()
    counts[5, -2:] *= 0.6
    assert out(counts, -2)["sub_icb"] == [5]
    assert out(counts, -1)["sub_icb"] == []


def test_what_was_held_is_not_compared_with() -> None:
    counts = series()
    counts[5, -2:] *= 0.6
    judged = table(counts)
    judged.forget("sub_icb", [5], 28)
    assert [n for n, one in judged.ranges("sub_icb", 29).items() if one.is_out] == [5]


def test_an_outage_a_year_before_does_not_hold_a_normal_month() -> None:
    counts = series()
    counts[4, -13] *= 0.4
    assert out(counts) == NOBODY


def test_two_months_before_are_enough_and_one_is_not() -> None:
    counts = series(3)
    counts[3, -1] *= 0.3
    assert out(counts)["sub_icb"] == [3]
    assert table(counts[:, 1:]).ranges("sub_icb", 1) == {}
    assert table(counts[:, 1:]).ranges("england", 1) == {}


def test_too_few_to_share_a_movement_are_judged_as_totals() -> None:
    counts = series(places=2)
    assert all(out(counts, month) == NOBODY for month in range(12, 30))
    counts[1, -1] *= 2 / 3
    assert out(counts)["sub_icb"] == [1]
    young = table(counts[:, -6:])
    assert young.ranges("sub_icb", 5)[1].bound == WITHOUT_SEASONS


def test_leicestershire_as_published_raises_no_alarm_and_a_third_missing_does(
    real_feeds: Path,
) -> None:
    llr = read(real_file(real_feeds, "**/Regional_CSV_LeicesterLshire_Nov25*.csv"))
    assert (len(llr.codes), len(llr.months)) == (3, 30)
    assert alarms(llr) == []
    for factor in (0.3, 0.667, 2.0):
        every = {level: (n, n) for level, n in (("sub_icb", 3), ("icb", 1), ("england", 1))}
        assert found(llr, factor, [29]) == every


def test_the_documents_state_the_bounds_in_force() -> None:
    text = (Path(__file__).parents[2] / "docs/decisions/0022-new-months.md").read_text("utf-8")
    told = {float(one) for one in re.findall(r"0\.\d+", text)}
    from checks.expected_range import MOST

    assert {LEAST, MOST, WITHOUT_SEASONS} <= told
