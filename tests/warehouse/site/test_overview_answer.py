"""The answer of the first page says no more than the judgements do."""

from dataclasses import replace

import pytest

from tests.warehouse.site.series_rows import row
from warehouse.site.figure_line import FigureLine, ThemePart, verdict
from warehouse.site.overview_answer import (
    answer,
    answer_of_place,
    not_yet_words,
    verdicts,
)
from warehouse.statistics.point_words import PROVISIONAL, ChartedPoint
from warehouse.statistics.sentences import SentenceFacts

WORDS = {"white": "too few months", "grey": "no clear change"}


def line(
    colour: str, title: str = "A", status: str = "final", undecided: str | None = None
) -> FigureLine:
    """A figure of which only the judgement matters; its change on the year is always large."""
    tag = (colour, "*", WORDS.get(colour, "a signal"))
    return FigureLine(
        f"kpi_{title}", title, f"kpis/{title}.html", "1", "March 2025", "-", "+50.0%", "-", status,
        tag, "", None, "", "", undecided, "March 2025",
    )  # fmt: skip


def test_a_caveat_of_several_figures_is_said_once() -> None:
    first, second = line("grey", "A"), line("grey", "B")
    both = [replace(one, caveat="A break.") for one in (first, second)]
    assert ThemePart("t", "T", tuple(both)).caveats == [("A break.", "")]
    assert ThemePart("t", "T", (both[0], second)).caveats == [("A break.", "A")]
    assert ThemePart("t", "T", (first, second)).caveats == []
    assert ThemePart("t", "T", (*both, *both, first)).caveats == [
        ("A break.", "4 of these figures"),
    ]


@pytest.mark.parametrize(
    ("colours", "begins"),
    [
        ([], "This cannot be said: there are no headline figures"),
        (["white", "white"], "This cannot be said yet"),
        (["grey", "white", "blue"], "There is no clear sign of it: of 2 headline figures"),
        (["green", "grey"], "In part: of 2 headline figures that can be judged, 1 improved"),
        (["orange", "grey", "white"], "No: of 2 headline figures that can be judged, 1 got worse"),
        (["orange", "green", "green"], "Mixed: of 3 headline figures"),
    ],
)
def test_the_answer_follows_the_judgements(colours: list[str], begins: str) -> None:
    said = answer([line(one) for one in colours])
    assert said.startswith(begins)
    assert "50" not in said


def test_a_place_says_which_figures_improved_and_which_got_worse() -> None:
    said = answer_of_place([line("green", "B"), line("orange", "C"), line("grey", "D")])
    assert said.startswith("Mixed: of 3 headline figures")
    assert said.endswith("Improved: B (March 2025). Worse: C (March 2025).")
    assert "Improved" not in answer_of_place([line("grey", "D")])


def test_figures_with_a_signal_are_named() -> None:
    found = {one.colour: one for one in verdicts([line("green", "B"), line("grey"), line("white")])}
    assert [one.title for one in found["green"].named] == ["B"]
    assert (found["orange"].number, found["orange"].named) == (0, ())
    assert not found["green"].folded
    grey = found["grey"]
    assert (grey.number, [one.title for one in grey.named], grey.folded) == (1, ["A"], True)
    assert found["white"].named == ()
    assert found["white"].words == "not judged (1 too few months)"


def facts(not_judged: str | None = PROVISIONAL) -> SentenceFacts:
    """The facts of a newest month that is not judged, or has no signal."""
    chart = ChartedPoint(not_judged=not_judged)
    return SentenceFacts("LLR", "A", "events", "March 2025", "March 2024", 10.0, chart=chart)


def test_a_verdict_is_of_the_newest_month_that_is_judged_and_names_it() -> None:
    better = row(13, 9.0, signal="shift", direction="high", variation="improvement")
    provisional = row(14, 9.0, signal=None, not_judged_because=PROVISIONAL)
    tag, month = verdict(facts(), [row(12, 9.0), better, provisional])
    assert tag == ("green", "▲", "improvement in Feb 2025; Mar 2025 provisional")
    assert month == "February 2025"
    missing = row(14, None)
    tag, _ = verdict(facts(), [row(12, 9.0), row(13, None), provisional, missing])
    assert tag == ("grey", "●", "no clear change in Jan 2025; Mar 2025 provisional")
    neither = row(13, 9.0, signal="shift", direction="low")
    tag, _ = verdict(facts(), [neither, row(14, 9.0, signal=None, not_judged_because="too few")])
    assert tag == ("blue", "◆", "unusually low in Feb 2025; Mar 2025 not judged")


def test_a_verdict_on_the_newest_month_needs_no_month() -> None:
    assert verdict(facts(None), [row(14, 9.0)]) == (("grey", "●", "no clear change"), "March 2025")


@pytest.mark.parametrize(("number", "counts"), [(8, True), (7, False)])
def test_a_verdict_does_not_count_for_more_than_six_months(number: int, counts: bool) -> None:
    provisional = row(14, 9.0, signal=None, not_judged_because=PROVISIONAL)
    tag, month = verdict(facts(), [row(number, 9.0), provisional])
    assert (tag[0] == "grey", month != "") == (counts, counts)
    if not counts:
        assert tag == ("white", "○", "not judged since Aug 2024; newer months provisional")


def test_a_figure_without_a_judged_month_says_why() -> None:
    few = row(14, 9.0, signal=None, not_judged_because="too few months (3 of 8)")
    assert verdict(facts("too few months (3 of 8)"), [few]) == (
        ("white", "○", "too few months (3 of 8)"), "",
    )  # fmt: skip


def test_many_figures_with_a_signal_are_folded() -> None:
    [first, *_] = verdicts([line("green", str(number)) for number in range(7)])
    assert (first.number, len(first.named), first.folded) == (7, 7, True)


def test_provisional_figures_are_counted_with_those_outside_their_limits() -> None:
    assert not_yet_words([line("green")]) == "None is provisional."
    waits = [line("grey", status="provisional", undecided=side) for side in ("high", "low", "low")]
    said = not_yet_words([line("grey"), *waits])
    assert said.startswith("3 of 4 newest values are provisional")
    assert said.endswith("Of them 1 is above the upper limit and 2 are below the lower limit now.")
    assert "limit" not in not_yet_words([line("grey", status="provisional")])
