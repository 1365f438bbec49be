"""The newest figure of a KPI and place, in a line: what a table of figures shows of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from warehouse.base.months import between, say_months, window
from warehouse.kpi.themes import theme_words
from warehouse.outputs.headline import BESIDE, beside_value, headline_value
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_paths import kpi_page
from warehouse.site.site_places import SitePlace
from warehouse.site.spark import spark_end, spark_path
from warehouse.statistics.past_judgement import past_judgement
from warehouse.statistics.sentences import (
    SentenceFacts,
    judgement,
    sentence,
    whole_month_words,
)

Row = dict[str, Any]
Tag = tuple[str, str, str]  # colour, sign, words
SPARK_MONTHS = 24
FEW_NAMED = 2  # figures that a caveat names
FEWEST_POINTS = 6  # of fewer, a line on its own scale looks like a steep change
NAMES = {"NHS app": "NHS App", "annex1": "(Annex 1)", "pharmacy first": "Pharmacy First"}
IMPROVING, CONCERN, NEITHER = "green", "orange", "blue"
NO_CHANGE, NOT_JUDGED = "grey", "white"
# What may be said of a change -> the tag's colour, and the sign before its words.
TAGS = {
    "improvement": (IMPROVING, "▲"),
    "concern": (CONCERN, "▼"),
    "neither": (NEITHER, "◆"),
    "none": (NO_CHANGE, "●"),
    "not_judged": (NOT_JUDGED, "○"),
}


@dataclass(frozen=True)
class FigureLine:
    """A figure as texts. `path`: the KPI's page; `period`: month in words; `daily`, `change`,
    `england`: per working day, on the year, and England's beside it, `-` where there is none;
    `whole_month`: why it differs by another percentage than per working day, if it does;
    `sentence` is without its `caveat`; `undecided`: the side on which it is outside its limits,
    which counts only once it is final; `tag`: its verdict, by the newest month that is judged,
    `judged_in`, as the newest of all is mostly provisional."""

    kpi_id: str
    title: str
    path: str
    value: str
    period: str
    daily: str
    change: str
    england: str
    status: str
    tag: Tag
    spark: str
    spark_end: tuple[float, float] | None
    sentence: str
    whole_month: str
    undecided: str | None
    judged_in: str
    caveat: str | None = None

    @property
    def judged(self) -> str:
        """The colour of the verdict."""
        return self.tag[0]

    @property
    def brief_tag(self) -> Tag:
        """The verdict for a row that has the newest month with its status beside it."""
        colour, sign, words = self.tag
        return colour, sign, words.partition("; ")[0]


@dataclass(frozen=True)
class ThemePart:
    """A theme, by its title, and the lines of its figures."""

    theme: str
    title: str
    lines: tuple[FigureLine, ...]

    @property
    def caveats(self) -> list[tuple[str, str]]:
        """Each caveat of its figures once, and of which it is: titles of a few, how many of more;
        blank if it is of all."""
        found: dict[str, list[str]] = {}
        for line in self.lines:
            if line.caveat:
                found.setdefault(line.caveat, []).append(line.title)
        every = len(self.lines)
        named = {
            text: "; ".join(of) if len(of) <= FEW_NAMED else f"{len(of)} of these figures"
            for text, of in found.items()
        }
        return [(text, named[text] if len(of) < every else "") for text, of in found.items()]


def figure_line(figures: SiteFigures, kpi_id: str, place: SitePlace) -> FigureLine | None:
    """The newest figure of a KPI and place; None where there is none."""
    facts, newest = figures.facts(kpi_id, place), figures.newest(kpi_id, place)
    if facts is None or newest is None:
        return None
    kpi = figures.kpis[kpi_id]
    row = {**newest, "unit": kpi["unit"], "facts": facts}
    daily, change, _, england, status = beside_value(row)
    series = figures.series(kpi_id, place)
    shown = spark_values(series, kpi["period_type"] == "month")
    tag, judged_in = verdict(facts, series)
    said = sentence(replace(facts, caveat=None))
    return FigureLine(
        kpi_id=kpi_id,
        title=kpi["title"],
        path=kpi_page(kpi_id),
        value=headline_value(row),
        period=facts.period,
        daily=daily or "-",
        change=change,
        england=england,
        status=status,
        tag=tag,
        spark=spark_path(shown),
        spark_end=spark_end(shown),
        sentence=said,
        whole_month=whole_month_words(facts),
        undecided=facts.chart.undecided if facts.chart else None,
        judged_in=judged_in,
        caveat=facts.caveat if sentence(facts) != said else None,
    )


def by_theme(figures: SiteFigures, lines: Iterable[FigureLine]) -> tuple[ThemePart, ...]:
    """Lines under their themes, in the order in which these come."""
    found: dict[str, list[FigureLine]] = {}
    for line in lines:
        found.setdefault(figures.kpis[line.kpi_id]["theme"], []).append(line)
    return tuple(
        ThemePart(theme, theme_title(theme), tuple(within)) for theme, within in found.items()
    )


def theme_title(theme: str) -> str:
    """A theme as a heading: `GP workforce`, `NHS App`, `Online consultations`."""
    words = theme_words(theme)
    for written, name in NAMES.items():
        words = words.replace(written, name)
    return words[:1].upper() + words[1:]


def tag_of(facts: SentenceFacts) -> Tag:
    """Colour, sign and words of what may be said of a figure's change."""
    words = beside_value({"facts": facts})[BESIDE.index("Signal")]
    said = judgement(facts)
    if said in ("not_judged", "no_figure") or facts.chart is None:
        return (*TAGS["not_judged"], words)
    if said == "no_clear_change":
        return (*TAGS["none"], words)
    return (*TAGS.get(facts.chart.variation or "", TAGS["neither"]), words)


def verdict(facts: SentenceFacts, series: Sequence[Row]) -> tuple[Tag, str]:
    """The verdict on a figure everywhere in the report, and its month in words: of the newest month
    that a chart judges, which the words name where newer ones are not judged. A verdict more than
    `JUDGED_WITHIN` months old says nothing of now, and does not count; no month where there is
    none. `facts`: of the newest figure; `series`: its periods, oldest first."""
    if past := past_judgement(series):
        tag = (*TAGS.get(past.kind, TAGS["neither"]), past.words)
        return tag, say_months([past.month]) if past.month else ""
    known = [row for row in series if row["value"] is not None]
    judged = [row["month"] for row in known if row["signal"] is not None]
    return tag_of(facts), say_months(judged[-1:]) if judged else ""


def spark_values(series: Sequence[Row], monthly: bool) -> list[float | None]:
    """The values of a spark line: of the newest two years, a place for each month if `monthly`;
    none where there are too few for a line."""
    newest = series[-SPARK_MONTHS:]
    if sum(charted(one) is not None for one in newest) < FEWEST_POINTS:
        return []
    if not monthly:
        return [charted(one) for one in newest]
    found = {one["month"]: charted(one) for one in newest}
    return [found.get(month) for month in between(*window(max(found), SPARK_MONTHS))]


def charted(row: Row) -> float | None:
    """A period's value on the basis of its chart: counts of events per working day."""
    value: float | None = row["charted_value"] if row["charted_value"] is not None else row["value"]
    return value
