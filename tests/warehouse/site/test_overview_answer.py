"""The answer of the first page says no more than the judgements do."""

from datetime import date

import pytest

from warehouse.site.figure_line import FigureLine, newest_judged
from warehouse.site.overview_answer import answer, not_yet_words, verdicts

WORDS = {"white": "too few months", "grey": "no clear change"}


def line(
    colour: str, title: str = "A", status: str = "final", undecided: bool = False
) -> FigureLine:
    """A figure of which only the judgement matters; its change on the year is always large."""
    tag = (colour, "*", WORDS.get(colour, "a signal"))
    return FigureLine(
        f"kpi_{title}", title, f"kpis/{title}.html", "1", "March 2025", "-", "+50.0%", "-", status,
        tag, "", None, "", undecided, colour, "March 2025",
    )  # fmt: skip


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


def test_figures_with_a_signal_are_named() -> None:
    found = {one.colour: one for one in verdicts([line("green", "B"), line("grey"), line("white")])}
    assert [one.title for one in found["green"].named] == ["B"]
    assert (found["orange"].number, found["orange"].named) == (0, ())
    assert (found["grey"].number, found["grey"].named) == (1, ())
    assert found["white"].words == "not judged (1 too few months)"


def month(
    value: float | None, signal: str | None, variation: str | None = None
) -> dict[str, object]:
    """A period of a series."""
    when = date(2025, 3, 1)
    return {"month": when, "value": value, "signal": signal, "variation": variation}


def test_a_figure_counts_by_its_newest_month_that_is_judged() -> None:
    provisional, missing = month(1.0, None), month(None, "none")
    judged = month(1.0, "shift", "improvement")
    assert newest_judged([month(1.0, "none"), judged, missing, provisional]) == (
        "green",
        "March 2025",
    )
    assert newest_judged([month(1.0, "shift")])[0] == "blue"
    assert newest_judged([month(1.0, "none")])[0] == "grey"
    assert newest_judged([provisional]) == ("white", "")


def test_many_figures_with_a_signal_are_counted() -> None:
    [first, *_] = verdicts([line("green", str(number)) for number in range(7)])
    assert (first.number, first.named) == (7, ())


def test_provisional_figures_are_counted_with_those_outside_their_limits() -> None:
    assert not_yet_words([line("green")]) == "None is provisional."
    said = not_yet_words([line("grey"), line("grey", status="provisional", undecided=True)])
    assert (
        said.startswith("1 of 2 newest values are provisional") and "1 of them is outside" in said
    )
    assert "outside" not in not_yet_words([line("grey", status="provisional")])
