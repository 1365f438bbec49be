"""Sentences: what they say case by case, and that they never claim a change without a signal."""

import re
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.kpi.catalogue import catalogue
from warehouse.statistics.chart_options import JUDGED_POINTS
from warehouse.statistics.control_chart import (
    POLARITIES,
    control_chart,
    not_judged_because,
    variation,
)
from warehouse.statistics.point_words import (
    PROVISIONAL,
    SIGNALS,
    ChartedPoint,
    brief_reason,
    signal_words,
    unstable_words,
)
from warehouse.statistics.sentences import (
    Comparator,
    SentenceFacts,
    WholeMonths,
    brief_judgement,
    judgement,
    judgement_words,
    sentence,
    within_a_sentence,
)
from warehouse.statistics.signals import RULES
from warehouse.statistics.target_words import TargetElsewhere

QUIET = ChartedPoint("none", variation="common_cause")
WAITS = ChartedPoint(not_judged=PROVISIONAL)
FEW = ChartedPoint(not_judged="too few months (3 of 8)")
HIGH = ChartedPoint("outside_limits", "high", "improvement")
LOW = ChartedPoint("shift", "low", "improvement")
USUAL = {"points": 24, "since": "April 2022"}
COUNT = SentenceFacts(
    place="Leicester City",
    title="GP appointments",
    unit="events",
    period="November 2025",
    before="November 2024",
    value=233877.0,
    per_working_day=11693.85,
    change=296.4,
    ratio=0.026,
    chart=QUIET,
)
SHARE = replace(
    COUNT,
    title="Share of appointments face to face",
    unit="share",
    value=0.719,
    per_working_day=None,
    change=-0.004,
    ratio=-0.0055,
)
DNA = replace(SHARE, title="Share of appointments not attended (DNA)", value=0.042, change=-0.01)
RATE = replace(
    SHARE, title="NHS App log-ins per 1,000 patients", unit="rate_per_1000", value=812.34, ratio=0.1
)
FTE = replace(RATE, title="Clinical pharmacists (FTE)", unit="fte", value=65.6, change=3, ratio=0.1)
NONE = {"value": None, "change": None, "ratio": None, "chart": None}

CASES: dict[str, tuple[SentenceFacts, str]] = {
    "a count, provisional": (
        replace(COUNT, status="provisional", chart=WAITS),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024 (not judged yet: provisional until more months "
        "are published).",
    ),
    "a share without a comparator": (
        SHARE,
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.4 percentage points lower than in November 2024 (no clear change).",
    ),
    "a share with England and a target": (
        replace(
            SHARE,
            comparator=Comparator("England", value=0.652),
            target=0.7,
            assurance="hit_or_miss",
        ),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.4 percentage points lower than in November 2024 (no clear change). England: 65.2%. The "
        "target is 70.0%: chance decides whether a month meets it.",
    ),
    "a share whose target is of others": (
        replace(
            SHARE, elsewhere=TargetElsewhere("70.0%", "national", "networks", "in 2023/24", True)
        ),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.4 percentage points lower than in November 2024 (no clear change). No target applies: "
        "the national target, 70.0%, was for networks in 2023/24.",
    ),
    "a share that is not the one that has the target": (
        replace(
            SHARE,
            elsewhere=TargetElsewhere(
                "70.0%", "local", "sub-ICBs", "from April 2025 on", False, "Share seen"
            ),
        ),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.4 percentage points lower than in November 2024 (no clear change). No target applies: "
        'the local target of "Share seen", 70.0%, is for sub-ICBs from April 2025 on.',
    ),
    "a count beside England's change": (
        replace(COUNT, comparator=Comparator("England", change=90.0, ratio=0.013, chart=QUIET)),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024 (no clear change). England: 1.3% more a working "
        "day than in November 2024 (no clear change).",
    ),
    "a count beside England's change, both provisional": (
        replace(
            COUNT,
            status="provisional",
            chart=WAITS,
            comparator=Comparator("England", change=90.0, ratio=0.013, chart=WAITS),
        ),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024 (not judged yet: provisional until more months "
        "are published). England: 1.3% more a working day than in November 2024 (not judged yet).",
    ),
    "a count of which England has no chart": (
        replace(COUNT, comparator=Comparator("England", change=90.0, ratio=0.013)),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024 (no clear change). England: 1.3% more a working "
        "day than in November 2024.",
    ),
    "limits of which a part is disputed": (
        replace(SHARE, chart=replace(QUIET, points=24, disputed_points=2)),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.4 percentage points lower than in November 2024 (no clear change). Of the 24 months "
        "that give its limits 2 are disputed.",
    ),
    "trial limits, no signal": (
        replace(SHARE, chart=replace(QUIET, few_points=True)),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.4 percentage points lower than in November 2024 (no clear change, by trial limits).",
    ),
    "lower is better": (
        replace(DNA, chart=replace(LOW, mean=0.048, **USUAL)),
        "In November 2025 the share of appointments not attended (DNA) in Leicester City came to "
        "4.2%: 1.0 percentage points lower than in November 2024. Against its usual level, 4.8% "
        "(the mean of 24 months from April 2022), it is unusually low, an improvement: in a run of "
        "seven months or more below its mean.",
    ),
    "a signal, and about the same as a year before": (
        replace(
            DNA,
            change=0.0001,
            chart=ChartedPoint("outside_limits", "low", "improvement", mean=0.0421, **USUAL),
        ),
        "In November 2025 the share of appointments not attended (DNA) in Leicester City came to "
        "4.2%: about the same as in November 2024. Against its usual level, 4.21% (the mean of 24 "
        "months from April 2022), it is unusually low, an improvement: below its lower limit.",
    ),
    "a signal of a count": (
        replace(COUNT, chart=replace(HIGH, mean=11204.4, **USUAL)),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024. Against its usual level, 11,204 a working day "
        "(the mean of 24 months from April 2022), it is unusually high, an improvement: above its "
        "upper limit.",
    ),
    "a signal of a figure that is disputed": (
        replace(DNA, chart=LOW, status="disputed", status_reason="seen"),
        "In November 2025 the share of appointments not attended (DNA) in Leicester City came to "
        "4.2%: 1.0 percentage points lower than in November 2024 (disputed). Against its usual "
        "level it is unusually low, an improvement: in a run of seven months or more below its "
        "mean. Disputed: seen.",
    ),
    "limits that are not stable": (
        replace(
            COUNT, chart=ChartedPoint("outside_limits", "high", **{**USUAL, "own_signals": 21})
        ),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024. Against its usual level it is unusually high: "
        "above its upper limit. Its limits are not stable: 21 of the 24 months that gave them are "
        "themselves signals, so it was changing all along.",
    ),
    "lower is better, and it is higher": (
        replace(DNA, change=0.01, chart=ChartedPoint("outside_limits", "high", "concern")),
        "In November 2025 the share of appointments not attended (DNA) in Leicester City came to "
        "4.2%: 1.0 percentage points higher than in November 2024. Against its usual level it is "
        "unusually high, a concern: above its upper limit.",
    ),
    "a neutral KPI": (
        replace(RATE, change=70.0, chart=ChartedPoint("trend", "high", "neutral_high")),
        "In November 2025 NHS App log-ins per 1,000 patients in Leicester City came to 812.3: "
        "10.0% higher than in November 2024. It is rising: in a run of seven months or more, each "
        "higher than the one before.",
    ),
    "a trend on the other side of the mean": (
        replace(DNA, chart=ChartedPoint("trend", "low", "improvement", mean=0.04, **USUAL)),
        "In November 2025 the share of appointments not attended (DNA) in Leicester City came to "
        "4.2%: 1.0 percentage points lower than in November 2024. It is falling, an improvement: "
        "in a run of seven months or more, each lower than the one before.",
    ),
    "a signal that says nothing of the year": (
        replace(SHARE, chart=HIGH),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.4 percentage points lower than in November 2024. Against its usual level it is "
        "unusually high, an improvement: above its upper limit.",
    ),
    "a signal that comes every year": (
        replace(COUNT, chart=replace(HIGH, as_a_year_before=True)),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024. Against its usual level it is unusually high, "
        "an improvement: above its upper limit, as a year before.",
    ),
    "a count beside England's signal": (
        replace(COUNT, comparator=Comparator("England", change=90.0, ratio=0.013, chart=HIGH)),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024 (no clear change). England: 1.3% more a working "
        "day than in November 2024; against its usual level unusually high, an improvement: above "
        "its upper limit.",
    ),
    "trial limits": (
        replace(FTE, chart=replace(HIGH, few_points=True)),
        "In November 2025 Leicester City had 65.6 FTE of clinical pharmacists: 10.0% more than in "
        "November 2024. Against its usual level it is unusually high, an improvement: above its "
        "upper limit, by trial limits.",
    ),
    "too few months": (
        replace(FTE, change=None, ratio=None, chart=FEW),
        "In November 2025 Leicester City had 65.6 FTE of clinical pharmacists: no figure of "
        "November 2024 to compare with (not judged: too few months (3 of 8)).",
    ),
    "provisional, and above the limits": (
        replace(SHARE, status="provisional", chart=replace(WAITS, undecided="high")),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.4 percentage points lower than in November 2024 (not judged yet: provisional until more "
        "months are published). It is above its upper limit, which is a signal only if it still is "
        "once it is final.",
    ),
    "provisional, and below the limits": (
        replace(DNA, status="provisional", chart=replace(WAITS, undecided="low")),
        "In November 2025 the share of appointments not attended (DNA) in Leicester City came to "
        "4.2%: 1.0 percentage points lower than in November 2024 (not judged yet: provisional "
        "until more months are published). It is below its lower limit, which is a signal only if "
        "it still is once it is final.",
    ),
    "a month with more working days": (
        replace(COUNT, whole_months=WholeMonths(17000.0, 0.078, 21, 20)),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: 2.6% "
        "more a working day than in November 2024 (no clear change). Counted by the month there "
        "are 7.8% more than in November 2024; the two differ because November 2025 had 21 working "
        "days and November 2024 had 20.",
    ),
    "a rate of a month with fewer working days": (
        replace(RATE, per_working_day=40.617, whole_months=WholeMonths(-0.4, -0.04, 19, 21)),
        "In November 2025 NHS App log-ins per 1,000 patients in Leicester City came to 812.3, "
        "40.62 a working day: 10.0% lower a working day than in November 2024 (no clear change). "
        "Counted by the month it is 4.0% lower than in November 2024; the two differ because "
        "November 2025 had 19 working days and November 2024 had 21.",
    ),
    "a new series of months with other working days": (
        replace(
            COUNT,
            whole_months=WholeMonths(17000.0, 0.078, 21, 20),
            chart=replace(QUIET, begun="April 2025"),
        ),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: not "
        "compared with November 2024: a new series began in April 2025 (no clear change).",
    ),
    "no chart": (
        replace(FTE, chart=None),
        "In November 2025 Leicester City had 65.6 FTE of clinical pharmacists: 10.0% more than in "
        "November 2024.",
    ),
    "no chart, provisional": (
        replace(FTE, chart=None, status="provisional"),
        "In November 2025 Leicester City had 65.6 FTE of clinical pharmacists: 10.0% more than in "
        "November 2024 (provisional).",
    ),
    "provisional, and too few months": (
        replace(FTE, chart=FEW, status="provisional"),
        "In November 2025 Leicester City had 65.6 FTE of clinical pharmacists: 10.0% more than in "
        "November 2024 (not judged: too few months (3 of 8); provisional).",
    ),
    "a new series": (
        replace(RATE, chart=replace(QUIET, begun="April 2025", because="A new login. (A. Person)")),
        "In November 2025 NHS App log-ins per 1,000 patients in Leicester City came to 812.3: not "
        "compared with November 2024: a new series began in April 2025 (no clear change). New "
        "series: A new login. (A. Person).",
    ),
    "nought": (
        replace(COUNT, value=0.0, per_working_day=0.0, change=-5.0, ratio=-1.0),
        "In November 2025 Leicester City had 0 GP appointments, 0.0 a working day: 100.0% less a "
        "working day than in November 2024 (no clear change).",
    ),
    "a rate of events": (
        replace(RATE, per_working_day=40.617, comparator=Comparator("England", value=790.0)),
        "In November 2025 NHS App log-ins per 1,000 patients in Leicester City came to 812.3, "
        "40.62 a working day: 10.0% lower a working day than in November 2024 (no clear change). "
        "England: 790.0.",
    ),
    "after nought": (
        replace(COUNT, change=5.0, ratio=None),
        "In November 2025 Leicester City had 233,877 GP appointments, 11,694 a working day: "
        "after nought in November 2024 (no clear change).",
    ),
    "about the same": (
        replace(SHARE, change=-0.0004),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "about the same as in November 2024 (no clear change).",
    ),
    "the same": (
        replace(COUNT, change=0.0, ratio=0.0, per_working_day=None),
        "In November 2025 Leicester City had 233,877 GP appointments: as many as in November 2024 "
        "(no clear change).",
    ),
    "disputed by an override": (
        replace(SHARE, status="disputed", status_reason="2025-11 accepted by A. Person: seen"),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.4 percentage points lower than in November 2024 (no clear change; disputed). Disputed: "
        "2025-11 accepted by A. Person: seen.",
    ),
    "a survey, within what a sample may show": (
        replace(SHARE, chart=None, change=-0.001, sample_limits=(-0.0221, 0.0202)),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "0.1 percentage points lower than in November 2024. A sample may show that much by chance: "
        "at 95% the change is between -2.2 pp and +2.0 pp, a little more for the weights of the "
        "survey.",
    ),
    "a survey, beyond it": (
        replace(SHARE, chart=None, change=0.05, sample_limits=(0.029, 0.071)),
        "In November 2025 the share of appointments face to face in Leicester City came to 71.9%: "
        "5.0 percentage points higher than in November 2024. Of a sample: at 95% the change is "
        "between +2.9 pp and +7.1 pp, a little more for the weights of the survey.",
    ),
    "a caveat, and overdue": (
        replace(RATE, caveat="More practices report each month.", overdue=12),
        "In November 2025 NHS App log-ins per 1,000 patients in Leicester City came to 812.3: "
        "10.0% lower than in November 2024 (no clear change). Caveat: More practices report each "
        "month. The next figures are overdue by 12 days.",
    ),
    "suppressed": (
        replace(COUNT, **NONE, status="suppressed", status_reason="a small number", target=4.0),
        "There is no figure of GP appointments in Leicester City for November 2025: it is "
        "withheld, because it is small or would disclose one that is.",
    ),
    "held": (
        replace(COUNT, **NONE, status="held", status_reason="a third of October"),
        "There is no figure of GP appointments in Leicester City for November 2025: it is held "
        "until a person accepts it (a third of October).",
    ),
    "overdue and not there": (
        replace(SHARE, **NONE, status="not_available", overdue=1),
        "There is no figure of the share of appointments face to face in Leicester City for "
        "November 2025: it is not available. The next figures are overdue by 1 day.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_sentence_says(case: str) -> None:
    facts, said = CASES[case]
    assert sentence(facts) == said


@pytest.mark.parametrize(
    ("facts", "judged"),
    [
        (COUNT, "no_clear_change"),
        (replace(COUNT, chart=HIGH), "clear_change"),
        (replace(SHARE, chart=HIGH), "unusual"),
        (replace(COUNT, chart=replace(HIGH, begun="May 2025")), "unusual"),
        (replace(COUNT, change=None, ratio=None, chart=HIGH), "unusual"),
        (replace(COUNT, chart=None), "not_judged"),
        (replace(COUNT, chart=FEW), "not_judged"),
        (replace(COUNT, chart=WAITS), "not_judged"),
        (replace(COUNT, value=None), "no_figure"),
    ],
)
def test_the_judgement_is_the_charts(facts: SentenceFacts, judged: str) -> None:
    assert judgement(facts) == judged


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (COUNT, "no clear change"),
        (replace(COUNT, chart=HIGH), "improvement (above limits)"),
        (replace(DNA, chart=LOW), "improvement (shift)"),
        (
            replace(COUNT, chart=ChartedPoint("trend", "high", "neutral_high")),
            "rising (trend)",
        ),
        (
            replace(COUNT, chart=ChartedPoint("shift", "high", "neutral_high")),
            "unusually high (shift)",
        ),
        (
            replace(SHARE, chart=ChartedPoint("trend", "high", "concern")),
            "rising, concern (trend)",
        ),
        (replace(SHARE, chart=HIGH), "unusually high, improvement (above limits)"),
        (replace(COUNT, chart=None), "no chart"),
        (replace(COUNT, chart=FEW), "too few months (3 of 8)"),
        (replace(COUNT, chart=WAITS), "not judged yet"),
        (replace(COUNT, value=None), "no figure"),
    ],
)
def test_a_table_has_the_judgement_in_a_few_words(facts: SentenceFacts, said: str) -> None:
    assert brief_judgement(facts) == said


def test_a_suppressed_figure_has_nothing_but_its_name() -> None:
    """Whatever else is known of it, nothing of that is said."""
    told = replace(
        COUNT,
        value=None,
        status="suppressed",
        status_reason="4",
        chart=HIGH,
        comparator=Comparator("England", value=0.3),
        target=0.4,
        assurance="passing",
        caveat="Five.",
    )
    digits = re.sub("November 2025", "", sentence(told))
    assert not re.search(r"\d|Five|England|target|limit", digits)


def test_every_signal_has_words() -> None:
    assert set(SIGNALS) == {(rule, side) for rule in RULES for side in ("high", "low")}
    assert signal_words("none", None) == "no clear change"
    assert signal_words(None, None) == "-"
    assert signal_words(None, None, PROVISIONAL) == f"not judged yet: {PROVISIONAL}"
    assert signal_words("shift", "low") == SIGNALS["shift", "low"]


@pytest.mark.parametrize(
    ("reason", "brief"),
    [
        (PROVISIONAL, "not judged yet"),
        ("too few months (3 of 8)", "too few months (3 of 8)"),
    ],
)
def test_why_a_point_is_not_judged_is_said_in_brief(reason: str, brief: str) -> None:
    assert brief_reason(reason) == brief


@pytest.mark.parametrize(
    ("own_signals", "points", "said"),
    [
        (12, 24, "; not stable: 12 of them are themselves signals"),
        (11, 24, ""),
        (0, 0, ""),
        (None, None, ""),
    ],
)
def test_limits_of_which_half_the_points_are_signals_are_not_stable(
    own_signals: int | None, points: int | None, said: str
) -> None:
    assert unstable_words(own_signals, points) == said


def test_every_title_of_the_catalogue_stands_within_a_sentence() -> None:
    """A name keeps its capital, another title has none, and a share is `the share`."""
    titles = {kpi.title: within_a_sentence(kpi.title) for kpi in catalogue().values()}
    assert len(titles) > 100
    named = ("GP", "GPs", "NHS", "CPCS", "Pharmacy First", "Friends and Family", "Investment and")
    for title, said in titles.items():
        kept = title.startswith((*named, "Capacity and Access"))
        assert said.removeprefix("the ")[0] == (title[0] if kept else title[0].lower()), title
        assert title[1:] in said
        assert said.startswith("the ") == title.startswith(("Share", "Utilisation", "Response r"))


# Words that say that something has become another: never without a signal.
CHANGED = re.compile(
    r"improvement|concern|usual|signal|ris[ei]|rose|fall|fell|increas|decreas|worse"
    r"|better|limit|run of"
)
VALUES = st.lists(
    st.one_of(st.none(), st.floats(0.0, 1.0), st.sampled_from([0.0, 0.4, 0.5, 0.6, 1.0])),
    min_size=1,
    max_size=40,
)


@settings(max_examples=30, deadline=None)
@given(values=VALUES, polarity=st.sampled_from(POLARITIES), unit=st.sampled_from(("share", "fte")))
def test_words_of_change_need_a_signal(
    values: list[float | None], polarity: str, unit: str
) -> None:
    months = pl.date_range(pl.date(2020, 1, 1), pl.date(2030, 1, 1), "1mo", eager=True)
    points = pl.DataFrame(
        {"of": ["a"] * len(values), "month": months[: len(values)], "value": values},
        schema_overrides={"value": pl.Float64},
    )
    points = points.with_columns(fewest_points=JUDGED_POINTS, left_out=pl.lit(None, pl.String))
    chart = control_chart(points, ["of"]).with_columns(polarity=pl.lit(polarity))
    rows = chart.with_columns(variation(), not_judged_because(JUDGED_POINTS)).to_dicts()
    for n, row in enumerate(rows):
        facts = _of(row, rows[n - 12] if n >= 12 else None, unit)
        said = sentence(facts)
        judged = row["not_judged_because"] is None
        signal = judged and row["signal"] not in (None, "none")
        assert bool(CHANGED.search(said)) == signal, said
        # The change on the year is not tested, so that nothing in its sentence says it is clear.
        assert not CHANGED.search(said.partition(". ")[0]) and "a clear change" not in said
        if row["value"] is not None and not signal:
            assert ("no clear change" in said) == judged
            assert (f"not judged: {row['not_judged_because']}" in said) != judged
        assert ("no clear change" in judgement_words(facts)) == (
            judgement(facts) == "no_clear_change"
        )


def _of(row: dict[str, Any], before: dict[str, Any] | None, unit: str) -> SentenceFacts:
    value = row["value"]
    earlier = before["value"] if before else None
    known = value is not None and earlier is not None
    return SentenceFacts(
        place="Here",
        title="A thing",
        unit=unit,
        period="May 2025",
        before="May 2024",
        value=value,
        status="final" if value is not None else "not_available",
        change=value - earlier if known else None,
        ratio=value / earlier - 1 if known and earlier else None,
        chart=None
        if value is None
        else ChartedPoint(
            row["signal"],
            row["direction"],
            row["variation"],
            not_judged=row["not_judged_because"],
            as_a_year_before=bool(before and row["direction"])
            and row["direction"] == (before or {})["direction"],
        ),
    )
