"""The sentences on how charts are judged say what the constants are."""

from warehouse.statistics import chart_options
from warehouse.statistics.method_words import method_words
from warehouse.statistics.signals import RULES


def test_the_sentences_say_the_constants_of_the_method() -> None:
    said = " ".join(method_words())
    for number in (
        f"{chart_options.LIMIT} mean moving ranges",
        f"{chart_options.SHIFT_POINTS} points in a row on one side",
        f"{chart_options.TREND_POINTS} in a row that all rise or all fall",
        f"fewer than {chart_options.JUDGED_POINTS} points",
        f"fewer than {chart_options.SETTLED_POINTS} are called trial limits",
    ):
        assert number in said
    # What stands in words: the outer third, half of the months, four rules.
    assert (chart_options.CLOSE, chart_options.UNSTABLE, len(RULES)) == (2 / 3, 0.5, 4)
