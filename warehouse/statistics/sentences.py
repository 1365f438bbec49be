"""One sentence of a figure, for the terminal, exports and pages alike: value, change, what the
control chart makes of it, comparator, status and caveat. Pure; not here: where the facts come from
(`warehouse.mart.sentence_facts`).

A sentence never claims a change that the chart does not carry. The change on the year is
arithmetic, which no chart tests; a signal is of the month against the usual level, and says so. Of
a point that is judged and has none the words are "no clear change", however large the percentage
is; of one that is not judged they say why not; of what has no chart there are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from warehouse.base.number_format import (
    rounds_to_nothing,
    say_per_day,
    size_of_change,
    value_text,
)
from warehouse.base.text import plural
from warehouse.statistics.point_words import (
    PROVISIONAL,
    ChartedPoint,
    brief_point,
    brief_reason,
    point_in_words,
    words_on_limits,
)
from warehouse.statistics.sample_words import SampleLimits, sample_words
from warehouse.statistics.signals import NO_SIGNAL
from warehouse.statistics.target_words import TargetElsewhere, no_target_words, target_words

Judgement = Literal["clear_change", "unusual", "no_clear_change", "not_judged", "no_figure"]
COUNTED = ("events", "people", "organisations", "minutes", "fte")
# Titles that begin with a name, which keeps its capital within a sentence.
NAMES = (
    "Annex 1",
    "Capacity and Access",
    "Friends and Family",
    "Investment and Impact",
    "Pharmacy First",
)
WITHHELD = "it is withheld, because it is small or would disclose one that is"
ABSENT = {
    "held": "it is held until a person accepts it",
    "not_available": "it is not available",
    "not_applicable": "there is nothing to divide by",
    "incomplete": "it is incomplete",
}


@dataclass(frozen=True)
class Comparator:
    """A place beside which a figure stands. `value`: of a share, rate or mean; `change` and `ratio`
    of a count, whose value says nothing beside a part of it, with its own `chart`."""

    name: str
    value: float | None = None
    change: float | None = None
    ratio: float | None = None
    chart: ChartedPoint | None = None


@dataclass(frozen=True)
class WholeMonths:
    """Of a figure that is compared per working day: `change` and `ratio` of whole months, and the
    working days of both, where these differ."""

    change: float
    ratio: float
    days: int
    days_before: int


@dataclass(frozen=True)
class SentenceFacts:
    """All that a sentence is made of. `period`, `before`: the month, and the one a year earlier, in
    words; `per_working_day`: of counts of events and rates of them, of which `change` and `ratio`
    are per working day too, and those of `whole_months` are not; `chart`: None where there is none;
    `overdue`: days by which the next figures are; `sample_limits`: of the change, if it is a
    survey's."""

    place: str
    title: str
    unit: str
    period: str
    before: str
    value: float | None
    status: str = "final"
    status_reason: str | None = None
    per_working_day: float | None = None
    change: float | None = None
    ratio: float | None = None
    whole_months: WholeMonths | None = None
    chart: ChartedPoint | None = None
    comparator: Comparator | None = None
    target: float | None = None
    assurance: str | None = None
    elsewhere: TargetElsewhere | None = None
    caveat: str | None = None
    overdue: int = 0
    sample_limits: SampleLimits | None = None


def sentence(facts: SentenceFacts) -> str:
    """The figure in words: one sentence, and short ones after it for what stands beside it."""
    if facts.value is None:
        return " ".join([_no_figure(facts), *_after(facts)])
    brackets = f" ({said})" if (said := _in_brackets(facts)) else ""
    said = f"{_opening(facts)}: {change_words(facts)}{brackets}."
    return " ".join(filter(None, [said, _against(facts), *_beside(facts), *_after(facts)]))


def judgement(facts: SentenceFacts) -> Judgement:
    """What may be said of a figure: `clear_change` (a signal, in the direction in which it moved in
    the year, that was not there a year ago), `unusual` (any other signal), `no_clear_change`,
    `not_judged` (provisional, too few months, or no chart), `no_figure`."""
    chart, change = facts.chart, facts.change
    if facts.value is None:
        return "no_figure"
    if chart is None or chart.not_judged is not None:
        return "not_judged"
    if chart.signal == NO_SIGNAL:
        return "no_clear_change"
    moved = change is not None and chart.begun is None and not chart.as_a_year_before
    agrees = moved and change != 0 and (chart.direction == "high") == ((change or 0) > 0)
    return "clear_change" if agrees else "unusual"


def judgement_words(facts: SentenceFacts) -> str:
    """What the chart says, as people read it: `no clear change`, `unusually low, an improvement:
    below its lower limit`. It is of the month against its usual level, never of the year."""
    return "no figure" if facts.value is None else point_in_words(facts.chart)


def brief_judgement(facts: SentenceFacts) -> str:
    """The judgement for a table: `no clear change`, `improvement (shift)`, `rising (trend)`,
    `unusually high (shift)`, `not judged yet`, `too few months (3 of 8)`, `no chart`."""
    if facts.value is None:
        return "no figure"
    return brief_point(facts.chart, plain=judgement(facts) == "clear_change")


def change_words(facts: SentenceFacts) -> str:
    """The difference from a year before: `2.6% more a working day than in November 2024`, `0.4
    percentage points less than in November 2024`; or why there is none."""
    if facts.chart is not None and facts.chart.begun is not None:
        return f"not compared with {facts.before}: a new series began in {facts.chart.begun}"
    if facts.change is None:
        return f"no figure of {facts.before} to compare with"
    if facts.unit != "share" and facts.ratio is None:
        return f"after nought in {facts.before}"
    daily = " a working day" if facts.per_working_day is not None else ""
    return f"{_size(facts.unit, facts.change, facts.ratio, daily)} {facts.before}"


def whole_month_words(facts: SentenceFacts) -> str:
    """By how much the whole month differs, and why not by as much as a working day: `Counted by
    the month there are 10.3% more than in March 2024; the two differ because March 2025 had 21
    working days and March 2024 had 20.` Nothing where both had as many."""
    whole = facts.whole_months
    if whole is None or (facts.chart is not None and facts.chart.begun is not None):
        return ""
    size = _size(facts.unit, whole.change, whole.ratio, "")
    it_is = "there are" if facts.unit in COUNTED else "it is"
    days = plural(whole.days, "working day")
    return (
        f"Counted by the month {it_is} {size} {facts.before}; the two differ because "
        f"{facts.period} had {days} and {facts.before} had {whole.days_before}."
    )


def _size(unit: str, change: float, ratio: float | None, daily: str) -> str:
    if rounds_to_nothing(unit, change, ratio):
        about = "" if change == 0 else "about "
        return f"{about}{'as many' if unit in COUNTED else 'the same'}{daily} as in"
    way = "more" if change > 0 else "less"
    if unit not in COUNTED:
        way = {"more": "higher", "less": "lower"}[way]
    return f"{size_of_change(unit, change, ratio)} {way}{daily} than in"


def _opening(facts: SentenceFacts) -> str:
    assert facts.value is not None  # noqa: S101 - for types: the callers have asked
    title, said = within_a_sentence(facts.title), value_text(facts.value, facts.unit)
    daily = facts.per_working_day
    each = "" if daily is None else f", {say_per_day(daily, facts.unit)} a working day"
    if facts.unit not in COUNTED:
        return f"In {facts.period} {title} in {facts.place} came to {said}{each}"
    if facts.unit == "fte":
        return f"In {facts.period} {facts.place} had {said} FTE of {title.removesuffix(' (FTE)')}"
    minutes = title.removeprefix("minutes of ") if facts.unit == "minutes" else title
    what = f"minutes of {minutes}" if facts.unit == "minutes" else title
    return f"In {facts.period} {facts.place} had {said} {what}{each}"


def within_a_sentence(title: str) -> str:
    """A KPI's title after other words: `the share of ...`, `registered patients`, `NHS App ...`."""
    if title[1:2].isupper() or title.startswith(NAMES):
        return title
    small = title[0].lower() + title[1:]
    return f"the {small}" if small.startswith(("share ", "response rate", "utilisation")) else small


def _in_brackets(facts: SentenceFacts) -> str:
    """That the chart has no signal or does not judge, and the status, once each. A signal is of the
    month against its usual level, and has a sentence of its own."""
    quiet = facts.chart is not None and not facts.chart.has_signal
    judged = [judgement_words(facts)] if quiet else []
    why = facts.chart.not_judged if facts.chart is not None else None
    told = facts.status == "final" or (facts.status == "provisional" and why == PROVISIONAL)
    return "; ".join([*judged, *([] if told else [facts.status])])


def _against(facts: SentenceFacts) -> str:
    """A signal in a sentence: `Against its usual level, 4.8% (the mean of 24 months from September
    2022), it is unusually low, an improvement: below its lower limit.` Nothing without one."""
    chart = facts.chart
    if chart is None or not chart.has_signal:
        return ""
    said = point_in_words(chart)
    if chart.signal == "trend":
        return f"It is {said}."
    level = ""
    if chart.mean is not None and chart.since is not None:
        months = plural(chart.points, "month")
        level = f", {_mean_text(facts, chart.mean)} (the mean of {months} from {chart.since}),"
    return f"Against its usual level{level} it is {said}."


def _mean_text(facts: SentenceFacts, mean: float) -> str:
    """The mean as text, with as many decimals as tell it from the value."""
    if facts.per_working_day is not None:
        return f"{say_per_day(mean, facts.unit)} a working day"
    value = value_text(facts.value or 0.0, facts.unit)
    texts = (value_text(mean, facts.unit, digits) for digits in (1, 2, 3))
    return next((text for text in texts if text != value), value)


def _no_figure(facts: SentenceFacts) -> str:
    # A withheld figure has no reason but the rule: nothing else may be said of it.
    if facts.status == "suppressed":
        why = WITHHELD
    else:
        because = f" ({facts.status_reason})" if facts.status_reason else ""
        why = ABSENT.get(facts.status, "it is not available") + because
    title = within_a_sentence(facts.title)
    return f"There is no figure of {title} in {facts.place} for {facts.period}: {why}."


def _beside(facts: SentenceFacts) -> list[str]:
    found = [] if facts.chart is None else words_on_limits(facts.chart)
    found += filter(None, [whole_month_words(facts), *sample_words(facts.sample_limits)])
    if (other := facts.comparator) is not None:
        if other.value is not None:
            found.append(f"{other.name}: {value_text(other.value, facts.unit)}.")
        elif other.change is not None and other.ratio is not None:
            daily = " a working day" if facts.per_working_day is not None else ""
            size = _size(facts.unit, other.change, other.ratio, daily)
            found.append(f"{other.name}: {size} {facts.before}{_of_another(other)}.")
    if facts.target is not None:
        said = target_words(facts.target, facts.unit, facts.assurance)
        found.append(f"The target is {said}.")
    elif facts.elsewhere is not None:
        found.append(f"{no_target_words(facts.elsewhere)}.")
    return found


def _of_another(other: Comparator) -> str:
    """What the chart of a comparator says; why it is not judged in brief, as it is said before."""
    if other.chart is None:
        return ""
    if other.chart.not_judged is not None:
        return f" ({brief_reason(other.chart.not_judged)})"
    said = point_in_words(other.chart)
    if not other.chart.has_signal:
        return f" ({said})"
    return f"; {said}" if other.chart.signal == "trend" else f"; against its usual level {said}"


def _after(facts: SentenceFacts) -> list[str]:
    found = []
    if facts.value is not None:
        if facts.status == "disputed":
            found.append(f"Disputed: {_ended(facts.status_reason or 'accepted by a person')}")
        if facts.chart is not None and facts.chart.begun and facts.chart.because:
            found.append(f"New series: {_ended(facts.chart.because)}")
        elif facts.caveat:
            found.append(f"Caveat: {_ended(facts.caveat)}")
    if facts.overdue:
        days = "day" if facts.overdue == 1 else "days"
        found.append(f"The next figures are overdue by {facts.overdue:,} {days}.")
    return found


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
