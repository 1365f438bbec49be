"""What a page says about a KPI beside its charts: whom its newest figure is compared with, how far
it may still move, and which files and checks it rests on. Pure; not here: reading it
(`kpi_queries`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.base.months import day_words
from warehouse.base.number_format import amount, percent, value_text
from warehouse.base.text import and_list, plural
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.targets import target_of_others
from warehouse.outputs.headline import FEW
from warehouse.reference.levels import LEVELS, above, all_of
from warehouse.site.chart_words import MISSING
from warehouse.site.kpi_queries import KpiBackground
from warehouse.site.site_page import PageTable
from warehouse.site.site_places import SitePlace
from warehouse.statistics.sentences import COUNTED

Row = dict[str, Any]
FILES_SHOWN = 4
SMALLEST = 0.0001  # a revision below it is not written in figures
FINGERPRINT = "Fingerprint (SHA-256)"  # of a file
MESSAGE = 240  # characters of what a check said
ORDER = {"best_first": "the best first", "largest_first": "the largest first"}
VERDICTS = (
    ("pass", "passed"),
    ("warn", "passed with a warning"),
    ("fail", "failed"),
    ("skipped", "did not apply"),
)


@dataclass(frozen=True)
class FigureFile:
    """A file that a figure rests on. `facts`: heading and text; `address`: the publisher's page,
    if it is one on the web; `problems`: what checks found; `decisions`: of people about it."""

    name: str
    facts: tuple[tuple[str, str], ...]
    address: str | None
    problems: tuple[str, ...]
    decisions: tuple[str, ...]


@dataclass(frozen=True)
class TargetSaid:
    """A target in `words`; its `source` says how it is meant, and what it is not; `address`: where
    that is published."""

    words: str
    source: str
    address: str | None


def comparison_table(
    unit: str,
    period: str,
    values: Sequence[tuple[SitePlace, float | None]],
    row: Row | None,
    names: Mapping[str, str],
) -> PageTable:
    """A figure beside others of its period: of the home place first, of the places within it, and,
    from a `row` of `kpi_comparison`, of the places it is in, its peers and all of its level."""
    cells = [[place.name, _text(value, unit), ""] for place, value in values]
    if row is not None:
        home = values[0][0]
        ago = row["previous_month_value"]
        cells.insert(1, [f"{home.name}, the month before", _text(ago, unit), ""])
        total = "a total" if unit in COUNTED else ""
        for name, value in (
            ("Its ICB", None if home.level == "icb" else row["icb_value"]),
            (row["region_name"] or "Its region", row["region_value"]),
            ("England", row["england_value"]),
        ):
            if value is not None:
                cells.append([name, _text(value, unit), total])
        cells += _among(row, home, unit, names)
    return PageTable(f"{period}, beside others", ["Whose", "Figure", "Note"], cells, frozenset({1}))


def _text(value: float | None, unit: str) -> str:
    return MISSING if value is None else value_text(value, unit)


def _among(row: Row, home: SitePlace, unit: str, names: Mapping[str, str]) -> Iterable[list[str]]:
    """Peers, the spread of its level, and its rank, or why it has none."""
    every = LEVELS[home.level].plural
    if row["peer_median"] is not None:
        rule, _, codes = row["peer_group"].partition(": ")
        who = ", ".join(names.get(code, code) for code in codes.split(", ") if code)
        note = f"{rule}{f': {who}' if who else ''}"
        yield ["Its peers, the one in the middle", _text(row["peer_median"], unit), note]
    if row["median"] is not None:
        yield [f"One in ten {every} is below", _text(row["p10"], unit), ""]
        yield [f"Half of all {every} are below", _text(row["median"], unit), ""]
        yield [f"One in ten {every} is above", _text(row["p90"], unit), ""]
    if row["rank"] is not None and unit in COUNTED:
        yield [
            f"Its place among {every}",
            "none",
            "a count says how large a place is, not how good",
        ]
    elif row["rank"] is not None:
        place = f"{row['rank']:,} of {row['ranked_of']:,}"
        yield [f"Its place among {every}", place, ORDER.get(row["rank_order"], "")]
    elif row["not_ranked_because"]:
        yield [f"Its place among {every}", "none", row["not_ranked_because"]]


def counts_words(kpi: Row, newest: Row | None, period: str) -> str:
    """The two numbers of a share and how many are the others, in a sentence; nothing of weighted
    numbers, and of few, which stand beside the share wherever it is shown."""
    if newest is None or kpi["unit"] != "share" or kpi["denominator"] is None:
        return ""
    counted, of = newest["numerator"], newest["denominator"]
    if counted is None or of is None or of < FEW or counted != int(counted) or of != int(of):
        return ""
    others = f"{amount(of - counted)} ({percent((of - counted) / of)})"
    return (
        f"In numbers, {period}: {amount(counted)} of {amount(of)} ({kpi['denominator']}); "
        f"the other {others} are not among them."
    )


def revision_words(revisions: Sequence[Row], provisional: Row | None, unit: str) -> list[str]:
    """How much figures of a KPI have moved after they came out, and which are provisional."""
    found = [_revised(row, unit) for row in _one_each(revisions)]
    if not found:
        found.append("How much its figures move after they come out is not known yet.")
    if provisional is None or not provisional["provisional_months"]:
        return [*found, "None of its figures is marked provisional."]
    return [*found, f"Provisional, since it may still move: {provisional['rule']}."]


def _one_each(revisions: Sequence[Row]) -> Iterable[Row]:
    """Of each number of editions after: since the first release if that is known."""
    return {row["editions_after"]: row for row in reversed(revisions)}.values()


def _revised(row: Row, unit: str) -> str:
    later = row["editions_after"]
    after = "one edition later" if later == 1 else f"{later} editions later"
    since = "first released" if row["basis"] == "first release" else "first held here"
    half, most = (_size(row[name], unit) for name in ("median_change", "p90_change"))
    many = plural(row["observations"], "figure")
    return f"Of {many}, {after} than {since}, half had moved by {half}, nine in ten by {most}."


def _size(change: float, unit: str) -> str:
    of = " percentage points" if unit == "share" else "%"
    if change < SMALLEST:
        return f"less than {100 * SMALLEST:.2f}{of}"
    return f"{percent(change, 2).removesuffix('%')}{of} or less"


def target_said(row: Row, kpi_id: str, place: SitePlace) -> TargetSaid:
    """A row of `kpi_target` on the page of a KPI: whose it is, and how it is meant."""
    other = target_of_others(row, catalogue(), kpi_id)
    whom = place.name if row["org_code"] else other.whom
    of = f'of "{other.title}"' if other.title else "of this figure"
    words = f"{other.value}, {row['set_by']} target {of}, for {whom} {other.when}."
    return TargetSaid(words, row["source"], _web_address(row["reference"]))


def other_publications(kpi_id: str, level: str, titles: Mapping[str, str]) -> list[str]:
    """From which other publications figures of other places come, in a sentence each: `titles` of
    feeds; nothing of places above."""
    sources = catalogue()[kpi_id].sources
    own = {one.feeds[0] for one in sources if level in one.levels}
    found: dict[str, list[str]] = {}
    for one in sources:
        smaller = [each for each in one.levels if each not in above(level)]
        if (feed := one.feeds[0]) not in own and feed in titles:
            found.setdefault(feed, []).extend(smaller)
    return [
        f"Figures of {and_list([all_of(one) for one in levels])} are from another publication: "
        f"{titles[feed]}."
        for feed, levels in found.items()
        if levels
    ]


def figure_files(kpi_id: str, known: KpiBackground) -> tuple[list[FigureFile], int]:
    """The files of the newest figure of a KPI, as many as are shown, and how many more there
    are."""
    files = known.files.get(kpi_id, [])
    shown = [_file(row, known) for row in files[:FILES_SHOWN]]
    return shown, len(files) - len(shown)


def _file(row: Row, known: KpiBackground) -> FigureFile:
    key = (row["feed"], row["edition"])
    checks = known.checks.get(key, [])
    again = f", revision {row['revision']}" if row["revision"] > 1 else ""
    published = day_words(row["published_on"]) if row["published_on"] else "not stated in the file"
    facts = [
        ("Publisher", row["publisher"]),
        ("Publication", f"{row['feed_title']}, edition {row['edition']}{again}"),
        (FINGERPRINT, row["sha256"]),
    ]
    if row["container_name"] and row["container_name"] != row["file_name"]:
        facts.append(("Packed in", row["container_name"]))
    facts += [
        ("Published", published),
        ("Retrieved", day_words(row["retrieved_at"])),
        ("Checks of the edition", checks_words(checks)),
    ]
    return FigureFile(
        row["file_name"],
        tuple(facts),
        _web_address(row["url"] or row["page"]),
        tuple(_problem(one) for one in checks if one["verdict"] in ("warn", "fail")),
        tuple(_decision(one) for one in known.overrides.get(key, [])),
    )


def _web_address(address: str | None) -> str | None:
    return address if (address or "").startswith(("https://", "http://")) else None


def checks_words(checks: Sequence[Row]) -> str:
    """How many checks of an edition passed, and how many did not."""
    counts = Counter(one["verdict"] for one in checks)
    said = [f"{counts[name]:,} {words}" for name, words in VERDICTS if counts[name]]
    return ", ".join(said) or "none is recorded"


def _problem(check: Row) -> str:
    message = check["message"] or ""
    short = message if len(message) <= MESSAGE else f"{message[:MESSAGE].rstrip()} ..."
    return f"{check['title']}: {short or check['verdict']}"


def _decision(one: Row) -> str:
    return f"{one['decision']} on {day_words(one['decided_at'])}: {one['reason']}"
