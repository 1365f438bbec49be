"""The answer on the first page: is access improving here, signal or noise, and can it be trusted.
Made from the verdicts on figures alone (`figure_line.verdict`); a percentage without a signal is no
answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.base.text import plural
from warehouse.site.figure_line import (
    CONCERN,
    IMPROVING,
    NEITHER,
    NO_CHANGE,
    NOT_JUDGED,
    TAGS,
    FigureLine,
)
from warehouse.statistics.point_words import NOT_JUDGED_YET

MANY = 6  # at most so many figures are named without opening anything
SIGNALS = (IMPROVING, CONCERN, NEITHER)
MEANINGS = {
    IMPROVING: "improving by more than chance",
    CONCERN: "a concern: worse by more than chance",
    NEITHER: "changed by more than chance, neither good nor bad in itself",
    NO_CHANGE: "no clear change",
    NOT_JUDGED: "not judged",
}
SIGNS = dict(TAGS.values())


@dataclass(frozen=True)
class SaidOfSome:
    """Figures of which the same may be said: colour, sign and words of it; `named`: those that are
    judged; `folded`: whether they stand in a part to open, for there are many, or no signal."""

    colour: str
    sign: str
    words: str
    number: int
    named: tuple[FigureLine, ...]
    folded: bool


def answer(lines: Sequence[FigureLine]) -> str:
    """Whether access is improving, in a sentence or two."""
    count = {colour: len(of(lines, colour)) for colour in MEANINGS}
    judged = len(lines) - count[NOT_JUDGED]
    if not lines:
        return "This cannot be said: there are no headline figures yet."
    if not judged:
        return "This cannot be said yet: no headline figure has enough months for a judgement."
    better, worse = count[IMPROVING], count[CONCERN]
    beyond = f"of {plural(judged, 'headline figure')} that can be judged"
    if better and worse:
        return f"Mixed: {beyond}, {better} improved and {worse} got worse by more than chance."
    if better:
        return f"In part: {beyond}, {better} improved by more than chance, and none got worse."
    if worse:
        return f"No: {beyond}, {worse} got worse by more than chance, and none improved."
    return (
        f"There is no clear sign of it: {beyond}, none improved or got worse by more than chance."
    )


def answer_of_place(lines: Sequence[FigureLine]) -> str:
    """The same for a page that does not list the headline figures, with the names of those that
    improved or got worse."""
    said = [answer(lines)]
    for colour, words in ((IMPROVING, "Improved"), (CONCERN, "Worse")):
        if named := [f"{one.title} ({one.judged_in})" for one in of(lines, colour)]:
            said.append(f"{words}: {'; '.join(named)}.")
    return " ".join(said)


def verdicts(lines: Sequence[FigureLine]) -> tuple[SaidOfSome, ...]:
    """The figures by what may be said of them; improvements and concerns also where there is
    none."""
    found = []
    for colour, words in MEANINGS.items():
        those = of(lines, colour)
        if those or colour in (IMPROVING, CONCERN):
            named = () if colour == NOT_JUDGED else tuple(those)
            folded = bool(named) and (colour not in SIGNALS or len(those) > MANY)
            why = f" ({_reasons(those)})" if colour == NOT_JUDGED else ""
            found.append(SaidOfSome(colour, SIGNS[colour], words + why, len(those), named, folded))
    return tuple(found)


def not_yet_words(lines: Sequence[FigureLine]) -> str:
    """What provisional figures mean for the answer."""
    provisional = [one for one in lines if one.status == "provisional"]
    if not provisional:
        return "None is provisional."
    sides = Counter(one.undecided for one in provisional)
    now = " and ".join(
        f"{sides[side]} {'is' if sides[side] == 1 else 'are'} {where}"
        for side, where in (("high", "above the upper limit"), ("low", "below the lower limit"))
        if sides[side]
    )
    return (
        f"{len(provisional)} of {len(lines)} newest values are provisional: they may be revised, "
        f"and are judged only once final; the answer goes by the newest month judged."
        + (f" Of them {now} now." if now else "")
    )


def _reasons(lines: Sequence[FigureLine]) -> str:
    """`12 provisional, 5 too few months`."""
    why = Counter(_reason(one.tag[2]) for one in lines)
    return ", ".join(f"{number} {reason}" for reason, number in why.most_common())


def _reason(words: str) -> str:
    brief = words.partition(" (")[0].partition(";")[0]
    return "provisional" if words == NOT_JUDGED_YET else brief


def of(lines: Sequence[FigureLine], colour: str) -> list[FigureLine]:
    """The figures of which this colour's words may be said."""
    return [one for one in lines if one.judged == colour]
